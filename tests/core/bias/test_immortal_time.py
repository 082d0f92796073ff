"""A group that began after time zero is noticed: from times, dates, adverse events and response."""

import dataclasses
import math

import pytest

from core.bias.immortal_time import late_start
from core.cohort.load import cohort_from_files
from core.cohort.select import analysis_set
from core.reporting.immortal_time_sentence import late_start_sentence
from core.spec import EndpointSpec, GroupSpec

ROWS = "id,os_months,os_event,hifu,first_hifu_day,{extra}\n" + "\n".join(
    f"p{i},{i + 3},{i % 2},{'Yes' if i < 5 else 'No'},{day},{i * 7 % 5}"
    for i, day in enumerate([12, 40, -9, 3, 0, "", "", "", "", ""])
)
MONTH = 30.4375


def noticed(text, column="hifu", *, levels=None, endpoint="OS", events=None):
    files = {"p.csv": text.encode()} | ({} if events is None else {"ae.csv": events.encode()})
    cohort = cohort_from_files(files, name="p")
    return late_start(analysis_set(cohort, group=GroupSpec(column=column, levels=levels), endpoint=endpoint))


def test_a_late_start_is_counted_with_the_share_of_follow_up_at_stake():
    late = noticed(ROWS.format(extra="score"))
    assert (late.level, late.basis, late.column, late.unit) == ("Yes", "time", "first_hifu_day", "days")
    assert (late.n, late.n_late) == (5, 3)
    assert late.share == pytest.approx((12 + 40 + 3) / MONTH / (3 + 4 + 5 + 6 + 7))
    assert late_start_sentence(late) == (
        "HIFU started after time zero in 3 of 5 patients, and 7 % of the follow-up of that group lies before HIFU "
        "began: part of this difference may be immortal time."
    )


def test_a_start_after_the_end_of_follow_up_takes_all_of_it():
    late = noticed(ROWS.format(extra="score").replace(",40,", ",4000,"))
    assert late.share == pytest.approx((12 / MONTH + 4 + 3 / MONTH) / 25)


def test_without_an_endpoint_the_start_is_noticed_without_a_share():
    late = noticed(ROWS.format(extra="score"), endpoint=None)
    assert late.n_late == 3
    assert math.isnan(late.share)
    assert "follow-up" not in late_start_sentence(late)


def test_months_are_read_as_months():
    late = noticed(ROWS.format(extra="score").replace("first_hifu_day", "months_to_first_hifu"))
    assert late.unit == "months"
    assert late.starts[3] == 3


def test_a_column_named_after_the_level_of_an_arm():
    text = ROWS.format(extra="score").replace("hifu,first", "arm,first").replace("Yes", "HIFU").replace("No,", "Drug,")
    assert noticed(text, "arm").level == "HIFU"


DATES = "id,ici_start,last_seen,dead,hifu,hifu_date\n" + "\n".join(
    f"p{i},2020-01-{i + 1:02d},2021-0{1 + i % 6}-11,{i % 2},{f'Yes,2020-0{2 + i}-01' if i < 4 else 'No,'}"
    for i in range(9)
)


def dated(text=DATES, **endpoint):
    cohort = cohort_from_files({"p.csv": text.encode()}, name="p")
    asked = {"start": "ici_start", "event_date": "last_seen", "censor_date": "last_seen", "event": "dead"} | endpoint
    spec = EndpointSpec.model_validate({"unit": "days", "event_is": [1], **asked})
    cohort = dataclasses.replace(cohort, spec=cohort.spec.model_copy(update={"endpoints": {"OS": spec}}))
    return late_start(analysis_set(cohort, group=GroupSpec(column="hifu"), endpoint="OS"))


def test_dates_are_counted_from_time_zero():
    late = dated()
    assert (late.basis, late.column, late.n_late) == ("date", "hifu_date", 4)
    assert late.starts[:2].tolist() == [31, 59]  # 1 January to 1 February; 2 January to 1 March 2020
    assert late.share > 0


def test_the_last_date_of_a_treatment_is_no_start():
    assert dated(DATES.replace("hifu_date", "last_hifu_date")) is None


AE = "patient_id,ae_term,grade,start_day\n" + "\n".join(f"p{i},Colitis,2,{10 * i}" for i in range(1, 5))
TOXIC = "id,os_months,os_event,colitis\n" + "\n".join(
    f"p{i},{i + 3},{i % 2},{'Yes' if 1 <= i < 5 else 'No'}" for i in range(10)
)


def test_a_group_made_of_an_adverse_event():
    late = noticed(TOXIC, "colitis", events=AE)
    assert (late.basis, late.level, late.n_late) == ("adverse_event", "Yes", 4)
    assert late.starts[1] == pytest.approx(10 / MONTH)
    assert late_start_sentence(late).startswith("Colitis started after time zero in 4 of 4 patients, and ")


def test_a_group_named_after_adverse_events_without_days():
    late = noticed(TOXIC.replace("colitis", "any_irAE"), "any_irAE")
    assert late.basis == "adverse_event"
    assert late.starts is None
    assert "happens after time zero" in late_start_sentence(late)


def test_response_is_known_only_later():
    late = noticed(
        TOXIC.replace("colitis", "best_response").replace("Yes", "PR").replace(",No", ",PD"), "best_response"
    )
    assert late.basis == "response"
    assert late_start_sentence(late) == (
        "Best response is known only after time zero: a patient had to stay event-free until then to be in that group, "
        "so part of this difference may be immortal time."
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
    assert late_start(analysis_set(cohort, endpoint="OS")) is None
