"""The caveat that matters most for these data: every caveat that holds, in one order, each as one sentence.

Belongs here: when a caveat holds, in which order, and its words. Does not belong here: where a kind of analysis keeps
what is counted here (``caveat_facts``), the finding (``says``).

The order is that of ``RANKED``. First what makes the comparison wrong whatever its numbers are (patients in several
rows, values that cannot be, time that one group could not have died in), then what makes the numbers mean little
(hardly any events, more coefficients than the events bear, a searched cut, groups still unlike, few patients), then
what they leave out (other events, time, missing values, many tests), then how unsure they are (P, medians, interval),
and last what holds for any such comparison.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.regression.remarks import FEW_EVENTS_PER_VARIABLE
from core.reporting import format as fmt
from core.reporting.immortal_time_sentence import late_start_sentence
from core.reporting.sentences import NOTABLE

if TYPE_CHECKING:
    from core.bias.immortal_time import LateStart

About: TypeAlias = Literal[
    "repeated", "impossible", "immortal_time", "no_events", "few_events", "crowded_model", "searched", "still_unlike",
    "few_patients", "other_events", "hazards_not_proportional", "left_out", "gaps", "many_tests", "no_clear_difference",
    "median_not_reached", "few_at_risk", "uneven_groups", "wide_interval", "limit_of_method", "as_they_are",
    "no_comparison",
]  # fmt: skip

FEW_EVENTS = 10  # in all groups
FEW_GROUP_EVENTS = 5  # in one of the groups compared
FEW_PATIENTS = 10  # in the smallest group
FEW_AT_RISK = 10  # at the last time that is spoken of
NOTABLE_SHARE = 0.1  # of patients left out, or with another event first
UNEVEN = 4.0  # times as many patients in the largest group as in the smallest
MANY_TESTS = 5
WIDE = 4.0  # upper over lower limit of a ratio
NO_COMPARISON = "There is nothing here to compare with: this describes these patients and no others."


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """One group: its name in words, patients, and events where they are counted."""

    name: str
    n: int
    n_events: int | None = None
    median_reached: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CaveatFacts:
    """What is known of a result that may limit how it is read; what an analysis does not know stays as it is here.

    Attributes
    ----------
    n : int
        Patients analysed.
    n_events : int or None
        Of all groups; None where nothing is counted until an event.
    groups : tuple of GroupFacts
        Two or more where groups are compared.
    repeated : str
        A sentence where patients stand in several rows.
    impossible : str
        A sentence where values that cannot be are used.
    late : LateStart or None
        A compared group that began after time zero.
    coefficients, model_events : int
        Of the largest model; 0 without one.
    searched : str
        A sentence where the data chose a cut or the factors.
    unlike : str
        A sentence where groups that were made alike still differ, or their weights leave few patients.
    earlier : dict of str to int
        Other events that came first and count as censored here, with their patients.
    not_proportional : str
        ``P = 0.012`` of the test of proportional hazards where it is below 0.05.
    left_out : int
        Patients left out because a value is missing, of ``n`` and these.
    gaps : str
        A sentence where a table that leaves nobody out has a row with many values missing.
    tests : int
        P-values read side by side.
    many : str
        A sentence of its own on them, where the analysis has one.
    p_value : float
        Of the comparison that the finding tells.
    ratio : tuple of two floats
        Limits of its ratio.
    at_risk : tuple of int and str, or None
        Patients followed up to the last time spoken of, and that time in words.
    limit : str
        What this analysis cannot do for any data, as a sentence.
    """

    n: int
    n_events: int | None = None
    groups: tuple[GroupFacts, ...] = ()
    repeated: str = ""
    impossible: str = ""
    late: LateStart | None = None
    coefficients: int = 0
    model_events: int = 0
    searched: str = ""
    unlike: str = ""
    earlier: Mapping[str, int] = field(default_factory=dict)
    not_proportional: str = ""
    left_out: int = 0
    gaps: str = ""
    tests: int = 0
    many: str = ""
    p_value: float = math.nan
    ratio: tuple[float, float] = (math.nan, math.nan)
    at_risk: tuple[int, str] | None = None
    limit: str = ""

    @property
    def compares(self) -> bool:
        """Whether two or more groups are compared."""
        return len(self.groups) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """What it is about, as a key, and the sentence."""

    about: About
    sentence: str


def caveats(facts: CaveatFacts) -> tuple[Caveat, ...]:
    """Every caveat that holds, the one that matters most first; never empty."""
    told = ((about, words(facts)) for about, words in RANKED)
    found = tuple(Caveat(about=about, sentence=text) for about, text in told if text)
    return found or (Caveat(about="no_comparison", sentence=NO_COMPARISON),)


def _immortal_time(facts: CaveatFacts) -> str:
    return "" if facts.late is None else late_start_sentence(facts.late)


def _no_events(facts: CaveatFacts) -> str:
    return "" if facts.n_events != 0 else "Without an event nothing can be estimated or compared."


def _few_events(facts: CaveatFacts) -> str:
    if facts.n_events is not None and 0 < facts.n_events < FEW_EVENTS:
        if facts.n_events == 1:
            return "There is only one event: every number here may change with the next patient."
        return f"There are only {facts.n_events} events: every number here may change with one or two more patients."
    known = [group for group in facts.groups if group.n_events is not None and group.n_events < FEW_GROUP_EVENTS]
    if not facts.compares or not known or facts.n_events == 0:
        return ""
    least = min(known, key=lambda group: group.n_events or 0)
    if least.n_events == 0:
        return f"Nobody {least.name} had the event, so the groups can hardly be compared."
    of = fmt.several(least.n_events or 0, "event")
    return (
        f"There {'is' if least.n_events == 1 else 'are'} only {of} {least.name}: one more could change the comparison."
    )


def _crowded_model(facts: CaveatFacts) -> str:
    if not facts.coefficients or facts.model_events >= FEW_EVENTS_PER_VARIABLE * facts.coefficients:
        return ""
    of = f"{fmt.several(facts.model_events, 'event')} for {fmt.several(facts.coefficients, 'coefficient')}"
    return f"Only {of}: what the model finds, or does not find, may be chance."


def _few_patients(facts: CaveatFacts) -> str:
    smallest = min(facts.groups, key=lambda group: group.n, default=None)
    if smallest is None or smallest.n >= FEW_PATIENTS:
        return ""
    where = f" {smallest.name}" if facts.compares else ""
    if facts.compares and (facts.tests or math.isfinite(facts.p_value)):
        if smallest.n == 1:
            return (
                f"There is only 1 patient{where}: one says little about others, and P values against one mean little."
            )
        return (
            f"There are only {smallest.n} patients{where}: they say little about others, and P values against so few "
            "mean little."
        )
    if smallest.n == 1:
        return f"There is only 1 patient{where}: one says little about others."
    return f"There are only {smallest.n} patients{where}: they say little about others."


def _other_events(facts: CaveatFacts) -> str:
    n = sum(facts.earlier.values())
    if not facts.n or n < NOTABLE_SHARE * facts.n:
        return ""
    which = fmt.in_words(f"{name} in {fmt.patients(count)}" for name, count in facts.earlier.items())
    return (
        f"Another event came first ({which}) and counts as censored here, so the curve overstates how often the event "
        "happens."
    )


def _not_proportional(facts: CaveatFacts) -> str:
    if not facts.not_proportional:
        return ""
    return (
        f"The hazard ratio seems to change over time (test of proportional hazards: {facts.not_proportional}): read it "
        "as an average over the follow-up."
    )


def _left_out(facts: CaveatFacts) -> str:
    whole = facts.n + facts.left_out
    if not facts.left_out or facts.left_out < NOTABLE_SHARE * whole:
        return ""
    share = fmt.percent(facts.left_out / whole, 0)
    return f"{facts.left_out} of {fmt.patients(whole)} ({share}) are left out for missing values and may be different."


def _many_tests(facts: CaveatFacts) -> str:
    if facts.many or facts.tests < MANY_TESTS:
        return facts.many
    expected = fmt.number(facts.tests * NOTABLE, 1)
    return (
        f"{facts.tests} tests stand side by side: without any true difference about {expected} of them would have "
        f"P < {NOTABLE:g}."
    )


def _no_clear_difference(facts: CaveatFacts) -> str:
    if not facts.p_value >= NOTABLE:
        return ""
    low, high = facts.ratio
    if math.isfinite(low) and math.isfinite(high):
        return (
            f"No clear difference was seen ({fmt.p_phrase(facts.p_value)}), which does not show that there is none: "
            f"ratios from {fmt.ratio(low)} to {fmt.ratio(high)} fit these data."
        )
    return f"No clear difference was seen ({fmt.p_phrase(facts.p_value)}), which does not show that there is none."


def _median_not_reached(facts: CaveatFacts) -> str:
    names = [group.name for group in facts.groups if not group.median_reached]
    if not names:
        return ""
    where = "" if not any(names) else f" {fmt.in_words(names)}"
    return f"The median was not reached{where}: longer follow-up may change the picture."


def _few_at_risk(facts: CaveatFacts) -> str:
    if facts.at_risk is None or facts.at_risk[0] >= FEW_AT_RISK:
        return ""
    n, when = facts.at_risk
    if n == 1:
        return f"Only one patient was still followed at {when}: the end of the curve is uncertain."
    return f"Only {n} patients were still followed at {when}: the end of the curve is uncertain."


def _uneven_groups(facts: CaveatFacts) -> str:
    sizes = sorted(group.n for group in facts.groups)
    if not facts.compares or not sizes[0] or sizes[-1] < UNEVEN * sizes[0]:
        return ""
    return (
        f"The groups have {sizes[0]} to {fmt.patients(sizes[-1])}: the comparison is only as sure as the smallest one "
        "allows."
    )


def _wide_interval(facts: CaveatFacts) -> str:
    low, high = facts.ratio
    if not (low > 0 and math.isfinite(high) and high >= WIDE * low):
        return ""
    return f"The interval is wide: ratios from {fmt.ratio(low)} to {fmt.ratio(high)} fit these data."


def _as_they_are(facts: CaveatFacts) -> str:
    if not facts.compares:
        return ""
    return (
        "The groups are compared as they are: unless chance decided who was in which, other differences between the "
        "patients may lie behind this one."
    )


RANKED: tuple[tuple[About, Callable[[CaveatFacts], str]], ...] = (
    ("repeated", lambda facts: facts.repeated),
    ("impossible", lambda facts: facts.impossible),
    ("immortal_time", _immortal_time),
    ("no_events", _no_events),
    ("few_events", _few_events),
    ("crowded_model", _crowded_model),
    ("searched", lambda facts: facts.searched),
    ("still_unlike", lambda facts: facts.unlike),
    ("few_patients", _few_patients),
    ("other_events", _other_events),
    ("hazards_not_proportional", _not_proportional),
    ("left_out", _left_out),
    ("gaps", lambda facts: facts.gaps),
    ("many_tests", _many_tests),
    ("no_clear_difference", _no_clear_difference),
    ("median_not_reached", _median_not_reached),
    ("few_at_risk", _few_at_risk),
    ("uneven_groups", _uneven_groups),
    ("wide_interval", _wide_interval),
    ("limit_of_method", lambda facts: facts.limit),
    ("as_they_are", _as_they_are),
)
SERIOUS = frozenset(about for about, _ in RANKED[: [about for about, _ in RANKED].index("no_clear_difference")])
"""Those that a reader must know even where another one matters more."""
