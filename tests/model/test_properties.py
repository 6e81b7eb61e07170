"""Properties of the estimate that hold for any households: what must not matter does not, what must add up does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.designs import Households, make_households, plain_matrix
from verdeelmodel.model import (
    AreaColumn,
    CodedColumn,
    FitOptions,
    bootstrap,
    build_design,
    fit_logit,
    make_areas,
    predict_areas,
    predict_households,
    predict_stored,
)
from verdeelmodel.model.packing import plan_packing

quick = settings(max_examples=12, deadline=None)
seeds = st.integers(0, 10_000)


def coefficients_file(result) -> bytes:
    return result.to_frame().to_csv(index=False).encode()


def shuffled_within_buurten(households: Households, seed: int) -> np.ndarray:
    """An order of the households that leaves every buurt together but mixes within it, and mixes the buurten."""
    generator = np.random.default_rng(seed)
    place = households.areas.positions(households.buurt)
    return np.lexsort((generator.random(len(place)), generator.permutation(len(households.areas))[place]))


@pytest.mark.parametrize("kind", ["model", "hc1", "buurt", "gemeente"])
def test_the_same_bytes_for_any_threads_and_any_order_of_households(kind):
    households = make_households(80_000, seed=31, continuous=1, rate=-2.0)
    generator = np.random.default_rng(3)
    households.extra = {"weight": generator.integers(1, 4, 80_000), "weights": "frequency"}
    orders = [np.arange(80_000), shuffled_within_buurten(households, 1), generator.permutation(80_000)]
    files = set()
    for threads, order in zip((1, 2, 4), orders, strict=True):
        result = fit_logit(households.design(order), options=FitOptions(covariance=kind, threads=threads))
        files.add(coefficients_file(result))
    assert len(files) == 1


def test_the_same_bytes_with_a_start_from_a_sample():
    households = make_households(300_000, seed=32, booleans=4, level_counts=(3,), rate=-2.0)
    design, other = households.design(), households.design(np.random.default_rng(4).permutation(300_000))
    one, four = (fit_logit(each, options=FitOptions(threads=threads)) for each, threads in ((design, 1), (other, 4)))
    cold = fit_logit(design, options=FitOptions(warm_start=False, threads=2))
    assert one.convergence.sample
    assert not cold.convergence.sample
    assert coefficients_file(one) == coefficients_file(four)
    np.testing.assert_allclose(one.estimate, cold.estimate, rtol=0, atol=1e-10)
    np.testing.assert_allclose(one.se, cold.se, rtol=1e-6)


def test_bootstrap_and_area_sums_are_the_same_for_any_threads_and_order():
    households = make_households(40_000, seed=33)
    seen = set()
    for threads, order in ((1, np.arange(40_000)), (3, shuffled_within_buurten(households, 5))):
        design = households.design(order)
        result = fit_logit(design, options=FitOptions(threads=threads))
        draws = [bootstrap(design, result, 8, unit=unit, threads=threads) for unit in ("household", "buurt")]
        sums = predict_areas(design, result, threads)
        seen.add(b"".join([*(draw.estimates.tobytes() for draw in draws), sums.expected.tobytes()]))
    assert len(seen) == 1


@quick
@given(seeds)
def test_the_names_of_levels_do_not_matter(seed):
    households = make_households(1500, seed=seed, rate=-0.5)
    first = fit_logit(households.design())
    renamed = np.array(["z", "m", "a"])[households.values["c0"]]
    households.values["c0"] = renamed.astype(object)
    at = next(i for i, column in enumerate(households.columns) if column.key == "c0")
    households.columns[at] = CodedColumn("c0", levels=("z", "m", "a"), reference="m")
    second = fit_logit(households.design())
    np.testing.assert_allclose(first.estimate, second.estimate, atol=1e-9)
    assert "c0=z" in second.keys


@quick
@given(seeds)
def test_predictions_do_not_depend_on_the_reference_category(seed):
    households = make_households(1500, seed=seed, rate=-0.5)
    designs = [households.design()]
    at = next(i for i, column in enumerate(households.columns) if column.key == "c1")
    households.columns[at] = replace(households.columns[at], reference=0)
    designs.append(households.design())
    results = [fit_logit(design) for design in designs]
    one, other = (predict_households(design, result) for design, result in zip(designs, results, strict=True))
    np.testing.assert_allclose(one, other, atol=1e-9)
    assert results[0].log_likelihood == pytest.approx(results[1].log_likelihood, rel=1e-12)


@quick
@given(seeds)
def test_splitting_a_weight_over_copies_of_a_household_changes_nothing(seed):
    households = make_households(1200, seed=seed, rate=-0.5)
    generator = np.random.default_rng(seed)
    weight, part = generator.uniform(0.5, 4, 1200), generator.uniform(0.1, 0.9, 1200)
    whole = fit_logit(households.design(weight=weight, weights="frequency"))
    twice = np.repeat(np.arange(1200), 2)
    parts = np.column_stack([weight * part, weight * (1 - part)]).ravel()
    split = fit_logit(households.design(twice, weight=parts, weights="frequency"))
    np.testing.assert_allclose(whole.estimate, split.estimate, atol=1e-9)
    np.testing.assert_allclose(whole.se, split.se, rtol=1e-9)
    assert whole.weight_sum == pytest.approx(split.weight_sum)


@quick
@given(seeds)
def test_expected_outcomes_add_up_to_actual_ones(seed):
    """With a constant, a logit predicts the total exactly; sums of gemeenten are sums of their buurten."""
    households = make_households(1500, seed=seed, rate=-0.5)
    design = households.design()
    sums = predict_areas(design, fit_logit(design))
    assert sums.expected.sum() == pytest.approx(households.outcome.sum(), abs=1e-6)
    by_gemeente = sums.by_gemeente()
    assert by_gemeente["expected"].sum() == pytest.approx(sums.expected.sum(), rel=1e-13)
    assert by_gemeente["actual"].sum() == households.outcome.sum()
    place = households.areas.positions(households.buurt)
    np.testing.assert_array_equal(sums.actual, np.bincount(place, households.outcome, len(households.areas)))


@quick
@given(seeds, st.integers(1, 3))
def test_predictions_are_the_logit_of_the_plain_matrix(seed, continuous):
    households = make_households(700, seed=seed, continuous=continuous, rate=-0.5)
    design = households.design()
    result = fit_logit(design)
    by_hand = 1 / (1 + np.exp(-plain_matrix(households, design) @ result.estimate))
    np.testing.assert_allclose(predict_households(design, result), by_hand, atol=1e-12)
    np.testing.assert_array_equal(predict_stored(design, result), predict_households(design, result)[design.order])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(2, 30), min_size=0, max_size=60), seeds)
def test_packing_is_undone_by_unpacking(levels, seed):
    columns = [CodedColumn(f"k{i}", levels=tuple(range(size))) for i, size in enumerate(levels)]
    packing = plan_packing(columns)
    generator = np.random.default_rng(seed)
    codes = [generator.integers(0, size, 50).astype(np.uint8) for size in levels]
    words = np.zeros((packing.words, 50), dtype=np.uint64)
    packing.encode(codes, words)
    for column, values in enumerate(codes):
        np.testing.assert_array_equal(packing.decode(words, column), values)
    assert all(digits.size <= 256 for digits in packing.bytes_)


@quick
@given(seeds, st.integers(0, 2))
def test_a_design_as_a_matrix_is_the_plain_matrix(seed, continuous):
    households = make_households(300, seed=seed, continuous=continuous, level_counts=(3, 2, 9))
    design = households.design()
    stored = [design.parameters[i].column for i in range(len(design.parameters))]
    declared = ["intercept"]
    for column in households.columns:
        declared += [parameter for parameter in stored if parameter == column.key]
    matrix = plain_matrix(households, design)[design.order]
    dense = design.dense(slice(0, 300))
    order = np.argsort(declared, kind="stable")[np.argsort(np.argsort(stored, kind="stable"))]
    np.testing.assert_allclose(dense, matrix[:, order], atol=1e-9)


@quick
@given(seeds, st.floats(1e-3, 1e6), st.floats(-1e6, 1e6))
def test_units_of_area_columns_do_not_matter(seed, factor, shift):
    households = make_households(1500, seed=seed, rate=-0.5)
    first = fit_logit(households.design())
    density = households.columns[-2]
    households.columns[-2] = AreaColumn("dichtheid", density.values * factor + shift)
    second = fit_logit(households.design())
    at = first.keys.index("dichtheid")
    assert second.estimate[at] * factor == pytest.approx(first.estimate[at], rel=1e-5, abs=1e-9)
    assert second.z[at] == pytest.approx(first.z[at], rel=1e-5, abs=1e-6)
    assert second.log_likelihood == pytest.approx(first.log_likelihood, rel=1e-9)


def test_a_subset_of_columns_equals_a_design_without_the_others():
    households = make_households(3000, seed=35, continuous=1)
    design = households.design()
    chosen = ["b0", "c1", "x0", "werk"]
    subset = fit_logit(design, chosen)
    households.columns = [column for column in households.columns if column.key in chosen]
    np.testing.assert_allclose(subset.estimate, fit_logit(households.design()).estimate, atol=1e-9)


def test_chunks_give_the_same_design_as_the_whole():
    from verdeelmodel.model import DesignBuilder

    households = make_households(5000, seed=36, continuous=1)
    builder = DesignBuilder(households.columns, households.areas, threads=2)
    for rows in np.array_split(np.arange(5000), 7):
        values = {key: column[rows] for key, column in households.values.items()}
        builder.add(values, households.outcome[rows], buurt=households.buurt[rows])
    assert coefficients_file(fit_logit(builder.finish())) == coefficients_file(fit_logit(households.design()))


def test_one_large_area_is_shared_by_threads_and_gives_the_same_bytes():
    generator = np.random.default_rng(37)
    values = {"a": generator.random(150_000) < 0.3, "b": generator.integers(0, 4, 150_000)}
    outcome = generator.random(150_000) < 0.1 + 0.1 * values["a"]
    columns = [CodedColumn("a"), CodedColumn("b", levels=(0, 1, 2, 3))]
    areas = make_areas(["GM1"], None)
    files = set()
    for threads in (1, 3):
        design = build_design(columns, values, outcome, areas=areas, buurt=["GM1"] * 150_000, threads=threads)
        assert len(design.chunks) > 1
        files.add(coefficients_file(fit_logit(design, options=FitOptions(threads=threads))))
    assert len(files) == 1


KINDS = [np.bool_, np.uint8, np.int64, np.float64]


@pytest.mark.parametrize(
    ("kind", "levels"),
    [(kind, levels) for kind in KINDS for levels in ((False, True), (0, 1))] + [(object, (False, True))],
)
def test_a_dummy_may_be_stored_in_any_way(kind, levels):
    households = make_households(1500, seed=38, rate=-0.5)
    expected = fit_logit(households.design()).estimate
    households.columns[0] = CodedColumn("b0", levels=levels)
    households.values["b0"] = households.values["b0"].astype(kind)
    np.testing.assert_array_equal(fit_logit(households.design()).estimate, expected)


def test_designs_without_coded_columns_or_without_any():
    households = make_households(1500, seed=39, booleans=0, level_counts=(), continuous=1, rate=-0.5)
    design = households.design()
    assert fit_logit(design).keys == ("intercept", "x0", "dichtheid", "werk")
    only = fit_logit(design, [])
    share = households.outcome.mean()
    assert only.estimate[0] == pytest.approx(np.log(share / (1 - share)), abs=1e-12)
    assert only.log_likelihood == pytest.approx(only.null_log_likelihood, rel=1e-12)
    assert fit_logit(build_design([], {}, households.outcome)).estimate[0] == pytest.approx(only.estimate[0], abs=1e-12)


def test_dummies_that_a_sample_hardly_has_do_not_harm_the_start_from_it():
    """One in three households is in the sample; some of these dummies have no outcomes there, one has no household."""
    households = make_households(300_000, seed=40, booleans=3, level_counts=(3,), rate=-2.5)
    generator = np.random.default_rng(41)
    for j, count in enumerate((3, 8, 20, 60)):
        values = np.zeros(300_000, dtype=bool)
        values[generator.choice(np.flatnonzero(households.outcome == 1), max(1, count // 4), replace=False)] = True
        values[generator.choice(np.flatnonzero(households.outcome == 0), count - count // 4, replace=False)] = True
        households.values[f"zeldzaam{j}"] = values
        households.columns.append(CodedColumn(f"zeldzaam{j}"))
    design = households.design()
    warm, cold = (fit_logit(design, options=FitOptions(warm_start=start)) for start in (True, False))
    assert warm.convergence.sample
    np.testing.assert_allclose(warm.estimate, cold.estimate, atol=1e-9)
    np.testing.assert_allclose(warm.se, cold.se, rtol=1e-6)
