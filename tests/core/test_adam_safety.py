"""Adverse events of a public ADaM study beside independent counts, where COHORTSCOPE_ADAM or ../shared/adam is."""

import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from core.cohort.load import load_files
from core.run import run
from core.spec import AnalysisSpec

FOLDER = Path(os.environ.get("COHORTSCOPE_ADAM", Path(__file__).parents[3] / "shared" / "adam"))
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the public ADaM example is not beside the repository")

SEVERITY = {"MILD": 1, "MODERATE": 2, "SEVERE": 3}
KINDS = {
    "all": lambda ae: ae["TRTEMFL"] == "Y",
    "related": lambda ae: (ae["TRTEMFL"] == "Y") & ae["AEREL"].isin(["POSSIBLE", "PROBABLE"]),
    "serious": lambda ae: (ae["TRTEMFL"] == "Y") & (ae["AESER"] == "Y"),
}


@pytest.fixture(scope="module")
def cohort():
    return load_files([FOLDER / "adsl.csv", FOLDER / "adae.csv", FOLDER / "adtte_onco.csv"])


@pytest.fixture(scope="module")
def ask(cohort):
    @cache
    def answer(**asked):
        spec = AnalysisSpec.model_validate(
            {"cohort": cohort.spec, "group": {"column": "TRT01A"}, "analyses": [{"id": "a", **asked}]}
        )
        return run(spec, cohort)["a"]

    return answer


@pytest.fixture(scope="module")
def safe():
    adsl = pd.read_csv(FOLDER / "adsl.csv", keep_default_na=False, dtype=str)
    return adsl[adsl["SAFFL"] == "Y"]


@pytest.fixture(scope="module")
def events(safe):
    ae = pd.read_csv(FOLDER / "adae.csv", keep_default_na=False, dtype=str)
    ae["severity"] = ae["AESEV"].map(SEVERITY)
    return ae.drop(columns="TRT01A").merge(safe[["USUBJID", "TRT01A"]], on="USUBJID")


def worst_by_grade(rows, key):
    """Patients by key, arm and worst grade."""
    worst = rows.groupby([*key, "USUBJID", "TRT01A"])["severity"].max().reset_index()
    return worst.groupby([*key, "TRT01A", "severity"]).size().to_dict()


def by_grade(table, rows, name):
    """The same of the table's rows; ``name`` makes the key of a row."""
    found = {}
    for row in rows:
        for i, level in enumerate(table.levels):
            for grade in range(1, 6):
                if n := int(row.by_grade[i, grade - 1]):
                    found[(*name(row), level, grade)] = n
    return found


@pytest.mark.parametrize("kind", KINDS)
class TestTable:
    def test_each_grade_of_each_term_by_arm(self, ask, events, kind):
        table = ask(kind="adverse_events", events=kind).adverse_events
        found = by_grade(table, table.rows, lambda row: (row.event_class, row.term))
        assert found == worst_by_grade(events[KINDS[kind](events)], ["AEBODSYS", "AEDECOD"])

    def test_any_grade_of_each_term_by_arm(self, ask, events, kind):
        table = ask(kind="adverse_events", events=kind).adverse_events
        found = {
            (row.term, level): n
            for row in table.rows
            for level, n in zip(table.levels, row.any.tolist(), strict=True)
            if n
        }
        own = events[KINDS[kind](events)]
        assert found == own.groupby(["AEDECOD", "TRT01A"])["USUBJID"].nunique().to_dict()
        assert all(not row.no_grade.any() for row in table.rows)

    def test_each_class_and_all_together(self, ask, events, kind):
        table = ask(kind="adverse_events", events=kind).adverse_events
        own = events[KINDS[kind](events)]
        assert by_grade(table, table.class_rows, lambda row: (row.event_class,)) == worst_by_grade(own, ["AEBODSYS"])
        assert by_grade(table, [table.overall], lambda row: ()) == worst_by_grade(own, [])

    def test_every_event_counted(self, ask, events, kind):
        table = ask(kind="adverse_events", events=kind, count="events").adverse_events
        own = events[KINDS[kind](events)]
        found = by_grade(table, table.rows, lambda row: (row.term,))
        assert found == own.groupby(["AEDECOD", "TRT01A", "severity"]).size().to_dict()


def test_only_treatment_emergent_events_count(ask, events, cohort):
    table = ask(kind="adverse_events", count="events").adverse_events
    emergent = events["TRTEMFL"] == "Y"
    assert 0 < (~emergent).sum() < len(events)
    assert table.overall.any.sum() == emergent.sum()


def test_denominators_are_the_safety_population(ask, safe):
    table = ask(kind="adverse_events").adverse_events
    assert dict(zip(table.levels, table.denominators.tolist(), strict=True)) == safe.groupby("TRT01A").size().to_dict()


@pytest.fixture(scope="module")
def follow_up(safe):
    tte = pd.read_csv(FOLDER / "adtte_onco.csv", dtype=str)
    os_ = tte[tte["PARAMCD"] == "OS"].set_index("USUBJID")
    own = safe[safe["USUBJID"].isin(os_.index)].set_index("USUBJID")
    own = own.assign(time=os_["AVAL"].astype(float), died=os_["CNSR"].astype(float) == 0)
    return own[own["time"].notna()]


@pytest.fixture(scope="module")
def dated(events, follow_up):
    own = events[(events["TRTEMFL"] == "Y") & events["USUBJID"].isin(follow_up.index)].copy()
    zero = pd.to_datetime(own["USUBJID"].map(follow_up["TRTSDT"]))
    own["day"] = (pd.to_datetime(own["AESTDTC"], format="%Y-%m-%d", errors="coerce") - zero).dt.days
    own["last"] = own["USUBJID"].map(follow_up["time"])
    return own


class TestOverTime:
    def test_first_events_and_counts(self, ask, dated, follow_up):
        result = ask(kind="adverse_event_time", endpoint="OS", terms=("PRURITUS",), times=(90,))
        value = result.adverse_event_time
        own = dated[dated["AEDECOD"] == "PRURITUS"]
        only_undated = set(own["USUBJID"]) - set(own.loc[own["day"].notna(), "USUBJID"])
        own = own[own["day"] <= own["last"]]
        kept = follow_up[~follow_up.index.isin(only_undated)]
        for group, count, at in zip(value.first.groups, value.counts.groups, value.counts.at, strict=True):
            arm = kept[kept["TRT01A"] == group.level]
            mine = own[own["TRT01A"] == group.level]
            first = mine.groupby("USUBJID")["day"].min().clip(lower=0)
            course = [
                (first[who], 1) if who in first else (end, 2 if died else 0)
                for who, end, died in arm[["time", "died"]].itertuples()
            ]
            assert group.cause(value.name).estimate.n == len(arm)
            free, incidence = 1.0, 0.0
            for day in sorted({day for day, _ in course if day <= 90}):
                left = sum(other >= day for other, _ in course)
                incidence += free * sum(other == day and cause == 1 for other, cause in course) / left
                free *= 1 - sum(other == day and cause > 0 for other, cause in course) / left
            assert group.cause(value.name).at.incidence[0] == pytest.approx(incidence)
            alive, mean = 1.0, 0.0
            days = sorted({*mine["day"].clip(lower=0), *arm.loc[arm["died"], "time"]})
            for day in [day for day in days if day <= 90]:
                left = (arm["time"] >= day).sum()
                mean += alive * (mine["day"].clip(lower=0) == day).sum() / left
                alive *= 1 - ((arm["time"] == day) & arm["died"]).sum() / left
            assert at.mean[0] == pytest.approx(mean)
            assert count.n_events_total == len(mine)

    def test_durations_are_the_studys_own(self, ask, dated):
        durations = ask(kind="adverse_event_time", endpoint="OS").adverse_event_time.durations
        own = dated[(dated["day"] <= dated["last"])].copy()
        zero = pd.to_datetime(own["AESTDTC"], format="%Y-%m-%d") - pd.to_timedelta(own["day"], "D")
        end = (pd.to_datetime(own["AENDT"], errors="coerce") - zero).dt.days
        own = own[~(end < own["day"])]
        resolved = own[end.loc[own.index] <= own["last"]]
        arms = ask(kind="adverse_events").adverse_events.levels
        assert durations.rows[0].events.tolist() == [int((own["TRT01A"] == arm).sum()) for arm in arms]
        assert durations.rows[0].resolved.tolist() == [int((resolved["TRT01A"] == arm).sum()) for arm in arms]
        # ADURN counts both days, as we do: where nothing is ongoing the median is that of ADURN.
        known = resolved[resolved["ADURN"] != ""]
        assert ((end.loc[known.index] - known["day"] + 1) == known["ADURN"].astype(float)).all()
