"""Small tables, made from columns of text."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.cohort.cohort import Cohort, RawTable, Table
from core.cohort.recognise import recognise
from core.spec import CohortSpec, EndpointSpec


@pytest.fixture(scope="session")
def raw_table() -> Callable[..., RawTable]:
    def make(columns: dict[str, list[Any]], *, name: str = "patients.csv") -> RawTable:
        cells = {key: [None if cell is None else str(cell) for cell in values] for key, values in columns.items()}
        frame = pd.DataFrame({key: np.array(values, dtype=object) for key, values in cells.items()})
        rows = tuple(range(2, len(frame) + 2))
        return RawTable(name=name, cells=frame, row_numbers=rows, issues=(), sha256="0", delimiter=",")

    return make


@pytest.fixture(scope="session")
def patients(raw_table: Callable[..., RawTable]) -> Callable[..., Table]:
    def make(columns: dict[str, list[Any]], **options: Any) -> Table:
        return recognise(raw_table(columns), table="patients", **options)

    return make


@pytest.fixture(scope="session")
def cohort_of(raw_table: Callable[..., RawTable]) -> Callable[..., Cohort]:
    def make(columns: dict[str, list[Any]], endpoints: dict[str, EndpointSpec] | None = None) -> Cohort:
        table = recognise(raw_table(columns), table="patients", endpoints=endpoints)
        spec = CohortSpec(patients="patients.csv", endpoints=endpoints or {})
        return Cohort(name="c", patients=table, adverse_events=None, spec=spec, issues=(), digest="0")

    return make
