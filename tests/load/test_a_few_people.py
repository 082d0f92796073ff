"""A few people at once, briefly: nobody meets trouble. How long they wait, `python -m tests.load` measures."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.load import __main__ as load
from tests.load import alone
from tests.load.people import Record, page_words
from tests.load.report import Memory, table
from tests.load.window import TroubleError, Window


@pytest.mark.timeout(400)
def test_five_people_meet_no_trouble(capsys: pytest.CaptureFixture[str]):
    failed = load.main(["--people", "5", "--minutes", "0.35", "--think", "1.5", "--idle", "2"])
    said = capsys.readouterr().out
    assert not failed, said
    assert "| troubles | 0 |" in said
    assert "| page |" in said
    assert "| group |" in said


class TestTheMeasuring:
    """A check that cannot fail is none."""

    def test_nobody_there_is_trouble(self):
        async def visit() -> Record:
            record = Record()
            window = Window("http://127.0.0.1:9")
            try:
                await window.open()
            except OSError as error:
                record.troubles[type(error).__name__] += 1
            return record

        assert asyncio.run(visit()).troubles.total() == 1

    def test_a_page_that_is_not_there_is_trouble(self):
        with pytest.raises(TroubleError, match="no page"):
            asyncio.run(Window("http://127.0.0.1:9").go("nowhere"))

    def test_a_traceback_on_screen_is_trouble(self):
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg()
        message.delta.new_element.exception.type = "ValueError"
        window = Window("")
        assert not window._read(message.SerializeToString())
        assert window.alarms == ["a traceback: ValueError"]

    def test_the_table_counts_by_hand(self):
        record = Record(troubles=Counter({"lost": 2}), bytes_read=4096)
        record.seconds["page"] += [1.0, 2.0, 3.0, 4.0]
        record.pages[page_words("adverse-events")] += [3.0, 4.0]
        mb = 1024 * 1024
        memory = Memory(start=100 * mb, warm=200 * mb, end=210 * mb, idle_before=210 * mb, idle_after=240 * mb)
        memory.idle_windows, memory.processor = 10, 1.0
        said = table(record, memory, people=1, minutes=1, processes=1)
        assert "| page | 4 | 2.50 | 3.85 | 3.97 | 4.00 |" in said
        assert "| page adverse events | 2 | 3.50 | 3.95 | 3.99 | 4.00 |" in said
        assert "| all | 4 |" in said  # each redraw once
        assert "| processor time per redraw | 0.250 s |" in said
        assert "| growth after warm-up | 5.0 % |" in said
        assert "| 10 idle windows, each | 3.0 MB |" in said
        assert "| sent per redraw | 1 KB |" in said
        assert "- 2 x lost" in said

    def test_the_table_of_clicks_counts_by_hand(self):
        said = alone.table({"group": [alone.Click(0.02, 0.1, 1024), alone.Click(0.06, 0.3, 3072)]})
        assert "| group | 2 | 40 | 0.20 | 2 |" in said
        assert "| all | 2 | 40 | 0.20 | 2 |" in said
