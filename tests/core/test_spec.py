"""The specification: reading, writing, and every fault in words."""

import json
import re

import pytest

from core.errors import SpecError
from core.spec import (
    AdverseEventsSpec,
    AnalysisSpec,
    BaselineSpec,
    CompareSpec,
    CoxSpec,
    EndpointSpec,
    FlemingHarrington,
    KaplanMeierSpec,
)

OS = {"time": "time", "event": "status"}
FULL = {
    "cohort": {
        "patients": "patients.csv",
        "adverse_events": "ae.csv",
        "roles": {"patient_id": "id"},
        "endpoints": {
            "OS": {
                "time": "time",
                "event": "status",
                "event_is": [2],
                "competing": {"transplant": [3]},
                "entry": None,
                "unit": "days",
            },
            "PFS": {
                "start": "first_dose",
                "event_date": "progression",
                "censor_date": "last_seen",
                "unit": "months",
            },
        },
    },
    "filters": [
        {"column": "age", "op": ">=", "value": 50},
        {"column": "grade", "op": "in", "value": ["G1", "G2"]},
        {"column": "afp", "op": "not missing"},
    ],
    "group": {"column": "sex", "levels": {"Male": [1], "Female": [2]}, "reference": "Male"},
    "analyses": [
        {"id": "km", "kind": "kaplan_meier", "endpoint": "OS", "conf_type": "log", "times": [180, 365], "tau": 365},
        {
            "id": "cmp",
            "kind": "compare",
            "endpoint": "PFS",
            "weighting": {"fleming-harrington": [1, 0]},
            "pairwise": "holm",
        },
        {
            "id": "cox",
            "kind": "cox",
            "endpoint": "OS",
            "covariates": ["age", "sex"],
            "references": {"sex": "Male", "ecog": 1},
        },
        {"id": "base", "kind": "baseline", "variables": ["age"]},
        {
            "id": "ae",
            "kind": "adverse_events",
            "classes": ["immune-mediated"],
            "filters": [{"column": "age", "op": "<", "value": 70.5}],
            "group": {"column": "ki67", "cut": [3, 20], "labels": ["<3", "3-20", ">20"]},
        },
    ],
}


def spec_with(**changes):
    """A small valid specification as text, with some keys replaced."""
    return json.dumps({"cohort": {"patients": "p.csv", "endpoints": {"OS": OS}}} | changes)


def analysis(**keys):
    """A specification with one Kaplan-Meier analysis, some keys replaced."""
    return spec_with(analyses=[{"id": "a", "kind": "kaplan_meier", "endpoint": "OS"} | keys])


def endpoint(**keys):
    """A specification with one endpoint."""
    return spec_with(cohort={"patients": "p.csv", "endpoints": {"OS": keys}})


class TestReading:
    def test_every_kind_becomes_its_own_type(self):
        spec = AnalysisSpec.from_json(json.dumps(FULL))
        assert [type(item) for item in spec.analyses] == [
            KaplanMeierSpec,
            CompareSpec,
            CoxSpec,
            BaselineSpec,
            AdverseEventsSpec,
        ]

    def test_values_keep_their_type(self):
        spec = AnalysisSpec.from_json(json.dumps(FULL))
        assert spec.group is not None
        assert spec.group.levels == {"Male": (1,), "Female": (2,)}
        assert list(spec.group.levels) == ["Male", "Female"]
        assert spec.cohort.endpoints["OS"].event_is == (2,)
        assert isinstance(spec.cohort.endpoints["OS"].event_is[0], int)
        cox = spec.analyses[2]
        assert isinstance(cox, CoxSpec)
        assert cox.references == {"sex": "Male", "ecog": 1}
        assert isinstance(cox.references["ecog"], int)

    def test_true_stays_true(self):
        spec = AnalysisSpec.from_json(endpoint(time="t", event="e", event_is=[True]))
        assert spec.cohort.endpoints["OS"].event_is == (True,)
        assert isinstance(spec.cohort.endpoints["OS"].event_is[0], bool)

    def test_defaults(self):
        spec = AnalysisSpec.from_json(
            spec_with(
                analyses=[
                    {"id": "km", "kind": "kaplan_meier", "endpoint": "OS"},
                    {"id": "cmp", "kind": "compare", "endpoint": "OS"},
                    {"id": "cox", "kind": "cox", "endpoint": "OS", "covariates": ["age"]},
                    {"id": "ae", "kind": "adverse_events"},
                ]
            )
        )
        km, cmp, cox, ae = spec.analyses
        assert isinstance(km, KaplanMeierSpec)
        assert (km.conf_type, km.conf_level, km.quantiles, km.tau) == ("log-log", 0.95, (0.25, 0.5, 0.75), None)
        assert isinstance(cmp, CompareSpec)
        assert (cmp.weighting, cmp.pairwise, cmp.trend) == ("logrank", None, False)
        assert isinstance(cox, CoxSpec)
        assert (cox.ties, cox.mode, cox.enter_below) == ("efron", "multivariable", 0.1)
        assert isinstance(ae, AdverseEventsSpec)
        assert (ae.difference, ae.classes) == ("miettinen-nurminen", None)
        assert spec.cohort.endpoints["OS"].unit == "months"

    def test_model_building(self):
        text = model(mode="backward", forced=["age"], splines={"age": [50, 60, 70]}, diagnostics=True)
        cox = AnalysisSpec.from_json(text).analyses[0]
        assert (cox.mode, cox.forced, cox.splines, cox.diagnostics) == (
            "backward",
            ("age",),
            {"age": (50, 60, 70)},
            True,
        )
        assert AnalysisSpec.from_json(model(splines={"age": 4})).analyses[0].splines == {"age": 4}

    def test_fleming_harrington(self):
        spec = AnalysisSpec.from_json(json.dumps(FULL))
        compare = spec.analyses[1]
        assert isinstance(compare, CompareSpec)
        assert isinstance(compare.weighting, FlemingHarrington)
        assert compare.weighting.exponents == (1.0, 0.0)

    def test_endpoint_knows_its_columns(self):
        dates = EndpointSpec(start="a", event_date="b", censor_date="c")
        assert dates.from_dates
        assert dates.columns == ("a", "b", "c")
        assert EndpointSpec(time="t", event="e").columns == ("t", "e")

    def test_the_event_may_be_the_earliest_of_several_dates(self):
        both = EndpointSpec(start="a", event_date=("b", "c"), censor_date="d")
        assert (both.event_dates, both.columns) == (("b", "c"), ("a", "b", "c", "d"))
        assert EndpointSpec(start="a", event_date="b", censor_date="d").event_dates == ("b",)
        assert EndpointSpec(time="t", event="e").event_dates == ()

    @pytest.mark.parametrize("written", ["b", ["b"]], ids=["text", "list of one"])
    def test_one_event_date_is_written_as_text(self, written):
        spec = AnalysisSpec.from_json(endpoint(start="a", event_date=written, censor_date="d"))
        assert json.loads(spec.to_json())["cohort"]["endpoints"]["OS"]["event_date"] == "b"

    def test_several_event_dates_are_written_as_a_list(self):
        spec = AnalysisSpec.from_json(endpoint(start="a", event_date=["c", "b"], censor_date="d"))
        assert json.loads(spec.to_json())["cohort"]["endpoints"]["OS"]["event_date"] == ["c", "b"]

    def test_kinds_and_synthetic_are_written_only_where_they_were_said(self):
        plain = AnalysisSpec.from_json(spec_with())
        assert not {"kinds", "synthetic"} & set(plain.model_dump(mode="json")["cohort"])
        said = spec_with(cohort={"patients": "p.csv", "kinds": {"ecog": "number"}, "synthetic": True})
        spec = AnalysisSpec.from_json(said)
        assert (spec.cohort.kinds, spec.cohort.synthetic) == ({"ecog": "number"}, True)
        for written in (spec.model_dump_json(), spec.to_json()):
            assert AnalysisSpec.from_json(written) == spec

    def test_a_file_with_a_byte_order_mark(self, tmp_path):
        path = tmp_path / "spec.json"
        path.write_text(spec_with(), encoding="utf-8-sig")
        assert AnalysisSpec.from_file(path).cohort.patients == "p.csv"

    def test_a_missing_file_is_named_without_its_folder(self, tmp_path):
        with pytest.raises(SpecError, match=r"Cannot read the specification 'none\.json'"):
            AnalysisSpec.from_file(tmp_path / "none.json")


class TestRoundTrip:
    def test_json_and_back_is_the_same_value(self):
        spec = AnalysisSpec.from_json(json.dumps(FULL))
        assert AnalysisSpec.from_json(spec.to_json()) == spec

    def test_writing_twice_is_the_same_text(self):
        text = AnalysisSpec.from_json(json.dumps(FULL)).to_json()
        assert AnalysisSpec.from_json(text).to_json() == text

    def test_defaults_are_left_out_but_the_kind_stays(self):
        written = json.loads(AnalysisSpec.from_json(analysis()).to_json())
        assert written["analyses"] == [{"id": "a", "kind": "kaplan_meier", "endpoint": "OS"}]

    def test_words_outside_ascii_are_written_as_they_are(self):
        text = spec_with(group={"column": "性别", "levels": {"男": [1]}})
        assert "性别" in AnalysisSpec.from_json(text).to_json()


def model(**keys):
    """A Cox model of age and grade."""
    return spec_with(analyses=[{"id": "c", "kind": "cox", "endpoint": "OS", "covariates": ["age", "grade"], **keys}])


FAULTS = {
    "not json": ("{", r"not JSON: .* at line 1"),
    "not an object": ("[1]", r"must be a JSON object"),
    "no cohort": ("{}", r"^cohort is missing"),
    "unknown key at the top": (spec_with(anlyses=[]), r"Unknown key 'anlyses' in the specification.*'analyses'"),
    "unknown key in the cohort": (
        spec_with(cohort={"patients": "p.csv", "endpoint": {}}),
        r"Unknown key 'endpoint' in cohort.*Did you mean 'endpoints'",
    ),
    "unknown key in an endpoint": (
        endpoint(time="t", event="e", event_if=[1]),
        r"Unknown key 'event_if' in cohort\.endpoints\.OS.*Did you mean 'event_is'",
    ),
    "unknown key in a filter": (
        spec_with(filters=[{"column": "a", "op": "==", "valu": 1}]),
        r"Unknown key 'valu' in filters\.0.*Did you mean 'value'",
    ),
    "unknown key in the group": (
        spec_with(group={"column": "a", "refrence": "x"}),
        r"Unknown key 'refrence' in group.*Did you mean 'reference'",
    ),
    "unknown key in an analysis": (analysis(conf_typ="log"), r"Unknown key 'conf_typ'.*Did you mean 'conf_type'"),
    "unknown key without a near one": (analysis(zzz=1), r"Unknown key 'zzz'.*Known keys: completeness, conf_level"),
    "unknown kind": (
        analysis(kind="kaplan_meyer"),
        r"Unknown kind 'kaplan_meyer' in analyses\.0.*Did you mean 'kaplan_meier'",
    ),
    "no kind": (
        spec_with(analyses=[{"id": "a", "endpoint": "OS"}]),
        r"An analysis needs a 'kind' \(analyses\.0\).*Known kinds: kaplan_meier",
    ),
    "endpoint not defined": (analysis(endpoint="PFS"), r"'a' asks for endpoint 'PFS', which is not defined.*OS"),
    "same id twice": (
        spec_with(analyses=[{"id": "a", "kind": "adverse_events"}, {"id": "a", "kind": "adverse_events"}]),
        r"two analyses have the same id",
    ),
    "empty id": (analysis(id=""), r"analyses\.0\.id: String should have at least 1 character"),
    "endpoint both ways": (endpoint(time="t", event="e", start="d"), r"either 'time' and 'event' or 'start'"),
    "endpoint without event": (endpoint(time="t"), r"needs 'time' and 'event'"),
    "endpoint from half the dates": (endpoint(start="d", event_date="e"), r"needs 'start', 'event_date' and"),
    "event dates, none": (endpoint(start="d", event_date=[], censor_date="c"), r"needs 'start', 'event_date' and"),
    "event dates, one twice": (
        endpoint(start="d", event_date=["e", "e"], censor_date="c"),
        r"cohort\.endpoints\.OS: 'event_date' names a column twice",
    ),
    "event date is a number": (
        endpoint(start="d", event_date=3, censor_date="c"),
        r"cohort\.endpoints\.OS\.event_date should be text or a list in square brackets",
    ),
    "event dates, one of them a number": (
        endpoint(start="d", event_date=["e", 3], censor_date="c"),
        r"cohort\.endpoints\.OS\.event_date\.1 should be text",
    ),
    "kind of a column": (
        spec_with(cohort={"patients": "p.csv", "kinds": {"ecog": "numeric"}}),
        r"cohort\.kinds\.ecog should be 'number', 'category', 'text' or 'date'",
    ),
    "synthetic": (spec_with(cohort={"patients": "p.csv", "synthetic": "so"}), r"cohort\.synthetic should be true or"),
    "unit": (endpoint(time="t", event="e", unit="fortnights"), r"unit should be 'days', 'weeks', 'months' or 'years'"),
    "filter in without list": (spec_with(filters=[{"column": "a", "op": "in", "value": 1}]), r"'in' needs a list"),
    "filter equal with list": (spec_with(filters=[{"column": "a", "op": "==", "value": [1]}]), r"'==' needs one"),
    "filter without value": (spec_with(filters=[{"column": "a", "op": "<"}]), r"'<' needs one value"),
    "filter missing with value": (
        spec_with(filters=[{"column": "a", "op": "missing", "value": 1}]),
        r"'missing' takes no value",
    ),
    "filter operator": (
        spec_with(filters=[{"column": "a", "op": "=", "value": 1}]),
        r"filters\.0\.op should be '==', '!='",
    ),
    "levels and cut": (
        spec_with(group={"column": "a", "levels": {"x": [1]}, "cut": [1]}),
        r"either 'levels' or 'cut', not both",
    ),
    "labels alone": (spec_with(group={"column": "a", "labels": ["x", "y"]}), r"'labels' needs 'cut'"),
    "too few labels": (spec_with(group={"column": "a", "cut": [1, 2], "labels": ["x", "y"]}), r"needs 3 different"),
    "labels alike": (spec_with(group={"column": "a", "cut": [1], "labels": ["x", "x"]}), r"needs 2 different names"),
    "cut not ascending": (spec_with(group={"column": "a", "cut": [2, 1]}), r"'cut' needs ascending numbers"),
    "cut empty": (spec_with(group={"column": "a", "cut": []}), r"'cut' needs ascending numbers"),
    "empty level": (spec_with(group={"column": "a", "levels": {"x": []}}), r"level 'x' has no values"),
    "value in two levels": (
        spec_with(group={"column": "a", "levels": {"x": [1], "y": ["1"]}}),
        r"value '1' is in two levels, 'x' and 'y'",
    ),
    "reference not a level": (
        spec_with(group={"column": "a", "levels": {"x": [1]}, "reference": "z"}),
        r"reference 'z' is not one of the levels \['x'\]",
    ),
    "confidence level": (analysis(conf_level=95), r"conf_level: Input should be less than 1"),
    "negative time": (analysis(times=[-1]), r"times\.0: Input should be greater than or equal to 0"),
    "tau zero": (analysis(tau=0), r"tau: Input should be greater than 0"),
    "quantile": (analysis(quantiles=[1.5]), r"quantiles\.0: Input should be less than 1"),
    "covariate twice": (
        spec_with(analyses=[{"id": "c", "kind": "cox", "endpoint": "OS", "covariates": ["a", "a"]}]),
        r"a covariate is named twice",
    ),
    "wrong kind of thing": (spec_with(group="sex"), r"^group should be an object in braces\."),
    "one value where a list is": (
        endpoint(time="t", event="e", event_is=2),
        r"cohort\.endpoints\.OS\.event_is should be a list in square brackets",
    ),
    "object where a value is": (
        spec_with(filters=[{"column": "a", "op": "==", "value": {"x": 1}}]),
        r"filters\.0\.value should be true or false, a number, text or a list",
    ),
    "weighting": (
        spec_with(analyses=[{"id": "c", "kind": "compare", "endpoint": "OS", "weighting": "log-rank"}]),
        r"analyses\.0\.weighting should be 'logrank', 'gehan'.*Did you mean 'logrank'",
    ),
    "unknown weighting": (
        spec_with(analyses=[{"id": "c", "kind": "compare", "endpoint": "OS", "weighting": {"fleming": [1, 0]}}]),
        r"Unknown key 'fleming' in analyses\.0\.weighting.*fleming-harrington",
    ),
    "weighting with one exponent": (
        spec_with(
            analyses=[{"id": "c", "kind": "compare", "endpoint": "OS", "weighting": {"fleming-harrington": [1]}}]
        ),
        r"analyses\.0\.weighting\.fleming-harrington\.1 is missing",
    ),
    "misspelt key rather than missing one": (
        spec_with(cohort={"patient": "p.csv"}),
        r"Unknown key 'patient' in cohort.*Did you mean 'patients'",
    ),
    "endpoint named like a part": (
        spec_with(cohort={"patients": "p.csv", "endpoints": {"group": {"time": "t", "event": "e", "evnt_is": [1]}}}),
        r"Unknown key 'evnt_is' in cohort\.endpoints\.group.*Did you mean 'event_is'",
    ),
    "no covariates": (
        spec_with(analyses=[{"id": "c", "kind": "cox", "endpoint": "OS", "covariates": []}]),
        r"covariates: Tuple should have at least 1 item",
    ),
    "curve of what is no covariate": (model(splines={"agee": 4}), r"'agee' of splines is not among the covariates"),
    "two knots": (model(splines={"age": 2}), r"the curve of 'age' needs 3 to 7 knots, not 2"),
    "knots out of order": (model(splines={"age": [60, 50, 70]}), r"the knots of 'age' do not ascend"),
    "two knots named": (model(splines={"age": [50, 60]}), r"the curve of 'age' needs 3 to 7 knots, not 2"),
    "interaction with what is no covariate": (
        model(interactions=[["age", "arm"]]),
        r"'arm' of interactions is not among the covariates",
    ),
    "interaction with itself": (model(interactions=[["age", "age"]]), r"'age' cannot interact with itself"),
    "interaction twice": (
        model(interactions=[["age", "grade"], ["grade", "age"]]),
        r"a pair of interactions is named twice",
    ),
    "interaction of a curve": (
        model(splines={"age": 4}, interactions=[["age", "grade"]]),
        r"'age' acts along a curve and cannot interact as well",
    ),
    "interaction of three": (model(interactions=[["age", "grade", "x"]]), r"interactions\.0"),
    "forced but no covariate": (model(forced=["sex"]), r"'sex' of forced is not among the covariates"),
}


LIBRARY_TALK = re.compile(
    r"pydantic|validation error|https?://|function-after|literal|tuple_|FlemingHarrington|instance of"
)


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_fault_in_words(text, message):
    with pytest.raises(SpecError, match=message) as caught:
        AnalysisSpec.from_json(text)
    said = str(caught.value)
    assert "\n" not in said
    assert not LIBRARY_TALK.search(said)


def test_specifications_cannot_be_changed():
    spec = AnalysisSpec.from_json(analysis())
    with pytest.raises(ValueError, match="frozen"):
        spec.filters = ()
