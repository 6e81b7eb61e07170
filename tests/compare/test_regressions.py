"""The regressions are those of statsmodels, and give back what was constructed."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compare.examples import codes, groups_of, random_table, table_of
from verdeelmodel.compare.groups import Groups
from verdeelmodel.compare.regressions import regress, regressions_table, stars
from verdeelmodel.compare.sample import sample, standardise
from verdeelmodel.table import NotApplicable

GROUPS = groups_of()


def constructed(tekort: float, overschot: float, scale: float = 1.0, shift: float = 0.0) -> list[float]:
    """60 values: within each group -1 and 1 around a mean, the comparison group with mean 0 and deviation 1."""
    spread = np.tile([-1.0, 1.0], 15) * np.sqrt(29 / 30)
    around = np.concatenate([tekort + np.linspace(-1, 1, 15), overschot + np.linspace(-2, 2, 15), spread])
    return list(shift + scale * around)


@settings(max_examples=50, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.01, 100), st.floats(-100, 100))
def test_the_coefficients_equal_the_construction(tekort: float, overschot: float, scale: float, shift: float) -> None:
    table = table_of({"k": constructed(tekort, overschot, scale, shift)})
    tests = regress(sample(standardise(table, GROUPS))).of("k").tests
    rounding = 1e-12 * max(1.0, abs(shift) / scale)
    assert tests["tekort"].estimate == pytest.approx(tekort, abs=rounding)
    assert tests["overschot"].estimate == pytest.approx(overschot, abs=rounding)
    assert tests["difference"].estimate == pytest.approx(tekort - overschot, abs=rounding)


def reference(table, groups, key, controls):
    """The same regression written out with statsmodels."""
    frame = table.rows(groups.codes).to_frame()
    compared = frame.loc[list(groups.vergelijking), key]
    frame["y"] = (frame[key] - compared.mean()) / compared.std(ddof=1)
    frame["tekort"] = frame.index.isin(groups.tekort).astype(float)
    frame["overschot"] = frame.index.isin(groups.overschot).astype(float)
    used = frame.dropna(subset=["y", *controls])
    return sm.OLS(used["y"], sm.add_constant(used[["tekort", "overschot", *controls]])).fit(), len(used)


@pytest.mark.parametrize("controls", [(), ("control",), ("control", "k0")])
@pytest.mark.parametrize("missing", [0.0, 0.08])
def test_every_number_equals_statsmodels(controls: tuple[str, ...], missing: float) -> None:
    table = random_table(seed=3, missing=missing)
    result = regress(sample(standardise(table, GROUPS), controls))
    for row in result.rows:
        if row.kenmerk.key in controls:
            assert row.tests is None
            continue
        fit, n = reference(table, GROUPS, row.kenmerk.key, controls)
        difference = fit.t_test("tekort - overschot = 0")
        assert row.n == n
        expected = {
            "tekort": (fit.params["tekort"], fit.bse["tekort"], fit.pvalues["tekort"]),
            "overschot": (fit.params["overschot"], fit.bse["overschot"], fit.pvalues["overschot"]),
            "difference": (difference.effect[0], difference.sd[0, 0], float(difference.pvalue)),
        }
        for name, (estimate, error, p) in expected.items():
            test = row.tests[name]
            assert (test.estimate, test.error, test.p) == pytest.approx((estimate, error, p), rel=1e-9, abs=1e-12)
            assert test.stars == stars(p)
            for kind in ("HC1", "HC2", "HC3"):
                robust = fit.get_robustcov_results(cov_type=kind, use_t=True)
                contrast = {"tekort": [0, 1, 0], "overschot": [0, 0, 1], "difference": [0, 1, -1]}[name]
                hypothesis = np.array(contrast + [0] * len(controls), dtype=float)
                assert test.robust[kind] == pytest.approx(float(robust.t_test(hypothesis).pvalue), rel=1e-8)


def test_missing_values_are_left_out_per_kenmerk_and_the_number_is_reported() -> None:
    values = constructed(1.0, -1.0)
    gaps = [*values]
    gaps[0] = gaps[20] = gaps[59] = float("nan")
    result = regress(sample(standardise(table_of({"whole": values, "gaps": gaps}), GROUPS)))
    assert (result.of("whole").n, result.of("gaps").n) == (60, 57)
    alone = regress(sample(standardise(table_of({"gaps": gaps}), GROUPS)))
    assert result.of("gaps").tests == alone.of("gaps").tests


def test_stars_follow_the_published_levels() -> None:
    assert [stars(p) for p in (0.0099, 0.01, 0.0499, 0.05, 0.0999, 0.1)] == ["***", "**", "**", "*", "*", ""]


def test_systematic_when_only_the_two_groups_differ_from_each_other() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=60)
    noise[:15] += 0.45 - noise[:15].mean()
    noise[15:30] -= 0.45 + noise[15:30].mean()
    noise[30:] -= noise[30:].mean()
    row = regress(sample(standardise(table_of({"k": noise}), GROUPS))).of("k")
    assert row.tests["tekort"].p > 0.1
    assert row.tests["overschot"].p > 0.1
    assert row.tests["difference"].p < 0.1
    assert row.systematic


@settings(max_examples=25, deadline=None)
@given(st.floats(0.001, 1000), st.floats(-1000, 1000), st.integers(0, 10_000))
def test_the_unit_of_a_kenmerk_and_of_a_control_do_not_matter(scale: float, shift: float, seed: int) -> None:
    table = random_table(3, seed=seed)
    frame = table.to_frame() * scale + shift
    other = table_of({k: frame[k].to_numpy() for k in frame}, list(frame.index))
    first, second = (regress(sample(standardise(t, GROUPS), ("control",))) for t in (table, other))
    for row in first.rows[:2]:
        for name, test in row.tests.items():
            assert second.of(row.kenmerk.key).tests[name].estimate == pytest.approx(test.estimate, rel=1e-6, abs=1e-6)
            assert second.of(row.kenmerk.key).tests[name].p == pytest.approx(test.p, rel=1e-5, abs=1e-9)


def test_swapping_the_groups_swaps_the_coefficients() -> None:
    table = random_table(3)
    swapped = Groups(GROUPS.overschot, GROUPS.tekort, GROUPS.vergelijking)
    first, second = (regress(sample(standardise(table, g))).of("k0").tests for g in (GROUPS, swapped))
    assert first["tekort"].estimate == pytest.approx(second["overschot"].estimate)
    assert first["difference"].p == pytest.approx(second["difference"].p)


@pytest.mark.parametrize(
    ("values", "controls", "reason"),
    [
        ({"k": [*range(30), *[5] * 30]}, (), "in de vergelijkingsgroep overal gelijk"),
        ({"k": [*range(30), *[float("nan")] * 30]}, (), "maar 0 vergelijkingsgemeente"),
        ({"k": [1, *[float("nan")] * 14, *range(45)]}, (), "te weinig gemeenten"),
        ({"k": list(range(60))}, ("k",), "dit kenmerk zelf"),
        ({"k": np.arange(60.0), "c": 2 * np.arange(60.0) + 1}, ("c",), "volgt uit"),
        ({"k": np.arange(60.0), "c": [*[1.0] * 15, *[0.0] * 45]}, ("c",), "niet van de groepen"),
        ({"k": np.arange(60.0), "c": [7.0] * 60}, ("c",), "niet van de groepen"),
    ],
)
def test_what_cannot_be_computed_says_why(values, controls, reason) -> None:
    result = regress(sample(standardise(table_of(values), GROUPS), controls))
    row = result.of("k")
    assert row.tests is None
    table = regressions_table([result])
    cell = table.values["coef_tekort"][0]
    assert isinstance(cell, NotApplicable)
    assert reason in cell.reason
    assert reason in str(row)


def test_a_control_that_is_constant_in_the_comparison_group_still_controls() -> None:
    rng = np.random.default_rng(4)
    values = {"k": rng.normal(size=60), "c": np.concatenate([rng.normal(size=30), np.zeros(30)])}
    table = table_of(values)
    row = regress(sample(standardise(table, GROUPS), ("c",))).of("k")
    fit, _ = reference(table, GROUPS, "k", ("c",))
    assert row.tests["tekort"].p == pytest.approx(fit.pvalues["tekort"], rel=1e-9)


def test_groups_without_spread_have_no_robust_error() -> None:
    table = table_of({"k": [*[1.0] * 15, *[2.0] * 15, *[3.0, 4.0] * 15]})
    row = regress(sample(standardise(table, GROUPS))).of("k")
    assert np.isfinite(row.tests["tekort"].robust["HC3"])
    assert np.isnan(row.tests["difference"].robust["HC3"])


def test_regressions_csv_has_the_published_columns() -> None:
    table = regressions_table([regress(sample(standardise(random_table(3), GROUPS)))])
    assert [c.key for c in table.columns] == [
        "kenmerk",
        "control",
        "n",
        "coef_tekort",
        "se_tekort",
        "p_tekort",
        "stars_tekort",
        "coef_overschot",
        "se_overschot",
        "p_overschot",
        "stars_overschot",
        "difference",
        "p_difference",
        "stars_difference",
        "systematic",
    ]
    assert table.evidence["coef_tekort"][0].degrees_of_freedom == 57


def test_gemeenten_outside_the_groups_do_not_matter() -> None:
    larger = random_table(4, gemeenten=90, seed=2)
    smaller = larger.rows(codes(60))
    first, second = (regress(sample(standardise(t, GROUPS))) for t in (larger, smaller))
    assert [r.tests for r in first.rows] == [r.tests for r in second.rows]
