"""The corpus: one study written in every way a hospital may write it, and files that are no study.

``python -m tests.intake.corpus FOLDER`` writes the files. Whatever the format, the study of ``STUDY`` has twelve
patients, five deaths and 123 months of follow-up, so that "read right" is one assertion.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import xlsxwriter

from tests.core.cohort.statistics_samples import made, pzfx
from tests.core.cohort.tables import delimited
from tests.core.cohort.workbooks import ods, xls, xlsx

N, DEATHS, MONTHS = 12, 5, 123.0
TIMES = [1.5, 3, 4.5, 6, 7.5, 9, 11, 12.5, 14, 16, 18, 20]
DEAD = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0]
AGES = [41 + 3 * i for i in range(N)]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Files that are loaded together and what must come of it.

    ``refused``: words of the one error; otherwise the study, with ``codes`` among its issues, ``events`` adverse events
    and the ``tables`` beside it. ``cell``: a column and its first value.
    """

    files: dict[str, bytes]
    refused: str = ""
    codes: tuple[str, ...] = ()
    events: int | None = None
    tables: tuple[str, ...] = ()
    cell: tuple[str, object] | None = None
    endpoint: str = "OS"
    severe: int = field(default=0)


def english(*, comma=False):
    """The study with English names."""
    rows = [["patient_id", "sex", "age", "arm", "os_months", "os_event"]]
    for i in range(N):
        time = str(TIMES[i]).replace(".", ",") if comma else TIMES[i]
        rows.append([f"P{i + 1:02d}", ("male", "female")[i % 2], AGES[i], ("HIFU", "No HIFU")[i % 2], time, DEAD[i]])
    return rows


def chinese():
    """The study with Chinese names and values."""
    rows = [["患者编号", "性别", "年龄", "治疗组", "总生存期（月）", "生存状态"]]
    for i in range(N):
        state = ("存活", "死亡")[DEAD[i]]
        rows.append([f"病{i + 1:02d}", "男女"[i % 2], AGES[i], ("海扶", "对照")[i % 2], TIMES[i], state])
    return rows


def translated(header, sexes, arms, dead):
    """The study in another language."""
    rows = [header]
    for i in range(N):
        rows.append([f"P{i + 1}", sexes[i % 2], AGES[i], arms[i % 2], TIMES[i], dead[1 - DEAD[i]]])
    return rows


def text(rows, **options):
    return delimited(rows, **options)


def dated(start="2020-01-31", write=str):
    """The study as dates; a month is 30.4375 days, so times are those of the calendar."""
    rows = [["patient_id", "arm", "first_treatment_date", "death_date", "last_seen_date"]]
    for i in range(N):
        first = dt.date.fromisoformat(start)
        last = first + dt.timedelta(days=round(TIMES[i] * 30.4375))
        rows.append([f"P{i}", "AB"[i % 2], write(first), write(last) if DEAD[i] else None, write(last)])
    return rows


def slashed(day):
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def in_chinese(day):
    return f"{day.year}年{day.month}月{day.day}日"


def serial(day):
    return (day - dt.date(1899, 12, 30)).days


def frame(rows):
    return pd.DataFrame(rows[1:], columns=rows[0])


def coded():
    """The study as a statistics package keeps it: codes with labels, short names with long ones."""
    return pd.DataFrame(
        {
            "V1": [f"P{i + 1:02d}" for i in range(N)],
            "sex": [1.0 + i % 2 for i in range(N)],
            "V3": [float(t) for t in TIMES],
            "V4": [float(d) for d in DEAD],
        }
    )


LONG = [
    ["patient_id", "term", "grade"],
    ["P01", "Fever", 2],
    ["P01", "Pain", 3],
    ["P02", "Fever", 1],
    ["P04", "Rash", 4],
]
LONG_CHINESE = [
    ["患者编号", "不良反应名称", "分级"],
    ["病01", "发热", "2级"],
    ["病01", "疼痛", "3级"],
    ["病02", "发热", "1级"],
    ["病04", "皮疹", "4级"],
]
WIDE = [["patient_id", "Fever", "Pain", "Rash"], ["P01", 2, 3, 0], ["P02", 1, 0, None], ["P04", 0, "none", 4]]
WIDE_CHINESE = [
    ["患者编号", "发热分级", "疼痛分级", "皮疹分级"],
    ["病01", 2, 3, 0],
    ["病02", 1, "无", None],
    ["病04", 0, 0, 4],
]
LESIONS = [["patient", "lesion", "size_mm"], ["P01", 1, 31], ["P01", 2, 12], ["P03", 1, 22]]
SESSIONS = [["patient", "session", "date"], ["P01", 1, "2020-02-01"], ["P02", 1, "2020-03-01"]]
RESPONSES = [["patient_id", "visit", "recist"], ["P01", 1, "SD"], ["P01", 2, "PR"], ["P02", 1, "PD"]]

ADSL = [["USUBJID", "AGE", "SEX", "TRT01P"], *([f"S-{i}", AGES[i], "MF"[i % 2], "AB"[i % 2]] for i in range(N))]
ADTTE = [
    ["USUBJID", "PARAMCD", "PARAM", "AVAL", "AVALU", "CNSR"],
    *([f"S-{i}", "OS", "Overall Survival", TIMES[i], "MONTHS", 1 - DEAD[i]] for i in range(N)),
    *([f"S-{i}", "PFS", "Progression-Free Survival", TIMES[i] / 2, "MONTHS", 0] for i in range(N)),
]
ADAE = [
    ["USUBJID", "AEDECOD", "AEBODSYS", "AETOXGR", "TRTEMFL"],
    *[["S-0", "PYREXIA", "GENERAL", 2, "Y"], ["S-0", "PAIN", "GENERAL", 3, "Y"], ["S-1", "RASH", "SKIN", 1, ""]],
]
ADRS = [["USUBJID", "PARAMCD", "AVALC"], *([f"S-{i}", "BOR", ("CR", "PR", "SD", "PD")[i % 4]] for i in range(N))]

DICTIONARY = [
    ["Variable / Field Name", "Field Type", "Field Label", "Choices, Calculations, OR Slider Labels"],
    *[["record_id", "text", "Record", ""], ["arm", "radio", "Arm", "1, HIFU | 2, No HIFU"]],
    *[["site", "checkbox", "Sites", "1, Lung | 2, Bone"], ["os_months", "text", "OS (months)", ""]],
    ["vital", "dropdown", "OS status", "0, Alive | 1, Dead"],
]
REDCAP = [
    ["record_id", "arm", "site___1", "site___2", "os_months", "vital"],
    *([i + 1, 1 + i % 2, 1, i % 2, TIMES[i], DEAD[i]] for i in range(N)),
]
REPEATED = [
    ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "os_months", "os_event", "ae_term", "ae_grade"],
    *([i + 1, None, None, TIMES[i], DEAD[i], None, None] for i in range(N)),
    *[[1, "adverse_events", 1, None, None, "Fever", 2], [2, "adverse_events", 1, None, None, "Pain", 3]],
]

LEGEND = [["column", "meaning"], ["arm", "what was done"], ["os_event", "1 = dead"]]
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
PRISM = {"Survival": ("Months", TIMES, {"HIFU": [d if i % 2 else None for i, d in enumerate(DEAD)],
                                        "No HIFU": [None if i % 2 else d for i, d in enumerate(DEAD)]})}  # fmt: skip


def packed(parts):
    """A zip of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def repacked(workbook, changes):
    """A workbook with some parts changed."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return packed({name: changes.get(name, lambda old: old)(content) for name, content in parts.items()})


def said_to_unfold_to(workbook, size):
    """A workbook whose first part says that it is so large."""
    at = workbook.index(b"PK\x01\x02") + 24
    return workbook[:at] + size.to_bytes(4, "little") + workbook[at + 4 :]


def kept(name):
    """A file that is kept beside the tests because none of them can write it (files/README.md)."""
    return gzip.decompress((Path(__file__).parent / "files" / f"{name}.gz").read_bytes())


def _texts():
    en, zh = english(), chinese()
    yield "comma", Case(files={"study.csv": text(en)})
    yield "comma zh", Case(files={"研究.csv": text(zh)})
    yield "utf-8 mark", Case(files={"study.csv": text(en, encoding="utf-8-sig")})
    yield "utf-8 mark zh", Case(files={"研究.csv": text(zh, encoding="utf-8-sig")}, cell=("性别", "男"))
    yield "utf-16 zh", Case(files={"研究.txt": text(zh, delimiter="\t", encoding="utf-16")}, cell=("性别", "男"))
    yield "utf-16 without mark", Case(files={"study.txt": text(en, delimiter="\t", encoding="utf-16-le")})
    for encoding in ("gbk", "gb18030"):
        yield (
            f"{encoding} zh",
            Case(files={"研究.csv": text(zh, encoding=encoding)}, codes=("encoding",), cell=("性别", "男")),
        )
    for name, sign in (("tab", "\t"), ("semicolon", ";"), ("bar", "|"), ("caret", "^"), ("tilde", "~")):
        yield name, Case(files={"study.txt": text(en, delimiter=sign)})
        yield f"{name} zh", Case(files={"研究.txt": text(zh, delimiter=sign)})
    yield "decimal comma", Case(files={"study.csv": text(english(comma=True), delimiter=";")})
    yield "decimal comma in quotes", Case(files={"study.csv": text(english(comma=True))})
    yield "old line ends", Case(files={"study.csv": text(en).replace(b"\n", b"\r")})
    yield "declared delimiter", Case(files={"study.csv": b"sep=;\n" + text(en, delimiter=";")})
    yield "title", Case(files={"study.csv": b"Our cohort of 2024\n\n" + text(en)}, codes=("title-row",))
    yield "title zh", Case(files={"研究.csv": "肝癌患者随访表\n".encode() + text(zh)}, codes=("title-row",))
    yield "blank rows", Case(files={"study.csv": text([*en[:5], [], [], *en[5:]])}, codes=("blank-rows",))
    yield "trailing delimiters", Case(files={"study.csv": text([[*row, None, None] for row in en])})
    yield "broken quote", Case(files={"study.csv": text(en).replace(b"P05", b'"P05')}, codes=("broken-quote",))
    yield "a name twice", Case(files={"study.csv": text([[*row, row[2]] for row in en])}, codes=("duplicate-header",))
    yield "a note at the end", Case(files={"study.csv": text([*en, [], ["Data cut: May 2024"]])}, codes=("note-row",))
    yield "a note at the end zh", Case(files={"研究.csv": text([*zh, ["注：截止2024年5月"]])}, codes=("note-row",))
    yield (
        "full width digits zh",
        Case(
            files={
                "研究.csv": text(
                    [[c if i == 0 else str(c).translate(WIDE_DIGITS) for c in r] if i else r for i, r in enumerate(zh)]
                )
            }
        ),
    )


WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def _languages():
    for name, encoding, sexes, header, arms, dead in (
        ("German", "latin-1", ("männlich", "weiblich"), ["Patient", "Geschlecht", "Alter", "Gruppe"], ("früh", "spät"), ("dead", "alive")),
        ("Polish", "cp1250", ("mężczyzna", "kobieta"), ["id", "płeć", "wiek", "grupa"], ("żółta", "ślad"), ("dead", "alive")),
        ("Czech", "cp1250", ("muž", "žena"), ["id", "pohlaví", "věk", "léčba"], ("játra", "kost, páteř"), ("dead", "alive")),
        ("Korean", "euc_kr", ("남자", "여자"), ["id", "성별", "나이", "치료"], ("고주파", "색전술"), ("dead", "alive")),
        ("Russian", "cp1251", ("мужской", "женский"), ["id", "пол", "возраст", "группа"], ("печень", "кость"), ("dead", "alive")),
        ("Japanese", "shift_jis", ("男性", "女性です"), ["id", "性別", "年齢", "グループ"], ("ラジオ波", "なし"), ("dead", "alive")),
    ):  # fmt: skip
        rows = translated([*header, "os_months", "os_status"], sexes, arms, dead)
        content = text(rows, delimiter=";", encoding=encoding)
        yield f"{name} {encoding}", Case(files={"study.csv": content}, codes=("encoding",), cell=(header[1], sexes[0]))


def _workbooks():
    en, zh = english(), chinese()
    for name, write in (("xlsx", xlsx), ("xls", xls), ("ods", ods)):
        yield name, Case(files={f"study.{name}": write({"Data": en})})
    for name, write in (("xlsx", xlsx), ("ods", ods)):
        yield f"{name} zh", Case(files={f"研究.{name}": write({"患者": zh})}, cell=("性别", "男"))
    yield (
        "header in row four",
        Case(files={"study.xlsx": xlsx({"S": [["Registry"], [], ["May 2024"], *en]})}, codes=("title-row",)),
    )
    bands = [[None, "Baseline", None, None, "Survival", None], ["id", "sex", "age", "arm", "months", "event"], *en[1:]]
    yield "merged header", Case(files={"study.xlsx": xlsx({"S": bands})}, codes=("header-rows",))
    bands = [[None, "基线", None, None, "总生存期", None], ["编号", "性别", "年龄", "治疗组", "月", "状态"], *zh[1:]]
    yield "merged header zh", Case(files={"研究.xlsx": xlsx({"S": bands})}, codes=("header-rows",))
    units = [["id", "sex", "age", "arm", "OS", "OS event"], [None, None, "years", None, "months", None], *en[1:]]
    yield "units under the names", Case(files={"study.xlsx": xlsx({"S": units})}, codes=("header-rows",))
    yield (
        "notes and totals",
        Case(
            files={"study.xlsx": xlsx({"S": [*en, ["Mean", None, 57], [], ["* see protocol"]]})},
            codes=("note-row", "total-row"),
        ),
    )
    shifted = [[], [], *([None, None, *row] for row in en)]
    yield "table in the middle", Case(files={"study.xlsx": xlsx({"S": shifted})})
    texts = [[str(cell) for cell in row] for row in en]
    yield "numbers kept as text", Case(files={"study.xlsx": xlsx({"S": texts})})
    yield (
        "a cover sheet",
        Case(files={"study.xlsx": xlsx({"Cover": [["My study"]], "S": en, "Legend": LEGEND})}, codes=("other-sheets",)),
    )
    yield (
        "a hidden sheet",
        Case(files={"study.xlsx": xlsx({"Old": en[:4], "S": en}, hidden=["Old"])}, codes=("other-sheets",)),
    )
    yield "events on a sheet", Case(files={"study.xlsx": xlsx({"Patients": en, "AE": LONG})}, events=4, severe=2)
    yield (
        "events on a sheet zh",
        Case(files={"研究.xlsx": xlsx({"患者": zh, "不良反应": LONG_CHINESE})}, events=4, severe=2),
    )
    everything = {"Patients": en, "AE": WIDE, "Lesions": LESIONS, "Sessions": SESSIONS, "Response": RESPONSES}
    yield (
        "everything in one workbook",
        Case(files={"study.xlsx": xlsx(everything)}, events=4, severe=2, tables=("lesions", "sessions", "response")),
    )


def _dates():
    for name, rows in (
        ("ISO dates", dated()),
        ("dates with slashes", dated(write=slashed)),
        ("dates zh", dated(write=in_chinese)),
        ("serial dates", dated(write=serial)),
    ):
        yield name, Case(files={"study.xlsx": xlsx({"S": rows})})
    zh = [["患者编号", "治疗组", "首次治疗日期", "死亡日期", "末次随访日期"], *dated(write=in_chinese)[1:]]
    yield "dates and names zh", Case(files={"研究.csv": text(zh, encoding="gb18030")}, codes=("encoding",))


def html(rows, *, encoding="utf-8", page="<html><head><meta charset='{}'></head><body>{}</body></html>"):
    """A web page with a table, as hospital systems save it under the name of a workbook."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    table = f"<table border=1>{body}</table>"
    return page.format(encoding, f"<table><tr><td>menu</td></tr></table>{table}").encode(encoding)


def excel_2003(rows):
    """A workbook as the XML of Excel 2003; the first column stands by its position."""
    cell = '<Cell ss:Index="{}"><Data ss:Type="String">{}</Data></Cell>'
    body = "".join("<Row>" + "".join(cell.format(i, text) for i, text in enumerate(row, 1)) + "</Row>" for row in rows)
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = f'<Worksheet ss:Name="S"><Table>{body}</Table></Worksheet>'
    return f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}">{sheet}</Workbook>'.encode()


def _hospital():
    en, zh = english(), chinese()
    yield "html as xls", Case(files={"study.xls": html(en)})
    yield "html as xls zh", Case(files={"研究.xls": html(zh, encoding="gb18030")}, cell=("性别", "男"))
    yield "excel 2003 xml", Case(files={"study.xml": excel_2003(en)})
    yield "excel 2003 xml zh", Case(files={"研究.xls": excel_2003(zh)}, cell=("性别", "男"))
    both = [zh[0], en[0], *zh[1:]]
    yield "names in two languages", Case(files={"研究.xlsx": xlsx({"S": both})}, codes=("header-rows",))
    between = [*en[:7], ["Subtotal", None, 57, None, 9999, 5], *en[7:], ["Total", None, 57, None, 9999, 5]]
    yield "totals between", Case(files={"study.xlsx": xlsx({"S": between})}, codes=("total-row",))
    blocks = [[row[3], *row[:3], *row[4:]] for row in en]
    blocks = [blocks[0], *sorted(blocks[1:])]
    yield (
        "merged groups",
        Case(files={"study.xlsx": merged_groups(blocks)}, codes=("merged-cells",), cell=("arm", "HIFU")),
    )


def merged_groups(rows):
    """A workbook whose first column is merged over the rows of each group."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("S")
        for i, row in enumerate(rows):
            sheet.write_row(i, 1, row[1:])
        sheet.write(0, 0, rows[0][0])
        for name in sorted({row[0] for row in rows[1:]}):
            at = [i for i, row in enumerate(rows) if row[0] == name]
            sheet.merge_range(at[0], 0, at[-1], 0, name)
    return buffer.getvalue()


def _packages():
    labels = {"variable_value_labels": {"sex": {1: "Male", 2: "Female"}, "V4": {0: "Alive", 1: "Dead"}}}
    for name, kind in (("sav", "sav"), ("zsav", "zsav"), ("dta", "dta")):
        options = labels | ({} if kind == "dta" else {"missing_ranges": {}})
        yield name, Case(files={f"study.{name}": made(kind, coded(), **options)}, cell=("sex", "Male"))
    yield "sas7bdat", Case(files={"study.sas7bdat": kept("study.sas7bdat")}, cell=("arm", "HIFU"))
    for version in (5, 8):
        yield f"xpt version {version}", Case(files={"study.xpt": made(f"xpt{version}", coded())})
    yield "parquet", Case(files={"study.parquet": made("parquet", frame(english()))})
    yield "parquet zh", Case(files={"研究.parquet": made("parquet", frame(chinese()))}, cell=("性别", "男"))
    plain = {"variable_value_labels": {}, "missing_ranges": {}}
    names = {"总生存期（月）": "总生存期_月"}
    yield (
        "sav zh",
        Case(files={"研究.sav": made("sav", frame(chinese()).rename(columns=names), **plain)}, cell=("性别", "男")),
    )
    yield "pzfx", Case(files={"study.pzfx": pzfx(PRISM)}, cell=("group", "HIFU"))
    yield "pzfx zh", Case(files={"研究.pzfx": pzfx({"生存": ("月", *PRISM["Survival"][1:])})})


def _several():
    en, zh = text(english()), text(chinese())
    yield "events long", Case(files={"patients.csv": en, "ae.csv": text(LONG)}, events=4, severe=2)
    yield (
        "events wide",
        Case(files={"patients.csv": en, "ae.csv": text(WIDE)}, events=4, severe=2, codes=("wide-adverse-events",)),
    )
    yield "events long zh", Case(files={"患者.csv": zh, "不良反应.csv": text(LONG_CHINESE)}, events=4, severe=2)
    yield "events wide zh", Case(files={"患者.csv": zh, "不良反应.csv": text(WIDE_CHINESE)}, events=4, severe=2)
    stray = [*LONG, ["P99", "Fever", 2]]
    yield (
        "events of nobody",
        Case(files={"patients.csv": en, "ae.csv": text(stray)}, events=5, severe=2, codes=("ae-unknown-patient",)),
    )
    stray = [*LESIONS, ["P99", 1, 5]]
    yield (
        "lesions of nobody",
        Case(files={"patients.csv": en, "lesions.csv": text(stray)}, tables=("lesions",), codes=("unknown-patient",)),
    )
    yield (
        "responses",
        Case(
            files={"patients.csv": en, "response.csv": text(RESPONSES)},
            tables=("response",),
            cell=("Best response", "PR"),
        ),
    )
    yield "ADaM", Case(
        files={f"{name}.csv": text(rows) for name, rows in (("adsl", ADSL), ("adtte", ADTTE), ("adae", ADAE), ("adrs", ADRS))},
        events=2, severe=1, tables=("response", "time_to_event"), codes=("adam-endpoints", "not-treatment-emergent"),
        cell=("Best response", "CR"),
    )  # fmt: skip
    yield (
        "ADaM as transport files",
        Case(
            files={"adsl.xpt": made("xpt5", frame(ADSL)), "adtte.xpt": made("xpt5", frame(ADTTE))},
            tables=("time_to_event",),
        ),
    )
    yield "ADTTE alone", Case(files={"adtte.csv": text(ADTTE)}, tables=("time_to_event",))
    yield (
        "REDCap",
        Case(
            files={"data.csv": text(REDCAP), "dictionary.csv": text(DICTIONARY)},
            codes=("checkboxes",),
            cell=("arm", "HIFU"),
        ),
    )
    yield "REDCap repeated", Case(files={"data.csv": text(REPEATED)}, events=2, severe=1)


def _refused():
    en = english()
    book = xlsx({"S": en})
    for name, content, said in (
        ("nothing", b"", "is empty"),
        ("blanks", b" \r\n\n\t ", "is empty"),
        ("names only", text(en[:1]), "column names but no rows"),
        ("prose", b"Dear colleague,\nplease find attached\nbest wishes\n", "is not a table"),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "a PDF document"),
        ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(60), "a picture"),
        ("a Word document", packed({"[Content_Types].xml": "", "word/document.xml": "x"}), "a Word document"),
        ("slides", packed({"ppt/presentation.xml": "x"}), "a PowerPoint file"),
        ("a zip", packed({"study.csv": text(en)}), "a compressed file (zip); unpack it"),
        ("a zip in a zip", packed({"a.zip": packed({"b.zip": packed({"study.csv": text(en)})})}), "a compressed file (zip)"),
        ("gzip", b"\x1f\x8b\x08" + bytes(40), "a compressed file (gzip); unpack it"),
        ("a web page", b"<!DOCTYPE html><html><body><table></table></body></html>", "a web page"),
        ("JSON", json.dumps([{"id": 1}]).encode(), "a JSON file"),
        ("a database", b"SQLite format 3\0" + bytes(90), "a database"),
        ("a newer Prism file", packed({"document.json": "{}", "data/sets/1.json": "{}"}), "a newer Prism file"),
        ("portable SPSS", b"ASCII SPSS PORT FILE" * 20, "a portable SPSS file"),
        ("protected", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a damaged workbook", book[: len(book) // 2], "damaged workbook"),
        ("a damaged SPSS file", made("sav", coded())[:300], "a file of SPSS, but cannot be read"),
        ("a damaged Stata file", made("dta", coded())[:300], "a file of Stata, but cannot be read"),
        ("a damaged Parquet file", b"PAR1" + bytes(50) + b"PAR1", "a file of Parquet, but cannot be read"),
        ("entities in a Prism file", pzfx(PRISM).replace(b"?>", b"?>" + BOMB, 1), "declares XML entities"),
        ("entities in a workbook", repacked(book, {"xl/workbook.xml": lambda old: old.replace(b"<workbook", BOMB + b"<workbook", 1)}), "declares XML entities"),
        ("a workbook that unfolds", said_to_unfold_to(book, 2 * 1024**3), "unfolds to more than 1 GB"),
        ("a stray cell", repacked(book, {"xl/worksheets/sheet1.xml": stray_cell}), "as far out as cell XFD1048576"),
        ("a table on its side", text([[f"p{i}" for i in range(2100)]] * 3), "2100 columns; at most 2000"),
        ("random bytes", bytes((i * 73 + 41) % 256 for i in range(5000)), "is not a table"),
    ):  # fmt: skip
        yield name, Case(files={"file": content}, refused=said)
    yield "events alone", Case(files={"ae.csv": text(LONG)}, refused="holds adverse events, not one row per patient")
    yield "events alone zh", Case(files={"不良反应.csv": text(LONG_CHINESE)}, refused="holds adverse events")
    yield (
        "wide events alone",
        Case(files={"ae.csv": text(WIDE)}, refused="holds adverse events, not one row per patient"),
    )
    yield "lesions alone", Case(files={"lesions.csv": text(LESIONS)}, refused="holds lesions, not one row per patient")
    yield "a dictionary alone", Case(files={"d.csv": text(DICTIONARY)}, refused="the fields of a data dictionary")
    yield "a legend beside patients", Case(files={"p.csv": text(en), "legend.csv": text(LEGEND)}, refused="not clear")


def stray_cell(sheet):
    """A sheet with a number in its last cell."""
    return sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def cases():
    """Every case by name."""
    parts = (_texts, _languages, _workbooks, _hospital, _dates, _packages, _several, _refused)
    return {name: case for part in parts for name, case in part()}


def write(folder):
    """Write each case into a folder of its own."""
    for name, case in cases().items():
        place = Path(folder) / name.replace(" ", "_")
        place.mkdir(parents=True, exist_ok=True)
        for file, content in case.files.items():
            (place / file).write_bytes(content)


if __name__ == "__main__":
    write(sys.argv[1])
