"""The same estimate by statsmodels or glum, as a cross-check: on a plain matrix, so for samples, not for a country."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from verdeelmodel.errors import RequestError
from verdeelmodel.model.assembling import Found
from verdeelmodel.model.design import Design, Floats, Longs
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.result import Convergence
from verdeelmodel.wording import text


def estimate_with(design: Design, active: Longs, options: FitOptions) -> Found:
    """What statsmodels or glum finds for these parameters; refuses what that engine cannot do."""
    if find_spec(options.engine) is None:
        raise RequestError(text("logit.engine_missing", engine=options.engine))
    fail_if_engine_cannot(design, options)
    counted = np.flatnonzero(design.counted(slice(0, design.households)))
    matrix = design.dense(slice(0, design.households))[counted][:, active]
    rows = slice(0, design.households)
    given = {"weight": design.weights_of(rows)[counted], "outcome": design.outcome[counted].astype(np.float64)}
    given["offset"] = design.offset[counted] if design.offset.size else np.zeros(len(counted))
    estimate = _statsmodels if options.engine == "statsmodels" else _glum
    return estimate(design, matrix, given, options, counted)


def fail_if_engine_cannot(design: Design, options: FitOptions) -> None:
    """The engine has this kind of standard errors, and no penalty is asked of it."""
    able = {"statsmodels": ("model", "hc0", "buurt", "gemeente"), "glum": ("model", "hc1")}[options.engine]
    kind = options.covariance
    what = [f"covariance='{kind}'"] if kind not in able or (design.weight.size and kind != "model") else []
    what += [f"separation='{options.separation}'"] if options.separation in ("ridge", "firth") else []
    if what:
        raise RequestError(text("logit.engine_cannot", engine=options.engine, what=", ".join(what)))


def _statsmodels(
    design: Design, matrix: Floats, given: dict[str, Floats], options: FitOptions, counted: Longs
) -> Found:
    import statsmodels.api as sm

    model = sm.GLM(
        given["outcome"], matrix, family=sm.families.Binomial(), freq_weights=given["weight"], offset=given["offset"]
    )
    plain = model.fit(tol=1e-13, maxiter=100)
    chosen, clusters = plain, None
    if options.covariance == "hc0":
        chosen = model.fit(tol=1e-13, maxiter=100, cov_type="HC0")
    elif options.covariance != "model":
        area = design.area_of_households(slice(0, design.households))[counted]
        groups = area if options.covariance == "buurt" else design.areas.gemeente_of[area]
        clusters = len(np.unique(groups))
        chosen = model.fit(tol=1e-13, maxiter=100, cov_type="cluster", cov_kwds={"groups": groups})
    passes = int(plain.fit_history["iteration"])
    return Found(
        estimate=np.asarray(plain.params),
        covariance=np.asarray(chosen.cov_params()),
        covariance_model=np.asarray(plain.cov_params()),
        log_likelihood=log_likelihood(matrix @ plain.params + given["offset"], given),
        null_log_likelihood=_null(sm, given),
        convergence=Convergence(bool(plain.converged), passes, 0.0),
        clusters=clusters,
    )


def _glum(design: Design, matrix: Floats, given: dict[str, Floats], options: FitOptions, counted: Longs) -> Found:
    import glum
    import statsmodels.api as sm

    data: dict[str, Any] = {"sample_weight": given["weight"], "offset": given["offset"]}
    model = glum.GeneralizedLinearRegressor(
        family="binomial", alpha=0, fit_intercept=True, gradient_tol=1e-11, max_iter=200, solver="irls-ls"
    )
    model.fit(matrix[:, 1:], given["outcome"], **data)
    estimate = np.concatenate([[model.intercept_], model.coef_])
    covariances = [
        np.asarray(
            model.covariance_matrix(
                matrix[:, 1:], given["outcome"], robust=robust, dispersion=1.0, expected_information=True, **data
            )
        )
        for robust in ((False, True) if options.covariance == "hc1" else (False,))
    ]
    # glum multiplies the model's own covariance by n / (n - k) too, which belongs to its robust one only.
    count = float(given["weight"].sum())
    covariances[0] *= (count - len(estimate)) / count
    return Found(
        estimate=estimate,
        covariance=covariances[-1],
        covariance_model=covariances[0],
        log_likelihood=log_likelihood(matrix @ estimate + given["offset"], given),
        null_log_likelihood=_null(sm, given),
        convergence=Convergence(bool(model.n_iter_ < 200), int(model.n_iter_), 0.0),
    )


def log_likelihood(eta: Floats, given: dict[str, Floats]) -> float:
    """Sum of weight · (outcome · eta - log(1 + exp(eta)))."""
    return float((given["weight"] * (given["outcome"] * eta - np.logaddexp(0.0, eta))).sum())


def _null(sm: Any, given: dict[str, Floats]) -> float:
    ones = np.ones((len(given["outcome"]), 1))
    model = sm.GLM(
        given["outcome"], ones, family=sm.families.Binomial(), freq_weights=given["weight"], offset=given["offset"]
    )
    return log_likelihood(model.fit(tol=1e-13).params[0] + given["offset"], given)
