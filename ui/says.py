"""What a page says: two sentences, alike on every page, with a way to where the caveat is dealt with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.cohort.cohort import Cohort
from core.cohort.select import levels_of
from core.reporting.caveats import SERIOUS
from core.reporting.labels import spoken
from core.reporting.says import Says
from ui import messages, state, tables
from ui.screen import st

_ELSEWHERE: Mapping[str, tuple[str, str]] = {
    "repeated": ("pages/cohort/quality.py", "See which rows"),
    "impossible": ("pages/cohort/quality.py", "See which values"),
    "immortal_time": ("pages/bias/immortal_time.py", "See how much of it is immortal time"),
    "other_events": ("pages/recurrence/cumulative_incidence.py", "See which event came first"),
    "hazards_not_proportional": ("pages/survival/hazards.py", "See how the hazard ratio changes over time"),
    "left_out": ("pages/cohort/flow.py", "See who is left out"),
    "gaps": ("pages/cohort/quality.py", "See what is missing"),
    "as_they_are": ("pages/bias/balance.py", "See what is left once the groups are alike"),
}

_TWO = 2
_COMPARED_BY_TIME = ("kaplan_meier", "adjusted_survival")  # of other analyses that page has nothing to say


def show(cohort: Cohort, said: Says, *, also: Sequence[str] = (), columns: Sequence[str] = ()) -> None:
    """The finding, the caveat, further sentences, and that patients are synthetic.

    Parameters
    ----------
    cohort : Cohort
    said : Says
    also : sequence of str
        Further sentences of this page.
    columns : sequence of str
        Names of columns that stand in a sentence as in the file.
    """
    st.markdown(_words(said.finding, columns))
    caveat = _words(said.caveat, columns)
    if said.about in SERIOUS:
        st.warning(caveat, icon=":material/priority_high:")
    else:
        st.info(caveat, icon=":material/info:")
    others = [one.sentence for one in said.others]
    more_of_page = [text.removeprefix(said.caveat).strip() for text in also]
    more = [_words(text, columns) for text in (*said.more, *others, *more_of_page)]
    if "few_patients" in (said.about, *(one.about for one in said.others)) and _can_merge(cohort):
        more.append("Small groups can be merged with others, or left out, under Edit groups at the left.")
    if any(more):
        st.caption("  \n".join(filter(None, more)))
    ways = [
        _ELSEWHERE[about]
        for about in dict.fromkeys((said.about, *(one.about for one in said.others)))
        if about in _ELSEWHERE and not (about == "as_they_are" and said.kind not in _COMPARED_BY_TIME)
    ]
    if ways:
        with st.container(horizontal=True):  # in one line: the figure stands below them
            for page, label in ways:
                st.page_link(page, label=label, width="content")
    if cohort.synthetic:
        messages.synthetic()


def _can_merge(cohort: Cohort) -> bool:
    """Whether more than two groups of values are compared, so that merging two leaves a comparison."""
    group = state.current().group
    if group is None or group.cut is not None or group.where is not None or group.column not in cohort.patients.frame:
        return False
    return len(group.levels or levels_of(cohort.patients, group.column)) > _TWO


def _words(text: str, columns: Sequence[str]) -> str:
    return tables.prose(spoken(text, columns))
