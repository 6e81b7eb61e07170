"""Selection into services: weights, balance, E-values, and what weighting can and cannot correct."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.reintegration.services_clients import random_rows, study, synthetic_study
from verdeelmodel.reintegration.odds import Factor
from verdeelmodel.reintegration.selection import (
    _odds,
    closest_limit,
    e_value,
    treated_weights,
    weighted_services,
    worst_difference,
)

AGE = Factor("age", "Leeftijd", {"young": "Jong", "old": "Oud"}, "old")


def selected(seed, n=6000, effect=0.0):
    """Clients who get coaching more often when old, and old clients find work less often; `effect` is of coaching."""
    rng = np.random.default_rng(seed)
    old = rng.random(n) < 0.5
    got = rng.random(n) < np.where(old, 0.4, 0.1)
    y = rng.random(n) < 1 / (1 + np.exp(-(0.5 - 1.5 * old + effect * got)))
    frame = pd.DataFrame({"age": np.where(old, "old", "young"), "services": np.where(got, "coaching", "none")})
    return frame, y


def test_weighting_takes_away_what_is_registered():
    frame, y = selected(1)
    (found,) = weighted_services(frame, y, [AGE], ["none", "coaching"])
    assert found.plain.high < 1
    assert found.weighted.low < 1 < found.weighted.high
    assert found.worst_before > 0.5
    assert found.worst_after < 0.02
    assert found.overlap == 1
    assert found.e_value_limit == 1


def test_an_effect_remains_after_weighting():
    frame, y = selected(2, effect=1.0)
    (found,) = weighted_services(frame, y, [AGE], ["coaching"])
    # Averaged over who got it, an odds ratio is nearer to 1 than within each age: between 2 and e.
    assert 2 < found.weighted.ratio < np.e
    assert found.e_value > found.e_value_limit > 1


def test_weighting_does_not_take_away_what_is_not_registered():
    (found,) = (w for w in synthetic_study().weighted if w.service == "travel_cost_allowance")
    truth = synthetic_study().at_equal_readiness.row("services", "travel_cost_allowance").odds
    assert found.weighted.low > 1
    assert found.weighted.ratio > 2 * truth.ratio


@pytest.mark.parametrize("seed", range(3))
def test_the_robust_interval_equals_a_sandwich_written_out(seed):
    rng = np.random.default_rng(seed)
    got, y, w = rng.random(300) < 0.3, rng.random(300) < 0.4, rng.random(300) + 0.2
    x = np.column_stack([np.ones(300), got.astype(float)])
    fitted = sm.GLM(y.astype(float), x, family=sm.families.Binomial(), freq_weights=w).fit()
    p = fitted.predict()
    bread = np.linalg.inv((x * (w * p * (1 - p))[:, None]).T @ x)
    scores = x * (w * (y - p))[:, None]
    error = np.sqrt((bread @ scores.T @ scores @ bread)[1, 1])
    found = _odds(got, y, w)
    assert found.log == pytest.approx(fitted.params[1], abs=1e-8)
    assert np.log(found.high) - found.log == pytest.approx(1.959963984540054 * error, rel=1e-6)


@pytest.mark.parametrize(
    ("ratio", "share", "expected"),
    # VanderWeele and Ding (2017): risk ratio 3.9 has E-value 7.26; the odds ratio of a common outcome is rooted first.
    [(3.9, 0.05, 7.26), (1 / 3.9, 0.05, 7.26), (1.0, 0.05, 1.0), (3.9**2, 0.4, 7.26)],
)
def test_e_values(ratio, share, expected):
    assert e_value(ratio, share) == pytest.approx(expected, abs=0.01)


def test_the_limit_nearest_to_no_effect():
    (found,) = (w for w in synthetic_study().weighted if w.service == "reintegration_track")
    assert closest_limit(found.weighted) == found.weighted.low


def test_few_clients_have_a_reason():
    few = [w for w in synthetic_study().weighted if w.n < 30]
    assert few
    assert all(w.weighted is None and "30" in w.reason for w in few)


def test_extreme_weights_are_held_in():
    chances = np.array([0.5] * 5 + [0.1] * 200 + [0.9999])
    got = np.array([True] * 5 + [False] * 201)
    weights = treated_weights(chances, got)
    assert (weights[:5] == 1).all()
    assert weights.max() == 1
    assert worst_difference(np.ones((4, 0)), np.array([True, False, True, False]), np.ones(4)) == 0


def test_the_warning_goes_with_what_is_found_and_is_silent_without_figures():
    (table,) = synthetic_study().tables(("service_odds",))
    words = " ".join(table.notes)
    assert "Dit getal zegt niet dat coaching schaadt" in words
    assert "Het werk is er dan eerst" in words
    (small,) = study(*random_rows(1, 60), threshold=500).tables(("service_odds",))
    assert "geen effect" in " ".join(small.notes)
    assert "schaadt" not in " ".join(small.notes)
