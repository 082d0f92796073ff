"""What a file may try: to unfold without end, to read others, to run in a spreadsheet, to fill memory, to be logged.

Each guard is met from the outside, by a whole file that tries it; ``tests/core/cohort/test_guards.py`` has the parts.
"""

import ast
import csv
import io
import logging
import resource
import zipfile
from pathlib import Path

import pytest

from core.__main__ import main
from core.cohort import guards
from core.cohort.load import cohort_from_files, with_spec
from core.errors import ReadError
from core.reporting.baseline_report import baseline_report
from core.reporting.delimited import csv_bytes
from core.reporting.excel import excel_bytes
from core.reporting.quality_tables import problem_table
from core.run import run
from core.spec import AnalysisSpec
from tests.core.cohort.statistics_samples import made, pzfx
from tests.core.cohort.tables import delimited
from tests.core.cohort.workbooks import ods, xlsx
from tests.intake.corpus import PRISM, coded, english, excel_2003, repacked

ROOT = Path(__file__).resolve().parents[2]
EN = english()
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "%s"><!ENTITY b SYSTEM "file:///etc/hostname">]>' % (b"ha" * 50)


def with_entities(xml):
    """A document that declares entities, behind its first line."""
    head, mark, rest = xml.partition(b"?>")
    return head + mark + ENTITIES + rest if mark else ENTITIES + xml


def refused(content, name="study.xlsx"):
    with pytest.raises(ReadError) as caught:
        cohort_from_files({name: content}, name="study")
    assert name in caught.value.message
    assert caught.value.hint
    return caught.value.message


class TestUnfolding:
    def test_a_zip_bomb_is_refused_before_it_unfolds(self):
        buffer = io.BytesIO(xlsx({"S": EN}))
        with (
            zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
            package.open("xl/media/a.xml", "w", force_zip64=True) as part,
        ):
            for _ in range(1100):
                part.write(bytes(1024**2))
        content = buffer.getvalue()
        assert len(content) < 6 * 1024**2
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert "unfolds to more than 1 GB" in refused(content)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024

    @pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
    def test_entities_in_a_workbook(self, part):
        assert "declares XML entities" in refused(repacked(xlsx({"S": EN}), {part: with_entities}))

    def test_entities_in_other_kinds(self):
        assert "declares XML entities" in refused(repacked(ods({"S": EN}), {"content.xml": with_entities}), "s.ods")
        assert "declares XML entities" in refused(with_entities(pzfx(PRISM)), "s.pzfx")
        assert "declares XML entities" in refused(with_entities(excel_2003(EN)), "s.xml")

    def test_entities_in_a_sheet_are_not_unfolded(self):
        """The reader of sheets knows no entities of a document: nothing of them reaches a cell."""
        evil = repacked(xlsx({"S": EN}), {"xl/worksheets/sheet1.xml": with_entities})
        try:
            cohort = cohort_from_files({"study.xlsx": evil}, name="study")
        except ReadError:
            return
        assert "haha" not in cohort.patients.frame.to_csv()


class TestMemory:
    @pytest.mark.parametrize("kind", ["csv", "quoted csv", "xlsx", "sav", "parquet"])
    def test_a_table_that_memory_cannot_hold(self, kind, monkeypatch):
        rows = [EN[0], *([f"P{i}", "male", 40, "HIFU", 3, 1] for i in range(3000))]
        contents = {
            "csv": lambda: delimited(rows),
            "quoted csv": lambda: delimited([["note, quoted", *row] for row in rows]),
            "xlsx": lambda: xlsx({"S": rows}),
            "sav": lambda: made("sav", coded()),
            "parquet": lambda: made("parquet", coded()),
        }
        content = contents[kind]()
        monkeypatch.setattr(guards, "free_megabytes", lambda: 0.0)
        with pytest.raises(ReadError, match="memory"):
            cohort_from_files({f"study.{kind.split()[-1]}": content}, name="study")

    def test_more_bytes_than_are_read(self, monkeypatch):
        monkeypatch.setattr("core.cohort.read.MAX_BYTES", 100)
        assert "at most 0 MB are read" in refused(delimited(EN), "study.csv")


FORMULAS = [
    "=cmd|'/c calc'!A1",
    "+1+cmd|'/c calc'!A1",
    "-2+3+cmd|'/c calc'!A1",
    "@SUM(1+1)*cmd|'/c calc'!A1",
    '=HYPERLINK("http://x")',
]


class TestExport:
    """Nothing that is downloaded starts a formula, though the file that was loaded is full of them."""

    def cohort(self):
        rows = [[*EN[0], FORMULAS[0]], *([*row, FORMULAS[i % 5]] for i, row in enumerate(EN[1:]))]
        rows[3][2], rows[4][2], rows[5][0] = FORMULAS[1], FORMULAS[2], FORMULAS[3]
        return cohort_from_files({"study.csv": delimited(rows)}, name="study")

    def tables(self):
        cohort = self.cohort()
        spec = AnalysisSpec.model_validate(
            {
                "cohort": cohort.spec.model_dump(),
                "analyses": [{"id": "t", "kind": "baseline", "variables": [FORMULAS[0], "age"]}],
            }
        )
        return [problem_table(cohort), baseline_report(run(spec, cohort)["t"])]

    @pytest.mark.parametrize("values", [False, True])
    def test_csv(self, values):
        for table in self.tables():
            text = csv_bytes(table, values=values).decode("utf-8-sig")
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
            assert any("cmd" in cell for cell in cells)
            assert not [cell for cell in cells if cell.strip(" \u2003").startswith(("=", "+", "@", "-2+3"))]

    def test_excel(self):
        for table in self.tables():
            with zipfile.ZipFile(io.BytesIO(excel_bytes(table))) as package:
                parts = {name: package.read(name) for name in package.namelist()}
            assert any(b"cmd" in part for part in parts.values())
            sheets = [part for name, part in parts.items() if name.startswith("xl/worksheets/")]
            assert not [part for part in sheets if b"<f>" in part or b"<f " in part or b"<hyperlink" in part]


SECRETS = ("Maximiliane", "Öztürk", "13800138000", "王小明", "SECRET-LEVEL", "1951-07-23")


class TestLogs:
    """Nothing about rows is logged or printed, whatever is wrong with them."""

    def files(self):
        header = ["姓名", "Name", "phone", "DOB", *EN[0], "note"]
        rows = [[SECRETS[3], f"{SECRETS[0]} {SECRETS[1]}", SECRETS[2], SECRETS[5], *row, SECRETS[4]] for row in EN[1:]]
        rows[2][6], rows[3][8], rows[4][9] = SECRETS[4], "-7", SECRETS[4]  # text in numbers, a negative time, no event
        return {
            "study.csv": delimited([header, *rows]),
            "ae.csv": delimited([["patient_id", "term", "grade"], [SECRETS[0], SECRETS[4], 9]]),
        }

    def test_loading_and_running(self, caplog, capfd, recwarn, tmp_path):
        caplog.set_level(logging.DEBUG)
        cohort = cohort_from_files(self.files(), name="study")
        cohort = with_spec(cohort, cohort.spec)
        analyses = [{"id": "km", "kind": "kaplan_meier", "endpoint": "OS"}, {"id": "ae", "kind": "adverse_events"}]
        spec = AnalysisSpec.model_validate({"cohort": cohort.spec.model_dump(), "analyses": analyses})
        run(spec, cohort)
        for name, content in self.files().items():
            (tmp_path / name).write_bytes(content)
        assert (
            main(["describe", *(str(tmp_path / name) for name in self.files()), "--out", str(tmp_path / "d.json")]) == 0
        )
        out, err = capfd.readouterr()
        said = caplog.text + out + err + "".join(str(one.message) for one in recwarn)
        assert not [secret for secret in SECRETS if secret in said]

    def test_a_file_that_is_refused(self, caplog, capfd, tmp_path):
        caplog.set_level(logging.DEBUG)
        path = tmp_path / "notes.csv"
        path.write_text(f"{SECRETS[0]} {SECRETS[4]}", encoding="utf-8")
        assert main(["describe", str(path)]) == 1
        out, err = capfd.readouterr()
        assert "notes.csv" in err
        assert not [secret for secret in SECRETS if secret in out + err + caplog.text]

    def test_no_module_writes_a_log(self):
        """The program has no logger, and prints only what the headless command answers."""
        found = []
        for path in [
            ROOT / "app.py",
            *(file for room in ("core", "ui", "pages") for file in (ROOT / room).rglob("*.py")),
        ]:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    names.append(node.func.id)
                found += [path.name for name in names if name in ("logging", "print", "loguru")]
        assert set(found) <= {"__main__.py"}
