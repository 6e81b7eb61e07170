"""What the reader asks next: each answer against an independent computation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.panel import RandomEffects
from scipy import stats
from statsmodels.multivariate.manova import MANOVA

from tests.compare.examples import codes, groups_of, random_table, saldi_of, table_of
from verdeelmodel.compare.decomposition import Decomposition, decompose, decomposition_table
from verdeelmodel.compare.findings import findings
from verdeelmodel.compare.groups import gemeente_table
from verdeelmodel.compare.matching import match, matching_table
from verdeelmodel.compare.panel import panel, panel_table, persistence_table
from verdeelmodel.compare.regressions import regress
from verdeelmodel.compare.relations import clusters, clusters_table, joint_test, representatives
from verdeelmodel.compare.robustness import influence
from verdeelmodel.compare.sample import sample, standardise
from verdeelmodel.compare.selection import SelectionOptions, select
from verdeelmodel.compare.sensitivity import sensitivity, sensitivity_overview, sensitivity_table
from verdeelmodel.errors import RequestError
from verdeelmodel.table import NotApplicable

GROUPS = groups_of()


def twins(seed: int = 3) -> dict[str, np.ndarray]:
    """a and b say the same, c says the opposite of a, d stands alone."""
    rng = np.random.default_rng(seed)
    base, alone = rng.normal(size=60), rng.normal(size=60)
    return {
        "a": base + 0.1 * rng.normal(size=60),
        "b": base + 0.1 * rng.normal(size=60),
        "c": -base + 0.1 * rng.normal(size=60),
        "d": alone,
    }


def test_kenmerken_that_move_together_share_a_cluster_whatever_their_sign() -> None:
    standardised = standardise(table_of(twins()), GROUPS)
    found = clusters(standardised, ["a", "b", "c", "d"])
    assert found.cluster == (1, 1, 1, 2)
    expected = np.corrcoef(np.stack(list(twins().values())))
    assert found.correlation == pytest.approx(expected)
    assert len(representatives(found, regress(sample(standardised)), 60)) == 2
    assert len(representatives(found, regress(sample(standardised)), 11)) == 1
    assert len(clusters_table(found)) == 4
    assert isinstance(clusters_table(clusters(standardised, ["a"])).values["correlation"][0], NotApplicable)


@pytest.mark.parametrize("controls", [(), ("control",)])
def test_the_joint_test_equals_the_wald_and_wilks_tests_written_out(controls) -> None:
    chosen = sample(standardise(random_table(5), GROUPS), controls)
    keys = ["k0", "k1", "k2", "k3"]
    found = joint_test(chosen, "alles", keys)
    X = chosen.blocks[0].X
    Y = chosen.standardised.values[:, :4]
    B, residual = np.linalg.lstsq(X, Y, rcond=None)[0], None
    residual = Y - X @ B
    sigma = residual.T @ residual / (len(Y) - X.shape[1])
    V = np.kron(sigma, np.linalg.inv(X.T @ X)[1:3, 1:3])
    b = B[1:3].T.ravel()
    assert found.wald == pytest.approx(b @ np.linalg.solve(V, b), rel=1e-6)
    assert found.p_wald == pytest.approx(stats.chi2.sf(found.wald, 8))
    hypothesis = np.eye(X.shape[1])[1:3]
    row = MANOVA(Y, X).mv_test([("g", hypothesis)]).results["g"]["stat"].loc["Wilks' lambda"]
    assert found.p_wilks == pytest.approx(float(row["Pr > F"]))


def test_with_one_kenmerk_the_joint_test_is_the_f_test_of_the_regression() -> None:
    chosen = sample(standardise(random_table(2), GROUPS))
    fit = sm.OLS(chosen.blocks[0].Y[:, 0], chosen.blocks[0].X).fit()
    found = joint_test(chosen, "een", ["k0"])
    assert found.wilks_f == pytest.approx(fit.fvalue)
    assert found.wald == pytest.approx(2 * fit.fvalue)


def test_a_joint_test_that_cannot_be_made_says_why() -> None:
    many = sample(standardise(random_table(70), GROUPS))
    assert "te veel" in joint_test(many, "alles", [f"k{i}" for i in range(60)]).reason
    double = table_of({"a": twins()["a"], "b": 3 * twins()["a"] + 1})
    assert "uit elkaar" in joint_test(sample(standardise(double, GROUPS)), "dubbel", ["a", "b"]).reason
    assert "geen kenmerken" in joint_test(many, "niets", []).reason


def gelbach(saldo: np.ndarray, keys: list[str], draws: int = 199) -> Decomposition:
    found = decompose(standardise(random_table(5), GROUPS), saldo, keys, draws, seed=1)
    assert isinstance(found, Decomposition)
    return found


def outcome(seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    own = random_table(5).column("k0")
    return (
        np.repeat([-0.1, 0.15, 0.0], [15, 15, 30]) + 0.02 * (own - own.mean()) / own.std() + 0.02 * rng.normal(size=60)
    )


def test_gelbach_is_the_gap_without_kenmerken_minus_the_gap_with_all() -> None:
    saldo, keys = outcome(), ["k0", "k1", "k2"]
    found = gelbach(saldo, keys)
    standardised = standardise(random_table(5), GROUPS)
    X = np.column_stack([np.ones(60), standardised.groups == 1, standardised.groups == 2]).astype(float)
    Z = standardised.values[:, :3]
    base, full = sm.OLS(saldo, X).fit().params, sm.OLS(saldo, np.column_stack([X, Z])).fit().params
    assert found.gaps[:2] == pytest.approx(base[1:3])
    assert found.parts[:-1].sum(axis=0)[:2] == pytest.approx(base[1:3] - full[1:3])
    for j in range(3):
        auxiliary = sm.OLS(Z[:, j], X).fit().params
        assert found.parts[j, 0] == pytest.approx(auxiliary[1] * full[3 + j])
    assert found.parts[:, 2] == pytest.approx(found.parts[:, 0] - found.parts[:, 1])


def test_the_order_of_the_kenmerken_does_not_matter() -> None:
    forward, backward = gelbach(outcome(), ["k0", "k1", "k2"]), gelbach(outcome(), ["k2", "k1", "k0"])
    assert forward.parts[:3] == pytest.approx(backward.parts[2::-1])


def test_the_rows_of_the_decomposition_add_up_in_the_table() -> None:
    found = gelbach(outcome(), ["k0", "k1"])
    table = decomposition_table(found)
    for test in ("tekort", "overschot", "difference"):
        *parts, gap = table.values[test]
        assert sum(parts) == pytest.approx(gap)
        assert isinstance(table.values[f"{test}_low"][-1], NotApplicable)
    assert (found.low[:-1, 0] <= found.parts[:-1, 0]).all()
    assert (found.parts[:-1, 0] <= found.high[:-1, 0]).all()


def test_parts_that_do_not_add_up_cannot_exist() -> None:
    found = gelbach(outcome(), ["k0"])
    with pytest.raises(ValueError, match="differ from the gap"):
        Decomposition(found.kenmerken, 60, found.gaps + 1e-6, found.parts, found.low, found.high, 1)


def test_a_decomposition_with_too_many_kenmerken_says_why() -> None:
    standardised = standardise(random_table(40), GROUPS)
    reason = decompose(standardised, outcome(), [f"k{i}" for i in range(35)], 99, 1)
    assert "te veel" in str(reason)


def yearly_saldi(persistent: float, noise: float, seed: int = 4):
    rng = np.random.default_rng(seed)
    own = rng.normal(size=80) * persistent
    return saldi_of({c: list(own[i] + noise * rng.normal(size=4)) for i, c in enumerate(codes(80))})


def test_persistence_is_found_where_it_is_and_not_where_it_is_not() -> None:
    table = random_table(2, gemeenten=80)
    lasting = panel(yearly_saldi(0.1, 0.03), table, [])
    fleeting = panel(yearly_saldi(0.0, 0.1), table, [])
    assert lasting.between_share == pytest.approx(0.1**2 / (0.1**2 + 0.03**2), abs=0.08)
    assert lasting.previous > 0.8
    assert lasting.p_permanent < 1e-6
    assert fleeting.between_share < 0.1
    assert abs(fleeting.previous) < 0.2
    assert fleeting.p_permanent > 0.01
    assert len(persistence_table(lasting)) == 4


def test_panel_terms_equal_statsmodels_and_linearmodels() -> None:
    table, saldi = random_table(3, gemeenten=80), yearly_saldi(0.05, 0.03)
    found = panel(saldi, table, ["k0", "k1"])
    Z = table.values[:, :2]
    Z = (Z - Z.mean(axis=0)) / Z.std(axis=0, ddof=1)
    means = sm.OLS(saldi.yearly.mean(axis=1), sm.add_constant(Z)).fit()
    between = [t for t in found.terms if t.model == "between"]
    assert [t.estimate for t in between] == pytest.approx(means.params[1:])
    assert [t.error for t in between] == pytest.approx(means.bse[1:])
    frame = saldi.to_frame().set_index(["gm_code", "jaar"])
    frame["z0"], frame["z1"] = np.repeat(Z[:, 0], 4), np.repeat(Z[:, 1], 4)
    years = pd.get_dummies(pd.Series(frame.index.get_level_values(1), index=frame.index), drop_first=True, dtype=float)
    exog = frame[["z0", "z1"]].assign(const=1.0).join(years.add_prefix("y"))
    fit = RandomEffects(frame["saldo"], exog).fit(cov_type="clustered", cluster_entity=True)
    random = [t for t in found.terms if t.model == "random"]
    assert [t.estimate for t in random] == pytest.approx([fit.params["z0"], fit.params["z1"]])
    assert [t.p for t in random] == pytest.approx([fit.pvalues["z0"], fit.pvalues["z1"]])
    fixed = [t for t in found.terms if t.model == "fixed"]
    assert all(t.estimate is None and "verandert" in t.reason for t in fixed)
    assert isinstance(panel_table(found).values["p"][-1], NotApplicable)


def test_a_kenmerk_that_changes_over_the_years_has_a_fixed_effect() -> None:
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([codes(80), range(2017, 2021)], names=["gm_code", "jaar"])
    yearly = pd.DataFrame({"k": rng.normal(size=320) + np.repeat(rng.normal(size=80), 4)}, index=index)
    saldi = saldi_of({c: list(0.05 * yearly.loc[c, "k"] + 0.01 * rng.normal(size=4)) for c in codes(80)})
    table = gemeente_table(yearly.groupby("gm_code").mean())
    fixed = next(t for t in panel(saldi, table, ["k"], yearly).terms if t.model == "fixed")
    spread = yearly["k"].groupby("gm_code").mean().std()
    assert fixed.estimate == pytest.approx(0.05 * spread, rel=0.1)
    assert fixed.p < 1e-6


def test_one_year_is_no_panel() -> None:
    saldi = saldi_of({c: [0.1] for c in codes(20)})
    assert "één jaar" in str(panel(saldi, random_table(2), ["k0"]))


def test_the_nearest_gemeenten_are_matched_closest_first_each_once() -> None:
    values = [0.0, 10.0, 20.0, 30.0, 0.4, 10.1, 19.0, 33.0, 0.5, 50.0]
    table = table_of({"k": values})
    all_codes = codes(10)
    groups = type(GROUPS)(tuple(all_codes[:2]), tuple(all_codes[2:4]), tuple(all_codes[8:]))
    found = match(table, groups, ["k"])
    pairs = {p.code: p.match for p in found.pairs}
    assert pairs == dict(zip(all_codes[:4], all_codes[4:8], strict=True))
    assert abs(found.balance[0][2]) < abs(found.balance[0][1])
    assert len(matching_table(found, table)) == 4
    assert match(table.rows(list(reversed(all_codes))), groups, ["k"]).groups == found.groups


def test_matching_without_a_pool_or_on_an_unknown_kenmerk_is_refused() -> None:
    table = random_table(3)
    with pytest.raises(RequestError, match="bedoelt u k0"):
        match(table, GROUPS, ["k00"])
    chosen = table.rows([*GROUPS.tekort, *GROUPS.overschot])
    with pytest.raises(RequestError, match="te weinig andere"):
        match(chosen, GROUPS, ["k0"])


def test_sensitivity_is_the_same_as_choosing_and_regressing_anew() -> None:
    saldi, table = yearly_saldi(0.1, 0.05), random_table(3, gemeenten=80)
    found = sensitivity(saldi, table, SelectionOptions(), ("control",), numbers=(5, 15))
    assert len(found) == 3 * 2 * 3
    for variant in found:
        groups = select(saldi, SelectionOptions(variant.number, variant.measure)).groups
        row = regress(sample(standardise(table, groups), ("control",))).of(variant.kenmerk.key)
        if row.tests is None:
            assert variant.systematic is None
            assert variant.reason
            continue
        assert variant.tekort == pytest.approx(row.tests["tekort"].estimate)
        assert variant.marks == tuple(t.stars for t in row.tests.values())
        assert variant.systematic == row.systematic
    assert len(sensitivity_table(found)) == len(found)
    assert sensitivity_overview(found).values["variants"][0] == 6


def test_a_choice_that_cannot_be_made_is_not_applicable() -> None:
    saldi = saldi_of({c: [0.1 if i % 2 else -0.1] for i, c in enumerate(codes(20))})
    found = sensitivity(saldi, random_table(2, gemeenten=20), SelectionOptions(), numbers=(5, 15))
    assert all(v.systematic is None and v.reason for v in found if v.number == 15)
    assert all(v.systematic is not None for v in found if v.number == 5)


def test_a_sentence_per_finding_that_never_speaks_of_a_cause() -> None:
    rng = np.random.default_rng(9)
    strong = rng.normal(size=60)
    strong[:15] += 2
    table = table_of({"sterk": strong, "ruis": rng.normal(size=60), "control": rng.normal(size=60)})
    samples = [sample(standardise(table, GROUPS), c) for c in ((), ("control",))]
    plain, controlled = (regress(s) for s in samples)
    found = findings(plain, controlled, influence(samples[0], plain))
    assert found[0].kenmerk == "sterk"
    sentence = found[0].sentence
    assert "boven de vergelijkingsgroep (significant op 1%)" in sentence
    assert "Ook na controle voor control is het verschil systematisch." in sentence
    assert "(q < 0,001)" in sentence
    for word in ("oorzaak", "doordat", "omdat", "veroorzaakt", "leidt tot", "effect"):
        assert all(word not in f.sentence for f in found)
