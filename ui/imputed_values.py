"""What was imputed: how much, what the values look like beside the known ones, and the model without them."""

from __future__ import annotations

from core.regression.imputation import Imputed
from core.reporting.imputation_table import complete_patients_table, imputation_sentence, imputed_values_table
from core.reporting.labels import column_label
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import figures, tables
from ui.charts.imputed_values import (
    describe_imputation_trace,
    describe_imputed_values,
    imputation_trace_spec,
    imputed_values_spec,
)
from ui.screen import st

OWN_LINES = 2  # of a table's footnotes; those of the model stand under its own table
IMPUTED = "What was imputed, and what comes out without it"


def show(result: AnalysisResult) -> None:
    """Nothing where patients without a value are left out."""
    model = result.cox.imputation
    if model is None:
        return
    with st.expander(IMPUTED, expanded=True):
        st.markdown(tables.prose(imputation_sentence(model)))
        for table in report_tables(result).values():
            st.subheader(tables.escaped(table.title))
            tables.show(table, footnotes=False)
            st.caption(tables.prose(" ".join(table.footnotes[:OWN_LINES])))
        pictures(model.imputed)


def pictures(imputed: Imputed) -> None:
    """Known against imputed, and the chains, of every number."""
    palette = figures.palette()
    for number, variable in enumerate(imputed.variables):
        if variable.levels:
            continue
        label = column_label(variable.name)
        left, right = st.columns(2)
        with left:
            figures.show(
                imputed_values_spec(variable, label=label, palette=palette),
                alt=describe_imputed_values(variable, label=label),
                key=f"imputed_{number}",
            )
        if variable.trace_mean.shape[1] == 1:
            continue
        with right:
            figures.show(
                imputation_trace_spec(variable, label=label, palette=palette),
                alt=describe_imputation_trace(variable, label=label),
                key=f"imputed_trace_{number}",
            )


def report_tables(result: AnalysisResult) -> dict[str, ReportTable]:
    """Tables of the imputation, for the screen and for files."""
    made = {"Imputed beside left out": complete_patients_table(result), "Imputed values": imputed_values_table(result)}
    return {name: table for name, table in made.items() if table is not None}
