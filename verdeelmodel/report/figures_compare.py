"""Figures of a comparison as SVG: coefficients per thema, saldo against a kenmerk, outliers.

Safe for the colour-blind, readable in print, and the same bytes for the same comparison: no date, no random ids.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from verdeelmodel.compare.groups import OVERSCHOT, TEKORT, VERGELIJKING
from verdeelmodel.compare.outliers import LIMIT, Outliers
from verdeelmodel.compare.robustness import Robustness
from verdeelmodel.compare.study import Comparison
from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

# The palette of Okabe and Ito: distinguishable with every common form of colour blindness, and by shape as well.
COLOURS = {TEKORT: "#D55E00", OVERSCHOT: "#0072B2", VERGELIJKING: "#7F7F7F"}
MARKERS = {TEKORT: "v", OVERSCHOT: "^", VERGELIJKING: "o"}
GROUP_OF = {1: TEKORT, 2: OVERSCHOT, 0: VERGELIJKING}
ROW, WIDTH = 0.32, 9.0
LONGEST_LABEL = 60
STYLE = {"svg.hashsalt": "verdeelmodel", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}


def coefficient_plots(result: Robustness) -> dict[str, str]:
    """Per thema an SVG with, for each kenmerk, the two coefficients and their bootstrap intervals."""
    themas = dict.fromkeys(row.kenmerk.thema for row in result.regressions.rows if row.tests is not None)
    return {thema: coefficient_plot(result, thema) for thema in themas}


def coefficient_plot(result: Robustness, thema: str) -> str:
    """The coefficients of tekort and overschot of the kenmerken of one thema, with bootstrap intervals."""
    rows = [
        (j, row)
        for j, row in enumerate(result.regressions.rows)
        if row.kenmerk.thema == thema and row.tests is not None
    ]
    figure, axes = _canvas(max(2.0, ROW * 2 * len(rows) + 1.2))
    for place, (j, row) in enumerate(rows):
        for side, group in enumerate((TEKORT, OVERSCHOT)):
            assert row.tests is not None  # noqa: S101 - rows without tests are left out above
            low, high = result.intervals[:, side, j]
            at = place + (side - 0.5) * 0.3
            if np.isfinite(low) and np.isfinite(high):
                axes.plot([low, high], [at, at], color=COLOURS[group], linewidth=1.5)
            axes.plot(row.tests[group].estimate, at, MARKERS[group], color=COLOURS[group], markersize=6)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [_short(row.kenmerk.label) for _, row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(text("compare.figure.coefficient"))
    _local_ticks(axes.xaxis)
    _legend(figure, axes, (TEKORT, OVERSCHOT))
    _title(figure, thema, result.regressions.synthetic)
    return _svg(figure)


def saldo_scatter(comparison: Comparison, key: str) -> str:
    """Mean saldo against a kenmerk for every gemeente of the groups, each with its name."""
    table = comparison.standardised.table
    if key not in table.keys:
        what = text("compare.table.kenmerk")
        raise RequestError(text("compare.figure.no_kenmerk"), [unknown_name(key, table.keys, what)])
    if comparison.saldi is None:
        raise RequestError(text("compare.figure.no_saldi"))
    saldo = dict(zip(comparison.saldi.codes, comparison.saldi.measured("mean"), strict=True))
    figure, axes = _canvas(6.0)
    values = table.column(key)
    for i, code in enumerate(table.codes):
        if code not in saldo or np.isnan(values[i]):
            continue
        group = GROUP_OF[int(comparison.standardised.groups[i])]
        axes.plot(values[i], 100 * saldo[code], MARKERS[group], color=COLOURS[group], markersize=6)
        axes.annotate(
            table.names[i], (values[i], 100 * saldo[code]), xytext=(4, 2), textcoords="offset points", fontsize=6
        )
    axes.axhline(0, color="black", linewidth=0.8)
    label = table.kenmerken[table.keys.index(key)].label
    axes.set_xlabel(label)
    axes.set_ylabel(text("compare.figure.saldo"))
    _local_ticks(axes.xaxis, axes.yaxis)
    _legend(figure, axes, (TEKORT, OVERSCHOT, VERGELIJKING))
    _title(figure, label, table.synthetic)
    return _svg(figure)


def outlier_map(found: Outliers, rows: Sequence[int]) -> str:
    """A heat map of these gemeenten by the kenmerken on which one of them is an outlier; the number stands in the cell.

    Colours run from blue (below) through white to orange (above) and are full at four deviations.
    """
    table = found.standardised.table
    far = np.abs(found.plain[list(rows)]) > LIMIT
    columns = np.flatnonzero(far.any(axis=0))
    figure, axes = _canvas(max(2.0, ROW * len(columns) + 2.0))
    if len(columns) == 0:
        axes.text(0.5, 0.5, text("compare.figure.no_outliers"), ha="center", transform=axes.transAxes)
        axes.set_axis_off()
    else:
        values = found.plain[list(rows)][:, columns].T
        axes.imshow(np.nan_to_num(values), cmap=_diverging(), vmin=-4, vmax=4, aspect="auto")
        for y, x in np.argwhere(np.isfinite(values)):
            weight = "bold" if abs(values[y, x]) > LIMIT else "normal"
            axes.text(x, y, _number(values[y, x]), ha="center", va="center", fontsize=7, fontweight=weight)
        axes.set_xticks(range(len(rows)), [table.names[i] for i in rows], rotation=60, ha="right")
        axes.set_yticks(range(len(columns)), [_short(table.kenmerken[j].label) for j in columns])
    _title(figure, text("compare.figure.outliers"), table.synthetic)
    return _svg(figure)


def _canvas(height: float) -> tuple[Figure, Axes]:
    from matplotlib import rc_context
    from matplotlib.figure import Figure as NewFigure

    with rc_context(STYLE):
        figure = NewFigure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _diverging() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("below-above", [COLOURS[OVERSCHOT], "#FFFFFF", COLOURS[TEKORT]])


def _legend(figure: Figure, axes: Axes, groups: Sequence[str]) -> None:
    for group in groups:
        axes.plot([], [], MARKERS[group], color=COLOURS[group], label=text(f"compare.column.{group}"))
    figure.legend(loc="outside lower center", ncols=len(groups), frameon=False)


def _title(figure: Figure, title: str, synthetic: bool) -> None:
    mark = f"   {text('table.synthetic')}" if synthetic else ""
    figure.suptitle(f"{title}{mark}", x=0.01, ha="left", fontweight="bold")


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _number(value: float) -> str:
    return format_number(value, "number", 1)


def _local_ticks(*directions: Axis) -> None:
    from matplotlib.ticker import FuncFormatter

    for axis in directions:
        axis.set_major_formatter(FuncFormatter(lambda value, _position: format_number(value, "number", _places(value))))


def _places(value: float) -> int:
    # As many decimals as the tick needs, at most three.
    return next((places for places in range(4) if abs(value - round(value, places)) < 1e-9), 3)


def _svg(figure: Figure) -> str:
    from matplotlib import rc_context

    buffer = io.StringIO()
    with rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "verdeelmodel"})
    return buffer.getvalue()
