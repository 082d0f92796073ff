"""The flow of patients in words and as JSON, and how it is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.reporting import format as fmt
from core.reporting.labels import endpoint_label
from core.reporting.method import Method

if TYPE_CHECKING:
    from core.cohort.endpoints import Exclusion
    from core.cohort.flow import CohortFlow, FlowGroup, FlowStep
    from core.result import AnalysisResult

EVERYBODY = "all"
_LOST = {"once each": "entered twice", "eligible": "did not pass the filters", "analysed": "could not be analysed"}


def step_words(step: FlowStep, endpoint: str | None) -> str:
    """What a box is called: "In the file", "Eligible", "Analysed for overall survival"."""
    if step.name == "analysed" and endpoint is not None:
        return f"Analysed for {endpoint_label(endpoint)}"
    return fmt.sentence(step.name).rstrip(".")


def group_words(group: FlowGroup, endpoint: str | None) -> list[str]:
    """Lines under a group's name: patients, and with an endpoint what happened to them."""
    lines = [fmt.patients(group.n)]
    if group.events is not None and endpoint is not None:
        censored = group.n - group.events - sum(group.competing.values())
        lines.append(f"{fmt.several(group.events, 'event')} ({endpoint})")
        lines += [f"{n:,} {name.replace('_', ' ')} first" for name, n in group.competing.items() if n]
        lines.append(f"{censored:,} censored")
    return lines


def reason_words(item: Exclusion) -> str:
    """One line of those left out: "38 outside the filter Age ≥ 50", "3 OS time missing"."""
    kept, is_filter, rest = item.reason.partition("kept only where ")
    return f"{item.n:,} outside the filter {rest}" if is_filter and not kept else f"{item.n:,}: {item.reason}"


def flow_sentence(result: AnalysisResult) -> str:
    """How many of those in the file are analysed, and why the others are not."""
    flow = result.flow
    first, last = flow.steps[0], flow.steps[-1]
    what = step_words(last, flow.endpoint)
    done = what[:1].lower() + what[1:]
    if first.n == last.n:
        return f"All {fmt.patients(first.n)} in the file are {done}: nobody is left out."
    parts = [
        f"{fmt.patients(sum(item.n for item in step.left_out))} {_LOST[step.name]}"
        for step in flow.steps
        if step.left_out
    ]
    return f"Of {fmt.patients(first.n)} in the file {last.n:,} are {done}; {fmt.in_words(parts)}."


def flow_json(flow: CohortFlow) -> dict[str, Any]:
    """The keys of docs/headless.md."""
    return {
        "steps": [
            {
                "step": step.name,
                "n": step.n,
                "left_out": [{"reason": item.reason, "n": item.n, "rows": list(item.rows)} for item in step.left_out],
            }
            for step in flow.steps
        ],
        "groups": {
            group.level: {"n": group.n, "n_events": group.events, "competing": dict(group.competing)}
            for group in flow.groups
        },
    }


def flow_method(result: AnalysisResult) -> Method:
    """How patients were counted."""
    return Method(
        what="Patients counted by stage: in the file, passing the filters, with a group and a usable time and event; "
        "each is left out under the first reason that holds",
        formula="patients of a box = patients of the box above − those left out between them",
        r_call="table(reason, useNA = 'ifany')",
        source="STROBE statement, item 13; von Elm et al., Lancet 2007;370:1453-1457",
    )
