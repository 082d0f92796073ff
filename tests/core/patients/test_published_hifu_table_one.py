"""The P values of Table I of the HIFU study (Oncol Lett 2025, DOI 10.3892/ol.2025.14871) from its printed counts.

Only counts and P values are taken over. HIFU 28 patients, no HIFU 66. Six of the eight P values are Pearson's
chi-squared without continuity correction, whatever the expected counts; the other two test something else.
"""

import numpy as np
import pytest
from scipy.special import fdtrc

from core.contingency import fisher_exact_p
from core.patients.association import compare_categories, expected_counts, pearson_chi_squared

SEX = [[22, 45], [6, 21]]
AGE = [[4, 8], [11, 34], [11, 19], [2, 5]]
DISEASE = [[10, 18], [9, 27], [4, 7], [0, 2], [3, 4], [1, 3], [0, 2], [1, 3]]
SITES = [[18, 31], [13, 26], [1, 8], [24, 62]]  # a patient may stand in several rows
ORGANS = [[0, 2], [9, 21], [11, 24], [7, 16], [1, 3]]
HISTOLOGY = [[20, 43], [8, 19], [0, 4]]
OLIGOMETASTASIS = [[2, 5], [26, 61]]
THERAPY = [[26, 62], [2, 4]]


def two_way_anova_of_the_counts(counts):
    """P of the arm when the printed counts themselves are analysed: rows and arms as factors, one count per cell."""
    counts = np.array(counts, dtype=float)
    rows, arms = counts.shape
    mean = counts.mean()
    between_arms = rows * ((counts.mean(axis=0) - mean) ** 2).sum()
    between_rows = arms * ((counts.mean(axis=1) - mean) ** 2).sum()
    rest = ((counts - mean) ** 2).sum() - between_arms - between_rows
    df = (rows - 1) * (arms - 1)
    return fdtrc(arms - 1, df, between_arms / (arms - 1) / (rest / df))


@pytest.mark.parametrize(
    ("counts", "printed"),
    [(SEX, 0.309), (AGE, 0.713), (SITES, 0.406), (HISTOLOGY, 0.404), (THERAPY, 0.844)],
    ids=["sex", "age-group", "metastatic-sites", "histology", "systemic-therapy"],
)
def test_printed_p_is_pearson_without_correction(counts, printed):
    assert round(pearson_chi_squared(np.array(counts)).p_value, 3) == printed


def test_oligometastasis_is_pearson_cut_off_instead_of_rounded():
    p_value = pearson_chi_squared(np.array(OLIGOMETASTASIS)).p_value
    assert round(p_value, 4) == 0.9417
    assert np.floor(1000 * p_value) / 1000 == 0.941


@pytest.mark.parametrize(
    ("counts", "printed", "pearson", "fisher"),
    [(DISEASE, 0.053, 0.841, 0.926), (ORGANS, 0.033, 0.918, 1.0)],
    ids=["primary-disease", "number-of-organs"],
)
def test_two_printed_p_are_an_analysis_of_variance_of_the_counts(counts, printed, pearson, fisher):
    # It compares the arms' mean count per row, that is 28 patients with 66, and says nothing about the variable.
    assert round(two_way_anova_of_the_counts(counts), 3) == printed
    assert round(pearson_chi_squared(np.array(counts)).p_value, 3) == pearson
    assert round(fisher_exact_p(counts), 3) == fisher


def test_sites_are_not_exclusive_so_their_table_counts_mentions_not_patients():
    assert np.sum(SITES, axis=0).tolist() == [56, 127]
    per_site = [pearson_chi_squared(np.array([row, [28 - row[0], 66 - row[1]]])).p_value for row in SITES]
    assert np.round(per_site, 3).tolist() == [0.124, 0.527, 0.198, 0.191]


@pytest.mark.parametrize(
    ("counts", "test", "p_value"),
    [
        (SEX, "Pearson chi-squared", 0.309),
        (AGE, "Fisher exact", 0.683),
        (DISEASE, "Fisher exact", 0.926),
        (ORGANS, "Fisher exact", 1.0),
        (HISTOLOGY, "Fisher exact", 0.565),
        (OLIGOMETASTASIS, "Fisher exact", 1.0),
        (THERAPY, "Fisher exact", 1.0),
    ],
)
def test_what_table_1_shows_for_these_counts(counts, test, p_value):
    found = compare_categories(np.array(counts))
    assert (found.test, round(found.p_value, 3)) == (test, p_value)
    assert (expected_counts(np.array(counts)).min() >= 5) == (test == "Pearson chi-squared")
