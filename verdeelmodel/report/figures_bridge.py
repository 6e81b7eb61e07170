"""The waterfall of a budget: from one amount, cause by cause, to another; as SVG and as a page that needs nothing else.

Safe for the colour-blind, readable in print and by a screen reader, and the same bytes for the same change.
"""

from __future__ import annotations

from dataclasses import dataclass

from verdeelmodel.report.page import Section, page
from verdeelmodel.report.svg import GREY, LIGHT, OVER, SHORT, SMALL, Drawing, Scale, formatter, shortened
from verdeelmodel.scenario.change import BudgetChange, signed
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

WIDTH, ROW, LABELS = 760.0, 30.0, 300.0
MILLION = 1e6


@dataclass(frozen=True)
class Bar:
    """One bar: what it is, from where to where it goes in euros, the number beside it, and whether it is a budget."""

    label: str
    start: float
    end: float
    shown: str
    total: bool = False


def bars(change: BudgetChange) -> tuple[Bar, ...]:
    """The budget at the start, a bar per cause that begins where the one before ends, and the budget in the end."""
    found, at = [_total(change.start_label, change.start)], change.start
    for part in change.parts:
        found.append(Bar(part.label, at, at + part.euro, signed(part.euro)))
        at += part.euro
    return (*found, _total(change.end_label, change.end))


def _total(label: str, euro: int) -> Bar:
    return Bar(label, 0.0, euro, format_number(euro, "euro"), total=True)


def waterfall(change: BudgetChange) -> str:
    """The waterfall of one gemeente as SVG. The axis does not start at zero: the causes are what it shows."""
    rows = bars(change)
    inner = [value for bar in rows for value in ((bar.end,) if bar.total else (bar.start, bar.end))]
    room = max(max(inner) - min(inner), 0.001 * max(max(inner), 1.0))
    height = ROW * len(rows) + 56
    drawing = Drawing(WIDTH, height, marked(change), spoken(change), f"waterfall-{change.code}")
    scale = Scale(min(inner) - 0.3 * room, max(inner) + 0.1 * room, LABELS, WIDTH - 130)
    _axis(drawing, scale, height)
    for row, bar in enumerate(rows):
        _bar(drawing, scale, row, bar)
    if change.synthetic:
        drawing.words(WIDTH - 8, height - 4, text("table.synthetic"), SMALL, "end", bold=True)
    return drawing.svg()


def _bar(drawing: Drawing, scale: Scale, row: int, bar: Bar) -> None:
    y = 10 + row * ROW
    left = scale.start if bar.total else scale(min(bar.start, bar.end))
    right = scale(bar.end) if bar.total else scale(max(bar.start, bar.end))
    colour = GREY if bar.total else OVER if bar.end > bar.start else SHORT
    drawing.words(LABELS - 8, y + 15, shortened(bar.label, LABELS - 14), anchor="end", bold=bar.total)
    drawing.box(left, y, max(right - left, 1.0), ROW - 8, colour, f"{bar.label}: {bar.shown}")
    drawing.words(right + 5, y + 15, bar.shown, SMALL, bold=bar.total)
    drawing.line(scale(bar.end), y + ROW - 8, scale(bar.end), y + ROW, GREY)


def _axis(drawing: Drawing, scale: Scale, height: float) -> None:
    bottom = height - 42
    ticks = scale.ticks(4)
    show = formatter("number", [tick / MILLION for tick in ticks])
    for tick in ticks:
        drawing.line(scale(tick), 8, scale(tick), bottom, LIGHT)
        drawing.words(scale(tick), bottom + 16, show(tick / MILLION), SMALL, "middle")
    drawing.words(scale.end, bottom + 34, text("scenario.figure.euros"), SMALL, "end")


def marked(change: BudgetChange) -> str:
    """The title, with the mark of synthetic data."""
    return f"{change.title} ({text('table.synthetic')})" if change.synthetic else change.title


def spoken(change: BudgetChange) -> str:
    """The figure in words."""
    return "; ".join(f"{bar.label}: {bar.shown}" for bar in bars(change))


def waterfall_page(change: BudgetChange) -> str:
    """The sentence, the waterfall and its table as one HTML file without any other file."""
    figure = (text("scenario.figure.caption"), waterfall(change))
    section = Section("brug", text("scenario.change.heading"), [str(change)], [figure], [change.table()])
    lead = [change.about] if change.about else []
    return page(change.title, change.title, lead, [section], change.synthetic)
