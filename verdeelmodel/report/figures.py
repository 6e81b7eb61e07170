"""The figures of a dossier, each the answer to one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.explain.dossier import Z, interval_of
from verdeelmodel.explain.rate import by_theme
from verdeelmodel.report.svg import GREY, INK, LIGHT, OVER, SHORT, SMALL, Drawing, Scale, formatter, shortened
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.country import Country
    from verdeelmodel.explain.dossier import Dossier, RateComparison

WIDTH, ROW, LABELS, LEGEND = 760.0, 26.0, 230.0, 215.0
BAND = (10, 90)


def waterfall(found: Dossier, comparison: RateComparison) -> str:
    """Which thema's make the predicted rate differ from that of the others."""
    parts = by_theme(comparison.parts, found.country.themes)
    ordered = sorted(parts.items(), key=lambda item: (-abs(item[1]), item[0]))
    ends, at = [], comparison.other
    for _, part in ordered:
        ends.append((at, at + part))
        at += part
    values = [comparison.other, comparison.rate, *(v for pair in ends for v in pair)]
    room = max(max(values) - min(values), 1e-4)
    height = ROW * (len(ordered) + 2) + 50
    title = text("report.figure.waterfall", name=found.name, other=comparison.label)
    spoken = ", ".join(f"{theme} {_points(part)}" for theme, part in ordered)
    drawing = Drawing(WIDTH, height, title, spoken, f"waterfall-{comparison.key}")
    scale = Scale(min(values) - 0.12 * room, max(values) + 0.18 * room, LABELS, WIDTH - 20)
    _grid(drawing, scale, 8, height - 34)
    _total_row(drawing, scale, 0, comparison.label, comparison.other)
    for row, ((theme, part), (start, end)) in enumerate(zip(ordered, ends, strict=True), start=1):
        y, left = 10 + row * ROW, scale(min(start, end))
        drawing.words(LABELS - 8, y + 15, shortened(theme, LABELS - 14), anchor="end")
        drawing.box(left, y, max(abs(scale(end) - scale(start)), 1.0), ROW - 8, SHORT if part > 0 else OVER)
        drawing.words(scale(max(start, end)) + 4, y + 14, _points(part), SMALL)
        drawing.line(scale(end), y + ROW - 8, scale(end), y + ROW, GREY)
    _total_row(drawing, scale, len(ordered) + 1, found.name, comparison.rate)
    return drawing.svg()


def _points(value: float) -> str:
    sign = "+" if value > 0 else ""
    return f"{sign}{format_number(value, 'percentage_points', 2)}"


def _total_row(drawing: Drawing, scale: Scale, row: int, label: str, value: float) -> None:
    y = 10 + row * ROW
    drawing.words(LABELS - 8, y + 15, shortened(label, LABELS - 14), anchor="end", bold=True)
    drawing.box(scale.start, y, scale(value) - scale.start, ROW - 8, GREY)
    drawing.words(scale(value) + 4, y + 14, format_number(value, "share", 2), SMALL, bold=True)


def _grid(drawing: Drawing, scale: Scale, top: float, bottom: float) -> None:
    ticks = scale.ticks()
    show = formatter("share", ticks)
    for tick in ticks:
        drawing.line(scale(tick), top, scale(tick), bottom, LIGHT)
        drawing.words(scale(tick), bottom + 16, show(tick), SMALL, "middle")


def timeline(found: Dossier) -> str:
    """How the saldo went over the years, beside that of the other gemeenten."""
    lines = found.years
    years = [line.year for line in lines]
    everyone = [a.saldo.saldo for a in found.country.accounts if a.year in years]
    low, middle, high = (np.array([np.percentile(s, q) for s in everyone]) for q in (BAND[0], 50, BAND[1]))
    own = [line.saldo for line in lines]
    known = {line.year: interval_of(found.numbers, line.objective, line) for line in lines}
    ends = {year: interval for year, interval in known.items() if interval is not None}
    values = [*own, *low, *high, 0.0, *(end for pair in ends.values() for end in pair)]
    spoken = ", ".join(f"{y}: {format_number(s, 'share')}" for y, s in zip(years, own, strict=True))
    drawing = Drawing(WIDTH, 300, text("report.figure.timeline", name=found.name), spoken, "timeline")
    x = Scale(min(years) - 0.3, max(years) + 0.3, 60, WIDTH - LEGEND)
    y = Scale(min(values) - 0.02, max(values) + 0.02, 262, 14)
    ticks = y.ticks()
    show = formatter("share", ticks)
    for tick in ticks:
        drawing.line(60, y(tick), WIDTH - LEGEND, y(tick), INK if tick == 0 else LIGHT)
        drawing.words(54, y(tick) + 4, show(tick), SMALL, "end")
    band = [(x(t), y(v)) for t, v in zip(years, high, strict=True)]
    band += [(x(t), y(v)) for t, v in zip(reversed(years), reversed(low), strict=True)]
    drawing.path(band, "none", 0, LIGHT)
    drawing.path([(x(t), y(v)) for t, v in zip(years, middle, strict=True)], GREY, 1.5, dash="5 4")
    drawing.path([(x(t), y(v)) for t, v in zip(years, own, strict=True)], INK, 2.5)
    for year, (one, other) in ends.items():
        drawing.line(x(year), y(one), x(year), y(other), INK, 1.5)
    for line in lines:
        shown = format_number(line.saldo, "share")
        drawing.dot(x(line.year), y(line.saldo), 5, SHORT if line.saldo < 0 else OVER, f"{line.year}: {shown}")
        above = -8 if line.saldo >= 0 else 16
        drawing.words(x(line.year) + 8, y(line.saldo) + above, shown, SMALL, bold=True)
        drawing.words(x(line.year), 284, str(line.year), SMALL, "middle")
    _legend_of_timeline(drawing, found.name)
    return drawing.svg()


def _legend_of_timeline(drawing: Drawing, name: str) -> None:
    left = WIDTH - LEGEND + 10
    drawing.line(left, 30, left + 22, 30, INK, 2.5)
    drawing.words(left + 28, 34, shortened(name, LEGEND - 42, SMALL), SMALL)
    drawing.line(left, 52, left + 22, 52, GREY, 1.5, "5 4")
    drawing.words(left + 28, 56, text("report.figure.median"), SMALL)
    drawing.box(left, 66, 22, 14, LIGHT)
    drawing.words(left + 28, 78, text("report.figure.band"), SMALL)


def funnel(country: Country, marked: int | None = None) -> str:
    """Whether predicted and actual differ more than chance gives in a gemeente of this size."""
    spread = country.spread
    there = spread.expected > 0
    gap = np.divide(spread.actual - spread.expected, spread.expected, out=np.zeros_like(spread.actual), where=there)
    size = np.log10(np.maximum(spread.expected, 1.0))
    room = float(np.median((spread.chance[there] ** 2) / spread.expected[there]))
    drawing = Drawing(WIDTH, 360, text("report.figure.funnel"), _funnel_in_words(country, marked), "funnel")
    x = Scale(float(size[there].min()) - 0.05, float(size[there].max()) + 0.1, 60, WIDTH - 20)
    top = min(max(0.3, float(np.percentile(np.abs(gap[there]), 99))), 1.5)
    y = Scale(-top, top, 318, 14)
    grid = np.linspace(x.low, x.high, 60)
    for sign in (-1.0, 1.0):
        curve = sign * Z * np.sqrt(room / 10**grid)
        drawing.path(
            [(x(a), y(float(np.clip(b, -top, top)))) for a, b in zip(grid, curve, strict=True)], INK, 1, dash="5 4"
        )
    drawing.line(60, y(0), WIDTH - 20, y(0), INK)
    for tick in y.ticks():
        drawing.words(54, y(tick) + 4, formatter("share", y.ticks())(tick), SMALL, "end")
    for power in range(int(np.ceil(x.low)), int(np.floor(x.high)) + 1):
        drawing.words(x(power), 336, format_number(10.0**power, "count"), SMALL, "middle")
    drawing.words((60 + WIDTH - 20) / 2, 354, text("report.figure.funnel_x"), SMALL, "middle")
    beyond = np.abs(spread.actual - spread.expected) > Z * spread.chance
    order = sorted(np.flatnonzero(there), key=lambda i: int(spread.gemeenten[i]) == marked)
    for i in order:
        code, place = int(spread.gemeenten[i]), (x(float(size[i])), y(float(np.clip(gap[i], -top, top))))
        hover = f"{country.gemeente_name(code)}: {format_number(float(gap[i]), 'share')}"
        colour = (SHORT if gap[i] > 0 else OVER) if beyond[i] else "#B5B5B5"
        if code == marked:
            drawing.dot(*place, 8, colour, hover, INK)
            side = "end" if place[0] > WIDTH - 200 else "start"
            drawing.words(
                place[0] + (-12 if side == "end" else 12),
                place[1] - 8,
                country.gemeente_name(code),
                anchor=side,
                bold=True,
            )
        else:
            drawing.dot(*place, 3, colour, hover)
    return drawing.svg()


def _funnel_in_words(country: Country, marked: int | None) -> str:
    spread = country.spread
    beyond = np.abs(spread.actual - spread.expected) > Z * spread.chance
    many = text("report.figure.funnel_all", beyond=int(beyond.sum()), count=len(spread.gemeenten))
    if marked is None:
        return many
    at = int(np.searchsorted(spread.gemeenten, marked))
    gap = float(spread.actual[at] / spread.expected[at] - 1) if spread.expected[at] > 0 else 0.0
    return f"{country.gemeente_name(marked)}: {format_number(gap, 'share')}. {many}"
