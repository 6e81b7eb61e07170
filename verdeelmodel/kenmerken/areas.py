"""Computing kenmerken of buurten, wijken and gemeenten, and the municipal shares of household kenmerken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem, RequestError
from verdeelmodel.kenmerken.declare import Eenheid, Kenmerk, Numbers, Telling, verhouding
from verdeelmodel.kenmerken.households import call
from verdeelmodel.kenmerken.parameters import parameter
from verdeelmodel.kenmerken.registry import Registry, registry
from verdeelmodel.kenmerken.resolve import Need, area_need, columns_of, denominator, needs
from verdeelmodel.kenmerken.sums import (
    OBSERVED,
    PRESENT,
    Telsom,
    household_sums,
    mean_of_years,
    on_codes,
    totals,
    wijk_column,
)
from verdeelmodel.population.population import Population
from verdeelmodel.population.schema import table_schema
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd


class Areas:
    """The kenmerken of the areas of one population, computed when asked for and remembered.

    `years` are the years of the analysis; households of a year are read once, for everything the `keys` need.
    """

    def __init__(
        self,
        population: Population,
        keys: Sequence[str],
        unit: Eenheid,
        rules_year: int | None,
        years: Sequence[int],
        known: Registry,
    ) -> None:
        self.population, self.unit, self.rules_year, self.years, self.known = (
            population,
            unit,
            rules_year,
            tuple(years),
            known,
        )
        self.asked = {key: area_need(known, unit, key) for key in keys}
        self.household_names = household_names(known, self.asked.values())
        self._sums: dict[int, Telsom] = {}
        self._memory: dict[tuple[str, Eenheid, str, int], Any] = {}

    def value(self, need: Need, unit: Eenheid, year: int) -> Any:
        """What this need is for the areas of this unit in this year; arrays follow `codes(unit, year)`."""
        key = (need.kind + need.name, unit, need.eenheid, year)
        if key not in self._memory:
            self._memory[key] = self._value(need, unit, year)
        return self._memory[key]

    def _value(self, need: Need, unit: Eenheid, year: int) -> Any:
        if need.kind == "kenmerk":
            return self._kenmerk(self.known[need.name], unit, year)
        if need.kind == "column":
            return self._column(need.name, unit, year)
        if need.kind == "parameter":
            return parameter(need.name, self.rules_year, year)
        if need.kind == "table":
            return self._table(need.name, year)
        if need.kind == "mean":
            inner = Need("kenmerk" if need.is_kenmerk else "column", need.name, unit, need.is_kenmerk)
            return self._mean(inner, unit, year, self.years)
        return self._summary(need, unit, year)

    def codes(self, unit: Eenheid, year: int) -> NDArray[Any]:
        """The codes of the areas of this unit, in the order of every array."""
        if unit == "wijk":
            return np.unique(self.population.buurten(year)["wijk"].to_numpy())
        frame = self.population.gemeenten(year) if unit == "gemeente" else self.population.buurten(year)
        return frame[unit].to_numpy()

    def all_codes(self) -> NDArray[Any]:
        """The codes of the areas of any of the years: in the order of the year when there is one, else by number."""
        each = [self.codes(self.unit, year) for year in self.years]
        return each[0] if len(each) == 1 else np.unique(np.concatenate(each))

    def _kenmerk(self, declared: Kenmerk, unit: Eenheid, year: int) -> Numbers:
        if not declared.jaren:
            return self._once(declared, unit, year)
        codes = self.codes(unit, year)
        years = [y for y in self.population.years if y in declared.jaren]
        parts = [on_codes(self._once(declared, unit, y), self.codes(unit, y), codes) for y in years]
        return mean_of_years(np.stack([*parts, np.full(len(codes), np.nan)]))

    def _once(self, declared: Kenmerk, unit: Eenheid, year: int) -> Numbers:
        inputs = {name: self.value(need, unit, year) for name, need in needs(self.known, declared).items()}
        return aligned(declared, call(declared, inputs), self.codes(unit, year))

    def _mean(self, need: Need, unit: Eenheid, year: int, years: Sequence[int]) -> Numbers:
        codes = self.codes(unit, year)
        parts = [on_codes(self.value(need, unit, y), self.codes(unit, y), codes) for y in years]
        return mean_of_years(np.stack(parts))

    def _column(self, name: str, unit: Eenheid, year: int) -> NDArray[Any]:
        if unit == "wijk":
            return wijk_column(self.population.buurten(year), name)
        frame = self.population.gemeenten(year) if unit == "gemeente" else self.population.buurten(year)
        if name not in frame:
            raise DataError(
                text(
                    "kenmerken.area_column_absent",
                    column=name,
                    table=_table_of(unit),
                    population=self.population.meta.name,
                )
            )
        return frame[name].to_numpy()

    def _table(self, name: str, year: int) -> pd.DataFrame:
        if name == "gemeenten":
            return self.population.gemeenten(year)
        return self.population.buurten(year) if name == "buurten" else self.population.table(name)

    def _summary(self, need: Need, unit: Eenheid, year: int) -> Any:
        if need.eenheid == "buurt":
            return self._mean_of_buurten(need.name, year)
        sums = self.sums(year)
        top = sums.values[need.name]
        if need.kind == "sum":
            return self._total(sums, top, unit, year)
        bottom = sums.values[denominator_name(self.known, need)]
        if need.kind == "count":
            weight = sums.values[PRESENT] / sums.values[OBSERVED]
            return Telling(sums.buurt, sums.gemeente, top, bottom, weight)
        return verhouding(self._total(sums, top, unit, year), self._total(sums, bottom, unit, year))

    def _mean_of_buurten(self, key: str, year: int) -> Numbers:
        frame = self.population.buurten(year)
        values = np.asarray(self.value(Need("kenmerk", key, "buurt", is_kenmerk=True), "buurt", year), dtype=np.float64)
        weight = np.where(np.isnan(values), 0.0, frame["households"].to_numpy())
        codes, place = self.codes("gemeente", year), frame["gemeente"].to_numpy()
        return verhouding(totals(np.nan_to_num(values) * weight, place, codes), totals(weight, place, codes))

    def _total(self, sums: Telsom, values: Numbers, unit: Eenheid, year: int) -> Numbers:
        return totals(values, self.places(sums, unit, year), self.codes(unit, year))

    def places(self, sums: Telsom, unit: Eenheid, year: int) -> NDArray[Any]:
        """The area of this unit in which each buurt of the sums lies."""
        if unit != "wijk":
            return sums.gemeente if unit == "gemeente" else sums.buurt
        frame = self.population.buurten(year)
        wijk = dict(zip(frame["buurt"].tolist(), frame["wijk"].tolist(), strict=True))
        return np.array([wijk.get(b, -1) for b in sums.buurt.tolist()])

    def sums(self, year: int) -> Telsom:
        """Weighted sums per buurt of everything that is asked of the households in this year, in one pass."""
        if year not in self._sums:
            self._sums[year] = household_sums(self.population, year, self.household_names, self.rules_year, self.known)
        return self._sums[year]


def household_names(known: Registry, asked: Iterable[Need]) -> tuple[str, ...]:
    """The household kenmerken and columns whose sums these needs stand on, however deep, denominators included."""
    names: dict[str, None] = {}
    seen: set[str] = set()

    def visit(need: Need) -> None:
        if need.eenheid == "huishouden":
            names.setdefault(need.name)
            if need.is_kenmerk and known[need.name].noemer:
                names.setdefault(known[need.name].noemer)
        elif need.is_kenmerk and need.name not in seen:
            seen.add(need.name)
            for deeper in needs(known, known[need.name]).values():
                visit(deeper)

    for need in asked:
        visit(need)
    return tuple(names)


def denominator_name(known: Registry, need: Need) -> str:
    """The name in a Telsom of what a household kenmerk or column is divided by."""
    if need.is_kenmerk:
        below = denominator(known, known[need.name])
        return below.name if below else PRESENT
    return PRESENT + need.name if table_schema("households").columns[need.name].none is not None else PRESENT


def aligned(declared: Kenmerk, result: Any, codes: NDArray[Any]) -> Numbers:
    """What the function of an area kenmerk returned, in the order of the codes; a RequestError for another shape."""
    index = getattr(result, "index", None)
    if index is not None:
        return on_codes(result.to_numpy(), np.asarray(index), codes)
    try:
        values = np.asarray(result, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise RequestError(text("kenmerken.not_numbers", kenmerk=declared.key, reason=error)) from error
    if values.shape != codes.shape:
        raise RequestError(
            text("kenmerken.wrong_shape", kenmerk=declared.key, found=values.shape, expected=codes.shape)
        )
    return values


def _table_of(unit: Eenheid) -> str:
    return "gemeenten" if unit == "gemeente" else "buurten"


def compute_gemeenten(
    population: Population,
    keys: Iterable[str],
    years: Sequence[int] | None = None,
    rules_year: int | None = None,
    known: Registry | None = None,
) -> pd.DataFrame:
    """Kenmerken per gemeente: index `gemeente`, a column per key, the mean over the years that exist.

    A key is a gemeente kenmerk, a column of the gemeenten table, `aandeel_KEY`, or a household or buurt kenmerk (then
    its municipal share or mean). A value that exists in no year is missing; `frame.attrs["years"]` says per key which
    years were used.
    """
    return area_frame(areas_of(population, keys, "gemeente", years, rules_year, known))


def compute_buurten(
    population: Population, keys: Iterable[str], year: int, rules_year: int | None = None, known: Registry | None = None
) -> pd.DataFrame:
    """Kenmerken per buurt of one year: index `buurt`, a column per key; a household kenmerk is given as its share."""
    return area_frame(areas_of(population, keys, "buurt", [year], rules_year, known))


def compute_wijken(
    population: Population, keys: Iterable[str], year: int, rules_year: int | None = None, known: Registry | None = None
) -> pd.DataFrame:
    """Kenmerken per wijk of one year: index `wijk`, a column per key; a household kenmerk is given as its share."""
    return area_frame(areas_of(population, keys, "wijk", [year], rules_year, known))


def areas_of(
    population: Population,
    keys: Iterable[str],
    unit: Eenheid,
    years: Sequence[int] | None,
    rules_year: int | None,
    known: Registry | None,
) -> Areas:
    """What computes these keys per area of this unit; a RequestError for years or keys that do not exist."""
    wanted = tuple(dict.fromkeys(keys))
    return Areas(population, wanted, unit, rules_year, _years(population, years), known or registry())


def area_frame(areas: Areas) -> pd.DataFrame:
    """A row per area, a column per key: the mean over the years; `attrs["years"]` tells the years used per key."""
    import pandas as pd

    unit, codes = areas.unit, areas.all_codes()
    columns: dict[str, Numbers] = {}
    used: dict[str, tuple[int, ...]] = {}
    for key, need in areas.asked.items():
        chosen = _years_of(areas, need)
        parts = [on_codes(areas.value(need, unit, y), areas.codes(unit, y), codes) for y in chosen]
        stacked = np.stack(parts) if parts else np.full((1, len(codes)), np.nan)
        columns[key] = mean_of_years(stacked)
        used[key] = tuple(y for y, row in zip(chosen, stacked, strict=False) if not np.isnan(row).all())
    frame = pd.DataFrame(columns, index=pd.Index(codes, name=unit))
    frame.attrs["years"] = used
    return frame


def _years(population: Population, years: Sequence[int] | None) -> tuple[int, ...]:
    asked = tuple(population.years if years is None else years)
    absent = [y for y in asked if y not in population.years]
    if absent or not asked:
        known = ", ".join(str(y) for y in population.years)
        raise RequestError(
            text("kenmerken.years_absent", years=", ".join(str(y) for y in absent) or "-"),
            [Problem(text("kenmerken.years_known", years=known))],
        )
    return asked


def _years_of(areas: Areas, need: Need) -> tuple[int, ...]:
    only = areas.known[need.name].jaren if need.is_kenmerk else ()
    return tuple(y for y in areas.population.years if y in only) if only else areas.years


def columns_needed(known: Registry, unit: Eenheid, key: str) -> dict[str, tuple[str, ...]]:
    """The raw columns behind a key by table (`households`, `gemeenten`, `buurten`), and whole `tables` it needs."""
    found: dict[str, dict[str, None]] = {"households": {}, "gemeenten": {}, "buurten": {}, "tables": {}}
    seen: set[Need] = set()

    def visit(need: Need) -> None:
        if need in seen:
            return
        seen.add(need)
        if need.is_kenmerk:
            below = known[need.name].noemer
            extra = [area_need(known, need.eenheid, below)] if below and below in known else []
            if below and not extra:
                found["households"].setdefault(below)
            for deeper in [*needs(known, known[need.name]).values(), *extra]:
                visit(deeper)
        elif need.kind == "table":
            found["tables"].setdefault(need.name)
        elif need.kind != "parameter" and need.name in columns_of(need.eenheid):
            table = {"huishouden": "households", "gemeente": "gemeenten"}.get(need.eenheid, "buurten")
            found[table].setdefault(need.name)

    visit(Need("kenmerk", key, known[key].eenheid, is_kenmerk=True) if key in known else area_need(known, unit, key))
    return {table: tuple(names) for table, names in found.items()}
