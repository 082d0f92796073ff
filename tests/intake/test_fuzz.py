"""A few hundred mutated files: each is read or refused, none ends in a traceback or takes long."""

import os

from tests.intake.fuzz import run

TIMES = int(os.environ.get("COHORTSCOPE_FUZZ", "150"))


def test_mutated_texts_and_workbooks():
    outcomes, wrong = run(TIMES, seed=1, elsewhere=False)
    assert not wrong, next(iter(wrong))
    assert outcomes["read"] > 0.2 * TIMES
    assert outcomes["refused"] > 0.05 * TIMES
