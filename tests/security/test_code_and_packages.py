"""What the code may not do at all, and what the analysers of code and packages say."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hosting.servers import ROOT
from tests.security.dependency_audit import FAULTS, NOT_REACHED, SOUND, verdict

ROOMS = ("core", "team", "ui", "pages", "sample_data")
CODE = [ROOT / "app.py", ROOT / "dashboard.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]

NEVER_IMPORTED = {
    "pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "shelve",
    "marshal",
    "joblib",
    "yaml",
    "xmlrpc",
    "telnetlib",
}
NEVER_CALLED = {"eval", "exec", "compile", "__import__", "breakpoint"}
NEVER_ATTRIBUTES = {
    ("os", "system"),
    ("os", "popen"),
    ("pd", "read_pickle"),
    ("pandas", "read_pickle"),
    ("pd", "eval"),
    ("np", "load"),
    ("numpy", "load"),
    ("tempfile", "mktemp"),
}
NEVER_KEYWORDS = {("shell", True), ("unsafe_allow_html", True), ("allow_pickle", True), ("verify", False)}

# What bandit finds and why it stands; a finding that is gone must be taken out here too.
JUSTIFIED = {
    ("core/cohort/prism.py", "B405"): "entities are refused before parsing (tests/intake/test_guards.py)",
    ("core/cohort/prism.py", "B314"): "entities are refused before parsing (tests/intake/test_guards.py)",
    ("core/cohort/workbook_xml.py", "B405"): "entities are refused before parsing (tests/intake/test_guards.py)",
    ("core/cohort/workbook_xml.py", "B314"): "entities are refused before parsing (tests/intake/test_guards.py)",
    ("core/cohort/separate_process.py", "B404"): "starts this Python with a module of this program",
    ("core/cohort/separate_process.py", "B603"): "a list of arguments without a shell, none of them from a file",
    ("core/reporting/word_table.py", "B406"): "writes XML (escape), and reads none",
    ("sample_data/generator/chance.py", "B311"): "synthetic patients, the same from the same seed",
    ("team/database/units.py", "B311"): "how long to wait before trying again",
    ("team/database/schema.py", "B311"): "how long to wait before trying again",
}

# Queries that are no literal, and why they hold nothing of anybody's.
CONSTANT_QUERIES = {
    "team/database/schema.py: f'SELECT pg_advisory_xact_lock({_LOCK})'": "a number in the module",
    "team/database/migrations/versions/0001_first_tables.py: statement": "from a tuple in the module",
}


def faults(text: str) -> list[str]:
    """What a source text does that none may."""
    found = []
    for node in ast.walk(ast.parse(text)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").split(".")[0]]
        found += [f"line {node.lineno}: imports {name}" for name in names if name in NEVER_IMPORTED]
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in NEVER_CALLED:
                found.append(f"line {node.lineno}: calls {called.id}")
            for word in node.keywords:
                if isinstance(word.value, ast.Constant) and (word.arg, word.value.value) in NEVER_KEYWORDS:
                    found.append(f"line {node.lineno}: {word.arg}={word.value.value}")
        if isinstance(node, ast.Attribute) and (getattr(node.value, "id", ""), node.attr) in NEVER_ATTRIBUTES:
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


class TestCode:
    @pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
    def test_no_code_is_made_from_data(self, path: Path):
        assert not faults(path.read_text(encoding="utf-8"))

    @pytest.mark.parametrize(
        "text",
        [
            "import pickle",
            "from yaml import load",
            "eval('1')",
            "def f():\n    exec(x)",
            "pd.read_pickle(x)",
            "st.markdown(x, unsafe_allow_html=True)",
            "subprocess.run(x, shell=True)",
            "np.load(x, allow_pickle=True)",
        ],
    )
    def test_the_check_can_fail(self, text: str):
        assert faults(text)

    def test_no_query_is_glued_from_text(self):
        glued = [
            f"{path.relative_to(ROOT).as_posix()}: {ast.unparse(node.args[0])}"
            for path in (ROOT / "team").rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "text"
            if node.args and not isinstance(node.args[0], ast.Constant)
        ]
        assert set(glued) == set(CONSTANT_QUERIES)


def bandit() -> set[tuple[str, str]]:
    """Findings of bandit, by file and rule."""
    program = str(Path(sys.executable).with_name("bandit"))
    command = [program, "-q", "-c", "pyproject.toml", "-f", "json", "-r", "app.py", "dashboard.py", *ROOMS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return {(one["filename"].removeprefix("./"), one["test_id"]) for one in json.loads(done.stdout)["results"]}


def test_bandit_finds_only_what_is_justified():
    found = bandit()
    assert not found - set(JUSTIFIED), "new findings"
    assert not set(JUSTIFIED) - found, "justified, but no longer there"


SOUND_ONE = {"name": "a", "version": "1", "vulns": []}
FAULTY_ONE = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
UNASKED = {"name": "c", "version": "3", "skip_reason": "not found"}


class TestDependencyAudit:
    """The verdict on packages; the audit itself needs the advisory service, and is `make audit`."""

    def test_sound(self):
        assert verdict([{"dependencies": [SOUND_ONE]}])[0] == SOUND

    def test_faults_are_named_with_their_cure(self):
        outcome, said = verdict([{"dependencies": [SOUND_ONE, FAULTY_ONE]}])
        assert outcome == FAULTS
        assert said == "b 2: PYSEC-1, fixed in 2.1"

    def test_silence_is_not_health(self):
        assert verdict([{"dependencies": [UNASKED, UNASKED]}])[0] == NOT_REACHED
        assert verdict([{"dependencies": []}, {"dependencies": [UNASKED]}])[0] == NOT_REACHED
