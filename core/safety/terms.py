"""Terms of adverse events that mean the same: merged as asked, and suggested where they are spelled alike.

Belongs here: names of terms. Does not belong here: counting them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from core.cohort.values import fold
from core.errors import SpecError, nearest
from core.safety.events import Events


def merged_terms(found: Events, merge: Mapping[str, Sequence[str]]) -> Events:
    """The events with several terms under one name.

    Parameters
    ----------
    found : Events
    merge : dict of name to terms
        Terms are compared without case and outer blanks; the name itself belongs to them. A term not there is an error.

    Raises
    ------
    SpecError
        If a term is not among the events, or is merged under two names.
    """
    if not merge:
        return found
    known = {fold(term) for term in found.terms}
    name_of: dict[str, str] = {}
    for name, terms in merge.items():
        for term in terms:
            key = fold(term)
            if key not in known:
                near = nearest(term, found.terms)
                hint = f"Did you mean '{near}'?" if near else "Look at the terms of the table."
                raise SpecError(f"The term '{term}' to be merged is not among the adverse events.", hint=hint)
            if name_of.setdefault(key, name) != name:
                raise SpecError(f"The term '{term}' is merged under two names, '{name_of[key]}' and '{name}'.")
        name_of.setdefault(fold(name), name)
    named = [name_of.get(fold(term), term) for term in found.terms]
    terms = tuple(dict.fromkeys(named))
    position = {name: i for i, name in enumerate(terms)}
    code = np.array([position[name] for name in named], dtype=np.int64)
    said = "; ".join(f"{name}: {', '.join(terms_of)}" for name, terms_of in merge.items())
    return dataclasses.replace(
        found, term=code[found.term], terms=terms, notes=(*found.notes, f"Terms counted as one: {said}.")
    )
