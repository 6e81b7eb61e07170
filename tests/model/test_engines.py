"""The other engines give the same result object, and say what they cannot do."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model.designs import make_households
from verdeelmodel.errors import RequestError
from verdeelmodel.model import FitOptions, fit_logit

ENGINES = ["statsmodels", pytest.param("glum", marks=pytest.mark.filterwarnings("ignore"))]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("weights", ["none", "frequency"])
def test_every_engine_gives_the_same_result(engine, weights):
    households = make_households(4000, seed=51, continuous=1)
    generator = np.random.default_rng(52)
    households.extra = {"offset": generator.normal(0, 0.2, 4000)}
    if weights == "frequency":
        households.extra |= {"weight": generator.integers(0, 3, 4000), "weights": weights}
    design = households.design()
    own, other = fit_logit(design), fit_logit(design, options=FitOptions(engine=engine))
    assert other.engine == engine
    assert other.keys == own.keys
    assert other.households == own.households
    np.testing.assert_allclose(own.estimate, other.estimate, atol=1e-6)
    np.testing.assert_allclose(own.se, other.se, rtol=1e-5)
    assert own.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-10)
    assert own.null_log_likelihood == pytest.approx(other.null_log_likelihood, rel=1e-9)


@pytest.mark.parametrize(("engine", "kind"), [("statsmodels", "hc0"), ("statsmodels", "gemeente"), ("glum", "hc1")])
def test_robust_errors_of_other_engines(engine, kind):
    design = make_households(4000, seed=53, continuous=1).design()
    own = fit_logit(design, options=FitOptions(covariance=kind))
    other = fit_logit(design, options=FitOptions(covariance=kind, engine=engine))
    np.testing.assert_allclose(own.se, other.se, rtol=1e-5)
    assert own.clusters == other.clusters


def test_what_an_engine_cannot_do_is_said():
    design = make_households(800, seed=54).design()
    with pytest.raises(RequestError, match="hc1"):
        fit_logit(design, options=FitOptions(engine="statsmodels", covariance="hc1"))
    with pytest.raises(RequestError, match="firth"):
        fit_logit(design, options=FitOptions(engine="statsmodels", separation="firth"))
