"""Figures of a profile: tiles of wijken or gemeenten coloured by their relative position or their complexity.

A tile per area, in the order of the codes, because a population has no borders of areas. The darker, the higher; every
tile also says it in words, so that colour is never the only sign. An area whose figure is left out is white.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.profile_figures import ALL, OTHERS, RECIPIENTS, Area
from verdeelmodel.reintegration.profile_positions import POSITIONS
from verdeelmodel.report.svg import GREY, INK, SMALL, TEXT, Drawing, shortened
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_positions import Bounds
    from verdeelmodel.reintegration.profile_study import RecipientProfile

WIDTH, GAP, TILE, MARGIN, HEADING = 760.0, 6.0, 46.0, 2.0, 24.0
WIDEST = 118.0
# One hue from light to dark; the letters are white on the two darkest.
SHADES = ("#EFF3FF", "#BDD7E7", "#6BAED6", "#3182BD", "#08519C")
DARK = 3
NOTHING = "#FFFFFF"


@dataclass(frozen=True)
class Tile:
    """One area on a figure: its name, the shade (None: left out) and what it says."""

    name: str
    shade: int | None
    words: str


def position_figure(profile: RecipientProfile, gemeente: Area, aspect: int) -> str:
    """The position of the wijken of a gemeente on an aspect: all inhabitants, recipients and others (figures 8-11)."""
    bounds = profile.wijk_bounds[gemeente.code, ALL][aspect]
    label = str(profile.definitions.aspects[aspect].label)
    panels = {
        group: [_position_tile(profile, wijk, group, aspect, bounds) for wijk in profile.areas.wijken[gemeente.code]]
        for group in (ALL, RECIPIENTS, OTHERS)
    }
    title = text("profile.drawing.position", aspect=label, gemeente=gemeente.name)
    key = f"tiles-{gemeente.code}-{profile.definitions.aspects[aspect].key}"
    return panels_figure(panels, title, key, _position_legend())


def index_figure(profile: RecipientProfile, gemeente: Area) -> str:
    """The complexity of the wijken of a gemeente: all inhabitants, recipients and others (figure 12)."""
    panels = {
        group: [_index_tile(profile, wijk, group, gemeente) for wijk in profile.areas.wijken[gemeente.code]]
        for group in (ALL, RECIPIENTS, OTHERS)
    }
    title = text("profile.drawing.index", gemeente=gemeente.name)
    legend = [(_spread(place, len(_labels(profile))), word) for place, word in enumerate(_labels(profile))]
    return panels_figure(panels, title, f"tiles-{gemeente.code}-index", legend)


def gemeenten_figure(profile: RecipientProfile, aspect: int) -> str:
    """The position of gemeenten on an aspect among their recipients (figures 2-6)."""
    bounds = profile.gemeente_bounds[aspect]
    tiles = [_position_tile(profile, area, RECIPIENTS, aspect, bounds) for area in profile.areas.gemeenten]
    label = str(profile.definitions.aspects[aspect].label)
    area = (profile.areas.whole or profile.areas.country).name
    title = text("profile.drawing.position", aspect=label, gemeente=area)
    key = f"tiles-gemeenten-{profile.definitions.aspects[aspect].key}"
    return panels_figure({RECIPIENTS: tiles}, title, key, _position_legend())


def panels_figure(panels: Mapping[str, Sequence[Tile]], title: str, key: str, legend: Sequence[tuple[int, str]]) -> str:
    """Panels of tiles under each other, each with a heading, and the legend below."""
    across = max(1, int((WIDTH - 2 * MARGIN + GAP) // (WIDEST + GAP)))
    heights = [HEADING + -(-len(tiles) // across) * (TILE + GAP) + GAP for tiles in panels.values()]
    spoken = "; ".join(
        f"{text(f'profile.group.{group}')}: " + ", ".join(f"{tile.name} {tile.words}" for tile in tiles)
        for group, tiles in panels.items()
    )
    drawing = Drawing(WIDTH, sum(heights) + HEADING + GAP, title, spoken, key)
    top = 0.0
    for (group, tiles), height in zip(panels.items(), heights, strict=True):
        drawing.words(MARGIN, top + 16, text(f"profile.group.{group}"), bold=True)
        for place, tile in enumerate(tiles):
            row, column = divmod(place, across)
            _draw(drawing, tile, MARGIN + column * (WIDEST + GAP), top + HEADING + row * (TILE + GAP))
        top += height
    _draw_legend(drawing, legend, top)
    return drawing.svg()


def _draw(drawing: Drawing, tile: Tile, x: float, y: float) -> None:
    colour = NOTHING if tile.shade is None else SHADES[tile.shade]
    ink = NOTHING if tile.shade is not None and tile.shade >= DARK else INK
    drawing.box(x, y, WIDEST, TILE, colour, f"{tile.name}: {tile.words}", GREY)
    drawing.words(x + 5, y + 18, shortened(tile.name, WIDEST - 8, TEXT), TEXT, colour=ink)
    drawing.words(x + 5, y + 36, shortened(tile.words, WIDEST - 8, SMALL), SMALL, colour=ink)


def _draw_legend(drawing: Drawing, legend: Sequence[tuple[int, str]], top: float) -> None:
    entries = [*((SHADES[shade], words) for shade, words in legend), (NOTHING, text("profile.drawing.left_out"))]
    step = (WIDTH - 2 * MARGIN) / len(entries)
    for place, (colour, words) in enumerate(entries):
        x = MARGIN + place * step
        drawing.box(x, top + 6, 14, 14, colour, edge=GREY)
        drawing.words(x + 19, top + 17, shortened(words, step - 22, SMALL), SMALL)


def _position_tile(profile: RecipientProfile, area: Area, group: str, aspect: int, bounds: Bounds | None) -> Tile:
    found = profile.position(area, group, aspect, bounds)
    if found is None:
        return Tile(area.name, None, text("profile.drawing.left_out"))
    return Tile(area.name, POSITIONS.index(found), text(f"profile.position.{found}"))


def _index_tile(profile: RecipientProfile, wijk: Area, group: str, gemeente: Area) -> Tile:
    found = profile.index(wijk, group, profile.wijk_bounds[gemeente.code, ALL])
    if found is None:
        return Tile(wijk.name, None, text("profile.drawing.left_out"))
    word, labels = profile.labels.wijk[0].word(found), _labels(profile)
    place = labels.index(word) if word in labels else len(labels) - 1
    return Tile(wijk.name, _spread(place, len(labels)), f"{found}: {word}")


def _labels(profile: RecipientProfile) -> list[str]:
    return [str(label.words) for label in profile.labels.wijk[0].labels]


def _position_legend() -> list[tuple[int, str]]:
    return [(shade, text(f"profile.position.{position}")) for shade, position in enumerate(POSITIONS)]


def _spread(place: int, number: int) -> int:
    """The shade of a label, spread over all shades."""
    return round(place * (len(SHADES) - 1) / max(number - 1, 1))
