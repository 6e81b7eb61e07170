"""The published figures beside the obtained ones, with the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.reintegration.combinations import with_number
from verdeelmodel.reintegration.profile_cells import number_row
from verdeelmodel.reintegration.profile_figures import ALL, POTENTIAL, RECIPIENTS, Area
from verdeelmodel.reintegration.profile_layout import Layout, Value, no_position, number, part, share, suppressed
from verdeelmodel.reintegration.profile_positions import ranked
from verdeelmodel.reintegration.profile_published import SOURCE, Printed, printed_figures, printed_wijken
from verdeelmodel.reintegration.profile_tables_combinations import combined_share, row_of
from verdeelmodel.reintegration.profile_tables_wijk import recipient_shares
from verdeelmodel.table import Cell, Evidence, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_study import RecipientProfile

HEERLEN = "GM0917"
DIFFERENCES = {"share": "percentage_points", "count": "count"}


def published_tables(profile: RecipientProfile) -> list[Table]:
    """The published numbers and shares of the areas of this profile; a table without rows is left out."""
    made = [_numbers(profile), _shares(profile)]
    return [table for table in made if len(table)]


def _numbers(profile: RecipientProfile) -> Table:
    layout = _layout("profile_published_numbers", text("profile.table.published_numbers", year=profile.year), "count")
    for printed in printed_figures():
        if printed.kind == "count":
            _add(layout, profile, printed)
    _add_ranks(layout, profile)
    return layout.table(profile, _notes(profile), of=SOURCE)


def _shares(profile: RecipientProfile) -> Table:
    layout = _layout("profile_published_shares", text("profile.table.published_shares", year=profile.year), "share")
    for printed in printed_figures():
        if printed.kind == "share":
            _add(layout, profile, printed)
    return layout.table(profile, _notes(profile), of=SOURCE)


def _notes(profile: RecipientProfile) -> list[str]:
    notes = [text("profile.note.published")]
    return [*notes, text("profile.note.published_synthetic")] if profile.synthetic else notes


def _layout(key: str, title: str, kind: str) -> Layout:
    layout = Layout(key, title)
    layout.column("area", text("profile.column.area"))
    layout.column("figure", text("profile.column.figure"))
    layout.column("published", text("profile.column.published"), kind)  # type: ignore[arg-type]
    layout.column("obtained", text("profile.column.obtained"), kind)  # type: ignore[arg-type]
    layout.column("difference", text("profile.column.gap"), DIFFERENCES[kind])  # type: ignore[arg-type]
    layout.column("group", text("profile.column.group"))
    layout.column("place", text("profile.column.place"))
    layout.column("certainty", text("profile.column.certainty"))
    layout.column("note", text("profile.column.note"))
    return layout


def _add(layout: Layout, profile: RecipientProfile, printed: Printed) -> None:
    """A row, where the area is in the profile and the aspects are among its definitions."""
    area = _area(profile, printed)
    if area is None:
        return
    obtained = _obtained(profile, area, printed)
    if obtained is None:
        return
    value = int(printed.value) if printed.kind == "count" else printed.value
    behind = Evidence(count=area.households(POTENTIAL))  # a published figure tells nothing of these households
    layout.row(
        figure=_described(profile, printed) + _among(printed.group),
        area=area.name,
        group=text(f"profile.short.{printed.group}"),
        published=(value, behind),
        obtained=obtained,
        difference=_difference(obtained, value),
        place=printed.place,
        certainty=printed.certainty,
        note=printed.note,
    )


def _difference(obtained: Value, published: float) -> Value:
    value, behind = obtained
    if isinstance(value, NotApplicable | str):
        return value, None
    return value - published, behind


def _area(profile: RecipientProfile, printed: Printed) -> Area | None:
    """The area of a published figure; of gemeenten that are only compared with, the number of recipients counts."""
    areas = profile.areas
    gemeenten = areas.gemeenten if printed.figure == RECIPIENTS else areas.chosen
    known = (areas.country, *([areas.whole] if areas.whole else []), *areas.regions, *gemeenten)
    return next((area for area in known if area.code == printed.area), None)


def _described(profile: RecipientProfile, printed: Printed) -> str:
    """What a published figure is, in words."""
    labels = {aspect.key: str(aspect.label) for aspect in profile.definitions.aspects}
    item = "; ".join(labels.get(key, key) for key in printed.item.split(";"))
    if printed.figure.startswith("bound_"):
        return text("profile.figure.bound", quintile=printed.figure.removeprefix("bound_"), item=item)
    low, _, high = item.partition("-")
    return text(f"profile.figure.{printed.figure}", item=low if low == high else item)


def _among(group: str) -> str:
    """Of whom a figure is, where it is not of recipients or of the potential labour force as a whole."""
    return f" ({text(f'profile.group.{group}').lower()})" if group == ALL else ""


def _obtained(profile: RecipientProfile, area: Area, printed: Printed) -> Value | None:
    """The same figure of this profile; None when its definitions do not have it."""
    keys = [aspect.key for aspect in profile.definitions.aspects]
    if printed.figure == "recipients":
        return number(profile, area, RECIPIENTS)
    if printed.figure == "potential":
        return number(profile, area, POTENTIAL)
    if printed.figure == "recipient_share":
        return part(profile, area, RECIPIENTS, POTENTIAL)
    if printed.figure == "index":
        return _counted(profile.index(area, RECIPIENTS, profile.gemeente_bounds), area)
    if printed.figure == "number":
        return _of_number(profile, area, printed.group, int(printed.item))
    if printed.figure.endswith("_with_index"):
        return _with_index(profile, area, printed)
    if any(key not in keys for key in printed.item.split(";")):
        return None
    if printed.figure == "combination":
        return _of_combination(profile, area, printed.group, [keys.index(k) for k in printed.item.split(";")])
    return _of_aspect(profile, area, printed, keys.index(printed.item))


def _of_aspect(profile: RecipientProfile, area: Area, printed: Printed, k: int) -> Value:
    if printed.figure == "aspect":
        return share(profile, area, printed.group, k)
    if printed.figure.startswith("bound_"):
        bounds = profile.wijk_bounds[area.code, printed.group].get(k)
        place = int(printed.figure.removeprefix("bound_")) - 1
        return _counted(bounds.values[place] if bounds else None, area)
    shares = profile.shares(profile.areas.gemeenten, RECIPIENTS, k)
    if not shares:
        return suppressed(), None
    pick = min if printed.figure == "lowest" else max
    code = pick(shares, key=lambda c: (shares[c], c))
    return shares[code], next(g for g in profile.areas.gemeenten if g.code == code).evidence(RECIPIENTS, k)


def _of_number(profile: RecipientProfile, area: Area, group: str, wanted: int) -> Value | None:
    if wanted > area.aspects:
        return None
    return combined_share(profile, area, group, number_row(area, wanted), with_number(area.aspects, wanted))


def _of_combination(profile: RecipientProfile, area: Area, group: str, aspects: list[int]) -> Value:
    """A combination as a part of everyone with as many aspects."""
    code = sum(1 << k for k in aspects)
    codes = with_number(area.aspects, len(aspects))
    all_of_number = combined_share(profile, area, group, number_row(area, len(aspects)), codes)
    value, behind = combined_share(profile, area, group, row_of(area, code), (code,))
    whole = all_of_number[0]
    if not isinstance(value, float) or not isinstance(whole, float):
        return suppressed(), None
    return (value / whole, behind) if whole else (NotApplicable(text("profile.nobody")), None)


def _with_index(profile: RecipientProfile, area: Area, printed: Printed) -> Value:
    """How many gemeenten or wijken have an index between two numbers, of those whose index may be shown."""
    low, high = (int(end) for end in printed.item.split("-"))
    if printed.figure.startswith("gemeenten"):
        found = [profile.index(g, RECIPIENTS, profile.gemeente_bounds) for g in profile.areas.gemeenten]
    else:
        bounds = profile.wijk_bounds[area.code, RECIPIENTS]
        found = [profile.index(w, RECIPIENTS, bounds) for w in profile.areas.wijken[area.code]]
    known = [index for index in found if index is not None]
    return _counted(sum(low <= index <= high for index in known) if known else None, area)


def _counted(value: Cell | None, area: Area) -> Value:
    if value is None:
        return no_position(), None
    return value, Evidence(count=area.households(RECIPIENTS))


def _add_ranks(layout: Layout, profile: RecipientProfile) -> None:
    """The ranking of table A1; in a synthetic country the wijken of Heerlen are other wijken."""
    if profile.synthetic or HEERLEN not in profile.areas.wijken:
        return
    wijken = profile.areas.wijken[HEERLEN]
    places = ranked(recipient_shares(profile, wijken))
    for printed in printed_wijken():
        wijk = next((w for w in wijken if w.code == f"WK{printed.code:06d}"), None)
        if wijk is None or printed.rank is None:
            continue
        behind = Evidence(count=wijk.households(RECIPIENTS))
        obtained: Value = (places[wijk.code], behind) if wijk.code in places else (suppressed(), None)
        layout.row(
            figure=text("profile.figure.rank"),
            area=wijk.name,
            group=text(f"profile.short.{RECIPIENTS}"),
            published=(printed.rank, behind),
            obtained=obtained,
            difference=_difference(obtained, printed.rank),
            place="tabel A1",
            certainty="zeker",
            note="",
        )
