"""A group that began after time zero is noticed."""

import pytest

from core.bias.immortal_time import began_late
from core.cohort.load import cohort_from_files
from core.cohort.select import analysis_set
from core.spec import GroupSpec

ROWS = "id,os_months,os_event,hifu,first_hifu_day,{extra}\n" + "\n".join(
    f"p{i},{i + 3},{i % 2},{'Yes' if i < 5 else 'No'},{day},{i * 7 % 5}"
    for i, day in enumerate([12, 40, -9, 3, 0, "", "", "", "", ""])
)


def noticed(text, column="hifu"):
    cohort = cohort_from_files({"p.csv": text.encode()}, name="p")
    return began_late(analysis_set(cohort, group=GroupSpec(column=column), endpoint="OS"))


def test_a_late_start_is_counted():
    assert noticed(ROWS.format(extra="score")) == (
        "Yes started after time zero in 3 of 5 patients: part of this difference may be immortal time."
    )


@pytest.mark.parametrize(
    "header",
    ["id,os_months,os_event,hifu,first_tace_day,x", "id,os_months,os_event,hifu,hifu_energy,x"],
    ids=["another treatment", "no day"],
)
def test_other_columns_say_nothing(header):
    assert noticed("\n".join([header, *ROWS.split("\n")[1:]])) is None


def test_nobody_late_says_nothing():
    text = ROWS.format(extra="score").replace(",12,", ",-1,").replace(",40,", ",-2,").replace(",3,1", ",-3,1")
    assert noticed(text) is None


def test_days_of_both_groups_are_not_a_start():
    assert noticed(ROWS.format(extra="score").replace("No,,", "No,5,")) is None


def test_without_groups_nothing_is_compared():
    cohort = cohort_from_files({"p.csv": ROWS.format(extra="score").encode()}, name="p")
    assert began_late(analysis_set(cohort, endpoint="OS")) is None
