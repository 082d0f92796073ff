"""Adverse events as a long table, from the number of patients per term, any grade and grade 3 or more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sample_data.generator.chance import Chance


@dataclass(frozen=True)
class Term:
    """One row of a published table for one arm: patients with any grade and with grade 3 or more.

    ``typical`` is when it usually starts, in days after ``earliest``; ``related`` how often it was judged related to
    the treatment.
    """

    name: str
    event_class: str
    any_grade: int
    grade3plus: int
    typical: float = 45.0
    related: float = 0.7
    earliest: int = 1


def spread(terms: Sequence[Term], patients: Sequence[str], *, with_any: int, chance: Chance) -> dict[str, list[str]]:
    """Which patients had which term: exactly ``any_grade`` each, and ``with_any`` patients with at least one.

    The commonest term is given out first and the patients it leaves out come first for the others, so that the number
    with any event can be more than the commonest term's.
    """
    affected = chance.sample(patients, with_any)
    given: dict[str, list[str]] = {}
    without = set(affected)
    for term in sorted(terms, key=lambda term: -term.any_grade):
        first = [p for p in affected if p in without]
        others = [p for p in chance.shuffled(affected) if p not in without]
        fair = first + others if given else chance.shuffled(affected)
        given[term.name] = fair[: term.any_grade]
        without -= set(given[term.name])
    if without:
        raise ValueError(f"{len(without)} patients are left without any event")
    return given


def long_table(
    terms: Sequence[Term],
    given: Mapping[str, Sequence[str]],
    last_day: Mapping[str, int],
    *,
    chance: Chance,
) -> list[dict[str, object]]:
    """One row per episode. Some patients have a milder second episode, so the worst grade must be looked for."""
    rows: list[dict[str, object]] = []
    for term in terms:
        for i, patient in enumerate(given[term.name]):
            severe = i < term.grade3plus
            grade = 3 + chance.happens(0.2) if severe else 1 + chance.happens(0.35)
            start = _start(term, last_day[patient], chance)
            rows.append(_episode(term, patient, grade, start, chance))
            again = start + 21 + chance.index(60)
            if chance.happens(0.3) and again < last_day[patient]:
                rows.append(_episode(term, patient, 1 + chance.index(min(grade, 2)), again, chance))
    return sorted(rows, key=lambda row: (str(row["patient_id"]), str(row["start_day"]).zfill(5), str(row["ae_term"])))


def _start(term: Term, last_day: int, chance: Chance) -> int:
    """Day of onset within the patient's follow-up; the first weeks are likeliest."""
    latest = max(0, last_day - 1 - term.earliest)
    return term.earliest + min(int(chance.exponential(1 / term.typical)), latest, 540)


def _episode(term: Term, patient: str, grade: int, start: int, chance: Chance) -> dict[str, object]:
    return {
        "patient_id": patient,
        "ae_term": term.name,
        "ae_class": term.event_class,
        "ae_grade": int(grade),
        "start_day": start,
        "related": "Yes" if chance.happens(term.related) else "No",
    }
