"""Recognising: names of endpoints, pairs of time and event, dates, identifiers, roles."""

import pytest

from core.cohort.endpoint_names import read_name
from core.cohort.recognise import ROLES, found_endpoints, is_adverse_events, recognise, suggest_spec
from core.cohort.roles import check_roles
from core.errors import MissingColumnError, SpecError
from core.spec import CohortSpec, EndpointSpec

NAMES = [
    ("os_months", ("OS", "time", "months")),
    ("OS (months)", ("OS", "time", "months")),
    ("OS_MONTHS", ("OS", "time", "months")),
    ("ostime", ("OS", "time", None)),
    ("OsTime", ("OS", "time", None)),
    ("OS", ("OS", "either", None)),
    ("overall survival", ("OS", "either", None)),
    ("Overall survival (days)", ("OS", "time", "days")),
    ("survival_months", ("OS", "time", "months")),
    ("survival time", ("OS", "time", None)),
    ("OS status", ("OS", "event", None)),
    ("os_event", ("OS", "event", None)),
    ("OSevent", ("OS", "event", None)),
    ("OS_CNSR", ("OS", "event", None)),
    ("death", ("OS", "event", None)),
    ("vital_status", ("OS", "event", None)),
    ("days to death", ("OS", "time", "days")),
    ("PFS.time", ("PFS", "time", None)),
    ("pfs_d", ("PFS", "time", "days")),
    ("progression free survival", ("PFS", "either", None)),
    ("PFS_STATUS", ("PFS", "event", None)),
    ("progressed", ("PFS", "event", None)),
    ("Progression or death", ("PFS", "event", None)),
    ("death or progression", ("PFS", "event", None)),
    ("Relapse or death", ("RFS", "event", None)),
    ("进展或死亡", ("PFS", "event", None)),
    ("time to progression (weeks)", ("TTP", "time", "weeks")),
    ("RFS years", ("RFS", "time", "years")),
    ("recurrence", ("RFS", "event", None)),
    ("LTP_months", ("LTP", "time", "months")),
    ("time", (None, "time", None)),
    ("status", (None, "event", None)),
    ("futime", (None, "time", None)),
    ("fustat", (None, "event", None)),
    ("time_to_event", (None, "time", None)),
    ("follow-up (months)", (None, "time", "months")),
    ("总生存期", ("OS", "either", None)),
    ("总生存期（月）", ("OS", "time", "months")),
    ("生存时间", ("OS", "time", None)),
    ("生存状态", ("OS", "event", None)),
    ("死亡", ("OS", "event", None)),
    ("OS时间", ("OS", "time", None)),
    ("无进展生存期(天)", ("PFS", "time", "days")),
    ("PFS状态", ("PFS", "event", None)),
    ("随访时间", (None, "time", None)),
]


class TestNames:
    @pytest.mark.parametrize(("name", "parts"), NAMES, ids=[name for name, _ in NAMES])
    def test_names_of_endpoints(self, name, parts):
        found = read_name(name)
        assert found is not None
        assert (found.endpoint, found.part, found.unit) == parts

    @pytest.mark.parametrize(
        "name",
        ["age", "sex", "T", "N", "m", "osd", "ecog_status", "hormone_status", "time_from_diagnosis", "cause_of_death",
         "pd_l1", "os_group", "treatment duration", "diagtime", "grade", "id", "", "stay (days)", "type_2", "性别"],
    )  # fmt: skip
    def test_other_names(self, name):
        assert read_name(name) is None


def endpoints(table):
    return {found.name: found.spec for found in found_endpoints(table)}


def codes(table):
    return [issue.code for issue in table.issues]


N = 40
TIMES = [round(1.3 * i + 0.7, 2) for i in range(N)]
FLAGS = [i % 2 for i in range(N)]
PAIRS = [
    ({"os_months": TIMES, "os_event": FLAGS}, {"OS": ("os_months", "os_event", (1,), "months")}),
    ({"OS (months)": TIMES, "OS status": FLAGS}, {"OS": ("OS (months)", "OS status", (1,), "months")}),
    ({"OS_MONTHS": TIMES, "OS_STATUS": [f"{f}:{'DECEASED' if f else 'LIVING'}" for f in FLAGS]},
     {"OS": ("OS_MONTHS", "OS_STATUS", ("1:DECEASED",), "months")}),
    ({"time": [30 * t for t in TIMES], "status": [1 + f for f in FLAGS]}, {"OS": ("time", "status", (2,), "days")}),
    ({"futime": [30 * t for t in TIMES], "fustat": FLAGS}, {"OS": ("futime", "fustat", (1,), "days")}),
    ({"总生存期（月）": TIMES, "生存状态": [("存活", "死亡")[f] for f in FLAGS]},
     {"OS": ("总生存期（月）", "生存状态", ("死亡",), "months")}),
    ({"生存时间": TIMES, "是否死亡": [("否", "是")[f] for f in FLAGS]},
     {"OS": ("生存时间", "是否死亡", ("是",), "months")}),
    ({"PFS_days": TIMES, "PFS_event": FLAGS, "OS_days": TIMES, "death": FLAGS},
     {"PFS": ("PFS_days", "PFS_event", (1,), "days"), "OS": ("OS_days", "death", (1,), "days")}),
    ({"survival_months": TIMES, "vital_status": [("Alive", "Dead")[f] for f in FLAGS]},
     {"OS": ("survival_months", "vital_status", ("Dead",), "months")}),
    ({"OS": TIMES, "dead": [("FALSE", "TRUE")[f] for f in FLAGS]}, {"OS": ("OS", "dead", (True,), "months")}),
    ({"pfs": TIMES, "progressed": FLAGS, "os": TIMES, "died": FLAGS},
     {"PFS": ("pfs", "progressed", (1,), "months"), "OS": ("os", "died", (1,), "months")}),
    ({"rfs_months": TIMES, "recurrence": FLAGS}, {"RFS": ("rfs_months", "recurrence", (1,), "months")}),
    ({"ttp_months": TIMES, "progression": FLAGS}, {"TTP": ("ttp_months", "progression", (1,), "months")}),
    ({"OS_time": TIMES, "OS_CNSR": FLAGS}, {"OS": ("OS_time", "OS_CNSR", (0,), "months")}),
    ({"time_years": [t / 12 for t in TIMES], "event": FLAGS}, {"OS": ("time_years", "event", (1,), "years")}),
    ({"time": TIMES, "event": FLAGS, "status": [i % 3 for i in range(N)]}, {"OS": ("time", "event", (1,), "months")}),
]  # fmt: skip


class TestPairs:
    @pytest.mark.parametrize(("columns", "wanted"), PAIRS, ids=lambda value: " ".join(value))
    def test_time_and_event(self, patients, columns, wanted):
        table = patients({"id": list(range(N)), "age": [50 + i % 30 for i in range(N)], **columns})
        found = {n: (s.time, s.event, s.event_is, s.unit) for n, s in endpoints(table).items()}
        assert found == wanted
        for name, (time, event, _, _) in wanted.items():
            assert (table.column(time).role, table.column(time).endpoint) == ("time", name)
            assert (table.column(event).role, table.column(event).endpoint) == ("event", name)
            assert table.column(time).kind == "number"
            assert table.column(time).reason

    def test_short_times_are_numbers_not_codes(self, patients):
        table = patients({"time": [1, 1, 2, 3, 3, 2, 1, 2], "event": [1, 0, 1, 0, 1, 1, 0, 1]})
        assert table.column("time").kind == "number"
        assert set(endpoints(table)) == {"OS"}

    def test_tnm_stages_are_no_times(self, patients):
        table = patients({"T": [1, 2, 3, 1] * 5, "M": [0, 1, 0, 0] * 5, "os": TIMES[:20], "death": FLAGS[:20]})
        assert table.column("T").kind == "category"
        assert set(endpoints(table)) == {"OS"}

    def test_what_general_names_mean_is_asked(self, patients):
        table = patients({"time": TIMES, "status": FLAGS})
        assert {"confirm-endpoint", "confirm-unit"} <= set(codes(table))

    def test_names_that_say_all_ask_nothing(self, patients):
        assert codes(patients({"os_months": TIMES, "os_event": FLAGS})) == []

    def test_several_codes_are_asked(self, patients):
        table = patients({"os_months": TIMES, "os_status": [i % 3 for i in range(N)]})
        spec = endpoints(table)["OS"]
        assert (spec.event_is, spec.competing) == ((1,), {"code 2": (2,)})
        assert "confirm-event" in codes(table)
        assert table.column("os_status").confidence < 0.5

    def test_a_time_without_an_event(self, patients):
        table = patients({"os_months": TIMES, "os_event": FLAGS, "pfs_months": TIMES})
        assert set(endpoints(table)) == {"OS"}
        issue = next(issue for issue in table.issues if issue.code == "time-without-event")
        assert issue.column == "pfs_months"

    def test_the_unit_of_another_time(self, patients):
        table = patients({"pfs_weeks": TIMES, "pfs_event": FLAGS, "os_time": TIMES, "os_event": FLAGS})
        assert endpoints(table)["OS"].unit == "weeks"

    @pytest.mark.parametrize(("longest", "unit"), [(2358, "days"), (72, "months"), (2.78, "years")])
    def test_the_unit_by_the_longest_time(self, patients, longest, unit):
        times = [longest * (i + 1) / N for i in range(N)]
        assert endpoints(patients({"time": times, "status": FLAGS}))["OS"].unit == unit

    def test_delayed_entry(self, patients):
        table = patients(
            {"entry": [0.5 * i for i in range(N)], "os_months": [100 + t for t in TIMES], "os_event": FLAGS}
        )
        assert endpoints(table)["OS"].entry == "entry"
        assert table.column("entry").role == "entry"

    def test_a_table_without_endpoints(self, patients):
        assert endpoints(patients({"id": [1, 2, 3], "age": [61, 70, 55]})) == {}


DAYS = [f"2020-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(N)]
LATER = [f"2022-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(N)]


class TestDates:
    def test_start_death_and_last_seen(self, patients):
        died = [day if flag else None for day, flag in zip(LATER, FLAGS, strict=True)]
        table = patients({"first_dose_date": DAYS, "death_date": died, "last_seen_date": LATER})
        spec = endpoints(table)["OS"]
        assert (spec.start, spec.event_date, spec.censor_date) == ("first_dose_date", "death_date", "last_seen_date")
        assert [table.column(name).role for name in spec.columns] == ["start_date", "death_date", "last_seen_date"]

    def test_chinese_columns_with_a_status(self, patients):
        table = patients({"入组日期": DAYS, "末次随访日期": LATER, "生存状态": [("存活", "死亡")[f] for f in FLAGS]})
        spec = endpoints(table)["OS"]
        assert (spec.start, spec.event_date, spec.censor_date) == ("入组日期", "末次随访日期", "末次随访日期")
        assert (spec.event, spec.event_is) == ("生存状态", ("死亡",))

    def test_progression_dates_are_time_to_progression(self, patients):
        progressed = [day if flag else None for day, flag in zip(LATER, FLAGS, strict=True)]
        table = patients({"start_date": DAYS, "progression_date": progressed, "last_seen": LATER})
        assert set(endpoints(table)) == {"TTP"}

    @pytest.mark.parametrize(
        ("second", "name", "alone"),
        [("progression_date", "PFS", "TTP"), ("recurrence_date", "RFS", "TTR")],
        ids=["progression", "recurrence"],
    )
    def test_with_deaths_dated_too_the_first_of_both_counts(self, patients, second, name, alone):
        died = [day if flag else None for day, flag in zip(LATER, FLAGS, strict=True)]
        table = patients({"start_date": DAYS, second: LATER, "death_date": died, "last_seen": LATER})
        found = endpoints(table)
        assert list(found) == ["OS", name, alone]
        assert (found[alone].event_date, found[alone].competing_date) == (second, {"death": "death_date"})
        assert (found["OS"].event_date, found[name].event_date) == ("death_date", (second, "death_date"))
        assert (found[name].start, found[name].censor_date) == ("start_date", "last_seen")

    def test_a_pfs_with_a_time_of_its_own_is_not_made_from_dates(self, patients):
        table = patients(
            {"start_date": DAYS, "progression_date": LATER, "death_date": LATER, "last_seen": LATER}
            | {"pfs_months": TIMES, "pfs_event": FLAGS}
        )
        assert {name: spec.from_dates for name, spec in endpoints(table).items()} == {"PFS": False, "OS": True}

    def test_times_win_over_dates(self, patients):
        table = patients(
            {
                "start_date": DAYS,
                "death_date": LATER,
                "last_seen": LATER,
                "os_months": TIMES,
                "os_event": FLAGS,
            }
        )
        assert endpoints(table)["OS"].time == "os_months"


class TestRoles:
    @pytest.mark.parametrize(
        "name",
        [
            "id",
            "ID",
            "Patient ID",
            "patient_id",
            "PatientNo",
            "USUBJID",
            "MRN",
            "住院号",
            "编号",
            "病人编号",
            "case_id",
        ],
    )
    def test_identifiers(self, patients, name):
        table = patients({"age": [61, 70, 55, 40], name: ["1001", "1002", "1003", "1004"]})
        assert table.with_role("patient_id") == name
        assert table.column(name).kind == "text"

    def test_identifiers_keep_leading_zeros(self, patients):
        table = patients({"id": ["001", "002", "010"], "x": [1.5, 2.5, 7.5]})
        assert table.frame["id"].tolist() == ["001", "002", "010"]

    def test_an_alias_with_few_values_names_no_patient(self, patients):
        table = patients({"case": ["a", "b"] * 10, "x": [i + 0.5 for i in range(20)]})
        assert table.with_role("patient_id") is None

    @pytest.mark.parametrize(
        "name", ["hifu", "HIFU", "arm", "Treatment", "group", "WHO grade", "Primary site", "分组", "原发灶"]
    )
    def test_groups(self, patients, name):
        table = patients({"x": [i + 0.5 for i in range(20)], name: ["a", "b"] * 10})
        assert table.with_role("group") == name

    def test_others(self, patients):
        table = patients(
            {"sex": ["m", "f"] * 10, "age": list(range(40, 60)), "note": [f"text {i}" for i in range(20)],
             "blank": [None] * 20, "site": ["Graz"] * 20, "seen": ["2020-05-04"] * 20,
             "w_iptw": [1 + i / 7 for i in range(20)]}
        )  # fmt: skip
        roles = {column.name: column.role for column in table.columns}
        assert roles == {
            "sex": "covariate", "age": "covariate", "note": "ignore", "blank": "ignore", "site": "ignore",
            "seen": "other_date", "w_iptw": "weight",
        }  # fmt: skip
        assert all(0 <= column.confidence <= 1 and column.reason for column in table.columns)
        assert set(roles.values()) <= set(ROLES)

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("best_response", ["CR", "PR", "SD", "PD"]),
            ("BOR", ["PR", "SD", "NE", "PD"]),
            ("最佳疗效", ["完全缓解", "部分缓解", "疾病稳定", "疾病进展"]),
            ("mrecist", ["Complete response", "Partial response", "Stable disease", "Progressive disease"]),
            ("week 8", ["CR", "PR", "SD", "PD"]),
        ],
    )
    def test_best_response(self, patients, name, values):
        assert patients({"x": list(range(20)), name: values * 5}).with_role("best_response") == name

    def test_the_name_decides_between_two_responses(self, patients):
        values = ["CR", "PR", "SD", "PD"] * 5
        assert patients({"week 8": values, "best response": values}).with_role("best_response") == "best response"
        assert patients({"week 8": values, "week 16": values}).with_role("best_response") is None

    def test_a_response_in_other_words_is_no_best_response(self, patients):
        table = patients({"x": list(range(20)), "response": ["yes", "no", "partly", "yes"] * 5})
        assert table.with_role("best_response") is None

    def test_what_the_user_says_wins(self, patients):
        table = patients({"id": [1, 2, 3], "number2": [7, 8, 9]}, roles={"patient_id": "number2"})
        assert table.with_role("patient_id") == "number2"
        assert table.column("id").role != "patient_id"
        assert table.column("number2").confidence == 1.0
        assert table.frame["number2"].tolist() == ["7", "8", "9"]

    def test_endpoints_the_user_says_win(self, patients):
        said = {"DFS": EndpointSpec(time="a", event="b", event_is=("x",), unit="weeks")}
        table = patients(
            {"os_months": TIMES, "os_event": FLAGS, "a": [1, 2] * 20, "b": ["x", "y"] * 20}, endpoints=said
        )
        assert found_endpoints(table) == ()
        assert table.column("a").kind == "number"
        assert (table.column("a").role, table.column("a").endpoint) == ("time", "DFS")

    def test_roles_are_checked(self):
        with pytest.raises(SpecError, match=r"Unknown key 'patientid'.*Did you mean 'patient_id'"):
            check_roles({"patientid": "id"}, {"patients": ["id"]})
        with pytest.raises(MissingColumnError, match=r"Column 'ID2'.*role 'patient_id'.*Did you mean 'id'"):
            check_roles({"patient_id": "ID2"}, {"patients": ["id", "age"]})
        with pytest.raises(SpecError, match=r"belongs to an endpoint.*cohort\.endpoints"):
            check_roles({"time": "os"}, {"patients": ["os"]})
        check_roles({"ae_term": "term"}, {"patients": ["id"]})


OWN = {
    "patient": ["1", "1", "2", "3"], "term": ["Fever", "Pain", "Fever", "Rash"], "class": ["a", "a", "b", "a"],
    "grade": ["1", "3", "Grade 2", "2"], "start": ["3", "10", "4", "7"], "related": ["Yes", "No", "Yes", "Yes"],
}  # fmt: skip
CDISC = {
    "USUBJID": ["A-1", "A-1", "A-2"], "AETERM": ["fever", "pain", "rash"], "AEDECOD": ["Pyrexia", "Pain", "Rash"],
    "AEBODSYS": ["General", "General", "Skin"], "AESEV": ["MILD", "MILD", "SEVERE"], "ATOXGR": ["1", "2", "3"],
    "ASTDT": ["2020-05-04", "2020-05-05", "2020-06-04"], "AREL": ["Y", "N", "Y"],
}  # fmt: skip
CHINESE = {"住院号": ["1", "1", "2"], "不良反应": ["发热", "疼痛", "皮疹"], "分级": ["1级", "2级", "3级"]}


class TestAdverseEvents:
    @pytest.mark.parametrize(
        ("columns", "roles"),
        [
            (OWN, {"ae_patient_id": "patient", "ae_term": "term", "ae_class": "class", "ae_grade": "grade",
                   "ae_start": "start", "ae_related": "related"}),
            (CDISC, {"ae_patient_id": "USUBJID", "ae_term": "AEDECOD", "ae_class": "AEBODSYS", "ae_grade": "ATOXGR",
                     "ae_start": "ASTDT", "ae_related": "AREL"}),
            (CHINESE, {"ae_patient_id": "住院号", "ae_term": "不良反应", "ae_grade": "分级"}),
        ],
        ids=["own", "cdisc", "chinese"],
    )  # fmt: skip
    def test_columns(self, raw_table, columns, roles):
        raw = raw_table(columns)
        table = recognise(raw, table="adverse_events")
        assert {role: table.with_role(role) for role in roles} == roles
        assert table.frame[roles["ae_grade"]].dtype == float
        assert is_adverse_events(raw)

    def test_grades_are_numbers(self, raw_table):
        assert recognise(raw_table(OWN), table="adverse_events").frame["grade"].tolist() == [1, 3, 2, 2]

    def test_patients_do_not_look_like_adverse_events(self, raw_table):
        assert not is_adverse_events(
            raw_table({"id": [1, 2], "grade": ["G1", "G2"], "os_months": [1, 2], "death": [0, 1]})
        )

    def test_the_suggested_specification(self, raw_table, patients):
        table = patients({"id": list(range(N)), "os_months": TIMES, "os_event": FLAGS})
        events = recognise(raw_table(OWN), table="adverse_events")
        spec = suggest_spec(table, events, {"patients": "p.csv", "adverse_events": "ae.csv"})
        assert spec.roles["patient_id"] == "id"
        assert spec.roles["ae_grade"] == "grade"
        assert spec.endpoints["OS"].event_is == (1,)
        assert CohortSpec.model_validate_json(spec.model_dump_json()) == spec
