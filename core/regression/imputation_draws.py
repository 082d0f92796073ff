"""One imputation of one variable from the others: numbers by predictive mean matching, levels by logistic regression.

Belongs here: fitting a variable to the rows where it is known, drawing the model's uncertainty and then the values.
Does not belong here: going round the variables (``imputation``).
"""

from __future__ import annotations

import numpy as np

from core.timetoevent import BoolArray, FloatArray, IntArray

DONORS = 5
SMALLEST = 1e-8  # eigenvalue of a correlation matrix, relative, below which a direction is not estimated
RIDGE = 1e-5
MOST_STEPS = 25
CONVERGED = 1e-9
LONGEST_STEP = 5.0
STEEPEST = 30.0  # of a linear predictor; beyond it a chance is 0 or 1


def matched_numbers(
    values: FloatArray, known: BoolArray, predictors: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Predictive mean matching: values of patients whose prediction is alike, shape (number missing,).

    Parameters
    ----------
    values : array, shape (n,)
    known : bool array, shape (n,)
        Where ``values`` is a value.
    predictors : array, shape (n, q)
        Without the intercept.
    rng : Generator

    Notes
    -----
    Coefficients are drawn from their posterior under a flat prior; the known are predicted with the estimate, the
    missing with the draw, and one of the five nearest known values is taken at random (``mice.impute.pmm``, type 1).
    """
    X = _with_intercept(predictors, known)
    y = values[known]
    gram = X[known].T @ X[known]
    gram[np.diag_indices_from(gram)] *= 1 + RIDGE
    root = _inverse_root(gram)
    beta = root @ (root.T @ (X[known].T @ y))
    residuals = y - X[known] @ beta
    df = max(y.size - X.shape[1], 1)
    sigma = np.sqrt(float(residuals @ residuals) / rng.chisquare(df))
    drawn = beta + sigma * (root @ rng.standard_normal(root.shape[1]))
    donors = _donors(X[known] @ beta, X[~known] @ drawn, rng)
    return np.asarray(y[donors], dtype=np.float64)


def _donors(known: FloatArray, wanted: FloatArray, rng: np.random.Generator) -> IntArray:
    """Position among the known of one of the nearest to each wanted prediction."""
    shuffled = rng.permutation(known.size)  # equal predictions stand in random order
    order = shuffled[np.argsort(known[shuffled], kind="stable")]
    ascending, k = known[order], min(DONORS, known.size)
    place = np.searchsorted(ascending, wanted)
    window = np.clip(place[:, None] + np.arange(-k, k), 0, known.size - 1)
    distance = np.abs(ascending[window] - wanted[:, None])
    distance[:, 1:][window[:, 1:] == window[:, :-1]] = np.inf  # the edge stands several times in a window
    nearest = np.argpartition(distance, k - 1, axis=1)[:, :k]
    chosen = nearest[np.arange(wanted.size), rng.integers(0, k, wanted.size)]
    return np.asarray(order[window[np.arange(wanted.size), chosen]], dtype=np.int64)


def drawn_levels(codes: IntArray, n_levels: int, predictors: FloatArray, rng: np.random.Generator) -> IntArray:
    """Levels drawn from a (multinomial) logistic regression, shape (number missing,).

    Parameters
    ----------
    codes : int array, shape (n,)
        -1: missing.
    n_levels : int
    predictors : array, shape (n, q)
        Without the intercept.
    rng : Generator

    Notes
    -----
    Coefficients are drawn from the normal approximation of their posterior. A few rows of little weight, one standard
    deviation to either side of each predictor's mean with each level, keep the estimate finite where predictors
    separate the levels (White, Daniel and Royston 2010; mice's ``augment``).
    """
    known = codes >= 0
    X = _with_intercept(predictors, known)
    rows, levels, weights = _augmented(X[known], codes[known], n_levels)
    beta, information = _multinomial(rows, levels, weights, n_levels)
    root = _inverse_root(information)
    drawn = beta + (root @ rng.standard_normal(root.shape[1])).reshape(beta.shape)
    chance = _chances(X[~known] @ drawn)
    passed = np.cumsum(chance, axis=1)[:, :-1] < rng.random((len(chance), 1))
    return np.asarray(passed.sum(axis=1), dtype=np.int64)


def _with_intercept(predictors: FloatArray, known: BoolArray) -> FloatArray:
    """The predictors that vary among the known, in standard units, after an intercept."""
    middle, scale = predictors[known].mean(axis=0), predictors[known].std(axis=0)
    varies = scale > 1e-10 * (1 + np.abs(middle))
    standard = (predictors[:, varies] - middle[varies]) / scale[varies]
    return np.column_stack([np.ones(len(predictors)), standard])


def _inverse_root(matrix: FloatArray) -> FloatArray:
    """R with R R' the inverse of a symmetric matrix, without directions that are all but zero."""
    scale = np.sqrt(np.where(np.diag(matrix) > 0, np.diag(matrix), 1.0))
    sizes, directions = np.linalg.eigh(matrix / np.outer(scale, scale))
    kept = sizes > SMALLEST * sizes[-1]
    root: FloatArray = directions[:, kept] / np.sqrt(sizes[kept]) / scale[:, None]
    return root


def _augmented(X: FloatArray, codes: IntArray, n_levels: int) -> tuple[FloatArray, IntArray, FloatArray]:
    """The known rows and the added ones, with their weights; all together the added count as much as one row each."""
    q = X.shape[1] - 1
    if not q:
        return X, codes, np.ones(codes.size)
    steps = np.vstack([np.eye(q), -np.eye(q)])
    added = np.column_stack([np.ones(2 * q), steps])
    rows = np.vstack([X, *[added] * n_levels])
    levels = np.concatenate([codes, np.repeat(np.arange(n_levels), 2 * q)])
    weight = (q + 1) / (2 * q * n_levels)
    return rows, levels, np.concatenate([np.ones(codes.size), np.full(2 * q * n_levels, weight)])


def _multinomial(X: FloatArray, codes: IntArray, weights: FloatArray, n_levels: int) -> tuple[FloatArray, FloatArray]:
    """Log odds against the first level, shape (q, levels - 1), and their information, by Newton's steps."""
    q, others = X.shape[1], n_levels - 1
    beta = np.zeros((q, others))
    observed = (codes[:, None] == np.arange(1, n_levels)).astype(np.float64)
    for _ in range(MOST_STEPS):
        chance = _chances(X @ beta)[:, 1:]
        score = X.T @ (weights[:, None] * (observed - chance))
        information = _information(X, chance, weights)
        root = _inverse_root(information)
        step = (root @ (root.T @ score.ravel())).reshape(beta.shape)
        longest = float(np.abs(step).max(initial=0.0))
        beta = beta + step * min(1.0, LONGEST_STEP / longest if longest else 1.0)
        if longest < CONVERGED:
            break
    return beta, _information(X, _chances(X @ beta)[:, 1:], weights)


def _information(X: FloatArray, chance: FloatArray, weights: FloatArray) -> FloatArray:
    """Shape (q * levels, q * levels), coefficients of one predictor side by side."""
    q, others = X.shape[1], chance.shape[1]
    found = np.empty((q, others, q, others))
    for a in range(others):
        for b in range(a, others):
            both = weights * chance[:, a] * ((a == b) - chance[:, b])
            found[:, a, :, b] = found[:, b, :, a] = (X * both[:, None]).T @ X
    return found.reshape(q * others, q * others)


def _chances(linear: FloatArray) -> FloatArray:
    """Chance of every level, shape (n, levels)."""
    full = np.column_stack([np.zeros(len(linear)), np.clip(linear, -STEEPEST, STEEPEST)])
    odds = np.exp(full - full.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float64)
