"""The outcome as one table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.load.people import Record

MB = 1024 * 1024


@dataclass
class Memory:
    """Resident memory of the server's processes, in bytes, at points of the run; and their processor seconds."""

    start: float
    warm: float
    end: float
    idle_before: float = 0
    idle_after: float = 0
    idle_windows: int = 0
    processor: float = 0


def table(record: Record, memory: Memory, *, people: int, minutes: float, processes: int) -> str:
    """The table, as Markdown."""
    every = np.concatenate([np.asarray(times) for times in record.seconds.values()] or [np.zeros(0)])
    rows = [("redraws", "count", "p50, s", "p95, s", "p99, s", "worst, s")]
    for name, times in [*sorted(record.seconds.items()), *sorted(record.pages.items()), ("all", list(every))]:
        if len(times):
            values = [f"{value:.2f}" for value in (*np.percentile(times, [50, 95, 99]), max(times))]
            rows.append((name, str(len(times)), *values))
    lines = [f"{people} people, {minutes:g} minutes, {processes} process{'es' if processes > 1 else ''}", ""]
    lines += [f"| {' | '.join(row)} |" for row in (rows[0], ("---",) * 6, *rows[1:])]
    lines += ["", "| measure | value |", "| --- | --- |"]
    lines.append(f"| troubles | {sum(record.troubles.values())} |")
    lines.append(f"| redraws per second | {len(every) / (minutes * 60):.1f} |")
    if every.size:
        lines.append(f"| processor time per redraw | {memory.processor / len(every):.3f} s |")
        lines.append(f"| processors kept busy | {memory.processor / (minutes * 60):.2f} |")
        lines.append(f"| sent per redraw | {record.bytes_read / len(every) / 1024:.0f} KB |")
    lines.append(f"| memory before, warm, at the end | {_mb(memory.start)}, {_mb(memory.warm)}, {_mb(memory.end)} |")
    if memory.warm:
        lines.append(f"| growth after warm-up | {100 * (memory.end / memory.warm - 1):.1f} % |")
    if memory.idle_windows:
        each = (memory.idle_after - memory.idle_before) / memory.idle_windows
        lines.append(f"| {memory.idle_windows} idle windows, each | {each / MB:.1f} MB |")
    lines += ["", *(f"- {count} x {what}" for what, count in record.troubles.most_common(20))]
    return "\n".join(lines).rstrip()


def _mb(value: float) -> str:
    return f"{value / MB:.0f} MB"
