"""Which values mean event: codes, words, and columns that count the other way round."""

import pytest

from core.cohort.event_values import cnsr_event_is, is_censoring_name, needs_confirming, recognise_event_values

CASES = [
    (["0", "1"], "status", None, [1]),
    (["1"], "status", None, [1]),
    (["0"], "status", None, [1]),
    (["1", "2"], "status", None, [2]),
    (["0", "2"], "status", None, [2]),
    (["1.0", "2.0"], "status", None, [2]),
    (["FALSE", "TRUE"], "dead", None, [True]),
    (["Alive", "Dead"], "status", "OS", ["Dead"]),
    (["alive", "deceased"], "vital_status", "OS", ["deceased"]),
    (["LIVING", "DECEASED"], "OS_STATUS", "OS", ["DECEASED"]),
    (["0:LIVING", "1:DECEASED"], "OS_STATUS", "OS", ["1:DECEASED"]),
    (["0:CENSORED", "1:PROGRESSION"], "PFS_STATUS", "PFS", ["1:PROGRESSION"]),
    (["No", "Yes"], "death", "OS", ["Yes"]),
    (["n", "y"], "death", "OS", ["y"]),
    (["censored", "event"], "status", None, ["event"]),
    (["no progression", "progression"], "pfs", "PFS", ["progression"]),
    (["event-free", "event"], "status", None, ["event"]),
    (["存活", "死亡"], "生存状态", "OS", ["死亡"]),
    (["否", "是"], "是否死亡", "OS", ["是"]),
    (["未进展", "进展"], "进展", "PFS", ["进展"]),
    (["无", "有"], "复发", "RFS", ["有"]),
    (["失访", "存活", "死亡"], "结局", "OS", ["死亡"]),
    (["Alive", "Dead", "Unknown"], "status", "OS", ["Dead"]),
    (["0", "1"], "CNSR", None, [0]),
    (["0", "1", "2"], "CNSR", None, [0]),
    (["1", "2"], "CNSR", None, [0]),
    (["0", "1"], "censored", None, [0]),
    (["no", "yes"], "censored", None, ["no"]),
    (["0", "1"], "alive", "OS", [0]),
    (["no", "yes"], "alive", "OS", ["no"]),
    (["alive", "dead"], "alive", "OS", ["dead"]),
    (["0", "1"], "survived", "OS", [0]),
    (["否", "是"], "是否存活", "OS", ["否"]),
    (["LIVING:0", "DECEASED:1"], "OS_STATUS", "OS", ["DECEASED:1"]),
    (["Alive ", " Dead  "], "status", "OS", [" Dead  "]),
    (["0=alive", "1=dead"], "status", "OS", ["1=dead"]),
    (["存活(1)", "死亡(2)"], "生存状态", "OS", ["死亡(2)"]),
    (["DOD", "AWD", "NED"], "status", "OS", ["DOD"]),
    (["DOD", "DOC", "AWD", "NED"], "status", "OS", ["DOD", "DOC"]),
    (["dod", "N.E.D.", "alive"], "status", "OS", ["dod"]),
    (["A", "D"], "status", "OS", ["D"]),
    (["A", "B", "C", "D"], "stage", "OS", []),
    (
        ["death of disease", "death of other cause", "alive"],
        "status",
        "OS",
        ["death of disease", "death of other cause"],
    ),
]


class TestRecognised:
    @pytest.mark.parametrize(("levels", "column", "endpoint", "event_is"), CASES, ids=str)
    def test_event_values(self, levels, column, endpoint, event_is):
        coding = recognise_event_values(levels, column=column, endpoint=endpoint)
        assert list(coding.event_is) == event_is
        assert [type(value) for value in coding.event_is] == [type(value) for value in event_is]

    @pytest.mark.parametrize(
        ("levels", "endpoint", "event_is", "competing"),
        [
            (["alive", "progression", "death"], "TTP", ["progression"], {"death": ["death"]}),
            (["alive", "recurrence", "death", "transplant"], "TTR", ["recurrence"],
             {"death": ["death"], "transplant": ["transplant"]}),
            (["censored", "progression", "death"], "PFS", ["progression", "death"], {}),
            (["censored", "relapse", "death"], "OS", ["death"], {}),
            (["DOD", "DOC", "AWD", "NED"], "CSS", ["DOD"], {"death of another cause": ["DOC"]}),
            (["dead of disease", "dead of other cause", "alive"], "CSS", ["dead of disease"],
             {"death of another cause": ["dead of other cause"]}),
            (["alive", "dead", "transplanted"], "OS", ["dead"], {"transplant": ["transplanted"]}),
        ],
        ids=str,
    )  # fmt: skip
    def test_competing_events_by_their_words(self, levels, endpoint, event_is, competing):
        coding = recognise_event_values(levels, column="status", endpoint=endpoint)
        assert list(coding.event_is) == event_is
        assert {cause: list(values) for cause, values in coding.competing.items()} == competing

    def test_several_codes_are_a_question(self):
        coding = recognise_event_values(["0", "1", "2"], column="status")
        assert coding.event_is == (1,)
        assert coding.competing == {"code 2": (2,)}
        issue = needs_confirming(coding, column="status", endpoint="OS")
        assert issue is not None
        assert (issue.code, issue.severity, issue.column) == ("confirm-event", "warning", "status")

    @pytest.mark.parametrize("column", ["cens", "censor", "survival"])
    def test_a_name_that_may_mean_the_contrary_is_a_question(self, column):
        coding = recognise_event_values(["0", "1"], column=column)
        assert coding.event_is == (1,)
        assert needs_confirming(coding, column=column, endpoint="OS") is not None

    def test_words_nobody_knows(self):
        coding = recognise_event_values(["alpha", "beta"], column="status", endpoint="OS")
        assert coding.event_is == ()
        issue = needs_confirming(coding, column="status", endpoint="OS")
        assert issue is not None
        assert "none of its values" in issue.message

    def test_a_sure_coding_is_no_question(self):
        coding = recognise_event_values(["0", "1"], column="os_event")
        assert needs_confirming(coding, column="os_event", endpoint="OS") is None


class TestCnsr:
    @pytest.mark.parametrize(
        ("levels", "event_is"), [(["0", "1"], (0,)), (["0.0", "1.0"], (0,)), (["1", "2"], (0,)), (["0"], (0,))]
    )
    def test_zero_and_nothing_else_is_the_event(self, levels, event_is):
        assert cnsr_event_is(levels) == event_is

    @pytest.mark.parametrize(
        ("name", "counts_censoring"),
        [("CNSR", True), ("os_cnsr", True), ("censored", True), ("is_alive", True), ("删失", True), ("cens", False),
         ("status", False), ("os_event", False), ("alive_at_12_months", False)],
    )  # fmt: skip
    def test_names_that_count_those_without_event(self, name, counts_censoring):
        assert is_censoring_name(name) is counts_censoring
