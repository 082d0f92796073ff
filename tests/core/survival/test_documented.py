"""Every statistic of the survival room has its section in docs/methods.md, and every test named there exists."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import core.survival

ROOT = Path(__file__).resolve().parents[3]
METHODS = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
SURVIVAL = METHODS.split("## Survival\n")[1].split("\n## ")[0]
# What prepares or bundles the statistics instead of being one.
PREPARATION = {"all_quantiles", "cause_table", "competing_risks", "event_table"}
FUNCTIONS = sorted(
    name
    for name in core.survival.__all__
    if inspect.isfunction(getattr(core.survival, name)) and name not in PREPARATION
)


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
