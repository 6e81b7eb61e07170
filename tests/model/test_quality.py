"""Fit statistics against scikit-learn, statsmodels and first principles."""

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn import metrics

from verdeelmodel.model import quality
from verdeelmodel.table import NotApplicable


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(3000, 2))
    p = 1 / (1 + np.exp(2.5 - x @ [0.8, -0.5]))
    y = (rng.random(3000) < p).astype(float)
    fitted = sm.Logit(y, sm.add_constant(x)).fit(disp=0)
    return y, fitted.predict(), fitted


def test_equals_statsmodels_and_scikit_learn(sample):
    y, p, fitted = sample
    fit = quality.household_fit(y, p)
    assert fit.log_likelihood == pytest.approx(fitted.llf, rel=1e-12)
    assert fit.mcfadden == pytest.approx(fitted.prsquared, rel=1e-8)
    assert fit.auc == pytest.approx(metrics.roc_auc_score(y, p))
    assert fit.brier == pytest.approx(metrics.brier_score_loss(y, p))
    assert fit.log_loss == pytest.approx(metrics.log_loss(y, p))
    assert fit.tjur == pytest.approx(p[y == 1].mean() - p[y == 0].mean())


def test_a_whole_number_weight_is_the_same_as_repeating_the_household(sample):
    y, p, _ = sample
    weight = np.arange(len(y)) % 3 + 1.0
    repeated = quality.household_fit(np.repeat(y, weight.astype(int)), np.repeat(p, weight.astype(int)))
    weighted = quality.household_fit(y, p, weight)
    for name in ("observed_rate", "log_likelihood", "mcfadden", "tjur", "auc", "brier", "log_loss"):
        assert getattr(weighted, name) == pytest.approx(getattr(repeated, name)), name


def test_one_outcome_gives_a_reason_and_no_number():
    fit = quality.household_fit(np.ones(4), np.full(4, 0.5))
    assert isinstance(fit.auc, NotApplicable)
    assert isinstance(fit.mcfadden, NotApplicable)
    assert "McFadden" in str(fit)
    assert fit.to_frame().loc[lambda f: f.statistic == "auc", "value"].isna().all()


def test_municipal_fit_by_hand():
    fit = quality.municipal_fit(
        observed=np.array([10.0, 20.0, 40.0]), predicted=np.array([10.4, 20.0, 36.4]), size=np.array([100.0, 200, 400])
    )
    # All three rates are 0.1, so there is nothing to explain; the deviations are 4%, 0% and 9%.
    assert isinstance(fit.r2, NotApplicable)
    assert fit.mean_absolute_deviation == pytest.approx(0.13 / 3)
    assert fit.mean_absolute_deviation_weighted == pytest.approx((0.04 * 100 + 0.09 * 400) / 700)
    assert fit.within == pytest.approx((1 / 3, 2 / 3, 1.0))


def test_municipal_r2_equals_scikit_learn():
    rng = np.random.default_rng(1)
    size = rng.integers(100, 5000, 50).astype(float)
    rate, expected = rng.random(50), rng.random(50)
    fit = quality.municipal_fit(rate * size, expected * size, size)
    assert fit.r2 == pytest.approx(metrics.r2_score(rate, expected))
    assert fit.r2_weighted == pytest.approx(metrics.r2_score(rate, expected, sample_weight=size))


def test_calibration_adds_up_and_shows_empty_groups(sample):
    y, p, _ = sample
    group = np.where(p > 0.1, 2, 0)
    amount = np.full(len(y), 100.0)
    table = quality.calibration_by_group("calibration_household_type", group, ["a", "b", "c"], y, p, None, amount)
    frame = table.to_frame().set_index("group")
    assert frame.loc["b", "households"] == 0
    assert frame["actual"].sum() == y.sum()
    assert frame["euros"].sum() == pytest.approx(100 * (y - p).sum(), abs=1e-6)
    assert table.evidence["actual"][0].count == (group == 0).sum()


def test_deciles_are_of_equal_size_and_ordered(sample):
    y, p, _ = sample
    frame = quality.calibration_by_decile(y, p).to_frame()
    assert (frame["households"] == 300).all()
    assert (frame["predicted"].diff().dropna() > 0).all()
    # A model with a constant, fitted by maximum likelihood, predicts the total exactly.
    assert frame["predicted"].sum() == pytest.approx(y.sum(), rel=1e-8)
