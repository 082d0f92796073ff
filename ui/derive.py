"""Variables that can be derived from the columns of a cohort: a box each, with the rule, its source and the units."""

from __future__ import annotations

import re

from core.cohort.cohort import Cohort
from core.cohort.derived import Derivable, derivable
from core.spec import DerivedSpec
from ui import tables
from ui.screen import st

AS_FOUND = "as its name or range says"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def chosen(draft: Cohort) -> dict[str, DerivedSpec]:
    """Draw a box for each variable that the columns allow; new column to its rule, beside those asked for already."""
    said = dict(draft.spec.derived)
    possible = [one for one in derivable(draft.patients) if one.name not in said]
    if not possible and not said:
        return {}
    with st.expander(f"Derive clinical variables ({len(possible) + len(said)} possible)"):
        st.caption("A derived variable can then be compared, filtered and modelled like any other column.")
        prefix = f"map_{draft.digest[:12]}_derive"
        kept = {
            name: spec
            for name, spec in said.items()
            if st.checkbox(tables.escaped(name), value=True, key=f"{prefix}_{name}")
        }
        found = {one.name: spec for one in possible if (spec := _offered(one, f"{prefix}_{one.name}")) is not None}
    return kept | found


def _offered(one: Derivable, key: str) -> DerivedSpec | None:
    """One variable with its rule; None unless it is ticked."""
    if not st.checkbox(one.name.removesuffix(" (derived)"), key=key, help=f"Source: {tables.escaped(one.rule.source)}"):
        return None
    st.caption(tables.prose(f"{one.rule.words}.") + "  \n" + tables.prose(f"Here {one.says}."))
    units = _units(one, key)
    return one.spec.model_copy(update={"units": units} | _cut(one, key))


def _units(one: Derivable, key: str) -> dict[str, str]:
    """The unit of each input that may be in several."""
    several = [each for each in one.rule.inputs if each.name in one.spec.inputs and len(each.units) > 1]
    found: dict[str, str] = {}
    for each, place in zip(several, st.columns(len(several)) if several else (), strict=True):
        with place:
            names = [AS_FOUND, *(unit.name for unit in each.units)]
            unit = st.selectbox(f"{each.words.capitalize()} is in", names, key=f"{key}_{each.name}")
        if unit not in (None, AS_FOUND):
            found[each.name] = str(unit)
    return found


def _cut(one: Derivable, key: str) -> dict[str, tuple[float, ...]]:
    """Cut-points, for a rule that has them."""
    if one.rule.cut is None:
        return {}
    text = st.text_input("Cut-points", ", ".join(f"{point:g}" for point in one.rule.cut), key=f"{key}_cut")
    points = tuple(sorted({float(number) for number in _NUMBER.findall(text)}))
    return {"cut": points} if points else {}
