"""Names of adverse events that mean the same: suggestions, what was merged, and the way back.

What is merged belongs to the session and the cohort; every page of adverse events asks with it (``asked``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.values import fold
from core.reporting import format as fmt
from core.safety.term_groups import TermGroup, suggested_groups, term_counts
from core.spec import AdverseEventsSpec
from ui import cached, page_options, state, tables
from ui.screen import st

_KEPT = "ae_terms_of_cohort"
MOST_SHOWN = 12  # suggestions at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What was accepted: name to terms, and whether grades written in names are read."""

    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    read_grades: bool = False


def merged(cohort: Cohort) -> Merged:
    """What was accepted for this cohort in this session."""
    found: Merged = st.session_state.setdefault(_key(cohort), Merged())
    return found


def _key(cohort: Cohort) -> str:
    return f"{_KEPT}_{cohort.digest[:12]}"


def asked(cohort: Cohort) -> dict[str, Any]:
    """The same as keys of an analysis of adverse events."""
    now = merged(cohort)
    question: dict[str, Any] = {"merge_terms": dict(now.terms)} if now.terms else {}
    return question | ({"grades_in_terms": True} if now.read_grades else {})


def _keep(cohort: Cohort, terms: Mapping[str, tuple[str, ...]], *, read_grades: bool) -> None:
    st.session_state[_key(cohort)] = Merged(terms=terms, read_grades=read_grades)


def accept(cohort: Cohort, groups: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Merge each group of terms under its name; a term that was merged elsewhere leaves that name."""
    now = merged(cohort)
    terms = {name: list(own) for name, own in now.terms.items()}
    for name, new in groups:
        taken = {fold(term) for term in (*new, name)}
        terms = {
            other: [term for term in own if other == name or fold(term) not in taken] for other, own in terms.items()
        }
        own = terms.setdefault(name, [])
        own += [term for term in new if fold(term) not in {fold(one) for one in own}]
    kept = {name: tuple(own) for name, own in terms.items() if any(term != name for term in own)}
    _keep(cohort, kept, read_grades=now.read_grades)


def restore(cohort: Cohort, spec: AdverseEventsSpec) -> None:
    """Begin with what a saved analysis or a link had merged; names that this cohort has not are left out."""
    if cohort.adverse_events is None:
        return
    known = {fold(term) for term in term_counts(cohort.adverse_events)}
    terms = {
        name: tuple(term for term in own if fold(term) in known) for name, own in spec.merge_terms.items()
    } or merged(cohort).terms
    _keep(cohort, {name: own for name, own in terms.items() if own}, read_grades=spec.grades_in_terms)


def undo(cohort: Cohort, name: str | None = None) -> None:
    """Take one merged name apart again, or all of them."""
    now = merged(cohort)
    left = {} if name is None else {other: own for other, own in now.terms.items() if other != name}
    _keep(cohort, left, read_grades=now.read_grades and name is not None)


def show(cohort: Cohort) -> None:
    """The suggestions that are open, what is merged, and a form to merge by hand; nothing where there is one name."""
    if cohort.adverse_events is None:
        return
    counts, groups = _suggested(cohort)
    if len(counts) < 2 and not groups:
        return
    waiting = _waiting(cohort, groups)
    page_options.take_down(_key(cohort), "Names that mean the same")
    label = f"Names that mean the same ({fmt.several(len(waiting), 'suggestion')})" if waiting else "Merge names"
    with st.expander(label, key="ae_terms"):
        if waiting:
            _suggestions(cohort, waiting, counts)
        _grades(cohort, groups)
        _accepted(cohort, counts)
        _by_hand(cohort, counts)


def hint(cohort: Cohort) -> None:
    """A line where suggestions wait: the table counts such names apart."""
    if cohort.adverse_events is None:
        return
    waiting = _waiting(cohort, _suggested(cohort)[1])
    if waiting:
        named = " and ".join(f"'{term}'" for term in waiting[0].terms[:2])
        st.caption(
            tables.prose(f"Counted apart, but perhaps the same: {named}. See 'Names that mean the same' further down.")
        )


def _waiting(cohort: Cohort, groups: Sequence[TermGroup]) -> list[TermGroup]:
    """Suggestions that were not taken yet."""
    done = {fold(term) for own in merged(cohort).terms.values() for term in own}
    return [group for group in groups if any(fold(term) not in done for term in group.terms)]


def _suggested(cohort: Cohort) -> tuple[dict[str, int], tuple[TermGroup, ...]]:
    events = cohort.adverse_events
    assert events is not None

    def make() -> tuple[dict[str, int], tuple[TermGroup, ...]]:
        counts = term_counts(events)
        return counts, suggested_groups(counts)

    return cached.once(cohort, "names that mean the same", make, name=state.current().cohort)  # not shown


def _suggestions(cohort: Cohort, waiting: Sequence[TermGroup], counts: Mapping[str, int]) -> None:
    """One line per group, with a button to merge it and one to change it first."""
    st.caption("Suggestions only: nothing is merged until you say so, and what is merged is said under the table.")
    sure = [group for group in waiting if group.sure]
    if len(sure) > 1:
        st.button(
            f"Merge the {len(sure)} that differ only in how they are written",
            on_click=accept,
            args=(cohort, [(group.name, group.terms) for group in sure]),
            key="ae_terms_sure",
        )
    for i, group in enumerate(waiting[:MOST_SHOWN]):
        words, merge, change = st.columns([6, 1, 1], vertical_alignment="center")
        words.markdown(_line(group.name, group.terms, counts, "" if group.sure else " A letter differs."))
        merge.button("Merge", on_click=accept, args=(cohort, [(group.name, group.terms)]), key=f"ae_terms_merge_{i}")
        change.button("Change", on_click=_fill_in, args=(group.name, group.terms), key=f"ae_terms_change_{i}")
    if len(waiting) > MOST_SHOWN:
        st.caption(f"And {len(waiting) - MOST_SHOWN} more, when these are done.")


def _line(name: str, terms: Sequence[str], counts: Mapping[str, int], more: str = "") -> str:
    """A name, what is counted under it, and how many events that changes."""
    others = [f"{tables.escaped(term)} ({fmt.counted(counts.get(term, 0))})" for term in terms if term != name]
    changed = sum(counts.get(term, 0) for term in terms if term != name)
    events = fmt.several(changed, "event")
    return f"**{tables.escaped(name)}**: {', '.join(others)}. {events} get this name.{more}"


def _grades(cohort: Cohort, groups: Sequence[TermGroup]) -> None:
    """Whether grades written in names are read."""
    graded = sum(group.graded for group in groups)
    if not graded:
        return
    now = merged(cohort)
    st.checkbox(
        f"Read the grade written in the name where the event has none ({fmt.several(graded, 'event')} named so)",
        value=now.read_grades,
        key=f"ae_terms_grades_{now.read_grades}",
        on_change=_keep,
        args=(cohort, now.terms),
        kwargs={"read_grades": not now.read_grades},
    )


def _accepted(cohort: Cohort, counts: Mapping[str, int]) -> None:
    """What is merged, each with a way back."""
    now = merged(cohort)
    if not now.terms:
        return
    st.markdown("**Merged**")
    for i, (name, terms) in enumerate(now.terms.items()):
        words, back = st.columns([7, 1], vertical_alignment="center")
        words.markdown(_line(name, terms, counts))
        back.button("Take apart", on_click=undo, args=(cohort, name), key=f"ae_terms_undo_{i}")
    if len(now.terms) > 1:
        st.button("Undo all", on_click=undo, args=(cohort,), key="ae_terms_undo_all", type="tertiary")


_TERMS, _NAME = "ae_terms_hand", "ae_terms_name"


def _fill_in(name: str, terms: Sequence[str]) -> None:
    """Put a suggestion into the form, to be changed there."""
    st.session_state[_TERMS] = list(terms)
    st.session_state[_NAME] = name


def _by_hand(cohort: Cohort, counts: Mapping[str, int]) -> None:
    """Any terms under any name."""
    known = sorted(counts, key=fold)
    chosen = st.session_state.get(_TERMS, [])
    if any(term not in counts for term in chosen):  # of another cohort
        st.session_state[_TERMS] = []
    terms = st.multiselect("Merge these names", known, key=_TERMS, placeholder="Choose names that mean the same")
    name = st.text_input("under the name", key=_NAME, placeholder=terms[0] if terms else "")
    use = name.strip() or (terms[0] if terms else "")
    renames = any(term != use for term in terms)
    st.button(
        "Merge these", on_click=_merge_by_hand, args=(cohort, use, tuple(terms)), disabled=not (use and renames),
        key="ae_terms_by_hand",
    )  # fmt: skip


def _merge_by_hand(cohort: Cohort, name: str, terms: Sequence[str]) -> None:
    accept(cohort, [(name, terms)])
    st.session_state[_TERMS], st.session_state[_NAME] = [], ""
