"""Rules by which clinical variables are derived: what each needs, its words, its source, and the computation.

Belongs here: one published rule each. Does not belong here: units and columns (``derived_inputs``, ``derived``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.cohort import derived_inputs as given
from core.cohort.cutting import cut_levels, cut_positions
from core.cohort.derived_inputs import Input
from core.timetoevent import FloatArray

Values = Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A derived variable.

    Attributes
    ----------
    key : str
        As a specification names it.
    label : str
        Name of the new column unless another is given.
    inputs : tuple of Input
    words : str
        The rule as a reader can check it.
    source : str
    levels : tuple of str
        In order; empty for a number.
    compute : function
        From the inputs by name, each (n,), NaN where missing, to the number or the position among ``levels``, (n,); an
        optional input that is not given is not among them.
    cut : tuple of float, optional
        Cut-points where a specification gives none; then the levels follow from them.
    """

    key: str
    label: str
    inputs: tuple[Input, ...]
    words: str
    source: str
    compute: Callable[[Values], FloatArray] = field(compare=False)
    levels: tuple[str, ...] = ()
    cut: tuple[float, ...] | None = None

    def input(self, name: str) -> Input | None:
        """The input of that name."""
        return next((one for one in self.inputs if one.name == name), None)


def albi_score(values: Values) -> FloatArray:
    """Albumin-bilirubin score from albumin (g/L) and bilirubin (µmol/L), shape (n,)."""
    score: FloatArray = 0.66 * np.log10(values["bilirubin"]) - 0.085 * values["albumin"]
    return score


def _albi_grade(values: Values) -> FloatArray:
    return _class_of(albi_score(values), (-2.60, -1.39))


def child_pugh_points(values: Values) -> FloatArray:
    """Points from 5 to 15, shape (n,): bilirubin in µmol/L, albumin in g/L, ascites and encephalopathy as ranks 1-3."""
    bilirubin = 1 + _class_of(values["bilirubin"], (34.0, 51.0))
    albumin = 3 - _from_below(values["albumin"], (28.0, 35.0))
    inr = 1 + _from_below(values["inr"], (1.7,)) + _class_of(values["inr"], (2.3,))
    points: FloatArray = bilirubin + albumin + inr + values["ascites"] + values["encephalopathy"]
    return points


def _child_pugh_class(values: Values) -> FloatArray:
    return _class_of(child_pugh_points(values), (6.0, 9.0))


def _who_grade(values: Values) -> FloatArray:
    grades = [_from_below(values["ki67"], (3.0,)) + _class_of(values["ki67"], (20.0,))]
    if "mitoses" in values:
        grades.append(_from_below(values["mitoses"], (2.0,)) + _class_of(values["mitoses"], (20.0,)))
    highest: FloatArray = np.maximum.reduce(grades)
    return highest


def _bclc(values: Values) -> FloatArray:
    n, largest = values["n_lesions"], values["largest"]
    single = n <= 1
    stage = np.where((n <= 3) & (largest <= 3) | single, 1.0, 2.0)
    stage = np.where(single & (largest <= 2), 0.0, stage)
    advanced = (values["invasion"] > 0) | (values["spread"] > 0) | (values["ecog"] >= 1)
    stage = np.where(advanced, 3.0, stage)
    stage = np.where((values["ecog"] >= 3) | (values["child_pugh"] >= 3), 4.0, stage)
    return _where_known(stage, values)


def _oligometastasis(values: Values) -> FloatArray:
    return _where_known(np.where((values["n_lesions"] <= 5) & (values["n_organs"] <= 3), 1.0, 0.0), values)


def _up_to_seven(values: Values) -> FloatArray:
    return _class_of(values["n_lesions"] + values["largest"], (7.0,))


def tumour_burden(values: Values) -> FloatArray:
    """Tumour burden score: the diagonal of number and largest diameter (cm), shape (n,)."""
    score: FloatArray = np.hypot(values["n_lesions"], values["largest"])
    return score


def _burden_class(values: Values) -> FloatArray:
    score = tumour_burden(values)
    return _from_below(score, (3.36,)) + _class_of(score, (13.74,))


def _class_of(values: FloatArray, cuts: tuple[float, ...]) -> FloatArray:
    """How many cut-points a value is above, NaN where it is not known, shape (n,)."""
    above = np.sum([values > cut for cut in cuts], axis=0).astype(np.float64)
    return np.where(np.isnan(values), np.nan, above)


def _from_below(values: FloatArray, cuts: tuple[float, ...]) -> FloatArray:
    """How many cut-points a value reaches, NaN where it is not known, shape (n,)."""
    reached = np.sum([values >= cut for cut in cuts], axis=0).astype(np.float64)
    return np.where(np.isnan(values), np.nan, reached)


def _where_known(result: FloatArray, values: Values) -> FloatArray:
    """The result, missing where any input is."""
    unknown = np.any([np.isnan(value) for value in values.values()], axis=0)
    return np.where(unknown, np.nan, result)


def banded(rule: Rule, cut: tuple[float, ...] | None) -> tuple[tuple[str, ...], Callable[[Values], FloatArray]]:
    """Levels and computation of a rule with cut-points."""
    points = cut or rule.cut
    if points is None:
        return rule.levels, rule.compute
    (only,) = rule.inputs

    def positions(values: Values) -> FloatArray:
        found = cut_positions(values[only.name], points, None).astype(np.float64)
        return np.where(found < 0, np.nan, found)

    return cut_levels(points, None), positions


_BURDEN = "tumour burden score √(number² + diameter²), of the largest nodule in cm"
_LIVER = (given.ALBUMIN, given.BILIRUBIN)
_PUGH = (given.BILIRUBIN, given.ALBUMIN, given.INR, given.ASCITES, given.ENCEPHALOPATHY)
_SIZE = (given.NODULES, given.LARGEST)
_PUGH_WORDS = (
    "1, 2, 3 points each for bilirubin ≤ 34, ≤ 51, > 51 µmol/L; albumin ≥ 35, 28 to < 35, < 28 g/L; INR < 1.7, 1.7 to "
    "2.3, > 2.3; ascites none, slight (or only 'yes'), moderate or severe; encephalopathy none, grade 1-2, grade 3-4"
)
_PUGH_SOURCE = "Pugh et al., Br J Surg 1973;60:646-649"
_ALBI_SOURCE = "Johnson et al., J Clin Oncol 2015;33:550-558"
RULES: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule(
            key="who-grade", label="WHO grade (derived)", inputs=(given.KI67, given.MITOSES),
            words="Ki-67 < 3 % and < 2 mitoses per 2 mm²: G1; Ki-67 3-20 % or 2-20 mitoses: G2; Ki-67 > 20 % or > 20 "
            "mitoses: G3; the higher of the two decides. Carcinomas (NEC) cannot be told from G3 by these",
            source="WHO Classification of Tumours, Digestive System, 5th edition, 2019",
            levels=("G1", "G2", "G3"), compute=_who_grade,
        ),
        Rule(
            key="albi-score", label="ALBI score (derived)", inputs=_LIVER, compute=albi_score, source=_ALBI_SOURCE,
            words="0.66 · log10(bilirubin in µmol/L) − 0.085 · albumin in g/L",
        ),
        Rule(
            key="albi-grade", label="ALBI grade (derived)", inputs=_LIVER, compute=_albi_grade, source=_ALBI_SOURCE,
            words="ALBI score 0.66 · log10(bilirubin in µmol/L) − 0.085 · albumin in g/L; ≤ −2.60: grade 1; > −2.60 to "
            "≤ −1.39: grade 2; > −1.39: grade 3",
            levels=("1", "2", "3"),
        ),
        Rule(
            key="child-pugh-points", label="Child-Pugh points (derived)", inputs=_PUGH, compute=child_pugh_points,
            words=_PUGH_WORDS, source=_PUGH_SOURCE,
        ),
        Rule(
            key="child-pugh-class", label="Child-Pugh class (derived)", inputs=_PUGH, compute=_child_pugh_class,
            words=f"{_PUGH_WORDS}; 5-6 points: A; 7-9: B; 10-15: C", source=_PUGH_SOURCE, levels=("A", "B", "C"),
        ),
        Rule(
            key="bclc", label="BCLC stage (derived)", compute=_bclc, levels=("0", "A", "B", "C", "D"),
            inputs=(given.ECOG, given.CHILD_PUGH, *_SIZE, given.INVASION, given.SPREAD),
            words="D: ECOG 3-4 or Child-Pugh C; else C: vascular invasion, extrahepatic spread or ECOG 1-2; else 0: "
            "single nodule ≤ 2 cm; A: single, or up to 3 nodules ≤ 3 cm; B: more. Transplant candidates in Child-Pugh "
            "C are not told apart",
            source="Reig et al., J Hepatol 2022;76:681-693",
        ),
        Rule(
            key="oligometastasis", label="Oligometastasis (derived)", inputs=(given.NODULES, given.ORGANS),
            words="yes: at most 5 lesions in at most 3 organs",
            source="definition of the HIFU and immunotherapy study, 2025",
            levels=("No", "Yes"), compute=_oligometastasis,
        ),
        Rule(
            key="up-to-seven", label="Up-to-seven (derived)", inputs=_SIZE, compute=_up_to_seven,
            words="within: number of nodules + largest diameter in cm ≤ 7; beyond: more", levels=("Within", "Beyond"),
            source="Mazzaferro et al., Lancet Oncol 2009;10:35-43",
        ),
        Rule(
            key="tumour-burden-score", label="Tumour burden score (derived)", inputs=_SIZE, compute=tumour_burden,
            words=_BURDEN, source="Sasaki et al., Ann Surg 2018;267:132-141",
        ),
        Rule(
            key="tumour-burden-hcc", label="Tumour burden class, HCC (derived)", inputs=_SIZE,
            compute=_burden_class,
            words=f"{_BURDEN}; < 3.36: low; 3.36 to 13.74: medium; > 13.74: high", levels=("Low", "Medium", "High"),
            source="Tsilimigras et al., Br J Surg 2020;107:854-864",
        ),
        Rule(
            key="tumour-burden-metastases", label="Tumour burden zone, metastases (derived)", inputs=_SIZE,
            compute=lambda values: _from_below(tumour_burden(values), (3.0, 9.0)),
            words=f"{_BURDEN}; < 3: zone 1; 3 to < 9: zone 2; ≥ 9: zone 3", levels=("Zone 1", "Zone 2", "Zone 3"),
            source="Sasaki et al., Ann Surg 2018;267:132-141 (colorectal liver metastases)",
        ),
        Rule(
            key="age-bands", label="Age band (derived)", inputs=(given.AGE,), compute=lambda values: values["age"],
            words="age at the cut-points; a value equal to one goes to the upper band", cut=(50.0, 65.0, 75.0),
            source="bands as chosen",
        ),
    )
}  # fmt: skip
