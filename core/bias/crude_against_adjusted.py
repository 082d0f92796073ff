"""The difference of two groups as it is and made alike by every method, side by side.

Belongs here: running the methods on the same patients and keeping them together. Does not belong here: any one of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.bias.balance_study import BalanceStudy, refuse_too_few
from core.bias.covariate_balance import CovariateBalance, covariate_balance
from core.bias.entropy_balance import entropy_balance
from core.bias.g_formula import GFormula, g_formula
from core.bias.matching import matched_sample
from core.bias.propensity import PropensityScore, propensity_score
from core.bias.propensity_weights import inverse_probability, overlap_weights
from core.bias.weighted_comparison import WeightedRatio, unweighted_ratio, weighted_ratio
from core.bias.weighted_curves import GroupCurves, crude_curves, weighted_curves
from core.bias.weighted_sample import WeightedSample
from core.errors import CohortError
from core.spec import BalanceMethod, BalanceSpec, Estimand
from core.survival.contrasts import Contrast

if TYPE_CHECKING:
    from core.bias.balance_checks import BalanceChecks

Method: TypeAlias = Literal["crude", "multivariable", "iptw", "overlap", "matching", "entropy", "g_formula"]
FEW = 100  # patients of a group, below which robust standard errors of weighted ratios run small


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Both groups by one method.

    Attributes
    ----------
    method : str
    ratio : WeightedRatio
    curves : GroupCurves or None
        With restricted means; None for the multivariable model.
    sample : WeightedSample or None
        None where nobody is weighted.
    standardised : GFormula or None
        Of the g-formula alone.
    """

    method: Method
    ratio: WeightedRatio
    curves: GroupCurves | None = None
    sample: WeightedSample | None = None
    standardised: GFormula | None = None

    @property
    def rmst_difference(self) -> Contrast | None:
        """Difference of restricted means, other minus reference; None for the multivariable model."""
        if self.standardised is not None:
            return self.standardised.difference
        return None if self.curves is None else self.curves.difference


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Balance:
    """Two groups, crude and made alike.

    Attributes
    ----------
    study : BalanceStudy
        The patients with a value of every covariate.
    method : {'iptw', 'overlap', 'matching', 'entropy'}
        The one that was asked for.
    estimand : {'ate', 'att'}
        Of IPTW and entropy balancing.
    propensity : PropensityScore
    covariates : tuple of CovariateBalance
    comparisons : tuple of Comparison
        The crude one first; methods that could not be computed are missing, with a note.
    missing : dict of covariate to int
        Patients without a value, who are left out.
    tau : float
        End of the restricted means.
    notes : tuple of str
    checks : BalanceChecks or None
        What else was asked of the difference.
    """

    study: BalanceStudy
    method: BalanceMethod
    estimand: Estimand
    propensity: PropensityScore
    covariates: tuple[CovariateBalance, ...]
    comparisons: tuple[Comparison, ...]
    missing: dict[str, int]
    tau: float
    notes: tuple[str, ...] = ()
    checks: BalanceChecks | None = None

    @property
    def unit(self) -> str:
        """Unit of times."""
        return self.study.data.unit

    @property
    def main(self) -> Comparison | None:
        """The comparison by the method asked for; None where it could not be computed."""
        return self.by(self.method)

    def by(self, method: Method) -> Comparison | None:
        """The comparison by a method, or None."""
        return next((one for one in self.comparisons if one.method == method), None)


def balance_analysis(study: BalanceStudy, asked: BalanceSpec, *, missing: Mapping[str, int]) -> Balance:
    """Compare the groups crudely and by every method.

    Parameters
    ----------
    study : BalanceStudy
    asked : BalanceSpec
        The options.
    missing : mapping of covariate to int

    Raises
    ------
    TooFewEventsError
        If a group has fewer than 10 patients, nobody has the event, or the covariates tell everybody's group.
    """
    refuse_too_few(study)
    score = propensity_score(study)
    tau = _end(study, asked)
    samples, notes = weighted_samples(study, score, asked)
    comparisons = [
        Comparison(
            method="crude",
            ratio=unweighted_ratio(study, with_covariates=False),
            curves=crude_curves(study, tau),
        ),
        Comparison(method="multivariable", ratio=unweighted_ratio(study, with_covariates=True)),
    ]
    for sample in samples:
        comparisons.append(
            Comparison(
                method=sample.method,
                ratio=weighted_ratio(study, sample),
                curves=weighted_curves(study, sample, tau),
                sample=sample,
            )
        )
    try:
        found = g_formula(study, tau=tau, draws=asked.draws, seed=asked.seed)
        comparisons.append(Comparison(method="g_formula", ratio=found.ratio, standardised=found))
    except CohortError as error:
        notes.append(f"G-formula: {error.message}")
    return Balance(
        study=study,
        method=asked.method,
        estimand=asked.estimand,
        propensity=score,
        covariates=covariate_balance(study, {sample.method: sample.weights for sample in samples}),
        comparisons=tuple(comparisons),
        missing=dict(missing),
        tau=tau,
        notes=tuple(dict.fromkeys([*score.notes, *notes, *_of_comparisons(comparisons)])),
    )


def weighted_samples(
    study: BalanceStudy, score: PropensityScore, asked: BalanceSpec
) -> tuple[list[WeightedSample], list[str]]:
    """The weighted samples that could be made, and why the others could not."""
    ways: dict[str, Callable[[], WeightedSample]] = {
        "IPTW": lambda: inverse_probability(
            study,
            score,
            estimand=asked.estimand,
            stabilised=asked.stabilised,
            trim=asked.trim,
            truncate=asked.truncate,
        ),
        "Overlap weights": lambda: overlap_weights(study, score),
        "Matching": lambda: matched_sample(study, score, asked.matching),
        "Entropy balancing": lambda: entropy_balance(study, estimand=asked.estimand),
    }
    samples: list[WeightedSample] = []
    notes: list[str] = []
    for name, make in ways.items():
        try:
            samples.append(make())
        except CohortError as error:
            notes.append(f"{name}: {error.message}")
    return samples, notes


def _end(study: BalanceStudy, asked: BalanceSpec) -> float:
    """Where restricted means end: as asked, or at the end of the shorter of both groups' follow-up."""
    if asked.tau is not None:
        return asked.tau
    return min(float(study.data.time[rows].max()) for rows in (study.treated, ~study.treated))


def _of_comparisons(comparisons: list[Comparison]) -> list[str]:
    """What the samples and fits have to say; the crude fit's own notes are those of every page."""
    notes: list[str] = []
    for one in comparisons:
        if one.sample is not None:
            notes += one.sample.notes
        if one.method == "crude" and one.curves is not None:
            notes += [note for area in one.curves.rmst for note in area.notes]
        else:
            notes += one.ratio.ratio.notes
    return [*notes, *_of_small_groups(comparisons)]


def _of_small_groups(comparisons: list[Comparison]) -> list[str]:
    """The variance of a weighted ratio is that of large samples: said where a group that was weighted is small."""
    ratios = [one.ratio.ratio for one in comparisons if one.method in ("iptw", "overlap")]
    sizes = [min(one.n_treated, one.n - one.n_treated) for one in ratios if math.isfinite(one.std_error)]
    if min(sizes, default=FEW) >= FEW:
        return []
    return [
        f"The smaller group has {min(sizes)} patients. With fewer than {FEW} the standard error of a weighted hazard "
        "ratio (IPTW, overlap weights) tends to be too small: read its interval as a lower bound of the uncertainty."
    ]
