"""What a profile may show: every number of all its tables in one system of sums, with suppression that holds.

Tables of one profile share numbers: recipients and others make all inhabitants, wijken make the gemeente, gemeenten
make the region, with and without an aspect make the group, and combinations make each aspect. All of it is one system,
so that nothing left out of one table can be worked out from another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verdeelmodel.disclosure.gate import broken_rules
from verdeelmodel.reintegration.combinations import membership, with_number
from verdeelmodel.reintegration.profile_areas import Areas
from verdeelmodel.reintegration.profile_figures import ALL, AWAY, GROUPS, OTHERS, POTENTIAL, RECIPIENTS, Area
from verdeelmodel.table import Column, Evidence

if TYPE_CHECKING:
    from verdeelmodel.disclosure.profile import Profile as Rules
    from verdeelmodel.reintegration.aspects import Definitions

Place = tuple[str, str]
SHARE = Column("share", "", "share")


def with_aspect(group: str, aspect: int) -> str:
    """The column of the persons of a group with an aspect."""
    return f"with:{group}:{aspect}"


def without_aspect(group: str, aspect: int) -> str:
    """The column of the persons of a group without an aspect."""
    return f"without:{group}:{aspect}"


def combination_row(area: Area, code: int) -> str:
    """The row of a combination of aspects in an area."""
    return f"combination:{area.code}:{code}"


def number_row(area: Area, number: int) -> str:
    """The row of a number of aspects in an area."""
    return f"number:{area.code}:{number}"


class Cells:
    """The numbers of a profile and the sums between them, while they are gathered."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.values: dict[Place, int] = {}
        self.unsafe: set[Place] = set()
        self.relations: dict[tuple[Place, tuple[Place, ...]], None] = {}

    def put(self, place: Place, persons: int, *behind: Evidence) -> None:
        """A number and what stands behind it; any rule that it breaks makes it unsafe."""
        self.values[place] = persons
        if any(True for evidence in behind for _ in broken_rules(evidence, SHARE, self.rules)):
            self.unsafe.add(place)

    def relate(self, total: Place, parts: Sequence[Place]) -> None:
        """The total is the sum of the parts; passed over when one of them is not in the profile."""
        relation = (total, tuple(parts))
        if parts and all(place in self.values for place in (total, *parts)):
            self.relations[relation] = None


def gather(areas: Areas, definitions: Definitions, rules: Rules) -> Cells:
    """Every number that the tables of a profile can show or imply, and every sum between them."""
    cells = Cells(rules)
    for area in (*areas.gemeenten, *areas.regions, *(a for a in (areas.whole, areas.rest) if a)):
        for group in (POTENTIAL, RECIPIENTS):
            _put_group(cells, area, group)
    for area in areas.gemeenten:
        for k in range(len(definitions.aspects)):
            _put_aspect(cells, area, RECIPIENTS, k)
    # Where nobody can be left out of the comparison, that nobody is tells nothing.
    groups = (*GROUPS, POTENTIAL, AWAY) if areas.country.persons(AWAY) else (*GROUPS, POTENTIAL)
    every = tuple(range(len(definitions.aspects)))
    for area in (areas.country, *areas.chosen):
        _put_area(cells, area, groups, every)
        _put_combinations(cells, area)
    for area in areas.chosen:
        wijken = areas.wijken[area.code]
        for wijk in wijken:
            _put_area(cells, wijk, groups, [k for k in every if definitions.aspects[k].wijk])
        for column in dict.fromkeys(column for _, column in cells.values):
            cells.relate((area.code, column), [(wijk.code, column) for wijk in wijken])
    _relate_regions(cells, areas)
    return cells


def _relate_regions(cells: Cells, areas: Areas) -> None:
    """Gemeenten make the regions and the whole, and the whole and the rest make the country."""
    whole = areas.whole or areas.country
    for column in (POTENTIAL, RECIPIENTS):
        for region in areas.regions:
            members = [code for code, name in areas.region_of.items() if name == region.code]
            cells.relate((region.code, column), [(code, column) for code in members])
        cells.relate((whole.code, column), [(region.code, column) for region in areas.regions])
    for column in dict.fromkeys(column for _, column in cells.values):
        parts = [(gemeente.code, column) for gemeente in areas.gemeenten]
        cells.relate((whole.code, column), parts)
        if areas.rest is None:
            cells.relate((areas.country.code, column), parts)
        elif areas.whole is not None:
            cells.relate((areas.country.code, column), [(areas.whole.code, column), (areas.rest.code, column)])


def _put_group(cells: Cells, area: Area, group: str) -> None:
    cells.put((area.code, group), area.persons(group), Evidence(count=area.households(group)))


def _put_area(cells: Cells, area: Area, groups: Sequence[str], aspects: Sequence[int]) -> None:
    """All groups of an area, and each of these aspects in each group."""
    row = area.code
    for group in groups:
        _put_group(cells, area, group)
    cells.relate((row, POTENTIAL), [(row, group) for group in (RECIPIENTS, OTHERS, AWAY) if group in groups])
    cells.relate((row, ALL), [(row, RECIPIENTS), (row, OTHERS)])
    for k in aspects:
        for group in GROUPS:
            _put_aspect(cells, area, group, k)
        for make in (with_aspect, without_aspect):
            cells.relate((row, make(ALL, k)), [(row, make(RECIPIENTS, k)), (row, make(OTHERS, k))])


def _put_aspect(cells: Cells, area: Area, group: str, k: int) -> None:
    row, having = area.code, area.persons_with(group, k)
    cells.put((row, with_aspect(group, k)), having, area.evidence(group, k))
    rest = Evidence(count=area.households_without(group, k))
    cells.put((row, without_aspect(group, k)), area.persons(group) - having, rest)
    cells.relate((row, group), [(row, with_aspect(group, k)), (row, without_aspect(group, k))])


def _put_combinations(cells: Cells, area: Area) -> None:
    """How many aspects come together, and which; none and all of them are a number and a combination at once."""
    for number in range(area.aspects + 1):
        codes = with_number(area.aspects, number)
        for group in GROUPS:
            persons, households = area.combination_persons(group), area.combination_households(group)
            row = number_row(area, number)
            # A household can have persons of several combinations, so the largest one is what it certainly counts.
            behind = max(int(households[code]) for code in codes)
            cells.put((row, group), sum(int(persons[code]) for code in codes), Evidence(count=behind))
            for code in codes if len(codes) > 1 else ():
                place = (combination_row(area, code), group)
                cells.put(place, int(persons[code]), Evidence(count=int(households[code])))
        rows = [number_row(area, number)]
        if len(codes) > 1:
            rows += [combination_row(area, code) for code in codes]
            for group in GROUPS:
                cells.relate((rows[0], group), [(row, group) for row in rows[1:]])
        for row in rows:
            cells.relate((row, ALL), [(row, RECIPIENTS), (row, OTHERS)])
    _relate_combinations(cells, area)


def _relate_combinations(cells: Cells, area: Area) -> None:
    k = area.aspects
    single = {with_number(k, number)[0]: number for number in (0, k)}
    rows = [number_row(area, single[c]) if c in single else combination_row(area, c) for c in range(1 << k)]
    for group in GROUPS:
        cells.relate((area.code, group), [(number_row(area, n), group) for n in range(k + 1)])
        for aspect, has in enumerate(membership(k)):
            places = [(row, group) for row in rows]
            having = [p for p, h in zip(places, has, strict=True) if h]
            cells.relate((area.code, with_aspect(group, aspect)), having)
            lacking = [p for p, h in zip(places, has, strict=True) if not h]
            cells.relate((area.code, without_aspect(group, aspect)), lacking)
