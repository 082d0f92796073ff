"""Which templates a finished sentence may come from: an index by each template's rarest word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, repeat

from core.reporting.language.catalogue import translations
from core.reporting.language.markup import folded
from core.reporting.language.names import NAMES
from core.reporting.language.pieces import clauses, sentences
from core.reporting.language.templates import PLACE

WORD = re.compile(r"[A-Za-z]{2,}")
_ADDED = re.compile(r"\{0\} [A-Z][^{}]* .*\.$")
_FOLLOWED = re.compile(r"(.+[.:]) (\{\d+\})")
_COMMON = """
of in and to for with by or at than from on is are was were be as not no an the it per up had has have
"""
COMMON = frozenset(_COMMON.split())
_ENOUGH = 3  # words of a clause
_COUNTER = re.compile(r" ?(?:例|个|次|行|天|周|年|岁)")  # after a place of the translation: a number stands in it
_COUNTS = re.compile(
    r"(?![^()]* at )[^%:;]*\d[^%:;]*|.*\b(?:one|two|three|four|five|six|seven|eight|nine|ten|few|some|several)\b.*",
    re.IGNORECASE | re.DOTALL,
)
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A sentence with places, ready to be compared.

    Attributes
    ----------
    english : str
    literals : tuple of str
        What stands before, between and after the places.
    words : frozenset of str
        Whole words that every text of it has.
    letters, size : int
        Letters in its literals, and all signs: the more, the surer a match.
    says : bool
        Whether it has a word of its own, not only "of" and "in".
    several : bool
        Whether it holds several sentences or clauses.
    order : tuple of str or int
        The translation: texts, and which place stands between them.
    counted : frozenset of int
        Places that hold a number, because a word that counts follows them in the translation.
    """

    english: str
    literals: tuple[str, ...]
    words: frozenset[str]
    letters: int
    size: int
    says: bool
    several: bool
    order: tuple[str | int, ...]
    counted: frozenset[int]

    def fits(self, values: Sequence[str]) -> bool:
        """Whether a number stands where one is counted."""
        return all(_COUNTS.fullmatch(values[place]) for place in self.counted)

    def spans(self, text: str) -> Iterator[Spans]:
        """Where in the text the places are: the shortest first ones, then the longest."""
        first, *middle = self.literals
        last = middle.pop()
        start, end = len(first), len(text) - len(last)
        if start > end or not text.startswith(first) or not text.endswith(last):
            return
        ahead = _ahead(text, middle, start, end)
        if ahead is None:
            return
        yield ahead
        if middle:
            back = _back(text, middle, start, end)
            if back is not None and back != ahead:
                yield back


def _ahead(text: str, middle: Sequence[str], start: int, end: int) -> Spans | None:
    found = []
    for literal in middle:
        at = text.find(literal, start, end)
        if at < 0:
            return None
        found.append((start, at))
        start = at + len(literal)
    return (*found, (start, end))


def _back(text: str, middle: Sequence[str], start: int, end: int) -> Spans | None:
    found = []
    for literal in reversed(middle):
        at = text.rfind(literal, start, end)
        if at < 0:
            return None
        found.append((at + len(literal), end))
        end = at
    return ((start, end), *reversed(found))


def parsed(english: str, translated: str) -> Template:
    """A template and its translation, taken apart."""
    pieces = PLACE.split(english)
    literals, numbers = pieces[::2], pieces[1::2]
    position = {number: i for i, number in enumerate(numbers)}
    order = [position[piece] if i % 2 else piece for i, piece in enumerate(PLACE.split(translated))]
    words = _whole_words(literals)
    return Template(
        english=english,
        literals=tuple(literals),
        words=frozenset(words),
        letters=sum(len(word) for literal in literals for word in WORD.findall(literal)),
        size=sum(map(len, literals)),
        says=any(word.casefold() not in COMMON for word in words),
        several=len(sentences(english)) > 1 or len(clauses(english)) > 1,
        order=tuple(order),
        counted=frozenset(
            one for one, after in pairwise(order)
            if isinstance(one, int) and isinstance(after, str) and _COUNTER.match(after)
        ),
    )  # fmt: skip


def _whole_words(literals: Sequence[str]) -> set[str]:
    """Words that do not touch a place: those are whole in every text."""
    words = set()
    for i, literal in enumerate(literals):
        for match in WORD.finditer(literal):
            touches_left = match.start() == 0 and i > 0
            touches_right = match.end() == len(literal) and i < len(literals) - 1
            if not touches_left and not touches_right:
                words.add(match[0])
    return words


@lru_cache(maxsize=20_000)
def counted(text: str) -> tuple[str, ...]:
    """The words of a text that a translation should not leave: no acronyms, no names."""
    return tuple(word for word in WORD.findall(folded(text)) if not (word.isupper() or word in NAMES))


def _added(texts: Mapping[str, str]) -> dict[str, str]:
    """Sentences that the source adds to others, and the clauses of one, as texts of their own."""
    added: dict[str, str] = {}
    for english, text in texts.items():
        if _ADDED.match(english) and text.startswith("{0}"):
            added[english[4:]] = text.removeprefix("{0}").strip()
        followed = _FOLLOWED.fullmatch(english)
        if followed and text.endswith(followed[2]) and followed[2] not in followed[1]:
            added[followed[1]] = text.removesuffix(followed[2]).strip()
        parts, said = clauses(english.removeprefix("; ")), text.strip("；").split("；")
        if len(parts) == len(said) and (len(parts) > 1 or english.startswith("; ")):
            for one, other in zip(parts, said, strict=True):
                if _alike(one, other):
                    added.setdefault(one, other)
    return added


def _alike(english: str, text: str) -> bool:
    """Whether a clause says enough to stand alone, with the same places in both languages."""
    words = [word for word in WORD.findall(PLACE.sub(" ", english)) if word not in COMMON]
    return len(words) >= _ENOUGH and sorted(PLACE.findall(english)) == sorted(PLACE.findall(text))


class Index:
    """Every template of a language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        texts = {**_added(texts), **texts}
        self.exact = {english: text for english, text in texts.items() if not PLACE.search(english)}
        made = [parsed(english, text) for english, text in texts.items() if PLACE.search(english)]
        self._vocabulary = {
            form for english in texts for word in WORD.findall(english) for form in (word, word.casefold())
        }
        often = Counter(word for template in made for word in template.words)
        self._by_word: dict[str, list[Template]] = {}
        for template in made:
            if template.words:
                rarest = min(template.words, key=lambda word: (often[word], word))
                self._by_word.setdefault(rarest, []).append(template)

    def candidates(self, text: str, *others: str) -> list[Template]:
        """Templates all whose words the text has, and that begin and end as it or a variant of it; the surest first."""
        variants = (text, *others)
        fitting = [
            one
            for one in self._sharing(text)
            if any(map(str.startswith, variants, repeat(one.literals[0])))
            and any(map(str.endswith, variants, repeat(one.literals[-1])))
        ]
        return sorted(fitting, key=lambda one: (not one.says, -one.letters, -one.size, one.english))

    def _sharing(self, text: str) -> list[Template]:
        """Templates all whose words the text has."""
        found = WORD.findall(text)
        words = set(found)
        if found and text.startswith(found[0]):
            words.add(found[0].capitalize() if found[0].islower() else found[0].lower())
        return [one for word in words for one in self._by_word.get(word, ()) if one.words <= words]

    def of_lines(self, text: str) -> bool:
        """Whether a template of several lines may be this text."""
        return any("\n" in one.english for one in self._sharing(text))

    def unknown(self, text: str, own: frozenset[str]) -> int:
        """Words that no template and no translated text has: at least as many stay as they are."""
        return sum(
            word not in self._vocabulary and word.casefold() not in self._vocabulary and word not in own
            for word in counted(text)
        )


@lru_cache(maxsize=4)
def index_of(language: str) -> Index:
    """The index of a language, made once."""
    return Index(translations(language))
