"""Which gemeenten lie far from the comparison group, in four ways, beside the number that chance alone gives."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from verdeelmodel.compare.least_squares import Floats
from verdeelmodel.compare.sample import Standardised, column_means
from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.table import Cell, Column, NotApplicable, Table, fewest
from verdeelmodel.wording import text

LIMIT = 2.0
# A median absolute deviation times this is a standard deviation when the values are normal.
NORMAL_MAD = float(1 / stats.norm.ppf(0.75))
MAHALANOBIS_LEVEL = 0.025
# Fewer gemeenten per kenmerk leave the robust covariance nothing to estimate.
GEMEENTEN_PER_KENMERK = 3
NOISE_DRAWS = 40


@dataclass(frozen=True, eq=False)
class Outliers:
    """Distances (gemeenten, kenmerken) from the comparison group in standard deviations, in three ways.

    `plain` as published, `left_out` without the gemeente itself in mean and deviation, `robust` by median and MAD.
    NaN where not known. `expected` is the number of |distance| above two that chance gives, per way.
    """

    standardised: Standardised
    plain: Floats
    left_out: Floats
    robust: Floats
    expected: dict[str, float]

    def __str__(self) -> str:
        return text("compare.outliers.summary", found=self.found("plain"), expected=round(self.expected["plain"]))

    def found(self, way: str) -> int:
        """The number of pairs of gemeente and kenmerk above two deviations."""
        return int((np.abs(getattr(self, way)) > LIMIT).sum())


WAYS = ("plain", "left_out", "robust")


def outliers(standardised: Standardised) -> Outliers:
    """The distances of every gemeente of the groups on every kenmerk."""
    compared = standardised.groups == 0
    values = standardised.values
    plain = values.copy()
    left_out = _left_out(values, compared)
    robust = _robust(values, compared)
    counts = (~np.isnan(values[compared])).sum(axis=0)
    expected = {way: _expected(way, values, compared, counts) for way in WAYS}
    return Outliers(standardised, plain, left_out, robust, expected)


def _left_out(values: Floats, compared: NDArray[np.bool_]) -> Floats:
    result = values.copy()
    for i in np.flatnonzero(compared):
        others = compared.copy()
        others[i] = False
        spread = deviation(values[others])
        result[i] = (values[i] - column_means(values[others])) / np.where(spread > 1e-12, spread, np.nan)
    return result


def deviation(values: Floats) -> Floats:
    """The standard deviation (columns,) of what is known in each column; zero where nothing is."""
    known = ~np.isnan(values)
    squares = np.where(known, values - column_means(values), 0) ** 2
    return np.asarray(np.sqrt(squares.sum(axis=0) / np.maximum(known.sum(axis=0) - 1, 1)))


def _robust(values: Floats, compared: NDArray[np.bool_]) -> Floats:
    result = np.full(values.shape, np.nan)
    for j in range(values.shape[1]):
        known = values[compared, j][~np.isnan(values[compared, j])]
        if len(known) == 0:
            continue
        middle = np.median(known)
        mad = NORMAL_MAD * np.median(np.abs(known - middle))
        if mad > 1e-12:
            result[:, j] = (values[:, j] - middle) / mad
    return result


def _expected(way: str, values: Floats, compared: NDArray[np.bool_], counts: NDArray[np.int_]) -> float:
    total = 0.0
    for j, n in enumerate(counts):
        if np.isnan(values[:, j]).all():
            continue
        inside, outside = chance_of_outlier(way, int(n))
        total += inside * n + outside * int((~np.isnan(values[~compared, j])).sum())
    return total


@cache
def chance_of_outlier(way: str, n: int) -> tuple[float, float]:
    """The chance that pure normal noise lies above two deviations: for a member of the n compared, and for others."""
    outside = float(2 * stats.t.sf(LIMIT / np.sqrt(1 + 1 / n), n - 1))
    if way == "plain":
        # The squared distance of a member, as a share of its maximum, has a beta distribution.
        share = LIMIT**2 * n / (n - 1) ** 2
        return (float(stats.beta.sf(share, 0.5, (n - 2) / 2)) if share < 1 and n > 2 else 0.0), outside
    if way == "left_out":
        return (float(2 * stats.t.sf(LIMIT / np.sqrt(1 + 1 / (n - 1)), n - 2)) if n > 2 else 0.0), outside
    return _simulated_robust(n)


def _simulated_robust(n: int) -> tuple[float, float]:
    # No closed form exists for median and MAD of so few values.
    draws = np.random.default_rng([n, 20_000]).standard_normal((20_000, n + 1))
    middle = np.median(draws[:, :n], axis=1, keepdims=True)
    mad = NORMAL_MAD * np.median(np.abs(draws[:, :n] - middle), axis=1, keepdims=True)
    far = np.abs(draws - middle) > LIMIT * mad
    return float(far[:, :n].mean()), float(far[:, n].mean())


def chosen_rows(standardised: Standardised, gemeenten: Sequence[str]) -> NDArray[np.intp]:
    """The rows of these gemeenten (codes or names); without any, those with a tekort or an overschot."""
    table = standardised.table
    if not gemeenten:
        return np.flatnonzero(standardised.groups > 0)
    place = {name.casefold(): i for i, name in enumerate(table.names)} | {
        c.casefold(): i for i, c in enumerate(table.codes)
    }
    known = (*table.names, *table.codes)
    what = text("compare.groups.gemeente")
    problems = [unknown_name(g, known, what, "--gemeente") for g in gemeenten if g.casefold() not in place]
    if problems:
        raise RequestError(text("compare.outliers.unknown"), problems)
    return np.array([place[g.casefold()] for g in gemeenten], dtype=np.intp)


def outliers_table(found: Outliers, rows: NDArray[np.intp] | None = None) -> Table:
    """Every pair of gemeente and kenmerk above two deviations in one of the three ways (outliers.csv)."""
    table = found.standardised.table
    chosen = range(len(table.codes)) if rows is None else rows
    pairs = [
        (i, j)
        for j in range(len(table.keys))
        for i in chosen
        if any(abs(getattr(found, way)[i, j]) > LIMIT for way in WAYS)
    ]
    values: dict[str, list[Cell]] = {
        "kenmerk": [table.keys[j] for _, j in pairs],
        "gm_code": [table.codes[i] for i, _ in pairs],
        "gm_naam": [table.names[i] for i, _ in pairs],
        "direction": [_direction(found, i, j) for i, j in pairs],
        "value": [float(table.values[i, j]) for i, j in pairs],
    }
    for way in WAYS:
        values[way] = [_distance(getattr(found, way)[i, j]) for i, j in pairs]
    kinds = {"kenmerk": "code", "gm_code": "code", "gm_naam": "text", "direction": "text"}
    columns = tuple(Column(key, text(f"compare.column.{key}"), kinds.get(key, "number")) for key in values)  # type: ignore[arg-type]
    made = Table("outliers", text("compare.outliers.title"), columns, values, table.synthetic, outlier_notes(found))
    return made.behind([table.behind(i, j) for i, j in pairs])


def outlier_notes(found: Outliers) -> tuple[str, ...]:
    """The rule, and the number found beside the number expected by chance in each way."""
    shares = [
        text(f"compare.outliers.way_{way}", found=found.found(way), expected=round(found.expected[way])) for way in WAYS
    ]
    return text("compare.outliers.note_rule"), text("compare.outliers.note_expected", ways="; ".join(shares))


def _direction(found: Outliers, i: int, j: int) -> str:
    strongest = max((getattr(found, way)[i, j] for way in WAYS), key=lambda z: abs(z) if np.isfinite(z) else -1.0)
    return text("compare.outliers.above" if strongest > 0 else "compare.outliers.below")


def _distance(z: float) -> Cell:
    return float(z) if np.isfinite(z) else NotApplicable(text("compare.reason.no_mad"))


def outliers_overview(found: Outliers, rows: NDArray[np.intp]) -> Table:
    """Per kenmerk the chosen gemeenten above and below two deviations: the layout of table 4.1."""
    table = found.standardised.table
    above = [[table.names[i] for i in rows if found.plain[i, j] > LIMIT] for j in range(len(table.keys))]
    below = [[table.names[i] for i in rows if found.plain[i, j] < -LIMIT] for j in range(len(table.keys))]
    shown = [j for j in range(len(table.keys)) if above[j] or below[j]]
    values: dict[str, list[Cell]] = {
        "thema": [table.kenmerken[j].thema for j in shown],
        "kenmerk": [table.kenmerken[j].label for j in shown],
        "above": [", ".join(above[j]) for j in shown],
        "below": [", ".join(below[j]) for j in shown],
    }
    columns = tuple(Column(key, text(f"compare.column.{key}")) for key in values)
    title = text("compare.outliers.title_overview")
    made = Table("outliers_overview", title, columns, values, table.synthetic, outlier_notes(found), row_group="thema")
    # Who stands out is told in names; behind each such word is a figure of a gemeente.
    everyone = fewest(table.households(code) for code in table.codes)
    return made.behind([everyone] * len(made), [c.key for c in columns])


@dataclass(frozen=True)
class FarGemeente:
    """How far a gemeente lies from the comparison group on all kenmerken of a thema together."""

    code: str
    name: str
    thema: str
    distance: float
    p: float

    def __str__(self) -> str:
        return f"{self.name} ({self.thema}): {self.distance:.2f}"


def mahalanobis(standardised: Standardised, seed: int = 2020) -> tuple[tuple[FarGemeente, ...], dict[str, str]]:
    """Robust Mahalanobis distances per thema, and per thema the reason where they cannot be computed.

    Centre and covariance are the minimum covariance determinant of the comparison group (scikit-learn); p-values are
    those of as many gemeenten and kenmerken of pure noise.
    """
    found: list[FarGemeente] = []
    reasons: dict[str, str] = {}
    for thema in dict.fromkeys(k.thema for k in standardised.kenmerken):
        columns = [
            j for j, k in enumerate(standardised.kenmerken) if k.thema == thema and k.key not in standardised.reasons
        ]
        complete = np.asarray(np.isfinite(standardised.values[:, columns]).all(axis=1))
        calm = complete & (standardised.groups == 0)
        if len(columns) < 2 or calm.sum() < GEMEENTEN_PER_KENMERK * len(columns):
            reasons[thema] = text("compare.reason.no_mahalanobis", kenmerken=len(columns), gemeenten=int(calm.sum()))
            continue
        squared = _robust_distance(standardised.values[:, columns], calm, complete, seed)
        if squared is None:
            reasons[thema] = text("compare.reason.kenmerken_collinear")
            continue
        noise = noise_distances(int(calm.sum()), len(columns))
        for i in np.flatnonzero(complete):
            code, name = standardised.table.codes[i], standardised.table.names[i]
            reference = noise[0 if calm[i] else 1]
            p = (1 + int((reference >= squared[i]).sum())) / (1 + len(reference))
            found.append(FarGemeente(code, name, thema, float(np.sqrt(squared[i])), p))
    return tuple(found), reasons


@cache
def noise_distances(n: int, kenmerken: int) -> tuple[Floats, Floats]:
    """Squared robust distances of pure noise: for members of a comparison group of n, and for gemeenten outside it.

    With so few gemeenten the distances are far larger than the chi-square distribution says; these tell how large.
    """
    from sklearn.covariance import MinCovDet

    random = np.random.default_rng([n, kenmerken])
    inside, outside = [], []
    for draw in range(NOISE_DRAWS):
        values = random.standard_normal((2 * n, kenmerken))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            distances = MinCovDet(random_state=draw).fit(values[:n]).mahalanobis(values)
        inside.append(distances[:n])
        outside.append(distances[n:])
    return np.concatenate(inside), np.concatenate(outside)


def _robust_distance(values: Floats, calm: NDArray[np.bool_], complete: NDArray[np.bool_], seed: int) -> Floats | None:
    """Squared distances (gemeenten,); None when the calm half of the comparison group has no full covariance."""
    from sklearn.covariance import MinCovDet

    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            fit = MinCovDet(random_state=seed).fit(values[calm])
        except UserWarning:
            return None
    result = np.full(len(values), np.nan)
    result[complete] = fit.mahalanobis(values[complete])
    return result


def mahalanobis_table(standardised: Standardised, seed: int = 2020) -> Table:
    """The gemeenten beyond the 97.5% point of their thema, with the number expected by chance in the notes."""
    everyone, reasons = mahalanobis(standardised, seed)
    far = sorted((g for g in everyone if g.p < MAHALANOBIS_LEVEL), key=lambda g: (g.thema, g.p, g.code))
    values: dict[str, list[Cell]] = {
        "thema": [g.thema for g in far],
        "gm_code": [g.code for g in far],
        "gm_naam": [g.name for g in far],
        "distance": [g.distance for g in far],
        "p": [g.p for g in far],
    }
    kinds = {"gm_code": "code", "distance": "number", "p": "number"}
    columns = tuple(
        Column(key, text(f"compare.column.{key}"), kinds.get(key, "text"), decimals=3 if key == "p" else None)  # type: ignore[arg-type]
        for key in values
    )
    expected = round(MAHALANOBIS_LEVEL * len(everyone))
    notes = [text("compare.outliers.note_mahalanobis", found=len(far), expected=expected)]
    notes += [f"{thema}: {NotApplicable(reason)}" for thema, reason in reasons.items()]
    title = text("compare.outliers.title_mahalanobis")
    table = standardised.table
    made = Table("outliers_multivariate", title, columns, values, table.synthetic, tuple(notes))
    return made.behind([table.households(g.code) for g in far])
