"""The stops of the guided tours: one tour per sample cohort, each stop a page and what to look for there.

Belongs here: which page, with which endpoint and grouping, and the words. Does not belong here: how a tour is walked
(``ui.tour``). The words say how to read a page, never its numbers: those the page computes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One page of a tour.

    Attributes
    ----------
    page : str
        The page's script.
    address : str
        The page's path in the URL.
    title : str
        What the stop is about.
    text : str
        What to look for.
    endpoint : str or None
        The endpoint to look at; None: the one that is chosen.
    group : str or None
        The column to group by; None: the grouping that comes with the cohort.
    """

    page: str
    address: str
    title: str
    text: str
    endpoint: str | None = None
    group: str | None = None


_SURVIVAL = "pages/survival/kaplan_meier.py"

TOURS: dict[str, tuple[Stop, ...]] = {
    "hifu_ici": (
        Stop(
            page=_SURVIVAL,
            address="survival",
            title="Does survival differ between the groups?",
            text="The title asks, the sentence under it answers, and the curves show why. Small ticks are patients "
            "whose follow-up ended, the rows under the axis count who is still at risk. Move the pointer "
            "over a curve to read it. On the left you choose endpoint, groups and filters for every page.",
            endpoint="OS",
        ),
        Stop(
            page="pages/bias/immortal_time.py",
            address="immortal-time",
            title="The trap of this study",
            text="HIFU often began after the first dose. Patients had to live long enough to receive it, which "
            "flatters the HIFU group. Here the plain comparison stands beside methods that take this into "
            "account. If they disagree, believe the guarded ones.",
            endpoint="OS",
        ),
        Stop(
            page="pages/survival/hazards.py",
            address="hazards",
            title="Which factors go with survival?",
            text="A ratio left of 1 means fewer events. Wide lines mean few events. Choose factors under the "
            "figure, and the page tells you when there are too many for the number of events.",
            endpoint="OS",
        ),
        Stop(
            page="pages/patients/response.py",
            address="response",
            title="Did the tumours shrink?",
            text="Best response by group with exact intervals. Where lesions were measured, the waterfall shows "
            "each patient's best change.",
        ),
        Stop(
            page="pages/safety/adverse_events.py",
            address="adverse-events",
            title="Was it tolerated?",
            text="Each patient counts once per event, with the worst grade, and all patients of the group are the "
            "denominator. Click a bar to list the patients behind it and to keep them on every page.",
        ),
        Stop(
            page="pages/patients/treatment.py",
            address="treatment",
            title="What was given, and when?",
            text="One lane per patient: sessions, doses, response, progression and the end of follow-up on one "
            "time axis.",
        ),
        Stop(
            page="pages/report/report.py",
            address="report",
            title="Take it with you",
            text="Choose what goes in, put it in order, and download Word, PowerPoint, PDF or a page for the "
            "browser. The zip also holds scripts for R and Python that give the same numbers again.",
            endpoint="OS",
        ),
    ),
    "ablation_tace_net": (
        Stop(
            page=_SURVIVAL,
            address="survival",
            title="Two treatments, one endpoint",
            text="Ablation with TACE beside TACE alone. Change the endpoint on the left and watch the answer "
            "change with it: the link in the address bar always opens what you see.",
            endpoint="PFS",
            group="arm",
        ),
        Stop(
            page="pages/patients/baseline.py",
            address="baseline",
            title="Were the patients alike?",
            text="Before you believe a difference, look at who was in each group. Standardised differences above "
            "0.1 deserve attention, whatever the P value says.",
            group="arm",
        ),
        Stop(
            page="pages/survival/subgroups.py",
            address="subgroups",
            title="Is the difference the same in every subgroup?",
            text="Read the P for interaction, not the P of each row: one row below 0.05 among many is expected by "
            "chance.",
            endpoint="PFS",
            group="arm",
        ),
        Stop(
            page="pages/bias/balance.py",
            address="balance",
            title="What is left once the groups are alike?",
            text="Weights and matching make the groups comparable in what was measured. What was not measured "
            "stays: the E-value says how strong it would have to be.",
            endpoint="PFS",
            group="arm",
        ),
        Stop(
            page="pages/survival/conventions.py",
            address="conventions",
            title="Why does SPSS print another median?",
            text="R, SAS, Prism and SPSS follow different conventions. Here their numbers stand side by side, each "
            "with the reason for the difference.",
            endpoint="PFS",
            group="arm",
        ),
        Stop(
            page="pages/cohort/flow.py",
            address="flow",
            title="Who is left out?",
            text="Every patient who is not analysed is counted with the reason. Add a filter on the left and the "
            "diagram follows.",
            group="arm",
        ),
        Stop(
            page="pages/cohort/ledger.py",
            address="comparisons",
            title="How many questions were asked?",
            text="Every comparison you looked at is counted here. Mark those you planned; the others are "
            "exploratory, and the false discovery rate is shown.",
        ),
    ),
    "hcc_ablation": (
        Stop(
            page="pages/recurrence/cumulative_incidence.py",
            address="competing-events",
            title="Recurrence, or death before it",
            text="Who dies can no longer have a recurrence. One minus Kaplan-Meier would count too many "
            "recurrences; cumulative incidence does not.",
            endpoint="TTP",
        ),
        Stop(
            page="pages/recurrence/states.py",
            address="states",
            title="Who is free of recurrence, alive after it, or dead?",
            text="At each time the shares of all patients add up to 100 %.",
            endpoint="RFS",
        ),
        Stop(
            page="pages/recurrence/lesions.py",
            address="lesions",
            title="Lesion by lesion",
            text="Local progression belongs to the ablated lesion. Several lesions of one patient are not "
            "independent, and the intervals take this into account.",
        ),
        Stop(
            page="pages/recurrence/biomarkers.py",
            address="biomarkers",
            title="Does a laboratory value go with the outcome?",
            text="First the shape of the relation, then groups of equally many patients. A searched cut-point "
            "comes last, with a P value that is corrected for the search.",
            endpoint="RFS",
        ),
        Stop(
            page="pages/survival/adjusted.py",
            address="adjusted",
            title="Had the groups the same patients",
            text="Curves adjusted for age, grade and other factors, with the crude ones beside them.",
            endpoint="RFS",
        ),
        Stop(
            page="pages/cohort/quality.py",
            address="quality",
            title="Can these data be trusted?",
            text="What is missing, what was found and in which rows, and what to do. Your own file gets the same page.",
        ),
        Stop(
            page="pages/cohort/load.py",
            address="load",
            title="Now your own spreadsheet",
            text="Drop it here. One page shows what was recognised; you confirm or correct it, and every page you "
            "have seen works with your patients.",
        ),
    ),
}
