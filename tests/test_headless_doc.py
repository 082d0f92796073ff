"""docs/headless.md says what the command does: its example is valid, its keys exist, and no key is missing."""

import re
from pathlib import Path

import pytest

from core.cohort.roles import ROLES
from core.reporting.all_tables import MAKERS
from core.spec import (
    KINDS,
    AnalysisSpec,
    CohortSpec,
    DrawnSpec,
    EndpointSpec,
    FilterSpec,
    GroupSpec,
    ReportPartSpec,
)

TEXT = (Path(__file__).parents[1] / "docs" / "headless.md").read_text(encoding="utf-8")


def named():
    """Every word in code type."""
    return set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`\n]+)`", TEXT)))) | set(re.findall(r'"([\w-]+)"', TEXT))


def test_the_example_is_a_specification():
    example = re.search(r"```json\n(.*?)```", TEXT, flags=re.DOTALL)
    assert example
    spec = AnalysisSpec.from_json(example[1])
    assert {analysis.kind for analysis in spec.analyses} == set(KINDS)


@pytest.mark.parametrize(
    "part", [AnalysisSpec, CohortSpec, DrawnSpec, EndpointSpec, FilterSpec, GroupSpec, ReportPartSpec, *KINDS.values()]
)
def test_every_key_is_described(part):
    keys = {field.alias or name for name, field in part.model_fields.items()}
    assert keys <= named()


def test_every_kind_has_its_results_described():
    for kind in KINDS:
        assert f"**{kind}**:" in TEXT


def test_every_kind_has_tables():
    assert set(MAKERS) == set(KINDS)


def test_roles_exist():
    listed = re.search(r"Roles: (.*?) \|", TEXT)
    assert listed
    assert set(re.findall(r"`(\w+)`", listed[1])) <= set(ROLES)
