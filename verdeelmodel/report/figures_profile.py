"""Figures of a profile: tiles of wijken or gemeenten coloured by their relative position or their complexity.

A tile per area, in the order of the codes, because a population has no borders of areas. The darker, the higher; every
tile also says it in words, so that colour is never the only sign. An area whose figure is left out is white.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.aspects_labels import FIGURE_12
from verdeelmodel.reintegration.profile_figures import ALL, OTHERS, RECIPIENTS, Area
from verdeelmodel.reintegration.profile_positions import POSITIONS, quintile_bounds
from verdeelmodel.reintegration.profile_tables_wijk import recipient_shares
from verdeelmodel.report.svg import GREY, INK, SMALL, TEXT, Drawing, shortened, width_of
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.aspects_labels import LabelSet
    from verdeelmodel.reintegration.profile_positions import Bounds
    from verdeelmodel.reintegration.profile_study import RecipientProfile

WIDTH, GAP, TILE, MARGIN, HEADING = 760.0, 6.0, 46.0, 2.0, 24.0
WIDEST = 118.0
# One hue from light to dark; the letters are white on the two darkest.
SHADES = ("#EFF3FF", "#BDD7E7", "#6BAED6", "#3182BD", "#08519C")
DARK = 3
NOTHING = "#FFFFFF"
PANELS = (ALL, RECIPIENTS, OTHERS)


@dataclass(frozen=True)
class Tile:
    """One area on a figure: its name, the shade (None: left out) and what it says."""

    name: str
    shade: int | None
    words: str


def position_figure(profile: RecipientProfile, gemeente: Area, aspect: int) -> str:
    """The position of the wijken of a gemeente on an aspect: all inhabitants, recipients and others (figures 8-11)."""
    bounds = profile.wijk_bounds[gemeente.code, ALL][aspect]
    declared = profile.definitions.aspects[aspect]
    panels = {
        _panel(group): [_position_tile(profile, w, group, aspect, bounds) for w in profile.areas.wijken[gemeente.code]]
        for group in PANELS
    }
    title = text("profile.drawing.position", aspect=str(declared.label), gemeente=gemeente.name)
    return panels_figure(panels, title, f"tiles-{gemeente.code}-{declared.key}", _position_legend())


def index_figure(profile: RecipientProfile, gemeente: Area) -> str:
    """The complexity of the wijken of a gemeente: all inhabitants, recipients and others (figure 12)."""
    labels, bounds = profile.labels.of_wijken(FIGURE_12), profile.wijk_bounds[gemeente.code, ALL]
    wijken = profile.areas.wijken[gemeente.code]
    panels = {
        _panel(group): [_index_tile(w, profile.index(w, group, bounds), labels) for w in wijken] for group in PANELS
    }
    title = text("profile.drawing.index", gemeente=gemeente.name)
    return panels_figure(panels, title, f"tiles-{gemeente.code}-index", _label_legend(labels))


def recipients_figure(profile: RecipientProfile, gemeente: Area) -> str:
    """The share of recipients in each wijk, by quintile of the wijken (figure 1)."""
    wijken = profile.areas.wijken[gemeente.code]
    shares = recipient_shares(profile, wijken)
    bounds = quintile_bounds(list(shares.values()))
    tiles = [_share_tile(wijk, shares.get(wijk.code), bounds) for wijk in wijken]
    title = text("profile.drawing.recipients", gemeente=gemeente.name)
    return panels_figure({title: tiles}, title, f"tiles-{gemeente.code}-recipients", _position_legend())


def gemeenten_figure(profile: RecipientProfile, aspect: int) -> str:
    """The position of gemeenten on an aspect among their recipients (figures 2-6)."""
    bounds, declared = profile.gemeente_bounds[aspect], profile.definitions.aspects[aspect]
    tiles = [_position_tile(profile, area, RECIPIENTS, aspect, bounds) for area in profile.areas.gemeenten]
    title = text("profile.drawing.position", aspect=str(declared.label), gemeente=_compared(profile))
    return panels_figure({str(declared.label): tiles}, title, f"tiles-gemeenten-{declared.key}", _position_legend())


def gemeenten_index_figure(profile: RecipientProfile) -> str:
    """The complexity of the problems of recipients in each gemeente (figure 7)."""
    labels, bounds = profile.labels.gemeente[0], profile.gemeente_bounds
    tiles = [_index_tile(area, profile.index(area, RECIPIENTS, bounds), labels) for area in profile.areas.gemeenten]
    title = text("profile.drawing.index", gemeente=_compared(profile))
    return panels_figure({text("profile.column.label"): tiles}, title, "tiles-gemeenten-index", _label_legend(labels))


def panels_figure(panels: Mapping[str, Sequence[Tile]], title: str, key: str, legend: Sequence[tuple[int, str]]) -> str:
    """Panels of tiles under each other, each under its heading, and the legend; empty when no tile has anything."""
    across = max(1, int((WIDTH - 2 * MARGIN + GAP) // (WIDEST + GAP)))
    heights = [HEADING + -(-len(tiles) // across) * (TILE + GAP) + GAP for tiles in panels.values()]
    spoken = "; ".join(
        f"{heading}: " + ", ".join(f"{tile.name} {tile.words}" for tile in tiles) for heading, tiles in panels.items()
    )
    drawing = Drawing(WIDTH, sum(heights) + 2 * HEADING + GAP, title, spoken, key)
    top = 0.0
    for (heading, tiles), height in zip(panels.items(), heights, strict=True):
        drawing.words(MARGIN, top + 16, heading, bold=True)
        for place, tile in enumerate(tiles):
            row, column = divmod(place, across)
            _draw(drawing, tile, MARGIN + column * (WIDEST + GAP), top + HEADING + row * (TILE + GAP))
        top += height
    _draw_legend(drawing, legend, top)
    return drawing.svg() if any(tile.shade is not None for tiles in panels.values() for tile in tiles) else ""


def _draw(drawing: Drawing, tile: Tile, x: float, y: float) -> None:
    colour = NOTHING if tile.shade is None else SHADES[tile.shade]
    ink = NOTHING if tile.shade is not None and tile.shade >= DARK else INK
    drawing.box(x, y, WIDEST, TILE, colour, f"{tile.name}: {tile.words}", GREY)
    drawing.words(x + 5, y + 18, shortened(tile.name, WIDEST - 8, TEXT), TEXT, colour=ink)
    drawing.words(x + 5, y + 36, shortened(tile.words, WIDEST - 8, SMALL), SMALL, colour=ink)


def _draw_legend(drawing: Drawing, legend: Sequence[tuple[int, str]], top: float) -> None:
    """The shades with their words, on a second line where the first is full."""
    entries = [*((SHADES[shade], words) for shade, words in legend), (NOTHING, text("profile.drawing.nothing"))]
    x = MARGIN
    for colour, words in entries:
        needed = 19 + width_of(words, SMALL) + 16
        if x + needed > WIDTH:
            x, top = MARGIN, top + HEADING - 4
        drawing.box(x, top + 6, 14, 14, colour, edge=GREY)
        drawing.words(x + 19, top + 17, words, SMALL)
        x += needed


def _position_tile(profile: RecipientProfile, area: Area, group: str, aspect: int, bounds: Bounds | None) -> Tile:
    found = profile.position(area, group, aspect, bounds)
    if found is None:
        shown = profile.shows_share(area, group, aspect)
        return Tile(area.name, None, text("profile.drawing.no_position") if shown else _left_out())
    return Tile(area.name, POSITIONS.index(found), text(f"profile.position.{found}"))


def _index_tile(area: Area, index: int | None, labels: LabelSet) -> Tile:
    if index is None:
        return Tile(area.name, None, _left_out())
    last = len(labels.labels) - 1
    place = next((p for p, x in enumerate(labels.labels) if x.low <= index <= x.high), last)
    return Tile(area.name, _spread(place, last), f"{index}: {labels.word(index)}")


def _share_tile(area: Area, share: float | None, bounds: Bounds | None) -> Tile:
    if share is None:
        return Tile(area.name, None, _left_out())
    shade = POSITIONS.index(bounds.position(share)) if bounds is not None else None
    return Tile(area.name, shade, format_number(share, "share"))


def _label_legend(labels: LabelSet) -> list[tuple[int, str]]:
    return [(_spread(place, len(labels.labels) - 1), str(x.words)) for place, x in enumerate(labels.labels)]


def _position_legend() -> list[tuple[int, str]]:
    return [(shade, text(f"profile.position.{position}")) for shade, position in enumerate(POSITIONS)]


def _spread(place: int, last: int) -> int:
    """The shade of a label, spread over all shades."""
    return round(place * (len(SHADES) - 1) / max(last, 1))


def _panel(group: str) -> str:
    """The heading of a panel, lettered as in the source."""
    return f"({'abc'[PANELS.index(group)]}) {text(f'profile.group.{group}')}"


def _left_out() -> str:
    return text("profile.drawing.left_out")


def _compared(profile: RecipientProfile) -> str:
    return (profile.areas.whole or profile.areas.country).name
