"""AnalysisSpec: everything that was asked, as one value that reads and writes JSON.

The screen edits it, ``core.run`` computes from it, saved analyses and the headless command are it. Belongs here: the
keys and which combinations make sense. Does not belong here: the cohort's own half (``core.spec_cohort``), whether a
column exists (that needs the cohort).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from core.errors import SpecError
from core.spec_cohort import CohortSpec, EndpointSpec, Kind, Part, Scalar, Unit
from core.spec_faults import json_object, readable

__all__ = [
    "KINDS",
    "Adjustment",
    "AdverseEventsSpec",
    "Analysis",
    "AnalysisSpec",
    "BaselineSpec",
    "CohortSpec",
    "CompareSpec",
    "ConfLevel",
    "ConfType",
    "CoxMode",
    "CoxSpec",
    "DifferenceMethod",
    "EndpointSpec",
    "FilterOp",
    "FilterSpec",
    "FlemingHarrington",
    "GroupSpec",
    "KaplanMeierSpec",
    "Kind",
    "Scalar",
    "Ties",
    "Unit",
    "Weighting",
]

ConfType: TypeAlias = Literal["log-log", "log", "plain"]
Ties: TypeAlias = Literal["efron", "breslow"]
ConfLevel: TypeAlias = Annotated[float, Field(gt=0, lt=1)]

FilterOp: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in", "missing", "not missing"]


class FilterSpec(Part):
    """Keep the patients for whom ``column op value`` holds; a missing value never does (except for ``missing``)."""

    column: str
    op: FilterOp
    value: Scalar | tuple[Scalar, ...] | None = None

    @model_validator(mode="after")
    def _value_fits(self) -> FilterSpec:
        is_list = isinstance(self.value, tuple)
        if self.op in ("in", "not in") and not is_list:
            raise ValueError(f"'{self.op}' needs a list of values")
        if self.op in ("missing", "not missing"):
            if self.value is not None:
                raise ValueError(f"'{self.op}' takes no value")
        elif self.op not in ("in", "not in") and (is_list or self.value is None):
            raise ValueError(f"'{self.op}' needs one value")
        return self


class GroupSpec(Part):
    """The compared levels: values of a column renamed and merged, or a number cut.

    Attributes
    ----------
    column : str
    levels : dict of level to list of values, optional
        Order is kept. Values in no level are left out and counted. Without it every value is a level.
    reference : str, optional
        The level ratios are against; the first unless named.
    cut : list of numbers, optional
        Ascending cut-points of a numeric column. A value equal to a cut-point goes to the upper interval, unless the
        labels say otherwise: by a sign (">20", "<=20") or by a range that begins above it ("66-75" over a cut at 65).
    labels : list of str, optional
        One more than ``cut``.
    """

    column: str
    levels: dict[str, tuple[Scalar, ...]] | None = None
    reference: str | None = None
    cut: tuple[float, ...] | None = None
    labels: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _levels_or_cut(self) -> GroupSpec:
        if self.levels is not None and self.cut is not None:
            raise ValueError("give either 'levels' or 'cut', not both")
        if self.labels is not None and self.cut is None:
            raise ValueError("'labels' needs 'cut'")
        if self.levels is not None:
            self._check_levels(self.levels)
        if self.cut is not None:
            self._check_cut(self.cut)
        named = self.levels or self.labels
        if self.reference is not None and named is not None and self.reference not in named:
            raise ValueError(f"reference '{self.reference}' is not one of the levels {list(named)}")
        return self

    @staticmethod
    def _check_levels(levels: Mapping[str, tuple[Scalar, ...]]) -> None:
        seen: dict[str, str] = {}
        for level, values in levels.items():
            if not values:
                raise ValueError(f"level '{level}' has no values")
            for value in values:
                other = seen.setdefault(str(value), level)
                if other != level:
                    raise ValueError(f"value '{value}' is in two levels, '{other}' and '{level}'")

    def _check_cut(self, cut: tuple[float, ...]) -> None:
        if not cut or any(b <= a for a, b in itertools.pairwise(cut)):
            raise ValueError("'cut' needs ascending numbers")
        if self.labels is not None and (len(self.labels) != len(cut) + 1 or len(set(self.labels)) != len(self.labels)):
            raise ValueError(f"'labels' needs {len(cut) + 1} different names, one more than 'cut'")


class _Analysis(Part):
    """What every analysis has. ``filters`` here are added to the specification's, ``group`` replaces its group."""

    id: str = Field(min_length=1)
    filters: tuple[FilterSpec, ...] = ()
    group: GroupSpec | None = None
    conf_level: ConfLevel = 0.95


class KaplanMeierSpec(_Analysis):
    """Kaplan-Meier curves by group."""

    kind: Literal["kaplan_meier"]
    endpoint: str
    conf_type: ConfType = "log-log"
    times: tuple[Annotated[float, Field(ge=0)], ...] = ()
    quantiles: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = (0.25, 0.5, 0.75)
    tau: Annotated[float, Field(gt=0)] | None = None


class FlemingHarrington(Part):
    """Weights S(t-)^rho (1 - S(t-))^gamma."""

    exponents: tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]] = Field(alias="fleming-harrington")


Weighting: TypeAlias = Literal["logrank", "gehan", "tarone-ware", "peto"] | FlemingHarrington
Adjustment: TypeAlias = Literal["none", "holm", "bonferroni", "bh"]


class CompareSpec(_Analysis):
    """Log-rank family tests between groups."""

    kind: Literal["compare"]
    endpoint: str
    weighting: Weighting = "logrank"
    strata: tuple[str, ...] = ()
    pairwise: Adjustment | None = None
    trend: bool = False


CoxMode: TypeAlias = Literal["univariable", "multivariable", "univariable-then-multivariable"]


class CoxSpec(_Analysis):
    """Proportional-hazards regression."""

    kind: Literal["cox"]
    endpoint: str
    covariates: tuple[str, ...] = Field(min_length=1)
    mode: CoxMode = "multivariable"
    enter_below: Annotated[float, Field(gt=0, le=1)] = 0.1
    ties: Ties = "efron"
    strata: tuple[str, ...] = ()
    weights: str | None = None
    cluster: str | None = None
    references: dict[str, Scalar] = Field(default_factory=dict)
    penalty: Literal["firth"] | None = None

    @field_validator("covariates")
    @classmethod
    def _once(cls, covariates: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(covariates)) != len(covariates):
            raise ValueError("a covariate is named twice")
        return covariates


class BaselineSpec(_Analysis):
    """Table 1 by group."""

    kind: Literal["baseline"]
    variables: tuple[str, ...] = Field(min_length=1)


DifferenceMethod: TypeAlias = Literal["miettinen-nurminen", "newcombe", "wald"]


class AdverseEventsSpec(_Analysis):
    """Adverse events by group, worst grade per patient and term."""

    kind: Literal["adverse_events"]
    classes: tuple[str, ...] | None = None
    difference: DifferenceMethod = "miettinen-nurminen"


Analysis: TypeAlias = Annotated[
    KaplanMeierSpec | CompareSpec | CoxSpec | BaselineSpec | AdverseEventsSpec, Field(discriminator="kind")
]
KINDS: dict[str, type[_Analysis]] = {
    "kaplan_meier": KaplanMeierSpec,
    "compare": CompareSpec,
    "cox": CoxSpec,
    "baseline": BaselineSpec,
    "adverse_events": AdverseEventsSpec,
}


class AnalysisSpec(Part):
    """The whole question: cohort, filters, group and the analyses."""

    cohort: CohortSpec
    filters: tuple[FilterSpec, ...] = ()
    group: GroupSpec | None = None
    analyses: tuple[Analysis, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> AnalysisSpec:
        ids = [analysis.id for analysis in self.analyses]
        if len(set(ids)) != len(ids):
            raise ValueError("two analyses have the same id")
        for analysis in self.analyses:
            endpoint = getattr(analysis, "endpoint", None)
            if endpoint is not None and endpoint not in self.cohort.endpoints:
                raise ValueError(
                    f"analysis '{analysis.id}' asks for endpoint '{endpoint}', which is not defined; "
                    f"defined: {', '.join(self.cohort.endpoints) or 'none'}"
                )
        return self

    @classmethod
    def from_json(cls, text: str) -> AnalysisSpec:
        """Read a specification; every fault is one ``SpecError`` that says where."""
        raw = json_object(text)
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise readable(error, raw, top=cls, parts=_PARTS, kinds=tuple(KINDS)) from None

    @classmethod
    def from_file(cls, path: Path) -> AnalysisSpec:
        """Read a specification file (UTF-8)."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SpecError(f"Cannot read the specification '{path.name}': {error}.") from None
        return cls.from_json(text)

    def to_json(self) -> str:
        """The specification as JSON, defaults left out."""
        written = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return json.dumps(written, indent=2, ensure_ascii=False)


_PARTS: dict[str, type[BaseModel]] = {
    "cohort": CohortSpec, "endpoints": EndpointSpec, "filters": FilterSpec, "group": GroupSpec,
    "FlemingHarrington": FlemingHarrington, **KINDS
}  # fmt: skip
