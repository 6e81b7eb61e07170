"""What must hold for the tables of areas, and between them and the households that were counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.population.bounds import fail_mark
from verdeelmodel.population.findings import Broken, Collector
from verdeelmodel.population.meta import PopulationMeta
from verdeelmodel.population.municipalities import FIRST, LAST, municipalities
from verdeelmodel.population.population import Population
from verdeelmodel.population.rules import Severity
from verdeelmodel.population.schema import format_gemeente, table_schema

if TYPE_CHECKING:
    import pandas as pd

# A total may differ from the count of households by this share, or by this many where that is more.
TOLERANCE, FEW = 0.02, 10
# An area of a sample is only expected to have households when it should have at least this many.
EXPECTED_IN_SAMPLE = 25


def check_table(population: Population, table: str, collector: Collector) -> None:
    """Bounds, codes, keys, order and names of one table of areas."""
    frame = population.table(table)
    schema = table_schema(table)
    gemeente = gemeente_column(frame)
    for name in frame.columns:
        if schema.columns[name].is_number:
            mask = fail_mark(schema.columns[name], frame[name].to_numpy())
            if mask is not None:
                _add(collector, Broken("value_not_allowed", "error", table, column=name), mask, gemeente, frame, [name])
    for name, severity, mask, columns in _table_rules(population.meta, table, frame):
        _add(collector, Broken(name, severity, table), mask, gemeente, frame, columns)


def _table_rules(
    meta: PopulationMeta, table: str, frame: pd.DataFrame
) -> list[tuple[str, Severity, NDArray[np.bool_], list[str]]]:
    key = list(table_schema(table).key)
    found: list[tuple[str, Severity, NDArray[np.bool_], list[str]]] = [
        ("key_twice", "error", frame.duplicated(key).to_numpy(), key)
    ]
    if "gemeente" in frame and FIRST <= meta.division <= LAST:
        known = np.isin(frame["gemeente"], list(municipalities(meta.division)))
        found.append(("gemeente_not_in_division", "error", ~known, ["gemeente"]))
    if table == "gemeenten":
        codes = frame["gemeente"].map(lambda g: format_gemeente(int(g)))
        found.append(("code_of_other_gemeente", "error", (frame["code"] != codes).to_numpy(), ["gemeente", "code"]))
    if table == "buurten":
        outside = (frame["buurt"] // 10_000 != frame["gemeente"]).to_numpy()
        found.append(("buurt_code_of_other_gemeente", "warning", outside, ["buurt", "gemeente"]))
        other = (frame["buurt"] // 100 != frame["wijk"]).to_numpy()
        found.append(("buurt_code_of_other_wijk", "warning", other, ["buurt", "wijk"]))
    return found


def check_years(population: Population, collector: Collector) -> None:
    """Every year of the population has its rows in the tables of areas."""
    for table in ("gemeenten", "buurten"):
        present = set(population.table(table)["year"])
        absent = np.array([year for year in population.years if year not in present], dtype=np.int64)
        rule = Broken("year_missing", "error", table, column="year")
        collector.add(rule, np.ones(len(absent), dtype=bool), np.zeros(len(absent), np.int16), {"year": absent})


def check_totals(
    population: Population,
    year: int,
    counted: Mapping[str, Mapping[int, float]],
    collector: Collector,
) -> None:
    """The households of this year, counted by area (with weights), against the tables of gemeenten and buurten."""
    scale = population.meta.scale
    for table, key in (("gemeenten", "gemeente"), ("buurten", "buurt")):
        frame = population.table(table)
        frame = frame[frame["year"] == year].reset_index(drop=True)
        counts = frame[key].map(counted[key]).fillna(0.0).to_numpy(float)
        stated = frame["households"].to_numpy(float)
        shown = frame.assign(counted=np.round(counts).astype(np.int64))
        empty = (counts == 0) & (stated * min(scale, 1.0) >= (EXPECTED_IN_SAMPLE if scale < 1 else 1))
        columns = [key, "households", "counted"]
        gemeente = gemeente_column(frame)
        _add(collector, Broken("area_without_households", "error", table, year), empty, gemeente, shown, columns)
        if table == "gemeenten":
            far = ~empty & ~_agree(counts, stated, scale)
            _add(collector, Broken("total_does_not_match", "warning", table, year), far, gemeente, shown, columns)


def _agree(counts: NDArray[Any], stated: NDArray[Any], scale: float) -> NDArray[np.bool_]:
    """Whether the count (with weights), or the count blown up to the country, is near the stated number of households.

    A sample may be four standard errors off.
    """
    chance = 4 * np.sqrt(np.maximum(stated, 1) / scale) if scale < 1 else 0.0
    room = np.maximum(FEW, TOLERANCE * stated) + chance
    return np.asarray((np.abs(counts - stated) <= room) | (np.abs(counts / scale - stated) <= room))


def gemeente_column(frame: pd.DataFrame) -> NDArray[Any]:
    """The gemeente of every row, for the count per gemeente; zero where a table has none."""
    for name in ("gemeente", "from"):
        if name in frame:
            return np.asarray(frame[name].to_numpy())
    return np.zeros(len(frame), dtype=np.int16)


def _add(
    collector: Collector,
    rule: Broken,
    mask: NDArray[np.bool_],
    gemeente: NDArray[Any],
    frame: pd.DataFrame,
    columns: list[str],
) -> None:
    collector.add(rule, mask, gemeente, {name: frame[name].to_numpy() for name in columns})
