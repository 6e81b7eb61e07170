"""Tables of combinations: how many aspects come together, and which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.combinations import keys, label, with_number
from verdeelmodel.reintegration.profile_cells import combination_row, number_row
from verdeelmodel.reintegration.profile_figures import GROUPS, Area
from verdeelmodel.reintegration.profile_layout import Layout, Value, suppressed
from verdeelmodel.table import Cell, Evidence, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_study import RecipientProfile


def numbers_table(profile: RecipientProfile) -> Table:
    """How many aspects come together, as a part of each group."""
    layout = Layout("profile_numbers", text("profile.table.numbers", year=profile.year))
    layout.column("gemeente", text("profile.column.area"))
    layout.column("number", text("profile.column.number_of_aspects"), "code")
    _group_columns(layout)
    for area in (*profile.areas.chosen, profile.areas.country):
        for number in range(area.aspects + 1):
            codes = with_number(area.aspects, number)
            cells = _parts(profile, area, number_row(area, number), codes)
            layout.row(gemeente=area.name, number=str(number), **cells)
    return layout.table(profile, [text("profile.note.others")], group="gemeente", source=text("profile.place.numbers"))


def combinations_table(profile: RecipientProfile) -> Table:
    """Which aspects come together, the most common among recipients first; combinations that may not be shown last."""
    layout = Layout("profile_combinations", text("profile.table.combinations", year=profile.year))
    layout.column("gemeente", text("profile.column.area"))
    layout.column("combination", text("profile.column.combination"))
    layout.column("aspects", text("profile.column.keys"), "code")
    layout.column("number", text("profile.column.number_of_aspects"), "code")
    _group_columns(layout)
    for area in (*profile.areas.chosen, profile.areas.country):
        for row in sorted(_combinations(profile, area), key=_most_common):
            layout.row(gemeente=area.name, **row)
    return layout.table(
        profile, [text("profile.note.combinations")], group="gemeente", source=text("profile.place.numbers")
    )


def _combinations(profile: RecipientProfile, area: Area) -> Iterator[dict[str, Cell | Value]]:
    for number in range(area.aspects + 1):
        codes = with_number(area.aspects, number)
        for code in codes:
            place = row_of(area, code)
            yield {
                "combination": label(profile.definitions, code) or text("profile.none"),
                "aspects": keys(profile.definitions, code),
                "number": str(number),
                **_parts(profile, area, place, (code,)),
            }


def _most_common(row: dict[str, Cell | Value]) -> tuple[float, str]:
    value = row["recipients"]
    shown = value[0] if isinstance(value, tuple) else value
    return (-shown if isinstance(shown, float) else 1.0), str(row["aspects"])


def _group_columns(layout: Layout) -> None:
    for group in GROUPS:
        layout.column(group, text(f"profile.group.{group}"), "share")


def _parts(profile: RecipientProfile, area: Area, row: str, codes: tuple[int, ...]) -> dict[str, Cell | Value]:
    """What part of each group has one of these combinations, where that may be shown."""
    return {group: combined_share(profile, area, group, row, codes) for group in GROUPS}


def combined_share(profile: RecipientProfile, area: Area, group: str, row: str, codes: tuple[int, ...]) -> Value:
    """The part of a group that has one of these combinations; `row` is what they are called among the numbers."""
    if not (profile.published.shows(row, group) and profile.published.shows(area.code, group)):
        return suppressed(), None
    if not area.stands_for(group):
        return NotApplicable(text("profile.nobody")), None
    behind = max(int(area.combination_households(group)[code]) for code in codes)
    evidence = Evidence(numerator=behind, denominator=area.households(group))
    return float(area.combinations(group)[list(codes)].sum()) / area.stands_for(group), evidence


def row_of(area: Area, code: int) -> str:
    """What a combination is called among the numbers; none and all of the aspects are the only one of their number."""
    number = code.bit_count()
    return number_row(area, number) if len(with_number(area.aspects, number)) == 1 else combination_row(area, code)
