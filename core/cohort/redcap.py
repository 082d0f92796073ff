"""REDCap exports: choices of the data dictionary for codes, checkboxes as one cell, repeated instruments as tables."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from core.cohort import codebook
from core.cohort.cohort import RawTable
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.vocabulary import compact

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_ADMINISTRATIVE = (EVENT, INSTRUMENT, INSTANCE, "redcap_data_access_group", "redcap_survey_identifier")
_CHECKBOX = re.compile(r"(?P<field>.+?)___(?P<code>.+)")
_CHECKBOX_LABELLED = re.compile(r"(?P<field>.+?)\s*\(choice=(?P<code>.+)\)")
_CHECKED = {"1": True, "checked": True, "yes": True, "0": False, "unchecked": False, "no": False}
_FIELDS = {"variablefieldname": "field", "fieldname": "field", "fieldtype": "type", "fieldlabel": "label"}
_CHOICES = ("choicescalculationsorsliderlabels", "selectchoicesorcalculations")
_BY_TYPE = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
_TAGS = re.compile(r"<[^>]{0,200}>")


def is_dictionary(raw: RawTable) -> bool:
    """Whether a table is a REDCap data dictionary."""
    names = {compact(name) for name in raw.columns}
    return bool(names & {"variablefieldname", "fieldname"}) and {"fieldtype", "fieldlabel"} <= names


def is_export(raw: RawTable) -> bool:
    """Whether a table is an export of records with events or repeated instruments, or with checkboxes."""
    names = raw.columns
    return EVENT in names or INSTRUMENT in names or any(_checkbox(name) for name in names)


def instruments_in(raw: RawTable) -> dict[str | None, RawTable]:
    """One table of the records, and one per repeated instrument.

    Returns
    -------
    dict of instrument to RawTable
        None: the records themselves, one row each, with the fields of all their events.
    """
    names = raw.columns
    if INSTRUMENT not in names:
        return {None: _one_row_each(raw) if EVENT in names else raw}
    frame = raw.frame.reset_index(drop=True)
    found: dict[str | None, RawTable] = {}
    of = frame[INSTRUMENT]
    for instrument in [None, *of.dropna().unique()]:
        chosen = of.isna() if instrument is None else of == instrument
        if chosen.any():
            part = _rows(raw, np.flatnonzero(chosen.to_numpy()), drop=(INSTRUMENT, INSTANCE))
            found[instrument] = _one_row_each(part) if instrument is None and EVENT in names else part
    return found


def with_dictionary(raw: RawTable, dictionary: RawTable) -> RawTable:
    """The table with labels in place of the codes that a data dictionary explains, and its columns' labels."""
    plain = not is_dictionary(dictionary)
    known = codebook.entries(dictionary, raw.columns) if plain else _known(dictionary)
    frame, labels = raw.frame.copy(deep=False), dict(raw.labels)
    odd: dict[str, list[str]] = {}
    for column in frame.columns:
        checkbox = _CHECKBOX.fullmatch(str(column))
        field = checkbox["field"] if checkbox else str(column)
        if field not in known:
            continue
        label, choices = known[field]
        if label:
            labels[str(column)] = label
        if choices and not checkbox:
            texts = frame[column]
            frame[column] = [choices.get(_code(text), text) if text is not None else None for text in texts]
            if codebook.only_missing(choices):
                continue
            unknown = set(texts.dropna().map(_code)) - set(choices) - {c.casefold() for c in choices.values()}
            if unknown:
                odd[str(column)] = sorted(unknown)
    log = IssueLog("patients")
    for column, codes in odd.items():
        message = f"'{column}': {listed(codes)} stand in the data, but not among the dictionary's choices."
        log.add("unknown-choice", "warning", message, column=column, remedy="Correct the dictionary or the data.")
    if plain and (coded := [column for column, (_, choices) in known.items() if choices]):
        where = f"'{dictionary.sheet}'" if dictionary.sheet else "the codebook"
        message = (
            f"{counted(len(coded), 'column')} show the labels of {where} in place of their codes: {listed(coded)}."
        )
        log.add("codebook", "info", message, remedy="Correct the codebook where a label is wrong.")
    choices_of = {field: choices for field, (_, choices) in known.items() if choices}
    made = replace(raw, cells=frame, labels=labels, issues=(*raw.issues, *log.found))
    return gathered(made, choices_of)


def _code(text: str) -> str:
    """A code as a dictionary writes it: '1.0' of a spreadsheet is 1."""
    return text.casefold().removesuffix(".0")


def gathered(raw: RawTable, choices: dict[str, dict[str, str]] | None = None) -> RawTable:
    """The table with the checkboxes of one field in one column, the ticked choices joined by semicolons.

    Parameters
    ----------
    choices : dict of field to (code to label), optional
        From a data dictionary; without it the codes stand for themselves.
    """
    boxes: dict[str, list[tuple[str, str]]] = {}
    for name in raw.columns:
        if (found := _checkbox(name)) is not None and _is_ticked_or_not(raw.codes_of(name)[1]):
            boxes.setdefault(found[0], []).append((name, found[1]))
    boxes = {field: columns for field, columns in boxes.items() if field not in raw.columns}
    if not boxes:
        return raw
    series: dict[str, object] = {}
    labels = dict(raw.labels)
    place = {name: field for field, columns in boxes.items() for name, _ in columns}
    for name in raw.columns:
        field = place.get(name)
        if field is None:
            series[name] = raw.frame[name].to_numpy()
        elif field not in series:
            of_field = (choices or {}).get(field, {})
            series[field] = _joined(raw.frame, [(column, of_field.get(code, code)) for column, code in boxes[field]])
            labels.pop(name, None)
    log = IssueLog("patients")
    log.add(
        "checkboxes", "info",
        f"{counted(len(place), 'checkbox column')} became {counted(len(boxes), 'column')} that list what is ticked: "
        f"{listed(list(boxes))}.",
    )  # fmt: skip
    return replace(raw, cells=pd.DataFrame(series), labels=labels, issues=(*raw.issues, *log.found))


def _checkbox(name: str) -> tuple[str, str] | None:
    """Field and choice of a checkbox column: 'site___1', or 'Site (choice=Lung)' where labels were exported."""
    match = _CHECKBOX.fullmatch(name) or _CHECKBOX_LABELLED.fullmatch(name)
    return None if match is None else (match["field"], match["code"])


def _is_ticked_or_not(texts: list[str]) -> bool:
    return {text.casefold() for text in texts} <= set(_CHECKED)


def _joined(frame: pd.DataFrame, columns: list[tuple[str, str]]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """What is ticked in each row; None where no box was filled in, 'None' where none is ticked."""
    made = np.empty(len(frame), dtype=object)
    for i, cells in enumerate(zip(*(frame[name] for name, _ in columns), strict=True)):
        ticked = [label for (_, label), cell in zip(columns, cells, strict=True) if _is_ticked(cell)]
        made[i] = "; ".join(ticked) if ticked else None if all(cell is None for cell in cells) else "None"
    return made


def _is_ticked(cell: str | None) -> bool:
    return cell is not None and _CHECKED[cell.casefold()]


def _known(dictionary: RawTable) -> dict[str, tuple[str, dict[str, str]]]:
    """Label and choices of each field."""
    by_part: dict[str, str] = {}
    for name in dictionary.columns:
        part = _FIELDS.get(compact(name)) or ("choices" if compact(name) in _CHOICES else None)
        if part is not None:
            by_part.setdefault(part, name)
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for row in dictionary.frame.to_dict("records"):
        field, kind = row[by_part["field"]], (row[by_part["type"]] or "").casefold()
        if field:
            written = row.get(by_part.get("choices", ""))
            choices = _choices(written) if kind in ("radio", "dropdown", "checkbox") and written else {}
            found[field] = (" ".join(_TAGS.sub("", row[by_part["label"]] or "").split()), _BY_TYPE.get(kind, choices))
    return found


def _choices(written: str) -> dict[str, str]:
    """'1, Lung | 2, Bone' as code to label."""
    pairs = [part.partition(",") for part in re.split(r"\||\n", written) if part.strip()]
    return {code.strip().casefold(): _TAGS.sub("", label).strip() for code, comma, label in pairs if comma}


def _rows(raw: RawTable, positions: np.ndarray[tuple[int], np.dtype[np.int64]], *, drop: tuple[str, ...]) -> RawTable:
    """Some rows, with the columns that hold anything in them."""
    part = raw.frame.iloc[positions].reset_index(drop=True)
    kept = [name for name in part.columns if name not in drop and part[name].notna().any()]
    return replace(raw, cells=part[kept], row_numbers=tuple(raw.row_numbers[int(i)] for i in positions))


def _one_row_each(raw: RawTable) -> RawTable:
    """Events of a record in one row: a field filled in once keeps its name, later events have theirs in brackets."""
    record = raw.columns[0]
    frame = raw.frame.reset_index(drop=True)
    events = list(frame[EVENT].dropna().unique())
    if not frame[record].duplicated().any():
        return replace(raw, cells=frame.drop(columns=[EVENT]))
    records = list(dict.fromkeys(frame[record].dropna()))
    made: dict[str, object] = {record: np.array(records, dtype=object)}
    for name in [n for n in frame.columns if n not in (record, *_ADMINISTRATIVE)]:
        filled = [event for event in events if frame.loc[frame[EVENT] == event, name].notna().any()]
        for i, event in enumerate(filled):
            of = frame[frame[EVENT] == event].drop_duplicates(record).set_index(record)[name]
            values = np.empty(len(records), dtype=object)
            values[:] = [None if pd.isna(value) else value for value in of.reindex(records)]
            made[str(name) if i == 0 else f"{name} ({event})"] = values
    first = frame.drop_duplicates(record).dropna(subset=[record])
    log = IssueLog("patients")
    log.add("redcap-events", "info", f"The events {listed(events)} of each record stand in one row.")
    rows = tuple(raw.row_numbers[i] for i in first.index)
    return replace(raw, cells=pd.DataFrame(made), row_numbers=rows, issues=(*raw.issues, *log.found))
