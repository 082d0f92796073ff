"""An endpoint in one sentence names every column it reads."""

import pytest

from core.reporting.endpoint_sentence import endpoint_sentence
from core.spec import EndpointSpec

CASES = [
    (
        "OS",
        {"start": "first_dose", "event_date": "death_date", "censor_date": "last_seen"},
        "OS, overall survival: from first_dose to death_date, or until last_seen; in months.",
    ),
    (
        "Q",
        {"start": "a", "unit": "days", "event_date": ["b", "c"], "censor_date": "d", "data_cut": "2024-06-30"},
        "Q: from a to the first of b and c, or until d; in days; followed until 2024-06-30 at most.",
    ),
    (
        "TTP",
        {"start": "a", "event_date": "b", "censor_date": "d", "competing_date": {"death": "c"}},
        "TTP, time to progression: from a to b, or until d; unless before that came death (c); in months.",
    ),
    (
        "OS",
        {"time": "os_months", "event": "os_event", "event_is": [1]},
        "OS, overall survival: os_months (in months); the event is os_event = 1.",
    ),
    (
        "X",
        {
            "time": "t",
            "event": "e",
            "event_is": [1, 2, 3, 4, 5],
            "competing": {"x": [9]},
            "entry": "z",
            "unit": "days",
        },
        "X: t (in days); the event is e = 1 or 2 or 3 or 4 or ...; another event came first: x (9); followed from z.",
    ),
    (
        "OS",
        {"event_date": "to_death", "censor_date": "days_followed", "unit": "days", "until": 365},
        "OS, overall survival: counted in days to to_death, or until days_followed; followed for 365 days at most.",
    ),
]


@pytest.mark.parametrize(("name", "said", "sentence"), CASES)
def test_sentence(name, said, sentence):
    spec = EndpointSpec(**said)
    assert endpoint_sentence(name, spec) == sentence
    assert all(column in sentence for column in spec.columns)
