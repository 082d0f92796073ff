"""A saved study: the same numbers after opening, nobody named in it, and every damaged or made-up file refused."""

import hashlib
import io
import json
import math
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort import guards, study_parts
from core.cohort.cohort import Column, Table
from core.cohort.load import cohort_from_files, load_cohort
from core.cohort.study import open_study, study_bytes, versions
from core.cohort.study_parts import is_study, packed, unpacked
from core.cohort.study_tables import table_of, table_text
from core.errors import ReadError, SpecError
from core.reporting.as_json import as_json
from core.run import run
from core.spec import AnalysisSpec, CohortSpec

SAMPLES = Path(__file__).parents[3] / "sample_data"
DAY = "2026-01-31"
NAMES = ("Zhang Wei", "Li Na", "Wang Fang", "Liu Yang", "Chen Jie", "Yang Min", "Zhao Lei", "Huang Yan", "Zhou Tao")
ROWS = "".join(
    f"{name},{'ab'[i % 2]},1950-03-{i + 10},2020-01-{i + 10},2021-0{i % 6 + 1}-15,{1.1 * i},{i % 3 % 2},hello\n"
    for i, name in enumerate(NAMES)
)
WARD = f"Patient name,arm,Date of birth,first_dose,last_seen,os_months,os_event,note\n{ROWS}".encode()


def ward(**said):
    spec = CohortSpec(
        patients="ward.csv",
        roles={"patient_id": "Patient name"},
        endpoints={"OS": {"time": "os_months", "event": "os_event", "event_is": [1]}},
        **said,
    )
    return cohort_from_files({"ward.csv": WARD}, name="ward", spec=spec)


def asked(cohort, **said):
    return AnalysisSpec.model_validate(
        {"cohort": cohort.spec, "analyses": [{"id": "km", "kind": "kaplan_meier", "endpoint": "OS"}]} | said
    )


def saved(cohort, spec=None):
    return study_bytes(cohort, spec or asked(cohort), saved=DAY)


def text_in(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def again(content, change):
    """The study with some of its parts changed and the digests made to fit."""
    return packed(change(dict(unpacked(content, name="x"))))


class TestSameNumbers:
    @pytest.mark.parametrize("name", ["hifu_ici", "ablation_tace_net", "hcc_ablation"])
    def test_of_every_analysis_of_a_sample(self, name):
        spec = AnalysisSpec.from_file(SAMPLES / name / "spec.json")
        cohort = load_cohort(spec.cohort, base=SAMPLES / name, name=name)
        study = open_study(saved(cohort, spec), name="study.cohortscope")
        before = {key: as_json(value) for key, value in run(spec, cohort).items()}
        after = {key: as_json(value) for key, value in run(study.spec, study.cohort).items()}
        assert after == before
        pd.testing.assert_frame_equal(study.cohort.patients.frame, cohort.patients.frame, check_exact=True)
        assert study.cohort.patients.columns == cohort.patients.columns
        assert study.cohort.issues == cohort.issues
        assert (study.cohort.name, study.cohort.synthetic) == (name, True)
        assert study.cohort.saved is not None
        assert study.cohort.saved.digest == cohort.digest
        assert study.cohort.sources == cohort.sources

    def test_the_bytes_are_the_same_but_for_the_date(self):
        content = saved(ward())
        assert saved(ward()) == content
        study = open_study(content, name="x")
        assert saved(study.cohort, study.spec) == content
        other = study_bytes(ward(), asked(ward()), saved="2027-01-01")
        assert other != content
        assert open_study(other, name="x").cohort.digest == study.cohort.digest

    @settings(deadline=None)
    @given(
        st.lists(st.tuples(st.floats(), st.none() | st.text(), st.none() | st.datetimes()), min_size=1, max_size=30),
    )
    def test_any_value_comes_back_as_it_was(self, rows):
        numbers, texts, times = zip(*rows, strict=True)
        texts = np.array([*texts, None], dtype=object)[:-1]
        frame = pd.DataFrame(
            {
                "x": np.array(numbers, dtype=float),
                "t": texts,
                "d": np.array([np.datetime64(one or "NaT", "us") for one in times]),
                "c": pd.Categorical(
                    texts, categories=pd.Index(list(dict.fromkeys(t for t in texts if t)), dtype=object)
                ),
            }
        )
        kinds = {"x": "number", "t": "text", "d": "date", "c": "category"}
        columns = tuple(Column(name=n, kind=k, role=None, confidence=0.1, reason="") for n, k in kinds.items())
        table = Table(name="patients", frame=frame, row_numbers=tuple(range(2, len(rows) + 2)), columns=columns)
        if any("\ud800" <= letter <= "\udfff" for text in texts if text for letter in text):
            return  # no file can hold half a letter
        found = table_of(table_text(table), name="x")
        assert found.frame["x"].to_numpy().tobytes() == np.where(np.isnan(numbers), np.nan, numbers).tobytes()
        assert found.frame["t"].tolist() == texts.tolist()
        pd.testing.assert_series_equal(found.frame["d"], frame["d"])
        pd.testing.assert_series_equal(found.frame["c"], frame["c"])
        assert found.row_numbers == table.row_numbers
        assert found.columns == columns


class TestNobodyIsNamed:
    def test_what_was_left_out_is_not_in_the_file(self):
        content = saved(ward())
        for word in (*NAMES, "1950-03"):
            assert word not in text_in(content)
        study = open_study(content, name="x")
        assert study.cohort.patients.frame["Patient name"].tolist()[:2] == ["P001", "P002"]
        assert study.cohort.saved is not None
        assert len(study.cohort.saved.left_out) == 2
        assert "Date of birth" in study.cohort.saved.left_out[0] + study.cohort.saved.left_out[1]

    def test_nor_what_was_kept_on_this_computer(self):
        kept = ward(keep_identifiers=("Patient name", "Date of birth"))
        assert kept.patients.frame["Patient name"].tolist()[0] == NAMES[0]
        content = saved(kept)
        for word in (*NAMES, "1950-03"):
            assert word not in text_in(content)
        study = open_study(content, name="x")
        assert study.cohort.spec.keep_identifiers == ()
        assert as_json(run(study.spec, study.cohort)["km"]) == as_json(run(asked(kept), kept)["km"])

    def test_unless_an_analysis_needs_the_column(self):
        kept = ward(keep_identifiers=("Patient name", "Date of birth"))
        spec = asked(kept, filters=[{"column": "Date of birth", "op": ">", "value": "1950-03-12"}])
        study = open_study(saved(kept, spec), name="x")
        assert study.cohort.spec.keep_identifiers == ("Date of birth",)
        assert as_json(run(study.spec, study.cohort)["km"]) == as_json(run(spec, kept)["km"])
        assert NAMES[0] not in text_in(saved(kept, spec))

    def test_an_analysis_that_names_patients_is_not_saved(self):
        kept = ward(keep_identifiers=("Patient name",))
        spec = asked(kept, filters=[{"column": "Patient name", "op": "!=", "value": NAMES[0]}])
        with pytest.raises(SpecError, match="names the patients"):
            saved(kept, spec)

    def test_the_seed_of_shifted_dates_is_not_in_the_file(self):
        shifted = ward(shift_dates=917263)
        content = saved(shifted)
        assert "917263" not in text_in(content)
        study = open_study(content, name="x")
        assert study.cohort.spec.shift_dates is None
        assert study.cohort.patients.frame["first_dose"].equals(shifted.patients.frame["first_dose"])
        assert study.cohort.digest != open_study(saved(ward()), name="x").cohort.digest
        assert "dates-shifted" in [issue.code for issue in study.cohort.issues]

    def test_nor_what_stands_above_the_table_nor_the_folder(self, tmp_path):
        (tmp_path / "keller").mkdir()
        (tmp_path / "keller" / "ward.csv").write_bytes(b"Patients of Dr Maria Keller\n" + WARD)
        cohort = load_cohort(ward().spec.model_copy(update={"patients": "keller/ward.csv"}), base=tmp_path)
        assert "title-row" in [issue.code for issue in cohort.issues]
        assert "eller" not in text_in(saved(cohort))
        assert open_study(saved(cohort), name="x").cohort.spec.patients == "ward.csv"


class TestRefused:
    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"id,os\n1,2\n", WARD])
    def test_what_is_no_study(self, content):
        assert not is_study(content)
        with pytest.raises(ReadError, match=r"'a\.cohortscope' is not a saved Cohortscope study"):
            open_study(content, name="a.cohortscope")

    def test_one_changed_byte_anywhere(self):
        content = saved(ward())
        clean = open_study(content, name="x").cohort.patients.frame
        for at in range(0, len(content), 37):
            damaged = content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :]
            try:
                opened = open_study(damaged, name="x")
            except ReadError:
                continue
            assert opened.cohort.patients.frame.equals(clean)  # a byte that says nothing, such as a time

    def test_a_file_that_was_cut_short(self):
        content = saved(ward())
        for share in (0.3, 0.6, 0.99):
            with pytest.raises(ReadError, match="damaged"):
                open_study(content[: int(share * len(content))], name="x")

    def test_a_number_changed_by_hand(self):
        parts = unpacked(saved(ward()), name="x")
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(saved(ward()))) as archive, zipfile.ZipFile(buffer, "w") as other:
            for info in archive.infolist():
                other.writestr(info, archive.read(info).replace(b"8.8", b"9.9"))
        assert any(b"8.8" in part for part in parts.values())
        with pytest.raises(ReadError, match="digests"):
            open_study(buffer.getvalue(), name="x")

    @pytest.mark.parametrize("path", ["../patients.json", "/etc/passwd", "C:/x", "tables\\..\\x"])
    def test_a_part_with_a_path_of_its_own(self, path):
        with pytest.raises(ReadError, match="path of its own"):
            open_study(again(saved(ward()), lambda parts: parts | {path: b"x"}), name="x")

    def test_many_parts(self):
        with pytest.raises(ReadError, match="damaged"):
            open_study(again(saved(ward()), lambda p: p | {f"tables/{i}.json": b"" for i in range(20)}), name="x")

    def test_a_bomb(self, monkeypatch):
        bomb = again(saved(ward()), lambda parts: parts | {"tables/x.json": b" " * 30_000_000})
        assert len(bomb) < 100_000
        monkeypatch.setattr(study_parts, "free_megabytes", lambda: 100.0)
        with pytest.raises(ReadError, match="unfolds to 29 MB"):
            open_study(bomb, name="x")

    def test_more_cells_than_memory(self, monkeypatch):
        content = saved(ward())
        monkeypatch.setattr(guards, "free_megabytes", lambda: 1e-4)
        with pytest.raises(ReadError, match="9 rows by 7 columns"):
            open_study(content, name="x")

    def test_a_form_of_the_future_names_the_version(self):
        def later(parts):
            manifest = json.loads(parts["study.json"])
            manifest |= {"format": 2, "versions": manifest["versions"] | {"cohortscope": "9.1"}}
            return parts | {"study.json": json.dumps(manifest).encode()}

        with pytest.raises(ReadError, match=r"form 2 by Cohortscope 9\.1"):
            open_study(again(saved(ward()), later), name="x")

    @pytest.mark.parametrize("part", ["study.json", "analysis.json", "tables/patients.json"])
    @pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, b'{"format": 1}'])
    def test_parts_that_are_not_understood(self, part, text):
        with pytest.raises(ReadError):
            open_study(again(saved(ward()), lambda parts: parts | {part: text}), name="x")

    @pytest.mark.parametrize("values", [[1.0], ["x"] * 9, [[1]] * 9, [{}] * 9])
    def test_columns_that_do_not_fit(self, values):
        def change(parts):
            table = json.loads(parts["tables/patients.json"])
            table["columns"][-3] |= {"as": "numbers", "values": values}
            return parts | {"tables/patients.json": json.dumps(table).encode()}

        with pytest.raises(ReadError, match="not understood"):
            open_study(again(saved(ward()), change), name="x")


def test_other_versions_are_said(monkeypatch):
    content = saved(ward())
    now = versions()
    monkeypatch.setattr("core.cohort.study.versions", lambda: now | {"scipy": "99.0"})
    issue = open_study(content, name="x").cohort.issues[-1]
    assert issue.code == "other-versions"
    assert f"scipy {now['scipy']} (now 99.0)" in issue.message
    assert f"saved on {DAY}" in issue.message


def test_where_it_is_from():
    content = saved(ward())
    manifest = json.loads(unpacked(content, name="x")["study.json"])
    assert manifest["sources"] == [
        {"table": "patients", "file": "ward.csv", "sha256": hashlib.sha256(WARD).hexdigest()}
    ]
    assert manifest["versions"]["cohortscope"]
    assert manifest["saved"] == DAY


class TestAsCohortOfASpecification:
    def test_new_endpoints_of_a_saved_study(self, tmp_path):
        (tmp_path / "w.cohortscope").write_bytes(saved(ward()))
        endpoints = {"PFS": {"start": "first_dose", "event_date": "last_seen", "censor_date": "last_seen",
                             "event": "arm", "event_is": ["a"], "unit": "days"}}  # fmt: skip
        cohort = load_cohort(CohortSpec(patients="w.cohortscope", endpoints=endpoints), base=tmp_path)
        assert set(cohort.spec.endpoints) == {"OS", "PFS"}
        spec = AnalysisSpec.model_validate(
            {"cohort": cohort.spec, "analyses": [{"id": "x", "kind": "kaplan_meier", "endpoint": "PFS"}]}
        )
        assert as_json(run(spec, cohort)["x"])["groups"]["all"]["n_events"] == 5

    def test_nothing_else_can_be_said_of_it(self, tmp_path):
        (tmp_path / "w.cohortscope").write_bytes(saved(ward()))
        with pytest.raises(SpecError, match="'kinds' has no place"):
            load_cohort(CohortSpec(patients="w.cohortscope", kinds={"arm": "text"}), base=tmp_path)

    def test_a_study_that_is_not_there(self, tmp_path):
        with pytest.raises(ReadError, match="cannot be read"):
            load_cohort(CohortSpec(patients="w.cohortscope"), base=tmp_path)


def test_endpoint_rows_stay_those_of_the_file():
    table = ward().patients
    shifted = replace(table, row_numbers=tuple(number + 7 for number in table.row_numbers))
    assert table_of(table_text(shifted), name="x").row_numbers[0] == table.row_numbers[0] + 7
    assert math.isnan(table_of(table_text(_with_gap(table)), name="x").frame["os_months"][0])


def _with_gap(table):
    frame = table.frame.copy()
    frame.loc[0, "os_months"] = np.nan
    return replace(table, frame=frame)
