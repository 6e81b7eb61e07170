"""The municipal frame: the 355 municipalities of 2020 with published figures of CBS, and what is derived from them.

The figures are those of persons and private households. The model counts units with their own right to bijstand and a
reference person of 18 to AOW age, so the margins of the synthetic country are derived from them, as written out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Frame: TypeAlias = "pd.DataFrame"
YEARS = (2017, 2018, 2019, 2020)
ANCHOR = 2020
# The number of units of the model in the whole country, and the share of them on bijstand in 2020.
NATIONAL_HOUSEHOLDS = 8_100_000
NATIONAL_RATE = 0.054
# The national number on bijstand by year, relative to 2020.
TREND = (1.06, 1.03, 1.0, 1.0)

COMPARISON, DEFICIT, SURPLUS = "vergelijking", "tekort", "overschot"
TYPES = ("alleenstaande", "paar", "paar_kinderen", "moeder", "vader", "overig", "thuiswonend")
ORIGINS = ("nederlands", "westers", "turks", "surinaams", "antilliaans", "marokkaans", "overig_niet_westers")
# Share of the inhabitants of 65 and over that lives alone, heads a couple, or heads a one-parent family.
OLDER_ALONE, OLDER_COUPLE, OLDER_PARENT = 0.32, 0.30, 0.015
MOTHERS = 0.83
# Share of the persons of an age group that heads a unit; the others are the partner of a head.
HEADS_BY_AGE = (0.96, 0.73, 0.62)


@dataclass(frozen=True)
class Margins:
    """What a municipality must look like; shares are fractions, one row per municipality of the frame.

    `types` (n, 7), `ages` (n, 3) for 18-24, 25-44 and 45 to AOW, `origins` (n, 7), `education` (n, 3) low to high,
    `housing` (n, 3) owner, corporation, other rent; `households` (n, years) and `rate` (n, years) of bijstand.
    """

    types: NDArray[np.float64]
    ages: NDArray[np.float64]
    origins: NDArray[np.float64]
    education: NDArray[np.float64]
    housing: NDArray[np.float64]
    households: NDArray[np.int64]
    rate: NDArray[np.float64]


def packaged(name: str) -> Frame:
    """A packaged table of facts of this room."""
    import pandas as pd

    with files("verdeelmodel.synthetic").joinpath("data", name).open(encoding="utf-8") as source:
        table: Frame = pd.read_csv(source, comment="#")
    return table


@cache
def frame() -> Frame:
    """The municipalities of 2020 by number, in order, with the published figures and their group in the study."""
    table = packaged("gemeenten.csv").set_index("gemeente", drop=False)
    groups = packaged("groepen.csv").set_index("gemeente")
    table["groep"] = groups.groep.reindex(table.index).fillna("")
    table["gepubliceerd_saldo"] = groups.saldo.reindex(table.index)
    return table


@cache
def published_differences() -> Frame:
    """The published coefficients of the groups by kenmerk, those of table 4.2 before those of table D.1."""
    table = packaged("verschillen.csv")
    return table.drop_duplicates("kenmerk").set_index("kenmerk")


def as_published(values: NDArray[np.float64], kenmerk: str, strength: float = 1.0) -> NDArray[np.float64]:
    """The values with the means of the two groups moved to the published distance from the comparison group.

    Distances are in standard deviations (n-1) of the comparison group, as in the regressions of the report.
    """
    groups = frame().groep.to_numpy()
    comparison = values[groups == COMPARISON]
    published = published_differences().loc[kenmerk]
    moved = values.copy()
    for group in (DEFICIT, SURPLUS):
        members = groups == group
        goal = comparison.mean() + strength * float(published.to_dict()[group]) * comparison.std(ddof=1)
        moved[members] += goal - values[members].mean()
    return moved


def chosen_gemeenten(wanted: tuple[int, ...]) -> NDArray[np.int64]:
    """The places in the frame of these municipalities (empty: all); a RequestError naming those that do not exist."""
    known = frame().index.to_numpy()
    if not wanted:
        return np.arange(len(known))
    problems = [
        unknown_name(str(g), [str(k) for k in known], text("synthetic.gemeente")) for g in wanted if g not in known
    ]
    if problems:
        raise RequestError(text("synthetic.no_such_gemeente"), problems)
    return np.flatnonzero(np.isin(known, np.asarray(wanted)))


@cache
def margins() -> Margins:
    """The margins of every municipality of the frame."""
    f = frame()
    units, types = _units(f)
    households = _per_year(f, NATIONAL_HOUSEHOLDS * units / units.sum())
    return Margins(
        types=types,
        ages=_ages(f),
        origins=_origins(f),
        education=_normalised(f, ["onderwijs_laag", "onderwijs_midden", "onderwijs_hoog"]),
        housing=_housing(f),
        households=households,
        rate=_rates(f, households),
    )


def _units(f: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Units below AOW age, and the shares of their types: older households are left out, adult children added."""
    older = f.inwoners_2020 * f.leeftijd_65 / 100
    other = (f.huishoudens - f.eenpersoons - f.paren - f.eenouder).clip(lower=0)
    parents = (f.eenouder - OLDER_PARENT * older).clip(lower=0.4 * f.eenouder)
    with_children = (f.met_kinderen / 100 * f.huishoudens - f.eenouder).clip(lower=0.05 * f.paren)
    couples = (f.paren - OLDER_COUPLE * older).clip(lower=1.15 * with_children)
    single = (f.eenpersoons - OLDER_ALONE * older).clip(lower=0.25 * f.eenpersoons)
    adult_children = 0.62 * f.met_kinderen / 100 * f.huishoudens
    counts = np.column_stack(
        [
            single,
            couples - with_children,
            with_children,
            MOTHERS * parents,
            (1 - MOTHERS) * parents,
            other + 0.01 * f.huishoudens,
            adult_children,
        ]
    ).astype(np.float64)
    return counts.sum(axis=1), counts / counts.sum(axis=1, keepdims=True)


def _per_year(f: Frame, in_2020: Any) -> NDArray[np.int64]:
    """Units per year: they follow the inhabitants."""
    inhabitants = f[[f"inwoners_{year}" for year in YEARS]].to_numpy(np.float64)
    return np.asarray(np.rint(np.asarray(in_2020)[:, None] * inhabitants / inhabitants[:, -1:]), dtype=np.int64)


def _ages(f: Frame) -> NDArray[np.float64]:
    persons = np.column_stack([0.7 * f.leeftijd_15_25, f.leeftijd_25_45, f.leeftijd_45_65 + 0.03 * f.leeftijd_65])
    heads = persons * np.asarray(HEADS_BY_AGE)
    return np.asarray(heads / heads.sum(axis=1, keepdims=True))


def _origins(f: Frame) -> NDArray[np.float64]:
    """Groups are published in whole percents; a quarter point keeps small groups, the sum is the published one.

    Dutch Caribbeans are below half a percent almost everywhere: there the published differences of the groups decide.
    """
    parts = f[["turkije", "suriname", "antillen", "marokko", "overig_niet_westers"]].to_numpy(np.float64) + 0.25
    caribbean = np.log(f.antillen.to_numpy(np.float64) + 0.45 + 0.01 * f.niet_westers.to_numpy(np.float64))
    parts[:, 2] = np.exp(as_published(caribbean, "origin_dutch_caribbean"))
    parts *= f.niet_westers.to_numpy(np.float64)[:, None] / parts.sum(axis=1, keepdims=True)
    dutch = 100 - f.niet_westers - f.westers
    return np.column_stack([dutch, f.westers, parts]) / 100


def _normalised(f: Frame, columns: list[str]) -> NDArray[np.float64]:
    values = f[columns].to_numpy(np.float64)
    return np.asarray(values / values.sum(axis=1, keepdims=True))


def _housing(f: Frame) -> NDArray[np.float64]:
    rent = np.maximum(100 - f.koop - f.corporatie, 2.0)
    values = np.column_stack([f.koop, f.corporatie, rent]).astype(np.float64)
    return np.asarray(values / values.sum(axis=1, keepdims=True))


def _rates(f: Frame, households: NDArray[np.int64]) -> NDArray[np.float64]:
    """Households on bijstand per unit: recipients per inhabitant of the municipality, at the national rate of 2020.

    Earlier years follow the published national number of recipients.
    """
    recipients = (f.bijstand_per_1000 * f.inwoners_2020 / 1000).to_numpy(np.float64)
    rate = recipients / households[:, -1]
    rate *= NATIONAL_RATE * households[:, -1].sum() / recipients.sum()
    return np.asarray(np.clip(rate[:, None] * np.asarray(TREND), 0.004, 0.25))
