"""Every statistic beside that of the libraries the field trusts, on fifty thousand households."""

import numpy as np
import pandas as pd
import pytest

from verdeelmodel.assess.country import Request, build_country
from verdeelmodel.assess.evidence import gather_all
from verdeelmodel.kenmerken import registry
from verdeelmodel.model import FitOptions
from verdeelmodel.model.spec import ModelSpec, Part, Term
from verdeelmodel.population import open_population
from verdeelmodel.synthetic import SyntheticOptions, make_population

BASE = (
    "student",
    "benefit_unemployment",
    "age_25_to_30",
    "age_50_to_aow",
    "housing_corporation",
    "hci_low",
    "mental_care_use",
    "medication_depression",
    "jobs_per_labour_force",
)
CANDIDATES = ("schulden_en_gezondheidsproblemen", "echtscheiding_in_huishouden", "diabetes_in_huishouden", "urbanity")
EXACT = 1e-6
GEMEENTEN = (14, 34, 80, 106, 141, 153, 193, 202, 307, 344, 363, 392, 502, 518, 599, 637, 772, 855, 917, 935)


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    options = SyntheticOptions(scale=0.017, seed=3, years=(2020,), gemeenten=GEMEENTEN)
    population = open_population(make_population(tmp_path_factory.mktemp("peers") / "land", options))
    model = ModelSpec("proef", 2022, Part(tuple(Term(k, weight=0.0) for k in BASE), 0.0), Part((), 0.0))
    return build_country(Request(population, (2020,), model, CANDIDATES, registry(), FitOptions(threads=2)))


@pytest.fixture(scope="module")
def evidence(country):
    return {e.key: e for e in gather_all(country)}


@pytest.fixture(scope="module")
def logits(country):
    """statsmodels' estimates without and with each candidate, on the stored scale."""
    import statsmodels.api as sm

    x = country.design.dense(slice(0, country.design.households), standardised=True)
    y, base = country.design.outcome.astype(float), country.by_fold.base

    def fitted(columns):
        model = sm.Logit(y, x[:, columns])
        # Newton's own rule stops a step early on this many households; the last steps are taken by hand.
        beta = model.fit(disp=0, method="newton", maxiter=60).params
        for _ in range(3):
            beta = beta - np.linalg.solve(model.hessian(beta), model.score(beta))
        return beta, np.sqrt(np.diag(np.linalg.inv(-model.hessian(beta)))), model.loglike(beta), model.predict(beta)

    return y, x, base, fitted(base), {k: fitted(np.append(base, country.places(k))) for k in CANDIDATES}


def test_there_are_fifty_thousand_households(country):
    assert 40_000 < country.design.households < 70_000


@pytest.mark.parametrize("key", CANDIDATES)
def test_weight_error_and_likelihood_ratio(key, country, evidence, logits):
    _, _, _, small, large = logits
    beta, error, likelihood, _ = large[key]
    scale = country.design.scale[country.places(key)[0]]
    e = evidence[key]
    assert e.estimate == pytest.approx(beta[-1] / scale, rel=EXACT)
    assert e.se == pytest.approx(error[-1] / scale, rel=EXACT)
    assert e.likelihood_ratio == pytest.approx(2 * (likelihood - small[2]), rel=EXACT, abs=EXACT)


@pytest.mark.parametrize("key", CANDIDATES)
def test_mcfadden_auc_and_municipal_fit(key, country, evidence, logits):
    from sklearn.metrics import r2_score, roc_auc_score

    y, _, _, small, large = logits
    e = evidence[key]
    null = len(y) * (y.mean() * np.log(y.mean()) + (1 - y.mean()) * np.log(1 - y.mean()))
    assert e.mcfadden_gain == pytest.approx((small[2] - large[key][2]) / null, rel=EXACT, abs=1e-12)
    assert e.auc_gain == pytest.approx(roc_auc_score(y, large[key][3]) - roc_auc_score(y, small[3]), abs=EXACT)
    gemeente = np.repeat(
        country.design.areas.gemeente_of[country.design.segment_area], np.diff(country.design.pointers)
    )
    means = pd.DataFrame({"y": y, "small": small[3], "large": large[key][3], "n": 1.0}).groupby(gemeente)
    rates, size = means.mean(), means["n"].sum()
    gain = r2_score(rates.y, rates.large, sample_weight=size) - r2_score(rates.y, rates.small, sample_weight=size)
    assert e.municipal_r2_gain == pytest.approx(gain, rel=EXACT, abs=1e-9)
    apart = [float(np.average((rates[c] - rates.y).abs() / rates.y, weights=size)) for c in ("small", "large")]
    assert e.deviation_gain == pytest.approx(apart[0] - apart[1], rel=EXACT, abs=1e-9)


@pytest.mark.parametrize("key", CANDIDATES)
def test_score_test_and_own_part(key, country, evidence, logits):
    import statsmodels.api as sm

    y, x, base, small, _ = logits
    place = country.places(key)
    columns = np.append(base, place)
    model = sm.Logit(y, x[:, columns])
    start = np.append(small[0], np.zeros(len(place)))
    score, hessian = model.score(start), model.hessian(start)
    assert evidence[key].score == pytest.approx(float(score @ np.linalg.solve(-hessian, score)), rel=EXACT)
    explained = sm.WLS(x[:, place[0]], x[:, base], weights=small[3] * (1 - small[3])).fit().rsquared
    assert evidence[key].tolerance == pytest.approx(1 - explained, rel=EXACT)
    # The score test and the refit test the same: close where the effect is small, of one order where it is large.
    assert evidence[key].score == pytest.approx(evidence[key].likelihood_ratio, rel=0.25, abs=0.5)
