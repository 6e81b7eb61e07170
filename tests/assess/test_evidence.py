"""Every item of evidence: in which column it stands, and that it is what the trusted libraries say it is."""

import numpy as np
import pandas as pd
import pytest

from tests.assess.test_assess import BASE, CANDIDATES, KNOWN, MODEL, gemeente_of_segments, request
from tests.small_country import small_country
from verdeelmodel.assess.country import FOLDS, Request, build_country
from verdeelmodel.assess.criteria import default_framework
from verdeelmodel.assess.deficits import group_differences, select_groups
from verdeelmodel.assess.evidence import background, gather
from verdeelmodel.assess.moments import steps_left_out
from verdeelmodel.assess.occurrence import occurrence
from verdeelmodel.assess.study import FIGURES, assess
from verdeelmodel.compare.groups import Groups
from verdeelmodel.kenmerken import kenmerk
from verdeelmodel.model import FitOptions
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import sentences

# What an assessment must show of a candidate, and where: table and columns.
WHERE = {
    "score test": ("evidence", ["score", "score_p"]),
    "likelihood ratio test": ("evidence", ["likelihood_ratio", "likelihood_ratio_p"]),
    "McFadden in and out of sample": ("evidence", ["mcfadden_gain", "mcfadden_gain_out"]),
    "AUC in and out of sample": ("evidence", ["auc_gain", "auc_gain_out"]),
    "log loss in and out of sample": ("evidence", ["log_loss_gain", "gain_out"]),
    "municipal R2 and mean absolute deviation": ("evidence", ["municipal_r2_gain", "deviation_gain"]),
    "change in budgets": ("budget_effects", ["moved", "mean_change", *(f"beyond_{i}" for i in range(4))]),
    "change in the mean saldo of the groups": ("budget_effects", ["tekort", "overschot"]),
    "sign against the expected sign": ("evidence", ["expected_sign", "estimate", "se"]),
    "variance inflation": ("evidence", ["tolerance"]),
    "partial correlation with the model": ("evidence", ["model_like", "model_correlation"]),
    "what the model carries already": ("evidence", ["carried"]),
    "drift over years and folds": ("evidence", ["drift_p", "drift_size", "fold_p", "fold_size"]),
    "how common, and smallest cells": ("evidence", ["share", "smallest_cell"]),
    "level, availability, sources": ("evidence", ["level", "years", "sources"]),
    "declared theory and influenceability": (
        "evidence",
        ["theory", "influenceable", "influence_reason", "declared_by", "declared_on"],
    ),
    "policy at unchanged population": ("evidence", ["policy_p"]),
    "variance between gemeenten": ("evidence", ["between_share"]),
    "household against regional level": ("evidence", ["within_estimate", "within_p", "within_effect", "municipal_r"]),
    "explains deficits": ("evidence", ["group_tekort", "group_overschot", "group_difference", "group_p", "deficit_r"]),
    "beside other candidates": ("evidence", ["gain_beside", "beside"]),
}


@kenmerk(thema="Proef", label="Aantal", soort="aantal", theorie="Geen.", reden="proef")
def aantal_volwassenen(adults):
    """The number of adults above the first."""
    return adults - 1


@pytest.fixture(scope="module")
def country():
    return build_country(request())


@pytest.fixture(scope="module")
def evidence(country):
    against = background(country)
    return {key: gather(country, key, against) for key in CANDIDATES}


@pytest.mark.parametrize("item", WHERE)
def test_every_item_of_evidence_has_its_column(item, country):
    tables = {t.key: t for t in assess(request(CANDIDATES[:2]), default_framework()).tables()}
    table, columns = WHERE[item]
    assert set(columns) <= set(tables[table].values)


def test_every_figure_is_explained_in_both_languages():
    for lang in ("nl", "en"):
        known = sentences("assess", lang)
        assert {f"meaning.{name}" for name in FIGURES} <= set(known)
        assert {f"column.{name}" for name in FIGURES} <= set(known)


def test_the_auc_out_of_sample_is_that_of_scikit_learn(country, evidence):
    from sklearn.metrics import roc_auc_score

    design, key = country.design, "mental_care_use"
    x = design.dense(slice(0, design.households), standardised=True)
    fold = np.repeat(country.folds, np.diff(design.pointers))
    steps = steps_left_out(country.by_fold, country.places(key))
    eta = {name: np.zeros(design.households) for name in ("larger", "alone")}
    for name, found in eta.items():
        for one in range(FOLDS):
            found[fold == one] = x[fold == one] @ (country.estimate + getattr(steps, name)[one])
    gain = roc_auc_score(design.outcome, eta["larger"]) - roc_auc_score(design.outcome, eta["alone"])
    assert evidence[key].auc_gain_out == pytest.approx(gain, abs=1e-9)


def test_gains_per_household_and_of_mcfadden_are_of_the_same_likelihood(country, evidence):
    n, null = country.design.households, abs(country.base.null_log_likelihood)
    for e in evidence.values():
        assert e.log_loss_gain == pytest.approx(e.likelihood_ratio / 2 / n, rel=1e-9)
        assert e.mcfadden_gain_out == pytest.approx(e.gain_out * n / null, rel=1e-9)


def test_the_kenmerk_most_like_it_is_that_of_weighted_regressions(country, evidence):
    import statsmodels.api as sm

    design, key = country.design, "mental_care_use"
    x = design.dense(slice(0, design.households), standardised=True)
    probability = 1 / (1 + np.exp(-x @ country.estimate))
    weight, own, base = probability * (1 - probability), country.places(key)[0], country.by_fold.base
    found = {}
    for place in base[1:]:
        rest = x[:, [b for b in base if b != place]]
        left = [sm.WLS(x[:, one], rest, weights=weight).fit().resid for one in (own, place)]
        found[design.parameters[place].label] = np.average(left[0] * left[1], weights=weight) / np.sqrt(
            np.average(left[0] ** 2, weights=weight) * np.average(left[1] ** 2, weights=weight)
        )
    strongest = max(found, key=lambda label: abs(found[label]))
    assert evidence[key].model_like == strongest
    assert evidence[key].model_correlation == pytest.approx(found[strongest], rel=1e-7)
    assert len(found) == len(BASE)


def test_differences_between_groups_equal_those_of_statsmodels():
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    codes = [14, 34, 80, 106, 141, 153, 193, 202, 307]
    frame = pd.DataFrame({"a": rng.normal(size=9), "b": 1.0}, index=codes)
    named = [f"GM{code:04d}" for code in codes]
    groups = Groups(tuple(named[:3]), tuple(named[3:6]), tuple(named[6:]))
    found = group_differences(frame, groups)
    a = frame["a"].to_numpy()
    standard = (a - a[6:].mean()) / a[6:].std(ddof=1)
    x = np.column_stack([np.ones(9), np.arange(9) < 3, (np.arange(9) >= 3) & (np.arange(9) < 6)]).astype(float)
    fitted = sm.OLS(standard, x).fit()
    assert (found["a"].tekort, found["a"].overschot) == pytest.approx(tuple(fitted.params[1:]))
    test = fitted.t_test([0, 1, -1])
    assert found["a"].difference == pytest.approx(test.effect.item())
    # The chance that the strongest of three tests is this strong is at least that of the strongest itself.
    assert found["a"].p >= min(*fitted.pvalues[1:], test.pvalue.item()) - 1e-9
    assert isinstance(found["b"].p, NotApplicable)


def test_without_groups_there_is_no_difference_and_the_reason_is_told():
    frame = pd.DataFrame({"a": [1.0, 2.0]}, index=[14, 80])
    assert select_groups(small_country()) is None
    assert "geen saldi" in group_differences(frame, None)["a"].p.reason
    elsewhere = Groups(("GM0001", "GM0002"), ("GM0003", "GM0004"), ("GM0005", "GM0006"))
    assert "niet elke gemeente" in group_differences(frame, elsewhere)["a"].p.reason


@pytest.mark.parametrize("key", ["mental_care_use", "aantal_volwassenen"])
def test_occurrence_counts_the_households_that_have_any(key):
    known = KNOWN.extended([aantal_volwassenen.verdeelmodel_kenmerk])
    country = build_country(Request(small_country(households=3000), (2020,), MODEL, (key,), known, FitOptions()))
    design = country.design
    x = design.dense(slice(0, design.households))[:, country.places(key)[0]]
    has, bijstand = np.abs(x) > 1e-9, design.outcome.astype(bool)
    found = occurrence(country, key, country.shares[key].to_numpy(float))
    assert found.share == pytest.approx(has.mean())
    assert found.smallest_cell == min((a & b).sum() for a in (has, ~has) for b in (bijstand, ~bijstand))
    gemeente = np.repeat(gemeente_of_segments(design), np.diff(design.pointers))
    means = pd.Series(x).groupby(gemeente).transform("mean")
    assert found.between_share == pytest.approx(means.var(ddof=0) / x.var(), rel=1e-6)


def test_occurrence_of_an_area_does_not_apply(evidence):
    assert isinstance(evidence["buurt_inwoners"].smallest_cell, NotApplicable)
