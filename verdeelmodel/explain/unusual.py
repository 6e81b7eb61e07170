"""On which kenmerken a gemeente is unusual: farther from the comparison group than chance makes so many kenmerken.

The distances are those of the outlier test of the comparison room, for every gemeente of the country: in standard
deviations of the comparison group, the gemeente itself left out. A p-value is the chance of such a distance when
kenmerken are normal; with so many kenmerken some are far by chance alone, so they are corrected together (the expected
share of false findings, Benjamini and Hochberg), as in a comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from verdeelmodel.compare.from_population import computable, population_kenmerken, registered
from verdeelmodel.compare.groups import SMALLEST_GROUP, VERGELIJKING, GemeenteTable, Groups
from verdeelmodel.compare.outliers import LIMIT, Outliers, chance_of_outlier, deviation, outliers
from verdeelmodel.compare.sample import Standardised, column_means, standardise
from verdeelmodel.compare.theory import benjamini_hochberg
from verdeelmodel.errors import RequestError
from verdeelmodel.explain.themes import theme_name
from verdeelmodel.kenmerken import registry
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.kenmerken import Registry
    from verdeelmodel.population.population import Population

    Floats = NDArray[np.float64]

LEVEL = 0.05
HOUSEHOLD_SHARE = ("huishouden", "ja_nee")
PER_THOUSAND, PER_MILLION = 1e3, 1e6


@dataclass(frozen=True)
class UnusualKenmerk:
    """One kenmerk of one gemeente: its value, those of others, the distance and its q-value.

    Values are in `unit` (a share is a percentage). `distance` is in standard deviations of the comparison group,
    `higher_than` the part of all gemeenten with a lower value.
    """

    key: str
    theme: str
    label: str
    unit: str
    own: float
    country: float
    comparison: float
    distance: float
    higher_than: float
    q: float

    def __str__(self) -> str:
        return f"{self.label}: {self.distance:+.1f} (q {self.q:.3f})"

    @property
    def holds(self) -> bool:
        """Whether it stays a finding after correction for the number of kenmerken."""
        return self.q < LEVEL


@dataclass(frozen=True)
class UnusualOf:
    """The kenmerken more than two standard deviations from the comparison group, the most certain first.

    `expected` is how many of the `kenmerken` examined do so by chance alone.
    """

    found: tuple[UnusualKenmerk, ...]
    kenmerken: int
    expected: float

    def __str__(self) -> str:
        return f"{len(self.found)} of {self.kenmerken} ({self.expected:.0f} by chance)"

    @property
    def holding(self) -> tuple[UnusualKenmerk, ...]:
        """Those that stay a finding after correction."""
        return tuple(one for one in self.found if one.holds)


@dataclass(frozen=True, eq=False)
class Unusual:
    """The distances of every gemeente on every kenmerk, with q-values (gemeenten, kenmerken); NaN where not known."""

    outliers: Outliers
    q: Floats
    factors: Floats
    units: tuple[str, ...]
    labels: tuple[str, ...]

    def __str__(self) -> str:
        return str(self.outliers)

    @property
    def members(self) -> int:
        """How many gemeenten are compared with."""
        return int((self.outliers.standardised.groups == 0).sum())

    def of(self, gemeente: int) -> UnusualOf | None:
        """What is unusual about one gemeente; None when it is not in the table."""
        table = self.outliers.standardised.table
        code = format_gemeente(gemeente)
        if code not in table.codes:
            return None
        at = table.codes.index(code)
        distance = self.outliers.left_out[at]
        known = np.isfinite(distance)
        far = [int(j) for j in np.flatnonzero(known & (np.abs(np.where(known, distance, 0.0)) > LIMIT))]
        far.sort(key=lambda j: (float(self.q[at, j]), -abs(float(distance[j])), table.keys[j]))
        inside = bool(self.outliers.standardised.groups[at] == 0)
        chance = chance_of_outlier("left_out", self.members)[0 if inside else 1]
        return UnusualOf(tuple(self._one(at, j) for j in far), int(known.sum()), chance * int(known.sum()))

    def _one(self, at: int, j: int) -> UnusualKenmerk:
        standardised = self.outliers.standardised
        kenmerk, values, factor = standardised.kenmerken[j], standardised.raw[:, j], float(self.factors[j])
        others = standardised.groups == 0
        others[at] = False
        known = values[np.isfinite(values)]
        return UnusualKenmerk(
            kenmerk.key,
            theme_name(kenmerk.thema),
            self.labels[j],
            self.units[j],
            own=factor * float(values[at]),
            country=factor * float(known.mean()),
            comparison=factor * float(np.nanmean(values[others])),
            distance=float(self.outliers.left_out[at, j]),
            higher_than=float((known < values[at]).mean()),
            q=float(self.q[at, j]),
        )


def unusual_kenmerken(
    population: Population,
    groups: Mapping[str, tuple[int, ...]],
    households: Mapping[int, float],
    known: Registry | None = None,
) -> Unusual | None:
    """The unusual kenmerken of every gemeente over all years, as `compare` has them.

    They are measured against the comparison group of the study, or against all gemeenten when there are no groups.
    `households` is the number in the files by gemeente. None when a population has too few gemeenten, or the columns of
    no kenmerk.
    """
    declared = known or registry()
    try:
        keys, _ = computable(population, registered())
    except RequestError:
        return None
    kenmerken, _ = population_kenmerken(population, keys)
    table = kenmerken.table
    if len(table.codes) <= SMALLEST_GROUP + 1:
        return None
    found = outliers(everyone(table, groups))
    factors, units = reading_scales(table, declared)
    number = np.array([households.get(int(code[2:]), 0.0) for code in table.codes])
    labels = tuple(declared[k.key].name() if k.key in declared else k.label for k in table.kenmerken)
    q = corrected(found, own_variance(found.standardised, number, declared))
    return Unusual(found, q, factors, units, labels)


def everyone(table: GemeenteTable, groups: Mapping[str, tuple[int, ...]]) -> Standardised:
    """Every gemeente of the table in standard deviations of the comparison group, or of all when there is none."""
    if VERGELIJKING in groups:
        members = Groups(**{key: tuple(map(format_gemeente, codes)) for key, codes in groups.items()})
        base, numbers = standardise(table, members), members.numbers(table.codes)
        means, deviations, reasons = base.means, base.deviations, base.reasons
    else:
        numbers = np.zeros(len(table.codes), dtype=np.int8)
        means, deviations = column_means(table.values), deviation(table.values)
        constant = text("compare.reason.constant_in_comparison")
        reasons = {key: constant for key, d in zip(table.keys, deviations, strict=True) if not d > 1e-12}
    usable = np.array([key not in reasons for key in table.keys])
    values = np.full(table.values.shape, np.nan)
    values[:, usable] = (table.values[:, usable] - means[usable]) / deviations[usable]
    return Standardised(table, numbers, values, means, deviations, reasons)


def own_variance(standardised: Standardised, households: Floats, declared: Registry) -> Floats:
    """How much more a share varies by the number of its own households than in the gemeenten compared with.

    In squared deviations of the comparison group, whose share it is taken to be. Zero for kenmerken that are no share
    of households, and for a gemeente with as many households as those compared with.
    """
    shares = np.array(
        [k in declared and (declared[k].eenheid, declared[k].soort) == HOUSEHOLD_SHARE for k in standardised.table.keys]
    )
    usual = np.clip(np.where(shares, standardised.means, 0.0), 0.0, 1.0)
    spread = np.where(shares & (standardised.deviations > 0), standardised.deviations, 1.0)
    each = usual * (1 - usual) / spread**2 / np.maximum(households, 1.0)[:, None]
    return np.asarray(np.maximum(each - each[standardised.groups == 0].mean(axis=0), 0.0))


def corrected(found: Outliers, own: Floats) -> Floats:
    """The q-value of every distance, corrected within each gemeente for its number of kenmerken.

    `own` (gemeenten, kenmerken) is added to the variance that a distance has by chance.
    """
    compared = found.standardised.groups == 0
    counts = np.isfinite(found.standardised.values[compared]).sum(axis=0)
    n = np.maximum(np.where(compared[:, None], counts - 1, counts), 1).astype(float)
    p = 2 * stats.t.sf(np.abs(found.left_out) / np.sqrt(1 + 1 / n + own), np.maximum(n - 1, 1))
    q = np.full(p.shape, np.nan)
    for row, mine in enumerate(p):
        there = np.isfinite(mine)
        q[row, there] = benjamini_hochberg(mine[there])
    return q


def reading_scales(table: GemeenteTable, declared: Registry) -> tuple[Floats, tuple[str, ...]]:
    """By what each kenmerk is multiplied to be readable, and what its unit is then called."""
    made = []
    for key, values in zip(table.keys, table.values.T, strict=True):
        kind = declared[key].soort if key in declared else "getal"
        largest = float(np.nanmax(np.abs(values), initial=0.0))
        if kind in ("ja_nee", "aandeel"):
            made.append((100.0, "%"))
        elif largest >= 1 or largest == 0:
            made.append((1.0, ""))
        elif largest >= 1 / PER_THOUSAND:
            made.append((PER_THOUSAND, text("explain.per_thousand")))
        else:
            made.append((PER_MILLION, text("explain.per_million")))
    return np.array([factor for factor, _ in made]), tuple(unit for _, unit in made)
