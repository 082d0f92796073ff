"""The curve of the survival page, falling or rising."""

from __future__ import annotations

import json
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

Open = Callable[..., AppTest]


def heights(app: AppTest) -> tuple[float, float]:
    """First and last height of the first group's curve."""
    import pyarrow as pa

    (chart,) = app.get("vega_lite_chart")
    found = {dataset.name: pa.ipc.open_stream(dataset.data.data).read_pandas() for dataset in chart.proto.datasets}
    drawn = found["curve"]
    own = drawn.loc[drawn["group"] == drawn["group"].iloc[0], "s"]
    return float(own.iloc[0]), float(own.iloc[-1])


def test_the_curve_may_rise(open_app: Open) -> None:
    app = open_app()
    first, last = heights(app)
    assert first == 1 > last
    next(box for box in app.selectbox if box.label == "Curve").set_value("events")
    no_traceback(app.run())
    assert heights(app) == (0, 1 - last)


def test_what_stands_under_the_curves_is_chosen_and_goes_into_the_report(open_app: Open) -> None:
    app = open_app()
    next(box for box in app.selectbox if box.label == "Under the curves").set_value("kmunicate")
    next(box for box in app.selectbox if box.label == "Time axis in").set_value("years")
    no_traceback(app.run())
    (chart,) = app.get("vega_lite_chart")
    spec = json.loads(chart.proto.spec)
    assert "format(datum.value / 12.0" in json.dumps(spec)
    assert app.session_state["survival_figure_asked"]["risk_table"] == "kmunicate"
    assert app.session_state["survival_figure_asked"]["unit"] == "years"


def test_the_difference_stands_under_the_curves_with_its_sentence(open_app: Open) -> None:
    app = open_app()
    next(box for box in app.checkbox if box.label == "Difference of two curves below").check()
    no_traceback(app.run())
    _, difference = app.get("vega_lite_chart")
    assert "Difference of overall survival over time, HIFU minus No HIFU" in str(difference.proto)
    assert "At 12 months 43.7 percentage points more patients are alive with HIFU than without HIFU" in text_of(app)
    next(box for box in app.selectbox if box.label == "Curve").set_value("log_log")
    no_traceback(app.run())
    assert len(app.get("vega_lite_chart")) == 1
