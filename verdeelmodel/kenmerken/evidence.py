"""How many households stand behind a figure of an area: what the disclosure gate needs to know."""

from __future__ import annotations

import numpy as np

from verdeelmodel.kenmerken.areas import Areas, household_names
from verdeelmodel.kenmerken.declare import Numbers
from verdeelmodel.kenmerken.resolve import Need
from verdeelmodel.kenmerken.sums import OBSERVED, on_codes, totals
from verdeelmodel.population.schema import table_schema
from verdeelmodel.table import Evidence


def evidence_of(areas: Areas, need: Need) -> list[Evidence | None]:
    """The households behind a figure of each area, the smallest of the years.

    `count` is all households of the area in the data, `numerator` the fewest that have any of the yes/no kenmerken on
    which the figure stands, `denominator` what those are a share of. A figure that stands on no kenmerk of households
    is about the area itself, and so about all households in it.
    """
    counted = counted_behind(areas, need)
    return [evidence_from(*numbers) for numbers in zip(*counted.tolist(), strict=True)]


def counted_behind(areas: Areas, need: Need) -> Numbers:
    """As `evidence_of`, as numbers (3, areas): households, numerator, denominator; missing where there is none."""
    names = household_names(areas.known, [need])
    codes = areas.all_codes()
    years = [_of_year(areas, names, codes, year) for year in areas.years]
    return np.asarray(np.fmin.reduce([np.stack(year) for year in years]))


def evidence_from(count: float, above: float, below: float) -> Evidence | None:
    """The evidence of one area; None for an area without households in the data."""
    if np.isnan(count):
        return None
    return Evidence(count=round(count), numerator=_whole(above), denominator=_whole(below))


def _of_year(areas: Areas, names: tuple[str, ...], codes: Numbers, year: int) -> tuple[Numbers, Numbers, Numbers]:
    """Households per area, the fewest with a kenmerk, and the fewest in a denominator; missing where there is none."""
    below = {areas.known[n].noemer for n in names if n in areas.known} & set(names)
    count = _observed(areas, "", codes, year)
    above = [_observed(areas, n, codes, year) for n in names if n not in below and is_yes_no(areas, n)]
    groups = [_observed(areas, n, codes, year) for n in below if is_yes_no(areas, n)]
    missing = np.full(len(codes), np.nan)
    fewest = np.fmin.reduce([count, *groups])
    return count, np.fmin.reduce(above) if above else missing, fewest if above else missing


def _observed(areas: Areas, name: str, codes: Numbers, year: int) -> Numbers:
    """Unweighted households per area: all of them, or those with a yes/no kenmerk."""
    sums, unit = areas.sums(year), areas.unit
    place = areas.places(sums, unit, year)
    here = areas.codes(unit, year)
    return on_codes(totals(sums.values[OBSERVED + name], place, here), here, codes)


def is_yes_no(areas: Areas, name: str) -> bool:
    """Whether a household kenmerk or column is yes or no."""
    if name in areas.known:
        return areas.known[name].soort == "ja_nee"
    return table_schema("households").columns[name].type == "bool"


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else round(value)
