"""An endpoint as recognised: how it is read, how sure that is, and why."""

from __future__ import annotations

from dataclasses import dataclass

from core.spec import EndpointSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEndpoint:
    """One recognised endpoint.

    Attributes
    ----------
    name : str
    spec : EndpointSpec
    confidence : float
    reasons : dict of column to text
        Why each column was taken.
    """

    name: str
    spec: EndpointSpec
    confidence: float
    reasons: dict[str, str]
