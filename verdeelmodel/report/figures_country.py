"""The figures of the whole country: a map of tiles, the saldi over the years, the calibration and the weights."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.report.svg import GREY, INK, LIGHT, SMALL, Drawing, Scale, formatter, shortened
from verdeelmodel.table import Table, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from verdeelmodel.explain.country import Country
    from verdeelmodel.explain.dossier import Dossier
    from verdeelmodel.model.result import LogitResult

    Floats = NDArray[np.float64]

# From tekort (orange) to overschot (blue); the edges are shares of the budget and serve the eye only.
EDGES = (-0.10, -0.05, 0.0, 0.05, 0.10)
SHADES = ("#B34700", "#E8935A", "#F8DCC6", "#CFE4F2", "#6BAED6", "#00548A")
TILE, COLUMNS, SPARE = 25.0, 20, 1.25
WIDTH = 760.0
Z = 1.959964


def tile_map(dossiers: Sequence[Dossier]) -> str:
    """Where the tekorten and overschotten are: a tile per gemeente, placed by its centre, coloured by saldo."""
    table = dossiers[0].country.table
    known = [(d, d.account) for d in dossiers]
    shown = [(d, line.saldo) for d, line in known if line is not None]
    points = np.array([[float(table["x"].loc[d.gemeente]), float(table["y"].loc[d.gemeente])] for d, _ in shown])
    places, rows = tiles(points)
    short = sum(saldo < 0 for _, saldo in shown)
    spoken = text("report.figure.map_words", short=short, over=len(shown) - short)
    title = text("report.figure.map", year=dossiers[0].country.year)
    drawing = Drawing(COLUMNS * TILE + 190, rows * TILE + 20, title, spoken, "kaart")
    for (d, saldo), (column, row) in zip(shown, places, strict=True):
        shade = SHADES[int(np.searchsorted(EDGES, saldo, side="right"))]
        hover = f"{d.name}: {format_number(saldo, 'share')}"
        drawing.box(10 + column * TILE, 10 + row * TILE, TILE - 2, TILE - 2, shade, hover, "#8C8C8C")
    _legend(drawing)
    return drawing.svg()


def _legend(drawing: Drawing) -> None:
    left = COLUMNS * TILE + 30
    shown = [format_number(e, "share", 0) for e in EDGES]
    between = [text("report.figure.from_to", low=a, high=b) for a, b in pairwise(shown)]
    labels = [text("report.figure.below", high=shown[0]), *between, text("report.figure.above", low=shown[-1])]
    for i, (shade, label) in enumerate(zip(SHADES, labels, strict=True)):
        drawing.box(left, 14 + 24 * i, 18, 18, shade, edge="#8C8C8C")
        drawing.words(left + 26, 28 + 24 * i, label, SMALL)


def tiles(points: Floats) -> tuple[list[tuple[int, int]], int]:
    """A tile (column, row) for each point (n, 2), none used twice, with the least total shift; and the rows needed."""
    from scipy.optimize import linear_sum_assignment

    low, high = points.min(axis=0), points.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    rows = max(int(np.ceil(SPARE * len(points) / COLUMNS)), round(COLUMNS * span[1] / span[0]) if span[0] > 1 else 1)
    wanted = (points - low) / span * [COLUMNS - 1, rows - 1]
    wanted[:, 1] = rows - 1 - wanted[:, 1]
    cells = np.array([(c, r) for r in range(rows) for c in range(COLUMNS)], dtype=float)
    cost = ((wanted[:, None, :] - cells[None, :, :]) ** 2).sum(axis=2)
    _, chosen = linear_sum_assignment(cost)
    return [(int(cells[i][0]), int(cells[i][1])) for i in chosen], rows


def calibration(table: Table) -> str:
    """Whether the prediction holds for gemeenten with a low and with a high predicted rate."""
    predicted, actual, room = ([float(v) for v in _numbers(table, k)] for k in ("rate", "actual_rate", "rate_room"))
    top = max(*predicted, *(a + r for a, r in zip(actual, room, strict=True))) * 1.08
    title = text("report.figure.calibration")
    drawing = Drawing(520, 420, title, text("report.figure.calibration_words", count=len(predicted)), "ijking")
    x, y = Scale(0, top, 70, 500), Scale(0, top, 360, 20)
    ticks = x.ticks()
    show = formatter("share", ticks)
    for tick in ticks:
        drawing.line(x(tick), 20, x(tick), 360, LIGHT)
        drawing.line(70, y(tick), 500, y(tick), LIGHT)
        drawing.words(x(tick), 378, show(tick), SMALL, "middle")
        drawing.words(64, y(tick) + 4, show(tick), SMALL, "end")
    drawing.path([(x(0), y(0)), (x(top), y(top))], GREY, 1.5, dash="5 4")
    for p, a, r in zip(predicted, actual, room, strict=True):
        drawing.line(x(p), y(max(a - r, 0)), x(p), y(a + r), INK, 1.5)
        hover = f"{format_number(p, 'share', 2)} - {format_number(a, 'share', 2)}"
        drawing.dot(x(p), y(a), 4.5, "#0072B2", hover)
    drawing.words(285, 404, text("report.figure.predicted_rate"), SMALL, "middle")
    drawing.words(74, 14, text("report.figure.actual_rate"), SMALL)
    return drawing.svg()


def saldi_over_the_years(country: Country) -> str:
    """How the saldi of all gemeenten are spread in every year, and the saldo of the country as a whole."""
    years = [a.year for a in country.accounts]
    saldi = [np.asarray(a.saldo.saldo, float) for a in country.accounts]
    whole = [float(a.saldo.balance.sum() / max(a.saldo.budget.sum(), 1)) for a in country.accounts]
    spoken = ", ".join(f"{y}: {format_number(w, 'share')}" for y, w in zip(years, whole, strict=True))
    drawing = Drawing(WIDTH, 320, text("report.figure.saldi"), spoken, "saldi")
    top = max(0.1, *(float(np.abs(np.percentile(s, [2.5, 97.5])).max()) for s in saldi)) * 1.08
    x, y = Scale(-0.5, len(years) - 0.5, 60, WIDTH - 200), Scale(-top, top, 280, 14)
    show = formatter("share", y.ticks())
    for tick in y.ticks():
        drawing.line(60, y(tick), WIDTH - 200, y(tick), INK if tick == 0 else LIGHT)
        drawing.words(54, y(tick) + 4, show(tick), SMALL, "end")
    for at, (year, found, mean) in enumerate(zip(years, saldi, whole, strict=True)):
        for quantiles, width in (((2.5, 97.5), 1.5), ((10, 90), 8), ((25, 75), 22)):
            low, high = (float(v) for v in np.percentile(found, quantiles))
            hover = f"{year}: {format_number(low, 'share')} - {format_number(high, 'share')}"
            drawing.box(x(at) - width / 2, y(high), width, y(low) - y(high), "#9AB8CC", hover)
        drawing.dot(x(at), y(float(np.median(found))), 4, "#FFFFFF", text("report.figure.median"), INK)
        drawing.line(x(at) - 26, y(mean), x(at) + 26, y(mean), INK, 2.5)
        drawing.words(x(at), 300, str(year), SMALL, "middle")
    _legend_of_saldi(drawing)
    return drawing.svg()


def _legend_of_saldi(drawing: Drawing) -> None:
    left = WIDTH - 185
    drawing.line(left, 30, left + 22, 30, INK, 2.5)
    drawing.words(left + 30, 34, text("report.figure.whole"), SMALL)
    drawing.dot(left + 11, 54, 4, "#FFFFFF", edge=INK)
    drawing.words(left + 30, 58, text("report.figure.median"), SMALL)
    for row, (width, key) in enumerate(((22, "half"), (8, "band"), (1.5, "most"))):
        drawing.box(left + 11 - width / 2, 70 + 24 * row, width, 18, "#9AB8CC")
        drawing.words(left + 30, 84 + 24 * row, text(f"report.figure.{key}"), SMALL)


def weights_plot(result: LogitResult, most: int = 25) -> str:
    """The weights that are farthest from zero in standard errors, each with its 95% interval."""
    order = np.argsort(-np.abs(result.estimate / result.se), kind="stable")
    chosen = [int(i) for i in order if result.keys[i] != "intercept"][:most]
    chosen.sort(key=lambda i: -float(result.estimate[i]))
    low, high = result.estimate - Z * result.se, result.estimate + Z * result.se
    drawing = Drawing(
        WIDTH, 50 + 20 * len(chosen), text("report.figure.weights"), _weights_in_words(result, chosen), "gewichten"
    )
    x = Scale(min(0.0, *(float(low[i]) for i in chosen)), max(0.0, *(float(high[i]) for i in chosen)), 330, WIDTH - 15)
    bottom = 14 + 20 * len(chosen)
    show = formatter("number", x.ticks())
    for tick in x.ticks():
        drawing.line(x(tick), 6, x(tick), bottom, INK if tick == 0 else LIGHT)
        drawing.words(x(tick), bottom + 16, show(tick), SMALL, "middle")
    for row, i in enumerate(chosen):
        at = 20 + 20 * row
        drawing.words(320, at + 4, shortened(result.labels[i], 315, SMALL), SMALL, "end")
        drawing.line(x(float(low[i])), at, x(float(high[i])), at, INK, 1.5)
        hover = f"{result.labels[i]}: {format_number(float(result.estimate[i]), 'number')}"
        drawing.dot(x(float(result.estimate[i])), at, 4, "#0072B2", hover)
    drawing.words((330 + WIDTH) / 2, bottom + 34, text("report.figure.weights_x"), SMALL, "middle")
    return drawing.svg()


def _weights_in_words(result: LogitResult, chosen: Sequence[int]) -> str:
    return ", ".join(f"{result.labels[i]} {format_number(float(result.estimate[i]), 'number')}" for i in chosen[:3])


def _numbers(table: Table, key: str) -> list[float]:
    return [v for v in table.values[key] if isinstance(v, int | float)]
