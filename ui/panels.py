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
from core.reporting.panels_axis import on_one_axis
from core.reporting.panels_report import (
    SurvivalPanel,
    many_comparisons,
    panel_heading,
    panels_method,
    panels_sentence,
    panels_table,
)
from core.result import AnalysisResult
from core.spec import DrawnSpec, ReportPartSpec
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


def analyse(cohort: Cohort, selection: Selection, looks: Looks) -> tuple[SurvivalPanel, ...]:
    """The results of every panel, on one time axis; a panel without patients is left out and said."""
    kept, empty = [], []
    for name, look in looks:
        try:
            kept.append((name, look, cached.subset(cohort, look)))
        except CohortError as error:
            empty.append(f"{name}: {error.message}")
    for said in empty:
        st.caption(tables.escaped(said))
    follow_ups = [(float(subset.data.time.max()), subset.data.unit) for _, _, subset in kept if subset.data is not None]
    if not follow_ups:
        return ()
    shared = len(selection.filters)
    made = [(_panel(cohort, name, look), look.filters[shared:]) for name, look, _ in kept]
    return on_one_axis([dataclasses.replace(panel, filters=filters) for panel, filters in made])


def _figure() -> dict[str, Any]:
    """The figure that was asked for on the survival page, without lines for which panels are too small."""
    return dict(survival_figure_options.kept() or {}) | {"medians": False, "landmarks": False}


def _panel(cohort: Cohort, name: str, selection: Selection) -> SurvivalPanel:
    asked = {"endpoint": selection.endpoint}
    curves = cached.analysis(cohort, selection, {"kind": "kaplan_meier", **asked, "figure": _figure()})
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
    results = [(result, panel.filters) for panel in panels for result in panel.results]
    downloads.download(
        f"{cohort.name}_survival_panels",
        made=lambda: {"Survival, panel by panel": panels_table(panels)},
        whose=figures.whose(cohort, first.curves),
        figure=exported(cohort, panels).figure,
        report=downloads.Asked(
            page="side-by-side",
            results=[result for result, _ in results],
            filters=[filters for _, filters in results],
            drawn=DrawnSpec(names=tuple(panel.name for panel in panels)),
        ),
    )


def exported(cohort: Cohort, panels: Sequence[SurvivalPanel]) -> downloads.Shown:
    """What a file and the report show: all panels as one figure, and their numbers."""
    told = [panel_heading(panel) for panel in panels]
    figure = downloads.Figure(
        spec=lambda: _sheet(panels),
        title="Survival, panel by panel",
        caption=[
            f"{'; '.join(told)}.",
            *filter(None, [many_comparisons(panels)]),
            *figures.caption(cohort, panels[0].curves)[2:],
        ],
        alt=lambda: " ".join(map(_in_words, panels)),
    )
    return downloads.Shown(figure=figure, tables=lambda: [panels_table(panels)], sentences=(panels_sentence(panels),))


def of_part(part: ReportPartSpec, results: Sequence[AnalysisResult | None]) -> tuple[SurvivalPanel, ...]:
    """The panels of a part of the report: each begins with its curves; one without patients is left out."""
    panels: list[SurvivalPanel | None] = []
    names = iter(part.drawn.names)
    for asked, result in zip(part.analyses, results, strict=True):
        if asked.kind == "kaplan_meier":
            name = next(names, "") or _title(getattr(asked, "endpoint", None) or "survival")
            panels.append(None if result is None else SurvivalPanel(name=name, curves=result, filters=asked.filters))
        elif result is not None and (panel := panels[-1]) is not None:
            more = {"comparison": result} if asked.kind == "compare" else {
                "cox": result, "hazard_ratio": hazard_ratio_of(result),
            }  # fmt: skip
            panels[-1] = dataclasses.replace(panel, **more)
    return on_one_axis([panel for panel in panels if panel is not None])


def question(cohort: Cohort, selection: Selection) -> ReportPartSpec | None:
    """All endpoints side by side as a part of the report; None where there are not several."""
    names = list(dict.fromkeys([*([selection.endpoint] if selection.endpoint else []), *cohort.spec.endpoints]))
    if len(names) < 2:
        return None
    asked: list[dict[str, Any]] = []
    for name in names[:START_WITH]:
        kinds: list[dict[str, Any]] = [{"kind": "kaplan_meier", "figure": _figure()}]
        if selection.group is not None:
            kinds += [{"kind": "compare"}, {"kind": "cox", "covariates": [selection.group.column]}]
        asked += [{**one, "endpoint": name, "id": f"panels_{name}_{one['kind']}"} for one in kinds]
    return ReportPartSpec.model_validate(
        {
            "page": "side-by-side",
            "title": "Survival, endpoint by endpoint",
            "filters": selection.filters,
            "group": selection.group,
            "analyses": asked,
        }
    )


def figure(panels: Sequence[SurvivalPanel]) -> None:
    """The panels, two beside each other where there is room."""
    for start in range(0, len(panels), IN_A_ROW):
        row = panels[start : start + IN_A_ROW]
        places = st.columns(IN_A_ROW) if len(panels) > 1 else [st.container()]
        for position, (place, panel) in enumerate(zip(places, row, strict=False), start=start):
            with place:
                st.markdown(f"**{tables.prose(panel_heading(panel))}**")
                spec = _spec(panel, figures.palette(), groups=_groups(panels))
                figures.show(spec, alt=_in_words(panel), key=f"panel_{position}")


def _in_words(panel: SurvivalPanel) -> str:
    label = endpoint_label(panel.curves.subset.endpoint or "survival")
    return f"{panel.name}. {describe_survival(panel.curves.survival, title=label)}"


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
