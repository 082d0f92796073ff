"""What was found in a draft, on the page that loads it, and what of it was put right by hand so far."""

from __future__ import annotations

from core.cohort.cohort import Cohort
from core.spec import CohortSpec
from ui import by_hand, findings, mapping_codes, quality, unify
from ui.screen import st


def said(base: Cohort) -> CohortSpec:
    """The draft's specification with what was put right by hand so far."""
    kept: CohortSpec = st.session_state.get(_key(base), base.spec)
    return kept


def show(seen: Cohort, base: Cohort, *, offered: Cohort) -> None:
    """Findings with their remedies, and the rows with problems as a file.

    Parameters
    ----------
    seen : Cohort
        Whose findings are shown.
    base : Cohort
        The draft as it was recognised: changes are kept for it.
    offered : Cohort
        The draft for which spellings to unify are proposed.
    """

    def change(spec: CohortSpec) -> None:
        st.session_state[_key(base)] = spec

    place = by_hand.Place(key=f"{_key(base)}_of", spec=said(base), change=change, boxes=unify.boxes(offered))
    asked = {mapping_codes.unexplained(seen, name) for name in seen.spec.endpoints}  # plainly, with the endpoint
    shown = [issue for issue in seen.issues if not (issue.code == mapping_codes.ASKED and issue.column in asked)]
    findings.show(shown, cohort=seen, place=place)
    quality.download_problems(seen, key="load_problems")


def _key(base: Cohort) -> str:
    return f"map_{base.digest[:12]}_by_hand"
