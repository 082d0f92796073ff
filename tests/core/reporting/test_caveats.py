"""Which caveat matters most: each at its own threshold, and the order among those that hold."""

import dataclasses
import re

import pytest

from core.bias.immortal_time import LateStart
from core.reporting.caveats import RANKED, SERIOUS, CaveatFacts, GroupFacts, caveats

LATE = LateStart(
    group="hifu", level="HIFU", basis="time", column="start", unit="days", starts=None, n=28, n_late=26, share=0.07
)
TWO = (GroupFacts(name="without HIFU", n=60, n_events=40), GroupFacts(name="with HIFU", n=50, n_events=30))
QUIET = CaveatFacts(n=110, n_events=70, groups=TWO)


def group(**changed):
    return dataclasses.replace(TWO[1], **changed)


def with_group(**changed):
    return CaveatFacts(n=110, n_events=70, groups=(TWO[0], group(**changed)))


# Facts that just bring a caveat about, and facts beside them that just do not.
HOLDS = {
    "repeated": (CaveatFacts(n=110, repeated="9 patients stand in more than one row."), CaveatFacts(n=110)),
    "impossible": (CaveatFacts(n=110, impossible="Values of 'age' that cannot be are used."), CaveatFacts(n=110)),
    "immortal_time": (CaveatFacts(n=110, groups=TWO, late=LATE), QUIET),
    "no_events": (CaveatFacts(n=110, n_events=0), CaveatFacts(n=110, n_events=1)),
    "few_events": (CaveatFacts(n=110, n_events=9), CaveatFacts(n=110, n_events=10)),
    "crowded_model": (
        CaveatFacts(n=110, coefficients=5, model_events=49),
        CaveatFacts(n=110, coefficients=5, model_events=50),
    ),
    "searched": (CaveatFacts(n=110, searched="The cut was searched."), CaveatFacts(n=110)),
    "still_unlike": (CaveatFacts(n=110, unlike="Even so 2 differ."), CaveatFacts(n=110)),
    "few_patients": (with_group(n=9, n_events=6), with_group(n=16, n_events=6)),
    "other_events": (CaveatFacts(n=110, earlier={"transplant": 11}), CaveatFacts(n=110, earlier={"transplant": 10})),
    "hazards_not_proportional": (CaveatFacts(n=110, not_proportional="P = 0.012"), CaveatFacts(n=110)),
    "left_out": (CaveatFacts(n=90, left_out=10), CaveatFacts(n=91, left_out=10)),
    "gaps": (CaveatFacts(n=110, gaps="AFP is missing in 20 of 110 patients."), CaveatFacts(n=110)),
    "many_tests": (CaveatFacts(n=110, tests=5), CaveatFacts(n=110, tests=4)),
    "no_clear_difference": (CaveatFacts(n=110, p_value=0.05), CaveatFacts(n=110, p_value=0.0499)),
    "median_not_reached": (with_group(median_reached=False), QUIET),
    "few_at_risk": (CaveatFacts(n=110, at_risk=(9, "36 months")), CaveatFacts(n=110, at_risk=(10, "36 months"))),
    "uneven_groups": (with_group(n=15), with_group(n=16)),
    "wide_interval": (CaveatFacts(n=110, ratio=(0.2, 0.8)), CaveatFacts(n=110, ratio=(0.21, 0.8))),
    "limit_of_method": (CaveatFacts(n=110, limit="Nothing replaces a trial."), CaveatFacts(n=110)),
    "as_they_are": (QUIET, CaveatFacts(n=110, n_events=70)),
}


def about(facts):
    return [one.about for one in caveats(facts)]


def test_every_caveat_of_the_order_is_tried_here():
    assert [name for name, _ in RANKED] == list(HOLDS)


@pytest.mark.parametrize("name", HOLDS)
def test_a_caveat_holds_at_its_threshold_and_not_beside_it(name):
    holds, not_any_more = HOLDS[name]
    assert about(holds)[0] == name
    assert name not in about(not_any_more)


@pytest.mark.parametrize("name", HOLDS)
def test_a_caveat_is_one_whole_sentence(name):
    (text,) = (one.sentence for one in caveats(HOLDS[name][0]) if one.about == name)
    assert text[0].isupper() or text[0].isdigit()
    assert text.endswith(".")
    assert not re.search(r"\. |  |None|_", text)


@pytest.mark.parametrize("tested", [{"tests": 3}, {"p_value": 0.2}])
def test_where_p_values_stand_against_few_patients_they_are_said_to_mean_little(tested):
    few = dataclasses.replace(with_group(n=9, n_events=6), **tested)
    assert caveats(few)[0].sentence == (
        "There are only 9 patients with HIFU: they say little about others, and P values against so few mean little."
    )
    one = dataclasses.replace(with_group(n=1, n_events=None), **tested)
    assert caveats(one)[0].sentence.endswith("and P values against one mean little.")
    assert "P values" not in caveats(with_group(n=9, n_events=6))[0].sentence


@pytest.mark.parametrize("earlier", range(len(HOLDS) - 1))
def test_each_comes_before_the_next_one(earlier):
    first, second = (list(HOLDS)[at] for at in (earlier, earlier + 1))
    plain = CaveatFacts(n=0)
    both = {}
    for name in (first, second):
        facts = HOLDS[name][0]
        for field in dataclasses.fields(CaveatFacts):
            value = getattr(facts, field.name)
            if value is not getattr(plain, field.name) and value != getattr(plain, field.name):
                both.setdefault(field.name, value)
    found = about(CaveatFacts(**both))
    assert first in found
    if second in found:
        assert found.index(first) < found.index(second)


def test_where_nothing_holds_there_is_still_a_sentence():
    (only,) = caveats(CaveatFacts(n=110))
    assert only.about == "no_comparison"
    assert only.sentence.startswith("There is nothing here to compare with")


def test_a_group_without_an_event_is_named():
    assert caveats(with_group(n_events=0))[0].sentence == (
        "Nobody with HIFU had the event, so the groups can hardly be compared."
    )
    assert "There is only 1 event with HIFU" in caveats(with_group(n_events=1))[0].sentence
    assert "There are only 4 events with HIFU" in caveats(with_group(n_events=4))[0].sentence
    assert caveats(with_group(n_events=5))[0].about == "as_they_are"


def test_a_large_p_is_never_told_as_no_difference():
    (one,) = (one for one in caveats(CaveatFacts(n=9, p_value=0.4, ratio=(0.5, 1.9))) if "no_clear" in one.about)
    assert one.sentence == (
        "No clear difference was seen (P = 0.40), which does not show that there is none: ratios from 0.50 to 1.90 fit "
        "these data."
    )


def test_tests_by_chance_are_counted():
    (one,) = (one for one in caveats(CaveatFacts(n=110, tests=28)) if one.about == "many_tests")
    assert re.search("28 tests .* about 1.4 of them", one.sentence)  # 28 * 0.05


def test_what_a_reader_must_know_goes_up_to_the_number_of_tests():
    names = [name for name, _ in RANKED]
    assert set(names[: names.index("many_tests") + 1]) == SERIOUS
