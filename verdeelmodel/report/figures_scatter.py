"""Every gemeente by predicted rate and actual share, one of them marked among those most like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.report.svg import GREY, INK, LIGHT, OVER, SHORT, SMALL, TEXT, Drawing, Scale, formatter, width_of
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.explain.country import Country
    from verdeelmodel.explain.dossier import Dossier

    Floats = NDArray[np.float64]

WIDTH, HEIGHT, LEFT, BOTTOM = 760.0, 440.0, 60.0, 386.0
SMALLEST, LARGEST = 1.5, 6.0
FAR = 99.5
FAINT = "#B5B5B5"


def scatter(found: Dossier) -> str:
    """Whether a gemeente with this predicted rate has more or less bijstand than others like it."""
    country = found.country
    households, predicted, actual = rates(country)
    own = country.place(found.gemeente)
    spoken = text(
        "report.figure.scatter_words",
        name=found.name,
        rate=float(predicted[own]),
        actual=float(actual[own]),
        above=int((actual > predicted).sum()),
        count=int((households > 0).sum()),
    )
    drawing = Drawing(WIDTH, HEIGHT, text("report.figure.scatter"), spoken, "spreiding")
    end = 1.06 * max(float(np.percentile(np.r_[predicted, actual], FAR)), float(predicted[own]), float(actual[own]))
    x, y = Scale(0, end, LEFT, WIDTH - 20), Scale(0, end, BOTTOM, 20)
    _axes(drawing, x, y)
    peers = {p.gemeente for p in (*found.chosen, *found.peers)} - {found.gemeente}
    radius = SMALLEST + (LARGEST - SMALLEST) * np.sqrt(households / max(float(households.max()), 1.0))
    for at in sorted(np.flatnonzero(households > 0), key=lambda i: (int(country.gemeenten[i]) in peers, int(i))):
        code = int(country.gemeenten[at])
        if code == found.gemeente:
            continue
        hover = in_words(country, code, float(predicted[at]), float(actual[at]))
        place = x(min(float(predicted[at]), end)), y(min(float(actual[at]), end))
        peer = code in peers
        size = round(max(float(radius[at]), 5.0 if peer else 0.0), 1)
        drawing.dot(*place, size, "#FFFFFF" if peer else FAINT, hover, INK if peer else "none")
    _own(drawing, found, (x(float(predicted[own])), y(float(actual[own]))), float(predicted[own]), float(actual[own]))
    _legend(drawing, bool(peers))
    return drawing.svg()


def rates(country: Country) -> tuple[Floats, Floats, Floats]:
    """Households, predicted rate and actual share of every gemeente; zero where there are no households."""
    sums = country.predicted
    households, expected, actual = (v.sum(axis=1) for v in (sums.households, sums.expected, sums.actual))
    there = households > 0
    predicted, seen = (np.divide(v, households, out=np.zeros_like(households), where=there) for v in (expected, actual))
    return households, predicted, seen


def in_words(country: Country, code: int, predicted: float, actual: float) -> str:
    """A dot in words."""
    shown = f"{format_number(predicted, 'share')} - {format_number(actual, 'share')}"
    return f"{country.gemeente_name(code)}: {shown}"


def _axes(drawing: Drawing, x: Scale, y: Scale) -> None:
    ticks = x.ticks()
    show = formatter("share", ticks)
    for tick in ticks:
        drawing.line(x(tick), y.end, x(tick), y.start, LIGHT)
        drawing.line(x.start, y(tick), x.end, y(tick), LIGHT)
        drawing.words(x(tick), BOTTOM + 18, show(tick), SMALL, "middle")
        drawing.words(LEFT - 6, y(tick) + 4, show(tick), SMALL, "end")
    drawing.path([(x(0), y(0)), (x(x.high), y(x.high))], GREY, 1.5, dash="5 4")
    drawing.words((LEFT + WIDTH - 20) / 2, BOTTOM + 40, text("report.figure.predicted_rate"), SMALL, "middle")
    drawing.words(LEFT + 4, 12, text("report.figure.actual_rate"), SMALL)


def _own(drawing: Drawing, found: Dossier, place: tuple[float, float], predicted: float, actual: float) -> None:
    hover = in_words(found.country, found.gemeente, predicted, actual)
    drawing.dot(*place, 8, SHORT if actual > predicted else OVER, hover, INK)
    far = place[0] + 14 + width_of(found.name, TEXT) > WIDTH - 20
    drawing.words(
        place[0] + (-12 if far else 12), place[1] + 18, found.name, anchor="end" if far else "start", bold=True
    )


def _legend(drawing: Drawing, peers: bool) -> None:
    left, top = WIDTH - 250, BOTTOM - 50
    drawing.box(left - 10, top - 16, 240, 56 if peers else 32, "#FFFFFF")
    drawing.line(left, top, left + 22, top, GREY, 1.5, "5 4")
    drawing.words(left + 30, top + 4, text("report.figure.scatter_line"), SMALL)
    if peers:
        drawing.dot(left + 11, top + 24, 5, "#FFFFFF", edge=INK)
        drawing.words(left + 30, top + 28, text("report.figure.scatter_peers"), SMALL)
