"""What R is asked to find again: the lines and tables, and R itself where it is installed."""

import shutil
import subprocess

import pandas as pd
import pytest

from core.cohort.load import load_cohort
from core.reporting.report.r_checks import r_check
from core.reporting.report.reproduce import reproduction
from core.run import run
from core.spec import AnalysisSpec

PATIENTS = pd.DataFrame(
    {
        "patient_id": [f"p{i}" for i in range(60)],
        "arm": ["x, old", '=new "y"', "x, old"] * 20,
        "os_months": [1 + i * 7 % 29 for i in range(60)],
        "status": [("death", "transplant", "alive", "death")[i * 5 % 4] if i % 3 else "alive" for i in range(60)],
        "hifu": ["Yes" if i % 4 == 1 else "No" for i in range(60)],
        "hifu_start": [1.5 + i % 3 if i % 4 == 1 else None for i in range(60)],
    }
)
EVENTS = pd.DataFrame(
    {
        "patient_id": [f"p{i * 7 % 60}" for i in range(70)],
        "term": [("Fever", "Pain", "Rash")[i % 3] for i in range(70)],
        "grade": [(1, 2, 3, 4, None)[i % 5] for i in range(70)],
    }
)
OS = {"time": "os_months", "event": "status", "event_is": ["death"], "competing": {"transplant": ["transplant"]}}
HIFU = {"column": "hifu", "reference": "No"}
ANALYSES = [
    {"id": "km", "kind": "kaplan_meier", "endpoint": "OS", "times": [6, 12], "tau": 20},
    {"id": "cif", "kind": "cumulative_incidence", "endpoint": "OS", "times": [6, 12, 400]},
    {"id": "late", "kind": "immortal_time", "endpoint": "OS", "starts": "hifu_start", "unit": "months",
     "landmarks": [4], "draws": 20, "group": HIFU},
    {"id": "ae", "kind": "adverse_events"},
    {"id": "strata", "kind": "cumulative_incidence", "endpoint": "OS", "strata": ["hifu"]},
    {"id": "count", "kind": "adverse_events", "count": "events"},
    {"id": "by_event", "kind": "immortal_time", "endpoint": "OS", "adverse_event": "Fever", "draws": 20},
]  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    at = tmp_path_factory.mktemp("r")
    PATIENTS.to_csv(at / "p.csv", index=False)
    EVENTS.assign(start_day=range(70)).to_csv(at / "e.csv", index=False)
    spec = AnalysisSpec.model_validate(
        {
            "cohort": {"patients": "p.csv", "adverse_events": "e.csv", "endpoints": {"OS": OS}},
            "group": {"column": "arm", "reference": "x, old"},
            "analyses": ANALYSES,
        }
    )
    return spec, run(spec, load_cohort(spec.cohort, base=at))


def made(asked, name):
    return r_check(asked[1][name], lambda part: f"data{part}.csv")


def test_incidence_has_a_code_per_event_and_leaves_out_times_beyond_follow_up(asked):
    check = made(asked, "cif")
    table, script = check.tables[""], "\n".join(check.lines)
    assert table["event"].tolist() == [{"death": 1, "transplant": 2}.get(one, 0) for one in PATIENTS["status"]]
    assert 'read.csv("data.csv"' in script
    assert "c(6.0, 12.0))" in script
    assert "400" not in script
    assert script.count("$Tests") == 2


def test_landmarks_know_when_treatment_began(asked):
    check = made(asked, "late")
    starts = pd.Series(PATIENTS["hifu_start"], dtype=float)
    assert check.tables[""]["start"].dropna().tolist() == starts.dropna().tolist()
    mark = asked[1]["late"].immortal_time.landmarks[0]
    assert f"c({float(mark.n)}, {float(mark.n_treated)})" in "\n".join(check.lines)


def test_adverse_events_are_those_of_the_patients_analysed(asked):
    check = made(asked, "ae")
    assert check.tables["_events"].columns.tolist() == ["row", "class", "term", "grade"]
    assert len(check.tables["_events"]) == 70
    assert "\n".join(check.lines).count("had(x)), c(") == 3  # P of every term


@pytest.mark.parametrize("name", ["strata", "count", "by_event"])
def test_what_r_cannot_do_from_a_table_is_not_asked(asked, name):
    assert made(asked, name) is None


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_finds_the_same_and_a_changed_number(asked, tmp_path):
    spec, results = asked
    for name, content in reproduction(spec, list(results.values())).items():
        (tmp_path / name).write_bytes(content)
    command = ["Rscript", "reproduce.R"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    lines = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    assert done.returncode == 0, [line for line in lines if line[0] == "DIFFERS"] or done.stderr
    told = " ".join(line[1] for line in lines)
    for what in ("restricted mean", "log-rank test", "landmark 4", "Fever: P", "false discovery rates"):
        assert what in told
    path = tmp_path / "reproduce.R"
    rates = next(line for line in path.read_text("utf-8").splitlines() if "false discovery" in line)
    path.write_text(path.read_text("utf-8").replace(rates, rates.replace("), c(", "), 1.01 * c(")), "utf-8")
    changed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert changed.returncode == 1
    assert (
        next(line for line in changed.stdout.splitlines() if line.startswith("DIFFERS"))
        .split("\t")[1]
        .startswith("ae:")
    )
