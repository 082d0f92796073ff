"""The sample cohorts against the published figures: every rule, computed anew, both printed side by side on failure."""

import json
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from core.evidence.published import compare_with_published

FITTED = ("hifu_ici", "ablation_tace_net")
ARMS = {"hifu_ici": ("hifu", {"HIFU": "Yes", "No HIFU": "No"}), "ablation_tace_net": ("arm", None)}


def side_by_side(rows):
    lines = [f"{'':3}{'quantity':58}{'group':24}{'published':28}{'computed':28}rule"]
    lines += [
        f"{'ok' if row.agrees else '!!':3}{row.quantity:58}{row.group:24}{row.published:28}{row.computed:28}{row.rule}"
        for row in rows
    ]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def comparisons(cohorts):
    return {name: compare_with_published(name, cohorts[name]) for name in cohorts}


@pytest.fixture(scope="module")
def published(samples):
    def read(name):
        return json.loads((samples / "published" / name).read_text(encoding="utf-8"), parse_float=Decimal)

    return {
        "hifu_ici": read("hifu_ici_liver_metastases_2025.json"),
        "ablation_tace_net": read("ablation_tace_net_2025.json"),
    }


@pytest.mark.parametrize("name", FITTED)
def test_every_required_figure_agrees(comparisons, name):
    required = [row for row in comparisons[name] if row.required]
    assert all(row.agrees for row in required), "\n" + side_by_side(comparisons[name])


def test_figures_for_information_that_disagree_are_the_known_ones(comparisons):
    # Table I prints P-values that its own counts do not give, see the README.
    disagreeing = {row.quantity for row in comparisons["hifu_ici"] if not row.agrees}
    assert disagreeing == {"Primary disease: P", "Number of organs with metastases: P", "Oligometastasis: P"}
    assert all(row.agrees for row in comparisons["ablation_tace_net"]), "\n" + side_by_side(
        comparisons["ablation_tace_net"]
    )


def test_no_single_study_stands_behind_the_hcc_cohort(comparisons):
    assert comparisons["hcc_ablation"] == ()


class TestNothingIsLeftOut:
    """Every published figure has its row, so a rule cannot be met by not asking."""

    def test_hifu(self, comparisons, published):
        figures = published["hifu_ici"]
        asked = {row.quantity: row for row in comparisons["hifu_ici"] if row.required}
        expected = {f"{v['variable']}: {level}" for v in figures["baseline"] for level in v["rows"]}
        for event in figures["adverse_events"]:
            expected |= {f"{event['term']}: any grade", f"{event['term']}: grade 3 or more"}
        for endpoint in ("OS", "PFS"):
            expected |= {
                f"{endpoint}: {what}"
                for what in (
                    "events (implied)", "median, months", "survival at 6 months", "survival at 12 months",
                    "log-rank hazard ratio (95 % CI)", "log-rank P",
                )
            }  # fmt: skip
        expected |= {
            "Patients", "Age, years: mean", "Age, years: range", "Disease control", "Any adverse event",
            "HIFU before the first ICI dose", "HIFU after the first ICI dose", "Patients whose PFS is longer than OS",
        }  # fmt: skip
        assert expected <= set(asked)
        rules = {asked[f"{endpoint}: log-rank hazard ratio (95 % CI)"].rule for endpoint in ("OS", "PFS")}
        assert rules == {"within 2 %"}

    def test_net(self, comparisons, published):
        figures = published["ablation_tace_net"]
        asked = {(row.quantity, row.group): row for row in comparisons["ablation_tace_net"] if row.required}
        for row in figures["survival"]:
            what = f"{row['endpoint']}, {row['population']}"
            assert asked[f"{what}: median, months", row["arm"]].rule == "within one month"
            assert asked[f"{what}: mean, months", row["arm"]].rule == "within 10 %"
            assert ((f"{what}: events", row["arm"]) in asked) == ("events" in row)
        tests = [row for (quantity, _), row in asked.items() if quantity.endswith("log-rank P")]
        assert len(tests) == len(figures["log_rank_p"])
        assert {row.rule for row in tests} == {"same side of 0.05"}
        assert ("Deaths", "all") in asked
        for grade in ("G1", "G2", "G3"):
            assert (f"Grade: {grade}", "Ablation+TACE / TACE") in asked
        assert ("Primary: Pancreas", "Ablation+TACE / TACE") in asked


class TestByHand:
    """The main figures once more from the plain tables, without the program's estimators."""

    @staticmethod
    def survival(time, event, at):
        """Product over distinct event times up to ``at``."""
        level = 1.0
        for t in sorted(set(time[event == 1])):
            if t <= at:
                level *= 1 - ((time == t) & (event == 1)).sum() / (time >= t).sum()
        return level

    @pytest.mark.parametrize("endpoint", ["OS", "PFS"])
    def test_hifu_survival_and_hazard_ratio(self, tables, published, endpoint):
        table, figures = tables["hifu_ici"], published["hifu_ici"]["survival"][endpoint]
        time = table[f"{endpoint.lower()}_months"].to_numpy()
        event = table[f"{endpoint.lower()}_event"].to_numpy()
        treated = (table["hifu"] == "Yes").to_numpy()
        for month, printed in figures["survival_at"].items():
            for arm, expected in zip((treated, ~treated), printed, strict=True):
                # Survival at these months is a whole number of patients over n: nobody is censored before.
                assert self.survival(time[arm], event[arm], float(month)) == pytest.approx(float(expected), abs=5.1e-5)
        observed, expected_events = np.zeros(2), np.zeros(2)
        for t in sorted(set(time[event == 1])):
            at_risk, died = time >= t, (time == t) & (event == 1)
            for i, arm in enumerate((treated, ~treated)):
                observed[i] += (died & arm).sum()
                expected_events[i] += died.sum() * (at_risk & arm).sum() / at_risk.sum()
        ratio = (observed[0] / expected_events[0]) / (observed[1] / expected_events[1])
        width = 1.96 * math.sqrt((1 / expected_events).sum())
        printed = figures["hazard_ratio"]
        assert ratio == pytest.approx(float(printed["estimate"]), rel=0.02)
        assert ratio * math.exp(-width) == pytest.approx(float(printed["lower"]), rel=0.02)
        assert ratio * math.exp(width) == pytest.approx(float(printed["upper"]), rel=0.02)

    def test_net_medians_and_means(self, tables, published):
        table = tables["ablation_tace_net"]
        population = {
            "all": table["arm"].notna(),
            "G2": table["who_grade"] == "G2",
            "G1/2": table["who_grade"].isin(["G1", "G2"]),
            "G3": table["who_grade"] == "G3",
            "pancreas": table["primary_site"] == "Pancreas",
        }
        for row in published["ablation_tace_net"]["survival"]:
            chosen = table[population[row["population"]] & (table["arm"] == row["arm"])]
            time = chosen[f"{row['endpoint'].lower()}_months"].to_numpy()
            event = chosen[f"{row['endpoint'].lower()}_event"].to_numpy()
            assert len(chosen) == row["n"]
            assert event.sum() == row.get("events", event.sum())
            steps = [0.0, *sorted(set(time))]
            levels = [self.survival(time, event, t) for t in steps]
            median = next(t for t, level in zip(steps, levels, strict=True) if level <= 0.5 + 1e-12)
            mean = sum(level * (b - a) for level, a, b in zip(levels, steps, steps[1:], strict=False))
            assert median == pytest.approx(float(row["median"][0]), abs=1.0)
            assert mean == pytest.approx(float(row["mean"][0]), rel=0.10)

    def test_worst_grade_counts_of_table_iii(self, tables, events, published):
        arm = tables["hifu_ici"].set_index("patient_id")["hifu"]
        worst = events["hifu_ici"].groupby(["ae_term", "patient_id"])["ae_grade"].max().reset_index()
        worst["hifu"] = worst["patient_id"].map(arm)
        for event in published["hifu_ici"]["adverse_events"]:
            for i, level in enumerate(("Yes", "No")):
                rows = worst[(worst["ae_term"] == event["term"]) & (worst["hifu"] == level)]
                assert len(rows) == event["any"][i], event["term"]
                assert (rows["ae_grade"] >= 3).sum() == event["grade3plus"][i], event["term"]


def test_the_published_sessions_are_copied_unchanged(samples):
    copy = (samples / "hifu_sessions.csv").read_bytes()
    assert copy == (samples / "published" / "hifu_sessions_2025.csv").read_bytes()
    sessions = pd.read_csv(samples / "hifu_sessions.csv")
    assert (len(sessions), sessions["patient"].nunique()) == (36, 28)
