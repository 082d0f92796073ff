"""What a file may ask of the computer: cells beside free memory, XML without entities, honest archives."""

import io
import zipfile

import pytest

from core.cohort import guards
from core.cohort.read import read_table
from core.errors import ReadError
from tests.core.cohort.workbooks import ods, xlsx

SMALL = [["id", "x"], [1, 2], [3, 4]]


def _fails(_):
    raise ValueError("not known here")


def with_part(content, name, part):
    """A package with another part in the place of one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, part if entry == name else old.read(entry))
    return buffer.getvalue()


class TestCells:
    def test_a_table_that_fits(self):
        guards.refuse_cells(1000, 20, name="x")

    def test_more_than_is_read(self):
        with pytest.raises(ReadError, match=r"'x' has 1,000,000 rows by 21 columns\."):
            guards.refuse_cells(1_000_000, 21, name="x")

    def test_more_than_is_free(self, monkeypatch):
        monkeypatch.setattr(guards, "free_megabytes", lambda: 100.0)
        with pytest.raises(ReadError, match="more than the memory that is free can hold"):
            guards.refuse_cells(100_000, 20, name="x")
        monkeypatch.setattr(guards, "free_megabytes", lambda: 30.0)
        with pytest.raises(ReadError, match=r"400,000 rows by 3 columns.*about 30 MB needed, 30 MB free"):
            read_table(b"a,b,c\n" + b"1,2,3\n" * 400_000, name="x")

    def test_text_of_nothing_but_delimiters(self):
        with pytest.raises(ReadError, match="columns"):
            read_table(b"a,b\n" + b"," * 25_000_000, name="x")

    def test_a_cell_that_never_ends(self):
        with pytest.raises(ReadError, match="a cell of more than 10,000,000 letters"):
            read_table(b"a,b\n1," + b"x" * 10_500_000 + b"\n2,3\n", name="x")

    def test_free_memory_is_known_or_guessed(self, monkeypatch):
        assert guards.free_megabytes() > 0
        monkeypatch.setattr(guards.Path, "read_text", lambda *_, **__: "MemAvailable: many")
        assert guards.free_megabytes() > 0
        monkeypatch.setattr(guards.os, "sysconf", _fails)
        assert guards.free_megabytes() == 4096.0


class TestXml:
    @pytest.mark.parametrize(
        "xml",
        [
            b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
            '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"),
        ],
    )
    def test_declarations_are_refused(self, xml):
        with pytest.raises(ReadError, match="declares XML entities"):
            guards.refuse_entities(xml, name="x")

    @pytest.mark.parametrize("xml", [b"<a>1</a>", b"<a>", b"", b"\xff\xfe"])
    def test_what_is_only_damaged_is_for_the_reader(self, xml):
        guards.refuse_entities(xml, name="x")


class TestArchives:
    def test_a_part_longer_than_it_says(self):
        content = bytearray(xlsx({"S": SMALL}))
        at = content.index(b"PK\x01\x02") + 24
        content[at : at + 4] = (10).to_bytes(4, "little")
        with pytest.raises(ReadError):
            read_table(bytes(content), name="x")

    def test_too_many_parts(self, monkeypatch):
        monkeypatch.setattr("core.cohort.workbook_xml.MAX_PARTS", 3)
        with pytest.raises(ReadError, match="more than 3 parts"):
            read_table(xlsx({"S": SMALL}), name="x")

    def test_a_cell_repeated_to_the_horizon(self):
        sheet = zipfile.ZipFile(io.BytesIO(ods({"S": SMALL}))).read("content.xml")
        wide = sheet.replace(
            b"<table:table-cell office:value-type",
            b'<table:table-cell table:number-columns-repeated="30000000" office:value-type',
            1,
        )
        with pytest.raises(ReadError, match="columns"):
            read_table(with_part(ods({"S": SMALL}), "content.xml", wide), name="x")

    def test_a_row_repeated_to_the_horizon(self):
        sheet = zipfile.ZipFile(io.BytesIO(ods({"S": SMALL}))).read("content.xml")
        long = sheet.replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="90000000">', 1)
        with pytest.raises(ReadError, match="rows"):
            read_table(with_part(ods({"S": SMALL}), "content.xml", long), name="x")
