"""The waterfall of a bridge as SVG: from the budget now, cause by cause, to that in the scenario; and its sentence.

Safe for the colour-blind, readable in print, and the same bytes for the same run: no date, no random ids.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.scenario.results import cause_label, names_of
from verdeelmodel.scenario.running import ScenarioRun
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

Floats = NDArray[np.float64]
# The palette of Okabe and Ito; the direction also shows in the sign of the number beside the bar.
UP, DOWN, TOTAL = "#0072B2", "#D55E00", "#7F7F7F"
STYLE = {"svg.hashsalt": "verdeelmodel", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}
MILLION = 1e6
WIDTH, ROW = 9.0, 0.45


def waterfall(run: ScenarioRun, code: str) -> str:
    """The waterfall of one gemeente; RequestError for a code that is not in the run."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    row = row_of(run, code)
    labels, starts, sizes = bars(run, row)
    ends = starts + sizes
    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, ROW * len(labels) + 1.2), layout="constrained")
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        inner = range(1, len(labels) - 1)
        colours = [UP if i in inner and size >= 0 else DOWN if i in inner else TOTAL for i, size in enumerate(sizes)]
        axes.barh(range(len(labels)), sizes, left=starts, color=colours, height=0.6)
        for place, (end, size) in enumerate(zip(np.maximum(starts, ends), sizes, strict=True)):
            shown = format_number(float(size), "number", 2)
            axes.annotate(shown, (end, place), xytext=(4, 0), textcoords="offset points", va="center")
        axes.set_yticks(range(len(labels)), labels)
        axes.invert_yaxis()
        low = min(starts[1:].min(initial=ends[0]), ends.min())
        room = max(float(ends.max() - low), 0.01 * float(ends.max()))
        axes.set_xlim(max(0.0, low - room), ends.max() + 0.4 * room)
        axes.set_xlabel(text("scenario.figure.euros"))
        axes.xaxis.set_major_formatter(lambda value, _place: format_number(float(value), "number", 1))
        mark = f"   {text('table.synthetic')}" if run.synthetic else ""
        figure.suptitle(text("scenario.figure.title", name=names_of(run)[row]) + mark, x=0.01, ha="left", weight="bold")
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()


def bars(run: ScenarioRun, row: int) -> tuple[list[str], Floats, Floats]:
    """Labels, where each bar starts and how far it goes, in million euro; causes without a part are left out."""
    there = [i for i, part in enumerate(run.bridge.parts[:, row]) if part]
    parts = run.bridge.parts[there, row]
    levels = run.before[row] + np.concatenate([[0.0], np.cumsum(parts)])[:-1]
    labels = [
        text("scenario.label.budget_base"),
        *(cause_label(run.bridge.causes[i]) for i in there),
        text("scenario.label.budget_scenario"),
    ]
    starts = np.concatenate([[0.0], levels[: len(parts)], [0.0]])
    return labels, starts / MILLION, np.concatenate([[run.before[row]], parts, [run.after[row]]]) / MILLION


def bridge_sentence(run: ScenarioRun, code: str) -> str:
    """What happens to the budget of one gemeente and what does most of it, in one sentence."""
    row = row_of(run, code)
    name, before = names_of(run)[row], format_number(float(run.before[row]), "euro")
    change = run.after[row] - run.before[row]
    if not change:
        return text("scenario.figure.unchanged", name=name, before=before)
    parts = run.bridge.parts[:, row]
    largest = int((np.sign(change) * parts).argmax())
    return text(
        "scenario.figure.sentence",
        name=name,
        before=before,
        after=format_number(float(run.after[row]), "euro"),
        cause=cause_label(run.bridge.causes[largest]).lower(),
        part=format_number(float(parts[largest]), "euro"),
    )


def row_of(run: ScenarioRun, code: str) -> int:
    """The row of a gemeente."""
    if code not in run.codes:
        what = text("scenario.label.name")
        raise RequestError(text("scenario.figure.title", name=code), [unknown_name(code, run.codes, what)])
    return run.codes.index(code)
