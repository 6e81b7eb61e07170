"""Tables of wijken: table 2, figures 8 to 12, the inequality of table 3, and the rankings of tables A1 and A2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.aspects_labels import FIGURE_12, TABLE_2
from verdeelmodel.reintegration.profile_figures import ALL, GROUPS, OTHERS, POTENTIAL, RECIPIENTS, Area
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
from verdeelmodel.reintegration.profile_positions import ranked
from verdeelmodel.table import Cell, Evidence, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_study import RecipientProfile


def table_2(profile: RecipientProfile) -> Table:
    """How often each aspect occurs among the recipients of each wijk, its position, and the complexity index."""
    layout = _wijk_layout("profile_table_2", text("profile.table.table_2", year=profile.year))
    layout.column("recipients", text("profile.column.recipients"), "count")
    for k in profile.wijk_aspects:
        aspect_column(layout, profile, k)
        aspect_column(layout, profile, k, "position", "text")
    layout.column("index", text("profile.column.index"), "count")
    layout.column("label", text("profile.column.label"))
    for gemeente, wijk in _wijken(profile):
        bounds = profile.wijk_bounds[gemeente.code, RECIPIENTS]
        row = _named(gemeente, wijk) | {"recipients": number(profile, wijk, RECIPIENTS)}
        for k in profile.wijk_aspects:
            key = profile.definitions.aspects[k].key
            row[key] = share(profile, wijk, RECIPIENTS, k)
            row[f"{key}_position"] = position(profile, wijk, RECIPIENTS, k, bounds[k])
        layout.row(**row, **_index(profile, wijk, RECIPIENTS, gemeente, TABLE_2))
    return layout.table(profile, _notes(profile, TABLE_2), group="gemeente", source=text("profile.place.table_2"))


def groups_table(profile: RecipientProfile) -> Table:
    """Share and position of each aspect among all inhabitants, recipients and others of each wijk: figures 8 to 11.

    The bounds are those between the shares of all inhabitants, for every group.
    """
    layout = _wijk_layout("profile_wijk_groups", text("profile.table.groups", year=profile.year))
    layout.column("aspect", text("profile.column.aspect"))
    for group in (ALL, RECIPIENTS, OTHERS):
        short = text(f"profile.short.{group}")
        layout.column(group, short, "share")
        layout.column(f"{group}_position", f"{short}, {text('profile.ending.position')}")
    for gemeente, wijk in _wijken(profile):
        bounds = profile.wijk_bounds[gemeente.code, ALL]
        for k in profile.wijk_aspects:
            row = _named(gemeente, wijk) | {"aspect": str(profile.definitions.aspects[k].label)}
            for group in GROUPS:
                row[group] = share(profile, wijk, group, k)
                row[f"{group}_position"] = position(profile, wijk, group, k, bounds[k])
            layout.row(**row)
    notes = [text("profile.note.all_bounds"), text("profile.note.others")]
    return layout.table(profile, notes, group="gemeente", source=text("profile.place.figures_wijk"))


def index_table(profile: RecipientProfile) -> Table:
    """The complexity index of all inhabitants, recipients and others of each wijk: figure 12."""
    layout = _wijk_layout("profile_wijk_index", text("profile.table.index", year=profile.year))
    for group in (ALL, RECIPIENTS, OTHERS):
        short = text(f"profile.short.{group}")
        layout.column(group, short, "count")
        layout.column(f"{group}_label", f"{short}, {text('profile.column.label').lower()}")
    for gemeente, wijk in _wijken(profile):
        row = _named(gemeente, wijk)
        for group in GROUPS:
            found = _index(profile, wijk, group, gemeente, FIGURE_12)
            row[group], row[f"{group}_label"] = found["index"], found["label"]
        layout.row(**row)
    notes = [text("profile.note.all_bounds"), *_notes(profile, FIGURE_12)]
    return layout.table(profile, notes, group="gemeente", source=text("profile.place.figure_12"))


def table_3(profile: RecipientProfile) -> Table:
    """The difference in share between recipients and others of each wijk, ranked from most to least unequal."""
    layout = _wijk_layout("profile_table_3", text("profile.table.table_3", year=profile.year))
    for k in profile.wijk_aspects:
        aspect_column(layout, profile, k, "difference", "percentage_points")
        aspect_column(layout, profile, k, "rank", "count")
    layout.column("mean_rank", text("profile.column.mean_rank"), "number", 1)
    for gemeente in profile.areas.chosen:
        wijken = profile.areas.wijken[gemeente.code]
        gaps = {k: inequality(profile, wijken, k) for k in profile.wijk_aspects}
        places = {k: ranked(found) for k, found in gaps.items()}
        for wijk in wijken:
            layout.row(**_named(gemeente, wijk), **_gap_row(profile, wijk, gaps, places))
    notes = [text("profile.note.difference"), text("profile.note.rank")]
    return layout.table(profile, notes, group="gemeente", source=text("profile.place.table_3"))


def inequality(profile: RecipientProfile, wijken: tuple[Area, ...], aspect: int) -> dict[str, float]:
    """Per wijk the share among recipients minus that among others, where both are shown."""
    recipients, others = (profile.shares(wijken, group, aspect) for group in (RECIPIENTS, OTHERS))
    return {code: recipients[code] - others[code] for code in recipients if code in others}


def _gap_row(
    profile: RecipientProfile,
    wijk: Area,
    gaps: Mapping[int, Mapping[str, float]],
    places: Mapping[int, Mapping[str, int]],
) -> dict[str, Cell | Value]:
    row: dict[str, Cell | Value] = {}
    for k, found in gaps.items():
        key = profile.definitions.aspects[k].key
        behind = _both_behind(wijk, k)
        shown = wijk.code in found
        row[f"{key}_difference"] = (found[wijk.code], behind) if shown else suppressed()
        row[f"{key}_rank"] = (places[k][wijk.code], behind) if shown else suppressed()
    ranks = [places[k][wijk.code] for k in gaps if wijk.code in gaps[k]]
    behind = Evidence(count=wijk.households(RECIPIENTS))
    row["mean_rank"] = (sum(ranks) / len(ranks), behind) if len(ranks) == len(gaps) else suppressed()
    return row


def _both_behind(wijk: Area, aspect: int) -> Evidence:
    """What stands behind a difference: the smaller of the two groups with the aspect."""
    return Evidence(count=min(wijk.households_with(group, aspect) for group in (RECIPIENTS, OTHERS)))


def table_a1(profile: RecipientProfile) -> Table:
    """Wijken by the share of their potential labour force that receives bijstand, the largest first."""
    layout = _wijk_layout("profile_table_a1", text("profile.table.table_a1", year=profile.year))
    layout.column("rank", text("profile.column.rank"), "count")
    layout.column("recipients", text("profile.column.recipients"), "count")
    layout.column("potential", text("profile.column.potential"), "count")
    layout.column("share", text("profile.column.recipient_share"), "share")
    for gemeente in profile.areas.chosen:
        wijken = profile.areas.wijken[gemeente.code]
        places = ranked(recipient_shares(profile, wijken))
        for wijk in sorted(wijken, key=lambda w: (places.get(w.code, len(wijken)), w.code)):
            found = part(profile, wijk, RECIPIENTS, POTENTIAL)
            layout.row(
                **_named(gemeente, wijk),
                rank=(places[wijk.code], found[1]) if wijk.code in places else suppressed(),
                recipients=number(profile, wijk, RECIPIENTS),
                potential=number(profile, wijk, POTENTIAL),
                share=found,
            )
    return layout.table(profile, [text("profile.note.rank")], group="gemeente", source=text("profile.place.table_a1"))


def recipient_shares(profile: RecipientProfile, wijken: tuple[Area, ...]) -> dict[str, float]:
    """Recipients as a part of the potential labour force of each wijk, where it is shown."""
    found = {wijk.code: part(profile, wijk, RECIPIENTS, POTENTIAL)[0] for wijk in wijken}
    return {code: float(value) for code, value in found.items() if isinstance(value, float)}


def table_a2(profile: RecipientProfile) -> Table:
    """The place of each wijk on each aspect among its recipients, the largest share first."""
    layout = _wijk_layout("profile_table_a2", text("profile.table.table_a2", year=profile.year))
    for k in profile.wijk_aspects:
        aspect_column(layout, profile, k, "rank", "count")
    for gemeente in profile.areas.chosen:
        wijken = profile.areas.wijken[gemeente.code]
        places = {k: ranked(profile.shares(wijken, RECIPIENTS, k)) for k in profile.wijk_aspects}
        for wijk in wijken:
            row = _named(gemeente, wijk)
            for k, found in places.items():
                shown = (found.get(wijk.code, 0), wijk.evidence(RECIPIENTS, k))
                row[f"{profile.definitions.aspects[k].key}_rank"] = shown if wijk.code in found else suppressed()
            layout.row(**row)
    return layout.table(profile, [text("profile.note.rank")], group="gemeente", source=text("profile.place.table_a2"))


def _wijk_layout(key: str, title: str) -> Layout:
    layout = Layout(key, title)
    layout.column("gemeente", text("profile.column.gemeente"))
    layout.column("wijk", text("profile.column.wijk"), "code")
    layout.column("name", text("profile.column.name"))
    return layout


def _wijken(profile: RecipientProfile) -> Iterator[tuple[Area, Area]]:
    for gemeente in profile.areas.chosen:
        for wijk in profile.areas.wijken[gemeente.code]:
            yield gemeente, wijk


def _named(gemeente: Area, wijk: Area) -> dict[str, Cell | Value]:
    return {"gemeente": gemeente.name, "wijk": wijk.code, "name": wijk.name}


def _index(profile: RecipientProfile, wijk: Area, group: str, gemeente: Area, place: str) -> dict[str, Cell | Value]:
    """The index of a wijk and its label: among recipients by their own bounds (table 2), or by those of all."""
    bounds = profile.wijk_bounds[gemeente.code, RECIPIENTS if place == TABLE_2 else ALL]
    found = profile.index(wijk, group, bounds)
    if found is None:
        return {"index": no_position(), "label": no_position()}
    behind = Evidence(count=wijk.households(group))
    return {"index": (found, behind), "label": profile.labels.of_wijken(place).word(found)}


def _notes(profile: RecipientProfile, place: str) -> list[str]:
    labels = profile.labels.of_wijken(place)
    notes = [text("profile.note.positions"), text("profile.note.labels", labels=labels.key, source=labels.source)]
    left_out = [str(a.label) for a in profile.definitions.aspects if not a.wijk]
    if left_out:
        notes.append(text("profile.note.not_wijk", aspects=", ".join(left_out)))
    return notes
