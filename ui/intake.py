"""From dropped files to a draft cohort; what was loaded before stays until the new one is confirmed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import PurePath

from core.cohort.cohort import Cohort
from core.cohort.load import cohort_from_files, with_spec
from core.cohort.pasted import pasted_file
from core.errors import CohortError, ReadError
from core.spec import AnalysisSpec, CohortSpec
from ui import (
    analysis_file,
    cohorts,
    derive,
    draft_findings,
    encoding,
    event_columns,
    ledger,
    left_out,
    loading,
    mapping,
    preview,
    remembered,
    report_kept,
    safety_view,
    sheets,
    state,
    study_file,
    tables,
    unify,
)
from ui.grouping import default_group
from ui.screen import st
from ui.selection import UPLOAD
from ui.team import shelf, store, uploading


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """What was dropped: a cohort to confirm, a saved analysis, or both; and when its mapping was remembered."""

    digest: str
    cohort: Cohort | None
    saved: AnalysisSpec | None
    remembered: str | None = None


_HERE = ("", "", "")  # on this computer nothing is asked
_MANY = 100_000  # patients; with fewer it is done before anything could be shown
TYPES = [
    *("csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods", "html", "htm", "xml"),
    *("sav", "zsav", "dta", "sas7bdat", "xpt", "parquet", "pzfx", "json", "cohortscope"),
]


def pasted(text: str) -> list[tuple[str, bytes]]:
    """A pasted table as a file, none where nothing was pasted or, with a message, where it is no table."""
    if not text.strip():
        return []
    try:
        return [pasted_file(text)]
    except CohortError as error:
        _say(error)
        return []


def draft(
    files: Sequence[tuple[str, bytes]], sheets: Mapping[str, str] | None = None, *, encoding: str | None = None
) -> Cohort | None:
    """The cohort that the files hold, read once; None with a message where they cannot be read.

    Parameters
    ----------
    files : sequence of (name, content)
    sheets : dict of table to ``file#sheet``, optional
        Chosen by the user; wins over what the sheets look like.
    encoding : str, optional
        Of text files that are not Unicode, where the user chose another than the one found.

    Notes
    -----
    A saved analysis dropped with its data sets roles and endpoints; dropped alone it is opened on a cohort that is
    already loaded.
    """
    if not files:
        loading.forget()
        loading.forget_digests()
        return None
    said = dict(sheets or {}) | ({} if encoding is None else {"encoding": encoding})
    digest = _digest([*files, *((key, value.encode()) for key, value in said.items())])
    known: Draft | None = st.session_state.get("draft")
    if known is None or known.digest != digest:
        try:
            known = _read(digest, files, said)
        except CohortError as error:
            loading.say(error)
            return None
        if known is None:  # it is being read, or was not
            return None
        st.session_state["draft"] = known
    return known.cohort


def _digest(files: Sequence[tuple[str, bytes]]) -> str:
    parts = "".join(f"{name}\0{loading.digest_of(content)}\0" for name, content in files)
    return hashlib.sha256(parts.encode()).hexdigest()


def _read(digest: str, files: Sequence[tuple[str, bytes]], said: Mapping[str, str]) -> Draft | None:
    """What the files hold; None while they are read in the background, or where that was ended."""
    study = study_file.among(files)
    if study is not None:
        return Draft(digest=digest, cohort=study.cohort, saved=study.spec)
    saved, data = analysis_file.told_apart(files)
    if saved is not None and not data:
        name = analysis_file.cohort_that_fits(saved, state.current().cohort)
        state.replace(analysis_file.selection_of(saved, name))
        ledger.open_saved(name, saved.looks)
        report_kept.open_saved(name, saved)
        safety_view.reopen(saved)
        return Draft(digest=digest, cohort=None, saved=saved)
    twice = [name for name, n in Counter(name for name, _ in data).items() if n > 1]
    if twice:
        raise ReadError(f"Two files are called '{twice[0]}'.", hint="Give one of them another name.")
    spec = None if saved is None else saved.cohort
    if said:  # without a name of the patients' file they are told apart by looks
        spec = (spec or CohortSpec(patients="")).model_copy(update=dict(said))
    if not loading.is_large(data):
        loading.forget()
        return _recognised(digest, data, spec, saved)
    known_sheets = sheets.listed()

    def work() -> Draft:
        sheets.learn(known_sheets, data)  # the menu of sheets needs them, and a large workbook takes long
        return _recognised(digest, data, spec, saved)

    return loading.made(digest, work, name=data[0][0])


def _recognised(
    digest: str, data: Sequence[tuple[str, bytes]], spec: CohortSpec | None, saved: AnalysisSpec | None
) -> Draft:
    cohort = cohort_from_files(dict(data), name=PurePath(data[0][0]).stem, spec=spec)
    cohort, date = remembered.applied(cohort) if saved is None else (cohort, None)
    return Draft(digest=digest, cohort=cohort, saved=saved, remembered=date)


def _say(error: CohortError) -> None:
    st.error(tables.escaped(error.message))
    if error.hint:
        st.markdown(tables.escaped(error.hint))


def confirm(cohort: Cohort, *, files: Sequence[tuple[str, bytes]] = (), where: tuple[str, str, str] = _HERE) -> bool:
    """Make the draft the cohort on screen; a saved analysis dropped with it sets what the pages look at.

    In a team it is saved to the project first, as ``where`` says, and the saved copy is looked at; whether it was.
    """
    known: Draft | None = st.session_state.get("draft")
    name = UPLOAD
    if store.is_team():
        group = default_group(cohort)
        spec = AnalysisSpec(cohort=cohort.spec, group=group) if known is None or known.saved is None else known.saved
        made = uploading.keep(cohort, spec, dict(files), where=where)
        if made is None:
            return False
        name = shelf.name_of(made.id)
    else:
        cohorts.keep_upload(cohort)
        remembered.keep(cohort)
        encoding.keep(files, cohort.spec.encoding)
    if known is not None and known.saved is not None:
        state.replace(analysis_file.selection_of(known.saved, name))
        ledger.open_saved(name, known.saved.looks)
        report_kept.open_saved(name, known.saved)
        safety_view.reopen(known.saved)
    else:
        state.replace(cohorts.default_selection(name))
    return True


def opened_saved_analysis(files: Sequence[tuple[str, bytes]]) -> bool:
    """Whether the files are a saved analysis that a loaded cohort answers."""
    known: Draft | None = st.session_state.get("draft")
    return known is not None and known.cohort is None and known.digest == _digest(files)


def retyped(base: Cohort) -> Cohort | None:
    """The draft with the kinds that were chosen in its list of columns; None with a message where one does not fit."""
    kinds = preview.kinds_said(base)
    if kinds == base.spec.kinds:
        return base
    return checked(base, _recognised_anew(base).model_copy(update={"kinds": kinds}))


def valued(base: Cohort) -> Cohort:
    """The draft with the values unified and the variables derived that are ticked on the page."""
    clean = unify.chosen(base)
    unified = base
    if clean != base.spec.clean:
        unified = checked(base, _recognised_anew(base).model_copy(update={"clean": clean})) or base
    derived = derive.chosen(unified)
    if derived == unified.spec.derived:
        return unified
    said = _recognised_anew(unified).model_copy(update={"derived": derived, "clean": unified.spec.clean})
    return checked(unified, said) or unified


def protected(base: Cohort) -> Cohort:
    """The draft with the columns that the user keeps although they could name a person, dates shifted on request."""
    said = left_out.said(base)
    if said == base.spec:
        return base
    chosen = {"keep_identifiers": said.keep_identifiers, "shift_dates": said.shift_dates}
    return checked(base, _recognised_anew(base).model_copy(update=chosen)) or base


def graded(base: Cohort) -> Cohort:
    """The draft with columns read as adverse events or lesions, or left as they are, as the user says."""
    said = event_columns.said(base)
    if said == base.spec:
        return base
    chosen = {key: getattr(said, key) for key in ("grade_columns", "event_columns", "lesion_columns")}
    return checked(base, _recognised_anew(base).model_copy(update=chosen)) or base


def corrected(base: Cohort) -> Cohort:
    """The draft with cells put right by hand and rows entered twice left out, as said below its findings."""
    said = {key: getattr(draft_findings.said(base), key) for key in ("corrections", "repeated_rows")}
    if all(getattr(base.spec, key) == value for key, value in said.items()):
        return base
    return checked(base, _recognised_anew(base).model_copy(update=said)) or base


def remembered_notice(base: Cohort) -> None:
    """Say so where the mapping is one that was confirmed before."""
    known: Draft | None = st.session_state.get("draft")
    remembered.notice(base, None if known is None else known.remembered)


def _recognised_anew(base: Cohort) -> CohortSpec:
    """The draft's specification with roles and endpoints that a file or the memory says, others open."""
    known: Draft | None = st.session_state.get("draft")
    if known is not None and known.saved is not None:
        saved = known.saved.cohort
        return base.spec.model_copy(update={"roles": saved.roles, "endpoints": saved.endpoints})
    if known is not None and known.remembered is not None:
        return base.spec
    return base.spec.model_copy(update={"roles": {}, "endpoints": {}})


def checked(cohort: Cohort, spec: CohortSpec) -> Cohort | None:
    """The draft read and checked again as the user says, made once; None with a message where that cannot be."""
    if spec == cohort.spec and not mapping.is_answered(cohort):  # a guess that was confirmed is one no more
        return cohort
    made: dict[tuple[str, str], Cohort] = st.session_state.setdefault("draft_again", {})
    key = (cohort.digest, spec.model_dump_json())
    if key not in made:
        try:
            with st.spinner("Checking the patients again ...") if cohort.n >= _MANY else nullcontext():
                again = with_spec(cohort, spec)
        except CohortError as error:
            _say(error)
            return None
        for oldest in list(made)[:-5]:
            del made[oldest]
        made[key] = again
    return made[key]
