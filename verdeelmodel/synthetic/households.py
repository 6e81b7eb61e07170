"""The households of one municipality over the years: a panel with entries, exits and moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.draws import Streams, chance, normal, uniform
from verdeelmodel.synthetic.frame import ANCHOR, margins
from verdeelmodel.synthetic.health import health
from verdeelmodel.synthetic.means import benefits, housing, wealth, work
from verdeelmodel.synthetic.persons import AT_HOME, OTHER, Columns, cells, in_year, moments, persons
from verdeelmodel.synthetic.places import Buurten, segregation, settle
from verdeelmodel.synthetic.quotas import Quotas
from verdeelmodel.synthetic.schooling import dropping_out, education, human_capital, study
from verdeelmodel.synthetic.targets import shares
from verdeelmodel.synthetic.trouble import trouble

# Share of the households whose health, work, means and trouble are drawn anew from one year to the next.
RENEWED = 0.15
# Share that leaves in a year.
LEAVING = 0.072


@dataclass
class Panel:
    """All units that lived in a municipality in some year: columns of the anchor year and the years they were there.

    `first` and `last` are the years between which a unit is present, shape (n,).
    """

    streams: Streams
    quotas: Quotas
    columns: Columns
    first: NDArray[np.int16]
    last: NDArray[np.int16]

    def there(self, year: int) -> NDArray[np.bool_]:
        """Which units are households of this year."""
        return np.asarray((self.first <= year) & (year <= self.last))


def panel(streams: Streams, place: int, counts: dict[int, int], buurten: Buurten) -> Panel:
    """The units of the municipality at this place of the frame; `counts` are the households wanted per year."""
    m = margins()
    now = counts[ANCHOR]
    left = left_before(counts)
    kinds = [np.concatenate(parts) for parts in zip(*(
        cells(m.types[place], m.ages[place], m.origins[place], n) for n in (now, sum(left.values())) if n
    ), strict=True)]  # fmt: skip
    columns = persons(streams, *kinds)
    columns |= moments(streams, columns)
    quotas = Quotas({str(name): float(value) for name, value in shares().iloc[place].items()}, now)
    columns |= education(streams.of("education"), columns, quotas)
    columns |= human_capital(streams.of("human capital"), columns, quotas)
    columns |= circumstances(streams, ANCHOR, columns, quotas)
    columns["_buurt"] = settle(streams, columns, buurten, float(segregation()[place]))
    first, last = _presence(streams, columns, counts, left)
    return Panel(streams, quotas, columns, first, last)


def circumstances(streams: Streams, year: int, units: Columns, quotas: Quotas) -> Columns:
    """Everything that can change from year to year, for these units: study, health, housing, means, trouble."""
    found = dict(units)
    found |= study(streams.of("study", year), found, quotas)
    found |= health(streams.of("health", year), found, quotas)
    found |= dropping_out(streams.of("dropping out", year), found, quotas)
    found |= housing(streams.of("housing", year), found, quotas)
    found |= wealth(streams.of("wealth", year), found, quotas)
    found |= benefits(streams.of("benefits", year), found, quotas)
    found |= work(streams.of("work", year), found, quotas)
    found |= trouble(streams.of("trouble", year), found, quotas)
    found |= _sharing(streams.of("sharing", year), found)
    return {name: values for name, values in found.items() if name not in units}


def year_before(panel_: Panel, columns: Columns, year: int, buurten: int) -> Columns:
    """The columns of a year from those of the year after: everybody a year younger, some circumstances different."""
    streams, n = panel_.streams, len(columns["age_1"])
    fixed = in_year(panel_.columns, year, panel_.last)
    earlier = columns | {name: fixed[name] for name in fixed if name in IN_YEAR}
    stream = streams.of("renewal", year)
    changed = chance(stream, n, RENEWED) | (earlier["household_type"] != columns["household_type"])
    changed |= (columns["student_level"] > 0) & chance(stream, n, 0.25)
    places = np.flatnonzero(changed & (panel_.first <= year))
    subset = {name: values[places] for name, values in earlier.items() if name in FIXED}
    for name, values in circumstances(streams, year, subset, panel_.quotas).items():
        earlier[name] = earlier[name].copy()
        earlier[name][places] = values
    moved = chance(stream, n, 0.03)
    elsewhere = stream.integers(0, buurten, n)
    earlier["_buurt"] = np.where(moved, elsewhere, columns["_buurt"]).astype(np.int32)
    return earlier


IN_YEAR = ("age_1", "age_2", "age_3", "household_type", "age_youngest_child", "_minors")
FIXED = frozenset(
    [
        *IN_YEAR,
        *(f"{name}_{slot}" for name in ("sex", "origin", "generation", "hci") for slot in (1, 2, 3)),
        *("adults", "vso_pro", "low_education", "_level", "_need", "_entered", "_left_home", "_buurt"),
    ]
)


def left_before(counts: dict[int, int]) -> dict[int, int]:
    """How many units are wanted that were last seen in each year before the anchor: about one in fourteen.

    More where the municipality shrank, fewer where it grew.
    """
    shrunk = {year: counts[year] - counts[year + 1] for year in sorted(counts) if year < ANCHOR}
    return {year: max(round(LEAVING * counts[ANCHOR]) + 1 + less, 1) for year, less in shrunk.items()}


def _presence(
    streams: Streams, columns: Columns, counts: dict[int, int], left: dict[int, int]
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """First and last year of every unit, so that the numbers of every year are met.

    Going back, the households that were not there yet make room for those that have left since. Ages count from the
    last year, so a unit of 18 was there in that year only.
    """
    years = sorted(counts)
    now, n = counts[ANCHOR], len(columns["age_1"])
    last = np.full(n, ANCHOR, np.int16)
    last[now:] = np.repeat(np.array(sorted(left), np.int16), [left[year] for year in sorted(left)])
    of_age = (last - (columns["age_1"].astype(np.int16) - 18)).astype(np.int16)
    first = np.maximum(np.where(last == ANCHOR, columns["_entered"], years[0]), of_age).astype(np.int16)
    turn = normal(streams.of("presence"), n)
    for year in reversed(years[:-1]):
        present = (first <= year) & (year <= last)
        excess = int(present.sum()) - counts[year]
        if excess > 0:
            movable = np.flatnonzero(present & (last > year))
            first[movable[np.argsort(turn[movable], kind="stable")[:excess]]] = year + 1
        elif excess < 0:
            late = np.flatnonzero((first == year + 1) & (of_age <= year) & (last > year))
            chosen = late[np.argsort(turn[late], kind="stable")[:-excess]]
            first[chosen] = np.maximum(years[0], of_age[chosen])
    return first, last


def _sharing(stream: np.random.Generator, units: Columns) -> Columns:
    """Persons of 21 and over who share the costs of the dwelling; a commercial room is shared with nobody."""
    kind, adults = units["household_type"], units["adults"]
    n = len(kind)
    grown = ((units["age_youngest_child"] >= 21) & chance(stream, n, 0.6)).astype(np.int8)
    at_home = np.where(kind == AT_HOME, 1 + (1 + (uniform(stream, n) < 0.72)) + (uniform(stream, n) < 0.2), 0)
    others = np.where((kind == OTHER) | ((kind == 0) & chance(stream, n, 0.04)), 1, 0)
    number = np.where(kind == AT_HOME, at_home, adults + grown + others)
    number = np.where(units["kamerhuur"], 1, number)
    return {"kostendelers": np.clip(number, 1, 10).astype(np.int8)}
