"""Names of columns as a reader would write them: acronyms, units, no underscores.

Belongs here: one column's name to a label. Does not belong here: names of endpoints and levels
(``core.reporting.labels``).
"""

from __future__ import annotations

import re

_KNOWN = (
    "HIFU TACE TAE TARE SIRT RFA MWA SBRT ICI HCC NET AFP CEA CA19-9 Ki-67 ECOG BCLC ALBI WHO OS PFS RFS TTP LTP IDR",
    "EHR AE BMI PD-1 PD-L1 CTLA-4 CTCAE ALT AST INR MELD HBV HCV MRI CT ID ORR DCR DOR G1 G2 G3",
    "HSP90 CD133 EpCAM VEGF CRP LDH GGT ALP NSE PIVKA-II",
)
ACRONYMS = {word.casefold(): word for line in _KNOWN for word in line.split()} | {
    "ca199": "CA19-9",
    "ki67": "Ki-67",
    "pdl1": "PD-L1",
    "pd1": "PD-1",
    "ctla4": "CTLA-4",
    "hbsag": "HBsAg",
    "child": "Child",
    "pugh": "Pugh",
}
_APART = {"ca 19 9": "CA19-9", "ca19 9": "CA19-9", "ki 67": "Ki-67", "pd l1": "PD-L1", "pd 1": "PD-1",
          "ctla 4": "CTLA-4", "child pugh": "Child-Pugh"}  # fmt: skip
_JOINED = re.compile(rf"\b({'|'.join(_APART)})\b", re.IGNORECASE)

UNITS = {
    **{unit: unit for unit in ("years", "months", "weeks", "days", "hours", "minutes", "seconds", "mm", "cm", "kg")},
    "percent": "%",
    "pct": "%",
    "ml": "mL",
    "mm2": "mm²",
    "cm2": "cm²",
    "mm3": "mm³",
    "cm3": "cm³",
    "kpa": "kPa",
    "mmhg": "mmHg",
}
_LETTER_UNITS = {("time", "s"): "s", ("duration", "s"): "s", ("power", "w"): "W", ("energy", "j"): "J"}
"""One letter is a unit only after what it measures: ``stage_s`` is no time."""

_COUNTS = {"10e9": "10⁹", "10e12": "10¹²", "10e3": "10³", "10e6": "10⁶"}
_AMOUNTS = {
    **{unit: unit for unit in ("g", "mg", "ng", "pg", "mol", "mmol", "nmol", "pmol")},
    "ug": "µg", "umol": "µmol", "u": "U", "iu": "IU", "miu": "mIU", "ku": "kU", "mu": "mU", "au": "AU", **_COUNTS,
}  # fmt: skip
_VOLUMES = {"l": "L", "dl": "dL", "ml": "mL", "ul": "µL"}
RATIO_UNITS = {(part, whole): f"{a}/{b}" for part, a in _AMOUNTS.items() for whole, b in _VOLUMES.items()} | {
    ("mg", "g"): "mg/g",
    ("mg", "mmol"): "mg/mmol",
    ("mg", "kg"): "mg/kg",
    ("kg", "m2"): "kg/m²",
    ("ml", "min"): "mL/min",
}


def column_label(name: str) -> str:
    """A column's name as a reader would write it: ``age_years`` is "Age (years)", ``n_organs`` "Number of organs"."""
    words = [word for word in re.split(r"[_\s]+", name.strip()) if word]
    if "_" in name and len(words) > 1:
        words = _with_unit(words)
        if words[0].casefold() == "n":
            words[0] = "Number of"
    shown = " ".join(ACRONYMS.get(word.casefold(), word) for word in words)
    shown = _JOINED.sub(lambda found: _APART[found[0].casefold()], shown)
    return shown[:1].upper() + shown[1:] if shown and shown.split()[0] not in ACRONYMS.values() else shown


def _with_unit(words: list[str]) -> list[str]:
    """The words with a unit at their end as a reader writes it, in brackets."""
    pair = (words[-2].casefold(), words[-1].casefold())
    if len(words) > 2 and pair in RATIO_UNITS:
        return [*words[:-2], f"({RATIO_UNITS[pair]})"]
    unit = _LETTER_UNITS.get(pair) or UNITS.get(pair[1])
    return [*words[:-1], f"({unit})"] if unit else words
