"""How groups are tested: weighting, strata, trend, correction for pairs. Part of the survival page's options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.select import Grouping
from core.reporting.labels import column_label
from ui.grouping import candidates
from ui.screen import st

WEIGHTINGS: dict[str, Any] = {
    "logrank": "logrank",
    "gehan": "gehan",
    "tarone-ware": "tarone-ware",
    "peto": "peto",
    "fh-early": {"fleming-harrington": (1, 0)},
    "fh-late": {"fleming-harrington": (0, 1)},
    "fh-middle": {"fleming-harrington": (1, 1)},
    "maxcombo": "maxcombo",
}
_WORDS = {
    "logrank": "Log-rank",
    "gehan": "Gehan-Breslow-Wilcoxon",
    "tarone-ware": "Tarone-Ware",
    "peto": "Peto-Peto",
    "fh-early": "Fleming-Harrington (1, 0): early differences",
    "fh-late": "Fleming-Harrington (0, 1): late differences",
    "fh-middle": "Fleming-Harrington (1, 1): differences in the middle",
    "maxcombo": "MaxCombo: early, late or in between (two groups)",
}
_CORRECTIONS = {"holm": "Holm", "bh": "Benjamini-Hochberg", "bonferroni": "Bonferroni", "none": "None"}
SIDE_BY_SIDE = ("logrank", "gehan", "tarone-ware", "peto", "fh-late", "maxcombo")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonOptions:
    """How groups are tested; ``question`` turns it into keys of the specification."""

    weighting: str = "logrank"
    strata: tuple[str, ...] = ()
    trend: bool = False
    correction: str = "holm"

    def question(self, endpoint: str, *, pairwise: bool, permutations: int | None) -> dict[str, Any]:
        """The question of the planned test."""
        return {
            "kind": "compare",
            "endpoint": endpoint,
            "weighting": WEIGHTINGS[self.weighting],
            "strata": self.strata,
            "trend": self.trend,
            "pairwise": self.correction if pairwise else None,
            "permutations": None if self.weighting == "maxcombo" else permutations,
        }

    def other(self, weighting: str, endpoint: str, *, permutations: int | None = None) -> dict[str, Any]:
        """The question of another test of the same groups and strata."""
        return {
            "kind": "compare",
            "endpoint": endpoint,
            "weighting": WEIGHTINGS[weighting],
            "strata": self.strata,
            "permutations": permutations,
        }


def choose(cohort: Cohort, groups: Grouping) -> ComparisonOptions:
    """Draw the menus of the test; nothing where there is nothing to compare."""
    if len(groups.levels) < 2:
        return ComparisonOptions()
    two = len(groups.levels) == 2
    weighting = st.selectbox(
        "Test between groups",
        [name for name in WEIGHTINGS if two or name != "maxcombo"],
        format_func=_WORDS.__getitem__,
        key=f"km_weighting_{'two' if two else 'more'}",
        persist_state="session",
    )
    strata = st.multiselect(
        "Stratify the test by",
        [name for name in candidates(cohort) if name != groups.column and _is_category(cohort, name)],
        format_func=column_label,
        help="Compares patients only within the same stratum. The hazard ratio is then stratified too.",
        placeholder="not stratified",
        key=f"km_strata_{cohort.digest[:12]}_{groups.column}",
        persist_state="session",
    )
    trend, correction = False, "holm"
    if not two:
        trend = st.checkbox("Trend across ordered groups", key="km_trend", persist_state="session")
        correction = st.selectbox(
            "Correction for pairs of groups",
            list(_CORRECTIONS),
            format_func=_CORRECTIONS.__getitem__,
            key="km_correction",
            persist_state="session",
        )
    return ComparisonOptions(weighting=weighting, strata=tuple(strata), trend=trend, correction=correction)


def _is_category(cohort: Cohort, name: str) -> bool:
    return cohort.patients.column(name).kind == "category"
