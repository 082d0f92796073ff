"""Which covariates make the multivariable model, and what is said of the model that was chosen.

Belongs here: selection by univariable P with what is always kept, and gathering curves, interactions and diagnostics of
one model. Does not belong here: backward elimination itself (``selection``), fitting (``fitter``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.regression import remarks
from core.regression.collinearity import collinearity_of
from core.regression.curve import curve_of
from core.regression.fitter import Fitted, Fitter, Pairs
from core.regression.influence import has_influence, influence_of
from core.regression.interactions import interactions_of
from core.regression.results import CoxTable, ModelBuilding
from core.regression.selection import Selection, backward_by_aic
from core.regression.term_columns import product_name
from core.spec import CoxMode


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChosenModel:
    """The multivariable model and how it came about.

    Attributes
    ----------
    fitter : Fitter
        On the rows it was fitted on.
    fitted : Fitted or None
        None where no covariate is in it.
    covariates : tuple of str
    interactions : tuple of pairs
    selection : Selection or None
    notes : tuple of str
    """

    fitter: Fitter
    fitted: Fitted | None
    covariates: tuple[str, ...]
    interactions: tuple[tuple[str, str], ...] = ()
    selection: Selection | None = None
    notes: tuple[str, ...] = ()


def choose_model(
    fitter: Fitter,
    covariates: Sequence[str],
    *,
    table: CoxTable | None,
    mode: CoxMode,
    enter_below: float,
    forced: Sequence[str] = (),
    interactions: Pairs = (),
) -> ChosenModel:
    """The multivariable model of a mode; ``table`` has the univariable fits where the mode needs them.

    Raises
    ------
    SpecError, TooFewEventsError
        As the fits raise them.
    """
    if mode == "univariable":
        said = (remarks.INTERACTIONS_ALONE,) if interactions else ()
        return ChosenModel(fitter=fitter, fitted=None, covariates=(), notes=said)
    if mode == "backward":
        return _backward(fitter, covariates, forced=forced, interactions=interactions)
    entered, notes = tuple(covariates), []
    if table is not None:
        passed = {test.covariate for test in table.overall if test.p_value < enter_below}
        entered = tuple(name for name in covariates if enter_below >= 1 or name in passed or name in forced)
        notes = remarks.selection(entered, covariates, enter_below=enter_below, methods=_methods(table))
        if enter_below < 1:
            notes += remarks.forced(forced, {t.covariate: t.p_value for t in table.overall}, enter_below=enter_below)
    pairs = tuple(pair for pair in interactions if set(pair) <= set(entered))
    notes += [remarks.interaction_left(*pair) for pair in interactions if pair not in pairs]
    fitted = fitter.fit(entered, pairs) if entered else None
    return ChosenModel(fitter=fitter, fitted=fitted, covariates=entered, interactions=pairs, notes=tuple(notes))


def _backward(fitter: Fitter, covariates: Sequence[str], *, forced: Sequence[str], interactions: Pairs) -> ChosenModel:
    """On the patients with a value of every covariate, so that the AICs are of the same patients."""
    complete = fitter.complete(covariates)
    selection, fitted = backward_by_aic(complete, covariates, interactions=interactions, forced=forced)
    stays = selection.covariates
    if fitted is not None and fitter.intervals != "wald":
        fitted = complete.fit(stays, selection.interactions)
    could_use = fitter.design(stays).n_patients if stays else complete.rows.n_patients
    return ChosenModel(
        fitter=complete,
        fitted=fitted,
        covariates=stays,
        interactions=selection.interactions,
        selection=selection,
        notes=tuple(
            remarks.backward(
                (*covariates, *(product_name(*pair) for pair in interactions)),
                selection.steps[-1].kept,
                forced=forced,
                n=selection.n,
                could_use=could_use,
            )
        ),
    )


def describe_model(chosen: ChosenModel, *, curve_references: Mapping[str, float], diagnostics: bool) -> ModelBuilding:
    """Curves, interactions and, where asked for, diagnostics of the chosen model."""
    fitter, fitted, pairs = chosen.fitter, chosen.fitted, chosen.interactions
    if fitted is None:
        return ModelBuilding(selection=chosen.selection)
    # a factor with one level among these patients has no columns, nor have its products
    there = {term.term for term in fitted.design.terms}
    pairs = tuple(pair for pair in pairs if product_name(*pair) in there)
    return ModelBuilding(
        selection=chosen.selection,
        curves=tuple(
            curve_of(fitter, fitted, name, interactions=pairs, reference=curve_references.get(name))
            for name in fitted.design.knots
        ),
        interactions=interactions_of(fitter, fitted, pairs),
        collinearity=collinearity_of(fitter, fitted) if diagnostics else None,
        influence=influence_of(fitter, fitted, pairs) if diagnostics and has_influence(fitter) else None,
    )


def _methods(table: CoxTable) -> dict[str, list[str]]:
    """Covariates by the test that decided on them."""
    methods: dict[str, list[str]] = {}
    for test in table.overall:
        methods.setdefault(test.method, []).append(test.covariate)
    return methods
