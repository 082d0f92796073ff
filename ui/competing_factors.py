"""Which factors go with one of several competing events: two regressions of it side by side."""

from __future__ import annotations

from core.cohort.cohort import Cohort
from core.reporting.cox_table import two_hazards_table
from core.reporting.labels import event_label
from core.reporting.methods_text import method_lines
from core.reporting.two_hazards_sentence import two_hazards_agreement, two_hazards_meaning
from core.result import AnalysisResult
from core.spec import OWN_EVENT
from ui import cached, downloads, figures, hazards, messages, tables
from ui.charts.describe import describe_forest
from ui.charts.forest import forest_spec
from ui.charts.forest_table import forest_table
from ui.forest_file import forest_file
from ui.screen import st
from ui.selection import Selection


def show(cohort: Cohort, selection: Selection, event: str, *, conf_level: float) -> None:
    """The two regressions behind an expander; they are computed when it is opened."""
    expander = st.expander(f"Which factors go with {event_label(event)}", on_change="rerun", key="cif_factors_open")
    if expander.open:
        with expander:
            covariates = hazards.choose_factors(cohort, selection)
            if not covariates:
                st.info("Choose at least one factor above.")
                return
            with messages.plain_errors():
                _regressions(cohort, selection, event, covariates=covariates, conf_level=conf_level)


def _regressions(cohort: Cohort, selection: Selection, event: str, *, covariates: list[str], conf_level: float) -> None:
    asked = {
        "endpoint": selection.endpoint,
        "covariates": covariates,
        "event": OWN_EVENT if event == selection.endpoint else event,
        "conf_level": conf_level,
    }
    cause_specific = cached.analysis(cohort, selection, {"kind": "cox", **asked})
    subdistribution = cached.analysis(cohort, selection, {"kind": "fine_gray", **asked})
    table = two_hazards_table(cause_specific, subdistribution)
    st.markdown(tables.prose(two_hazards_agreement(cause_specific, subdistribution)))
    st.caption("  \n".join(map(tables.prose, two_hazards_meaning(event))))
    spec = forest_spec(table, palette=figures.palette())
    alt = describe_forest(forest_table(table))
    figures.show(spec, key="cif_forest", alt=alt, table=lambda: table)
    with st.container(horizontal=True):
        downloads.method([line for one in (cause_specific, subdistribution) for line in (*method_lines(one), "")])
        downloads.download(
            f"{cohort.name}_{selection.endpoint}_two_hazards",
            made=lambda: {"Two hazard ratios": table},
            whose=figures.whose(cohort, cause_specific),
            key="download_two_hazards",
            figure=exported(cohort, cause_specific, subdistribution).figure,
            report=downloads.Asked(page="two-hazards", results=[cause_specific, subdistribution]),
        )
    messages.notes([*table.footnotes, *cause_specific.notes, *subdistribution.notes], columns=covariates)
    with st.popover("As a table"):
        tables.show(table, footnotes=False)


def exported(cohort: Cohort, cause_specific: AnalysisResult, subdistribution: AnalysisResult) -> downloads.Shown:
    """What a file and the report show of both regressions."""
    table = two_hazards_table(cause_specific, subdistribution)
    figure = forest_file(cohort, cause_specific, table)
    said = (two_hazards_agreement(cause_specific, subdistribution),)
    return downloads.Shown(figure=figure, tables=lambda: [table], sentences=said)
