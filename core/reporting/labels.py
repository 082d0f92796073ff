"""Names for people: column names and levels as a reader would write them."""

from __future__ import annotations

import re

_KNOWN = (
    "HIFU TACE TAE TARE SIRT RFA MWA SBRT ICI HCC NET AFP CEA CA19-9 Ki-67 ECOG BCLC ALBI WHO OS PFS RFS TTP LTP IDR",
    "EHR AE BMI PD-1 PD-L1 CTLA-4 CTCAE ALT AST INR MELD HBV HCV MRI CT ID ORR DCR DOR G1 G2 G3",
)
ACRONYMS = {word.casefold(): word for line in _KNOWN for word in line.split()} | {
    "ca199": "CA19-9",
    "ki67": "Ki-67",
    "pdl1": "PD-L1",
    "pd1": "PD-1",
    "hbsag": "HBsAg",
    "child": "Child",
    "pugh": "Pugh",
}
ENDPOINTS = {
    "OS": "overall survival",
    "PFS": "progression-free survival",
    "RFS": "recurrence-free survival",
    "DFS": "disease-free survival",
    "EFS": "event-free survival",
    "TTP": "time to progression",
    "LTP": "time to local tumour progression",
    "IDR": "time to intrahepatic distant recurrence",
    "EHR": "time to extrahepatic recurrence",
    "DOR": "duration of response",
}
YES = frozenset({"yes", "y", "true", "1", "是", "有"})
NO = frozenset({"no", "n", "false", "0", "否", "无"})


UNITS = {
    **{unit: unit for unit in ("years", "months", "weeks", "days", "mm", "cm", "kg")},
    "percent": "%",
    "pct": "%",
    "ml": "mL",
}


RATIO_UNITS = {
    ("g", "l"): "g/L",
    ("g", "dl"): "g/dL",
    ("mg", "l"): "mg/L",
    ("mg", "dl"): "mg/dL",
    ("ng", "ml"): "ng/mL",
    ("ug", "l"): "µg/L",
    ("u", "l"): "U/L",
    ("u", "ml"): "U/mL",
    ("iu", "ml"): "IU/mL",
    ("mmol", "l"): "mmol/L",
    ("umol", "l"): "µmol/L",
}


def column_label(name: str) -> str:
    """A column's name as a reader would write it: ``age_years`` is "Age (years)", ``n_organs`` "Number of organs"."""
    words = [word for word in re.split(r"[_\s]+", name.strip()) if word]
    if "_" in name and len(words) > 1:
        ratio = RATIO_UNITS.get((words[-2].casefold(), words[-1].casefold())) if len(words) > 2 else None
        if ratio is not None:
            words[-2:] = [f"({ratio})"]
        elif words[-1].casefold() in UNITS:
            words[-1] = f"({UNITS[words[-1].casefold()]})"
        if words[0].casefold() == "n":
            words[0] = "Number of"
    shown = " ".join(ACRONYMS.get(word.casefold(), word) for word in words)
    shown = re.sub(r"\bCA ?19 9\b", "CA19-9", re.sub(r"\bKi 67\b", "Ki-67", shown, flags=re.I), flags=re.I)
    return shown[:1].upper() + shown[1:] if shown and shown.split()[0] not in ACRONYMS.values() else shown


def endpoint_label(name: str) -> str:
    """An endpoint in words, lower case: ``OS`` is "overall survival"; an unknown name stays as it is."""
    return ENDPOINTS.get(name.upper(), name.replace("_", " "))


def level_label(column: str, value: str) -> str:
    """A level that stands alone: yes and no of a column become "HIFU" and "No HIFU"; others stay as they are."""
    label = column_label(column)
    if value.casefold() in YES:
        return label
    if value.casefold() in NO:
        return f"No {in_sentence(label)}"
    return value


def in_sentence(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it is an acronym or a name of capitals."""
    first = label.split(" ")[0]
    return label if first.casefold() in ACRONYMS or first.upper() == first else label[:1].lower() + label[1:]
