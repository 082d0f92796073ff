"""Balance through the specification: who is counted, JSON, tables, sentences, methods, errors."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cohort.cohort import Cohort
from core.cohort.load import cohort_from_files, load_cohort
from core.errors import CohortError, MissingColumnError, SpecError, TooFewEventsError
from core.reporting.as_json import as_json
from core.reporting.balance_sentence import (
    balance_achieved,
    balance_caveat,
    balance_headline,
    curves_annotation,
    overlap_sentence,
)
from core.reporting.balance_tables import covariates_table, groups_table, ratios_table, weights_table
from core.reporting.methods_text import method_lines
from core.result import AnalysisResult
from core.run import run_analysis
from core.spec import AnalysisSpec
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "balance.json").read_text(encoding="utf-8"))
SAMPLE = Path(__file__).parents[2] / "sample_data" / "ablation_tace_net"
GROUP = {"column": "horTh", "levels": {"no": ["no"], "yes": ["yes"]}, "reference": "no"}
COVARIATES = ["age", "menostat", "tsize", "tgrade", "pnodes", "progrec", "estrec"]
METHODS = ["crude", "multivariable", "iptw", "overlap", "matching", "entropy", "g_formula"]


@cache
def gbsg2(change: tuple[tuple[str, str], ...] = ()) -> Cohort:
    text = (HERE / "data" / "gbsg2.csv").read_text(encoding="utf-8")
    for old, new in change:
        assert old in text
        text = text.replace(old, new, 1)
    return cohort_from_files({"p.csv": text.encode()}, name="gbsg2")


def ask(cohort: Cohort | None = None, group: Any = GROUP, *, endpoint_is: Any = None, **asked: Any) -> AnalysisResult:
    cohort = cohort or gbsg2()
    described = cohort.spec.model_dump(exclude={"endpoints"})
    endpoint = endpoint_is or {"time": "time", "event": "event", "event_is": [1], "unit": "days"}
    question = {"id": "a", "kind": "balance", "endpoint": "RFS", "covariates": COVARIATES, "draws": 20, **asked}
    spec = AnalysisSpec.model_validate(
        {"cohort": {**described, "endpoints": {"RFS": endpoint}}, "group": group, "analyses": [question]}
    )
    return run_analysis(spec, dataclasses.replace(cohort, spec=spec.cohort), spec.analyses[0])


@cache
def answered() -> AnalysisResult:
    return ask()


@cache
def sample() -> AnalysisResult:
    raw = json.loads((SAMPLE / "spec.json").read_text(encoding="utf-8"))
    covariates = ["sex", "age_years", "ki67_percent", "grade_group"]
    raw["analyses"] = [{"id": "a", "kind": "balance", "endpoint": "OS", "covariates": covariates, "draws": 20}]
    spec = AnalysisSpec.model_validate(raw)
    return run_analysis(spec, load_cohort(spec.cohort, base=SAMPLE), spec.analyses[0])


class TestSmallGroups:
    """The robust variance of a weighted ratio is one of large samples."""

    @staticmethod
    def said(result: AnalysisResult) -> list[str]:
        return [note for note in as_json(result)["notes"] if "lower bound" in note]

    @staticmethod
    @cache
    def of_sizes(reference: int, other: int) -> AnalysisResult:
        """The first patients of either group, in the order of the file."""
        head, *lines = (HERE / "data" / "gbsg2.csv").read_text(encoding="utf-8").splitlines()
        at = head.split(",").index(GROUP["column"])
        of = {level: [one for one in lines if one.split(",")[at] == level] for level in ("no", "yes")}
        text = "\n".join([head, *of["no"][:reference], *of["yes"][:other]]) + "\n"
        return ask(cohort_from_files({"p.csv": text.encode()}, name="gbsg2"))

    def test_fewer_than_100_are_said_once(self) -> None:
        (note,) = self.said(self.of_sizes(150, 99))
        assert note.startswith("The smaller group has 99 patients.")
        assert "IPTW, overlap weights" in note

    def test_the_reference_may_be_the_smaller_one(self) -> None:
        (note,) = self.said(self.of_sizes(60, 120))
        assert note.startswith("The smaller group has 60 patients.")

    def test_100_are_not_few(self) -> None:
        assert self.said(self.of_sizes(150, 100)) == []

    def test_those_left_by_trimming_are_counted(self) -> None:
        result = ask(trim=[0.4, 0.45])
        counted = result.balance.by("iptw").ratio.ratio
        fewest = min(counted.n_treated, counted.n - counted.n_treated)
        assert fewest < 100 < min(result.balance.study.sizes)
        (note,) = self.said(result)
        assert note.startswith(f"The smaller group has {fewest} patients.")


class TestFromTheFile:
    @pytest.mark.parametrize(("method", "key"), [("iptw", "ate"), ("overlap", "overlap")])
    def test_the_numbers_are_those_of_r(self, method: str, key: str) -> None:
        found = as_json(answered())["comparisons"][method]
        assert found["log_hazard_ratio"] == pytest.approx(R["gbsg2"][key]["coef"], rel=1e-8)
        assert found["std_error_fixed"] == pytest.approx(R["gbsg2"][key]["se"], rel=1e-8)
        assert list(found["effective"].values()) == pytest.approx(R["gbsg2"][key]["ess"])

    def test_matching_is_that_of_r(self) -> None:
        found = as_json(answered())["comparisons"]["matching"]
        np.testing.assert_allclose(found["weights"]["values"], R["gbsg2"]["matching"]["default"]["weights"])
        exact = as_json(ask(matching={"exact": ["menostat"]}))["comparisons"]["matching"]
        np.testing.assert_allclose(exact["weights"]["values"], R["gbsg2"]["matching"]["exact"]["weights"])

    def test_who_lacks_a_covariate_is_counted(self) -> None:
        # patient 1: no age; patient 2: no grade
        found = ask(
            gbsg2((("\n1,1814,1,no,Post,II,70,", "\n1,1814,1,no,Post,II,,"), (",yes,Post,III,", ",yes,Post,,")))
        )
        assert found.subset.n == 684
        assert [(e.reason, e.n) for e in found.subset.exclusions] == [
            ("Age missing (to be balanced)", 1),
            ("Tgrade missing (to be balanced)", 1),
        ]
        assert as_json(found)["missing"] == {"age": 1, "tgrade": 1}
        assert as_json(found)["comparisons"]["crude"]["n_patients"] == 684

    def test_an_exact_column_that_is_no_covariate(self) -> None:
        found = ask(covariates=["age", "tsize"], matching={"exact": ["tgrade"], "caliper": None})
        sets = found.balance.by("matching").sample.sets
        grades = found.subset.frame["tgrade"].to_numpy()
        for code in range(sets.max() + 1):
            assert len(set(grades[sets == code])) == 1

    def test_options_reach_the_methods(self) -> None:
        found = ask(estimand="att", splines={"age": 4}, trim=[0.2, 0.6], tau=1000, method="entropy", references={
            "tgrade": "II"})  # fmt: skip
        value = found.balance
        assert value.propensity.n_parameters == 10
        assert value.tau == 1000
        entropy, iptw = value.by("entropy"), value.by("iptw")
        np.testing.assert_array_equal(entropy.sample.weights[value.study.treated], 1.0)
        assert iptw.ratio.ratio.n < 686
        assert value.main is entropy
        assert any("tgrade: I" in name for name in value.propensity.names)

    def test_restricted_means_beyond_the_follow_up_are_said(self) -> None:
        assert any("carries the last value on" in note for note in ask(tau=4000).notes)
        assert not any("carries the last value on" in note for note in answered().notes)

    def test_delayed_entry(self) -> None:
        rows = "\n".join(
            f"p{i},{i % 17 + 3},{i % 3 % 2},{'AB'[i % 7 < 3]},{i * 7 % 30},{i % 4 * (i % 2)}" for i in range(120)
        )
        cohort = cohort_from_files({"p.csv": f"id,time,event,arm,age,entry\n{rows}".encode()}, name="p")
        group = {"column": "arm", "levels": {"A": ["A"], "B": ["B"]}, "reference": "A"}
        endpoint = {"time": "time", "event": "event", "event_is": [1], "unit": "months", "entry": "entry"}
        found = ask(cohort, group, covariates=["age"], endpoint_is=endpoint)
        assert found.balance.study.data.entry is not None
        ratios = [one.ratio.ratio.hazard_ratio for one in found.balance.comparisons]
        assert len(ratios) == 7
        assert np.isfinite(ratios).all()

    def test_a_number_with_a_reference_is_a_category(self) -> None:
        rows = "\n".join(f"p{i},{i % 17 + 1},{i % 2},{'AB'[i % 3 == 0]},{i % 4}" for i in range(80))
        cohort = cohort_from_files({"p.csv": f"id,time,event,arm,ecog\n{rows}".encode()}, name="p")
        group = {"column": "arm", "levels": {"A": ["A"], "B": ["B"]}, "reference": "A"}
        found = ask(cohort, group, covariates=["ecog"], references={"ecog": 0})
        assert found.balance.covariates[0].levels == ("0", "1", "2", "3")


class TestJson:
    def test_every_method_stands_there(self) -> None:
        written = as_json(answered())
        assert list(written["comparisons"]) == METHODS
        assert written["reference"] == "no"
        assert written["level"] == "yes"
        assert len(written["propensity"]["score"]) == 686
        assert written["comparisons"]["crude"]["weights"] is None
        assert set(written["comparisons"]["iptw"]["curves"]) == {"no", "yes"}
        assert written["comparisons"]["g_formula"]["standardised"]["draws"] == 20
        assert written["comparisons"]["multivariable"]["rmst_difference"] is None
        json.dumps(written, allow_nan=False)

    def test_a_method_that_fails_is_missing_and_said(self) -> None:
        # a level that only the reference has: its mean cannot be reached in the other group
        rows = "\n".join(
            f"p{i},{i % 17 + 1},{int(i % 5 > 0)},{'AB'[i % 2]},{'z' if i % 10 == 0 else 'xy'[i % 3 == 0]}"
            for i in range(90)
        )
        cohort = cohort_from_files({"p.csv": f"id,time,event,arm,kind\n{rows}".encode()}, name="p")
        group = {"column": "arm", "levels": {"A": ["A"], "B": ["B"]}, "reference": "A"}
        found = ask(cohort, group, covariates=["kind"], method="entropy")
        assert "entropy" not in as_json(found)["comparisons"]
        assert any(note.startswith("Entropy balancing: No weights of the patients in B") for note in found.notes)
        assert "All 9 patients with kind z are A." in found.notes
        assert "could not be computed" in balance_headline(found)
        assert ratios_table(found).to_frame()["Method"].tolist().count("Entropy balancing") == 0
        assert "SMD after" not in covariates_table(found).to_frame()
        assert curves_annotation(found) == ()


class TestWords:
    def test_the_headline(self) -> None:
        said = balance_headline(sample())
        assert said.startswith(
            "As the patients are, the hazard ratio of Ablation+TACE against TACE is 0.81 (95 % CI 0.47–1.42; P = "
            "0.46); with the groups made alike, weighted by the inverse chance of their treatment (IPTW), it is "
        )
        assert "chance can explain either" in said
        assert "By the 5 other methods it lies between" in said

    def test_what_was_achieved_and_what_never_is(self) -> None:
        assert balance_achieved(sample()).startswith(
            "3 of 4 covariates differed by a standardised difference of 0.1 or more before, none after. Effective "
            "sample size: "
        )
        assert "The ratio speaks for all 108 patients." in balance_achieved(sample())
        assert balance_caveat(sample().balance).startswith(
            "Only sex, age (years), Ki-67 (%) and grade group can be made alike:"
        )
        assert "c-statistic" in overlap_sentence(sample())

    def test_the_reading_follows_the_ratios(self) -> None:
        def reading(crude: float, after: float, p: tuple[float, float]) -> str:
            value = sample().balance
            changed = []
            for one in value.comparisons:
                ratio = {"crude": crude, "iptw": after}.get(one.method)
                if ratio is None:
                    continue
                p_value = p[one.method == "iptw"]
                inner = dataclasses.replace(
                    one.ratio.ratio, hazard_ratio=ratio, log_hazard_ratio=float(np.log(ratio)), p_value=p_value
                )
                changed.append(dataclasses.replace(one, ratio=dataclasses.replace(one.ratio, ratio=inner)))
            balance = dataclasses.replace(value, comparisons=tuple(changed))
            return balance_headline(dataclasses.replace(sample(), value=balance))

        assert "smaller once the groups are alike, and chance can explain what is left." in reading(
            0.5, 0.8, (0.01, 0.4)
        )
        assert "larger once the groups are alike." in reading(0.8, 0.5, (0.4, 0.01))
        assert "turns the direction" in reading(0.7, 1.3, (0.01, 0.01))
        assert "explain little of it." in reading(0.5, 0.51, (0.01, 0.01))

    def test_tables(self) -> None:
        ratios = ratios_table(answered()).to_frame()
        assert ratios["Method"].tolist()[0] == "Crude"
        assert ratios["Interval"].tolist() == [
            "model", "model", "robust", "robust", "robust, by matched set", "robust", "bootstrap"
        ]  # fmt: skip
        covariates = covariates_table(answered()).to_frame()
        assert covariates["Covariate"].tolist()[:4] == ["Age", "Menostat", "\u2003Pre", "\u2003Post"]
        groups = groups_table(sample()).to_frame()
        assert groups["Method and group"].tolist()[:3] == ["Crude", "\u2003TACE", "\u2003Ablation+TACE"]
        assert groups["Log-rank P"].tolist()[:2] == ["0.46", ""]
        assert len(groups) == 15  # five methods with curves
        weights = weights_table(answered()).to_frame()
        assert weights["Method and group"].tolist()[:3] == ["IPTW", "\u2003No HorTh", "\u2003HorTh"]

    def test_methods(self) -> None:
        lines = "\n".join(method_lines(ask(
            estimand="att", trim=[0.1, 0.9], truncate=[0.01, 0.99], splines={"age": 3},
            matching={"ratio": 2, "replace": True, "exact": ["menostat"]},
        )))  # fmt: skip
        for said in (
            "along restricted cubic splines",
            "inverse probability of treatment weights for patients like HorTh, stabilised, scores from 0.1 to 0.9 "
            "only, truncated at the quantiles 0.01 and 0.99",
            "nearest-neighbour matching 1:2 on the logit of the score, with replacement, caliper 0.2",
            "the same menostat",
            "entropy balancing of the means to those of HorTh",
            "20 bootstrap samples (seed 20250101)",
            "caliper = 0.2, ratio = 2, replace = TRUE, exact = ~ menostat",
        ):
            assert said in lines


class TestRefused:
    @pytest.mark.parametrize(
        ("asked", "error", "said"),
        [
            ({"group": None}, SpecError, "Balancing compares two groups; there are none"),
            ({"group": {"column": "tgrade"}, "covariates": ["age"]}, SpecError, "there are 3"),
            ({"covariates": ["age", "horTh"]}, SpecError, "makes the groups"),
            ({"covariates": ["agee"]}, MissingColumnError, "'agee', needed for balancing"),
            ({"matching": {"exact": ["nothing"]}}, MissingColumnError, "needed for balancing"),
            ({"splines": {"age": 9}}, ValueError, "3 to 7 knots"),
            ({"splines": {"size": 3}}, ValueError, "not among the covariates"),
            ({"references": {"age": 50}, "splines": {"age": 3}}, ValueError, "no reference level"),
            ({"trim": [0.9, 0.1]}, ValueError, "do not ascend"),
            ({"covariates": ["age", "age"]}, ValueError, "named twice"),
            ({"covariates": []}, ValueError, "covariates"),
            ({"filters": [{"column": "age", "op": "<", "value": 36}]}, TooFewEventsError, "at least 10 patients"),
        ],
    )
    def test_with_a_sentence(self, asked: dict[str, Any], error: type[Exception], said: str) -> None:
        with pytest.raises(error, match=said):
            ask(**asked)

    def test_the_message_names_the_analysis(self) -> None:
        with pytest.raises(CohortError, match="Analysis 'a'"):
            ask(group=None)
