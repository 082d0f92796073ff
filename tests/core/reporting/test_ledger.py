"""The exploration ledger: which comparisons a result holds, that each counts once, and what is said of all."""

from pathlib import Path

import numpy as np
import pytest

from core.cohort.load import load_cohort
from core.reporting.ledger import ledger, ledger_sentence, ledger_table, look_words, looks_of, with_look
from core.run import run_analysis
from core.spec import AnalysisSpec, LookSpec

CSV = "id,arm,grade,age,os_months,os_event,cause\n" + "".join(
    f"P{i},{'AB'[i % 2]},{['G1', 'G2', 'G3'][i % 3]},{40 + (i * 7) % 41},{1 + (i * 5) % 29},{int(i % 3 > 0)},"
    f"{['', 'relapse', 'death'][i % 3]}\n"
    for i in range(60)
)


def answer(tmp_path, analysis, **more):
    path = tmp_path / "patients.csv"
    path.write_text(CSV)
    endpoint = {"OS": {"time": "os_months", "event": "os_event", "unit": "months"}}
    asked = {"cohort": {"patients": str(path), "endpoints": endpoint}, "analyses": [{"id": "a", **analysis}], **more}
    spec = AnalysisSpec.model_validate(asked)
    return spec, run_analysis(spec, load_cohort(spec.cohort, base=tmp_path), spec.analyses[0])


def sample_answer(analysis, **more):
    folder = Path(__file__).parents[3] / "sample_data" / "hifu_ici"
    cohort = AnalysisSpec.from_file(folder / "spec.json").cohort
    spec = AnalysisSpec.model_validate({"cohort": cohort, "analyses": [{"id": "a", **analysis}], **more})
    return spec, run_analysis(spec, load_cohort(cohort, base=folder), spec.analyses[0])


def look(p, **more):
    return LookSpec(**{"kind": "compare", "endpoint": "OS", "column": "arm", "test": "log-rank", "p_value": p, **more})


def test_a_comparison_of_groups_is_one(tmp_path):
    spec, result = answer(tmp_path, {"kind": "compare", "endpoint": "OS"}, group={"column": "arm"})
    (one,) = looks_of(result, spec)
    assert (one.endpoint, one.column, one.group, one.test) == ("OS", "arm", None, "log-rank")
    assert one.p_value == result.comparison.p_value


def test_a_regression_is_one_per_factor(tmp_path):
    asked = {"kind": "cox", "endpoint": "OS", "covariates": ["arm", "grade", "age"], "mode": "univariable"}
    spec, result = answer(tmp_path, asked)
    assert [(one.column, one.p_value) for one in looks_of(result, spec)] == [
        (one.covariate, one.p_value) for one in result.cox.univariable.overall
    ]


def test_a_search_for_a_cut_counts_every_cut(tmp_path):
    spec, result = answer(tmp_path, {"kind": "cut_point", "endpoint": "OS", "column": "age", "permutations": 200})
    (one,) = looks_of(result, spec)
    assert one.tried == len(result.cut_point.cut) > 5
    assert ledger([one]).n_cuts == one.tried - 1


def test_groups_made_alike_are_the_comparison_of_the_groups(tmp_path):
    asked = {"kind": "balance", "endpoint": "OS", "covariates": ["age"], "method": "overlap", "draws": 20}
    spec, result = answer(tmp_path, asked, group={"column": "arm"})
    (one,) = looks_of(result, spec)
    assert one.p_value == result.balance.by("overlap").ratio.ratio.p_value
    assert with_look((look(0.3),), one) == (look(0.3),)  # no second comparison beside the log-rank test


def test_rates_of_response_are_one_comparison_each():
    spec, result = sample_answer({"kind": "response"}, group={"column": "hifu"})
    assert [(one.event, one.test, one.p_value, one.family) for one in looks_of(result, spec)] == [
        (name, "Fisher's exact test", result.response.rates[key].p_value, "response")
        for key, name in (("orr", "Objective response"), ("dcr", "Disease control"))
    ]
    assert looks_of(*sample_answer({"kind": "response"})[::-1]) == ()  # nothing to compare


@pytest.mark.parametrize("test", ["fisher", "barnard"])
def test_adverse_events_are_one_comparison_per_term_and_severity(test):
    spec, result = sample_answer({"kind": "adverse_events", "test": test}, group={"column": "hifu"})
    rows = (result.adverse_events.overall, *result.adverse_events.rows)
    tested = [p for row in rows for p in (row.p_any, row.p_grade3plus) if not np.isnan(p)]
    looks = looks_of(result, spec)
    assert [one.p_value for one in looks] == tested
    assert {one.family for one in looks} == {"adverse events"}
    assert {one.test for one in looks} == {"Fisher's exact test" if test == "fisher" else "Barnard's test"}
    assert len({one.question for one in looks}) == len(looks)
    assert looks[0].event == "any adverse event"


def test_counted_events_are_compared_by_no_test():
    spec, result = sample_answer({"kind": "adverse_events", "count": "events"}, group={"column": "hifu"})
    assert looks_of(result, spec) == ()


def test_each_family_has_its_own_rate():
    """p.adjust(c(0.01, 0.04), "BH") beside p.adjust(c(0.03, 0.5, 0.9), "BH")."""
    times = [look(p, endpoint=str(i)) for i, p in enumerate([0.01, 0.04])]
    events = [look(p, endpoint=None, kind="adverse_events", event=str(i)) for i, p in enumerate([0.03, 0.5, 0.9])]
    mixed = [events[0], times[0], events[1], times[1], events[2]]
    found = {(row.look.family, row.look.p_value): row.q_value for row in ledger(mixed).rows}
    assert [found["time", p] for p in (0.01, 0.04)] == pytest.approx([0.02, 0.04], abs=1e-15)
    assert [found["adverse events", p] for p in (0.03, 0.5, 0.9)] == pytest.approx([0.09, 0.75, 0.9], abs=1e-15)
    assert [row.cells[0].text for row in ledger_table(ledger(mixed)).rows][:2] == ["Adverse events", "Over time"]
    assert ledger(mixed).expected_by_chance == pytest.approx(0.25)


def test_many_are_added_as_one_after_the_other():
    some = [look(p, endpoint=str(i % 4)) for i, p in enumerate([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])]
    one_by_one = ()
    for one in some:
        one_by_one = with_look(one_by_one, one)
    assert with_look((), *some) == one_by_one
    assert [one.p_value for one in one_by_one] == [0.5, 0.6, 0.3, 0.4]


def test_a_description_is_none(tmp_path):
    assert looks_of(*answer(tmp_path, {"kind": "kaplan_meier", "endpoint": "OS"})[::-1]) == ()


def test_groups_and_filters_make_another_question(tmp_path):
    some = {"column": "age", "op": ">", "value": 50}
    kept = ()
    for more in ({}, {"filters": [some]}, {"filters": [some]}):
        spec, result = answer(tmp_path, {"kind": "compare", "endpoint": "OS"}, group={"column": "arm"}, **more)
        kept = with_look(kept, looks_of(result, spec)[0])
    assert [len(one.filters) for one in kept] == [0, 1]


def test_the_same_question_keeps_its_mark_and_its_test():
    first = look(0.04, planned=True)
    assert with_look([first], look(0.03)) == (look(0.03, planned=True),)
    assert with_look([first], look(0.03, test="Gehan-Breslow-Wilcoxon", kind="cox")) == (first,)
    assert len(with_look([first], look(0.2, endpoint="PFS"))) == 2
    assert len(with_look([first], look(0.2, kind="cut_point", tried=9))) == 2


def test_rates_as_r_gives_them():
    """p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.5), "BH"); a comparison without a P takes no part."""
    found = ledger([look(p, endpoint=str(i)) for i, p in enumerate([0.01, 0.02, 0.03, None, 0.04, 0.5])])
    rates = [row.q_value for row in found.rows]
    assert rates[:3] + rates[4:] == pytest.approx([0.05, 0.05, 0.05, 0.05, 0.5], abs=1e-15)
    assert np.isnan(rates[3])
    assert (found.n, found.n_below, found.expected_by_chance) == (6, 4, pytest.approx(0.25))


def test_marking_as_planned_takes_nothing_out_of_the_count():
    looks = [look(p, endpoint=str(i)) for i, p in enumerate([0.01, 0.2])]
    marked = [looks[0].model_copy(update={"planned": True}), looks[1]]
    assert [row.q_value for row in ledger(looks).rows] == [row.q_value for row in ledger(marked).rows]
    assert ledger_table(ledger(marked)).rows[0].cells[-1].text == "planned"


def test_said_in_a_sentence():
    assert ledger_sentence(ledger([])) == "No comparison has been looked at yet."
    many = [look(0.01, endpoint=str(i)) for i in range(20)] + [look(0.2, kind="cut_point", tried=31)]
    said = ledger_sentence(ledger(many))
    assert said.startswith("21 comparisons looked at, with 30 further cut-points tried in them, none of them marked")
    assert "20 with P below 0.05, where chance alone would give about 1.1" in said or "about 1.0" in said


def test_groups_in_words():
    assert look_words(look(0.1, column="age", group={"column": "age", "cut": [65]})).endswith("cut at 65")
    assert look_words(look(0.1, group={"column": "arm", "levels": {"A": ["A"], "B": ["B"]}})).endswith(": A, B")


def test_kept_with_the_analysis():
    spec = AnalysisSpec.model_validate({"cohort": {"patients": "x.csv"}, "looks": [look(0.04, planned=True)]})
    assert AnalysisSpec.from_json(spec.to_json()) == spec
