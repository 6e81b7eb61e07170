"""The figures of services: municipalities in a funnel, leaving over time, odds ratios of services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.reintegration.funnel import FAR, NEAR, Funnel, Place
from verdeelmodel.reintegration.odds import CategoryOdds, NotEstimable, OddsModel
from verdeelmodel.reintegration.services_clients import GEMEENTE, OTHERWISE, TO_WORK
from verdeelmodel.reintegration.services_layout import category_label
from verdeelmodel.reintegration.services_tables_odds import shows
from verdeelmodel.reintegration.services_words import SERVICES
from verdeelmodel.report.svg import GREY, INK, LIGHT, OVER, SHORT, SMALL, Drawing, Scale, formatter, shortened
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.services_study import ServicesStudy

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 760.0, 420.0, 64.0, 56.0, 20.0
ROW, LABELS = 24.0, 230.0
# Where the axis of numbers of clients has a mark; the axis is by square root, as chance is.
SIZES = (100, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000)


def funnel_figure(study: ServicesStudy) -> str:
    """Corrected shares against numbers of clients, with the limits of chance; empty when there is no funnel."""
    found = study.funnel
    if isinstance(found, NotEstimable):
        return ""
    places = [p for p in found.places if study.counts.shows((GEMEENTE, p.gemeente), "still", "work", "both")]
    if not places:
        return ""
    outside = sum(p.verdict != "within" for p in places)
    spoken = text("services.figure.funnel_alt", n=len(places), mean=found.mean, outside=outside)
    drawing = Drawing(WIDTH, HEIGHT, text("services.figure.funnel"), spoken, "funnel")
    x = Scale(0, float(np.sqrt(max(p.n for p in places) * 1.08)), LEFT, WIDTH - 20)
    highest = max(*(p.corrected for p in places), found.mean * 1.6) * 1.1
    y = Scale(0, min(highest, 1.0), HEIGHT - BOTTOM, TOP)
    numbers = [n for n in SIZES if n <= x.high**2]
    _axes(drawing, x, y, text("services.figure.funnel_y"))
    _below(drawing, x, y, [(float(np.sqrt(n)), n) for n in numbers], text("services.figure.funnel_x"))
    _limits(drawing, x, y, found)
    _dots(drawing, x, y, {category_label(study, GEMEENTE, p.gemeente): p for p in places})
    _mark(drawing, study)
    return drawing.svg()


def _limits(drawing: Drawing, x: Scale, y: Scale, found: Funnel) -> None:
    """The mean and the limits for every number of clients, with the variance of clients of the average mix."""
    drawing.line(x.start, y(found.mean), x.end, y(found.mean), GREY)
    each = sum(p.variance for p in found.places) / sum(p.n for p in found.places)
    roots = np.linspace(max(x.high / 40, 2.0), x.high, 120)
    for width, dash in ((NEAR, "6 4"), (FAR, "2 3")):
        for side in (-1, 1):
            shares = np.clip(found.mean + side * width * np.sqrt(each) / roots, 0, y.high)
            drawing.path([(x(r), y(s)) for r, s in zip(roots, shares, strict=True)], INK, 1, dash=dash)
        label = format_number(0.95, "share", 0) if width == NEAR else format_number(0.998, "share", 1)
        first = min(found.mean + width * float(np.sqrt(each)) / float(roots[-1]), y.high)
        drawing.words(x.end, y(first) + (14 if width == NEAR else -5), label, SMALL, "end")


def _dots(drawing: Drawing, x: Scale, y: Scale, places: Mapping[str, Place]) -> None:
    """Every municipality with its name; a name moves up or down when another one stands there."""
    taken: list[tuple[float, float]] = []
    for label, place in sorted(places.items(), key=lambda item: -item[1].corrected):
        colour = GREY if place.verdict == "within" else OVER if place.z > 0 else SHORT
        across, down = x(float(np.sqrt(place.n))), y(place.corrected)
        drawing.dot(across, down, 5, colour, f"{label}: {format_number(place.corrected, 'share')}")
        near_edge = across > WIDTH - 170
        line = down + 4
        while any(abs(line - other) < 13 and abs(across - there) < 130 for there, other in taken):
            line += 4
        taken.append((across, line))
        drawing.words(across + (-9 if near_edge else 9), line, label, SMALL, "end" if near_edge else "start")


def _axes(drawing: Drawing, x: Scale, y: Scale, beside: str) -> None:
    for tick in y.ticks():
        drawing.line(x.start, y(tick), x.end, y(tick), LIGHT)
        drawing.words(x.start - 6, y(tick) + 4, formatter("share", y.ticks())(tick), SMALL, "end")
    drawing.line(x.start, y.start, x.end, y.start, INK)
    drawing.words(x.start, TOP - 6, beside, SMALL)


def _below(drawing: Drawing, x: Scale, y: Scale, ticks: Sequence[tuple[float, float]], below: str) -> None:
    """The axis below: places with the numbers to show there, and what they are."""
    for place, number in ticks:
        drawing.line(x(place), y.start, x(place), y.start + 4, INK)
        drawing.words(x(place), y.start + 18, format_number(number, "count"), SMALL, "middle")
    drawing.words((x.start + x.end) / 2, y.start + 40, below, SMALL, "middle")


def _mark(drawing: Drawing, study: ServicesStudy) -> None:
    """A figure about made-up clients says so, also when it stands alone."""
    if study.clients.synthetic:
        drawing.words(drawing.width - 8, 12, text("table.synthetic").upper(), SMALL, "end", SHORT, bold=True)


def incidence_figure(study: ServicesStudy) -> str:
    """The two ways out of bijstand over time; empty when nobody left or the numbers are too small to show."""
    curves = study.curves
    few = [m for m in study.moments if min(m.to_work, m.otherwise) < study.options.threshold]
    if len(curves) < 2 or len(few) == len(study.moments):
        return ""
    last = study.moments[-1]
    spoken = text("services.figure.incidence_alt", months=last.months, work=last.work[0], other=last.other[0])
    drawing = Drawing(WIDTH, HEIGHT, text("services.figure.incidence"), spoken, "incidence")
    x = Scale(0, study.clients.window.months, LEFT, WIDTH - 150)
    y = Scale(0, max(float(c.share.max()) for c in curves.values()) * 1.15, HEIGHT - BOTTOM, TOP)
    _axes(drawing, x, y, text("services.figure.share"))
    months = range(0, study.clients.window.months + 1, 6)
    _below(drawing, x, y, [(month, month) for month in months], text("services.figure.months"))
    _curves(drawing, x, y, study)
    _mark(drawing, study)
    return drawing.svg()


def _curves(drawing: Drawing, x: Scale, y: Scale, study: ServicesStudy) -> None:
    """Each curve by half months: a step per person would be drawn, and could be read, one by one."""
    looks: Mapping[int, tuple[str, str, str]] = {TO_WORK: (OVER, "", "work"), OTHERWISE: (SHORT, "6 3", "other")}
    grid = np.arange(0, study.clients.window.months + 0.25, 0.5)
    label_at = -100.0
    for kind, curve in sorted(study.curves.items(), key=lambda item: -item[1].share[-1]):
        colour, dash, name = looks[kind]
        at = np.searchsorted(curve.months, grid, side="right") - 1
        shares = np.where(at < 0, 0.0, curve.share[np.maximum(at, 0)])
        drawing.path([(x(m), y(s)) for m, s in zip(grid, shares, strict=True)], colour, 2, dash=dash)
        label_at = max(y(float(shares[-1])) + 4, label_at + 14)
        drawing.words(x.end + 6, label_at, text(f"services.figure.{name}"), SMALL, colour=colour)


def odds_figure(study: ServicesStudy) -> str:
    """Odds ratios of services with their intervals on a doubling scale; empty when there is none to show."""
    model = study.services
    rows = [] if not isinstance(model, OddsModel) else [r for r in model.rows if _drawn(study, r)]
    if not rows:
        return ""
    height = ROW * len(rows) + 60
    drawing = Drawing(
        WIDTH, height, text("services.figure.odds"), text("services.figure.odds_alt", n=len(rows)), "odds"
    )
    x = Scale(-4, 6, LABELS, WIDTH - 60)
    for power in range(-4, 7, 2):
        drawing.line(x(power), 8, x(power), height - 36, INK if power == 0 else LIGHT)
        drawing.words(
            x(power), height - 20, format_number(2.0**power, "number", 2 if power < 0 else 0), SMALL, "middle"
        )
    for i, row in enumerate(rows):
        _odds_row(drawing, x, 28 + i * ROW, row, category_label(study, SERVICES, row.category))
    _mark(drawing, study)
    return drawing.svg()


def _drawn(study: ServicesStudy, row: CategoryOdds) -> bool:
    return row.factor == SERVICES and row.odds is not None and shows(study, row)


def _odds_row(drawing: Drawing, x: Scale, y: float, row: CategoryOdds, label: str) -> None:
    assert row.odds is not None  # noqa: S101 - rows without odds are left out above
    low, middle, high = (
        float(np.clip(np.log2(v), x.low, x.high)) for v in (row.odds.low, row.odds.ratio, row.odds.high)
    )
    colour = GREY if row.odds.low <= 1 <= row.odds.high else OVER if row.odds.ratio > 1 else SHORT
    drawing.words(LABELS - 8, y + 4, shortened(label, LABELS - 14), anchor="end")
    drawing.line(x(low), y, x(high), y, colour, 2)
    drawing.dot(x(middle), y, 4, colour)
    drawing.words(WIDTH - 8, y + 4, format_number(row.odds.ratio, "number"), SMALL, "end")
