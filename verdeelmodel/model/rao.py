"""Rao's score tests: would a candidate column improve a fitted model? For many candidates in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from verdeelmodel.model.algebra import invert, product
from verdeelmodel.model.design import Design, Floats, Longs
from verdeelmodel.model.guards import totals
from verdeelmodel.model.logit import active_parameters
from verdeelmodel.model.passes import score_and_moments, variances
from verdeelmodel.model.predicting import stored_estimate
from verdeelmodel.model.result import LogitResult
from verdeelmodel.model.workers import Workers
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ScoreTest:
    """The test of one candidate column, all its levels together.

    `statistic` is chi-squared with `degrees_of_freedom` when the candidate has no effect; `one_step` holds the first
    Newton step of its coefficients per parameter key: an approximation of their estimates. A candidate that follows
    from the model (or never varies) is not applicable.
    """

    key: str
    statistic: float | NotApplicable
    degrees_of_freedom: int
    p: float | NotApplicable
    one_step: dict[str, float]
    households: int


@dataclass(frozen=True)
class ScoreTests:
    """Score tests of candidates against one fitted model, in the order in which they were asked."""

    tests: tuple[ScoreTest, ...]

    def to_frame(self) -> pd.DataFrame:
        """key, statistic, degrees_of_freedom, p and households: one row per candidate."""
        import pandas as pd

        names = ("key", "statistic", "degrees_of_freedom", "p", "households")
        rows = [[getattr(test, name) for name in names] for test in self.tests]
        plain = [[None if isinstance(cell, NotApplicable) else cell for cell in row] for row in rows]
        return pd.DataFrame(plain, columns=list(names))

    def __str__(self) -> str:
        return "\n".join(
            text("logit.score_test", name=test.key, statistic=_short(test.statistic), df=test.degrees_of_freedom,
                 p=_short(test.p))
            for test in self.tests
        )  # fmt: skip


def _short(value: float | NotApplicable) -> str:
    return str(value) if isinstance(value, NotApplicable) else f"{value:.4g}"


def score_tests(
    design: Design, result: LogitResult, candidates: Sequence[str], threads: int | None = None
) -> ScoreTests:
    """Test each candidate column (or parameter) of the design that is not in the fitted model.

    Uses the model-based information, as the textbook statistic does: U' V U with V the inverse of the candidate's
    information after the model's own columns. The design must be the one fitted on, households included.
    """
    estimate = stored_estimate(design, result)
    base = np.array(sorted(design.position[key] for key in result.keys), dtype=np.int64)
    chosen = {key: np.setdiff1d(active_parameters(design, [key]), [0]) for key in candidates}
    with Workers(threads) as workers:
        score, information = score_and_moments(design, estimate, variances(design), workers)
        known = totals(design, workers)
    gradient = known.target - score.expected
    inverse = invert(information[np.ix_(base, base)]).matrix
    every = np.unique(np.concatenate([*chosen.values()])) if chosen else np.zeros(0, dtype=np.int64)
    across = information[np.ix_(base, every)]
    explained = np.einsum("bk,bc->kc", across, np.einsum("bd,dc->bc", inverse, across))
    remaining = information[np.ix_(every, every)] - explained
    rest = gradient[every] - product(np.ascontiguousarray(across.T), product(inverse, gradient[base]))
    tests = [
        _test(design, key, places, np.searchsorted(every, places), rest, remaining, information, known.households)
        for key, places in chosen.items()
    ]
    return ScoreTests(tuple(tests))


def _test(
    design: Design,
    key: str,
    places: Longs,
    at: Longs,
    gradient: Floats,
    remaining: Floats,
    information: Floats,
    count: Floats,
) -> ScoreTest:
    total = np.diag(information)[places]
    kept = np.flatnonzero((np.diag(remaining)[at] > 1e-10 * total) & (total > 0))
    inverse = invert(remaining[np.ix_(at[kept], at[kept])])
    steps = product(inverse.matrix, gradient[at[kept]])
    freedom = len(kept) - len(inverse.dependences)
    households = round(float(count[places].sum())) if places.max() < design.dummies.stop else int(count[0])
    if freedom == 0:
        reason = NotApplicable(text("logit.candidate_dependent"))
        return ScoreTest(key, reason, 0, reason, {}, households)
    statistic = float((steps * gradient[at[kept]]).sum())
    own = steps / design.scale[places[kept]]
    named = {design.parameters[int(p)].key: float(v) for p, v in zip(places[kept], own, strict=True)}
    return ScoreTest(key, statistic, freedom, float(chdtrc(freedom, statistic)), named, households)
