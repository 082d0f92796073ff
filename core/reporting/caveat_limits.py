"""What a kind of analysis cannot do for any data, where nothing in these data matters more; each one sentence."""

from __future__ import annotations

from collections.abc import Mapping

LIMITS: Mapping[str, str] = {
    "cox": "A factor that goes with the outcome need not be its cause: it may stand for one that is not in the model.",
    "fine_gray": "A factor that goes with the event may do so because it changes who is left to have it.",
    "proportional_hazards": "Of few events such a test rarely finds a change over time: look at the picture as well.",
    "lesion_recurrence": "Lesions were not dealt out by chance: a factor may stand for another that was not recorded.",
    "quantile_groups": "A number that goes with the event need not be its cause: it may stand for something else.",
    "subgroups": "A subgroup has fewer patients than the cohort: read the interaction, not the P of one subgroup.",
    "flow": "The file cannot say who was never entered in it: only the clinic knows whether these are all patients.",
    "quality": "A filled cell is not yet a right one: only what is missing or contradicts itself can be found here.",
    "ledger": "Only what was on screen here is counted: comparisons made elsewhere or before are not.",
    "data_cuts": "Each further look at the same study raises the chance of a P below 0.05 by chance.",
    "conventions": "All of these numbers are right: decide for one program before the results are known, and name it.",
    "patient_profile": "One course illustrates: it cannot say what would have happened with another treatment.",
    "treatment_course": (
        "Who lives longer can be treated more often: more sessions in those who lived longer say nothing about what "
        "the sessions do."
    ),
    "adverse_events": (
        "Patients are counted however long they were followed: who is followed longer has more time for an event."
    ),
    "baseline": "Groups that look alike in these variables may still differ in what was not recorded.",
    "origin": "Whatever was not recorded about these patients cannot be seen here.",
    "report": "The report says what these data show; whether they may be generalised is for its readers to judge.",
}
