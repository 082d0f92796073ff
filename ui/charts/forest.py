"""Forest plot of hazard ratios: the printed table and its picture as one figure.

The words are those of the table (``core.reporting.cox_table``), so that figure, table and file say the same. With two
models side by side the univariable estimate is hollow, the multivariable one filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from core.reporting.cox_table import cox_table
from core.reporting.tables import ReportTable
from ui.charts.forest_layout import ENGLISH, ForestLayout, ForestWords
from ui.charts.forest_table import forest_table
from ui.charts.specification import Spec, filled, plain, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

if TYPE_CHECKING:
    import altair as alt

    from core.result import AnalysisResult

PADDING = {"left": 2, "right": 4, "top": 2, "bottom": 4}


def forest_spec(
    result: AnalysisResult | ReportTable,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    words: ForestWords = ENGLISH,
    targets: Sequence[str | None] = (),
) -> Spec:
    """Forest plot and table as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    result : AnalysisResult of a Cox regression, or its printed table
    palette : Theme
    width : int or 'container'
    words : ForestWords
    targets : sequence of str or None
        What a click on each row of the table chooses (``picking.PICK``); without any no row can be clicked.
    """
    from ui.charts.forest_layers import forest_skeleton  # Altair takes a third of a second to load

    table = forest_table(result if isinstance(result, ReportTable) else cox_table(result))
    layout = ForestLayout(table, palette, words, targets=targets)
    spec = filled(forest_skeleton(picked=any(targets)), layout.slots())
    sized(spec, width, padding=PADDING, narrow_below=layout.narrow_below)
    spec["height"] = 1
    spec["params"] += layout.params()
    spec["config"] = vega_config(palette)
    return with_data(spec, layout.datasets())


def forest_chart(
    result: AnalysisResult | ReportTable,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    words: ForestWords = ENGLISH,
) -> alt.LayerChart:
    """``forest_spec`` as an Altair chart."""
    import altair as alt

    chart: alt.LayerChart = alt.LayerChart.from_dict(
        plain(forest_spec(result, palette=palette, width=width, words=words)), validate=False
    )
    return chart
