"""Backward elimination: which covariates stay when those that add least are dropped one after the other.

Belongs here: the path from all covariates to those that stay. Does not belong here: fitting (``fitter``), selection by
univariable P (``model``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.errors import SpecError
from core.regression.fitter import Fitted, Fitter, Pairs
from core.regression.term_columns import product_name

NO_BETTER = 1e-7  # AIC must fall by more than this, as in MASS::stepAIC


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionStep:
    """One model on the path.

    Attributes
    ----------
    dropped : str or None
        What was dropped to get here; None for the model with all covariates.
    kept : tuple of str
        Covariates and interactions (``a × b``) that are left.
    n_parameters : int
    log_likelihood : float
    aic : float
        Twice ``n_parameters`` less twice ``log_likelihood``.
    without : tuple of (str, float)
        The AIC of this model without each covariate that may be dropped, the lowest first.
    """

    dropped: str | None
    kept: tuple[str, ...]
    n_parameters: int
    log_likelihood: float
    aic: float
    without: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Backward elimination by AIC.

    Attributes
    ----------
    steps : tuple of SelectionStep
        From all covariates to the model that was chosen.
    forced : tuple of str
        Covariates that were kept whatever their AIC.
    covariates : tuple of str
        Those that stay.
    interactions : tuple of pairs
        Those that stay.
    n, n_events : int
        Patients with a value of every covariate, on whom all models were fitted, and their events.
    """

    steps: tuple[SelectionStep, ...]
    forced: tuple[str, ...]
    covariates: tuple[str, ...]
    interactions: tuple[tuple[str, str], ...]
    n: int
    n_events: int

    @property
    def dropped(self) -> tuple[str, ...]:
        """What was dropped, in order."""
        return tuple(step.dropped for step in self.steps if step.dropped is not None)


def backward_by_aic(
    fitter: Fitter, covariates: Sequence[str], *, interactions: Pairs = (), forced: Sequence[str] = ()
) -> tuple[Selection, Fitted | None]:
    """Drop what lowers the AIC most, again and again, until nothing does.

    Parameters
    ----------
    fitter : Fitter
        On the rows with a value of every covariate.
    covariates : sequence of str
        A category is dropped with all its levels, a curve with all its columns.
    interactions : sequence of pairs
        A covariate can only be dropped after the interactions it takes part in.
    forced : sequence of str
        Never dropped.

    Returns
    -------
    Selection
    Fitted or None
        The last model; None where nothing is left.

    Raises
    ------
    SpecError
        With Firth's penalty, whose likelihoods of different models are not comparable.
    TooFewEventsError
        As ``fit_cox`` raises it.

    Notes
    -----
    Same as ``MASS::stepAIC(coxph(Surv(time, event) ~ ., data = complete cases), direction = "backward")``.

    References
    ----------
    .. [1] Venables WN, Ripley BD. Modern applied statistics with S. 4th ed. Springer 2002, section 6.8.
    """
    if fitter.penalty is not None:
        raise SpecError("Backward selection by AIC does not go with Firth's penalty.", hint="Leave one of the two out.")
    return _Path(fitter, covariates, interactions, forced=forced).walk()


class _Path:
    """The walk from all covariates to those that stay."""

    def __init__(self, fitter: Fitter, names: Sequence[str], pairs: Pairs, *, forced: Sequence[str]) -> None:
        self._fitter = replace(fitter, intervals="wald")  # limits are asked of the last model only
        self._names, self._pairs, self._forced = tuple(names), tuple(pairs), tuple(forced)

    def walk(self) -> tuple[Selection, Fitted | None]:
        model: Fitted | None = self._fitter.fit(self._names, self._pairs)
        assert model is not None
        n, n_events, null = model.fit.n, model.fit.n_events, model.fit.log_likelihood[0]
        dropped: str | None = None
        steps: list[SelectionStep] = []
        while True:
            tried = {name: self._without(name) for name in self._droppable()}
            aic = {name: -2 * null if found is None else found.aic for name, found in tried.items()}
            steps.append(self._step(dropped, model, null=null, without=aic))
            best = min(aic, key=lambda name: aic[name], default=None)
            if best is None or aic[best] >= steps[-1].aic - NO_BETTER:
                break
            dropped, model = best, tried[best]
            self._names, self._pairs = self._left(best)
        selection = Selection(
            steps=tuple(steps),
            forced=self._forced,
            covariates=self._names,
            interactions=self._pairs,
            n=n,
            n_events=n_events,
        )
        return selection, model

    def _droppable(self) -> Iterator[str]:
        """Covariates first, as R tries them: that decides between equals."""
        bound = {name for pair in self._pairs for name in pair}
        yield from (name for name in self._names if name not in bound and name not in self._forced)
        yield from (product_name(*pair) for pair in self._pairs)

    def _left(self, name: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        names = tuple(other for other in self._names if other != name)
        return names, tuple(pair for pair in self._pairs if product_name(*pair) != name)

    def _without(self, name: str) -> Fitted | None:
        names, pairs = self._left(name)
        return self._fitter.fit(names, pairs) if names else None

    def _step(
        self, dropped: str | None, model: Fitted | None, *, null: float, without: dict[str, float]
    ) -> SelectionStep:
        n_parameters = 0 if model is None else model.n_parameters
        log_likelihood = null if model is None else model.fit.log_likelihood[1]
        return SelectionStep(
            dropped=dropped,
            kept=(*self._names, *(product_name(*pair) for pair in self._pairs)),
            n_parameters=n_parameters,
            log_likelihood=log_likelihood,
            aic=2 * n_parameters - 2 * log_likelihood,
            without=tuple(sorted(without.items(), key=lambda item: item[1])),
        )
