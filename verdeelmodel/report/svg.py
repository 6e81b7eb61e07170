"""Drawing in SVG: one look, one palette, text that a screen reader can read, the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np

from verdeelmodel.table import Kind, format_number, harmless

# The palette of Okabe and Ito, as in the figures of a comparison: tekort orange, overschot blue, others grey.
SHORT, OVER, GREY, INK, LIGHT = "#D55E00", "#0072B2", "#7F7F7F", "#222222", "#D9D9D9"
TEXT, SMALL = 13, 11
CHARACTER = 0.56  # mean width of a character as a part of the size of the letter


@dataclass(frozen=True)
class Scale:
    """From values to places on the drawing, in a straight line."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        span = self.high - self.low
        return self.start + (value - self.low) / span * (self.end - self.start) if span else (self.start + self.end) / 2

    def ticks(self, wanted: int = 5) -> list[float]:
        """Round values within the range, about as many as wanted."""
        span = (self.high - self.low) / max(wanted, 1)
        if span <= 0:
            return [self.low]
        power = 10.0 ** np.floor(np.log10(span))
        step = float(next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= span * 0.999))
        first, last = int(np.ceil(self.low / step - 1e-9)), int(np.floor(self.high / step + 1e-9))
        return [i * step for i in range(first, last + 1)]


@dataclass
class Drawing:
    """A drawing of fixed width that is shown as wide as there is room; `title` and `alternative` are read aloud."""

    width: float
    height: float
    title: str
    alternative: str
    key: str
    parts: list[str] = field(default_factory=list)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 1, dash: str = ""
    ) -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"{dashed}/>'
        )

    def path(
        self,
        points: Sequence[tuple[float, float]],
        colour: str = INK,
        width: float = 1.5,
        fill: str = "none",
        dash: str = "",
    ) -> None:
        """A line through points, or a filled shape."""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        tag = "polyline" if fill == "none" else "polygon"
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<{tag} points="{places}" fill="{fill}" stroke="{colour}" stroke-width="{width}"{dashed}/>')

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, hover: str = "", edge: str = "none"
    ) -> None:
        """A filled rectangle; `hover` shows when it is pointed at."""
        inside = f"<title>{escape(harmless(hover))}</title>" if hover else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
            f'fill="{colour}" stroke="{edge}">{inside}</rect>'
        )

    def dot(self, x: float, y: float, radius: float, colour: str, hover: str = "", edge: str = "none") -> None:
        """A filled circle."""
        inside = f"<title>{escape(harmless(hover))}</title>" if hover else ""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" stroke="{edge}">{inside}</circle>'
        )

    def words(
        self,
        x: float,
        y: float,
        words: str,
        size: int = TEXT,
        anchor: str = "start",
        colour: str = INK,
        bold: bool = False,
    ) -> None:
        """A line of text; anchor is start, middle or end."""
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{weight}>'
            f"{escape(harmless(words))}</text>"
        )

    def svg(self) -> str:
        """The drawing as an SVG element that can stand in a page."""
        inside = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-labelledby="{self.key}-t {self.key}-d" font-family="system-ui, Arial, sans-serif">\n'
            f'<title id="{self.key}-t">{escape(harmless(self.title))}</title>\n'
            f'<desc id="{self.key}-d">{escape(harmless(self.alternative))}</desc>\n{inside}\n</svg>'
        )


def width_of(words: str, size: int = TEXT) -> float:
    """About how wide a line of text is."""
    return len(words) * size * CHARACTER


def shortened(words: str, room: float, size: int = TEXT) -> str:
    """The text, cut with an ellipsis when it is wider than the room."""
    most = int(room / (size * CHARACTER))
    return words if len(words) <= most else f"{words[: max(most - 1, 1)]}…"


def formatter(kind: Kind, values: Sequence[float]) -> Callable[[float], str]:
    """Shows every tick with as many decimals as the ticks need, at most three."""
    factor = 100 if kind in ("share", "percentage_points") else 1
    needed = next((d for d in range(4) if all(abs(v * factor - round(v * factor, d)) < 1e-6 for v in values)), 3)
    return lambda value: format_number(value, kind, needed)
