"""How the letters of a text file are read where it does not say so itself: the encoding found, and others to choose."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from core.cohort.encodings import Reading, readings
from ui import loading, remembered, tables
from ui.screen import st


def chosen(files: Sequence[tuple[str, bytes]]) -> str | None:
    """Draw a menu of encodings for the first text file that needs one; None where the one found is right."""
    name, found = next(((name, found) for name, content in files if (found := _known(name, content))), ("", ()))
    if not found:
        return None
    shown = {one.encoding: one for one in found}
    first = found[0].encoding
    before = remembered.encoding(next(content for other, content in files if other == name))
    chosen = st.selectbox(
        "If letters look wrong: the file is written in",
        list(shown),
        index=list(shown).index(before) if before in shown else 0,
        format_func=lambda encoding: f"{shown[encoding].label}: {shown[encoding].shows}",
        help="Text files saved outside Unicode do not say how their letters are written. The menu shows how the file "
        "reads in each way.",
        key=f"encoding_{hashlib.sha256(name.encode()).hexdigest()[:12]}_{first}",
    )
    st.caption(tables.escaped(f"'{name}' reads: {shown[chosen].shows}"))
    if chosen == before:
        st.caption("As you chose for a file that begins with the same line.")
    return None if chosen == first else chosen


def keep(files: Sequence[tuple[str, bytes]], encoding: str | None) -> None:
    """Remember what was chosen for the first file that needs an encoding."""
    content = next((content for name, content in files if _known(name, content)), None)
    if content is not None:
        remembered.keep_encoding(content, encoding)


def _known(name: str, content: bytes) -> tuple[Reading, ...]:
    """The readings of a file, made once."""
    known: dict[str, tuple[Reading, ...]] = st.session_state.setdefault("readings_known", {})
    key = loading.digest_of(content)
    if key not in known:
        known[key] = readings(content, name=name)
        for oldest in list(known)[:-8]:
            del known[oldest]
    return known[key]
