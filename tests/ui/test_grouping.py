import pytest

from core.cohort.cohort import Cohort
from core.cohort.load import cohort_from_files, with_spec
from core.cohort.select import assign_group
from core.spec import GroupSpec
from ui.grouping import candidates, cut_points, default_group, group_label, median_cut, merged_levels, start_group

ROWS = """id,os_months,os_event,hifu,grade,age,note
a,10,1,Yes,G1,40,first note of the ward
b,12,0,No,G2,50,another note
c,14,1,Yes,G3,60,a third one
d,9,1,No,G2,71,something else
e,30,0,No,G1,72,and more
f,31,0,Yes,G3,73,still more
g,32,1,Yes,G3,74,yet more
h,33,1,No,G1,75,the end
"""


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return cohort_from_files({"p.csv": ROWS.encode()}, name="p")


def test_times_events_and_identifiers_never_group(cohort: Cohort) -> None:
    found = candidates(cohort)
    assert {"hifu", "grade", "age"} <= set(found)
    assert not {"id", "os_months", "os_event"} & set(found)


def test_yes_and_no_become_words(cohort: Cohort) -> None:
    group = start_group(cohort, "hifu")
    assert group.levels == {"No HIFU": ("No",), "HIFU": ("Yes",)}


def test_a_number_is_cut_at_its_median(cohort: Cohort) -> None:
    assert median_cut(cohort, "age") == 72  # between 71 and 72: upwards to a whole year
    groups = assign_group(cohort.patients, start_group(cohort, "age"))
    assert [int((groups.codes == code).sum()) for code in (0, 1)] == [4, 4]


def test_an_uploaded_cohort_starts_with_a_recognised_group(cohort: Cohort) -> None:
    group = default_group(cohort)
    assert group is not None
    assert group.column in ("hifu", "grade")


def test_equal_names_merge_and_empty_names_leave_out() -> None:
    rows = [
        {"value": "G1", "shown": "G1/2", "order": 2},
        {"value": "G2", "shown": " G1/2 ", "order": 2},
        {"value": "G3", "shown": "G3", "order": 1},
        {"value": "NEC", "shown": "", "order": 3},
    ]
    levels = merged_levels(rows)
    assert list(levels.items()) == [("G3", ("G3",)), ("G1/2", ("G1", "G2"))]
    GroupSpec(column="grade", levels=levels)


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("3, 20", (3, 20)),
        ("20 3", (3, 20)),
        ("2,5; 7,5", (2.5, 7.5)),
        ("2,5 7,5", (2.5, 7.5)),
        ("6,12", (6, 12)),
        ("nan", None),
        ("3, inf", None),
        ("3;20", (3, 20)),
        ("", None),
        ("three", None),
        ("5, 5", (5,)),
    ],
)
def test_cut_points_as_people_type_them(typed: str, points: tuple[float, ...] | None) -> None:
    assert cut_points(typed) == points


def test_outcomes_that_no_endpoint_uses_stand_last_and_are_marked() -> None:
    lines = [line.split(",") for line in ROWS.splitlines()]
    lines[0].append("pfs_event")
    for i, line in enumerate(lines[1:]):
        line.append(str(i % 2))
    rows = "\n".join(map(",".join, lines))
    cohort = cohort_from_files({"p.csv": rows.encode()}, name="p")
    assert list(cohort.spec.endpoints) == ["OS"]
    assert candidates(cohort)[-1] == "pfs_event"
    assert group_label("pfs_event").endswith("(an outcome)")
    assert group_label("hifu") == "HIFU"
    assert cohort.patients.column("pfs_event").role == "ignore"
    confirmed = with_spec(cohort, cohort.spec)
    assert "not used" in confirmed.patients.column("pfs_event").reason


SPELT = """id,os_months,os_event,arm,kras,ECOG
a,10,1,MWA,WT,0
b,12,0,mwa,wild type,1
c,14,1,MWA,mut,1
d,9,1,Resection,Mutated,0
e,30,0,resection,WT,2
f,31,0,Resection,mut,0
"""


def test_spellings_of_one_arm_start_as_one_group_and_codes_name_their_column() -> None:
    spelt = cohort_from_files({"s.csv": SPELT.encode()}, name="s")
    assert start_group(spelt, "arm").levels == {"MWA": ("MWA", "mwa"), "Resection": ("Resection", "resection")}
    assert start_group(spelt, "kras").levels == {"Wild type": ("wild type", "WT"), "Mutant": ("mut", "Mutated")}
    assert start_group(spelt, "ECOG").levels == {"ECOG 0": ("0",), "ECOG 1": ("1",), "ECOG 2": ("2",)}
