"""Survival by an adverse event: first days by hand, and the same answer as from a column of starts."""

import numpy as np
import pytest

from core.cohort.load import load_files
from core.cohort.select import analysis_set
from core.errors import SpecError
from core.run import run
from core.safety.first_event import first_event
from core.spec import AnalysisSpec

RNG = np.random.default_rng(5)
N = 60
TIMES = np.round(RNG.exponential(14, N) + 0.5, 2)
DEAD = RNG.random(N) < 0.7
STARTS = [int(day) if i % 2 else None for i, day in enumerate(RNG.integers(1, 200, N))]
BEGUN = ["No," if day is None else f"Yes,{day}" for day in STARTS]
PATIENTS = "id,os_months,os_event,rash,rash_start_day\n" + "".join(
    f"P{i:02d},{TIMES[i]},{int(DEAD[i])},{BEGUN[i]}\n" for i in range(N)
)


def events():
    rows = ["id,ae_term,ae_class,grade,start_day"]
    for i, start in enumerate(STARTS):
        if start is not None:
            # a later event of the same term, and another term before it, must not count
            rows += [f"P{i:02d},Rash,Immune-mediated,1,{start + 9}", f"P{i:02d},rash,Immune-mediated,2,{start}"]
            rows.append(f"P{i:02d},Fever,Other,1,0")
    return "\n".join(rows) + "\n"


@pytest.fixture
def load(tmp_path):
    def made(text):
        (tmp_path / "patients.csv").write_text(PATIENTS)
        (tmp_path / "ae.csv").write_text(text)
        return load_files([tmp_path / "patients.csv", tmp_path / "ae.csv"])

    return made


def ask(cohort, **asked):
    spec = {"cohort": cohort.spec, "analyses": [{"id": "a", "kind": "immortal_time", "endpoint": "OS", **asked}]}
    return run(AnalysisSpec.model_validate(spec), cohort)["a"]


@pytest.mark.parametrize("asked", ["Rash", "immune-mediated"])
def test_first_days_by_hand(load, asked):
    found = first_event(analysis_set(load(events())), asked)
    assert [None if np.isnan(day) else int(day) for day in found.day] == STARTS
    assert found.had.tolist() == [start is not None for start in STARTS]


@pytest.mark.parametrize("asked", ["Rash", "immune-mediated"])
def test_the_same_as_from_a_column_of_starts(load, asked):
    cohort = load(events())
    by_event = ask(cohort, adverse_event=asked, landmarks=[2, 4]).immortal_time
    group = {"column": "rash", "levels": {"No rash": ["No"], "Rash": ["Yes"]}}
    by_column = ask(cohort, starts="rash_start_day", unit="days", group=group, landmarks=[2, 4], draws=20).immortal_time
    for one, other in zip(by_event.landmarks, by_column.landmarks, strict=True):
        assert (one.n, one.n_treated, one.n_later) == (other.n, other.n_treated, other.n_later)
        assert one.dropped_event.tolist() == other.dropped_event.tolist()
        assert one.ratio.hazard_ratio == pytest.approx(other.ratio.hazard_ratio, rel=1e-10)
        assert one.p_value == pytest.approx(other.p_value, rel=1e-10)
    assert by_event.naive.hazard_ratio == pytest.approx(by_column.naive.hazard_ratio, rel=1e-10)
    assert by_event.time_dependent.ratio.hazard_ratio == pytest.approx(by_column.time_dependent.ratio.hazard_ratio)
    assert by_event.clones is None
    assert not any("Clones need" in note for note in by_event.notes)


def test_everybody_is_counted_at_a_landmark(load):
    value = ask(load(events()), adverse_event="Rash", landmarks=[3]).immortal_time
    (mark,) = value.landmarks
    assert mark.n + mark.dropped_event.size + mark.dropped_censored.size == N
    month = 365.25 / 12
    begun = [start is not None and start / month <= 3 and TIMES[i] > 3 for i, start in enumerate(STARTS)]
    assert mark.n_treated == sum(begun)


def test_an_event_without_a_day_leaves_the_patient_out_and_is_counted(load):
    text = events() + "P00,Rash,Immune-mediated,1,\n"
    result = ask(load(text), adverse_event="Rash")
    assert [(one.reason, one.n, one.rows) for one in result.subset.exclusions] == [("Rash without a start", 1, (2,))]
    assert result.immortal_time.n == N - 1


def test_names(load):
    assert ask(load(events()), adverse_event="immune-mediated").immortal_time.levels == (
        "No immune-mediated adverse events",
        "Immune-mediated adverse events",
    )


def test_an_event_that_is_not_there(load):
    with pytest.raises(SpecError, match="There is no adverse event 'Rashes'"):
        ask(load(events()), adverse_event="Rashes")


def test_not_together_with_a_column(load):
    with pytest.raises(ValueError, match="leave out 'starts' and 'time_zero'"):
        ask(load(events()), adverse_event="Rash", starts="rash_start_day")
