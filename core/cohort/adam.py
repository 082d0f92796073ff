"""CDISC ADaM: ADTTE's parameters become endpoints, ADRS's best response a column, ADAE its treatment-emergent events.

Names and rules are those of the ADaM Basic Data Structure for time-to-event analyses, version 1.0, and the ADaM
Implementation Guide, version 1.3: USUBJID names the patient, one row per patient and PARAMCD, AVAL is the time, CNSR is
0 where the event occurred and above 0 where it is censored (each number its own reason), ANL01FL marks the rows meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.cohort.cohort import RawTable
from core.cohort.dates import parse_dates
from core.cohort.identifiers import identifier_key
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.values import as_number
from core.spec import EndpointSpec, Unit

PATIENT, PARAMETER = "USUBJID", "PARAMCD"
_BEST = ("BOR", "BESTRSP", "OVRBEST", "CBOR")
_RESPONSES = frozenset((*_BEST, "OVR", "OVRLRESP", "RSP", "CRSP"))
_UNITS: dict[str, Unit] = {"day": "days", "week": "weeks", "month": "months", "year": "years"}
_DAYS: dict[Unit, float] = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}


def is_time_to_event(raw: RawTable) -> bool:
    """Whether a table is an ADTTE: one row per patient and parameter, with a time and a censoring flag."""
    return {PATIENT, PARAMETER, "AVAL", "CNSR"} <= set(_upper(raw))


def is_response(raw: RawTable) -> bool:
    """Whether a table is an ADRS: one row per patient, parameter and visit, with responses in words."""
    columns = _upper(raw)
    if not {PATIENT, PARAMETER, "AVALC"} <= set(columns) or "CNSR" in columns:
        return False
    return bool(_RESPONSES & set(raw.codes_of(columns[PARAMETER])[1]))


def is_subject_level(raw: RawTable) -> bool:
    """Whether a table is an ADSL: one row per patient with a treatment."""
    columns = _upper(raw)
    if PATIENT not in columns or PARAMETER in columns or not {"TRT01P", "TRT01A", "ARM"} & set(columns):
        return False
    return not pd.Series(raw.cells_of(columns[PATIENT])).duplicated().any()


def event_of(cnsr: Sequence[str | None]) -> list[str | None]:
    """CNSR turned round: '1' where the event occurred (CNSR 0), '0' where it is censored (any other number).

    Parameters
    ----------
    cnsr : sequence of str or None
        As written: '0', '1', '1.0', '2'; what is no number stays missing.
    """
    numbers = [None if text is None else as_number(text) for text in cnsr]
    return [None if number is None else "1" if number == 0 else "0" for number in numbers]


def one_row_each(raw: RawTable) -> RawTable:
    """The patients of a table with several rows each: first row of each, columns that never change within a patient."""
    patient = _upper(raw)[PATIENT]
    frame = raw.frame.reset_index(drop=True)
    varying = frame.groupby(patient, sort=False).nunique(dropna=False).gt(1).any()
    dropped = {name for name in varying.index if varying[name]} | {
        name for upper, name in _upper(raw).items() if upper in (PARAMETER, "PARAM", "AVAL", "CNSR", "ASEQ", "ADT")
    }
    first = frame[~frame[patient].duplicated() & frame[patient].notna()]
    kept = first[[name for name in frame.columns if name not in dropped]]
    rows = tuple(raw.row_numbers[i] for i in first.index)
    return replace(raw, cells=kept.reset_index(drop=True), row_numbers=rows)


def with_times(patients: RawTable, times: RawTable, log: IssueLog) -> tuple[RawTable, dict[str, EndpointSpec]]:
    """The patients with a time and an event column for each parameter of an ADTTE, and the endpoints these make.

    Parameters
    ----------
    patients : RawTable
        Names its patients in USUBJID.
    times : RawTable
        An ADTTE.
    log : IssueLog
        Of the table of times: patients unknown, rows that repeat a parameter, the unit taken.
    """
    columns = _upper(times)
    chosen = _analysed(times, columns, log)
    frame, endpoints = patients.frame.copy(deep=False), dict[str, EndpointSpec]()
    keys = [identifier_key(text) for text in patients.frame[_upper(patients)[PATIENT]]]
    reasons: list[str] = []
    for parameter, rows in chosen.groupby(columns[PARAMETER], sort=False):
        unit, why = _unit(rows, columns, str(parameter))
        time, event = f"{parameter} ({unit})", f"{parameter} event"
        of_patient = [identifier_key(text) for text in rows[columns[PATIENT]]]
        frame[time] = _looked_up(keys, of_patient, rows[columns["AVAL"]].tolist())
        frame[event] = _looked_up(keys, of_patient, event_of(rows[columns["CNSR"]].tolist()))
        endpoints[str(parameter)] = EndpointSpec(time=time, event=event, event_is=("1",), unit=unit)
        reasons.append(f"{_said(rows, columns, str(parameter))} in {unit} ({why})")
    log.add(
        "adam-endpoints", "info",
        f"Each PARAMCD became an endpoint: {'; '.join(reasons)}. CNSR 0 is the event, any other number is censored.",
        remedy="Correct the unit of an endpoint if it is another one.",
    )  # fmt: skip
    return replace(patients, cells=frame), endpoints


def with_best_response(patients: RawTable, responses: RawTable, log: IssueLog) -> RawTable:
    """The patients with the best overall response of an ADRS (PARAMCD BOR, and CBOR where it is confirmed)."""
    columns = _upper(responses)
    chosen = _analysed(responses, columns, log)
    frame = patients.frame.copy(deep=False)
    keys = [identifier_key(text) for text in patients.frame[_upper(patients)[PATIENT]]]
    found = [code for code in _BEST if (chosen[columns[PARAMETER]] == code).any()]
    for code in found:
        rows = chosen[chosen[columns[PARAMETER]] == code]
        name = "Confirmed best response" if code == "CBOR" else "Best response"
        if name not in frame.columns:
            of_patient = [identifier_key(text) for text in rows[columns[PATIENT]]]
            frame[name] = _looked_up(keys, of_patient, rows[columns["AVALC"]].tolist())
            log.add("adam-response", "info", f"'{name}' of each patient was taken from PARAMCD {code}.", column=name)
    if not found:
        codes = listed(sorted(chosen[columns[PARAMETER]].dropna().unique()))
        log.add("adam-no-best-response", "info", f"No PARAMCD is a best overall response; there are {codes}.")
    return replace(patients, cells=frame)


def treatment_emergent(raw: RawTable) -> RawTable:
    """Adverse events that began under treatment (TRTEMFL is Y), the others left out and said; any table without it."""
    column = _upper(raw).get("TRTEMFL")
    if column is None or not (is_emergent := raw.cells_of(column) == "Y").any():
        return raw
    log = IssueLog("adverse_events")
    if not is_emergent.all():
        rows = np.asarray(raw.row_numbers)[~is_emergent].tolist()
        log.add(
            "not-treatment-emergent", "info",
            f"{counted(len(rows), 'adverse event')} that did not begin under treatment (TRTEMFL is not Y) left out.",
            column=column, rows=rows, remedy="Delete the column TRTEMFL to count every event.",
        )  # fmt: skip
    return replace(
        raw,
        cells=raw.frame[is_emergent].reset_index(drop=True),
        row_numbers=tuple(np.asarray(raw.row_numbers)[is_emergent].tolist()),
        issues=(*raw.issues, *log.found),
    )


def _upper(raw: RawTable) -> dict[str, str]:
    """Columns by their CDISC name, however it is written."""
    return {name.upper(): name for name in raw.columns}


def _analysed(raw: RawTable, columns: dict[str, str], log: IssueLog) -> pd.DataFrame:
    """The rows meant for analysis, one per patient and parameter (responses by visit may repeat and are not taken)."""
    frame = raw.frame.reset_index(drop=True)
    flag = columns.get("ANL01FL")
    if flag is not None and (frame[flag] == "Y").any():
        frame = frame[frame[flag] == "Y"]
    repeated = frame.duplicated([columns[PATIENT], columns[PARAMETER]], keep="first")
    if repeated.any() and "CNSR" in columns:
        rows = [raw.row_numbers[i] for i in frame.index[repeated]]
        log.add(
            "adam-repeated", "warning",
            f"{counted(len(rows), 'row')} with a patient and PARAMCD that stand above already; the first row counts.",
            rows=rows, remedy="Mark the rows meant with ANL01FL.",
        )  # fmt: skip
    return frame[~repeated & frame[columns[PARAMETER]].notna()]


def _looked_up(
    keys: list[str | None], of_patient: list[str | None], values: list[str | None]
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    known = dict(zip(of_patient, values, strict=True))
    made = np.empty(len(keys), dtype=object)
    made[:] = [None if key is None else known.get(key) for key in keys]
    return made


def _said(rows: pd.DataFrame, columns: dict[str, str], parameter: str) -> str:
    """The parameter with its name in full: 'OS, Overall Survival'."""
    full = rows[columns["PARAM"]].dropna() if "PARAM" in columns else rows.iloc[:0, 0]
    return f"{parameter}, {full.iloc[0]}," if len(full) else parameter


def _unit(rows: pd.DataFrame, columns: dict[str, str], parameter: str) -> tuple[Unit, str]:
    """Unit of AVAL and why: AVALU, the parameter's name, the dates beside it, or days."""
    for source, why in (("AVALU", "AVALU says so"), ("PARAM", "PARAM says so")):
        text = str(rows[columns[source]].dropna().head(1).squeeze()).casefold() if source in columns else ""
        found = next((unit for word, unit in _UNITS.items() if word in text), None)
        if found is not None:
            return found, why
    if {"ADT", "STARTDT"} <= set(columns):
        start, end = (parse_dates(rows[columns[name]].fillna("").tolist()).value for name in ("STARTDT", "ADT"))
        days = (end - start).astype("float64") + 1.0  # AVAL = ADT - STARTDT + 1
        days[np.isnat(end) | np.isnat(start)] = np.nan
        time = pd.to_numeric(rows[columns["AVAL"]], errors="coerce").to_numpy(dtype=np.float64)
        for unit, size in _DAYS.items():
            close = np.abs(time * size - days) <= 1.5
            if close.sum() >= 0.9 * max(1, np.isfinite(time * days).sum()):
                return unit, "as ADT and STARTDT show"
    return "days", "AVALU is not given"
