"""Candidates together: sets, look-alikes and ideas, against refits and by their own rules."""

import numpy as np
import pytest

from tests.assess.test_assess import request
from verdeelmodel.assess.country import build_country
from verdeelmodel.assess.criteria import default_framework
from verdeelmodel.assess.ideas import ideas
from verdeelmodel.assess.moments import Moments, gain_left_out
from verdeelmodel.assess.sets import Limits, backward, compare_sets, extended, forward, partial_correlations
from verdeelmodel.assess.study import assess, default_candidates, limits_of
from verdeelmodel.kenmerken import registry

FOLDS = 5


def made_moments(x, y, base):
    """Moments by fold of a linear world: score X'y and information X'X."""
    parts = np.array_split(np.arange(len(y)), FOLDS)
    return Moments(
        np.array([x[rows].T @ y[rows] for rows in parts]),
        np.array([x[rows].T @ x[rows] for rows in parts]),
        np.array([float(len(rows)) for rows in parts]),
        np.arange(base),
    )


@pytest.fixture(scope="module")
def world():
    """Two true effects, a copy of the first with some noise, and pure noise, beside a constant."""
    rng = np.random.default_rng(5)
    n = 5000
    one, two, noise = rng.normal(size=(3, n))
    copy = one + 0.3 * rng.normal(size=n)
    y = one + 0.5 * two + rng.normal(size=n)
    names = {name: np.array([place]) for place, name in enumerate(("one", "copy", "two", "noise"), start=1)}
    return made_moments(np.column_stack([np.ones(n), one, copy, two, noise]), y, 1), names


def test_forward_and_backward_find_what_is_there(world):
    moments, places = world
    limits = Limits(gain=0.001, tolerance=0.01)
    taken = forward(moments, places, limits)
    assert [member.key for member in taken] == ["one", "two"]
    assert {member.key for member in backward(moments, places, limits)} == {"one", "two"}
    assert taken[0].gain == pytest.approx(gain_left_out(moments, places["one"]))
    larger = extended(moments, [places["one"]])
    assert taken[1].gain == pytest.approx(gain_left_out(larger, places["two"]))


def test_a_candidate_without_enough_of_its_own_is_not_taken(world):
    moments, places = world
    only = {key: places[key] for key in ("one", "copy")}
    taken = forward(moments, only, Limits(gain=-1.0, tolerance=0.5))
    assert [member.key for member in taken] == ["one"]


def test_partial_correlations_equal_those_of_numpy(world):
    moments, places = world
    _, information = moments.total
    found = partial_correlations(moments, places)
    size = information[0, 0]
    mean = information[0] / size
    covariance = information / size - np.outer(mean, mean)
    expected = covariance[1, 2] / np.sqrt(covariance[1, 1] * covariance[2, 2])
    assert found["one", "copy"] == pytest.approx(expected)
    assert found["one", "copy"] == found["copy", "one"]


def test_sets_of_a_country_hold_every_candidate_once():
    country = build_country(request())
    keys = list(country.request.candidates)
    found = compare_sets(country, keys, Limits(1e-6, 0.1))
    chosen = [member.key for member in found.forward] + [one.key for one in found.others]
    assert sorted(chosen) == sorted(keys)
    for one in found.others:
        assert one.alone == pytest.approx(gain_left_out(country.by_fold, country.places(one.key)))


def test_the_limits_of_a_set_are_those_of_the_framework():
    limits = limits_of(default_framework())
    assert limits == Limits(0.00002, 0.5)


def test_ideas_name_kenmerken_that_exist_at_the_level_they_say():
    known = registry()
    for idea in ideas():
        assert idea.gemeente
        assert idea.huishouden
        assert all(known[key].eenheid == "gemeente" for key in idea.gemeente)
        assert all(known[key].eenheid == "huishouden" for key in idea.huishouden)
        assert {*idea.gemeente, *idea.huishouden} <= set(default_candidates())


def test_tables_of_sets_say_what_happened_to_each_candidate():
    found = assess(request(("mental_care_use", "medication_depression", "origin_turkish")), default_framework())
    tables = {table.key: table for table in found.tables()}
    assert set(tables["sets"].values["key"]) <= {"mental_care_use", "medication_depression", "origin_turkish"}
    assert all(tables["sets"].values["conclusion"])
