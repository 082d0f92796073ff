"""Fisher's exact P of a table of counts larger than 2 x 2: the network algorithm, in pieces that take little memory.

Belongs here: the enumeration of tables with given margins, and how far it goes. Does not belong here: the test itself,
and what stands in where the enumeration would take too long (``core.contingency``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from math import comb
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from core.timetoevent import BoolArray, FloatArray, IntArray

# R's fisher.test calls a table "as extreme" up to this relative difference of probabilities.
RELATIVE_TOLERANCE = 1e-7
_MERGE = 1e-9  # log probabilities closer than this are one path
_CHUNK = 500_000  # cells of a padded matrix held at once
_EDGES = 100_000  # steps from a partial table to a larger one, held at once
_LARGE = Lock()  # one large table at a time: together they would take the memory of as many people as look at one
_Bounds: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class _Paths:
    """Ways to a node, k of them.

    Attributes
    ----------
    node : int array, shape (k, r)
        What the rows have left, the largest first: the remaining problem is symmetric in them.
    log_p : array, shape (k,)
        Log probability so far, without the constant.
    count : array, shape (k,)
        How many ways are counted together.
    """

    node: npt.NDArray[np.integer[Any]]
    log_p: FloatArray
    count: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extreme:
    """Which tables count: those no more probable than the one seen."""

    log_factorial: FloatArray
    const: float
    limit: float


def exact_p(counts: IntArray, max_steps: int) -> float | None:
    """Exact p of a table (r, c), r <= c; None when more than ``max_steps`` partial tables would be needed."""
    rows, columns, log_factorial, const = margins(counts)
    limit = float(-log_factorial[counts].sum() + np.log1p(RELATIVE_TOLERANCE))
    extreme = _Extreme(log_factorial=log_factorial, const=const, limit=limit)
    paths = _Paths(_small(-np.sort(-rows)[None, :]), np.zeros(1), np.ones(1))
    p_value, steps = 0.0, 0
    with ExitStack() as turn:
        for k in range(len(columns) - 1):
            total = int(columns[k])
            found, which = np.unique(paths.node, axis=0, return_inverse=True)
            nodes = found.astype(np.int64)
            if len(nodes) * comb(total + len(rows) - 1, len(rows) - 1) > 20 * max_steps:
                return None
            edges = _ways(nodes, total) * np.bincount(which.ravel())
            before, steps = steps, steps + int(edges.sum())
            if steps > max_steps:
                return None
            if before <= _EDGES < steps:
                turn.enter_context(_LARGE)
            settled, paths = _next(paths, nodes, which.ravel(), edges, columns[k:], extreme)
            p_value += settled
            if not len(paths.log_p):
                break
    return min(1.0, p_value)


def margins(counts: IntArray) -> tuple[IntArray, IntArray, FloatArray, float]:
    """Row totals, column totals from small to large, log factorials, and the log of the constant in a table's P."""
    rows, columns = counts.sum(axis=1), np.sort(counts.sum(axis=0))
    log_factorial: FloatArray = gammaln(np.arange(counts.sum() + 1) + 1.0)
    const = log_factorial[rows].sum() + log_factorial[columns].sum() - log_factorial[-1]
    return rows, columns, log_factorial, float(const)


def _ways(nodes: IntArray, total: int) -> FloatArray:
    """In how many ways a column of ``total`` can be filled from each node (m, r), shape (m,)."""
    size = max(1, _CHUNK // (total + 1))
    return np.concatenate([_ways_of_some(nodes[i : i + size], total) for i in range(0, len(nodes), size)])


def _ways_of_some(nodes: IntArray, total: int) -> FloatArray:
    ways = np.zeros((len(nodes), total + 1))  # by how much of the column is filled, row after row
    ways[:, 0] = 1.0
    filled = np.arange(total + 1)
    for row in nodes.T:
        sums = np.cumsum(ways, axis=1)
        before = filled - row[:, None] - 1
        ways = sums - np.where(before >= 0, np.take_along_axis(sums, np.maximum(before, 0), axis=1), 0.0)
    found: FloatArray = ways[:, total]
    return found


def _next(
    paths: _Paths, nodes: IntArray, which: IntArray, edges: FloatArray, columns: IntArray, extreme: _Extreme
) -> tuple[float, _Paths]:
    """Fill the first of ``columns``: the P of what is settled by that, and the paths that go on.

    ``which`` is each path's node among ``nodes``, ``edges`` how many steps lead on from all paths of a node.
    """
    order = np.argsort(which, kind="stable")
    begins = np.searchsorted(which[order], np.arange(len(nodes) + 1))
    p_value, left = 0.0, []
    for piece in _pieces(edges):
        own = order[begins[piece.start] : begins[piece.stop]]
        mine = _Paths(paths.node[own], paths.log_p[own], paths.count[own])
        parts = -int(-edges[piece].sum() // _EDGES) if piece.stop - piece.start == 1 else 1
        for part in range(parts):
            fill, owner = _fills(nodes[piece], int(columns[0]), part=part, parts=parts)
            if not len(owner):  # more parts than numbers that the first row can take
                continue
            settled, on = _steps(mine, which[own] - piece.start, nodes[piece], (fill, owner), columns[1:], extreme)
            p_value += settled
            left.append(on)
    return p_value, _merged(left)


def _pieces(edges: FloatArray) -> Iterator[slice]:
    """Runs of nodes to go on from together: at most ``_EDGES`` steps, but for one node that has more."""
    sums = np.cumsum(edges)
    start = 0
    while start < len(edges):
        before = sums[start - 1] if start else 0.0
        stop = max(start + 1, int(np.searchsorted(sums, before + _EDGES, side="right")))
        yield slice(start, stop)
        start = stop


def _fills(nodes: IntArray, total: int, *, part: int, parts: int) -> tuple[IntArray, IntArray]:
    """Every way to fill a column of ``total`` from each node (m, r) -> fills (f, r), index of the node (f,).

    Of several parts one: those that begin with some of the numbers that the first row can take.
    """
    owner = np.arange(len(nodes))
    left = np.full(len(nodes), total)
    chosen: list[IntArray] = []
    for i in range(nodes.shape[1] - 1):
        later = nodes[:, i + 1 :].sum(axis=1)[owner]
        low, high = np.maximum(0, left - later), np.minimum(nodes[owner, i], left)
        if i == 0:
            n = high - low + 1
            low, high = low + n * part // parts, low + n * (part + 1) // parts - 1
        n = high - low + 1
        source = np.repeat(np.arange(len(owner)), n)
        x = np.arange(len(source)) - np.repeat(np.cumsum(n) - n, n) + low[source]
        chosen = [earlier[source] for earlier in chosen] + [x]
        owner, left = owner[source], left[source] - x
    return np.stack([*chosen, left], axis=1), owner


def _steps(
    paths: _Paths,
    at: IntArray,
    nodes: IntArray,
    fills: tuple[IntArray, IntArray],
    columns: IntArray,
    extreme: _Extreme,
) -> tuple[float, _Paths]:
    """From each path by each fill of its node: the P of what is settled, and the paths that go on."""
    fill, owner = fills
    child = -np.sort(fill - nodes[owner], axis=1)
    lowest, highest, mass = _completions(child, columns, extreme.log_factorial)
    n_fills = np.bincount(owner, minlength=len(nodes))
    first = np.cumsum(n_fills) - n_fills
    taken = n_fills[at]
    source = np.repeat(np.arange(len(at)), taken)
    edge = np.arange(len(source)) - np.repeat(np.cumsum(taken) - taken, taken) + first[at][source]
    log_p = paths.log_p[source] - extreme.log_factorial[fill].sum(axis=1)[edge]
    count = paths.count[source]
    settled = log_p + highest[edge] <= extreme.limit
    p_value = float((count * np.exp(log_p + mass[edge] + extreme.const))[settled].sum())
    on = np.flatnonzero(~settled & (log_p + lowest[edge] <= extreme.limit))
    return p_value, _merged([_Paths(_small(child)[edge[on]], log_p[on], count[on])])


def _completions(nodes: IntArray, columns: IntArray, log_factorial: FloatArray) -> _Bounds:
    """Bounds below and above on the log probability of a completion, and the log mass of all, per node (m, r).

    Some nodes at a time: each takes a table of rows by columns, several times over.
    """
    size = max(1, _CHUNK // (nodes.shape[1] * len(columns)))
    parts = [_completed(nodes[i : i + size], columns, log_factorial) for i in range(0, len(nodes), size)]
    lowest, highest, mass = (np.concatenate(part) for part in zip(*parts, strict=True))
    return lowest, highest, mass


def _completed(nodes: IntArray, columns: IntArray, log_factorial: FloatArray) -> _Bounds:
    """``_completions`` of nodes that fit into memory together."""
    mass = log_factorial[columns.sum()] - log_factorial[nodes].sum(axis=1) - log_factorial[columns].sum()
    if len(columns) == 1:
        only = -log_factorial[nodes].sum(axis=1)
        return only, only, mass
    # Log factorials are convex, so filling the largest rooms first bounds their sum, by columns and by rows.
    before = np.cumsum(nodes, axis=1) - nodes
    by_column = sum(log_factorial[np.clip(total - before, 0, nodes)].sum(axis=1) for total in columns)
    large_first = columns[::-1]
    room = np.clip(nodes[:, :, None] - (np.cumsum(large_first) - large_first), 0, large_first)
    lowest = -np.minimum(by_column, log_factorial[room].sum(axis=(1, 2)))
    # Lagrange bound: at the multipliers log(row x column / total) each cell is maximised on its own, at its floor.
    mean = nodes[:, :, None] * (columns / columns.sum())
    log_mean = np.log(np.where(mean > 0, mean, 1.0))
    whole = np.floor(mean).astype(np.int64)
    highest = ((whole - mean) * log_mean - log_factorial[whole]).sum(axis=(1, 2))
    return lowest, highest, mass


def _small(node: IntArray) -> npt.NDArray[np.integer[Any]]:
    """A node in half the memory, where no row has two thousand million patients."""
    return node.astype(np.int32) if not node.size or node.max() < np.iinfo(np.int32).max else node


def _merged(parts: list[_Paths]) -> _Paths:
    """Paths at the same node with the same probability so far, counted together; the list is emptied meanwhile."""
    node = np.concatenate([part.node for part in parts])
    log_p = np.concatenate([part.log_p for part in parts])
    count = np.concatenate([part.count for part in parts])
    parts.clear()
    rounded = np.rint(log_p / _MERGE)
    order = np.lexsort((rounded, *node.T))
    node, rounded = node[order], rounded[order]
    new: BoolArray = np.ones(len(order), dtype=np.bool_)
    new[1:] = (node[1:] != node[:-1]).any(axis=1) | (rounded[1:] != rounded[:-1])
    start = np.flatnonzero(new)
    return _Paths(node[start], log_p[order][start], np.add.reduceat(count[order], start) if len(start) else count)
