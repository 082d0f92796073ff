"""The curve of the survival page, falling or rising."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback

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
