"""Kenmerken of a population as tables: the figures per gemeente, wijk or buurt, and their distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.errors import RequestError
from verdeelmodel.kenmerken.areas import area_frame, areas_of
from verdeelmodel.kenmerken.declare import Eenheid, Kenmerk, Numbers
from verdeelmodel.kenmerken.evidence import evidence_of
from verdeelmodel.kenmerken.registry import Registry, registry
from verdeelmodel.population.population import Population
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

BINS = 10
WIDEST = 30
BLOCK = "█"
FORMATS: dict[str, tuple[Kind, int | None]] = {"ja_nee": ("share", None), "aandeel": ("share", None)}
UNITS: dict[str, Eenheid] = {"gemeente": "gemeente", "wijk": "wijk", "buurt": "buurt"}
CODES: dict[str, str] = {"gemeente": "GM{:04d}", "wijk": "WK{:06d}", "buurt": "BU{:08d}"}


def kenmerken_table(
    population: Population,
    keys: Sequence[str],
    unit: str = "gemeente",
    years: Sequence[int] | None = None,
    rules_year: int | None = None,
    known: Registry | None = None,
) -> Table:
    """The kenmerken per gemeente (mean over the years), or per wijk or buurt (one year), with the households behind it.

    A figure that cannot be computed is "not applicable".
    """
    chosen = known or registry()
    areas = areas_of(population, keys, *_unit_and_years(unit, years, population), rules_year, chosen)
    frame = area_frame(areas)
    names = _names(population, unit, frame.index)
    columns = [Column("code", text("kenmerken.column.code"), "code"), Column("naam", text("kenmerken.column.naam"))]
    columns += [column_of(key, chosen) for key in frame.columns]
    reason = text("kenmerken.no_value")
    values: dict[str, list[Cell]] = {"code": [CODES[unit].format(code) for code in frame.index], "naam": list(names)}
    values |= {key: [NotApplicable(reason) if np.isnan(v) else float(v) for v in frame[key]] for key in frame.columns}
    return Table(
        key=f"kenmerken_{unit}",
        title=text("kenmerken.area_title", unit=text(f"kenmerken.eenheid.{unit}"), years=_span(areas.years)),
        columns=tuple(columns),
        values=values,
        synthetic=population.meta.synthetic,
        source=population.meta.name,
        evidence={key: evidence_of(areas, need) for key, need in areas.asked.items()},
    )


def _unit_and_years(
    unit: str, years: Sequence[int] | None, population: Population
) -> tuple[Eenheid, Sequence[int] | None]:
    """The unit and years as asked; per wijk or buurt one year, the last when none is named."""
    if unit not in UNITS:
        raise RequestError(text("kenmerken.area_units"))
    if unit == "gemeente":
        return UNITS[unit], years
    if years is not None and len(years) > 1:
        raise RequestError(text("kenmerken.one_year"))
    return UNITS[unit], years or [population.years[-1]]


def column_of(key: str, known: Registry) -> Column:
    """How the figures of a key are shown: a share as a percentage, anything else as a number."""
    base = key.removeprefix("aandeel_")
    declared = known.get(base)
    if declared is None:
        return Column(key, key, "number", decimals=3)
    kind, decimals = FORMATS.get(declared.soort, ("number", 3))
    return Column(key, declared.name(), kind, decimals=decimals)


def _names(population: Population, unit: str, index: pd.Index[int]) -> list[str]:
    if unit == "wijk":
        return ["" for _ in index]
    frame = population.table("gemeenten" if unit == "gemeente" else "buurten")
    if "name" not in frame:
        return ["" for _ in index]
    latest = frame.sort_values("year", kind="stable").drop_duplicates(unit, keep="last").set_index(unit)["name"]
    return [str(latest.get(code) or "") for code in index]


def _span(years: Sequence[int]) -> str:
    return f"{min(years)}-{max(years)}" if len(years) > 1 else str(years[0])


def histogram(
    values: Numbers, declared: Kenmerk, population: Population, years: Sequence[int], behind: Evidence | None = None
) -> Table:
    """How a kenmerk is spread over the gemeenten: ten classes of equal width with the number of gemeenten and a bar.

    `behind` is the least that stands behind the figure of any gemeente: the ends of the classes are such figures.
    """
    there = np.asarray(values, dtype=np.float64)
    there = there[~np.isnan(there)]
    kind, decimals = FORMATS.get(declared.soort, ("number", 3))
    columns = (
        Column("from", text("kenmerken.column.from"), kind, decimals=decimals),
        Column("to", text("kenmerken.column.to"), kind, decimals=decimals),
        Column("gemeenten", text("kenmerken.column.gemeenten"), "count"),
        Column("bar", text("kenmerken.column.bar")),
    )
    counts, edges = np.histogram(there, bins=BINS) if len(there) else (np.zeros(0, np.intp), np.zeros(1))
    tallest = max(1, int(counts.max(initial=0)))
    bars = [BLOCK * int(np.ceil(WIDEST * n / tallest)) for n in counts.tolist()]
    cells: dict[str, list[Cell]] = {
        "from": [float(e) for e in edges[:-1]],
        "to": [float(e) for e in edges[1:]],
        "gemeenten": [int(n) for n in counts],
        "bar": list(bars),
    }
    table = Table(
        key="verdeling",
        title=text("kenmerken.histogram_title", years=_span(years)),
        columns=columns,
        values=cells,
        synthetic=population.meta.synthetic,
        notes=(_summary(there, columns[0], len(values)),),
        source=population.meta.name,
    )
    return table.behind([behind] * len(table)) if behind is not None else table


def _summary(values: Numbers, column: Column, asked: int) -> str:
    from verdeelmodel.table import format_number

    if not len(values):
        return text("kenmerken.no_value")
    least, middle, most = (
        format_number(float(v), column.kind, column.decimals) for v in np.quantile(values, [0.0, 0.5, 1.0])
    )
    return text(
        "kenmerken.spread", least=least, middle=middle, most=most, count=len(values), absent=asked - len(values)
    )
