"""Every statistic of the core has its section in docs/methods.md, complete, with tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
METHODS = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
ROOMS = ("survival", "regression", "proportions", "safety", "patients", "bias")
# Counting, and parts that stand under another name: limits, contrasts and conventions belong to what reports them.
PARTS = {"event_table", "survival_limits", "rmst_difference", "survival_difference", "two_group_conventions"}
# Chapters of formulas; the others (printing, a comparison with one paper) have none.
CHAPTERS = ("Survival", "Adverse events and proportions", "Response", "Baseline table", "Regression")


def _statistics():
    """Public functions that say where they come from or which R call they equal."""
    for room in ROOMS:
        for path in [*sorted((ROOT / "core" / room).glob("*.py")), ROOT / "core" / "contingency.py"]:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in PARTS:
                    text = ast.get_docstring(node) or ""
                    if "References\n---" in text or "Same as ``" in text:
                        yield node.name


def _sections():
    for chapter in CHAPTERS:
        text = METHODS.split(f"## {chapter}\n")[1].split("\n## ")[0]
        yield from text.split("\n### ")[1:]


FUNCTIONS = sorted(set(_statistics()))


def test_the_statistics_are_found():
    there = {
        "kaplan_meier",
        "compare",
        "gray_test",
        "log_log_curve",
        "fit_cox",
        "fit_fine_gray",
        "proportional_hazards",
    }
    assert there <= set(FUNCTIONS)
    assert len(FUNCTIONS) > 25


@pytest.mark.parametrize("name", FUNCTIONS)
def test_has_a_section(name):
    assert re.search(rf"`core\.[\w.]*\b{name}\b|`{name}\b", METHODS), f"{name} is not in docs/methods.md"


@pytest.mark.parametrize("section", list(_sections()), ids=lambda section: section.split("\n")[0])
def test_a_section_is_complete(section):
    assert "- R:" in section or "| R |" in section, "no R call"
    assert "- Tests:" in section, "no tests"


def test_tests_that_are_named_exist():
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    named = set(re.findall(r"\btest_\w+\.py", METHODS))

    assert len(named) > 40
    assert named <= there, f"named but not there: {sorted(named - there)}"
