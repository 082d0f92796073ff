"""Suggestions which free-text names of adverse events are one: spelled alike, or with the same words.

Belongs here: putting names together. Does not belong here: counting them as one (``terms``), reading one name
(``written_terms``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.cohort.cohort import Table
from core.cohort.values import fold
from core.safety.written_terms import meaning, term_words, without_grade

SHORTEST, LONG = 5, 15  # letters of a word that may have one letter wrong, and two
MOST_COMPARED = 3_000  # names; beyond, only those that are one for sure are put together


@dataclass(frozen=True, slots=True, kw_only=True)
class TermGroup:
    """Names that are probably one.

    Attributes
    ----------
    name : str
        Proposed: the most frequent spelling, without a grade.
    terms : tuple of str
        As written, the most frequent first; ``name`` among them only where it is written so.
    changed : int
        Events that would get another name.
    graded : int
        Events whose name holds a grade.
    sure : bool
        Whether they differ only in case, punctuation, order or known words; else a letter differs.
    """

    name: str
    terms: tuple[str, ...]
    changed: int
    graded: int
    sure: bool


def term_counts(table: Table) -> dict[str, int]:
    """Events by name as written; names differ where anything but outer blanks does."""
    column = table.with_role("ae_term")
    if column is None:
        return {}
    found = table.frame[column].dropna().astype(str).str.strip().value_counts()
    return {str(term): int(n) for term, n in found.items() if term}


def suggested_groups(counts: Mapping[str, int]) -> tuple[TermGroup, ...]:
    """Groups of names that are probably one, those with the most changed events first.

    Parameters
    ----------
    counts : mapping of name to number of events

    Returns
    -------
    tuple of TermGroup
        The same for any order of ``counts``. A name stands in one group at most; a name of its own stands there only
        where it holds a grade.

    Notes
    -----
    Names with the same ``meaning`` are one for sure. Two of these are put together where all words but one are equal
    and that one differs by one letter (inserted, left out, changed, or two exchanged), by two from 15 letters on; words
    of fewer than 5 letters and words with digits never (ALT and AST), nor words known to differ (hypo- and hyper-).
    """
    ordered = sorted(counts, key=lambda term: (-counts[term], fold(term), term))
    groups: dict[tuple[str, ...], list[str]] = {}
    for term in ordered:
        groups.setdefault(meaning(term), []).append(term)
    found = [_group(terms, counts, sure=sure) for terms, sure in _joined(groups)]
    return tuple(sorted((one for one in found if one.changed), key=lambda one: (-one.changed, fold(one.name))))


def _joined(groups: Mapping[tuple[str, ...], list[str]]) -> list[tuple[list[str], bool]]:
    """The groups with those spelled alike put to the first of them, and whether each stayed as it was.

    The most frequent comes first and takes in what is spelled like it. Only meanings that share all words but one are
    compared.
    """
    found: list[tuple[list[str], bool]] = []
    place: dict[tuple[str, ...], int] = {}
    words: dict[tuple[str, ...], list[str]] = {}  # by what stands beside them
    for key, terms in groups.items():
        slots = [(key[:i] + key[i + 1 :], word) for i, word in enumerate(key) if _may_be_misspelled(word)]
        slots = slots if len(groups) <= MOST_COMPARED else []
        homes = [
            place[tuple(sorted((*rest, other)))] for rest, word in slots for other in _alike(word, words.get(rest, []))
        ]
        if homes:
            at = min(homes)
            found[at] = ([*found[at][0], *terms], False)
            continue
        place[key] = len(found)
        found.append((list(terms), True))
        for rest, word in slots:
            words.setdefault(rest, []).append(word)
    return found


def _may_be_misspelled(word: str) -> bool:
    """Whether a letter of a word may be wrong: short words and those with digits say too little."""
    return len(word) >= SHORTEST and word.isalpha() and word.isascii()


def _alike(word: str, others: Sequence[str]) -> list[str]:
    """The other words that differ by a slip of the pen."""
    from rapidfuzz import process  # loaded by the first who asks
    from rapidfuzz.distance import OSA

    near = process.extract(word, others, scorer=OSA.distance, score_cutoff=2, limit=None)
    return [
        other
        for other, distance, _ in near
        if distance <= (2 if min(len(word), len(other)) >= LONG else 1) and not _known_to_differ(word, other)
    ]


def _group(terms: Sequence[str], counts: Mapping[str, int], *, sure: bool) -> TermGroup:
    # What is written in most events is right; of its spellings again the most frequent, in mixed letters.
    plain, meant = Counter[str](), Counter[tuple[str, ...]]()
    for term in terms:
        plain[without_grade(term)[0]] += counts[term]
        meant[meaning(term)] += counts[term]
    right = min(meant, key=lambda key: (-meant[key], key))
    name = min(
        (one for one in plain if meaning(one) == right),
        key=lambda one: (-plain[one], one.isupper() or one.islower(), fold(one), one),
    )
    graded = sum(counts[term] for term in terms if without_grade(term)[1] is not None)
    changed = sum(counts[term] for term in terms if term != name)
    terms = sorted(terms, key=lambda term: (-counts[term], fold(term), term))
    return TermGroup(name=name, terms=tuple(terms), changed=changed, graded=graded, sure=sure)


def _known_to_differ(a: str, b: str) -> bool:
    for first, second in term_words()["different"]:
        for x, y in ((a, b), (b, a)):
            if x.startswith(first) and y.startswith(second):
                return True
    return False
