"""What the rules of derived variables are given: numbers in the unit they need, and categories read by their words.

Belongs here: units, ranges and words of one input. Does not belong here: the rules (``derived_rules``), reading a
column of a cohort (``derived``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.cohort.spellings import letters_of
from core.cohort.values import as_number
from core.spec import Scalar
from core.timetoevent import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOf:
    """A unit a column may be in.

    Attributes
    ----------
    name : str
        As it is said: ``g/dL``.
    factor : float
        Times this it is in the first unit of its input.
    typical : (float, float)
        The median of a cohort of patients lies between these; the ranges of two units do not overlap.
    possible : (float, float)
        A value outside cannot be in this unit.
    """

    name: str
    factor: float
    typical: tuple[float, float]
    possible: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a rule.

    Attributes
    ----------
    name : str
        Key in the specification.
    words : str
        As a reader says it: ``albumin``.
    aliases : tuple of str
        Names of columns; compared without case, blanks and units.
    units : tuple of UnitOf
        The first is the one the rule uses; empty for a number without unit, or a category.
    read : function of text to number, optional
        For a category: its rank; None where the word means none.
    codes : dict, optional
        For a category written in numbers: code to rank, where 0 is among the codes (True) and where it is not.
    optional : bool
        Whether the rule can do without (it then says so).
    assumed : value, optional
        What may be proposed for every patient where no column holds it.
    possible : (float, float), optional
        Of a number without unit.
    """

    name: str
    words: str
    aliases: tuple[str, ...]
    units: tuple[UnitOf, ...] = ()
    read: Callable[[str], float | None] | None = field(default=None, compare=False)
    codes: Mapping[bool, Mapping[int, int]] | None = field(default=None, compare=False)
    optional: bool = False
    assumed: Scalar | None = None
    possible: tuple[float, float] = (-np.inf, np.inf)

    def rank_of(self, text: str, *, has_zero: bool) -> float | None:
        """The rank that a value of a category means; ``has_zero``: whether 0 is among the values of its column."""
        number = as_number(text)
        if number is not None and self.codes is not None:
            return self.codes[has_zero].get(int(number)) if number.is_integer() else None
        return None if self.read is None else self.read(text)

    def is_called(self, column: str) -> bool:
        """Whether a column's name is an alias, with or without a unit behind it."""
        letters = _unit_letters(column)
        endings = ("", *(_unit_letters(unit.name) for unit in self.units), "years", "yrs", "percent", "cm", "mm")
        known = {_unit_letters(alias) for alias in self.aliases}
        return any(letters.removesuffix(ending) in known for ending in endings)

    def unit(self, name: str) -> UnitOf | None:
        """The unit of that name, written in any way."""
        return next((unit for unit in self.units if _unit_letters(unit.name) == _unit_letters(name)), None)

    def unit_named(self, column: str) -> UnitOf | None:
        """The unit that a column's name ends with: 'albumin_g_l', 'Albumin (g/dL)', '白蛋白g/L'."""
        letters = _unit_letters(column)
        ending = [unit for unit in self.units if letters.endswith(_unit_letters(unit.name))]
        return max(ending, key=lambda unit: len(_unit_letters(unit.name)), default=None)

    def unit_by_range(self, values: FloatArray) -> UnitOf | None:
        """The unit in which the median of the values is what patients have, or None."""
        known = values[np.isfinite(values)]
        if not known.size:
            return None
        median = float(np.median(known))
        fitting = [unit for unit in self.units if unit.typical[0] <= median < unit.typical[1]]
        most = [unit for unit in fitting if np.mean((known < unit.possible[0]) | (known > unit.possible[1])) <= 0.05]
        return most[0] if most else None


def _unit_letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", letters_of(text).replace("µ", "u").replace("μ", "u").replace("%", "percent"))


def ranked(words: Mapping[float, str]) -> Callable[[str], float | None]:
    """Reads a word as the rank under which it stands; words of one rank are divided by '|'."""
    rank_of = {letters_of(word): rank for rank, listed in words.items() for word in listed.split("|")}
    return lambda text: rank_of.get(letters_of(text))


ALBUMIN = Input(
    name="albumin", words="albumin",
    aliases=("albumin", "alb", "serum albumin", "白蛋白", "血清白蛋白"),
    units=(
        UnitOf(name="g/L", factor=1.0, typical=(12.0, 70.0), possible=(8.0, 75.0)),
        UnitOf(name="g/dL", factor=10.0, typical=(1.2, 7.0), possible=(0.8, 7.5)),
    ),
)  # fmt: skip
BILIRUBIN = Input(
    name="bilirubin", words="total bilirubin",
    aliases=("bilirubin", "total bilirubin", "tbil", "tbili", "bili", "tb", "t bil", "总胆红素", "胆红素"),
    units=(
        UnitOf(name="µmol/L", factor=1.0, typical=(4.0, 1500.0), possible=(1.0, 1500.0)),
        UnitOf(name="mg/dL", factor=17.1, typical=(0.1, 4.0), possible=(0.05, 80.0)),
    ),
)  # fmt: skip
INR = Input(
    name="inr", words="INR", aliases=("inr", "pt inr", "国际标准化比值"), assumed=1.0,
    units=(UnitOf(name="INR", factor=1.0, typical=(0.7, 5.0), possible=(0.5, 15.0)),),
)  # fmt: skip
ASCITES = Input(
    name="ascites", words="ascites", aliases=("ascites", "腹水"),
    read=ranked({
        1: "none|no|n|false|absent|negative|无|否|没有|-",
        2: "mild|slight|small|yes|y|true|present|controlled|少量|轻度|有|是|+",
        3: "moderate|severe|large|massive|refractory|moderate to severe|moderate-severe|"
        "中度|重度|中量|大量|中重度|++|+++",
    }),
    codes={True: {0: 1, 1: 2, 2: 3}, False: {1: 1, 2: 2, 3: 3}},
)  # fmt: skip
ENCEPHALOPATHY = Input(
    name="encephalopathy", words="encephalopathy",
    aliases=("encephalopathy", "hepatic encephalopathy", "he", "肝性脑病"),
    read=ranked({
        1: "none|no|n|false|absent|negative|无|否|没有|-",
        2: "grade 1-2|grade 1|grade 2|1-2|i|ii|i-ii|mild|minimal|yes|y|true|有|是|1-2级|轻度",
        3: "grade 3-4|grade 3|grade 4|3-4|iii|iv|iii-iv|severe|coma|3-4级|重度",
    }),
    codes={True: {0: 1, 1: 2, 2: 2, 3: 3, 4: 3}, False: {1: 1, 2: 2, 3: 3}}, assumed="none",
)  # fmt: skip
KI67 = Input(
    name="ki67", words="Ki-67", aliases=("ki67", "ki 67", "ki67 index", "ki 67 index", "mib1"),
    units=(
        UnitOf(name="%", factor=1.0, typical=(1.0, 100.1), possible=(0.0, 100.0)),
        UnitOf(name="fraction", factor=100.0, typical=(0.0, 1.0), possible=(0.0, 1.0)),
    ),
)  # fmt: skip
MITOSES = Input(
    name="mitoses", words="mitoses per 2 mm²", possible=(0.0, 500.0), optional=True,
    aliases=("mitoses", "mitotic count", "mitotic rate", "mitoses per 2 mm2", "核分裂象", "核分裂"),
)  # fmt: skip
NODULES = Input(
    name="n_lesions", words="number of nodules", possible=(0.0, 500.0),
    aliases=("n lesions", "n nodules", "number of lesions", "number of nodules", "number of tumours", "tumor number",
             "tumour number", "lesion count", "lesions", "nodules", "n liver metastases", "number of liver metastases",
             "肿瘤数目", "病灶数", "病灶数目", "结节数", "肿瘤个数", "转移灶数"),
)  # fmt: skip
LARGEST = Input(
    name="largest", words="largest diameter",
    aliases=("largest lesion", "largest nodule", "largest tumour", "largest tumor", "largest metastasis", "tumour size",
             "tumor size", "max diameter", "maximum diameter", "largest diameter", "size", "肿瘤大小", "最大径",
             "肿瘤直径", "最大直径", "肿瘤最大径"),
    units=(
        UnitOf(name="cm", factor=1.0, typical=(0.5, 14.0), possible=(0.1, 35.0)),
        UnitOf(name="mm", factor=0.1, typical=(14.0, 300.0), possible=(1.0, 350.0)),
    ),
)  # fmt: skip
ORGANS = Input(
    name="n_organs", words="organs with metastases", possible=(0.0, 30.0),
    aliases=("n organs", "number of organs", "organs", "metastatic organs", "number of metastatic organs",
             "转移器官数", "受累器官数"),
)  # fmt: skip
ECOG = Input(
    name="ecog", words="ECOG", aliases=("ecog", "ecog ps", "performance status", "ps", "体力评分", "ecog评分"),
    read=ranked({rank: f"{rank}|ecog {rank}|ps {rank}|{rank}分" for rank in range(5)}),
)  # fmt: skip
CHILD_PUGH = Input(
    name="child_pugh", words="Child-Pugh class",
    aliases=("child pugh class", "child pugh", "child", "cp class", "child pugh grade", "child pugh分级", "肝功能分级"),
    read=ranked({
        1: "a|child a|child-pugh a|cp a|5|6|a5|a6|a级|1", 2: "b|child b|child-pugh b|cp b|7|8|9|b7|b8|b9|b级|2",
        3: "c|child c|child-pugh c|cp c|10|11|12|13|14|15|c级|3",
    }),
)  # fmt: skip
_PRESENT = ranked({0: "no|none|n|0|absent|negative|false|无|否|没有|-", 1: "yes|y|1|present|positive|true|有|是|+"})
INVASION = Input(
    name="invasion", words="macrovascular invasion", read=_PRESENT, assumed="no",
    aliases=("macrovascular invasion", "vascular invasion", "mvi macro", "pvtt", "portal vein thrombosis",
             "portal vein invasion", "portal invasion", "大血管侵犯", "门脉癌栓", "门静脉癌栓", "血管侵犯"),
)  # fmt: skip
SPREAD = Input(
    name="spread", words="extrahepatic spread", read=_PRESENT, assumed="no",
    aliases=("extrahepatic spread", "extrahepatic metastasis", "extrahepatic metastases", "extrahepatic disease", "ehs",
             "distant metastasis", "metastasis", "肝外转移", "远处转移"),
)  # fmt: skip
AGE = Input(
    name="age", words="age", aliases=("age", "age years", "age at diagnosis", "年龄"), possible=(0.0, 120.0),
)  # fmt: skip
