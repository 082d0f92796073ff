"""The model of a method in words, and how R writes what was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import __version__

if TYPE_CHECKING:
    from core.result import AnalysisResult

VERSION = f"Cohortscope {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How a result was computed.

    Attributes
    ----------
    what : str
        Estimator, interval and test, as a methods section names them.
    formula : str
    r_call : str
        The call that gives the same numbers in R.
    source : str
        Where the method is described.
    version : str
    brief : str
        What stands under a figure or a table where ``what`` and the call would fill half a page; empty: these do.
    """

    what: str
    formula: str
    r_call: str
    source: str
    version: str = VERSION
    brief: str = ""


def r_name(name: str) -> str:
    """A column as R writes it, in backticks where it is not a plain name."""
    return name if re.fullmatch(r"[A-Za-z.][A-Za-z0-9._]*", name) else f"`{name}`"


def response(result: AnalysisResult) -> str:
    """The left side of R's formula."""
    data = result.subset.data
    return "Surv(entry, time, event)" if data is not None and data.entry is not None else "Surv(time, event)"


def right_side(result: AnalysisResult) -> str:
    """The right side where groups are compared."""
    return "1" if result.subset.groups.column is None else "group"
