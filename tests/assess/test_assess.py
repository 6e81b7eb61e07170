"""The afwegingskader: statistics against statsmodels, criteria as data, and verdicts that say why."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from tests.model.test_prediction import KNOWN
from tests.small_country import small_country
from verdeelmodel.assess.budgets import BudgetEffect, Yardstick
from verdeelmodel.assess.country import FOLDS, Request, build_country, folds_of_segments, years_of_segments
from verdeelmodel.assess.criteria import default_framework
from verdeelmodel.assess.evidence import background, gather
from verdeelmodel.assess.levels import over_gemeenten, with_residual, within
from verdeelmodel.assess.moments import gain_left_out, one_step, solved, tolerance
from verdeelmodel.assess.refit import refit
from verdeelmodel.assess.study import assess, default_candidates
from verdeelmodel.assess.verdict import NADER, NIET, OPNEMEN, judge
from verdeelmodel.errors import RequestError
from verdeelmodel.kenmerken import kenmerk
from verdeelmodel.model import FitOptions, fit_logit, score_tests
from verdeelmodel.model.spec import ModelSpec, Part, Term
from verdeelmodel.table import NotApplicable

BASE = ("age_20_to_25", "age_25_to_30", "benefit_unemployment")
CANDIDATES = ("mental_care_use", "origin_turkish", "buurt_inwoners")
MODEL = ModelSpec(
    "proef",
    2022,
    Part(tuple(Term(k, weight=0.0) for k in BASE), 0.0),
    Part((Term("age_25_to_30", weight=0.0),), 0.0),
)


@kenmerk(thema="Proef", label="Nogmaals", theorie="Geen.", reden="proef")
def nogmaals(age_20_to_25):
    """The same kenmerk under another name."""
    return age_20_to_25.copy()


def request(candidates=CANDIDATES, years=(2019, 2020)):
    return Request(small_country(households=3000), years, MODEL, tuple(candidates), KNOWN, FitOptions())


@pytest.fixture(scope="module")
def country():
    return build_country(request())


@pytest.fixture(scope="module")
def assessment():
    return assess(request(), default_framework())


def test_the_score_test_equals_that_of_the_engine(country):
    found = score_tests(country.design, country.base, list(CANDIDATES))
    score, information = country.by_fold.total
    for test in found.tests:
        step = one_step(score, information, country.by_fold.base, country.places(test.key))
        assert step.statistic == pytest.approx(test.statistic, rel=1e-8)


def test_evidence_equals_statsmodels(country):
    import statsmodels.api as sm

    x = country.design.dense(slice(0, country.design.households))
    keys = [p.key for p in country.design.parameters]
    base = [keys.index(k) for k in ("intercept", *BASE)]
    y = country.design.outcome.astype(float)
    small = sm.Logit(y, x[:, base]).fit(disp=0, method="newton", tol=1e-13)
    against = background(country)
    for key in CANDIDATES:
        large = sm.Logit(y, x[:, [*base, keys.index(key)]]).fit(disp=0, method="newton", tol=1e-13)
        evidence = gather(country, key, against)
        # statsmodels stops early on a column as small as inhabitants in millions.
        assert evidence.estimate == pytest.approx(large.params[-1], rel=1e-5)
        assert evidence.se == pytest.approx(large.bse[-1], rel=1e-6)
        assert evidence.likelihood_ratio == pytest.approx(2 * (large.llf - small.llf), rel=1e-6, abs=1e-7)
        assert evidence.mcfadden_gain == pytest.approx(large.prsquared - small.prsquared, rel=1e-5, abs=1e-9)
        # Score test and likelihood ratio test the same thing: close where the effect is small.
        assert evidence.score == pytest.approx(evidence.likelihood_ratio, rel=0.1, abs=0.05)
        assert evidence.score_p == pytest.approx(chi2.sf(evidence.score, 1))


def test_the_tolerance_is_the_part_that_a_weighted_regression_leaves(country):
    import statsmodels.api as sm

    x = country.design.dense(slice(0, country.design.households), standardised=True)
    probability = 1 / (1 + np.exp(-x @ country.estimate))
    weight = probability * (1 - probability)
    place = int(country.places("mental_care_use")[0])
    fitted = sm.WLS(x[:, place], x[:, country.by_fold.base], weights=weight).fit()
    _, information = country.by_fold.total
    assert tolerance(information, country.by_fold.base, country.places("mental_care_use")) == pytest.approx(
        1 - fitted.rsquared, rel=1e-8
    )


def test_the_gain_on_gemeenten_left_out_agrees_with_refits(country):
    own = country.places("mental_care_use")
    y, n = country.design.outcome.astype(float), country.design.households
    fold, total = np.repeat(folds_of_segments(country.design), np.diff(country.design.pointers)), 0.0
    for out in range(FOLDS):
        weight = np.where(fold == out, 0.0, 1.0)
        design = replace(country.design, weight=weight, weight_kind="sampling")
        x = country.design.dense(slice(0, n))[fold == out]
        levels = []
        for columns in (list(BASE), [*BASE, "mental_care_use"]):
            result = fit_logit(design, columns)
            beta = np.array([result.coefficients.get(p.key, 0.0) for p in country.design.parameters])
            eta = x @ beta
            levels.append(float(y[fold == out] @ eta - np.logaddexp(0, eta).sum()))
        total += levels[1] - levels[0]
    assert gain_left_out(country.by_fold, own) == pytest.approx(total / n, rel=0.1, abs=2e-6)


def test_the_effect_within_gemeenten_is_that_beside_the_municipal_share(country):
    import statsmodels.api as sm

    design, key = country.design, "mental_care_use"
    x = design.dense(slice(0, design.households), standardised=True)
    shares = country.shares[key].to_numpy(float)
    gemeente = np.repeat(gemeente_of_segments(design), np.diff(design.pointers))
    base, own = country.by_fold.base, country.places(key)
    offset = x[:, base] @ country.estimate[base]
    columns = np.column_stack([x[:, base], shares[gemeente], x[:, own]])
    fitted = sm.GLM(design.outcome.astype(float), columns, sm.families.Binomial(), offset=offset)
    zero = np.zeros(columns.shape[1])
    score, hessian = fitted.score(zero), fitted.hessian(zero)
    expected = np.linalg.solve(-hessian, score)[-1]
    found = within(country, own, shares, True, with_residual(country, shares))
    assert found.estimate == pytest.approx(expected, rel=1e-6)


def test_correlations_over_gemeenten_equal_those_of_numpy(country):
    rng = np.random.default_rng(3)
    x, y, size = rng.random(20), rng.random(20), np.full(20, 100.0)
    found = over_gemeenten(x, y, size)
    from scipy.stats import pearsonr

    r, p = pearsonr(x, y)
    assert found.r == pytest.approx(r)
    assert found.p == pytest.approx(p)
    assert isinstance(over_gemeenten(x[:5], y[:5], size[:5]).r, NotApplicable)


def test_a_column_that_follows_from_others_gets_nothing():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(50, 3))
    twice = np.column_stack([x, x[:, 0] + x[:, 1]])
    right = rng.normal(size=3)
    plain = np.linalg.solve(x.T @ x, right)
    assert solved(x.T @ x, right) == pytest.approx(plain)
    found = solved(twice.T @ twice, np.append(right, right[0] + right[1]))
    assert found == pytest.approx(np.append(plain, 0.0))
    assert solved(np.zeros((2, 2)), np.zeros(2)).tolist() == [0.0, 0.0]


def test_folds_are_whole_gemeenten(country):
    fold, gemeente = folds_of_segments(country.design), gemeente_of_segments(country.design)
    for code in np.unique(gemeente):
        assert len(np.unique(fold[gemeente == code])) == 1
    assert len(np.unique(fold)) == FOLDS


def gemeente_of_segments(design):
    return design.areas.gemeente_of[design.segment_area]


def test_moments_of_groups_are_those_of_the_households_in_them(country):
    design, n = country.design, country.design.households
    x = design.dense(slice(0, n), standardised=True)
    probability = 1 / (1 + np.exp(-x @ country.estimate))
    year = np.repeat(years_of_segments(design), np.diff(design.pointers))
    for place, one in enumerate((2019, 2020)):
        chosen = year == one
        residual = (design.outcome - probability)[chosen]
        variance = (probability * (1 - probability))[chosen]
        assert country.by_year.score[place] == pytest.approx(x[chosen].T @ residual, abs=1e-7)
        assert country.by_year.information[place] == pytest.approx((x[chosen].T * variance) @ x[chosen], abs=1e-7)
    gemeente = np.repeat(gemeente_of_segments(design), np.diff(design.pointers))
    for place in range(len(country.gemeenten)):
        chosen = gemeente == place
        variance = (probability * (1 - probability))[chosen]
        assert country.residual[place] == pytest.approx((design.outcome - probability)[chosen].sum(), abs=1e-8)
        assert country.spread[place] == pytest.approx(x[chosen].T @ variance, abs=1e-8)


def test_from_python_it_is_the_same_as_the_request(tmp_path):
    import verdeelmodel

    path = tmp_path / "model.yaml"
    price = "price: {add: [{kenmerk: age_25_to_30, weight: 0.0}], set: {constant: 0.0}}"
    path.write_text(f"name: proef\nrules: 2022\nadd: [{', '.join(BASE)}]\n{price}\n")
    population = small_country(households=3000)
    with pytest.raises(RequestError, match="2016"):
        verdeelmodel.assess_candidates(population, CANDIDATES, years=[2016])
    found = verdeelmodel.assess_candidates(population, CANDIDATES[:1], model=str(path), known=KNOWN, years=[2019, 2020])
    direct = assess(request(CANDIDATES[:1]), default_framework())
    assert found.evidence_table().values == direct.evidence_table().values


def test_the_number_of_threads_cannot_be_seen():
    one, two = (assess(replace(request(), options=FitOptions(threads=n)), default_framework()) for n in (1, 3))
    assert one.evidence_table().values == two.evidence_table().values
    assert one.budget_table().values == two.budget_table().values


def test_threads_speak_the_language_that_was_asked_for():
    from contextvars import copy_context

    from verdeelmodel.wording import set_language

    def in_english():
        set_language("en")
        return assess(replace(request(), options=FitOptions(threads=2)), default_framework())

    found = copy_context().run(in_english)
    reasons = [str(v.evidence.share) for v in found.verdicts if isinstance(v.evidence.share, NotApplicable)]
    assert any("a household has or has not" in reason for reason in reasons)


def test_the_refit_is_that_of_the_engine(country):
    for key in CANDIDATES:
        own = country.places(key)
        step = one_step(*country.by_fold.total, country.by_fold.base, own)
        found = refit(country, [key], own, step.step)
        result = fit_logit(country.design, [*BASE, key])
        assert found.log_likelihood == pytest.approx(result.log_likelihood, rel=1e-12)
        assert found.coefficients[0] == pytest.approx(result.coefficients[key], rel=1e-7, abs=1e-9)
        assert found.errors[0] == pytest.approx(result.se[result.keys.index(key)], rel=1e-6)


def test_every_candidate_gets_a_verdict_with_reasons(assessment):
    assert {v.evidence.key for v in assessment.verdicts} == set(CANDIDATES)
    for verdict in assessment.verdicts:
        assert verdict.verdict in (OPNEMEN, NADER, NIET)
        if verdict.verdict != OPNEMEN:
            assert verdict.decided_by
        assert str(verdict).startswith(verdict.evidence.label)
        assert "Oordeel, niet gemeten" in str(verdict)
    tables = (assessment.scorecard(), assessment.evidence_table(), assessment.budget_table(), assessment.ranking())
    for table in tables:
        assert table.synthetic
        assert len(table) == len(CANDIDATES)
        figures = [c.key for c in table.columns if c.kind not in ("text", "code")]
        assert set(figures) <= set(table.evidence)


def test_a_candidate_that_follows_from_the_model_is_not_additional():
    known = KNOWN.extended([nogmaals.verdeelmodel_kenmerk])
    found = assess(replace(request(["nogmaals"]), known=known), default_framework())
    verdict = found.verdicts[0]
    assert verdict.verdict == NIET
    assert "aanvullend" in [o.criterion.key for o in verdict.decided_by]
    assert isinstance(verdict.evidence.score, NotApplicable)


@kenmerk(thema="Proef", label="Maanden bijstand", soort="aantal", theorie="Geen.", reden="proef")
def maanden(bijstand_months):
    """Only recipients have any."""
    return bijstand_months


@kenmerk(thema="Proef", label="Verklapt", soort="getal", theorie="Geen.", reden="proef")
def verklapt(bijstand, age_1):
    """Everyone has some, recipients more than anyone else."""
    return bijstand * 1000.0 + age_1 + 1.0


def test_what_predicts_perfectly_is_refused_by_name_alone():
    known = KNOWN.extended([maanden.verdeelmodel_kenmerk, verklapt.verdeelmodel_kenmerk])
    with pytest.raises(RequestError, match="bijstand onder een andere naam"):
        build_country(replace(request(["maanden"]), known=known))
    with pytest.raises(RequestError, match="verklapt: het model met dit kenmerk is niet te schatten") as caught:
        assess(replace(request(["verklapt"]), known=known), default_framework())
    assert len(caught.value.problems) == 1


def test_only_recipients_unknown_twice_and_already_inside_are_refused():
    with pytest.raises(RequestError, match="bijstand onder een andere naam"):
        build_country(request(["long_term_bijstand_1y"]))
    with pytest.raises(RequestError) as caught:
        build_country(request(["age_20_to_25", "mental_care_use", "mental_care_use"]))
    assert len(caught.value.problems) == 2
    with pytest.raises(RequestError, match="mental_care_use"):
        build_country(request(["mental_care_us"]))
    with pytest.raises(RequestError, match="geen kandidaat"):
        build_country(request([]))


@kenmerk(thema="Proef", label="Altijd", theorie="Geen.", reden="proef")
def altijd(age_20_to_25):
    """The same for everyone."""
    return age_20_to_25 | True


def test_all_that_say_nothing_are_refused_at_once():
    known = KNOWN.extended([altijd.verdeelmodel_kenmerk, maanden.verdeelmodel_kenmerk])
    with pytest.raises(RequestError) as caught:
        build_country(replace(request(["altijd", "maanden"]), known=known))
    assert len(caught.value.problems) == 2


def test_a_candidate_that_is_the_same_for_everyone_is_refused():
    known = KNOWN.extended([altijd.verdeelmodel_kenmerk])
    with pytest.raises(RequestError, match="voor alle huishoudens gelijk"):
        build_country(replace(request(["altijd"]), known=known))


def test_criteria_decide_and_the_worst_counts(assessment):
    evidence = replace(
        assessment.verdicts[0].evidence,
        theory="Omdat.",
        influenceable="nee",
        expected_sign="+",
        estimate=0.5,
        score_p=1e-9,
        gain_out=0.001,
        tolerance=0.9,
        drift_p=0.5,
        drift_size=0.9,
        policy_p=0.5,
        smallest_cell=500.0,
        level="huishouden",
        municipal_p=1e-6,
        within_p=1e-6,
        within_effect=0.1,
        group_p=NotApplicable("de populatie geen saldi heeft"),
        gain_beside=NotApplicable("er geen andere kandidaat is"),
        sources=("MEDICIJNTAB",),
    )
    framework = default_framework()
    assert judge(evidence, framework).verdict == OPNEMEN
    for change, criterion, verdict in (
        ({"theory": ""}, "uitlegbaar", NADER),
        ({"estimate": -0.5}, "teken", NADER),
        ({"influenceable": "ja"}, "niet_beinvloedbaar", NIET),
        ({"policy_p": 1e-6}, "niet_beinvloedbaar_gemeten", NADER),
        ({"gain_out": 0.0}, "verklaringskracht", NIET),
        ({"score_p": 0.2}, "significant", NIET),
        ({"tolerance": 0.1}, "aanvullend", NIET),
        ({"drift_p": 1e-9}, "stabiel", NIET),
        ({"within_effect": 0.001}, "huishoudniveau", NIET),
        ({"smallest_cell": 3.0}, "vulling", NADER),
        ({"level": "gemeente"}, "niveau", NADER),
        ({"level": "gemeente", "group_p": 0.3}, "niveau", NADER),
        ({"gain_beside": 0.0, "beside": "Iets anders"}, "samen", NADER),
        ({"sources": ("HUURENQUETE", "VSLGWBTAB")}, "meetbaar", NADER),
        ({"municipal_p": 1e-6, "within_p": 0.3}, "huishoudniveau", NIET),
    ):
        found = judge(replace(evidence, **change), framework)
        assert found.verdict == verdict, criterion
        assert [o.criterion.key for o in found.decided_by] == [criterion]
    assert judge(replace(evidence, drift_p=1e-9, drift_size=0.1), framework).verdict == OPNEMEN
    unknown = judge(replace(evidence, municipal_p=NotApplicable("er te weinig zijn")), framework)
    assert unknown.verdict == OPNEMEN
    assert [o.criterion.key for o in unknown.outcomes if o.met is None] == ["huishoudniveau", "samen"]
    assert "Huishoudniveau: niet te beoordelen (omdat er te weinig zijn)" in str(unknown)


@given(seed=st.integers(0, 1000))
def test_what_one_gemeente_gains_others_lose(seed):
    rng = np.random.default_rng(seed)
    n = 12
    yardstick = Yardstick(
        gemeenten=np.arange(n),
        budget=rng.uniform(1e6, 1e8, n),
        net=None,
        m=np.clip(rng.random(n) * 1.5, 0, 1),
        objective=rng.uniform(1e6, 1e8, n),
        groups={},
    )
    same = yardstick.effect(yardstick.objective * 1.7)
    assert same.moved == pytest.approx(0, abs=1e-3)
    effect = yardstick.effect(yardstick.objective * rng.uniform(0.8, 1.2, n))
    assert isinstance(effect, BudgetEffect)
    assert effect.moved >= 0
    assert list(effect.beyond) == sorted(effect.beyond, reverse=True)
    assert isinstance(effect.tekort, NotApplicable)


def test_the_default_candidates_exist_and_none_is_in_every_model():
    from verdeelmodel.kenmerken import registry

    assert set(default_candidates()) <= set(registry())
    assert len(set(default_candidates())) == len(default_candidates())
