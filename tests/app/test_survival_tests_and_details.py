"""Options of the survival page beyond the curve's shape: other curves, tests between groups, and what one may open."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.cohort import Cohort
from core.cohort.load import cohort_from_files
from core.reporting.labels import spoken
from tests.app.conftest import no_traceback, text_of

Open = Callable[..., AppTest]


def uploaded(frame: pd.DataFrame) -> Cohort:
    return cohort_from_files({"patients.csv": frame.to_csv(index=False).encode()}, name="test")


def few_events() -> pd.DataFrame:
    """Sixteen patients in two arms: three events in one, six in the other."""
    return pd.DataFrame(
        {
            "patient_id": [f"P{i}" for i in range(16)],
            "os_months": [3, 5, 8, 9, 12, 14, 15, 20, 1, 2, 4, 6, 7, 10, 11, 13],
            "os_event": [0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1],
            "arm": ["A"] * 8 + ["B"] * 8,
            "sex": ["M", "F"] * 8,
        }
    )


def three_groups(seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 150
    grade = rng.choice(["G1", "G2", "G3"], n)
    return pd.DataFrame(
        {
            "patient_id": [f"P{i:03d}" for i in range(n)],
            "os_months": (rng.exponential(20, n) / (1 + (grade == "G3")) + 0.1).round(1),
            "os_event": (rng.random(n) < 0.8).astype(int),
            "grade": grade,
        }
    )


def choose(app: AppTest, label: str, value: object) -> AppTest:
    next(box for box in app.selectbox if box.label == label).set_value(value)
    return no_traceback(app.run())


def chart(app: AppTest) -> tuple[str, dict[str, pd.DataFrame]]:
    """Alternative text and the data of the figure."""
    import pyarrow as pa

    (found,) = app.get("vega_lite_chart")
    data = {dataset.name: pa.ipc.open_stream(dataset.data.data).read_pandas() for dataset in found.proto.datasets}
    return found.proto.alt, data


def opened(app: AppTest, name: str) -> AppTest:
    """The page with one detail open."""
    app.session_state[f"km_detail_{name}"] = True
    return no_traceback(app.run())


def table(app: AppTest, column: str) -> pd.DataFrame:
    """The table that has a column of that name."""
    return next(shown.value for shown in app.table if column in shown.value.columns)


class TestCurves:
    @pytest.mark.parametrize(
        ("curve", "title", "alt"),
        [
            ("events", "1 − overall survival", "the share with the event"),
            ("cumulative_hazard", "Cumulative hazard", "Cumulative hazard (Nelson-Aalen) of overall survival"),
            ("hazard", "Hazard per month", "Smoothed hazard of overall survival over time"),
            ("log_log", "log(−log survival)", "Log of the cumulative hazard of overall survival against log time"),
        ],
    )
    def test_each_has_its_axis_its_alternative_text_and_a_risk_table(
        self, open_app: Open, curve: str, title: str, alt: str
    ) -> None:
        app = choose(open_app(), "Curve", curve)
        said, data = chart(app)
        assert alt in said
        assert not said.startswith("Kaplan-Meier chart of overall survival")
        assert data["y_title"]["text"].tolist() == [title]
        assert len(data["risk_cells"]) > 0
        assert len(data["band"]) > 0

    def test_the_rising_curve_says_the_share_with_the_event_at_its_end(self, open_app: Open) -> None:
        app = open_app()
        falling, _ = chart(app)
        rising, _ = chart(choose(app, "Curve", "events"))
        left, gone = (
            [int(share) for share in re.findall(r"(\d+) % at", said.replace("\u00a0", " "))]
            for said in (falling, rising)
        )
        assert [a + b for a, b in zip(left, gone, strict=True)] == [100, 100]

    def test_the_hazard_says_how_it_was_smoothed(self, open_app: Open) -> None:
        assert "smoothed over" in text_of(choose(open_app(), "Curve", "hazard"))

    def test_log_log_says_what_to_look_for(self, open_app: Open) -> None:
        assert "parallel" in text_of(choose(open_app(), "Curve", "log_log"))

    def test_curves_are_pale_where_few_remain_and_the_page_says_so(self, open_app: Open) -> None:
        app = open_app()
        _, data = chart(app)
        assert "fewer than 10 patients remain at risk" in text_of(app)
        assert len(data["faded"]) > 2
        for group, curve in data["curve"].groupby("group"):
            pale = data["faded"][data["faded"]["group"] == group]
            assert pale["t"].min() == curve["t"].max()

    def test_pale_ends_can_be_counted_in_percent_or_switched_off(self, open_app: Open) -> None:
        app = choose(open_app(), "Curves pale where at risk are", "percent")
        assert "less than 10 % of the group remains at risk" in text_of(app)
        app = choose(app, "Curves pale where at risk are", "never")
        assert "at risk." not in text_of(app)
        assert "faded" not in chart(app)[1]


class TestTests:
    @pytest.mark.parametrize(
        ("weighting", "named"),
        [
            ("fh-early", "Fleming-Harrington (1, 0) P"),
            ("fh-late", "Fleming-Harrington (0, 1) P"),
            ("fh-middle", "Fleming-Harrington (1, 1) P"),
            ("maxcombo", "MaxCombo P"),
        ],
    )
    def test_weightings(self, open_app: Open, weighting: str, named: str) -> None:
        app = choose(open_app(), "Test between groups", weighting)
        assert named in app.markdown[0].value.replace("\u00a0", " ").replace("\\", "")
        assert any(line.startswith(named) for line in chart(app)[1]["annotation"]["text"])

    def test_stratified_test_and_ratio(self, open_app: Open) -> None:
        app = open_app()
        box = next(box for box in app.multiselect if box.label == "Stratify the test by")
        assert "hifu" not in box.options
        chosen = box.options[0]
        app = no_traceback(box.select(chosen).run())
        assert "(stratified hazard ratio" in text_of(app)
        assert "stratified log-rank P" in text_of(app)
        lines = chart(app)[1]["annotation"]["text"].tolist()
        assert lines[0].startswith("Stratified hazard ratio")
        assert lines[1].startswith("Stratified log-rank")

    def test_two_groups_have_no_trend_and_no_pairs(self, open_app: Open) -> None:
        app = open_app()
        assert not [box for box in app.checkbox if box.label.startswith("Trend")]
        assert not [box for box in app.selectbox if box.label.startswith("Correction")]

    def test_trend_and_correction_for_three_groups(self, open_app: Open) -> None:
        app = open_app(cohort="upload", uploaded=uploaded(three_groups()), group="grade")
        next(box for box in app.checkbox if box.label == "Trend across ordered groups").check()
        app = choose(app, "Correction for pairs of groups", "bonferroni")
        assert any(line.startswith("Trend across groups P") for line in chart(app)[1]["annotation"]["text"])
        app = opened(app, "Pairs of groups")
        assert "Bonferroni" in text_of(app)
        assert "MaxCombo" not in next(box for box in app.selectbox if box.label == "Test between groups").options

    def test_few_events_show_the_exact_permutation(self, open_app: Open) -> None:
        app = open_app(cohort="upload", uploaded=uploaded(few_events()), group="arm")
        assert "exact permutation P" in text_of(app)
        assert any(line.startswith("Few events: exact permutation P") for line in chart(app)[1]["annotation"]["text"])

    def test_enough_events_do_not(self, open_app: Open) -> None:
        assert "permutation" not in text_of(open_app())


class TestDetails:
    def test_nothing_is_computed_before_it_is_opened(self, open_app: Open) -> None:
        app = open_app()
        assert len(app.table) == 1

    def test_all_tests_side_by_side_mark_the_planned_one(self, open_app: Open) -> None:
        app = opened(choose(open_app(), "Test between groups", "peto"), "All tests side by side")
        rows = table(app, "Looks most at")["Test"].str.strip("*").tolist()
        assert "Peto-Peto (planned)" in rows
        assert [name for name in rows if "permutation" in name]
        assert {"Log-rank", "Gehan-Breslow-Wilcoxon", "Tarone-Ware", "MaxCombo"} <= set(rows)
        assert "smallest of these P values is not allowed" in text_of(app)

    def test_three_groups_have_no_maxcombo(self, open_app: Open) -> None:
        app = open_app(cohort="upload", uploaded=uploaded(three_groups()), group="grade")
        rows = table(opened(app, "All tests side by side"), "Looks most at")["Test"].tolist()
        assert not [name for name in rows if "MaxCombo" in name]

    def test_if_alive_at(self, open_app: Open) -> None:
        app = opened(open_app(), "If alive at …")
        shown = table(app, "Patients followed beyond")
        assert [text.strip("*") for text in shown.iloc[:, 0]][::3] == ["If alive at 6 months", "If alive at 12 months"]
        next(box for box in app.text_input if box.label == "If alive at (months)").set_value("9")
        shown = table(no_traceback(app.run()), "Patients followed beyond")
        assert shown.iloc[0, 0].strip("*") == "If alive at 9 months"
        next(box for box in app.text_input if box.label == "If alive at (months)").set_value("soon")
        assert "not a list of times" in text_of(no_traceback(app.run()))

    def test_completeness_states_its_end(self, open_app: Open) -> None:
        app = opened(open_app(), "How complete is follow-up?")
        assert "the longest follow-up" in text_of(app)
        assert "Completeness" in table(app, "Completeness").columns
        next(box for box in app.number_input if "possible" in box.label).set_value(12.0)
        assert "possible until 12 months" in text_of(no_traceback(app.run()))

    def test_difference_of_medians_states_its_seed(self, open_app: Open) -> None:
        app = opened(open_app(), "Difference of medians (bootstrap)")
        assert "Seed of the drawing: 20250101." in text_of(app)
        assert "1,000 bootstrap samples" in text_of(app)


def test_notes_name_columns_as_people_do() -> None:
    note = "OS event is 'dead' = 1; the event 'other' is not a column, os_days is."
    told = "OS event is 'Dead' = 1; the event 'other' is not a column, OS (days) is."
    assert spoken(note, quoted=("dead", "event")) == told


def test_a_group_without_events_has_one_note(open_app: Open) -> None:
    frame = few_events().assign(os_event=lambda f: f["os_event"].where(f["arm"] == "B", 0))
    app = open_app(cohort="upload", uploaded=uploaded(frame), group="arm")
    said = [line for caption in app.caption for line in str(caption.value).split("  \n") if "No events" in line]
    assert [line.replace("\\", "") for line in said] == ["No events in A: the curve stays at 100\u00a0%."]
