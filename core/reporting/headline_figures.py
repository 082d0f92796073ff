"""The few figures that stand for a result: medians, hazard ratios, response rates, P values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.reporting import format as fmt
from core.reporting.labels import column_label, event_label

if TYPE_CHECKING:
    from core.regression.results import CoxAnalysis
    from core.result import AnalysisResult

Quantity: TypeAlias = Literal["median", "hazard ratio", "P", "response rate", "patients"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A headline figure: what stands for a result in one line."""

    quantity: Quantity
    of: str
    value: float
    conf_low: float | None = None
    conf_high: float | None = None
    unit: str = ""


def headline_figures(result: AnalysisResult) -> Iterator[Figure]:
    """Patients, then medians, hazard ratios, response rates and P values of one result; of other kinds the patients."""
    yield Figure(quantity="patients", of="", value=result.subset.n)
    if result.kind in _OF_KIND:
        yield from _OF_KIND[result.kind](result)


def _medians(result: AnalysisResult) -> Iterator[Figure]:
    for group in result.survival.groups:
        if (median := group.quantiles.get(0.5)) is not None:
            yield Figure(
                quantity="median", of=group.level, value=median.value, conf_low=median.conf_low,
                conf_high=median.conf_high, unit=result.survival.unit,
            )  # fmt: skip


def _test(result: AnalysisResult) -> Iterator[Figure]:
    yield Figure(quantity="P", of="", value=result.comparison.p_value)


def _gray(result: AnalysisResult) -> Iterator[Figure]:
    for cause, test in (result.incidence.gray or {}).items():
        yield Figure(quantity="P", of=event_label(cause), value=test.p_value)


def _overall(result: AnalysisResult) -> Iterator[Figure]:
    found = result.subgroups.overall
    yield _ratio("", found.hazard_ratio, found.conf_low, found.conf_high)
    yield Figure(quantity="P", of="", value=found.p_value)


def _response(result: AnalysisResult) -> Iterator[Figure]:
    rate = result.response.rates["orr"]
    numbers = zip(*(part.tolist() for part in (rate.value, rate.conf_low, rate.conf_high)), strict=True)
    for level, (value, low, high) in zip(result.response.levels, numbers, strict=True):
        yield Figure(quantity="response rate", of=level, value=value, conf_low=low, conf_high=high)
    yield Figure(quantity="P", of="", value=rate.p_value)


def _ratios(cox: CoxAnalysis) -> Iterator[Figure]:
    fit = cox.multivariable or cox.univariable
    for term in () if fit is None else fit.terms:
        if term.role == "main":
            of = column_label(term.term)
            if term.level is not None:
                level = f"{term.level} against {term.reference}"
                of = level if term.level == of else f"{of}, {level}"
            yield _ratio(of, term.hazard_ratio, term.conf_low, term.conf_high)
            yield Figure(quantity="P", of=of, value=term.p_value)


def _ratio(of: str, value: float, low: float, high: float) -> Figure:
    return Figure(quantity="hazard ratio", of=of, value=value, conf_low=low, conf_high=high)


_OF_KIND: dict[str, Callable[[AnalysisResult], Iterator[Figure]]] = {
    "kaplan_meier": _medians,
    "compare": _test,
    "cox": lambda result: _ratios(result.cox),
    "fine_gray": lambda result: _ratios(result.fine_gray),
    "subgroups": _overall,
    "cumulative_incidence": _gray,
    "response": _response,
}


def figure_name(figure: Figure) -> str:
    """What a figure is called: "Median, months: HIFU"."""
    words_of = {"P": "P", "median": f"Median, {figure.unit}"}.get(figure.quantity, figure.quantity.capitalize())
    of = "" if figure.of in ("", "all") else f": {figure.of}"
    return f"{words_of}{of}"


def figure_text(figure: Figure | None) -> str:
    """A figure as it is printed; a dash where there is none."""
    if figure is None:
        return fmt.EN_DASH
    if figure.quantity == "patients":
        return fmt.counted(figure.value)
    if figure.quantity == "P":
        return fmt.p_value(figure.value)
    if figure.quantity == "hazard ratio":
        return fmt.ratio_estimate(figure.value, figure.conf_low, figure.conf_high)
    if figure.quantity == "response rate":
        return fmt.percent_estimate(figure.value, figure.conf_low, figure.conf_high)
    return fmt.estimate(figure.value, figure.conf_low, figure.conf_high, digits=fmt.unit_digits(figure.unit))
