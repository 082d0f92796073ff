"""The patients of an analysis: filters, groups, endpoint; everybody left out is counted once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort.select import analysis_set, assign_group, describe_filter, filter_mask, levels_of
from core.errors import MissingColumnError, SpecError, TooFewEventsError
from core.spec import EndpointSpec, FilterSpec, GroupSpec

COLUMNS = {
    "id": ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"],
    "age": [45.5, 50, 61, None, 70, 75, 81, 50],
    "grade": ["G1", "G2", "G3", "G2", None, "G1", "G3", "G2"],
    "hifu": ["Yes", "No", "Yes", "No", "No", "Yes", None, "No"],
    "ecog": [0, 1, 2, 0, 1, 1, 0, None],
    "seen": ["2020-01-01", "2020-02-01", None, "2020-03-01", "2020-04-01", "2020-05-01", "2020-06-01", "2020-07-01"],
    "os": [12.5, 3, None, 7, 8, 22, 30, 4],
    "dead": [1, 0, 1, 1, 0, 1, 1, 0],
}
OS = {"OS": EndpointSpec(time="os", event="dead", event_is=(1,))}


@pytest.fixture(scope="module")
def cohort(cohort_of):
    return cohort_of(COLUMNS, OS)


class TestFilters:
    @pytest.mark.parametrize(
        ("column", "op", "value", "kept"),
        [
            ("age", ">=", 50, [2, 3, 5, 6, 7, 8]),
            ("age", ">", 50, [3, 5, 6, 7]),
            ("age", "<", 50, [1]),
            ("age", "<=", 50, [1, 2, 8]),
            ("age", "==", 50, [2, 8]),
            ("age", "==", "50", [2, 8]),
            ("age", "!=", 50, [1, 3, 5, 6, 7]),
            ("age", "in", (50, "81"), [2, 7, 8]),
            ("age", "not in", (50, 81), [1, 3, 5, 6]),
            ("age", "missing", None, [4]),
            ("age", "not missing", None, [1, 2, 3, 5, 6, 7, 8]),
            ("grade", "==", "G1", [1, 6]),
            ("grade", "==", "g1", [1, 6]),
            ("grade", "!=", "G1", [2, 3, 4, 7, 8]),
            ("grade", "in", ("G1", "G2"), [1, 2, 4, 6, 8]),
            ("grade", "not in", ("G1", "G2"), [3, 7]),
            ("grade", "missing", None, [5]),
            ("grade", "==", "G9", []),
            ("ecog", "==", 1, [2, 5, 6]),
            ("ecog", "==", "1", [2, 5, 6]),
            ("ecog", "==", True, [2, 5, 6]),
            ("ecog", ">=", 1, [2, 3, 5, 6]),
            ("ecog", "in", (0, "2"), [1, 3, 4, 7]),
            ("seen", ">=", "2020-05-01", [6, 7, 8]),
            ("seen", "==", "2020-02-01", [2]),
            ("seen", "missing", None, [3]),
            ("id", "in", ("p1", "P2"), [1, 2]),
        ],
        ids=str,
    )
    def test_every_operator(self, cohort, column, op, value, kept):
        mask = filter_mask(cohort.patients, [FilterSpec(column=column, op=op, value=value)])
        assert (np.flatnonzero(mask) + 1).tolist() == kept

    def test_all_must_hold(self, cohort):
        filters = [FilterSpec(column="age", op=">=", value=50), FilterSpec(column="hifu", op="==", value="No")]
        assert (np.flatnonzero(filter_mask(cohort.patients, filters)) + 1).tolist() == [2, 5, 8]

    def test_no_filter_keeps_all(self, cohort):
        assert filter_mask(cohort.patients, []).all()

    def test_words_have_no_size(self, cohort):
        with pytest.raises(SpecError, match="compares by size, but 'grade' is not a number"):
            filter_mask(cohort.patients, [FilterSpec(column="grade", op=">", value="G1")])

    @pytest.mark.parametrize(("column", "what"), [("age", "a number"), ("seen", "a date such as")])
    def test_a_limit_that_is_none(self, cohort, column, what):
        with pytest.raises(SpecError, match=f"needs {what}"):
            filter_mask(cohort.patients, [FilterSpec(column=column, op=">", value="soon")])

    def test_a_missing_column(self, cohort):
        with pytest.raises(MissingColumnError, match=r"'agee', needed for a filter.*Did you mean 'age'"):
            filter_mask(cohort.patients, [FilterSpec(column="agee", op=">", value=1)])

    @pytest.mark.parametrize(
        ("spec", "words"),
        [
            (FilterSpec(column="age", op=">=", value=50), "Age ≥ 50"),
            (FilterSpec(column="grade", op="in", value=("G1", "G2")), "Grade is G1 or G2"),
            (FilterSpec(column="age", op="missing"), "Age is missing"),
            (FilterSpec(column="afp_ng_ml", op="not missing"), "AFP (ng/mL) is not missing"),
            (FilterSpec(column="arm", op="!=", value="TACE"), "Arm is not TACE"),
            (FilterSpec(column="arm", op="not in", value=("A", "B", "C")), "Arm is not A, B or C"),
            (FilterSpec(column="age_years", op="<", value=50.0), "Age (years) < 50"),
            (FilterSpec(column="size_cm", op="<=", value=2.5), "Size (cm) ≤ 2.5"),
        ],
    )
    def test_in_words(self, spec, words):
        assert describe_filter(spec) == words


class TestGroups:
    def test_nothing_to_compare(self, cohort):
        group = assign_group(cohort.patients, None)
        assert (group.levels, group.reference, group.column) == (("all",), "all", None)
        assert group.codes.tolist() == [0] * 8

    def test_every_value_is_a_level_in_natural_order(self, cohort):
        group = assign_group(cohort.patients, GroupSpec(column="grade"))
        assert group.levels == ("G1", "G2", "G3")
        assert group.reference == "G1"
        assert group.codes.tolist() == [0, 1, 2, 1, -1, 0, 2, 1]

    def test_levels_renamed_merged_and_ordered(self, cohort):
        spec = GroupSpec(column="grade", levels={"High": ("G3",), "Low": ("G1", "G2")}, reference="Low")
        group = assign_group(cohort.patients, spec)
        assert (group.levels, group.reference) == (("High", "Low"), "Low")
        assert group.codes.tolist() == [1, 1, 0, 1, -1, 1, 0, 1]

    def test_codes_by_value(self, cohort):
        spec = GroupSpec(column="ecog", levels={"fit": (0, 1.0), "unfit": ("2",)})
        assert assign_group(cohort.patients, spec).codes.tolist() == [0, 0, 1, 0, 0, 0, 0, -1]

    def test_a_value_nobody_has_is_noted(self, cohort):
        group = assign_group(cohort.patients, GroupSpec(column="grade", levels={"a": ("G1", "G4"), "b": ("G2",)}))
        assert group.notes == ("'grade' has no value 'G4' (level 'a').",)

    def test_one_value_in_two_levels(self, cohort):
        with pytest.raises(SpecError, match="in two levels"):
            assign_group(cohort.patients, GroupSpec(column="ecog", levels={"a": (1,), "b": ("1.0",)}))

    def test_a_number_cut(self, cohort):
        spec = GroupSpec(column="age", cut=(50, 75), labels=("<=50", "51-75", ">75"))
        assert assign_group(cohort.patients, spec).codes.tolist() == [0, 0, 1, -1, 1, 1, 2, 0]
        group = assign_group(cohort.patients, GroupSpec(column="age", cut=(50, 75)))
        assert group.levels == ("<50", "50 to <75", "≥75")
        assert group.codes.tolist() == [0, 1, 1, -1, 1, 2, 2, 1]

    def test_words_cannot_be_cut(self, cohort):
        with pytest.raises(SpecError, match="'grade' is not a number and cannot be cut"):
            assign_group(cohort.patients, GroupSpec(column="grade", cut=(1,)))

    def test_a_reference_that_is_no_level(self, cohort):
        with pytest.raises(SpecError, match=r"reference 'G11' is not a level of 'grade'.*Did you mean 'G1'"):
            assign_group(cohort.patients, GroupSpec(column="grade", reference="G11"))

    def test_too_many_values(self, cohort_of):
        cohort = cohort_of({"age": [i + 0.5 for i in range(60)], "x": ["a", "b"] * 30})
        with pytest.raises(SpecError, match="'age' has 60 different values"):
            assign_group(cohort.patients, GroupSpec(column="age"))

    def test_levels_of_a_column(self, cohort):
        assert levels_of(cohort.patients, "hifu") == ("No", "Yes")
        assert levels_of(cohort.patients, "age") == ("45.5", "50", "61", "70", "75", "81")
        assert levels_of(cohort.patients, "seen")[0] == "2020-01-01"
        with pytest.raises(MissingColumnError, match="'hifuu'"):
            levels_of(cohort.patients, "hifuu")


class TestAnalysisSet:
    def test_everybody_once_in_the_order_filters_group_endpoint(self, cohort):
        found = analysis_set(
            cohort,
            filters=[FilterSpec(column="age", op=">=", value=50)],
            group=GroupSpec(column="hifu", levels={"No HIFU": ("No",), "HIFU": ("Yes",)}),
            endpoint="OS",
        )
        assert [(e.reason, e.n, e.rows) for e in found.exclusions] == [
            ("Age missing (kept only where Age ≥ 50)", 1, (5,)),
            ("kept only where Age ≥ 50", 1, (2,)),
            ("HIFU missing", 1, (8,)),
            ("OS time missing", 1, (4,)),
        ]
        assert found.n_cohort == 8
        assert found.positions.tolist() == [1, 4, 5, 7]
        assert found.row_numbers == (3, 6, 7, 9)
        assert found.groups.levels == ("No HIFU", "HIFU")
        assert found.groups.codes.tolist() == [0, 0, 1, 0]
        np.testing.assert_array_equal(found.data.time, [3, 8, 22, 4])
        assert found.data.event.tolist() == [False, False, True, False]
        assert found.frame["id"].tolist() == ["p2", "p5", "p6", "p8"]
        assert found.frame.index.tolist() == [0, 1, 2, 3]

    def test_values_in_no_level(self, cohort):
        found = analysis_set(cohort, group=GroupSpec(column="grade", levels={"low": ("G1",), "high": ("G3",)}))
        assert [(e.reason, e.n) for e in found.exclusions] == [
            ("Grade missing", 1),
            ("Grade not in the chosen levels", 3),
        ]

    def test_without_an_endpoint(self, cohort):
        found = analysis_set(cohort)
        assert found.data is None
        assert (found.n, found.exclusions, found.groups.levels) == (8, (), ("all",))

    def test_a_level_without_patients_is_left_out_and_said(self, cohort):
        found = analysis_set(
            cohort,
            filters=[FilterSpec(column="grade", op="!=", value="G1")],
            group=GroupSpec(column="grade"),
            endpoint="OS",
        )
        assert found.groups.levels == ("G2", "G3")
        assert found.groups.reference == "G2"
        assert set(found.groups.codes.tolist()) == {0, 1}
        assert "Level 'G1' has no patients and is left out." in found.notes
        assert "The reference 'G1' has no patients; 'G2' is the reference." in found.notes

    def test_nobody_left(self, cohort):
        with pytest.raises(
            TooFewEventsError, match=r"No patients left \(Age missing.*: 1; kept only where Age > 200: 7\)"
        ):
            analysis_set(cohort, filters=[FilterSpec(column="age", op=">", value=200)], endpoint="OS")

    def test_an_endpoint_that_is_not_defined(self, cohort):
        with pytest.raises(SpecError, match=r"Endpoint 'PFS' is not defined.*Defined: OS|Did you mean"):
            analysis_set(cohort, endpoint="PFS")

    def test_competing_events_of_the_kept(self, cohort_of):
        spec = EndpointSpec(time="t", event="s", event_is=(1,), competing={"death": (2,)})
        cohort = cohort_of({"t": [1.5, None, 3.5, 4.5], "s": [0, 2, 2, 1]}, {"TTP": spec})
        found = analysis_set(cohort, endpoint="TTP")
        assert found.competing["death"].tolist() == [False, True, False]
        assert found.data.event.tolist() == [False, False, True]

    def test_entry_of_the_kept(self, cohort_of):
        spec = EndpointSpec(time="t", event="s", event_is=(1,), entry="e")
        cohort = cohort_of({"e": [0, 2, 9], "t": [1.5, 2.5, 3.5], "s": [0, 1, 1]}, {"OS": spec})
        np.testing.assert_array_equal(analysis_set(cohort, endpoint="OS").data.entry, [0, 2])

    @settings(max_examples=100, deadline=None)
    @given(data=st.data())
    def test_left_out_and_kept_make_the_cohort(self, cohort, data):
        filters = data.draw(
            st.lists(
                st.sampled_from(
                    [
                        FilterSpec(column="age", op=">=", value=50),
                        FilterSpec(column="grade", op="in", value=("G1", "G2")),
                        FilterSpec(column="hifu", op="not missing"),
                        FilterSpec(column="ecog", op="!=", value=0),
                        FilterSpec(column="seen", op="<", value="2020-06-15"),
                    ]
                ),
                max_size=3,
            )
        )
        group = data.draw(
            st.sampled_from(
                [
                    None,
                    GroupSpec(column="grade"),
                    GroupSpec(column="hifu", levels={"a": ("Yes",)}),
                    GroupSpec(column="age", cut=(60,)),
                ]
            )
        )
        try:
            found = analysis_set(cohort, filters=filters, group=group, endpoint="OS")
        except TooFewEventsError:
            return
        rows = [row for exclusion in found.exclusions for row in exclusion.rows]
        assert found.n_cohort == found.n + sum(exclusion.n for exclusion in found.exclusions)
        assert sorted([*rows, *found.row_numbers]) == list(cohort.patients.row_numbers)
        assert np.bincount(found.groups.codes, minlength=len(found.groups.levels)).min() > 0
        assert found.data.n == found.n == len(found.frame) == found.groups.codes.size


def test_a_number_of_many_values_is_to_be_cut_and_says_where(cohort_of):
    ages = [40 + i for i in range(20)]
    cohort = cohort_of({"id": [f"p{i}" for i in range(20)], "age": ages, "os": ages, "dead": [1, 0] * 10}, OS)
    with pytest.raises(SpecError) as caught:
        assign_group(cohort.patients, GroupSpec(column="age"))
    assert "20 different values, too many to compare as groups" in caught.value.message
    assert "49.5" in caught.value.hint
    assert len(assign_group(cohort.patients, GroupSpec(column="age", cut=(49.5,))).levels) == 2
    assert len(assign_group(cohort.patients, GroupSpec(column="age", levels={"young": (40, 41)})).levels) == 1
