"""Fitting one model after another on the same patients, read and fitted the same way.

Belongs here: from names of covariates to a design and its fit, on all rows or on some. Does not belong here: which
covariates are tried (``model``, ``selection``), the fit itself (``cox``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.regression.cox import fit_cox
from core.regression.design import Design, build_design
from core.regression.periods import by_period
from core.regression.results import CoxFit
from core.regression.rows import RegressionRows, missing_patients, with_missing
from core.spec import CoxTies, Intervals, Scalar
from core.timetoevent import BoolArray, IntArray

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """A model: its matrix and what came out."""

    design: Design
    fit: CoxFit

    @property
    def n_parameters(self) -> int:
        """Coefficients that could be estimated."""
        return self.fit.tests["likelihood_ratio"].df

    @property
    def aic(self) -> float:
        """Akaike's information criterion: twice the coefficients less twice the log partial likelihood."""
        return 2 * self.n_parameters - 2 * self.fit.log_likelihood[1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitter:
    """What all models of one analysis share.

    Attributes
    ----------
    rows : RegressionRows
    ties, conf_level, penalty, intervals
        As ``fit_cox`` takes them.
    references, kinds, levels, knots
        As ``build_design`` takes them.
    splits : mapping of covariate to cut-points
        Covariates with a coefficient per period; the rows are split at all cut-points.
    """

    rows: RegressionRows
    ties: CoxTies = "efron"
    conf_level: float = 0.95
    penalty: str | None = None
    intervals: Intervals = "wald"
    references: Mapping[str, Scalar] | None = None
    kinds: Mapping[str, str] | None = None
    levels: Mapping[str, Sequence[str]] | None = None
    knots: Mapping[str, tuple[float, ...]] | None = None
    splits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def design(self, names: Sequence[str], interactions: Pairs = ()) -> Design:
        """The matrix of the named covariates."""
        design = build_design(
            self.rows.frame,
            names,
            references=self.references,
            kinds=self.kinds,
            levels=self.levels,
            knots=self.knots,
            interactions=interactions,
        )
        if self.rows.patient is not None:
            design = replace(design, patient=self.rows.patient[design.complete])
        return by_period(design, self.splits, self.rows.data)

    def fit(self, names: Sequence[str], interactions: Pairs = ()) -> Fitted:
        """The model of the named covariates, on the rows with a value of each.

        Raises
        ------
        TooFewEventsError
            As ``fit_cox`` raises it.
        """
        rows, design = self.rows, self.design(names, interactions)
        found = fit_cox(
            rows.data,
            design,
            ties=self.ties,
            strata=rows.strata,
            cluster=self._cluster(),
            conf_level=self.conf_level,
            penalty=self.penalty,
            intervals=self.intervals,
        )
        notes = with_missing(found.notes, design, rows)
        return Fitted(design=design, fit=replace(found, n_missing=rows.n_given - found.n, notes=notes))

    def _cluster(self) -> IntArray | None:
        """Clusters; with case weights a patient's rows are one."""
        rows = self.rows
        return rows.patient if rows.cluster is None and rows.data.weights is not None else rows.cluster

    def complete(self, names: Sequence[str]) -> Fitter:
        """The same on the rows with a value of every named covariate; the others stay counted as missing."""
        design = self.design(names)
        return self.on(design.complete, missing=missing_patients(self.rows.frame, design.missing, self.rows.patient))

    def on(self, keep: BoolArray, *, missing: Mapping[str, int] | None = None) -> Fitter:
        """The same on some of the rows, those of the mask ``keep``, shape (n_rows,)."""
        rows = self.rows
        kept = rows.kept.copy()
        kept[np.flatnonzero(rows.kept)[~keep]] = False
        fewer = replace(
            rows,
            data=rows.data.subset(keep),
            frame=rows.frame.iloc[np.flatnonzero(keep)],
            strata=None if rows.strata is None else rows.strata[keep],
            cluster=None if rows.cluster is None else rows.cluster[keep],
            kept=kept,
            patient=None if rows.patient is None else rows.patient[keep],
            missing={**rows.missing, **(missing or {})},
        )
        return replace(self, rows=fewer)
