"""docs/security.md names tests that exist, and names every file of these tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.hosting.servers import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)*)`", TEXT)))


def defined(path: Path) -> set[str]:
    """Tests of a file, as pytest names them."""
    tree = ast.parse(path.read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return names


@pytest.mark.parametrize("name", NAMED)
def test_the_named_test_exists(name: str):
    file, _, test = name.partition("::")
    assert (ROOT / file).exists(), file
    found = defined(ROOT / file)
    assert not test or test in found or any(one.endswith(f"::{test}") for one in found), name


def test_each_threat_names_a_test():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(("| threat", "| ---"))]
    assert len(rows) > 25
    for row in rows:
        assert re.search(r"`tests/", row), row


def test_no_file_of_attacks_is_left_out():
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "security").glob("test_*.py")}
    assert files <= {name.partition("::")[0] for name in NAMED} | {"tests/security/test_threat_model.py"}


def test_the_check_can_fail():
    assert "test_that_is_not_there" not in defined(Path(__file__))
    assert "test_the_check_can_fail" in defined(Path(__file__))
