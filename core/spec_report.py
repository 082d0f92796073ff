"""What was put into the report: a page's question with its options and its title, so that it is computed anew.

Belongs here: the keys of one part of a report. Does not belong here: how a part is drawn (``ui.report_pages``), how a
report is written (``core.reporting.report``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from core.spec_analyses import Analysis, KaplanMeierSpec
from core.spec_part import Part
from core.spec_selection import FilterSpec, GroupSpec

ReportPage: TypeAlias = Literal[
    "survival", "side-by-side", "hazards", "curve", "proportional-hazards", "subgroups", "adjusted", "cut-point",
    "conventions", "adverse-events", "survival-after-event", "events-over-time", "baseline", "response", "waterfall",
    "spider", "treatment", "competing-events", "two-hazards", "states", "lesions", "biomarkers", "immortal-time",
    "simon-makuch", "balance", "alike", "flow",
]  # fmt: skip
# What a page asks: the kind it begins with, and what may follow.
_KINDS: Mapping[ReportPage, tuple[str, ...]] = {
    "survival": ("kaplan_meier", "compare", "cox"),
    "side-by-side": ("kaplan_meier", "compare", "cox"),
    "hazards": ("cox",),
    "curve": ("cox",),
    "proportional-hazards": ("proportional_hazards",),
    "subgroups": ("subgroups",),
    "adjusted": ("adjusted_survival",),
    "cut-point": ("cut_point",),
    "conventions": ("kaplan_meier", "compare", "cox"),
    "adverse-events": ("adverse_events",),
    "survival-after-event": ("immortal_time",),
    "events-over-time": ("adverse_event_time",),
    "baseline": ("baseline",),
    "response": ("response",),
    "waterfall": ("response",),
    "spider": ("response",),
    "treatment": ("treatment_course",),
    "competing-events": ("cumulative_incidence",),
    "two-hazards": ("cox", "fine_gray"),
    "states": ("state_occupancy",),
    "lesions": ("lesion_recurrence",),
    "biomarkers": ("quantile_groups",),
    "immortal-time": ("immortal_time",),
    "simon-makuch": ("immortal_time",),
    "balance": ("balance",),
    "alike": ("balance",),
    "flow": ("flow",),
}
assert set(_KINDS) == set(get_args(ReportPage))
_CURVES = ("cumulative_hazard", "hazard", "log_log")  # asked of the curves before they can be drawn


class DrawnSpec(Part):
    """How a page draws what it computed; it changes no number.

    Attributes
    ----------
    curve : {'survival', 'events', 'cumulative_hazard', 'hazard', 'log_log'}
        Which curve of survival.
    fade : {'patients', 'percent', 'never'}
        Where curves become pale.
    show_band, show_censored, show_crude, show_naive, whole_axis : bool
        Confidence band; ticks of censored patients; crude curves beside adjusted ones; 1 - Kaplan-Meier beside
        incidence; an axis up to 100 %.
    event : str, optional
        Of competing events the one drawn.
    stacked, counts : bool
        All competing events stacked; adverse events as their number per patient.
    column : str, optional
        The factor whose curve is drawn.
    endpoint : str, optional
        Whose follow-up ends the lanes of adverse events in time.
    grades : {'severe', 'bands', 'each'}
        Columns of grades in the table of adverse events.
    names : tuple of str
        The panels' names.
    """

    curve: Literal["survival", "events", "cumulative_hazard", "hazard", "log_log"] = "survival"
    fade: Literal["patients", "percent", "never"] = "patients"
    show_band: bool = True
    show_censored: bool = True
    show_crude: bool = True
    show_naive: bool = False
    whole_axis: bool = False
    event: str | None = None
    stacked: bool = False
    counts: bool = False
    column: str | None = None
    endpoint: str | None = None
    grades: Literal["severe", "bands", "each"] = "severe"
    names: tuple[str, ...] = ()


class ReportPartSpec(Part):
    """One part of the report: what a page asked when it was put in.

    Attributes
    ----------
    page : str
        Which page draws it.
    title : str
    filters, group
        Of its own, instead of those of the specification.
    drawn : DrawnSpec
    analyses : tuple of Analysis
        Their ids are known by no other analysis of the specification.
    """

    page: ReportPage
    title: str = Field(min_length=1)
    filters: tuple[FilterSpec, ...] = ()
    group: GroupSpec | None = None
    drawn: DrawnSpec = Field(default_factory=DrawnSpec)
    analyses: tuple[Analysis, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _suits_its_page(self) -> ReportPartSpec:
        first, *_ = known = _KINDS[self.page]
        asked = [analysis.kind for analysis in self.analyses]
        if asked[0] != first or not set(asked) <= set(known):
            raise ValueError(f"the page '{self.page}' draws {' and '.join(known)}, the first of them first")
        curves, curve = self.analyses[0], self.drawn.curve
        if isinstance(curves, KaplanMeierSpec) and curve in _CURVES and getattr(curves, curve) in (None, False):
            raise ValueError(f"a curve of {curve} is drawn only where the analysis asks for {curve}")
        return self
