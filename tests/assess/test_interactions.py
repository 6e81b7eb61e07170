"""Interactions as candidates: a lower bound that holds, the planted one first, and kenmerken that are what they say."""

import numpy as np
import pytest
from scipy.special import expit

from tests.assess.test_assess import request
from verdeelmodel.assess.country import build_country
from verdeelmodel.assess.interactions import Interaction, proposed, screened, with_interactions
from verdeelmodel.model import CodedColumn, build_design, fit_logit, score_tests
from verdeelmodel.model.predicting import stored_estimate

KEYS = ("a", "b", "c", "d")


@pytest.fixture(scope="module")
def world():
    """Four yes/no kenmerken, and an effect of a and c together that the model does not know."""
    rng = np.random.default_rng(8)
    values = {key: rng.random(20_000) < 0.4 for key in KEYS}
    eta = -2 + 0.5 * values["a"] - 0.3 * values["b"] + 0.9 * (values["a"] & values["c"])
    outcome = rng.random(20_000) < expit(eta)
    products = {f"{a}_en_{b}": values[a] & values[b] for a in KEYS for b in KEYS if a < b}
    columns = [CodedColumn(key) for key in (*KEYS, *products)]
    return build_design(columns, {**values, **products}, outcome)


def test_the_planted_pair_comes_first_and_the_bound_holds(world):
    result = fit_logit(world, list(KEYS))
    found = screened(world, stored_estimate(world, result), KEYS, KEYS)
    assert found[0].key == "a_en_c"
    tests = {t.key: t for t in score_tests(world, result, [one.key for one in found]).tests}
    for one in found:
        assert one.statistic <= tests[one.key].statistic * (1 + 1e-9)


def test_only_pairs_with_a_place_that_was_pointed_at(world):
    result = fit_logit(world, list(KEYS))
    found = screened(world, stored_estimate(world, result), KEYS, ["d"])
    assert {one.key for one in found} == {"a_en_d", "b_en_d", "c_en_d"}


def test_an_interaction_becomes_a_kenmerk_of_the_households_that_have_both():
    asked = request()
    pair = Interaction("age_20_to_25", "benefit_unemployment", 1.0)
    made = pair.as_kenmerk(asked.known)
    one, other = np.array([True, True, False]), np.array([True, False, False])
    assert made(age_20_to_25=one, benefit_unemployment=other).tolist() == [True, False, False]
    assert made.theorie == ""
    assert made.vastgelegd_door == "het plafondmodel"
    assert "×" in made.label


def test_interactions_of_a_country_are_assessed_like_any_candidate():
    asked = request(("mental_care_use",))
    larger = with_interactions(asked, 1)
    extra = set(larger.candidates) - set(asked.candidates)
    assert len(extra) == len(proposed(asked, 1))
    country = build_country(larger)
    assert all(len(country.places(key)) == 1 for key in extra)
