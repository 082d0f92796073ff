"""Every statistic of the survival room has its section in docs/methods.md, and every test named there exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
METHODS = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
SURVIVAL = METHODS.split("## Survival\n")[1].split("\n## ")[0]
# Counting, and parts that stand under another name: limits, contrasts and conventions belong to what reports them.
PARTS = {"event_table", "survival_limits", "rmst_difference", "survival_difference", "two_group_conventions"}


def _statistics():
    """Public functions that say where they come from or which R call they equal."""
    for path in sorted((ROOT / "core" / "survival").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in PARTS:
                text = ast.get_docstring(node) or ""
                if "References\n---" in text or "Same as ``" in text:
                    yield node.name


FUNCTIONS = list(_statistics())


def test_the_statistics_are_found():
    assert {"kaplan_meier", "compare", "gray_test", "log_log_curve", "median_difference"} <= set(FUNCTIONS)
    assert len(FUNCTIONS) > 15


@pytest.mark.parametrize("name", FUNCTIONS)
def test_has_a_section(name):
    assert re.search(rf"`core\.survival\.{name}\b", SURVIVAL), f"core.survival.{name} is not in docs/methods.md"


@pytest.mark.parametrize("section", SURVIVAL.split("\n### ")[1:], ids=lambda section: section.split("\n")[0])
def test_a_section_is_complete(section):
    for part in ("- R:", "- Tests:"):
        assert part in section or "| R |" in section, f"no line {part}"


def test_tests_that_are_named_exist():
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    named = set(re.findall(r"\btest_\w+\.py", SURVIVAL))

    assert len(named) > 15
    assert named <= there, f"named but not there: {sorted(named - there)}"
