"""What could name a person is found by name and by value; what a study needs is left alone."""

import pandas as pd
import pytest

from core.cohort.cohort import RawTable
from core.cohort.privacy import find_identifiers

# Nobody's names: made of letters, and of surnames with the placeholder 某.
NAMES = [f"{chr(65 + i)}bcd{'efghijkl'[i]}, {chr(70 + i)}nop" for i in range(8)]
HAN = [f"{surname}某{more}" for surname, more in zip("王李张刘陈杨黄赵", ["某", ""] * 4, strict=True)]


def table(**columns):
    n = max(map(len, columns.values()))
    frame = pd.DataFrame({k: [*v, *[None] * (n - len(v))] for k, v in columns.items()}, dtype=object)
    return RawTable(name="t.csv", cells=frame, row_numbers=tuple(range(2, n + 2)), issues=(), sha256="")


def kinds(**columns):
    return {found.column: found.kind for found in find_identifiers(table(**columns))}


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("Name", NAMES, "name"),
        ("姓名", HAN, "name"),
        ("col3", NAMES, "name"),
        ("备注", HAN, "name"),
        ("patient_surname", ["Abcd", "Efgh", "Ijkl"], "name"),
        ("身份证号", ["11010519491231002X", "440524188001010014"], "national id"),
        ("x", ["11010519491231002X", "440524188001010014", "53010219200508011X"], "national id"),
        ("x", ["219-09-9999", "457-55-5462", "078-05-1120"], "national id"),
        ("住院号", ["0012345", "0012346"], "hospital number"),
        ("MRN", ["445566", "445567"], "hospital number"),
        ("联系电话", ["13812345678", "010-12345678"], "telephone"),
        ("x", ["13812345678", "138 1234 5679", "+86 13912345678"], "telephone"),
        ("x", ["+49 30 1234567", "(020) 7946-0018", "+1 212-555-0147"], "telephone"),
        ("x", ["a@b.org", "c@d.com", "e@f.net"], "e-mail"),
        ("住址", ["北京市朝阳区建国路1号", "上海市浦东新区世纪大道2号"], "address"),
        ("where", [f"{i} Harbour View Road, Leeds" for i in range(1, 10)], "address"),
        ("DOB", ["1950-01-31", "1961-12-01"], "date of birth"),
        ("Nachname", NAMES, "name"),
        ("Geburtsdatum", ["31.01.1950", "01.12.1961"], "date of birth"),
        ("出生日期", ["1950年1月31日", "1961/12/01"], "date of birth"),
        ("birth date", ["18293", "20331"], "date of birth"),
    ],
)
def test_found(column, values, kind):
    assert kinds(**{column: values}) == {column: kind}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("patient_id", ["H001", "H002", "H003"]),
        ("name", ["H001", "H002", "H003"]),
        ("编号", ["1", "2", "3"]),
        ("birth_year", ["1950", "1961", "1970"]),
        ("出生年月日", ["1950", "1961", "1970"]),
        ("os_days", ["13812", "345", "9999"]),
        ("primary", ["Lung Carcinoma", "Colorectal Cancer", "Breast Cancer"] * 10),
        ("histology", ["高分化", "中分化", "低分化"] * 10),
        ("contact", ["yes", "no", "yes"]),
        ("first_dose", ["2021-02-01", "2021-03-06", "2021-04-11"]),
        ("diagnosis_date", ["20210201", "20210306", "20210411"]),
        ("ae_term", ["Nausea", "ALT elevation", "Rash"]),
        ("empty", []),
        ("afp", ["12.5", "<0.5", "1210"]),
        ("ct", ["110105194912310021", "440524188001010015", "530102192005080112"]),
    ],
)
def test_left_alone(column, values):
    assert kinds(**{column: values, "n": ["1"] * 3}) == {}


def test_one_odd_cell_decides_nothing():
    assert kinds(note=["stable disease", "a@b.org", "none", "progress"]) == {}
    assert kinds(mail=["a@b.org", "c@d.com", "e@f.net", "unknown"]) == {"mail": "e-mail"}


def test_reasons_hold_no_values():
    for found in find_identifiers(table(Name=NAMES, x=HAN, phone=["13812345678", "13812345679", "13812345670"])):
        assert not any(value in found.reason for value in [*NAMES, *HAN, "138"])


def test_the_samples_name_nobody():
    from pathlib import Path

    from core.cohort.read import read_table

    for path in (Path(__file__).parents[3] / "sample_data").glob("*/*.csv"):
        assert find_identifiers(read_table(path, name=path.name)) == (), path.name
