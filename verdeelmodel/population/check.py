"""Checking a whole population against every declared rule, in one pass over the households of each year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.law.norms import wealth_limits
from verdeelmodel.law.weights import model_years
from verdeelmodel.law.yearly import aow_ages
from verdeelmodel.population.area_rules import check_table, check_totals, check_years
from verdeelmodel.population.bounds import fail_mark
from verdeelmodel.population.findings import Broken, Collector, PopulationCheck
from verdeelmodel.population.municipalities import FIRST, LAST, municipalities
from verdeelmodel.population.population import Columns, Population
from verdeelmodel.population.rules import CONTEXT, Areas, Limits, Rule, household_rules
from verdeelmodel.population.schema import TableSchema, table_schema
from verdeelmodel.population.writer import PopulationWriter

ROWS = 250_000
Told = Callable[[float], None]


def check_population(population: Population, told: Told = lambda _rows: None) -> PopulationCheck:
    """Every rule on every household and every row of the tables of areas.

    In a year of which the AOW age is not known nobody is found too old. `told` hears how many households have passed.
    Only blocks of households are in memory, and a mark per household.
    """
    collector = Collector()
    for table in population.tables():
        check_table(population, table, collector)
    check_years(population, collector)
    assets = max(wealth_limits(year).couple_assets for year in model_years())
    bad = {}
    for year in population.years:
        limits = Limits(aow_ages().get(year), assets)
        bad[year] = _check_year(population, year, limits, collector, told)
    return PopulationCheck(population.meta.name, population.meta.synthetic, collector.findings(), bad)


def _check_year(
    population: Population, year: int, limits: Limits, collector: Collector, told: Told
) -> NDArray[np.bool_]:
    schema, present = table_schema("households"), set(population.columns(year))
    rules = [rule for rule in household_rules().values() if set(rule.columns) <= present]
    areas = areas_of(population, year)
    bad = np.zeros(population.count(year), dtype=bool)
    ids = np.empty(population.count(year), dtype=np.int32)
    counts = _Counts()
    start, last = 0, np.int64(-1)
    for block in population.chunks(year, rows=ROWS):
        rows = slice(start, start + len(block["gemeente"]))
        bad[rows] = check_values(schema, block, year, collector, start)
        bad[rows] |= check_rules(rules, block, {"areas": areas, "limits": limits}, year, collector, start)
        last, unordered = _order(block, last)
        broken = Broken("not_in_order", "error", "households", year)
        collector.add(broken, unordered, block["gemeente"], _places(block), start)
        bad[rows] |= unordered
        ids[rows] = block["household"]
        counts.add(block)
        told(len(unordered))
        start = rows.stop
    bad |= _twice(population, year, ids, collector)
    check_totals(population, year, {"gemeente": counts.gemeente, "buurt": counts.buurt}, collector)
    return bad


def areas_of(population: Population, year: int) -> Areas:
    """The codes that the tables of areas know for this year."""
    gemeenten, buurten = population.table("gemeenten"), population.table("buurten")
    buurten = buurten[buurten["year"] == year].sort_values("buurt")
    division = population.meta.division
    known = np.array(list(municipalities(division))) if FIRST <= division <= LAST else None
    return Areas(
        gemeenten=np.sort(gemeenten.loc[gemeenten["year"] == year, "gemeente"].to_numpy()),
        buurten=buurten["buurt"].to_numpy(),
        gemeente_of_buurt=buurten["gemeente"].to_numpy(),
        division=known,
    )


def check_values(schema: TableSchema, block: Columns, year: int, collector: Collector, start: int) -> NDArray[np.bool_]:
    """The rows of this block with a value outside the bounds or the codebook of its column."""
    bad = np.zeros(len(block["gemeente"]), dtype=bool)
    for name, values in block.items():
        found = {"value_not_allowed": fail_mark(schema.columns[name], values)}
        if values.dtype.kind == "f":
            found["not_a_number"] = np.isnan(values)
        for rule, mask in found.items():
            if mask is not None:
                broken = Broken(rule, "error", "households", year, name)
                collector.add(broken, mask, block["gemeente"], {name: values}, start)
                bad |= mask
    return bad


def check_rules(
    rules: Sequence[Rule], block: Columns, context: Mapping[str, Any], year: int, collector: Collector, start: int
) -> NDArray[np.bool_]:
    """The rows of this block that break a rule that is an error."""
    bad = np.zeros(len(block["gemeente"]), dtype=bool)
    for rule in rules:
        mask = rule.marks(*(context[name] if name in CONTEXT else block[name] for name in rule.inputs))
        if not mask.any():
            continue
        shown = {name: block[name] for name in rule.columns}
        collector.add(Broken(rule.name, rule.severity, "households", year), mask, block["gemeente"], shown, start)
        if rule.severity == "error":
            bad |= mask
    return bad


def _order(block: Columns, last: np.int64) -> tuple[np.int64, NDArray[np.bool_]]:
    place = block["gemeente"].astype(np.int64) << 32 | block["buurt"].astype(np.int64)
    before = np.concatenate(([last], place[:-1]))
    return (place[-1] if len(place) else last), np.asarray(place < before)


def _places(block: Columns) -> Columns:
    return {name: block[name] for name in ("gemeente", "buurt")}


def _twice(population: Population, year: int, ids: NDArray[np.int32], collector: Collector) -> NDArray[np.bool_]:
    """The households whose number stands there already."""
    if len(ids) < 2 or bool(np.all(ids[1:] > ids[:-1])):
        return np.zeros(len(ids), dtype=bool)
    order = np.argsort(ids, kind="stable")
    again = np.zeros(len(ids), dtype=bool)
    again[order[1:]] = ids[order[1:]] == ids[order[:-1]]
    gemeente = population.households(year, ["gemeente"])["gemeente"]
    collector.add(Broken("household_twice", "error", "households", year), again, gemeente, {"household": ids})
    return again


class _Counts:
    """Households by area, with their weight where there is one."""

    def __init__(self) -> None:
        self.gemeente: dict[int, float] = {}
        self.buurt: dict[int, float] = {}

    def add(self, block: Columns) -> None:
        """Count the households of a block."""
        for name, counts in (("gemeente", self.gemeente), ("buurt", self.buurt)):
            codes, place = np.unique(block[name], return_inverse=True)
            sums = np.bincount(place, weights=block.get("weight"), minlength=len(codes))
            for code, count in zip(codes.tolist(), sums.tolist(), strict=True):
                counts[code] = counts.get(code, 0.0) + count


def write_good_rows(population: Population, check: PopulationCheck, folder: Path, force: bool = False) -> None:
    """Write the population without the households that break an error rule."""
    with PopulationWriter(folder, population.meta, force) as writer:
        for year in population.years:
            good, start = check.good_rows(year), 0
            for block in population.chunks(year, rows=ROWS):
                keep = good[start : start + len(block["gemeente"])]
                start += len(keep)
                writer.households(year, {name: v[keep] for name, v in block.items() if name != "household"})
        for table in population.tables():
            writer.table(table, population.table(table))
