"""The figures of an assessment: weights with their uncertainty, change of budgets, households against deficits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.assess.steadiness import Weight
from verdeelmodel.assess.verdict import NADER, NIET, OPNEMEN
from verdeelmodel.report.svg import GREY, INK, LIGHT, OVER, SHORT, SMALL, Drawing, Scale, formatter, shortened, width_of
from verdeelmodel.table import NotApplicable, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verdeelmodel.assess.budgets import BudgetEffect
    from verdeelmodel.assess.evidence import CandidateEvidence
    from verdeelmodel.assess.study import Assessment

WIDTH, ROW, LABELS = 760.0, 24.0, 230.0
Z = 1.96
COLOURS = {OPNEMEN: OVER, NADER: "#E69F00", NIET: GREY}


def weight_figure(e: CandidateEvidence) -> str:
    """The weight in all years together, within gemeenten, per year and per part of the gemeenten."""
    rows = weights_of(e)
    ends = [end for w in rows for end in (w.estimate - Z * w.se, w.estimate + Z * w.se)] + [0.0]
    room = max(max(ends) - min(ends), 1e-9)
    height = ROW * len(rows) + 46
    spoken = "; ".join(f"{w.name}: {_number(w.estimate)} ± {_number(Z * w.se)}" for w in rows)
    drawing = Drawing(WIDTH, height, text("assess.page.weight_figure", label=e.label), spoken, f"weights-{e.key}")
    scale = Scale(min(ends) - 0.05 * room, max(ends) + 0.05 * room, LABELS, WIDTH - 90)
    ticks = scale.ticks()
    show = formatter("number", ticks)
    for tick in ticks:
        drawing.line(scale(tick), 6, scale(tick), height - 34, LIGHT)
        drawing.words(scale(tick), height - 16, show(tick), SMALL, "middle")
    drawing.line(scale(0), 6, scale(0), height - 34, INK)
    for row, weight in enumerate(rows):
        y, bold = 18 + row * ROW, row == 0
        colour = OVER if bold else GREY
        drawing.words(LABELS - 10, y + 4, shortened(weight.name, LABELS - 14), anchor="end", bold=bold)
        drawing.line(scale(weight.estimate - Z * weight.se), y, scale(weight.estimate + Z * weight.se), y, colour, 2)
        drawing.dot(scale(weight.estimate), y, 5 if bold else 4, colour)
        drawing.words(WIDTH - 4, y + 4, _number(weight.estimate), SMALL, "end", bold=bold)
    return drawing.svg()


def weights_of(e: CandidateEvidence) -> list[Weight]:
    """The weight in all households first, then the parts."""
    if isinstance(e.estimate, NotApplicable) or isinstance(e.se, NotApplicable):
        return list(e.weights)
    return [Weight(text("assess.page.all"), e.estimate, e.se), *e.weights]


def budget_figure(e: CandidateEvidence, effect: BudgetEffect) -> str:
    """The change of every budget, from the largest loss to the largest gain."""
    changes = effect.changes
    values = [change for _, change in changes]
    top = max(max(abs(v) for v in values), 0.01) * 1.1
    names = [changes[0], changes[-1]]
    spoken = ", ".join(f"{name} {_percent(change)}" for name, change in names)
    drawing = Drawing(WIDTH, 280, text("assess.page.budget_figure", label=e.label), spoken, f"budget-{e.key}")
    x, y = Scale(0, len(values), 70, WIDTH - 16), Scale(-top, top, 244, 14)
    ticks = y.ticks()
    show = formatter("share", ticks)
    for tick in ticks:
        drawing.line(70, y(tick), WIDTH - 16, y(tick), INK if tick == 0 else LIGHT)
        drawing.words(64, y(tick) + 4, show(tick), SMALL, "end")
    width = max((WIDTH - 86) / max(len(values), 1), 0.8)
    for i, (name, change) in enumerate(changes):
        high, low = (y(change), y(0)) if change > 0 else (y(0), y(change))
        colour = SHORT if change < 0 else OVER
        drawing.box(x(i), high, width, max(low - high, 0.3), colour, f"{name}: {_percent(change)}")
    drawing.words((70 + WIDTH - 16) / 2, 268, text("assess.page.budget_axis", count=len(values)), SMALL, "middle")
    return drawing.svg()


def central_figure(found: Assessment) -> str:
    """What each candidate explains of households against what it explains of deficits."""
    measure = found.deficit_measure
    places = {v.evidence.key: (v.evidence.gain_out, getattr(v.evidence, measure)) for v in found.verdicts}
    there = {k: (a, b) for k, (a, b) in places.items() if isinstance(a, float) and isinstance(b, float)}
    points = [found.of(key) for key in there]
    across, up = [1e6 * max(a, 0.0) for a, _ in there.values()], [abs(b) for _, b in there.values()]
    spoken = ", ".join(v.evidence.label for v in points if v.verdict == OPNEMEN) or "-"
    drawing = Drawing(WIDTH, 380, text("assess.page.central_figure"), spoken, "central")
    x = Scale(0.0, (max(across, default=0.0) or 1.0) ** 0.5 * 1.08, 70, WIDTH - 16)
    y = Scale(0.0, max(max(up, default=0.0) * 1.12, 0.1), 318, 40)
    for tick in y.ticks():
        drawing.line(70, y(tick), WIDTH - 16, y(tick), LIGHT)
        drawing.words(64, y(tick) + 4, formatter("number", y.ticks())(tick), SMALL, "end")
    for tick in round_values(max(across, default=1.0)):
        drawing.words(x(tick**0.5), 336, format_number(tick, "count"), SMALL, "middle")
        drawing.line(x(tick**0.5), 318, x(tick**0.5), 322, INK)
    drawing.line(70, 318, WIDTH - 16, 318, INK)
    drawing.words((70 + WIDTH - 16) / 2, 356, text("assess.page.central_x"), SMALL, "middle")
    drawing.words(70, 376, text("assess.page.central_y", measure=text(f"assess.column.{measure}")), SMALL)
    for verdict, a, b in zip(points, across, up, strict=True):
        _point(drawing, verdict.verdict, x(a**0.5), y(b), verdict.evidence.label)
    taken = [(x(a**0.5), y(b), v.evidence.label) for v, a, b in zip(points, across, up, strict=True)]
    _name_points(drawing, [one for one, v in zip(taken, points, strict=True) if v.verdict == OPNEMEN])
    left = 80.0
    for name in (OPNEMEN, NADER, NIET):
        _point(drawing, name, left, 18, "")
        drawing.words(left + 12, 22, text(f"assess.short.{name}"), SMALL)
        left += 150
    return drawing.svg()


# Every verdict has its own shape too, so that colour is never the only sign.
def _point(drawing: Drawing, verdict: str, x: float, y: float, hover: str) -> None:
    if verdict == OPNEMEN:
        drawing.dot(x, y, 6, COLOURS[verdict], hover, INK)
    elif verdict == NADER:
        drawing.box(x - 5, y - 5, 10, 10, COLOURS[verdict], hover, INK)
    else:
        drawing.dot(x, y, 4, COLOURS[verdict], hover)


def _name_points(drawing: Drawing, points: Sequence[tuple[float, float, str]]) -> None:
    """The names beside their points, each on the first line near it that no other name uses."""
    used: list[tuple[float, float, float]] = []
    for x, y, name in points:
        side = "end" if x > WIDTH / 2 else "start"
        start = x - 10 - width_of(name, SMALL) if side == "end" else x + 10
        end = start + width_of(name, SMALL)
        lines = (y - 10, y + 18, y - 24, y + 32)
        free = [at for at in lines if all(abs(at - v) > SMALL + 2 or end < a or start > b for a, b, v in used)]
        at = free[0] if free else lines[0]
        used.append((start, end, at))
        drawing.words(x + (-10 if side == "end" else 10), at, name, SMALL, side)


def round_values(top: float) -> Sequence[float]:
    """Round values up to the largest for an axis of square roots."""
    steps = (0, 1, 5, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000)
    inside = [float(s) for s in steps if s <= top and (s == 0 or s >= top / 60)]
    return inside or [0.0]


def _number(value: float) -> str:
    return format_number(value, "number", 3 if abs(value) < 10 else 1)


def _percent(value: float) -> str:
    return ("+" if value > 0 else "") + format_number(value, "share", 1)
