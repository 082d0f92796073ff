"""A chart's words in another language: what is read changes, codes and the specification stay."""

from __future__ import annotations

import pyarrow as pa

from ui.charts.in_language import spec_in


def say(text: str) -> str:
    return {"Months": "月", "At risk": "风险人数", "Dead": "死亡", "done": "完成"}.get(text, text)


def test_titles_and_labels_are_said() -> None:
    spec = {
        "title": "Months",
        "encoding": {"x": {"field": "t", "axis": {"title": "Months"}, "scale": {"domain": ["Dead"]}}},
    }
    made = spec_in(spec, say)
    assert made["title"] == "月"
    assert made["encoding"]["x"]["axis"]["title"] == "月"
    assert made["encoding"]["x"]["scale"]["domain"] == ["死亡"]
    assert made["encoding"]["x"]["field"] == "t"
    assert spec["title"] == "Months"  # the one it was made of is as it was


def test_texts_of_the_data_are_said_and_keep_their_kind() -> None:
    table = pa.table({"name": ["Dead", None, "x"], "n": [1, 2, 3]})
    made = spec_in({"datasets": {"rows": table}}, say)["datasets"]["rows"]
    assert made.column("name").to_pylist() == ["死亡", None, "x"]
    assert made.schema == table.schema


def test_data_inside_a_panel_are_said_as_its_scale_is() -> None:
    layer = {"data": {"values": [{"state": "Dead", "t": 1}]}, "encoding": {"fill": {"scale": {"domain": ["Dead"]}}}}
    (panel,) = spec_in({"concat": [{"layer": [layer]}]}, say)["concat"]
    assert panel["layer"][0]["data"]["values"] == [{"state": "死亡", "t": 1}]
    assert panel["layer"][0]["encoding"]["fill"]["scale"]["domain"] == ["死亡"]


def test_what_an_expression_compares_is_a_code() -> None:
    spec = {"transform": [{"filter": "datum.kind == 'done'"}], "datasets": {"rows": [{"kind": "done", "name": "Dead"}]}}
    made = spec_in(spec, say)
    assert made["datasets"]["rows"] == [{"kind": "done", "name": "死亡"}]
    assert made["transform"] == spec["transform"]


def test_words_inside_an_expression_are_said() -> None:
    made = spec_in({"labelExpr": "datum.label + 'At risk'"}, say)
    assert made == {"labelExpr": "datum.label + '风险人数'"}


def test_what_is_no_specification_is_given_back() -> None:
    assert spec_in(None, say) is None
