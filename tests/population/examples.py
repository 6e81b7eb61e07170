"""Small populations made from a seed: valid in every rule, with every column of the schema."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from verdeelmodel.population import MemoryPopulation, PopulationMeta, PopulationWriter, table_schema

GEMEENTEN = {14: "Groningen", 518: "'s-Gravenhage", 718: "Vlissingen"}
META = PopulationMeta(
    name="Voorbeeld",
    synthetic=True,
    division=2020,
    years=(2019, 2020),
    seed=1,
    scale=0.001,
    sources=("test",),
    made="t",
)


def random_households(rows: int, seed: int = 1, gemeenten: tuple[int, ...] = tuple(GEMEENTEN)) -> dict[str, np.ndarray]:
    """Households with every declared column, consistent with one another."""
    rng = np.random.default_rng(seed)
    schema = table_schema("households")
    gemeente = np.sort(rng.choice(gemeenten, rows)).astype(np.int16)
    buurt = gemeente.astype(np.int32) * 10_000 + rng.integers(1, 4, rows)
    order = np.lexsort((buurt, gemeente))
    columns = {name: _draw(column, rows, rng) for name, column in schema.columns.items()}
    columns |= {"household": np.arange(rows), "gemeente": gemeente[order], "buurt": buurt[order]}
    columns |= _consistent(rng, rows)
    return {name: np.asarray(v, schema.columns[name].dtype) for name, v in columns.items()}


def _draw(column, rows, rng):
    if column.type == "bool":
        return rng.random(rows) < 0.1
    if column.codes:
        return rng.choice([c.value for c in column.codes], rows)
    low = int(column.minimum if column.minimum is not None else 0)
    high = int(min(column.maximum if column.maximum is not None else low + 10, low + 10))
    return rng.integers(low, high + 1, rows)


def _consistent(rng, rows):
    kind = rng.integers(0, 7, rows)
    couple = np.isin(kind, (1, 2, 5))
    children = np.isin(kind, (2, 3, 4))
    bijstand = rng.random(rows) < 0.1
    persons = 1 + couple + children
    slots = {f"{name}_3": np.full(rows, -1) for name in ("age", "sex", "origin", "generation", "hci")}
    for name, low, high in (("age", 18, 60), ("sex", 1, 3), ("origin", 0, 25), ("generation", 0, 3), ("hci", 0, 4)):
        slots[f"{name}_1"] = rng.integers(low, high, rows)
        slots[f"{name}_2"] = np.where(couple, rng.integers(low, high, rows), -1)
    return slots | {
        "household_type": kind,
        "adults": 1 + couple,
        "persons": persons,
        "kostendelers": np.minimum(persons, 3),
        "age_youngest_child": np.where(children, rng.integers(0, 18, rows), -1),
        "recent_2": np.zeros(rows, bool),
        "recent_3": np.zeros(rows, bool),
        "assets": np.where(bijstand, 100, rng.integers(0, 100_000, rows)),
        "home_equity": np.zeros(rows),
        "bijstand": bijstand,
        "bijstand_months": np.where(bijstand, rng.integers(1, 100, rows), 0),
        "fraction_paid": np.where(bijstand, np.round(rng.random(rows), 3), -1).astype(np.float32),
        "dropouts": np.zeros(rows),
        "dropouts_psychological": np.zeros(rows),
        "dropout_age": np.full(rows, -1),
        "zelfstandigen": np.ones(rows),
        "zzp": np.zeros(rows),
        "housing": np.ones(rows),
        "labour_force": np.minimum(1 + couple, 2),
        "working": np.zeros(rows),
        "weight": np.ones(rows),
    }


def area_tables(households: dict[int, dict[str, np.ndarray]]) -> dict[str, pd.DataFrame]:
    """The tables of gemeenten and buurten that agree with these households."""
    gemeenten, buurten = [], []
    for year, columns in households.items():
        for buurt, count in zip(*np.unique(columns["buurt"], return_counts=True), strict=True):
            gemeente = int(buurt) // 10_000
            buurten.append((int(buurt), year, gemeente, int(buurt) // 100, int(count)))
        for gemeente, count in zip(*np.unique(columns["gemeente"], return_counts=True), strict=True):
            code = f"GM{gemeente:04d}"
            gemeenten.append((int(gemeente), year, code, GEMEENTEN[int(gemeente)], 2 * int(count), int(count)))
    return {
        "gemeenten": pd.DataFrame(
            gemeenten, columns=["gemeente", "year", "code", "name", "inhabitants", "households"]
        ).assign(budget=1e6 / 3, net_expenditure=lambda f: f["budget"] * 1.01),
        "buurten": pd.DataFrame(buurten, columns=["buurt", "year", "gemeente", "wijk", "households"]),
    }


def memory_population(rows: int = 300, meta: PopulationMeta = META) -> MemoryPopulation:
    """A small valid population in memory."""
    households = {year: random_households(rows, seed=year) for year in meta.years}
    return MemoryPopulation(meta, households, area_tables(households))


def write(population: MemoryPopulation, folder: Path, rows: int = 97) -> Path:
    """The population as a folder, written in blocks of `rows`."""
    with PopulationWriter(folder, population.meta) as writer:
        for year in population.years:
            for block in population.chunks(year, rows=rows):
                writer.households(year, block)
        for table in population.tables():
            writer.table(table, population.table(table))
    return folder
