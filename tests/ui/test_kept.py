"""What is kept is made once, stays within its bound, and weighs about what it takes."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest

from ui.kept import Kept, weight

KB = 1024


def array(kilobytes: int) -> np.ndarray:
    return np.zeros(kilobytes * KB // 8)


class TestWhatStays:
    def test_an_answer_is_made_once(self):
        kept, made = Kept(most=KB), []
        for _ in range(3):
            kept.made("asked", lambda: made.append("x") or 7)
        assert made == ["x"]

    def test_nothing_is_an_answer_too(self):
        kept, made = Kept(most=KB), []
        for _ in range(2):
            assert kept.made("asked", lambda: made.append("x")) is None
        assert len(made) == 1

    def test_who_was_not_asked_for_longest_goes(self):
        kept = Kept(most=100 * KB)
        for name in "abc":
            kept.made(name, lambda: array(30))
        kept.made("a", pytest.fail)
        kept.made("d", lambda: array(30))
        assert list(kept._answers) == ["c", "a", "d"]
        assert 90 * KB <= kept.size <= 100 * KB

    def test_some_stay_however_large(self):
        kept = Kept(most=10 * KB, at_least=2)
        for name in "abc":
            kept.made(name, lambda: array(30))
        assert list(kept._answers) == ["b", "c"]

    def test_what_fails_is_not_kept_and_may_be_asked_again(self):
        kept = Kept(most=KB)
        with pytest.raises(ZeroDivisionError):
            kept.made("asked", lambda: 1 / 0)
        assert kept.made("asked", lambda: 3) == 3
        assert not kept._being_made

    def test_many_at_once_wait_for_one(self):
        kept, made, answers = Kept(most=KB), [], []

        def make() -> str:
            made.append(threading.get_ident())
            time.sleep(0.05)
            return "answer"

        threads = [threading.Thread(target=lambda: answers.append(kept.made("asked", make))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == ["answer"] * 6
        assert len(made) == 1
        assert not kept._being_made

    def test_two_questions_do_not_wait_for_each_other(self):
        kept, both = Kept(most=KB), threading.Barrier(2, timeout=5)
        threads = [threading.Thread(target=kept.made, args=(name, both.wait)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(kept) == 2


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    value: float


class TestWeight:
    def test_an_array_weighs_its_numbers(self):
        assert weight(array(100)) == pytest.approx(100 * KB, rel=0.01)

    def test_a_view_weighs_the_whole(self):
        assert weight(array(100)[:1]) == pytest.approx(100 * KB, rel=0.01)

    def test_the_same_thing_twice_weighs_once(self):
        one = array(100)
        assert weight([one, one]) == pytest.approx(100 * KB, rel=0.01)

    def test_many_alike_weigh_as_some_of_them_say(self):
        many = tuple(_Part(f"part {number}", number / 7) for number in range(5_000))
        whole = sum(sys.getsizeof(one) + sys.getsizeof(one.name) + sys.getsizeof(one.value) + 16 for one in many)
        assert weight(many) == pytest.approx(whole + sys.getsizeof(many), rel=0.05)

    def test_a_long_dictionary_too(self):
        many = {f"key {number:04}": array(1) for number in range(1_000)}
        assert weight(many) == pytest.approx(1_000 * (KB + 112 + 57) + sys.getsizeof(many), rel=0.05)

    def test_objects_in_an_array_count(self):
        texts = np.array([f"a text of some length {number}" for number in range(1_000)], dtype=object)
        assert weight(texts) > 1_000 * 60

    def test_a_cohort_is_not_its_results(self):
        from core.run import run_analysis
        from ui import cohorts

        cohort, spec = cohorts.sample("hifu_ici")
        result = run_analysis(spec, cohort, spec.analyses[0])
        assert weight(cohort) == 0
        assert 10 * KB < weight(result) < 60 * KB
