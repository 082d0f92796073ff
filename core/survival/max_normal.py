r"""Tail probability of the largest of several correlated standard normals that span at most three dimensions.

Such normals are the products of one standard normal point of space with fixed unit vectors. The point is cut into
cones, one around each vector and its opposite, in which that vector's product is the largest in size. In a cone the
probability that the largest product passes :math:`m` is an integral over the direction around the vector only,

.. math:: \frac{1}{2\pi} \int_0^{2\pi} 2 \Phi(-m) - 2 c \Phi(-m / c)\, d\varphi,

with :math:`c(\varphi)` the cosine of the angle at which the cone ends. Its edges are straight, so the integrand is
smooth between known directions and Gauss-Legendre sums find it to a relative 1e-9, far out in the tail too.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.special import ndtr

from core.timetoevent import FloatArray

DIMENSIONS = 3
SAME = 1e-10  # correlations this close to 1 in size are 1
NODES, WEIGHTS = np.polynomial.legendre.leggauss(128)


def tail_of_largest(m: float, correlation: FloatArray) -> float:
    """Probability that the largest in size of standard normals is at least ``m``.

    Parameters
    ----------
    m : float
        Not negative.
    correlation : array, shape (q, q)
        Of rank 3 at most.

    Returns
    -------
    float
        Relative error below 1e-9.

    Raises
    ------
    ValueError
        If the rank is higher.
    """
    if m == 0:
        return 1.0
    vectors = _distinct(_unit_vectors(correlation))
    return float(min(1.0, sum(_cone(m, vectors, i) for i in range(len(vectors)))))


def _unit_vectors(correlation: FloatArray) -> FloatArray:
    """Unit vectors in space, shape (q, 3), whose products are the correlations."""
    values, vectors = np.linalg.eigh(correlation)
    values = np.where(values > SAME, values, 0.0)  # its root would make noise of 1e-16 one of 1e-8
    if len(values) > DIMENSIONS and values[-DIMENSIONS - 1] > 0:
        raise ValueError(f"the correlation matrix has a rank above {DIMENSIONS}")
    top = np.sqrt(values[-DIMENSIONS:]) * vectors[:, -DIMENSIONS:]
    placed = np.zeros((len(values), DIMENSIONS))
    placed[:, : top.shape[1]] = top
    placed /= np.linalg.norm(placed, axis=1, keepdims=True)
    return placed


def _distinct(vectors: FloatArray) -> FloatArray:
    """Each direction once, up to its sign."""
    kept: list[int] = []
    for i, vector in enumerate(vectors):
        if all(abs(vector @ vectors[j]) < 1 - SAME for j in kept):
            kept.append(i)
    return vectors[kept]


def _cone(m: float, vectors: FloatArray, i: int) -> float:
    axis = vectors[i]
    plane = np.linalg.svd(axis[None, :])[2][1:]  # two unit vectors perpendicular to the axis and to each other
    others = np.delete(vectors, i, axis=0)
    # In the direction phi the cone against sign * vector ends where cot(theta) = a . (cos phi, sin phi).
    edges = np.concatenate(
        [sign * others @ plane.T / (np.square(axis - sign * others).sum(axis=1, keepdims=True) / 2) for sign in (1, -1)]
    )
    corners = [0.0, 2 * np.pi]
    for one, other in itertools.combinations(edges, 2):
        x, y = one - other
        corners += [np.arctan2(-x, y) % (2 * np.pi), np.arctan2(x, -y) % (2 * np.pi)]
    start, end = (side[:, None] for side in (np.unique(corners)[:-1], np.unique(corners)[1:]))
    half = (end - start) / 2
    angle = start + half * (1 + NODES)
    cotangent = np.zeros(angle.shape)
    if len(edges):
        cotangent = (np.cos(angle)[..., None] * edges[:, 0] + np.sin(angle)[..., None] * edges[:, 1]).max(axis=-1)
    cosine = cotangent / np.hypot(1.0, cotangent)
    with np.errstate(divide="ignore", over="ignore"):
        inside = 2 * ndtr(-m) - 2 * cosine * ndtr(-m / cosine)
    return float((half * WEIGHTS * inside).sum() / (2 * np.pi))
