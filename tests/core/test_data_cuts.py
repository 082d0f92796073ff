"""Two cuts of the same data: every patient who came, went or changed, against a naive comparison by hand."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.__main__ import main
from core.cohort.cut_difference import cut_difference
from core.cohort.load import cohort_from_files
from core.cohort.study import Study, open_study, study_bytes
from core.data_cuts import compare_cuts
from core.errors import CohortError
from core.reporting.data_cuts_report import (
    changes_table,
    columns_sentence,
    cuts_sentence,
    data_cuts_json,
    endpoints_table,
    patients_table,
    results_table,
)
from core.spec import AnalysisSpec, CohortSpec

ROOT = Path(__file__).parents[2]
OS = {"OS": {"time": "os_months", "event": "status", "event_is": ["dead"]}}
ANALYSES = [
    {"id": "km", "kind": "kaplan_meier", "endpoint": "OS"},
    {"id": "test", "kind": "compare", "endpoint": "OS"},
    {"id": "cox", "kind": "cox", "endpoint": "OS", "covariates": ["arm", "age"]},
]
HEADER = "id,arm,age,os_months,status,seen,note"
OLD = [
    [f"p{i}", "ab"[i % 2], 50 + i, i + 0.5, ("alive", "dead")[i % 3 == 0], f"2021-01-{i + 1:02d}", f"free text {i}"]
    for i in range(24)
]


def file(rows, header=HEADER):
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]).encode()


def cohort(rows, header=HEADER, **said):
    spec = CohortSpec(patients="w.csv", **{"roles": {"patient_id": "id"}, "endpoints": OS} | said)
    return cohort_from_files({"w.csv": file(rows, header)}, name="ward", spec=spec)


def study(rows, analyses=ANALYSES, **said):
    made = cohort(rows, **said)
    asked = {"cohort": made.spec, "group": {"column": "arm"}, "analyses": analyses}
    return Study(cohort=made, spec=AnalysisSpec.model_validate(asked))


@pytest.fixture
def later():
    """Patients 3 and 4 gone, one new at the top, a death, ages up and emptied, a date later, another text."""
    rows = [list(row) for row in OLD]
    rows[1][4] = "dead"
    rows[1][5] = "2021-02-20"
    rows[2][2] = 90
    rows[7][2] = ""
    rows[8][2] = 40
    rows[9][6] = "called again"
    rows[10][1] = "c"
    return [["n1", "a", 60, 9, "dead", "2021-01-01", "new"], *rows[:3], *rows[5:]]


class TestDifference:
    def test_by_hand(self, later):
        found = cut_difference(cohort(OLD), cohort(later))
        assert (found.n, found.n_both, found.n_changed) == ((24, 23), 22, 6)
        assert (found.added, found.removed, found.not_matched) == (("n1",), ("p3", "p4"), (0, 0))
        said = {
            one.column: (one.patients, [(t.change, t.before, t.after, t.n) for t in one.transitions])
            for one in found.changed
        }
        assert said == {
            "arm": (("p10",), [("level", "a", "c", 1)]),
            "age": (
                ("p2", "p7", "p8"),
                [("higher", None, None, 1), ("emptied", None, None, 1), ("lower", None, None, 1)],
            ),
            "status": (("p1",), [("level", "alive", "dead", 1)]),
            "seen": (("p1",), [("later", None, None, 1)]),
            "note": (("p9",), [("text", None, None, 1)]),
        }
        os = found.endpoints[0]
        assert (os.n, os.n_events, os.new, os.gone) == ((24, 23), (8, 9), 1, 0)

    def test_the_same_data_differ_in_nothing(self):
        found = cut_difference(cohort(OLD), cohort(OLD[::-1]))
        assert (found.added, found.removed, found.changed, found.n_changed) == ((), (), (), 0)

    @settings(deadline=None, max_examples=40)
    @given(
        st.lists(st.tuples(st.integers(0, 15), st.integers(0, 3), st.integers(0, 3)), max_size=12), st.integers(0, 9)
    )
    def test_against_a_naive_comparison(self, edits, cut):
        rows = [list(row) for row in OLD[cut:]]
        for at, column, value in edits:
            if at < len(rows):
                rows[at][1 + column] = ("a", 50, 1.5, "alive")[column] if value else ""
        old, new = cohort(OLD), cohort(rows)
        found = cut_difference(old, new)
        before, after = old.patients.frame.set_index("id"), new.patients.frame.set_index("id")
        changed = set()
        for patient in after.index:
            for column in after.columns:
                one, other = before.at[patient, column], after.at[patient, column]
                if (pd.isna(one) != pd.isna(other)) or (not pd.isna(one) and one != other):
                    changed.add((column, patient))
        assert {(one.column, patient) for one in found.changed for patient in one.patients} == changed
        assert found.n_changed == len({patient for _, patient in changed})
        assert set(found.removed) == {f"p{i}" for i in range(cut)}
        assert all(sum(step.n for step in one.transitions) == len(one.patients) for one in found.changed)

    def test_identifiers_may_be_written_otherwise(self):
        old = [[i, *row[1:]] for i, row in enumerate(OLD)]
        new = [[f"{i}.0", *row[1:]] for i, row in enumerate(OLD)]
        assert cut_difference(cohort(old), cohort(new)).n_both == 24

    def test_repeated_and_missing_identifiers_are_counted(self):
        rows = [*OLD, ["p1", *OLD[1][1:]], ["", *OLD[2][1:]]]
        found = cut_difference(cohort(OLD), cohort(rows))
        assert (found.n_both, found.not_matched) == (23, (0, 3))
        assert "0 of the earlier and 3 of the later cut" in cuts_sentence(compare_cuts(study(OLD), study(rows)))

    def test_columns_of_one_cut(self):
        new = cohort([[*row, 7] for row in OLD], f"{HEADER},ecog".replace("note", "remark"))
        found = cut_difference(cohort(OLD), new)
        assert (found.columns_added, found.columns_removed) == (("remark", "ecog"), ("note",))
        assert columns_sentence(found) == "Columns only in the later cut: Remark, ECOG; only in the earlier cut: Note."

    def test_no_identifier(self):
        with pytest.raises(CohortError, match="later cut has no column that names the patients"):
            cut_difference(cohort(OLD), cohort([row[1:] for row in OLD], HEADER[3:], roles={}))

    def test_nobody_in_common(self):
        with pytest.raises(CohortError, match="no patient in common"):
            cut_difference(cohort(OLD), cohort([[f"q{i}", *row[1:]] for i, row in enumerate(OLD)]))


NAMES = [f"{first} {last}" for first in ("Anna", "Boris", "Clara", "David") for last in ("Keller", "Meyer", "Sommer")]


class TestNobodyIsNamed:
    def named(self, order):
        rows = [[NAMES[i], *OLD[i][1:6], i] for i in order]
        return cohort(
            rows, HEADER.replace("id", "Patient name").replace("note", "x"), roles={"patient_id": "Patient name"}
        )

    def test_files_are_matched_by_what_is_not_shown(self):
        old, new = self.named(range(11)), self.named([11, *range(10, 0, -1)])
        found = cut_difference(old, new)
        assert (found.added, found.removed, found.n_both, found.n_changed) == (("P001",), ("P001",), 10, 0)
        assert not any(word in str(found) for name in NAMES for word in name.split())

    def test_saved_studies_with_numbers_of_their_own_are_refused(self):
        saved = [
            open_study(study_bytes(one, AnalysisSpec(cohort=one.spec), saved="2026-01-01"), name="x").cohort
            for one in (self.named(range(11)), self.named(range(1, 12)))
        ]
        with pytest.raises(CohortError, match="such numbers are not the same in two cuts"):
            cut_difference(*saved)

    def test_dates_that_were_shifted_otherwise_are_not_compared(self):
        one, other = cohort(OLD, shift_dates=1), cohort(OLD, shift_dates=2)
        assert cut_difference(one, cohort(OLD, shift_dates=1)).notes == ()
        found = cut_difference(one, other)
        assert found.changed == ()
        assert "Dates were shifted" in found.notes[0]


class TestResults:
    def test_before_and_after(self, later):
        cuts = compare_cuts(study(OLD), study(later, ANALYSES[:1]))
        table = results_table(cuts).to_frame()
        assert table["Figure"].tolist() == ["Patients", "Median, months: a", "Median, months: b", "Median, months: c"]
        assert table.iloc[0, 2:].tolist() == ["24", "23"]
        assert table.iloc[3, 2] == "–"

    def test_an_analysis_the_earlier_cut_cannot_answer(self, later):
        rows = [[*row, i % 3] for i, row in enumerate(later)]
        new = cohort(rows, f"{HEADER},ecog")
        asked = {
            "cohort": new.spec,
            "analyses": [ANALYSES[0] | {"filters": [{"column": "ecog", "op": "<", "value": 2}]}],
        }
        cuts = compare_cuts(study(OLD), Study(cohort=new, spec=AnalysisSpec.model_validate(asked)))
        assert cuts.results[0].before is None
        table = results_table(cuts)
        assert "Column 'ecog'" in table.footnotes[0]
        assert table.to_frame()["Analysis"][0] == "Kaplan-Meier, overall survival (ECOG < 2)"

    def test_tables(self, later):
        cuts = compare_cuts(study(OLD), study(later, ANALYSES[:1]))
        assert (
            cuts_sentence(cuts)
            == "The earlier cut has 24 patients, the later one 23: 1 added, 2 removed and 6 changed."
        )
        assert patients_table(cuts).to_frame().to_numpy().tolist() == [
            ["n1", "added"],
            ["p3", "removed"],
            ["p4", "removed"],
        ]
        assert endpoints_table(cuts).to_frame().iloc[0, 1:].tolist() == ["24", "23", "8", "9", "1", "0"]
        how = dict(changes_table(cuts).to_frame()[["Column", "From what to what"]].to_numpy())
        assert how["Status"] == "alive to dead (1)"
        assert how["Age"] == "higher (1); emptied (1); lower (1)"


class TestCommand:
    @pytest.fixture
    def folder(self, tmp_path, later):
        for name, rows in (("old", OLD), ("new", later)):
            (tmp_path / f"{name}.csv").write_bytes(file(rows))
            spec = {
                "cohort": {"patients": f"{name}.csv", "roles": {"patient_id": "id"}, "endpoints": OS},
                "analyses": ANALYSES[:1],
            }
            (tmp_path / f"{name}.json").write_text(json.dumps(spec))
        return tmp_path

    def test_save_then_run_and_compare(self, folder, capfdbinary):
        saved = folder / "old.cohortscope"
        assert main(["save", str(folder / "old.json"), "--out", str(saved)]) == 0
        assert main(["run", str(saved)]) == 0
        from_study = capfdbinary.readouterr().out
        assert main(["run", str(folder / "old.json")]) == 0
        assert capfdbinary.readouterr().out == from_study
        assert main(["compare", str(saved), str(folder / "new.json")]) == 0
        out = json.loads(capfdbinary.readouterr().out)
        assert (out["added"], out["removed"], out["n"]) == (["n1"], ["p3", "p4"], {"before": 24, "after": 23})
        assert out["endpoints"]["OS"]["n_events"] == {"before": 8, "after": 9}
        assert out["results"]["km"]["before"] == json.loads(from_study)["km"]
        assert main(["describe", str(saved)]) == 0
        assert json.loads(capfdbinary.readouterr().out)["tables"][0]["rows"] == 24

    def test_a_damaged_study_is_one_line(self, folder):
        (folder / "x.cohortscope").write_bytes(b"PK\x03\x04 nothing")
        command = [sys.executable, "-m", "core", "run", str(folder / "x.cohortscope")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.count("\n") == 1
        assert "is not a saved Cohortscope study" in done.stderr


def test_json_has_plain_numbers(later):
    cuts = compare_cuts(study(OLD), study(later, ANALYSES))
    text = json.dumps(data_cuts_json(cuts), allow_nan=False)
    assert set(json.loads(text)["results"]) == {"km", "test", "cox"}
