"""What the page of competing events says where the endpoint has none: what they are, and how to get them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from core.cohort.cohort import Cohort
from core.reporting import format as fmt
from core.reporting.labels import endpoint_label, event_label
from ui import cohorts, state
from ui.screen import st
from ui.selection import Selection
from ui.tables import escaped

SAMPLE, SAMPLE_ENDPOINT = "hcc_ablation", "LTP"


def teach(cohort: Cohort, selection: Selection) -> None:
    """Explains competing events on a page that has none to show, and offers ways on; stops the page."""
    endpoint = str(selection.endpoint)
    st.title("Which event came first?")
    st.markdown(
        f"The endpoint {escaped(endpoint_label(endpoint))} has a single kind of event here "
        f"({escaped(event_label(endpoint))}), so nothing competes with it and its cumulative incidence is one minus "
        "survival."
    )
    st.markdown(
        "**Competing events** are events after which the one in question cannot happen any more, or no longer matters: "
        "death or a transplant before local tumour progression. Counting these patients as censored makes the event "
        "look more frequent than it is. This page shows how often each event came first."
    )
    _offer(cohort, selection, [name for name in cohort.spec.endpoints if _competing(cohort, name)])
    st.markdown(
        "**In your own data**, one column has to say what came first, for example *progression*, *death*, *transplant* "
        "or *censored*. On the page Load a cohort, name that column under the endpoint, then say which of its values "
        "mean the event and which mean that another event came first."
    )
    st.page_link("pages/cohort/load.py", label="Load a cohort")
    if cohort.synthetic:
        st.caption("Synthetic patients, none of them real: for trying out, not for evidence.")
    st.stop()


def _offer(cohort: Cohort, selection: Selection, there: Sequence[str]) -> None:
    """Endpoints of this cohort that have competing events, or the sample that does."""
    if there:
        st.markdown("**In this cohort** other events compete with:")
        with st.container(horizontal=True):
            for name in there:
                others = fmt.in_words(event_label(other) for other in _competing(cohort, name))
                st.button(
                    f"{escaped(event_label(name))} ({escaped(others)})",
                    on_click=state.replace,
                    args=(dataclasses.replace(selection, endpoint=name),),
                    key=f"cif_offer_{name}",
                )
        return
    st.button(f"Open the sample: {cohorts.SAMPLES[SAMPLE]}", on_click=_open_sample, key="cif_offer_sample")


def _competing(cohort: Cohort, name: str) -> tuple[str, ...]:
    """What competes with an endpoint, by the values of its event column or by dates."""
    spec = cohort.spec.endpoints[name]
    return (*spec.competing, *spec.competing_dates)


def _open_sample() -> None:
    state.switch_cohort(SAMPLE)
    state.replace(dataclasses.replace(state.current(), endpoint=SAMPLE_ENDPOINT))
