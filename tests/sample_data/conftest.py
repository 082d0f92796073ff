"""The sample cohorts as the program loads them, and as plain tables."""

from pathlib import Path

import pandas as pd
import pytest

from core.cohort.load import load_cohort
from core.spec import AnalysisSpec

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
COHORTS = ("hifu_ici", "ablation_tace_net", "hcc_ablation")


def spec_of(name):
    return AnalysisSpec.from_file(SAMPLES / name / "spec.json")


def plain(name, table="patients"):
    """A table read without the program: pandas, only the empty cell missing."""
    return pd.read_csv(SAMPLES / name / f"{table}.csv", keep_default_na=False, na_values=[""])


@pytest.fixture(scope="session")
def samples():
    return SAMPLES


@pytest.fixture(scope="session")
def cohorts():
    return {name: load_cohort(spec_of(name).cohort, base=SAMPLES / name, name=name) for name in COHORTS}


@pytest.fixture(scope="session")
def tables():
    return {name: plain(name) for name in COHORTS}


@pytest.fixture(scope="session")
def events():
    return {name: plain(name, "adverse_events") for name in COHORTS}


@pytest.fixture(scope="session")
def specs():
    return {name: spec_of(name) for name in COHORTS}
