"""The catalogue: one JSON file per area, English template to its translation, empty where none is made yet.

Belongs here: which file holds a template, reading and completing the files. Does not belong here: finding templates
(``extract``), using them (``translate``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

from core.reporting.language.templates import places

FOLDER = Path(__file__).parent
COMPOSED = "composed"  # templates of what several modules write together; not looked for in the source
_CORE = "core/reporting/"
AREAS: Mapping[str, tuple[str, ...]] = {
    "survival_text": tuple(
        _CORE + name for name in ("survival_*", "sentences.py", "comparison_tables.py", "all_tests_table.py",
        "conventions_report.py", "endpoint_sentence.py", "early_late_table.py", "two_hazards_sentence.py")
    ),
    "hazards_text": tuple(
        _CORE + name for name in ("cox_*", "model_*", "regression_methods.py", "hazard_cells.py", "subgroup_*",
        "interaction_table.py", "imputation_*", "proportionality_*", "e_value_table.py")
    ),
    "adjusted_text": tuple(_CORE + name for name in ("adjusted_*", "cut_point_*", "quantile_groups*")),
    "safety_text": tuple(_CORE + name for name in ("adverse_event_*", "exposure_report.py")),
    "patients_text": tuple(
        _CORE + name for name in ("baseline_*", "response_*", "treatment_*", "dose_*", "courses_report.py",
        "profile_report.py", "lab_report.py")
    ),
    "recurrence_text": tuple(_CORE + name for name in ("incidence_*", "lesion_*", "state_*")),
    "bias_text": tuple(_CORE + name for name in ("balance_*", "bias_methods.py", "immortal_time_*")),
    "report_text": ("core/reporting/*",),
    "reading": tuple(
        f"core/cohort/{name}.py" for name in ("file_kind", "read", "guards", "delimited", "markup", "workbook*",
        "sources", "records", "redcap", "adam", "prism", "pasted", "statistics_files", "stata", "spss", "sas",
        "parquet", "encodings", "study*", "assemble", "joining", "background", "separate_process", "header", "load",
        "mapping_memory", "data_cut", "cut_difference", "letters", "progress")
    ),
    "columns": tuple(
        f"core/cohort/{name}.py" for name in ("recognise", "roles", "looks", "kinds", "column_*", "event_values",
        "values", "dates", "session_*", "response_words", "spellings", "missing", "grades", "identifiers",
        "wide_events", "lab_columns", "lesion_columns", "vocabulary", "decode", "numbers", "written*")
    ),
    "derived": tuple(f"core/cohort/{name}.py" for name in ("derived*", "endpoint*")),
    "checks": ("core/cohort/*",),
    "estimates": ("core/survival/*", "core/timetoevent.py", "core/contingency.py", "core/proportions/*"),
    "models": ("core/regression/*",),
    "comparisons": ("core/bias/*", "core/safety/*", "core/patients/*"),
    "answers": ("core/answers/*", "core/errors.py", "core/spec*", "core/run.py", "core/data_cuts.py", "core/result.py"),
    "evidence": ("core/evidence/*",),
    "team": ("team/*",),
    "ui_team": ("ui/team/*", "pages/team/*", "ui/permits.py"),
    "ui_charts": ("ui/charts/*",),
    "ui_cohort": tuple(
        f"ui/{name}.py" for name in ("about", "analysis_file", "cohorts", "data_cuts", "derive", "encoding",
        "endpoint_builder", "flow", "event_columns", "intake", "ledger", "left_out", "loading", "mapping*", "preview",
        "quality", "remembered", "sheets", "study_file", "unify", "recognised*")
    ),
    "ui_patients": tuple(
        f"ui/{name}.py" for name in ("baseline*", "profile", "response", "treatment", "safety*", "over_time*")
    ),
    "ui_survival": tuple(
        f"ui/{name}.py" for name in ("survival*", "hazards*", "adjusted*", "cut_point", "subgroups", "conventions",
        "comparison_options", "model_*", "proportionality", "imputed_values", "first_factors", "biomarkers",
        "competing*", "states", "lesions", "balance*", "immortal_time*")
    ),
    "ui_frame": ("ui/*", "pages/*", "dashboard.py"),
}  # fmt: skip


def area_of(path: str) -> str:
    """The area of a source file, which is the name of its catalogue file."""
    return next((area for area, patterns in AREAS.items() if any(fnmatch(path, one) for one in patterns)), "other")


def by_area(found: Mapping[str, str]) -> dict[str, list[str]]:
    """Templates of each area, in the order of the source, from templates and their files."""
    areas: dict[str, list[str]] = {}
    for text, path in found.items():
        areas.setdefault(area_of(path), []).append(text)
    return areas


def read(language: str, area: str) -> dict[str, str]:
    """One file of the catalogue; empty where there is none."""
    path = FOLDER / language / f"{area}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def write(language: str, area: str, texts: Mapping[str, str]) -> None:
    """Write one file of the catalogue."""
    path = FOLDER / language / f"{area}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def areas(language: str) -> list[str]:
    """The files there are."""
    return sorted(path.stem for path in (FOLDER / language).glob("*.json"))


@lru_cache(maxsize=4)
def translations(language: str) -> dict[str, str]:
    """Every translated template of a language; what several modules write together goes first."""
    texts: dict[str, str] = {}
    for area in [COMPOSED, *(area for area in areas(language) if area != COMPOSED)]:
        for english, translated in read(language, area).items():
            if translated and set(places(translated)) <= set(places(english)):  # a broken one is a test's affair
                texts.setdefault(english, translated)
    return texts


def everything(language: str) -> dict[str, dict[str, str]]:
    """Every file with all its entries, translated or not."""
    return {area: read(language, area) for area in areas(language)}


def completed(language: str, wanted: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
    """Files with every wanted template, translations kept wherever they stand now, what is no more left out."""
    there = everything(language)
    known = {english: text for area in there if area != COMPOSED for english, text in there[area].items() if text}
    return {area: {english: known.get(english, "") for english in texts} for area, texts in wanted.items()}
