"""Published figures: read them, and compare a sample cohort with those it was fitted to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.cohort.cohort import Cohort
from core.errors import ReadError
from core.evidence import ablation_tace_net, hifu_ici
from core.evidence.fit import FitRow

__all__ = ["FitRow", "compare_with_published", "read_published"]

FOLDER = Path(__file__).parents[2] / "sample_data" / "published"
_STUDIES: dict[str, tuple[str, Callable[[Cohort, Mapping[str, Any]], Iterator[FitRow]]]] = {
    "hifu_ici": ("hifu_ici_liver_metastases_2025.json", hifu_ici.rows),
    "ablation_tace_net": ("ablation_tace_net_2025.json", ablation_tace_net.rows),
}


def compare_with_published(cohort_name: str, cohort: Cohort, *, folder: Path = FOLDER) -> tuple[FitRow, ...]:
    """A sample cohort's figures beside the published ones that it was fitted to.

    Parameters
    ----------
    cohort_name : str
        Name of the sample.
    cohort : Cohort
    folder : Path
        Where the files of published figures are.

    Returns
    -------
    tuple of FitRow
        In the paper's order, computed now; empty for a cohort that no single study stands behind.

    Raises
    ------
    ReadError
        If the published figures cannot be read.
    MissingColumnError
        If the cohort lacks a column that a figure needs.
    """
    if cohort_name not in _STUDIES:
        return ()
    file, rows = _STUDIES[cohort_name]
    return tuple(rows(cohort, read_published(folder / file)))


def read_published(path: Path) -> dict[str, Any]:
    """A file of published figures; numbers with decimals stay as printed (``Decimal``), so 4.60 keeps its zero.

    Raises
    ------
    ReadError
        If the file is not there or is not a JSON object.
    """
    try:
        figures = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise ReadError(f"Cannot read the published figures '{path.name}': {error}.") from None
    if not isinstance(figures, dict):
        raise ReadError(f"The published figures '{path.name}' are not a JSON object.")
    return figures
