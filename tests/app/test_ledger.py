"""The page of comparisons looked at: what pages showed is in it, marks stay, and it goes with the saved analysis."""

import json

from core.run import run_analysis
from tests.app.conftest import no_traceback
from ui import cohorts, ledger

SURVIVAL, LEDGER = "pages/survival/kaplan_meier.py", "pages/cohort/ledger.py"


def test_nothing_yet(open_app):
    app = open_app(LEDGER, cohort="hcc_ablation")
    app.session_state["looks_of_cohort"] = {}
    no_traceback(app.run())
    assert any("Survival" in one.value for one in app.info)


def test_what_was_shown_is_counted_once(open_app):
    app = open_app(SURVIVAL, cohort="hifu_ici", endpoint="OS", group="hifu")
    for endpoint in ("PFS", "OS"):
        no_traceback(
            app.selectbox(key=next(b.key for b in app.selectbox if b.label == "Endpoint")).set_value(endpoint).run()
        )
    no_traceback(app.switch_page(LEDGER).run())
    assert any(one.value.startswith("2 comparisons looked at") for one in app.markdown)


def test_people_share_what_they_looked_at(monkeypatch):
    cohort, spec = cohorts.sample("hifu_ici")
    asked = next(one for one in spec.analyses if one.kind == "adverse_events")
    seen = []
    for _ in range(2):  # two people, and a result that was made again
        monkeypatch.setattr(ledger.st, "session_state", {}, raising=False)
        result = run_analysis(spec, cohort, asked)
        ledger.record(cohort, result, spec)
        seen.append(ledger.kept(cohort))
        ledger.record(cohort, result, spec)
        assert ledger.kept(cohort) is seen[-1]  # nothing is added by the next redraw
    assert len(seen[0]) > 10
    assert all(one is other for one, other in zip(*seen, strict=True))


def test_the_saved_analysis_has_it(open_app):
    app = open_app(SURVIVAL, cohort="hifu_ici", endpoint="OS", group="hifu")
    looks = next(iter(app.session_state["looks_of_cohort"].values()))
    assert [(one.endpoint, one.column, one.test) for one in looks] == [("OS", "hifu", "log-rank")]
    assert json.loads(looks[0].model_dump_json())["p_value"] < 0.05


def test_response_and_single_adverse_events_are_counted(open_app):
    app = open_app("pages/patients/response.py", cohort="hifu_ici", endpoint="OS", group="hifu")
    no_traceback(app.switch_page("pages/safety/adverse_events.py").run())
    families = {one.family for one in next(iter(app.session_state["looks_of_cohort"].values()))}
    assert families >= {"response", "adverse events"}
    no_traceback(app.switch_page(LEDGER).run())
    (shown,) = (one.value for one in app.dataframe)
    assert {"Response", "Adverse events"} <= set(shown["Family"])
