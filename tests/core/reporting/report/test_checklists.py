"""The checklists: every item once, and filled in where a block answers it."""

import pytest

from core.reporting.report.checklists import AUTHORS, REMARK, STROBE, checklist

BLOCKS = [("flow", "Patients"), ("survival_OS", "Overall survival"), ("survival_PFS", "Progression"), ("methods", "M")]


@pytest.mark.parametrize(("items", "n"), [(STROBE, 22), (REMARK, 20)])
def test_every_item_stands_once(items, n):
    assert [item.number for item in items] == [str(i) for i in range(1, n + 1)]
    assert len({item.topic for item in items}) == n


def where(which, number, blocks=BLOCKS):
    return {row.cells[0].text: row.cells[2].text for row in checklist(which, blocks).rows}[number]


def test_filled_in_where_a_block_answers():
    assert where("strobe", "13") == "'Patients'"
    assert where("strobe", "15") == "'Overall survival' and 'Progression'"
    assert where("remark", "11") == "'M'"


def test_left_to_the_authors_where_none_does():
    assert where("strobe", "22") == AUTHORS
    assert where("strobe", "13", []) == AUTHORS
    assert where("strobe", "19") == AUTHORS  # no block of limitations in this report
