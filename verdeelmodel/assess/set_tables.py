"""The tables of candidates together: the set, the look-alikes, and ideas specified for households."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.table import Cell, Column, Evidence, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verdeelmodel.assess.sets import Besides, Pair
    from verdeelmodel.assess.study import Assessment

GAIN_DECIMALS = 6


def figures_table(found: Assessment, key: str, columns: Sequence[Column], values: dict[str, list[Cell]]) -> Table:
    """A table of an assessment; behind every figure stand all households and the gemeenten of the comparison."""
    behind = Evidence(count=found.households, degrees_of_freedom=found.gemeenten - 2)
    rows = len(next(iter(values.values())))
    figures = [c.key for c in columns if c.kind not in ("text", "code")]
    return Table(
        key,
        text(f"assess.title.{key}"),
        tuple(columns),
        values,
        found.synthetic,
        evidence={name: [behind] * rows for name in figures},
    )


def set_table(found: Assessment) -> Table:
    """A row per candidate: its place in the set, what it adds there, and what is left of it beside the set."""
    sets, names = found.sets, found.labels
    kept = {member.key: member.gain for member in sets.backward}
    values: dict[str, list[Cell]] = {name: [] for name in ("key", "label", "place", "gain", "backward", "conclusion")}
    for place, member in enumerate(sets.forward, start=1):
        said = text("assess.set.both" if member.key in kept else "assess.set.forward")
        _add(values, member.key, names[member.key], str(place), member.gain, _yes(member.key in kept), said)
    for one in sets.others:
        _add(
            values, one.key, names[one.key], "-", one.left, _yes(one.key in kept), _beside(found, one.key in kept, one)
        )
    columns = [
        Column("key", text("assess.column.key"), "code"),
        Column("label", text("assess.column.label")),
        Column("place", text("assess.column.place"), "code"),
        Column("gain", text("assess.column.set_gain"), "number", decimals=GAIN_DECIMALS),
        Column("backward", text("assess.column.backward")),
        Column("conclusion", text("assess.column.conclusion")),
    ]
    return figures_table(found, "sets", columns, values).with_notes(text("assess.set.note"))


def _add(values: dict[str, list[Cell]], *cells: Cell) -> None:
    for column, cell in zip(values.values(), cells, strict=True):
        column.append(cell)


def _yes(kept: bool) -> str:
    return text("assess.set.yes" if kept else "assess.set.no")


def _beside(found: Assessment, kept: bool, one: Besides) -> str:
    if kept:
        return text("assess.set.backward")
    if one.alone < found.limits.gain:
        return text("assess.set.nothing")
    if one.left < found.limits.gain and one.like:
        return text("assess.set.instead", label=found.labels[one.like])
    return text("assess.set.not_additional")


def pair_table(found: Assessment) -> Table:
    """The candidates that look alike beside the model, and which of the two to keep."""
    pairs: Sequence[Pair] = found.sets.pairs
    values: dict[str, list[Cell]] = {
        "first": [found.labels[p.first] for p in pairs],
        "second": [found.labels[p.second] for p in pairs],
        "correlation": [p.correlation for p in pairs],
        "gain_first": [p.gain_first for p in pairs],
        "gain_second": [p.gain_second for p in pairs],
        "gain_together": [p.gain_together for p in pairs],
        "keep": [found.labels[p.keep] for p in pairs],
    }
    columns = [Column(n, text(f"assess.column.{n}")) for n in ("first", "second")]
    columns.append(Column("correlation", text("assess.column.correlation"), "number", decimals=2))
    columns += [
        Column(n, text(f"assess.column.{n}"), "number", decimals=GAIN_DECIMALS)
        for n in ("gain_first", "gain_second", "gain_together")
    ]
    columns.append(Column("keep", text("assess.column.keep")))
    return figures_table(found, "pairs", columns, values)


def idea_table(found: Assessment) -> Table:
    """For each idea its best variants for households, and what its kenmerk of gemeenten adds to them."""
    lines = found.specifications
    values: dict[str, list[Cell]] = {
        "idea": [str(line.idea) for line in lines],
        "chosen": ["; ".join(found.labels[key] for key in line.chosen) or "-" for line in lines],
        "gain": [line.gain for line in lines],
        "municipal": [found.labels[line.municipal] for line in lines],
        "municipal_alone": [line.municipal_alone for line in lines],
        "municipal_left": [line.municipal_left for line in lines],
    }
    columns = [Column("idea", text("assess.column.idea")), Column("chosen", text("assess.column.chosen"))]
    columns.append(Column("gain", text("assess.column.chosen_gain"), "number", decimals=GAIN_DECIMALS))
    columns.append(Column("municipal", text("assess.column.municipal")))
    columns += [
        Column(n, text(f"assess.column.{n}"), "number", decimals=GAIN_DECIMALS)
        for n in ("municipal_alone", "municipal_left")
    ]
    return figures_table(found, "ideas", columns, values).with_notes(text("assess.ideas_note"))
