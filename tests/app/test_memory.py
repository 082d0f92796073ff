"""What a session leaves in memory: as much after many redraws as after a few, and nothing after its end.

Counted are objects of our own kinds that are alive, not bytes: what the system says of bytes depends on the weather.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.testing.v1 import AppTest

from core.cohort.cohort import Cohort
from core.cohort.grouping import Grouping
from core.cohort.load import cohort_from_files, with_spec
from core.cohort.select import AnalysisSet
from core.result import AnalysisResult
from core.spec import EndpointSpec
from core.timetoevent import TimeToEvent
from tests.app.conftest import no_traceback
from ui import cached, cohorts, dropped_files, session_results
from ui.figure_export import Figure
from ui.selection import UPLOAD

KINDS = (Cohort, AnalysisResult, AnalysisSet, Grouping, TimeToEvent, Figure, WidgetMetadata)
COLUMNS = ("arm", "sex", "stage")
LOAD = "pages/cohort/load.py"
Open = Callable[..., AppTest]


def own_cohort(seed: int = 0) -> Cohort:
    """Forty patients; another seed, another file."""
    rows = [
        f"p{n},{'AB'[n % 2]},{'FM'[n // 2 % 2]},{'LR'[n // 4 % 2]},{n // 8 % 3},{3 + (n * 7 + seed) % 40},{n % 3 > 0:d}"
        for n in range(40)
    ]
    made = cohort_from_files({"own.csv": "\n".join(["id,arm,sex,side,stage,months,died", *rows]).encode()}, name="own")
    ends = {"OS": EndpointSpec(time="months", event="died", event_is=(1,), unit="months")}
    return with_spec(made, made.spec.model_copy(update={"endpoints": ends}))


def alive(*digests: str) -> Counter[str]:
    """How many objects of our kinds there are; with digests, of these cohorts only."""
    gc.collect()
    found: Counter[str] = Counter()
    for one in gc.get_objects():
        if isinstance(one, KINDS) and (not digests or _digest(one) in digests):
            found[type(one).__name__] += 1
    return found


def _digest(one: object) -> str | None:
    one = one.subset if isinstance(one, AnalysisResult) else one
    one = one.cohort if isinstance(one, AnalysisSet) else one
    return one.digest if isinstance(one, Cohort) else None


def look_around(app: AppTest) -> None:
    """Every grouping on two pages, a sample, and back."""
    for page in ("pages/survival/kaplan_meier.py", "pages/patients/baseline.py"):
        no_traceback(app.switch_page(page).run())
        for column in ("", *COLUMNS):
            choose(app, "Group by", column)
    choose(app, "Cohort", "hifu_ici")
    choose(app, "Cohort", UPLOAD)


def choose(app: AppTest, label: str, value: str) -> None:
    """Choose an entry of the sidebar."""
    no_traceback(next(box for box in app.selectbox if box.label == label).set_value(value).run())


def opened(open_app: Open, cohort: Cohort) -> AppTest:
    return open_app(uploaded=cohort, cohort=UPLOAD, endpoint="OS")


def test_many_redraws_leave_what_few_leave(open_app: Open):
    app = opened(open_app, own_cohort())
    look_around(app)
    before = alive()
    assert before["AnalysisResult"] >= len(COLUMNS)
    look_around(app)
    grown = alive() - before
    assert not grown, grown


def test_options_of_another_page_keep_their_values_only(open_app: Open):
    app = opened(open_app, own_cohort())
    (medians,) = (box for box in app.checkbox if box.key == "km_medians")
    no_traceback(medians.set_value(not medians.value).run())
    chosen = app.session_state["km_medians"]
    assert left("km_")
    no_traceback(app.switch_page("pages/cohort/flow.py").run())
    gc.collect()
    assert not left("km_")
    no_traceback(app.switch_page("pages/survival/kaplan_meier.py").run())
    assert next(box.value for box in app.checkbox if box.key == "km_medians") is chosen


def left(key: str) -> list[str]:
    """What a session knows of widgets with such keys."""
    return [one.id for one in gc.get_objects() if isinstance(one, WidgetMetadata) and f"-{key}" in one.id]


def test_a_replaced_cohort_goes_with_its_results(open_app: Open):
    old, new = own_cohort(), own_cohort(1)
    app = opened(open_app, old)
    digest = old.digest
    del old
    assert alive(digest)["AnalysisResult"]
    app.session_state["uploaded_cohort"] = new
    no_traceback(app.run())
    no_traceback(app.run())  # what the buttons of the last redraw call goes with the next
    assert not alive(digest)
    assert alive(new.digest)["AnalysisResult"]


def test_sessions_that_end_leave_nothing(open_app: Open):
    digests = []
    for seed in range(10, 13):
        cohort = own_cohort(seed)
        digests.append(cohort.digest)
        opened(open_app, cohort)
        del cohort
    assert not alive(*digests)


class TestDroppedFiles:
    def load(self, open_app: Open) -> AppTest:
        app = opened(open_app, own_cohort())
        no_traceback(app.switch_page(LOAD).run())
        rows = "".join(f"p{n},{n % 2},{n + 1}\n" for n in range(30))
        app.file_uploader[0].set_value([("dropped.csv", f"id,died,os_months\n{rows}".encode(), "text/csv")])
        return no_traceback(app.run())

    def test_go_with_the_page_that_they_were_dropped_on(self, open_app: Open):
        app = self.load(open_app)
        digest = app.session_state["draft"].cohort.digest
        assert alive(digest)
        no_traceback(app.switch_page("pages/cohort/about.py").run())
        no_traceback(app.run())
        assert not [key for key in dropped_files.KEPT if key in app.session_state]
        assert not alive(digest)

    def test_every_key_is_one_that_a_module_keeps(self):
        texts = [file.read_text() for file in Path(dropped_files.__file__).parent.glob("*.py")]
        for key in dropped_files.KEPT:
            assert sum(f'"{key}"' in text for text in texts) > 1, key


class TestBounds:
    @pytest.fixture
    def own(self, monkeypatch: pytest.MonkeyPatch) -> Cohort:
        kept: dict[str, object] = {}
        monkeypatch.setattr(session_results.st, "session_state", kept, raising=False)
        return own_cohort()

    def test_of_one_cohort(self, own: Cohort):
        most = session_results.MOST // LARGE
        for n in range(2 * most):
            session_results.made(own, UPLOAD, str(n), Answer)
        last = session_results.made(own, UPLOAD, str(2 * most - 1), lambda: pytest.fail("was made once"))
        assert isinstance(last, Answer)
        assert most - 1 <= living() <= most

    def test_of_the_samples(self):
        sample = cohorts.sample("hifu_ici")[0]
        before = living()
        for n in range(2 * cached.MOST_OF_SAMPLES // LARGE):
            cached.once(sample, f"nothing {n}", Answer, name="hifu_ici")
        most = cached.MOST_OF_SAMPLES // LARGE
        assert most - 1 <= living() - before <= most


LARGE = 512 * 1024


class Answer:
    """Stands for a result, of some size."""

    def __init__(self) -> None:
        self.values = np.zeros(LARGE // 8)


def living() -> int:
    gc.collect()
    return sum(type(one) is Answer for one in gc.get_objects())


def test_the_way_back_is_short(monkeypatch: pytest.MonkeyPatch):
    kept: dict[str, object] = {}
    monkeypatch.setattr(session_results.st, "session_state", kept, raising=False)
    monkeypatch.setattr(session_results, "_is_here", lambda name, digest: True)
    made = [own_cohort(seed) for seed in range(4)]
    for cohort in made:
        session_results.made(cohort, UPLOAD, "asked", Answer)
        session_results.release()
    assert [cohort.digest in kept["results_of_session"] for cohort in made] == [False, False, True, True]
