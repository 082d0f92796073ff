"""Survival panel by panel: several endpoints of the same patients, or one endpoint in every part of the cohort.

Every panel is an analysis of its own, with curves, test and unadjusted hazard ratio, and is counted among the
comparisons. They share a time axis and the vertical one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.level_filters import level_filters
from core.cohort.select import AnalysisSet
from core.errors import CohortError
from core.reporting import format as fmt
from core.reporting.labels import column_label, endpoint_label
from core.reporting.panels_report import (
    SurvivalPanel,
    many_comparisons,
    panel_heading,
    panels_method,
    panels_sentence,
    panels_table,
)
from core.survival.time_axis import shared_axis
from ui import cached, downloads, figures, messages, survival_figure_options, tables
from ui.charts.composite import Composite, Panel
from ui.charts.describe_survival import describe_survival
from ui.charts.specification import Spec
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.theme import Theme
from ui.grouping import candidates, start_group
from ui.screen import st
from ui.selection import Selection
from ui.survival import hazard_ratio_of

START_WITH, MOST_PANELS, IN_A_ROW = 4, 8, 2
HEIGHT = 230
ENDPOINTS, PARTS = "Endpoints", "Parts of the cohort"
Looks = list[tuple[str, Selection]]


def choose(cohort: Cohort, selection: Selection) -> Looks:
    """What stands in the panels: a name and what is looked at, one each."""
    kinds = [ENDPOINTS, PARTS] if len(cohort.spec.endpoints) > 1 else [PARTS]
    kind = st.segmented_control(
        "Panels", kinds, default=kinds[0], required=True, key="panels_kind", persist_state="session"
    )
    return _endpoints(cohort, selection) if kind == ENDPOINTS else _parts(cohort, selection)


def _endpoints(cohort: Cohort, selection: Selection) -> Looks:
    names = list(dict.fromkeys([*([selection.endpoint] if selection.endpoint else []), *cohort.spec.endpoints]))
    chosen = st.multiselect(
        "Endpoints",
        names,
        default=names[:START_WITH],
        max_selections=MOST_PANELS,
        format_func=_title,
        key=f"panels_endpoints_{cohort.digest[:12]}_{selection.endpoint}",
        persist_state="session",
    )
    return [(_title(name), dataclasses.replace(selection, endpoint=name)) for name in chosen]


def _parts(cohort: Cohort, selection: Selection) -> Looks:
    own = selection.group.column if selection.group is not None else None
    free = [name for name in candidates(cohort) if name != own]
    if not free:
        return []
    column = st.selectbox(
        "A panel for each level of",
        free,
        format_func=column_label,
        help="A number is split at its median.",
        key=f"panels_column_{cohort.digest[:12]}_{own}",
        persist_state="session",
    )
    group = start_group(cohort, column)
    divided = cached.subset(cohort, dataclasses.replace(selection, group=group))
    levels = divided.groups.levels
    label = column_label(column)
    _left_out(cohort, selection, divided, label)
    parts = [(level, level_filters(group, level)) for level in levels[:MOST_PANELS]]
    return [
        (
            level if level.casefold().endswith(label.casefold()) else f"{label}: {level}",
            dataclasses.replace(selection, filters=(*selection.filters, *filters)),
        )
        for level, filters in parts
        if filters is not None
    ]


def _left_out(cohort: Cohort, selection: Selection, divided: AnalysisSet, label: str) -> None:
    """Say who stands in no panel: patients without a value, and those of levels for which there is no room."""
    missing = cached.subset(cohort, dataclasses.replace(selection, group=None)).n - divided.n
    if missing:
        st.caption(tables.prose(f"{fmt.patients(missing)} without a value of {label} stand in no panel."))
    levels = divided.groups.levels
    if len(levels) > MOST_PANELS:
        st.caption(tables.prose(f"Shown are {MOST_PANELS} of {len(levels)} levels: {', '.join(levels[:MOST_PANELS])}."))


def analyse(cohort: Cohort, looks: Looks) -> tuple[SurvivalPanel, ...]:
    """The results of every panel, on one time axis; a panel without patients is left out and said."""
    kept, empty = [], []
    for name, selection in looks:
        try:
            kept.append((name, selection, cached.subset(cohort, selection)))
        except CohortError as error:
            empty.append(f"{name}: {error.message}")
    for said in empty:
        st.caption(tables.escaped(said))
    follow_ups = [(float(subset.data.time.max()), subset.data.unit) for _, _, subset in kept if subset.data is not None]
    if not follow_ups:
        return ()
    figure = _figure(follow_ups)
    return tuple(_panel(cohort, name, selection, figure) for name, selection, _ in kept)


def _figure(follow_ups: Sequence[tuple[float, str]]) -> dict[str, Any]:
    """The figure that was asked for on the survival page, with the time axis that all panels share."""
    asked = dict(survival_figure_options.kept() or {})
    asked |= {"medians": False, "landmarks": False}
    axis = shared_axis(follow_ups, shown=asked.get("unit"), every=asked.get("every"), until=asked.get("until"))
    counted = axis.counted
    every = counted[1] if len(counted) > 1 else None
    return asked | {"unit": axis.unit, "every": every, "until": axis.end / axis.per}


def _panel(cohort: Cohort, name: str, selection: Selection, figure: dict[str, Any]) -> SurvivalPanel:
    asked = {"endpoint": selection.endpoint}
    curves = cached.analysis(cohort, selection, {"kind": "kaplan_meier", **asked, "figure": figure})
    levels = curves.subset.groups.levels
    if selection.group is None or len(levels) < 2:
        return SurvivalPanel(name=name, curves=curves)
    try:
        comparison = cached.analysis(cohort, selection, {"kind": "compare", **asked})
        model = None
        if len(levels) == 2:
            alone = {"kind": "cox", **asked, "covariates": [selection.group.column]}
            model = cached.analysis(cohort, selection, alone)
    except CohortError as error:
        return SurvivalPanel(name=name, curves=curves, why_not=error.message)
    return SurvivalPanel(
        name=name, curves=curves, comparison=comparison, cox=model, hazard_ratio=hazard_ratio_of(model)
    )


def headline(cohort: Cohort, panels: Sequence[SurvivalPanel]) -> None:
    """What the panels say, and what so many comparisons do to it."""
    st.markdown(tables.prose(panels_sentence(panels)))
    caveat = many_comparisons(panels)
    if caveat:
        st.caption(tables.prose(caveat))
    if caveat and len({panel.curves.subset.endpoint for panel in panels}) == 1:
        st.page_link("pages/survival/subgroups.py", label="Whether parts of the cohort differ: test of interaction")
    if cohort.synthetic:
        messages.synthetic()


def bar(cohort: Cohort, panels: Sequence[SurvivalPanel]) -> None:
    """Method and downloads: all panels as one figure."""
    first = panels[0]
    downloads.method(panels_method(panels))
    told = [panel_heading(panel) for panel in panels]
    downloads.download(
        f"{cohort.name}_survival_panels",
        made=lambda: {"Survival, panel by panel": panels_table(panels)},
        whose=figures.whose(cohort, first.curves),
        figure=downloads.Figure(
            spec=lambda: _sheet(panels),
            title="Survival, panel by panel",
            caption=[
                f"{'; '.join(told)}.",
                *filter(None, [many_comparisons(panels)]),
                *figures.caption(cohort, first.curves)[2:],
            ],
        ),
    )


def figure(panels: Sequence[SurvivalPanel]) -> None:
    """The panels, two beside each other where there is room."""
    for start in range(0, len(panels), IN_A_ROW):
        row = panels[start : start + IN_A_ROW]
        places = st.columns(IN_A_ROW) if len(panels) > 1 else [st.container()]
        for position, (place, panel) in enumerate(zip(places, row, strict=False), start=start):
            with place:
                st.markdown(f"**{tables.prose(panel_heading(panel))}**")
                label = endpoint_label(panel.curves.subset.endpoint or "survival")
                alt = f"{panel.name}. {describe_survival(panel.curves.survival, title=label)}"
                spec = _spec(panel, figures.palette(), groups=_groups(panels))
                figures.show(spec, alt=alt, key=f"panel_{position}")


def table(panels: Sequence[SurvivalPanel]) -> None:
    """The numbers of every panel; what so many comparisons do to a P stands above."""
    tables.show(panels_table(panels).without_footnote(many_comparisons(panels)))


def _groups(panels: Sequence[SurvivalPanel]) -> tuple[str, ...]:
    """The groups of all panels, in the order of the panel that has most of them: a small part may lack some."""
    fullest = max((panel.curves.subset.groups.levels for panel in panels), key=len)
    others = [level for panel in panels for level in panel.curves.subset.groups.levels]
    return tuple(dict.fromkeys([*fullest, *others]))


def _spec(panel: SurvivalPanel, palette: Theme, width: int | None = None, *, groups: tuple[str, ...]) -> Spec:
    options = SurvivalChartOptions(
        title=_title(panel.curves.subset.endpoint or "survival"),
        fade="patients",
        show_labels=False,
        show_band=len(panel.curves.survival.groups) <= IN_A_ROW,
        height=HEIGHT,
        groups=groups,
        annotation=_annotation(panel),
    )
    return survival_spec(panel.curves.survival, options=options, palette=palette, width=width or "container")


def _sheet(panels: Sequence[SurvivalPanel]) -> Composite:
    width, groups = figures.EXPORT_WIDTH // IN_A_ROW, _groups(panels)
    drawn = [(_spec(panel, figures.PAPER, width, groups=groups), panel_heading(panel)) for panel in panels]
    return Composite(
        panels=tuple(Panel(spec=spec, title=title) for spec, title in drawn),
        columns=min(IN_A_ROW, len(panels)),
    )


def _annotation(panel: SurvivalPanel) -> tuple[str, ...]:
    lines = []
    ratio = panel.hazard_ratio
    if ratio is not None:
        lines.append(f"Hazard ratio {fmt.ratio_estimate(ratio.value, ratio.conf_low, ratio.conf_high)}")
    if panel.comparison is not None:
        lines.append(f"Log-rank {fmt.p_phrase(panel.p_value)}")
    return tuple(lines)


def _title(endpoint: str) -> str:
    words = endpoint_label(endpoint)
    return words[:1].upper() + words[1:]
