"""What stands under every table: abbreviations, method, who was left out, and that data are synthetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.methods_text import method_line
from core.reporting.sentences import exclusion_sentence

if TYPE_CHECKING:
    from core.result import AnalysisResult

SYNTHETIC = "Synthetic data: no patient is real."
NOT_REACHED = f"{fmt.NOT_REACHED}: not reached."


def footnotes(result: AnalysisResult, *abbreviations: str) -> tuple[str, ...]:
    """Footnotes of a table of this result; ``abbreviations`` come first, empty ones are left out."""
    lines = [
        *abbreviations,
        method_line(result),
        *(exclusion_sentence(exclusion) for exclusion in result.subset.exclusions),
        SYNTHETIC if result.subset.cohort.synthetic else "",
    ]
    return tuple(dict.fromkeys(line for line in lines if line))
