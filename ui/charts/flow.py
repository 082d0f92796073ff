"""Flow diagram: patients in the file, eligible, analysed, by group, and between the boxes who was left out and why."""

from __future__ import annotations

from typing import Literal

from core.cohort.flow import CohortFlow
from core.reporting import format as fmt
from core.reporting.flow_words import EVERYBODY, group_words, step_words
from ui.charts.flow_layout import WIDE, drawn, head_columns, stroke_columns, word_columns
from ui.charts.specification import Spec, filled, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

PADDING = {"left": 2, "right": 2, "top": 2, "bottom": 2}


def flow_spec(flow: CohortFlow, *, palette: Theme = LIGHT, width: int | Literal["container"] = "container") -> Spec:
    """The diagram as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    flow : CohortFlow
    palette : Theme
    width : int or 'container'
    """
    from ui.charts.flow_layers import flow_skeleton  # Altair takes a third of a second to load

    wide, narrow = drawn(flow, palette, narrow=False), drawn(flow, palette, narrow=True)
    spec = filled(flow_skeleton(), {"axis": palette.axis})
    sized(spec, width, padding=PADDING, narrow_below=WIDE + 10)
    spec["height"] = 1  # everything stands below it at its own height
    spec["config"] = vega_config(palette)
    return with_data(
        spec,
        {
            "words": word_columns(wide, narrow, palette),
            "strokes": stroke_columns(wide, narrow, palette),
            "heads": head_columns(wide, narrow),
        },
    )


def describe_flow(flow: CohortFlow) -> str:
    """The diagram in words, for those who cannot see it."""
    parts = []
    for step in flow.steps:
        parts += [f"{fmt.patients(item.n)} left out: {item.reason}" for item in step.left_out]
        parts.append(f"{step_words(step, flow.endpoint)}: {fmt.patients(step.n)}")
    parts += [
        f"{group.level}: {', '.join(group_words(group, flow.endpoint))}"
        for group in flow.groups
        if group.level != EVERYBODY
    ]
    return f"Flow of patients. {'. '.join(parts)}."
