"""What can be chosen in a picture: named selections on the pictures that are clicked, none on those that are files."""

from __future__ import annotations

import pytest

from core.patients.treatment import PatientCourse, TreatmentCourse, given_treatments
from core.reporting.tables import Cell, ReportTable, TableRow, interval_column, number_column, text_column
from tests.ui.charts.drawn import accepted, summary_of
from ui.charts.forest import forest_spec
from ui.charts.specification import plain
from ui.charts.survival_curve import SurvivalChartOptions, survival_spec
from ui.charts.swimmer import swimmer_spec

NAN = float("nan")


def named(spec: dict[str, object]) -> dict[str, dict[str, object]]:
    params: list[dict[str, object]] = spec["params"]  # type: ignore[assignment]
    return {str(one["name"]): one for one in params}


@pytest.mark.parametrize("curve", ["survival", "events"])
def test_a_stretch_of_time_is_chosen_by_the_mouse_along_the_time_axis_only(curve: str) -> None:
    summary = summary_of([1, 2, 5, 7], [1, 0, 1, 1])
    spec = survival_spec(summary, options=SurvivalChartOptions(curve=curve, stretch=True))  # type: ignore[arg-type]
    chosen = named(spec)["stretch"]["select"]
    assert isinstance(chosen, dict)
    assert (chosen["type"], chosen["encodings"], chosen["zoom"]) == ("interval", ["x"], False)
    assert "pointerType !== 'touch'" in chosen["on"]
    assert chosen["mark"]["fill"].startswith("#")
    accepted(spec)
    assert "stretch" not in named(survival_spec(summary))


def test_rows_of_a_forest_plot_are_targets_where_they_stand_for_patients() -> None:
    columns = [text_column("factor", "Factor"), number_column("n", "Patients"), number_column("events", "Events")]
    columns += [
        interval_column("hr_0", "Hazard ratio (95 % CI)", name="Hazard ratio", number_format="0.00"),
        number_column("p_0", "P"),
    ]

    def row(name: str, value: float) -> TableRow:
        ratio = Cell(f"{value}", (value, value / 2, value * 2))
        return TableRow(cells=(Cell(name, (name,)), Cell("9", (9,)), Cell("5", (5,)), ratio, Cell("0.5", (0.5,))))

    table = ReportTable(title="t", columns=tuple(columns), rows=(row("Age", 1.1), row("Male", 2.0)), footnotes=())
    spec = plain(forest_spec(table, targets=(None, "Sex: Male")))
    assert [one["term"] for one in spec["datasets"]["targets"]] == ["Sex: Male"]
    assert [one["term"] for one in spec["datasets"]["marks"]] == ["", "Sex: Male"]
    assert "pick" in named(spec)
    without = forest_spec(table)
    assert "targets" not in without["datasets"]
    assert "pick" not in named(without)


def test_a_lane_says_whose_it_is() -> None:
    course = PatientCourse(
        patient="P7", level="x", end=300.0, died=True, progression=NAN, response=NAN, best="PR", sessions=()
    )
    made = TreatmentCourse(
        levels=("x",), courses=(course,), given=given_treatments((course,), ("x",)), measured=(), dose=None,
        progression="PFS",
    )  # fmt: skip
    spec = plain(swimmer_spec(made))
    assert [one["patient"] for one in (*spec["datasets"]["lanes"], *spec["datasets"]["marks"])] == ["P7", "P7"]
    assert named(spec)["pick"]["select"]["fields"] == ["patient"]  # type: ignore[index]
