"""What was wanted against what was made: the margins of every municipality, and the differences between the groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from verdeelmodel.errors import RequestError
from verdeelmodel.kenmerken import compute_gemeenten
from verdeelmodel.population import Population
from verdeelmodel.synthetic.frame import ANCHOR, ORIGINS, TYPES, YEARS, frame, margins, packaged
from verdeelmodel.synthetic.options import COMMAND
from verdeelmodel.synthetic.persons import GROUP_OF_CODE
from verdeelmodel.table import Column, Table
from verdeelmodel.wording import text

HOUSING = ("koop", "corporatie", "overige_huur")
AGES, AGE_LIMITS = ("leeftijd_18_24", "leeftijd_25_44", "leeftijd_45_aow"), (25, 45)
COLUMNS = ("gemeente", "household_type", "age_1", "origin_1", "housing", "bijstand")


@dataclass(frozen=True)
class Margin:
    """One margin: wanted and made per municipality, shape (g,), and the number of households behind each."""

    name: str
    wanted: NDArray[np.float64]
    made: NDArray[np.float64]
    households: NDArray[np.int64]

    @property
    def error(self) -> NDArray[np.float64]:
        """Made less wanted, as fractions, shape (g,)."""
        return self.made - self.wanted

    @property
    def mean_error(self) -> float:
        """Mean absolute error weighted by households."""
        return float(np.average(np.abs(self.error), weights=self.households))

    @property
    def worst(self) -> int:
        """The place of the municipality that is farthest off."""
        return int(np.argmax(np.abs(self.error)))


def made_here(population: Population) -> bool:
    """Whether this population says that `population make` made it."""
    return population.meta.synthetic and population.meta.made.startswith(COMMAND)


def compared_margins(population: Population, year: int = ANCHOR) -> list[Margin]:
    """Every margin of the frame as wanted and as made; a RequestError when the population was not made here."""
    if not made_here(population) or year not in YEARS:
        raise RequestError(text("synthetic.not_made_here"))
    codes = population.gemeenten(year)["gemeente"].to_numpy()
    place = {int(g): i for i, g in enumerate(frame().index)}
    at = np.array([place[int(g)] for g in codes])
    counted, households = _counted(population, year, np.sort(codes))
    wanted = _wanted(at, YEARS.index(year))
    return [Margin(name, wanted[name], counted[name] / households, households) for name in wanted]


def _wanted(at: NDArray[np.int64], year: int) -> dict[str, NDArray[np.float64]]:
    m = margins()
    groups = ((TYPES, m.types), (AGES, m.ages), (ORIGINS, m.origins), (HOUSING, m.housing))
    found = {name: values[at, i] for names, values in groups for i, name in enumerate(names)}
    return found | {"bijstand": m.rate[at, year]}


def _counted(
    population: Population, year: int, codes: NDArray[np.int64]
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.int64]]:
    size = len(codes)
    counts = {name: np.zeros(size) for name in (*TYPES, *AGES, *ORIGINS, *HOUSING, "bijstand")}
    households = np.zeros(size, np.int64)
    for chunk in population.chunks(year, COLUMNS):
        place = np.searchsorted(codes, chunk["gemeente"])
        households += np.bincount(place, minlength=size)
        sorts = (
            (TYPES, chunk["household_type"]),
            (AGES, np.digitize(chunk["age_1"], AGE_LIMITS)),
            (ORIGINS, GROUP_OF_CODE[chunk["origin_1"]]),
            (HOUSING, np.minimum(chunk["housing"], len(HOUSING) - 1)),
        )
        for names, values in sorts:
            table = np.bincount(place * len(names) + values, minlength=size * len(names)).reshape(size, len(names))
            for i, name in enumerate(names):
                counts[name] += table[:, i]
        counts["bijstand"] += np.bincount(place, weights=chunk["bijstand"], minlength=size)
    return counts, households


def compared_differences(population: Population, rules_year: int) -> pd.DataFrame:
    """Published and made distance of both groups from the comparison group, in its standard deviations, and the stars.

    A row per group and kenmerk of the published tables, with the columns group, kenmerk, published, made and starred.
    """
    table = packaged("verschillen.csv").set_index("kenmerk")
    found = compute_gemeenten(population, list(table.index), rules_year=rules_year)
    groups = frame().groep.reindex(found.index)
    rest = found[groups == "vergelijking"]
    rows = []
    for group in ("tekort", "overschot"):
        made = (found[groups == group].mean() - rest.mean()) / rest.std()
        starred = table[f"sterren_{group}"].notna()
        rows.append(pd.DataFrame({"group": group, "published": table[group], "made": made, "starred": starred}))
    return pd.concat(rows).rename_axis("kenmerk").reset_index()


def margins_table(population: Population, year: int = ANCHOR) -> Table:
    """A row per margin: national share wanted and made, mean absolute error and the municipality farthest off."""
    found = compared_margins(population, year)
    names = frame().set_index("gemeente").naam.to_dict()
    codes = population.gemeenten(year)["gemeente"].to_numpy()
    share = [(m, np.average(m.wanted, weights=m.households), np.average(m.made, weights=m.households)) for m in found]
    return Table(
        key="marges",
        title=text("synthetic.margins.title", year=year),
        columns=(
            Column("marge", text("synthetic.margins.margin")),
            Column("gewenst", text("synthetic.margins.wanted"), "share"),
            Column("gemaakt", text("synthetic.margins.made"), "share"),
            Column("fout", text("synthetic.margins.error"), "percentage_points", decimals=2),
            Column("grootste", text("synthetic.margins.largest"), "percentage_points", decimals=2),
            Column("waar", text("synthetic.margins.where")),
        ),
        values={
            "marge": [text(f"synthetic.margin.{m.name}") for m in found],
            "gewenst": [float(wanted) for _, wanted, _ in share],
            "gemaakt": [float(made) for _, _, made in share],
            "fout": [m.mean_error for m in found],
            "grootste": [float(np.abs(m.error).max()) for m in found],
            "waar": [str(names[int(codes[m.worst])]) for m in found],
        },
        synthetic=True,
        notes=(text("synthetic.margins.note"),),
        source=text("synthetic.margins.source"),
    ).public("invented")
