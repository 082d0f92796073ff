"""Odd cells are found with their rows; ordinary ones are left alone."""

import datetime as dt

import numpy as np
import pytest

from core.cohort.load import cohort_from_files, with_spec
from core.cohort.validate_plausible import FENCE, check_plausible, far_out
from core.spec import EndpointSpec


def by_code(cohort, **options):
    found = {}
    for issue in check_plausible(cohort, **options):
        found.setdefault(issue.code, []).append(issue)
    return found


def sheet(columns):
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    text = ",".join(names) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    return cohort_from_files({"s.csv": text.encode()}, name="s")


@pytest.mark.parametrize(
    ("numbers", "out"),
    [
        ([*range(50, 80), 640], [640]),
        ([*range(50, 80), 99], []),
        ([*range(50, 60)], []),
        ([*[5.0] * 30, 900.0], []),
        ([*(10 ** (k / 10) for k in range(30)), 1e4], []),
        ([*(10 ** (k / 10) for k in range(30)), 1e9], [1e9]),
        ([*range(1, 31), *[1e6] * 3], []),
        ([*range(50, 150), 640, 640, 640], []),
        ([*range(50, 150), 640, 640, 641], [640, 640, 641]),
        ([*range(50, 80), float("nan"), -300], [-300]),
    ],
)
def test_far_out(numbers, out):
    values = np.array(numbers, dtype=float)
    assert values[far_out(values)].tolist() == out


def test_far_out_against_a_plain_count():
    rng = np.random.default_rng(3)
    for _ in range(20):
        values = rng.normal(50, 10, 200)
        values[0] = 50 + rng.uniform(30, 120)
        q1, median, q3 = np.percentile(values, [25, 50, 75])
        if q3 - median > median - q1:
            logs = np.log(values)
            q1, q3 = np.percentile(logs, [25, 75])
            wanted = [x < q1 - FENCE * (q3 - q1) or x > q3 + FENCE * (q3 - q1) for x in logs]
        else:
            wanted = [x < q1 - FENCE * (q3 - q1) or x > q3 + FENCE * (q3 - q1) for x in values]
        assert far_out(values).tolist() == wanted


def test_a_slipped_decimal_point_is_named_with_its_row():
    n = 30
    cohort = sheet(
        {
            "id": range(n),
            "albumin": [*(35 + i % 9 for i in range(n - 1)), 4.1 * 100],
            "os_months": range(1, n + 1),
            "os_event": [1] * n,
        }
    )
    (found,) = by_code(cohort)["outlier"]
    assert (found.column, found.rows, found.severity) == ("albumin", (n + 1,), "info")
    assert "'410', far from all others (35 to 43)" in found.message


DATES = {
    "id": [1, 2, 3, 4],
    "start_date": ["2020-01-01", "2020-01-02", "2031-01-03", "2020-01-04"],
    "progression_date": ["2020-05-01", "2021-01-01", "", ""],
    "death_date": ["2020-06-01", "2020-06-02", "", "2020-06-04"],
    "last_seen_date": ["2020-06-01", "2020-06-02", "2021-01-01", "2020-07-01"],
    "dead": [1, 1, 1, 1],
}


def test_dates_that_cannot_be():
    found = by_code(sheet(DATES), today=dt.date(2026, 1, 1))
    assert [(issue.column, issue.rows) for issue in found["impossible-date"]] == [("start_date", (4,))]
    after = {(issue.column, issue.rows) for issue in found["date-after-death"]}
    assert after == {("progression_date", (3,)), ("last_seen_date", (5,))}
    assert "impossible-date" not in by_code(sheet(DATES), today=dt.date(2032, 1, 1))


def test_an_event_without_its_date():
    endpoint = EndpointSpec(
        start="start_date",
        event_date="death_date",
        censor_date="last_seen_date",
        event="dead",
        event_is=(1,),
        unit="days",
    )
    cohort = sheet(DATES)
    cohort = with_spec(cohort, cohort.spec.model_copy(update={"endpoints": {"OS": endpoint}}))
    (found,) = by_code(cohort)["event-without-date"]
    assert (found.column, found.rows) == ("death_date", (4,))
