"""Sums of household kenmerken per buurt in one pass, and putting figures in the order of areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.declare import Numbers, verhouding
from verdeelmodel.kenmerken.households import map_households
from verdeelmodel.kenmerken.registry import Registry
from verdeelmodel.population.population import Population
from verdeelmodel.population.schema import table_schema

if TYPE_CHECKING:
    import pandas as pd

WEIGHT = "weight"
# With a blank, so that they can never be the name of a column or kenmerk.
OBSERVED = "observed "  # households in the data themselves, without weights
PRESENT = "present "  # weighted households in which a value is there


class Telsom:
    """Weighted sums per buurt: codes of buurt and gemeente, and by name an array of shape (b,).

    `OBSERVED` (and `OBSERVED + name` of a yes/no) are unweighted; `PRESENT` is the number of households.
    """

    def __init__(self, buurt: NDArray[Any], gemeente: NDArray[Any], values: Mapping[str, Numbers]) -> None:
        self.buurt, self.gemeente, self.values = buurt, gemeente, values


def household_sums(
    population: Population, year: int, names: Sequence[str], rules_year: int | None, known: Registry
) -> Telsom:
    """Weighted sums per buurt of household kenmerken and columns; what is "not there" is left out of sum and count."""
    weighted = WEIGHT in population.columns(year)
    keys = [*names, *([WEIGHT] if weighted else [])]
    made = map_households(
        lambda chunk: block_sums(chunk, names, weighted), population, year, keys, rules_year, known=known
    )
    blocks = list(made)
    buurt = np.concatenate([b for b, _, _ in blocks])
    gemeente = np.concatenate([g for _, g, _ in blocks])
    codes, first, place = np.unique(buurt, return_index=True, return_inverse=True)
    values = {
        name: np.bincount(place, np.concatenate([v[name] for _, _, v in blocks]), len(codes)).astype(np.float64)
        for name in blocks[0][2]
    }
    return Telsom(codes, gemeente[first], values)


def block_sums(
    chunk: Mapping[str, NDArray[Any]], names: Sequence[str], weighted: bool
) -> tuple[NDArray[Any], NDArray[Any], dict[str, Numbers]]:
    """Sums per run of equal buurt within one chunk: codes of buurt and gemeente, and the sums by name."""
    buurt = chunk["buurt"]
    starts = np.flatnonzero(np.concatenate([[True], buurt[1:] != buurt[:-1]]))
    weight = chunk[WEIGHT].astype(np.float64) if weighted else None
    each = np.ones(len(buurt), np.bool_)
    sums: dict[str, Numbers] = {PRESENT: _runs(each, weight, starts), OBSERVED: _runs(each, None, starts)}
    columns = table_schema("households").columns
    for name in names:
        values, none = chunk[name], columns[name].none if name in columns else None
        if none is not None:
            there = values != none
            sums[PRESENT + name] = _runs(there, weight, starts)
            values = np.where(there, values, 0)
        sums[name] = _runs(values, weight, starts)
        if values.dtype == np.bool_:
            sums[OBSERVED + name] = _runs(values, None, starts) if weighted else sums[name]
    return buurt[starts], chunk["gemeente"][starts], sums


def _runs(values: NDArray[Any], weight: Numbers | None, starts: NDArray[np.intp]) -> Numbers:
    return np.add.reduceat(values if weight is None else values * weight, starts, dtype=np.float64)


def totals(values: Numbers, place: NDArray[Any], codes: NDArray[Any]) -> Numbers:
    """The sum of the values of each code, in the order of the codes, shape (len(codes),); other places are left out."""
    order = np.argsort(codes)
    at = np.searchsorted(codes, place, sorter=order)
    at = order[np.minimum(at, len(codes) - 1)]
    known = codes[at] == place
    return np.bincount(at[known], np.asarray(values, dtype=np.float64)[known], len(codes)).astype(np.float64)


def on_codes(values: Any, have: NDArray[Any], want: NDArray[Any]) -> Numbers:
    """Values of the areas `have`, put in the order of `want`; missing where an area is not among them."""
    where = {code: i for i, code in enumerate(have.tolist())}
    at = np.array([where.get(code, -1) for code in want.tolist()], dtype=np.intp)
    found = np.asarray(values, dtype=np.float64)
    return np.where(at >= 0, found[at], np.nan) if len(found) else np.full(len(want), np.nan)


def mean_of_years(values: Numbers) -> Numbers:
    """The mean over the first axis of what is there; missing where no year has a value."""
    there = ~np.isnan(values)
    return verhouding(np.where(there, values, 0.0).sum(axis=0), there.sum(axis=0))


def wijk_column(buurten: pd.DataFrame, name: str) -> NDArray[Any]:
    """A column per wijk: its code, its gemeente, or a count added up over its buurten."""
    codes, first = np.unique(buurten["wijk"].to_numpy(), return_index=True)
    if name in ("wijk", "gemeente"):
        return buurten[name].to_numpy()[first]
    return totals(buurten[name].to_numpy(), buurten["wijk"].to_numpy(), codes)
