"""Tables of gemeenten: table 1, the five aspects, and the relative positions of figures 2 to 7."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.profile_figures import ALL, OTHERS, POTENTIAL, RECIPIENTS, Area
from verdeelmodel.reintegration.profile_layout import (
    Layout,
    Value,
    aspect_column,
    no_position,
    number,
    part,
    position,
    share,
    suppressed,
)
from verdeelmodel.reintegration.profile_positions import POSITIONS
from verdeelmodel.table import Cell, Evidence, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_study import RecipientProfile


def table_1(profile: RecipientProfile) -> Table:
    """Recipients as a part of the potential labour force, in the rows of table 1."""
    areas = profile.areas
    layout = Layout("profile_table_1", text("profile.table.table_1", year=profile.year))
    layout.column("area", text("profile.column.area"))
    layout.column("recipients", text("profile.column.recipients"), "count")
    layout.column("potential", text("profile.column.potential"), "count")
    layout.column("share", text("profile.column.recipient_share"), "share")
    for area in (*areas.chosen, *areas.regions, *([areas.whole] if areas.whole else []), areas.country):
        layout.row(
            area=text("profile.gemeente_name", name=area.name) if area.level == "gemeente" else area.name,
            recipients=number(profile, area, RECIPIENTS),
            potential=number(profile, area, POTENTIAL),
            share=part(profile, area, RECIPIENTS, POTENTIAL),
        )
    persons = profile.definitions.persons
    note = text("profile.note.potential", low=persons.lowest_age, high=persons.highest_age)
    return layout.table(profile, [note], source=text("profile.place.table_1"))


def aspects_table(profile: RecipientProfile) -> Table:
    """Each aspect among recipients, others and all inhabitants of each gemeente asked for, beside the country."""
    layout = Layout("profile_aspects", text("profile.table.aspects", year=profile.year))
    layout.column("gemeente", text("profile.column.gemeente"))
    layout.column("aspect", text("profile.column.aspect"))
    for group in (RECIPIENTS, OTHERS, ALL):
        layout.column(group, text(f"profile.group.{group}"), "share")
    for key in ("low", "high", "least"):
        layout.column(key, text(f"profile.column.{key}"), "share")
    for area in (*profile.areas.chosen, profile.areas.country):
        for k, aspect in enumerate(profile.definitions.aspects):
            low, high, least = _around(profile, area, k)
            layout.row(
                gemeente=area.name,
                aspect=str(aspect.label),
                recipients=share(profile, area, RECIPIENTS, k),
                others=share(profile, area, OTHERS, k),
                all=share(profile, area, ALL, k),
                low=low,
                high=high,
                least=least,
            )
    notes = [text("profile.note.interval"), text("profile.note.least"), text("profile.note.others")]
    return layout.table(profile, notes, group="gemeente", source="")


def _around(profile: RecipientProfile, area: Area, k: int) -> tuple[Value, Value, Value]:
    """The interval of the share of recipients, and the share if it were one adult per household."""
    if not profile.shows_share(area, RECIPIENTS, k):
        return (suppressed(), None), (suppressed(), None), (suppressed(), None)
    low, high = area.interval(RECIPIENTS, k)
    behind = area.evidence(RECIPIENTS, k)
    least = area.least_share(RECIPIENTS, k)
    if not profile.definitions.aspects[k].of_household:
        least = area.share(RECIPIENTS, k)
    return (low, behind), (high, behind), (least, behind)


def gemeenten_table(profile: RecipientProfile) -> Table:
    """Share, position and index of recipients in every gemeente of the comparison: figures 2 to 7."""
    layout = Layout("profile_gemeenten", text("profile.table.gemeenten", area=_compared(profile), year=profile.year))
    layout.column("code", text("profile.column.code"), "code")
    layout.column("name", text("profile.column.gemeente"))
    layout.column("recipients", text("profile.column.recipients"), "count")
    for k in range(len(profile.definitions.aspects)):
        aspect_column(layout, profile, k)
        aspect_column(layout, profile, k, "position", "text")
    layout.column("index", text("profile.column.index"), "count")
    layout.column("label", text("profile.column.label"))
    for area in profile.areas.gemeenten:
        layout.row(**_gemeente_row(profile, area))
    labels = profile.labels.gemeente[0]
    notes = [text("profile.note.positions"), text("profile.note.labels", labels=labels.key, source=labels.source)]
    return layout.table(profile, notes, source=text("profile.place.figures_gemeente"))


def _gemeente_row(profile: RecipientProfile, area: Area) -> dict[str, Cell | Value]:
    row: dict[str, Cell | Value] = {"code": area.code, "name": area.name}
    row["recipients"] = number(profile, area, RECIPIENTS)
    for k, aspect in enumerate(profile.definitions.aspects):
        row[aspect.key] = share(profile, area, RECIPIENTS, k)
        row[f"{aspect.key}_position"] = position(profile, area, RECIPIENTS, k, profile.gemeente_bounds[k])
    index = profile.index(area, RECIPIENTS, profile.gemeente_bounds)
    behind = Evidence(count=area.households(RECIPIENTS))
    row["index"] = (index, behind) if index is not None else no_position()
    row["label"] = profile.labels.gemeente[0].word(index) if index is not None else no_position()
    return row


def _compared(profile: RecipientProfile) -> str:
    return (profile.areas.whole or profile.areas.country).name


def bounds_table(profile: RecipientProfile) -> Table:
    """The bounds between the positions, for gemeenten and for the wijken of each gemeente asked for."""
    layout = Layout("profile_bounds", text("profile.table.bounds"))
    layout.column("areas", text("profile.column.bound_areas"))
    layout.column("group", text("profile.column.group"))
    layout.column("aspect", text("profile.column.aspect"))
    for word in POSITIONS[:-1]:
        layout.column(word, text("profile.column.up_to", position=text(f"profile.position.{word}")), "share")
    layout.column("number", text("profile.column.number_of_areas"), "count")
    for row in _bounds(profile):
        layout.row(**row)
    notes = [text("profile.note.bounds")]
    return layout.table(profile, notes, group="areas", source=text("profile.place.bounds"))


def _bounds(profile: RecipientProfile) -> Iterator[dict[str, Cell | Value]]:
    sets = [
        (
            text("profile.gemeenten_in", area=_compared(profile)),
            RECIPIENTS,
            profile.gemeente_bounds,
            profile.areas.gemeenten,
        )
    ]
    for area in profile.areas.chosen:
        where, wijken = text("profile.wijken_in", gemeente=area.name), profile.areas.wijken[area.code]
        sets += [(where, group, profile.wijk_bounds[area.code, group], wijken) for group in (RECIPIENTS, ALL)]
    for where, group, bounds, areas in sets:
        for k, found in bounds.items():
            row: dict[str, Cell | Value] = {"areas": where, "group": text(f"profile.group.{group}")}
            row["aspect"] = str(profile.definitions.aspects[k].label)
            counted = profile.shares(areas, group, k)
            behind = Evidence(count=sum(area.households(group) for area in areas if area.code in counted))
            for place, word in enumerate(POSITIONS[:-1]):
                row[word] = (found.values[place], behind) if found else no_position()
            row["number"] = (found.areas, behind) if found else no_position()
            yield row
