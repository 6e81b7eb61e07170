"""A profile of recipients: who they are beside the other inhabitants, in gemeenten and wijken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.reintegration.aspects import Definitions, default_definitions, read_definitions
from verdeelmodel.reintegration.aspects_labels import Labels, chosen_labels
from verdeelmodel.reintegration.profile_areas import (
    COMPARISONS,
    PROVINCE,
    Areas,
    areas_of,
    default_gemeente,
    find_gemeenten,
)
from verdeelmodel.reintegration.profile_cells import gather
from verdeelmodel.reintegration.profile_figures import ALL, RECIPIENTS, Area
from verdeelmodel.reintegration.profile_positions import Bounds, quintile_bounds
from verdeelmodel.reintegration.profile_protection import Published, protect
from verdeelmodel.reintegration.profile_tally import tally
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population
    from verdeelmodel.table import Table


@dataclass(frozen=True)
class ProfileOptions:
    """What to profile; without gemeenten Heerlen, or else the largest gemeente; without a year the last one.

    `definitions`, `rules` and `wijken` are files of the user; `labels` is a packaged set or a file; `comparison` is the
    area within which gemeenten are compared: province or country.
    """

    gemeenten: tuple[str | int, ...] = ()
    year: int | None = None
    definitions: Path | None = None
    labels: str | None = None
    rules: Path | None = None
    wijken: Path | None = None
    comparison: str = PROVINCE
    rules_year: int | None = None

    def __post_init__(self) -> None:
        if self.comparison not in COMPARISONS:
            problem = Problem(self.comparison, "--compare", " / ".join(COMPARISONS))
            raise RequestError(text("profile.wrong_comparison"), [problem])


@dataclass(frozen=True)
class RecipientProfile:
    """Everything a profile shows, and what of it may be shown."""

    population: str
    synthetic: bool
    scale: float
    year: int
    definitions: Definitions
    labels: Labels
    areas: Areas
    published: Published
    threshold: int
    comparison: str

    def __str__(self) -> str:
        from verdeelmodel.reintegration.profile_findings import findings

        return "\n".join(findings(self))

    def tables(self) -> list[Table]:
        """Every table of the profile, in the order of the source."""
        from verdeelmodel.reintegration.profile_tables import all_tables

        return all_tables(self)

    @property
    def wijk_aspects(self) -> tuple[int, ...]:
        """The aspects that are used for wijken."""
        return tuple(k for k, aspect in enumerate(self.definitions.aspects) if aspect.wijk)

    def shows_share(self, area: Area, group: str, aspect: int) -> bool:
        """Whether the share of an aspect in a group is shown; of a group without persons there is none."""
        return area.stands_for(group) > 0 and self.published.shows_share(area, group, aspect)

    def shares(self, areas: Sequence[Area], group: str, aspect: int) -> dict[str, float]:
        """The shares of an aspect that may be shown, by area."""
        return {a.code: a.share(group, aspect) for a in areas if self.shows_share(a, group, aspect)}

    @cached_property
    def gemeente_bounds(self) -> dict[int, Bounds | None]:
        """Per aspect the bounds between the shares of recipients of the gemeenten that are compared."""
        return {k: self._bounds(self.areas.gemeenten, RECIPIENTS, k) for k in range(len(self.definitions.aspects))}

    @cached_property
    def wijk_bounds(self) -> Mapping[tuple[str, str], dict[int, Bounds | None]]:
        """Per gemeente the bounds between its wijken: of recipients (table 2) and of all inhabitants (figures 8-12)."""
        return {
            (code, group): {k: self._bounds(wijken, group, k) for k in self.wijk_aspects}
            for code, wijken in self.areas.wijken.items()
            for group in (RECIPIENTS, ALL)
        }

    def _bounds(self, areas: Sequence[Area], group: str, aspect: int) -> Bounds | None:
        return quintile_bounds(list(self.shares(areas, group, aspect).values()))

    def position(self, area: Area, group: str, aspect: int, bounds: Bounds | None) -> str | None:
        """The position of an area on an aspect; None when the share or the bounds may not be shown."""
        if bounds is None or not self.shows_share(area, group, aspect):
            return None
        return bounds.position(area.share(group, aspect))

    def index(self, area: Area, group: str, bounds: Mapping[int, Bounds | None]) -> int | None:
        """On how many aspects an area stands high; None when one of them may not be shown."""
        positions = [self.position(area, group, k, b) for k, b in bounds.items()]
        if any(p is None for p in positions):
            return None
        return sum(self.labels.counts(str(p)) for p in positions)


def profile_recipients(population: Population | None = None, options: ProfileOptions | None = None) -> RecipientProfile:
    """The profile of a population; without one, of the embedded synthetic Netherlands.

    Guaranteed: no number that the disclosure rules do not allow is shown, or can be worked out from all that is shown.
    """
    from verdeelmodel.disclosure.profile import default_profile, read_profile

    chosen = options or ProfileOptions()
    country = population if population is not None else _default_population()
    year = chosen.year if chosen.year is not None else max(country.years)
    definitions = default_definitions() if chosen.definitions is None else read_definitions(chosen.definitions)
    labels = chosen_labels(chosen.labels)
    rules = default_profile() if chosen.rules is None else read_profile(chosen.rules)
    fail_if_year_absent(country, year)
    frame = country.gemeenten(year)
    codes = find_gemeenten(chosen.gemeenten, frame, year) or (default_gemeente(frame),)
    names = wijk_names(chosen.wijken, country.meta.synthetic)
    areas = areas_of(tally(country, year, definitions, chosen.rules_year), frame, codes, chosen.comparison, names)
    return RecipientProfile(
        population=country.meta.name,
        synthetic=country.meta.synthetic,
        scale=country.meta.scale or 1.0,
        year=year,
        definitions=definitions,
        labels=labels,
        areas=areas,
        published=protect(gather(areas, definitions, rules)),
        threshold=int(rules["minimum"].number("threshold")),
        comparison=chosen.comparison,
    )


def fail_if_year_absent(population: Population, year: int) -> None:
    """Refuse a year without households, naming those there are."""
    if year not in population.years:
        years = ", ".join(str(y) for y in population.years)
        raise RequestError(text("profile.no_such_year", year=year), [Problem(str(year), "--year", years)])


def wijk_names(path: Path | None, synthetic: bool) -> dict[int, str]:
    """The names of wijken by code: from a user's file, or those printed by the source.

    In a synthetic country a wijk of the same number is another wijk, so there the printed names are not used.
    """
    from verdeelmodel.population import CsvColumn, read_csv_table
    from verdeelmodel.reintegration.profile_published import printed_wijken

    if path is None:
        return {} if synthetic else {wijk.code: wijk.name for wijk in printed_wijken()}
    columns = [CsvColumn("wijk", "wijk", also=("wijkcode", "code")), CsvColumn("name", "text", also=("naam",))]
    frame = read_csv_table(path, columns, key=("wijk",), ignore_unknown=True)
    return {int(code): str(name) for code, name in zip(frame["wijk"], frame["name"], strict=True)}


def _default_population() -> Population:
    from verdeelmodel.synthetic import default_population

    return default_population()
