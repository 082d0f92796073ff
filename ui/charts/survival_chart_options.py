"""What a survival figure draws, and its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from core.spec import RiskTableStyle
from ui.charts.curve_kinds import CurveKind
from ui.charts.risk_table import RiskWords

Fading: TypeAlias = Literal["never", "patients", "percent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalChartOptions:
    """What is drawn, and its words.

    Where the analysis says how it is to be drawn (``figure`` of its specification), its risk table, its medians and its
    time axis are drawn, and not those named here.

    Attributes
    ----------
    title : str
        Of the survival axis, for example "Overall survival".
    origin : str
        Time zero in words, for example "first dose"; empty: not said.
    curve : CurveKind
        What is drawn; ``events`` is the share with the event, 1 - S. Beyond these two the summary must have been asked
        for it.
    fade : {'never', 'patients', 'percent'}
        Draw curves thin and pale where fewer than 10 patients, or 10 % of the group, remain at risk.
    show_band, show_censored, show_medians, show_labels : bool
    risk_table : {'at-risk-events', 'at-risk', 'kmunicate', 'none'}
    last_time : float, optional
        Where the time axis stops; the longest follow-up without it.
    height : int
        Pixels of the plot alone.
    top : float
        Where the vertical axis ends, 1 for 100 %; it starts at 0.
    groups : tuple of str
        All groups in their order, where a figure may lack some: each keeps its colour and its dashes. Empty: those of
        the figure.
    annotation : tuple of str
        Lines in the lower left corner (of curves that rise the upper left), for example the log-rank P.
    stretch : bool
        A stretch of time can be chosen by dragging across the curves (``picking.STRETCH``).
    unit_word, since, all_patients, at_risk_phrase, risk_words
        Words in the reader's language.
    """

    title: str = "Survival"
    origin: str = ""
    curve: CurveKind = "survival"
    fade: Fading = "never"
    show_band: bool = True
    show_censored: bool = True
    show_medians: bool = False
    show_labels: bool = True
    risk_table: RiskTableStyle = "at-risk-events"
    last_time: float | None = None
    height: int = 340
    top: float = 1.0
    groups: tuple[str, ...] = ()
    annotation: tuple[str, ...] = ()
    stretch: bool = False
    unit_word: str = ""
    since: str = "since"
    all_patients: str = "All patients"
    at_risk_phrase: str = "at risk"
    risk_words: RiskWords = field(default_factory=RiskWords)
