"""Finished English text into another language, by the catalogue.

A text is looked for as a whole, then as a template with its places filled, then in parts; of several ways the one that
leaves the fewest English words is taken. What cannot be found stays English. A user's own words are never changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import RLock

from core.reporting.language import markup, pieces
from core.reporting.language.matching import WORD, Index, Template, counted, index_of

ENGLISH, CHINESE = "en", "zh"
LANGUAGES = {ENGLISH: "English", CHINESE: "中文"}
MOST_FILLED = 120  # templates that are tried for one sentence
MOST_KEPT = 50_000  # parts of texts whose translation is remembered: some 20 MB
_DEEPEST = 8
_MOST_WORDS = 9  # of a text that is taken apart at its spaces
_ENDS = {".": "。", ":": "：", ";": "；", ",": "，", "?": "？", "!": "！", "…": "…"}
_LETTERS = re.compile("[A-Za-z]{2}")
_SIGNED = re.compile(r"[\u4e00-\u9fff].*[,:;'.(]")  # a word of Chinese whose own signs would be taken for ours


@dataclass(frozen=True, slots=True)
class Said:
    """A translated piece and how many English words are left in it."""

    text: str
    left: int


class Translator:
    """Says English text in a language.

    Parameters
    ----------
    language : str
        ``en`` gives every text back as it is.
    verbatim : iterable of str
        A user's own words: columns, levels, names of groups.
    """

    def __init__(self, language: str, verbatim: Iterable[str] = ()) -> None:
        self.language = language
        self.tried = 0  # templates that were filled so far
        self._room = MOST_FILLED
        self._own = frozenset(word.strip() for word in verbatim if _LETTERS.search(word) or _SIGNED.search(word))
        self._held = markup.Own(word for word in self._own if not WORD.fullmatch(word))
        self._known: dict[str, str] = {}
        self._parts: dict[str, Said] = {}
        self._least: dict[str, int] = {}
        self._alone_in_it = RLock()  # sessions share a translator, and a text under way counts what it has tried

    @property
    def _index(self) -> Index:
        return index_of(self.language)

    def __call__(self, text: str) -> str:
        """The text in the language."""
        if self.language == ENGLISH:
            return text
        if not _LETTERS.search(text):
            return pieces.in_chinese_signs(text, text) if "(%)" in text else text
        known = self._known.get(text)
        if known is None:
            with self._alone_in_it:
                if len(self._parts) > MOST_KEPT:
                    for kept in (self._known, self._parts, self._least):
                        kept.clear()
                known = self._known[text] = self._said(text)
        return known

    def _unknown(self, text: str) -> int:
        """Words that stay as they are, whatever is tried."""
        least = self._least.get(text)
        if least is None:
            least = self._least[text] = self._index.unknown(text, self._own)
        return least

    def _said(self, text: str) -> str:
        if text.strip() in self._own:
            return text
        whole = self._index.exact.get(text.strip())
        if whole is not None:
            return _around(text, pieces.tidy(whole))
        if "\n" not in text:
            return self._line(text)
        self._room = MOST_FILLED
        said = self._of_templates(markup.packed(text.strip()), 0) if self._index.of_lines(text) else None
        if said is not None:
            return _around(text, markup.unpacked(said.text))
        return "".join(part if part.isspace() else self(part) for part in pieces.lines(text))

    def _line(self, text: str) -> str:
        packed = markup.packed(text)
        sign, rest = pieces.listed(packed)
        return sign + self._unlisted(rest)

    def _unlisted(self, packed: str) -> str:
        masked, kept = markup.held(packed, self._held)
        self._room = MOST_FILLED * (len(pieces.sentences(masked)) + len(pieces.clauses(masked)) - 1)
        said = self._part(masked, 0)
        if said.left and kept:
            bare, few = markup.held(packed, None)
            other = self._part(bare, 0)
            if other.left == 0:
                said, kept = other, few
            elif said.left and len(parts := pieces.sentences(masked)) > 1:
                return "".join(self._unlisted(markup.released(part, kept)) for part in parts)
            elif said.left and len(parts := pieces.clauses(masked)) > 1:
                return "；".join(self._unlisted(markup.released(part, kept)) for part in parts)
        text = pieces.in_chinese_signs(said.text, masked)
        return markup.unpacked(markup.released(text, kept))

    def _part(self, text: str, depth: int) -> Said:
        if not _LETTERS.search(text):
            return Said(text, 0)
        known = self._parts.get(text)
        if known is None:
            known = self._stripped(text, depth)
            if depth < _DEEPEST and self._room > 0:  # else it might be known better another time
                self._parts[text] = known
        return known

    def _stripped(self, text: str, depth: int) -> Said:
        core = text.strip()
        if markup.folded(core) in self._own:
            return Said(text, 0)
        best = Said(core, _words_left(core))
        if depth < _DEEPEST and best.left:
            least = self._unknown(core)
            ways = (self._exact, self._titled, self._tailed, self._whole, self._sentences, self._items,
                    self._of_templates, self._ended, self._marked, self._apart, self._spaced)  # fmt: skip
            for way in ways:
                said = way(core, depth)
                if said is not None and said.left < best.left:
                    best = said
                if best.left <= least:
                    break
        return Said(_around(text, best.text), best.left)

    def _exact(self, text: str, depth: int) -> Said | None:
        words, exact = markup.folded(text), self._index.exact
        found = exact.get(words) or exact.get(_other_case(words))
        if found is None:
            whole = exact.get(f"{words}.") if " " in words else None  # "No" is not "No."
            return None if whole is None else Said(pieces.tidy(whole.rstrip("。")), 0)
        found = pieces.tidy(found)
        return Said(markup.escaped_too(found) if markup.is_escaped(text) else found, 0)

    def _ended(self, text: str, depth: int) -> Said | None:
        """A text with a stop behind it."""
        end = _ENDS.get(markup.folded(text[-1]))
        if end is None or not text[:-1]:
            return None
        inner = self._part(text[:-1], depth + 1)
        return Said(pieces.tidy(inner.text + end), inner.left) if inner.text != text[:-1] else None

    def _whole(self, text: str, depth: int) -> Said | None:
        """Several sentences that are translated together."""
        parts = len(pieces.sentences(text)) + len(pieces.clauses(text))
        return self._of_templates(text, depth, several=True) if parts > 2 else None

    def _of_templates(self, text: str, depth: int, *, several: bool = False) -> Said | None:
        words = markup.folded(text)
        variants = ((words, False), (_other_case(words), False), (f"{words}.", True))
        best: Said | None = None
        before, least = _words_left(text), self._unknown(text)
        for template in self._index.candidates(*(variant for variant, _ in variants)):
            if several and not template.several:
                continue
            if not template.says and (least or best is not None):
                break  # only "of" and "in": as a last resort
            for variant, trim in variants:
                for spans in template.spans(variant):
                    if self._room <= 0:
                        return best
                    values = [words[start:end] for start, end in spans]
                    if not template.fits(values) or not pieces.whole(values, weak=not template.says):
                        continue
                    said = self._filled(template, [text[start:end] for start, end in spans], depth)
                    sure = said.left == 0 or (template.says and 2 * said.left <= before)
                    if sure and (best is None or said.left < best.left):
                        best = Said(said.text.rstrip("。") if trim else said.text, said.left)
                    if best is not None and best.left <= least:
                        return best
        return best

    def _filled(self, template: Template, values: list[str], depth: int) -> Said:
        self.tried += 1
        self._room -= 1
        said = [self._part(value, depth + 1) for value in values]
        escape = any(map(markup.is_escaped, values)) and "*" not in template.english
        texts = [
            said[piece].text.strip() if isinstance(piece, int) else (markup.escaped_too(piece) if escape else piece)
            for piece in template.order
        ]
        return Said(pieces.tidy("".join(texts)), sum(one.left for one in said))

    def _sentences(self, text: str, depth: int) -> Said | None:
        parts = pieces.sentences(text)
        joint = ""
        if len(parts) == 1:
            parts, joint = pieces.clauses(text), "；"
        return self._together(parts, [*[joint] * (len(parts) - 1), ""], depth, whole=True) if len(parts) > 1 else None

    def _items(self, text: str, depth: int) -> Said | None:
        found = pieces.items(text)
        return None if found is None else self._together(found[0], [*found[1], ""], depth)

    def _titled(self, text: str, depth: int) -> Said | None:
        """Titles of the report, then what stands under them; a user's column in quotes is no title."""
        found = pieces.titled(text)
        if found is None or not all(self._exact(title, depth) for title in pieces.in_quotes(found[0])):
            return None
        return self._together(list(found), ["：", ""], depth)

    def _tailed(self, text: str, depth: int) -> Said | None:
        """A method, then in brackets of which endpoints it was asked."""
        found = pieces.tailed(text.removesuffix("."))
        end = "。" if text.endswith(".") else ""
        return None if found is None else self._together(list(found), ["（", f"）{end}"], depth)

    def _marked(self, text: str, depth: int) -> Said | None:
        found = pieces.marked(text)
        if found is None:
            return None
        inner = self._part(found[1], depth + 1)
        return Said(f"{found[0]}{inner.text}{found[2]}", inner.left)

    def _apart(self, text: str, depth: int) -> Said | None:
        if pieces.CITED.search(text) or self._room <= 0:
            return None
        best: Said | None = None
        left, least = _words_left(text), self._unknown(text)
        for strong, parts, joints in pieces.splits(text):
            said = self._together(parts, [*joints, ""], depth)
            if strong or 2 * said.left <= left:
                best = _better(best, said)
            if said.left <= least:
                return said
        bracketed = pieces.bracketed(text)
        if bracketed is not None:
            said = self._together(list(bracketed), ["（", "）", ""], depth)
            best = _better(best, said) if 2 * said.left <= left else best
        return best

    def _together(self, parts: list[str], joints: list[str], depth: int, *, whole: bool = False) -> Said:
        """Parts said one by one; beside others in Chinese, ``whole`` sentences of names and numbers get its signs."""
        said = [self._part(part, depth + 1) for part in parts]
        if whole and any(one.text != part for one, part in zip(said, parts, strict=True)):
            said = [Said(pieces.signed(one.text), 0) if not one.left and one.text == part else one
                    for one, part in zip(said, parts, strict=True)]  # fmt: skip
        text = "".join(one.text + joint for one, joint in zip(said, joints, strict=False))
        return Said(pieces.tidy(text), sum(one.left for one in said))

    def _spaced(self, text: str, depth: int) -> Said | None:
        """The longest beginning that is known, and the rest."""
        words = text.split(" ")
        if not 1 < len(words) <= _MOST_WORDS:
            return None
        for n in range(len(words) - 1, 0, -1):
            first = self._alone(" ".join(words[:n]), depth)
            if first is not None:
                rest = self._part(" ".join(words[n:]), depth + 1)
                return Said(pieces.tidy(f"{first.text} {rest.text}"), first.left + rest.left)
        return None

    def _alone(self, text: str, depth: int) -> Said | None:
        """A text that is known as it stands, without taking it apart."""
        if not _LETTERS.search(text) or markup.folded(text) in self._own or not _words_left(text):
            return Said(text, 0)
        if self._unknown(text):
            return None
        said = self._exact(text, depth) or self._of_templates(text, depth + 1)
        return said if said is not None and said.left == 0 else None


def _words_left(text: str) -> int:
    return len(counted(text))


def _better(one: Said | None, other: Said) -> Said:
    return other if one is None or other.left < one.left else one


def _other_case(text: str) -> str:
    return (text[:1].lower() if text[:1].isupper() else text[:1].upper()) + text[1:]


def _around(text: str, core: str) -> str:
    """``core`` with the white space around ``text``."""
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    return f"{text[:start]}{core}{text[end:]}"


Says = Callable[[str], str]
