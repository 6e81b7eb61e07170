"""How the kenmerken hang together: correlations in clusters, and joint tests over kenmerken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from verdeelmodel.compare.evidence import with_degrees
from verdeelmodel.compare.least_squares import FIRST_CONTROL, Floats
from verdeelmodel.compare.regressions import Regressions
from verdeelmodel.compare.sample import Block, Sample, Standardised
from verdeelmodel.table import Cell, Column, NotApplicable, Table
from verdeelmodel.wording import text

# Kenmerken whose average correlation within a cluster is above this say much the same.
CLUSTER_CORRELATION = 0.7
GEMEENTEN_PER_TERM = 6


@dataclass(frozen=True, eq=False)
class Clusters:
    """Correlations (K, K) between kenmerken and the cluster number (K,) of each, numbered in order of appearance.

    `degrees` are, per kenmerk, the fewest degrees of freedom of any of its correlations.
    """

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    correlation: Floats
    cluster: tuple[int, ...]
    synthetic: bool = False
    degrees: tuple[int, ...] = ()

    def __str__(self) -> str:
        return text("compare.clusters.summary", kenmerken=len(self.keys), clusters=len(set(self.cluster)))


def clusters(standardised: Standardised, keys: Sequence[str]) -> Clusters:
    """Correlations over the gemeenten of the groups, and clusters by average linkage on 1 - |r|."""
    columns = [standardised.table.keys.index(key) for key in keys]
    labels = tuple(standardised.kenmerken[j].label for j in columns)
    correlation = pairwise_correlation(standardised.values[:, columns])
    numbers = _linked(correlation) if len(keys) > 1 else [1] * len(keys)
    order = {number: i for i, number in enumerate(dict.fromkeys(numbers), start=1)}
    found = tuple(order[number] for number in numbers)
    known = np.isfinite(standardised.values[:, columns]).astype(float)
    degrees = tuple(int(n) - 2 for n in (known.T @ known).min(axis=1)) if keys else ()
    return Clusters(tuple(keys), labels, correlation, found, standardised.table.synthetic, degrees)


def pairwise_correlation(values: Floats) -> Floats:
    """Correlations (K, K) over the gemeenten for which both kenmerken are known; zero where they cannot be computed."""
    import pandas as pd

    found = pd.DataFrame(values).corr(min_periods=3).to_numpy(copy=True)
    found[np.isnan(found)] = 0.0
    np.fill_diagonal(found, 1.0)
    return np.asarray(found)


def _linked(correlation: Floats) -> list[int]:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distance = np.clip(1 - np.abs(correlation), 0.0, 1.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    return [int(number) for number in fcluster(tree, t=1 - CLUSTER_CORRELATION, criterion="distance")]


def representatives(found: Clusters, regressions: Regressions, gemeenten: int) -> tuple[str, ...]:
    """Per cluster the kenmerk with the strongest finding, in order of the table; at most one per six gemeenten.

    More kenmerken than that in one model would leave each of them too little to be estimated from.
    """
    strength = {key: regressions.of(key).p_any for key in found.keys}
    best: dict[int, str] = {}
    for key, number in zip(found.keys, found.cluster, strict=True):
        if number not in best or strength[key] < strength[best[number]]:
            best[number] = key
    strongest = sorted(best.values(), key=lambda key: (strength[key], key))[: gemeenten // GEMEENTEN_PER_TERM]
    return tuple(key for key in found.keys if key in strongest)


def clusters_table(found: Clusters) -> Table:
    """Per kenmerk its cluster and the kenmerk it correlates with most."""
    others = np.abs(found.correlation) - 2 * np.eye(len(found.keys))
    values: dict[str, list[Cell]] = {
        "cluster": list(found.cluster),
        "kenmerk": list(found.labels),
        "nearest": [],
        "correlation": [],
    }
    alone = NotApplicable(text("compare.reason.single_kenmerk"))
    for i in range(len(found.keys)):
        near = int(np.argmax(others[i]))
        values["nearest"].append(found.labels[near] if len(found.keys) > 1 else alone)
        values["correlation"].append(float(found.correlation[i, near]) if len(found.keys) > 1 else alone)
    kinds = {"cluster": "count", "correlation": "number"}
    columns = tuple(Column(k, text(f"compare.column.{k}"), kinds.get(k, "text")) for k in values)  # type: ignore[arg-type]
    note = text("compare.clusters.note", limit=CLUSTER_CORRELATION)
    table = Table("clusters", text("compare.clusters.title"), columns, values, found.synthetic, (note,))
    told = with_degrees(table, found.degrees).public("counting", ("cluster",))
    return told.select(sorted(range(len(found.keys)), key=lambda i: found.cluster[i]))


def correlations_table(found: Clusters) -> Table:
    """The correlations as a square table."""
    values: dict[str, list[Cell]] = {"kenmerk": list(found.keys)}
    for i, key in enumerate(found.keys):
        values[key] = [float(r) for r in found.correlation[i]]
    columns = (Column("kenmerk", text("compare.column.kenmerk"), "code"), *(Column(k, k, "number") for k in found.keys))
    table = Table("correlations", text("compare.clusters.title_correlations"), columns, values, found.synthetic)
    return with_degrees(table, found.degrees)


@dataclass(frozen=True)
class JointTest:
    """One test that none of a set of kenmerken differs between the groups; statistic and p are None with a reason."""

    name: str
    control: str
    kenmerken: int
    gemeenten: int
    wald: float | None = None
    p_wald: float | None = None
    wilks_f: float | None = None
    p_wilks: float | None = None
    reason: str = ""

    def __str__(self) -> str:
        if self.wald is None:
            return f"{self.name}: {NotApplicable(self.reason)}"
        return f"{self.name}: chi2({2 * self.kenmerken}) = {self.wald:.2f}, p = {self.p_wald:.4f}"


def joint_test(sample: Sample, name: str, keys: Sequence[str]) -> JointTest:
    """The joint test over these kenmerken, on the gemeenten for which all are known."""
    wanted = [sample.standardised.table.keys.index(key) for key in keys if key not in sample.reasons]
    rows, X, Y = _complete(sample, wanted)
    if not wanted:
        return JointTest(name, sample.control, 0, 0, reason=text("compare.reason.no_kenmerken"))
    if len(rows) - X.shape[1] <= len(wanted):
        reason = text("compare.reason.too_many_kenmerken", kenmerken=len(wanted), gemeenten=len(rows))
        return JointTest(name, sample.control, len(wanted), len(rows), reason=reason)
    residual = Y - X @ np.linalg.lstsq(X, Y, rcond=None)[0]
    if np.linalg.matrix_rank(residual, tol=1e-8 * np.linalg.norm(residual)) < len(wanted):
        reason = text("compare.reason.kenmerken_collinear")
        return JointTest(name, sample.control, len(wanted), len(rows), reason=reason)
    wald = _wald(X, Y)
    f, p_f = _wilks(X, Y)
    p = float(stats.chi2.sf(wald, 2 * len(wanted)))
    return JointTest(name, sample.control, len(wanted), len(rows), wald, p, f, p_f)


def _complete(sample: Sample, wanted: Sequence[int]) -> tuple[list[int], Floats, Floats]:
    blocks: list[tuple[Block, int]] = [(b, int(j)) for b in sample.blocks for j in b.columns if int(j) in wanted]
    if not blocks:
        return [], np.empty((0, 3)), np.empty((0, 0))
    shared = set.intersection(*({int(r) for r in block.rows} for block, _ in blocks))
    rows = sorted(shared)
    first = blocks[0][0]
    return rows, first.X[np.isin(first.rows, rows)], sample.standardised.values[np.ix_(rows, list(wanted))]


def _wald(X: Floats, Y: Floats) -> float:
    """The Wald statistic of the seemingly unrelated regressions (linearmodels), small-sample covariance."""
    from linearmodels.system import SUR

    equations = {f"y{i}": {"dependent": Y[:, i], "exog": X} for i in range(Y.shape[1])}
    fit = SUR(equations).fit(cov_type="unadjusted", debiased=True)
    width = X.shape[1]
    chosen = [i * width + place for i in range(Y.shape[1]) for place in (1, 2)]
    b = fit.params.to_numpy()[chosen]
    covariance = fit.cov.to_numpy()[np.ix_(chosen, chosen)]
    return float(b @ np.linalg.solve(covariance, b))


def _wilks(X: Floats, Y: Floats) -> tuple[float, float]:
    """Wilks' lambda as F, which is exact for two group indicators and normal kenmerken (statsmodels)."""
    from statsmodels.multivariate.manova import MANOVA
    from statsmodels.regression.linear_model import OLS

    hypothesis = np.zeros((2, X.shape[1]))
    hypothesis[0, 1] = hypothesis[1, 2] = 1.0
    if Y.shape[1] == 1:
        test = OLS(Y[:, 0], X).fit().f_test(hypothesis)
        return float(test.fvalue), float(test.pvalue)
    found = MANOVA(Y, X).mv_test([("groups", hypothesis)])
    row = found.results["groups"]["stat"].loc["Wilks' lambda"]
    return float(row["F Value"]), float(row["Pr > F"])


def joint_tests(sample: Sample, systematic: Sequence[str]) -> tuple[JointTest, ...]:
    """A joint test per thema, and one over the systematic kenmerken."""
    themas = dict.fromkeys(k.thema for k in sample.standardised.kenmerken)
    tests = [
        joint_test(sample, thema, [k.key for k in sample.standardised.kenmerken if k.thema == thema])
        for thema in themas
    ]
    return (*tests, joint_test(sample, text("compare.joint.systematic"), systematic))


def joint_table(tests: Sequence[JointTest], synthetic: bool = False) -> Table:
    """The joint tests: the Wald test of the system and the exact F beside it."""
    values: dict[str, list[Cell]] = {
        "set": [t.name for t in tests],
        "control": [t.control for t in tests],
        "kenmerken": [t.kenmerken for t in tests],
        "n": [t.gemeenten for t in tests],
    }
    for key in ("wald", "p_wald", "wilks_f", "p_wilks"):
        found = [getattr(t, key) for t in tests]
        values[key] = [NotApplicable(t.reason) if v is None else v for t, v in zip(tests, found, strict=True)]
    kinds = {"set": "text", "control": "code", "kenmerken": "count", "n": "count"}
    columns = tuple(
        Column(k, text(f"compare.column.{k}"), kinds.get(k, "number"), decimals=3 if k[0] == "p" else None)  # type: ignore[arg-type]
        for k in values
    )
    table = Table("joint", text("compare.joint.title"), columns, values, synthetic, (text("compare.joint.note"),))
    return with_degrees(table, [t.gemeenten - t.kenmerken - FIRST_CONTROL for t in tests])
