"""Predicted and standardised survival against R's survfit(coxph) (calls: tests/reference/scripts/make_prediction.R)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.regression.adjusted_model import AdjustedModel, ComparedGroups, complete_patients
from core.regression.adjusted_survival import adjusted_survival
from core.regression.rows import regression_rows
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE, numbers

RTOL = 1e-8
GROUP = {"lung": ("sex", ("male", "female")), "gbsg2": ("horTh", ("no", "yes")), "whas500": ("chf", ("0", "1")),
         "veteran": ("trt", ("standard", "test"))}  # fmt: skip
OTHERS = {"lung": ["ecog", "age"], "gbsg2": ["tgrade", "age", "pnodes"], "whas500": ["gender", "age", "hr"],
          "veteran": ["celltype", "karno"]}  # fmt: skip
CATEGORIES = ("sex", "ecog", "horTh", "tgrade", "chf", "gender", "trt", "celltype")
KINDS = dict.fromkeys(CATEGORIES, "category")
REFERENCES: dict[str, dict[str, Any]] = {"veteran": {"celltype": "squamous"}}
NAMES = list(GROUP)


@cache
def r() -> dict[str, Any]:
    return json.loads((HERE / "r" / "prediction.json").read_text(encoding="utf-8"))


@cache
def table(name: str) -> pd.DataFrame:
    frame = pd.read_csv(HERE / "data" / f"{name}.csv", keep_default_na=False, na_values=[""])
    return frame.astype({column: "string" for column in CATEGORIES if column in frame})


def data_of(frame: pd.DataFrame, entry: np.ndarray | None = None) -> TimeToEvent:
    return TimeToEvent(
        time=frame["time"].to_numpy(float), event=frame["event"].to_numpy() == 1, entry=entry, unit="days"
    )


def analysed(name, covariates=None, *, group=None, data=None, **options):
    frame = table(name)
    column, levels = group or GROUP[name]
    frame = frame.assign(**{column: pd.Categorical(frame[column], categories=list(levels))})
    groups = ComparedGroups(column=column, levels=levels, reference=levels[0])
    return adjusted_survival(
        data or data_of(frame),
        frame,
        OTHERS[name] if covariates is None else covariates,
        groups=groups,
        kinds={**KINDS, **options.pop("kinds", {})},
        references={column: levels[0], **REFERENCES.get(name, {})},
        **options,
    )


def only(curves):
    (found,) = curves.values()
    return found


def assert_curve(found, expected, conf_type):
    at = found.at(expected["time"])
    pairs = {"survival": at.survival, "std_error": at.std_error}
    pairs |= {f"low_{conf_type}": at.conf_low, f"high_{conf_type}": at.conf_high}
    for key, values in pairs.items():
        np.testing.assert_allclose(values, numbers(expected[key]), rtol=RTOL, atol=1e-12, err_msg=key)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_one_patient(name, ties, conf_type):
    expected = r()["profile"][name]
    result = analysed(name, profile=expected["profile"], ties=ties, conf_type=conf_type)
    found = only(result.patient.curves)
    assert_curve(found, expected[ties], conf_type)
    if conf_type == "log-log":
        median = found.median
        got = (median.value, median.conf_low, median.conf_high)
        np.testing.assert_allclose(got, numbers(expected[ties]["median"]), rtol=RTOL)


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_one_patient_of_a_stratum(conf_type):
    found = analysed("gbsg2", ["age"], strata=["tgrade"], conf_type=conf_type,
                     profile={"horTh": "yes", "age": 50, "tgrade": "III"})  # fmt: skip
    assert_curve(only(found.patient.curves), r()["strata"]["gbsg2"], conf_type)


def test_one_patient_where_each_group_has_its_own_baseline():
    found = analysed("lung", ["age", "ecog"], own_baseline=True, profile={"sex": "female", "age": 60, "ecog": 1})
    assert_curve(only(found.patient.curves), r()["strata"]["lung"], "log-log")


def test_one_patient_with_delayed_entry():
    frame = table("veteran")
    entry = np.where(np.arange(1, len(frame) + 1) % 3 == 0, frame["time"] * 0.4, 0)
    found = analysed("veteran", ["karno"], data=data_of(frame, entry), profile={"trt": "test", "karno": 60})
    assert_curve(only(found.patient.curves), r()["entry"]["veteran"], "log-log")


def test_one_patient_with_case_weights():
    found = analysed("lung", ["age"], weights="w_iptw", profile={"sex": "female", "age": 65})
    assert_curve(only(found.patient.curves), r()["weights"]["lung"], "log-log")


def test_baseline_hazard():
    """basehaz(fit, centered = FALSE): of a patient with every covariate zero."""
    frame, expected = table("lung"), r()["basehaz"]["lung"]
    frame = frame.assign(sex=pd.Categorical(frame["sex"], categories=["male", "female"]))
    groups = ComparedGroups(column="sex", levels=("male", "female"), reference="male")
    patients = complete_patients(
        regression_rows(data_of(frame), frame), ["age", "ecog"],
        groups=groups, own_baseline=True, references=None, kinds=KINDS,
    )  # fmt: skip
    model = AdjustedModel(patients, groups, own_baseline=True, ties="efron", conf_type="log-log", conf_level=0.95)
    zero = model.fitted.standard(np.zeros((1, patients.design.matrix.shape[1])))[0]
    for baseline, level in zip(model.fitted.strata, ("male", "female"), strict=True):
        rows = [i for i, name in enumerate(expected["strata"]) if name == level]
        time, hazard = (np.array(expected[key])[rows] for key in ("time", "hazard"))
        np.testing.assert_allclose(baseline.at(time)[0] * np.exp(model.fitted.beta @ zero), hazard, rtol=RTOL)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_standardised_curves(name, ties):
    result = analysed(name, ties=ties)
    for group in result.groups:
        expected = r()["standard"][name][ties][group.level]
        at = group.adjusted.at(expected["time"])
        np.testing.assert_allclose(at.survival, expected["survival"], rtol=RTOL)
        if ties == "breslow":
            np.testing.assert_allclose(at.std_error, expected["std_error"], rtol=RTOL)


@pytest.mark.parametrize("name", NAMES)
def test_differences_of_standardised_curves(name):
    expected = r()["standard"][name]["difference"]
    (found,) = analysed(name, ties="breslow", times=expected["times"]).differences
    np.testing.assert_allclose([c.estimate for c in found.adjusted], expected["estimate"], rtol=RTOL)
    np.testing.assert_allclose([c.std_error for c in found.adjusted], expected["std_error"], rtol=RTOL)


def test_standardised_with_strata():
    expected = r()["standard_strata"]
    for group in analysed("gbsg2", ["age", "pnodes"], strata=["tgrade"]).groups:
        np.testing.assert_allclose(
            group.adjusted.at(expected["times"]).survival, expected[group.level], rtol=RTOL, err_msg=group.level
        )


def test_standardised_where_each_group_has_its_own_baseline():
    expected = r()["own_baseline"]
    for group in analysed("lung", ["age", "ecog"], own_baseline=True).groups:
        np.testing.assert_allclose(group.adjusted.at(expected["times"]).survival, expected[group.level], rtol=RTOL)
