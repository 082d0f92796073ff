"""``python -m core describe`` says everything that was understood, of one file with a bit of everything."""

import hashlib
import json

import pytest

from core.__main__ import main
from core.spec import AnalysisSpec
from tests.core.cohort.tables import delimited
from tests.core.cohort.workbooks import xlsx

N = 24


def patients():
    header = ["编号", "姓名", "性别", "肿瘤分级", "白蛋白(g/L)", "总胆红素(μmol/L)", "总生存期（月）", "生存状态"]
    grades = ["G1", "G 1", "G2", "G2", "G3", "G2"]
    rows = [
        [f"病{i:02d}", "王李张刘陈杨赵黄"[i % 8] + "伟芳娜敏静强磊军洋勇艳杰"[i % 12], "男女"[i % 2], grades[i % 6],
         30 + i % 9, 10 + i, i + 1.5 if i != 4 else -1, ("存活", "死亡")[i % 2]]
        for i in range(N)
    ]  # fmt: skip
    return [header, *rows]


EVENTS = [["编号", "不良反应名称", "分级"], ["病01", "发热", "2级"], ["病99", "皮疹", "1级"]]


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    folder = tmp_path_factory.mktemp("described")
    content = xlsx({"患者": patients(), "不良反应": EVENTS, "说明": [["只有一格"]]})
    (folder / "研究.xlsx").write_bytes(content)
    out = folder / "d.json"
    assert main(["describe", str(folder / "研究.xlsx"), "--out", str(out)]) == 0
    return json.loads(out.read_text(encoding="utf-8")) | {"content": content}


def by_code(described, code):
    return [issue for issue in described["issues"] if issue["code"] == code]


def test_tables_sheets_and_sources(described):
    assert [(table["name"], table["sheet"], table["rows"]) for table in described["tables"]] == [
        ("patients", "患者", N), ("adverse_events", "不良反应", 2),
    ]  # fmt: skip
    digest = hashlib.sha256(described["content"]).hexdigest()
    found = {one["table"]: (one["file"], one["sha256"]) for one in described["sources"]}
    assert found == {"patients": ("研究.xlsx#患者", digest), "adverse_events": ("研究.xlsx#不良反应", digest)}
    assert "'说明'" in by_code(described, "other-sheets")[0]["message"]


def test_every_column_has_a_role_a_reason_and_a_confidence(described):
    columns = [column for table in described["tables"] for column in table["columns"]]
    assert all(column["reason"] and 0 <= column["confidence"] <= 1 and column["type"] for column in columns)
    assert {"patient_id", "time", "event", "covariate", "ae_term", "ae_grade"} <= {column["role"] for column in columns}


def test_findings_have_rows_severity_and_remedy(described):
    negative, unknown = by_code(described, "negative-time")[0], by_code(described, "ae-unknown-patient")[0]
    assert (negative["rows"], negative["severity"], negative["column"]) == ([6], "error", "总生存期（月）")
    assert (unknown["rows"], unknown["table"]) == ([3], "adverse_events")
    assert all(issue["message"] for issue in described["issues"])
    assert all(issue["remedy"] for issue in described["issues"] if issue["severity"] != "info")


def test_identifiers_are_named_and_nobody_is(described):
    assert described["identifiers"] == [{"table": "patients", "column": "姓名", "became": "left out"}]
    said = json.dumps({key: value for key, value in described.items() if key != "content"}, ensure_ascii=False)
    assert not [row[1] for row in patients()[1:] if row[1] in said]


def test_endpoints_and_suggestions(described):
    assert described["endpoints"]["OS"]["confidence"] > 0.7
    assert set(described["endpoints"]["OS"]["reasons"]) == {"总生存期（月）", "生存状态"}
    assert described["suggestions"]["clean"]["肿瘤分级"]["merge"] == {"G1": ["G 1"]}
    assert any(name.startswith("ALBI grade") for name in described["suggestions"]["derived"])
    assert set(described["suggestions"]["says"]) >= {"肿瘤分级", *described["suggestions"]["derived"]}


def test_the_specification_can_be_run(described):
    spec = AnalysisSpec.model_validate(described["spec"])
    assert spec.cohort.roles["patient_id"] == "编号"


def test_the_encoding_of_a_text_file(tmp_path, capsys):
    path = tmp_path / "研究.csv"
    path.write_bytes(delimited(patients(), encoding="gb18030"))
    assert main(["describe", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["tables"][0]["encoding"] == "gb18030"
    assert by_code(found, "encoding")[0]["severity"] == "info"
