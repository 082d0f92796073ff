"""What a Cox regression gives back: terms, tests, fits and tables of fits.

Belongs here: frozen results. Does not belong here: computing them (``cox``, ``model``) and rounding (``reporting``).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from core.regression.concordance import Concordance, Scored
from core.regression.term_columns import ColumnRole
from core.spec import CoxMode, CoxTies, Intervals
from core.timetoevent import FloatArray

if TYPE_CHECKING:
    from core.regression.collinearity import Collinearity
    from core.regression.curve import Curve
    from core.regression.e_value import TermEValue
    from core.regression.imputed_model import ImputedModel
    from core.regression.influence import Influence
    from core.regression.interactions import Interaction
    from core.regression.periods import EqualPeriods
    from core.regression.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class CoxTest:
    """A chi-squared test; ``robust`` when it rests on the sandwich variance."""

    statistic: float
    df: int
    p_value: float
    robust: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CoxTerm:
    """One hazard ratio.

    Attributes
    ----------
    term : str
    level, reference : str or None
        For a category; None for a number, whose hazard ratio is per unit.
    n, n_events : int
        Patients and events: with this level, or in the fit for a number.
    reference_n, reference_n_events : int or None
        Patients and events with the reference level.
    n_fit, n_events_fit : int
        Patients and events of the fit this term is from.
    log_hazard_ratio, std_error : float
        ``std_error`` is robust where the fit says so.
    hazard_ratio, conf_low, conf_high : float
    statistic, p_value : float
        z and its two-sided p-value (Firth: signed root of the likelihood ratio).
    note : str
        Why the numbers are NaN, or empty.
    column : str
        Name of the model's column, ``age``, ``grade: G3``, ``age''``.
    role : {'main', 'curve', 'product'}
        A hazard ratio to be read alone, a piece of a curve (see ``CoxAnalysis.curves``), or a product of an interaction
        (see ``CoxAnalysis.interactions``).
    """

    term: str
    level: str | None
    reference: str | None
    n: int
    n_events: int
    reference_n: int | None
    reference_n_events: int | None
    n_fit: int
    n_events_fit: int
    log_hazard_ratio: float
    std_error: float
    hazard_ratio: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float
    note: str = ""
    column: str = ""
    role: ColumnRole = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallTest:
    """Test of all columns of one covariate together.

    Attributes
    ----------
    covariate : str
    method : {'wald', 'likelihood_ratio'}
    statistic, df, p_value
    robust : bool
    n, n_events : int
        Of the fit.
    """

    covariate: str
    method: str
    statistic: float
    df: int
    p_value: float
    robust: bool
    n: int
    n_events: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoxFit:
    """A fitted proportional-hazards model.

    Attributes
    ----------
    n, n_events : int
        Patients (rows) and events used, not weighted.
    n_missing : int
        Rows left out because a covariate has no value.
    log_likelihood : tuple of two floats
        Null model and fitted (penalised with ``penalty='firth'``).
    tests : dict
        ``likelihood_ratio``, ``wald``, ``score``; with robust variance also ``robust_score``; with a penalty no
        ``score``.
    scored : Scored
        The subjects with their linear predictors.
    names : tuple of str, length p
    coefficients : array, shape (p,)
        NaN where not estimable or infinite.
    covariance, model_covariance : arrays, shape (p, p)
        Reported (robust where ``robust``) and model-based; NaN rows where the coefficient is.
    terms : tuple of CoxTerm
    overall : tuple of OverallTest
        Wald test per covariate (Firth: likelihood ratio of single columns only).
    ties, penalty, robust, conf_level, intervals
    n_strata, n_clusters : int or None
    converged : bool
    n_iterations : int
    notes : tuple of str
    """

    n: int
    n_events: int
    n_missing: int
    log_likelihood: tuple[float, float]
    tests: dict[str, CoxTest]
    scored: Scored
    names: tuple[str, ...]
    coefficients: FloatArray
    covariance: FloatArray
    model_covariance: FloatArray
    terms: tuple[CoxTerm, ...]
    overall: tuple[OverallTest, ...]
    ties: CoxTies
    penalty: str | None
    robust: bool
    conf_level: float
    n_strata: int | None
    n_clusters: int | None
    converged: bool
    n_iterations: int
    intervals: Intervals = "wald"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.coefficients, self.covariance, self.model_covariance):
            array.setflags(write=False)

    @property
    def concordance(self) -> Concordance:
        """Of the linear predictor with survival, counted when first asked for."""
        return self.scored.concordance

    def to_frame(self) -> pd.DataFrame:
        """One row per term, unrounded."""
        return _frame(self.terms)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoxTable:
    """Several single-covariate fits side by side, each on its own complete cases.

    Attributes
    ----------
    n, n_events : int
        Patients and events before any are left out for a missing covariate.
    terms : tuple of CoxTerm
        Of all fits; ``n_fit`` says how many patients each used.
    overall : tuple of OverallTest
        Per covariate, the P that decides whether it enters a multivariable model.
    fits : dict of covariate to CoxFit
        Covariates that could not be fitted are not there; the notes say why.
    notes : tuple of str
    """

    n: int
    n_events: int
    terms: tuple[CoxTerm, ...]
    overall: tuple[OverallTest, ...]
    fits: dict[str, CoxFit]
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row per term, unrounded."""
        return _frame(self.terms)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelBuilding:
    """How a multivariable model was chosen, what it holds beside straight lines, and what to check it by.

    Attributes
    ----------
    selection : Selection or None
        The path of a backward elimination.
    curves : tuple of Curve
    interactions : tuple of Interaction
    collinearity : Collinearity or None
        With ``influence`` only where diagnostics were asked for.
    influence : Influence or None
    """

    selection: Selection | None = None
    curves: tuple[Curve, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    collinearity: Collinearity | None = None
    influence: Influence | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoxAnalysis:
    """Univariable and multivariable regressions of one question.

    Attributes
    ----------
    mode : {'univariable', 'multivariable', 'univariable-then-multivariable', 'backward'}
    univariable : CoxTable or None
    multivariable : CoxFit or None
        None when not asked for, or when no covariate entered.
    entered : tuple of str
        Covariates of the multivariable model.
    missing : dict of str to int
        Rows without a value, per covariate (and stratification, weight or cluster column).
    notes : tuple of str
        What concerns the analysis as a whole; those of the fits are with them.
    building : ModelBuilding
        How the multivariable model was chosen, its curves and interactions, and its diagnostics.
    periods : tuple of EqualPeriods
        Of the multivariable model's covariates with a hazard ratio per period, the test that they are equal.
    e_values : tuple of TermEValue
        Where asked for, of each level against its reference.
    imputation : ImputedModel or None
        Where missing values were imputed: how, and the models of the complete patients.
    """

    mode: CoxMode
    univariable: CoxTable | None
    multivariable: CoxFit | None
    entered: tuple[str, ...]
    missing: dict[str, int]
    notes: tuple[str, ...] = ()
    building: ModelBuilding = ModelBuilding()
    periods: tuple[EqualPeriods, ...] = ()
    e_values: tuple[TermEValue, ...] = ()
    imputation: ImputedModel | None = None


def _frame(terms: tuple[CoxTerm, ...]) -> pd.DataFrame:
    columns = [field.name for field in dataclasses.fields(CoxTerm)]
    return pd.DataFrame([[getattr(term, name) for name in columns] for term in terms], columns=columns)
