"""What chance does: against scipy, statsmodels and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower

from tests.compare.examples import groups_of, random_table
from verdeelmodel.compare.least_squares import contrasts, design, unscaled_covariance
from verdeelmodel.compare.power import (
    detectable_differences,
    expected_false,
    noise_findings,
    power_sentences,
    power_table,
)
from verdeelmodel.compare.regressions import regress
from verdeelmodel.compare.sample import sample, standardise
from verdeelmodel.compare.theory import benjamini_hochberg, chance_of_any, detectable, expected_false_share, power

STUDY = (15, 15, 30)


def covariance(sizes: tuple[int, int, int]) -> np.ndarray:
    groups = np.repeat(np.array([1, 2, 0], dtype=np.int8), sizes)
    return unscaled_covariance(design(groups, np.empty((sum(sizes), 0))))


@pytest.mark.parametrize("size", [3, 10, 25])
def test_with_equal_groups_the_chance_is_that_of_tukey(size: int) -> None:
    degrees = 3 * size - 3
    for t in (0.5, 1.5, 2.5, 4.0):
        expected = stats.studentized_range.sf(t * np.sqrt(2), 3, degrees)
        assert chance_of_any(np.array(t), covariance((size, size, size)), degrees) == pytest.approx(expected, abs=1e-6)


def test_the_chance_of_any_is_between_one_test_and_three() -> None:
    t = np.linspace(0, 12, 200)
    found = chance_of_any(t, covariance(STUDY), 57)
    single = 2 * stats.t.sf(t, 57)
    assert (found >= single).all()
    assert (found <= np.minimum(1, 3 * single) + 1e-15).all()
    assert (np.diff(found) <= 1e-12).all()


def test_the_expected_false_share_equals_a_simulation_with_and_without_control() -> None:
    rng = np.random.default_rng(8)
    groups = np.repeat(np.array([1, 2, 0], dtype=np.int8), STUDY)
    for controls in (np.empty((60, 0)), rng.normal(size=(60, 1)) + (groups == 1)[:, None]):
        X = design(groups, controls)
        C = contrasts(X.shape[1])
        degrees = 60 - X.shape[1]
        Y = rng.normal(size=(60, 40_000))
        b, rss = np.linalg.lstsq(X, Y, rcond=None)[:2]
        V = unscaled_covariance(X)
        t = np.abs(C @ b) / np.sqrt(np.outer(np.diag(V), rss / degrees))
        simulated = (t.max(axis=0) > stats.t.isf(0.05, degrees)).mean()
        assert expected_false_share(V, degrees, 0.10) == pytest.approx(simulated, abs=0.01)


def test_pure_noise_is_called_systematic_as_often_as_theory_says() -> None:
    found = noise_findings(STUDY, kenmerken=37, runs=1_000)
    assert found.single == pytest.approx(found.single_theory, abs=0.01)
    assert 0.20 < found.single_theory < 0.25
    # A share of 1,000 series has a standard error below 1.1 points.
    assert found.any_corrected == pytest.approx(found.any_theory, abs=0.04)
    assert found.corrected < 0.01


def test_the_number_expected_by_chance_follows_from_each_regression() -> None:
    table = random_table(5)
    plain = regress(sample(standardise(table, groups_of())))
    assert expected_false(plain) == pytest.approx(5 * expected_false_share(covariance(STUDY), 57, 0.10), rel=1e-4)
    controlled = regress(sample(standardise(table, groups_of()), ("control",)))
    assert 4 * 0.15 < expected_false(controlled) < 4 * 0.30


def test_power_equals_statsmodels_for_two_groups() -> None:
    # Two of the three groups only: the same standard error and degrees of freedom as a two-sample t-test.
    error = np.sqrt(1 / 15 + 1 / 30)
    for effect in (0.2, 0.5, 0.9, 1.5):
        expected = TTestIndPower().power(effect, nobs1=15, alpha=0.05, ratio=2.0, df=57)
        assert power(effect, error, 57, 0.05) == pytest.approx(expected, abs=1e-6)


def test_what_is_detectable_has_the_wanted_power() -> None:
    for error, degrees in ((0.3, 57), (2.0, 3), (0.01, 200)):
        effect = detectable(error, degrees, 0.05, 0.80)
        assert power(effect, error, degrees, 0.05) == pytest.approx(0.80, abs=1e-6)


def test_the_study_could_see_differences_of_about_nine_tenths() -> None:
    found = detectable_differences(STUDY)
    assert found.differences[0] == pytest.approx(found.differences[1])
    assert found.differences[0] < found.differences[2]
    assert found.differences[0] == pytest.approx(
        TTestIndPower().solve_power(nobs1=15, alpha=0.05, power=0.8, ratio=2.0), rel=0.02
    )
    assert detectable_differences(STUDY, spread=2.0).differences[0] == pytest.approx(2 * found.differences[0], rel=1e-6)


def test_power_is_stated_in_words_for_equal_and_observed_spread() -> None:
    result = regress(sample(standardise(random_table(5), groups_of())))
    sentences = power_sentences(result, STUDY)
    assert len(sentences) == 2
    assert "15/15/30" in sentences[0]
    assert "0,90" in sentences[0]
    assert power_table(result, STUDY).notes[1:] == sentences


def test_q_values_equal_statsmodels() -> None:
    p = np.random.default_rng(3).uniform(size=50) ** 2
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert len(benjamini_hochberg(np.array([]))) == 0
