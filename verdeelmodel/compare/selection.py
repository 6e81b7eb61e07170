"""The selection of the study: the largest tekorten and overschotten, and a calm comparison group of the same sizes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.compare.groups import GROUPS, OVERSCHOT, TEKORT, VERGELIJKING, Groups
from verdeelmodel.compare.saldi import MEASURES, Measure, Saldi
from verdeelmodel.errors import Problem, RequestError, did_you_mean
from verdeelmodel.table import Cell, Column, NotApplicable, Table, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd


TIE_DECIMALS = 10


@dataclass(frozen=True)
class SelectionOptions:
    """Every choice in the selection; the defaults are those of the published study.

    `bounds` are the inhabitants at which a next size class starts; a gemeente with exactly that number is in the next.
    """

    number: int = 15
    measure: Measure = "mean"
    above_inhabitants: int = 40_000
    bounds: tuple[int, ...] = (100_000, 250_000)

    def __post_init__(self) -> None:
        """Report every choice that cannot be carried out."""
        problems = []
        if self.number < 2:
            problems.append(Problem(str(self.number), "--number", text("compare.groups.at_least", count=2)))
        if self.measure not in MEASURES:
            hint = did_you_mean(self.measure, MEASURES) or ", ".join(MEASURES)
            problems.append(Problem(str(self.measure), "--measure", hint))
        if self.above_inhabitants < 0:
            problems.append(Problem(str(self.above_inhabitants), "--above-inhabitants", "0"))
        if any(b <= a for a, b in zip((self.above_inhabitants, *self.bounds), self.bounds, strict=False)):
            shown = ",".join(map(str, self.bounds))
            problems.append(Problem(shown, "--size-bounds", text("compare.selection.bounds_rise")))
        if problems:
            raise RequestError(text("compare.selection.wrong_options"), problems)

    def size_class(self, inhabitants: float) -> str:
        """The size class of this number of inhabitants, in thousands: 40-100 or 250+."""
        edges = (self.above_inhabitants, *self.bounds)
        at = max((i for i, edge in enumerate(edges) if inhabitants >= edge), default=0)
        low = format_number(edges[at] / 1000, "number", 0)
        if at + 1 == len(edges):
            return f"{low}+"
        return f"{low}-{format_number(edges[at + 1] / 1000, 'number', 0)}"


@dataclass(frozen=True)
class Chosen:
    """One gemeente in the selection: its figures, its group (empty when not chosen), its rank, and the reason."""

    code: str
    name: str
    group: str
    size_class: str
    inhabitants: float
    saldo: float
    unrest: float
    rank: int
    reason: str


@dataclass(frozen=True, eq=False)
class Selection:
    """The groups, and for every gemeente its place and the reason for it."""

    groups: Groups
    gemeenten: tuple[Chosen, ...]
    options: SelectionOptions
    saldi: Saldi
    shortages: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.groups)

    def to_frame(self) -> pd.DataFrame:
        """The columns of groups.csv."""
        return selection_table(self).to_frame()


def select(saldi: Saldi, options: SelectionOptions | None = None) -> Selection:
    """The groups of the study from these saldi; ties go to the lowest code, so the same saldi give the same groups."""
    chosen = options or SelectionOptions()
    eligible = [int(i) for i in np.flatnonzero(saldi.inhabitants > chosen.above_inhabitants)]
    # Saldi that are equal on paper may differ by rounding in the machine; they must tie all the same.
    measured = saldi.measured(chosen.measure).round(TIE_DECIMALS)
    order = sorted(eligible, key=lambda i: (measured[i], saldi.codes[i]))
    fail_if_too_few_saldi(measured[eligible], chosen)
    tekort = order[: chosen.number]
    overschot = sorted(eligible, key=lambda i: (-measured[i], saldi.codes[i]))[: chosen.number]
    taken = dict.fromkeys(tekort, TEKORT) | dict.fromkeys(overschot, OVERSCHOT)
    calm, shortages = _comparison(saldi, chosen, eligible, taken)
    groups = Groups(*(tuple(saldi.codes[i] for i in members) for members in (tekort, overschot, calm)))
    ranks = {i: rank for members in (tekort, overschot) for rank, i in enumerate(members, start=1)}
    ranks |= _ranks_within_class([(i, chosen.size_class(float(saldi.inhabitants[i]))) for i in calm])
    rows = tuple(_chosen(saldi, chosen, groups, i, ranks.get(i, 0)) for i in range(len(saldi.codes)))
    return Selection(groups, rows, chosen, saldi, shortages)


def fail_if_too_few_saldi(measured: np.ndarray[tuple[int], np.dtype[np.float64]], options: SelectionOptions) -> None:
    """There must be as many gemeenten with a tekort, and with an overschot, as are asked for."""
    problems = []
    counts = {TEKORT: int((measured < 0).sum()), OVERSCHOT: int((measured > 0).sum())}
    possible = min(counts.values())
    for group, count in counts.items():
        if count < options.number:
            found = text("compare.selection.too_few", group=group, count=count, number=options.number)
            remedy = f"--number {possible}" if possible > 1 else ""
            problems.append(Problem(found, "--number", remedy=remedy))
    if problems:
        raise RequestError(text("compare.selection.cannot"), problems)


def _comparison(
    saldi: Saldi, options: SelectionOptions, eligible: list[int], taken: dict[int, str]
) -> tuple[list[int], dict[str, int]]:
    """Per size class as many gemeenten as were taken, those with the smallest sum of absolute saldi."""
    unrest = saldi.unrest.round(TIE_DECIMALS)
    classes = {i: options.size_class(float(saldi.inhabitants[i])) for i in eligible}
    calm: list[int] = []
    shortages = {}
    for size_class in dict.fromkeys(classes[i] for i in sorted(eligible, key=lambda i: saldi.inhabitants[i])):
        wanted = sum(classes[i] == size_class for i in taken)
        pool = [i for i in eligible if classes[i] == size_class and i not in taken]
        calm += sorted(pool, key=lambda i: (unrest[i], saldi.codes[i]))[:wanted]
        if len(pool) < wanted:
            shortages[size_class] = wanted - len(pool)
    return calm, shortages


def _ranks_within_class(calm: list[tuple[int, str]]) -> dict[int, int]:
    classes = [size_class for _, size_class in calm]
    return {i: classes[: at + 1].count(size_class) for at, (i, size_class) in enumerate(calm)}


def _chosen(saldi: Saldi, options: SelectionOptions, groups: Groups, i: int, rank: int) -> Chosen:
    inhabitants = float(saldi.inhabitants[i])
    group = groups.of(saldi.codes[i])
    saldo = float(saldi.measured(options.measure)[i])
    unrest = float(saldi.unrest[i])
    size_class = options.size_class(inhabitants) if inhabitants > options.above_inhabitants else ""
    reason = _reason(options, group, rank, size_class)
    return Chosen(saldi.codes[i], saldi.names[i], group, size_class, inhabitants, saldo, unrest, rank, reason)


def _reason(options: SelectionOptions, group: str, rank: int, size_class: str) -> str:
    if not size_class:
        limit = format_number(options.above_inhabitants, "count")
        return text("compare.selection.reason.too_small", limit=limit)
    if group == VERGELIJKING:
        return text("compare.selection.reason.vergelijking", rank=rank, size_class=size_class)
    if group:
        return text(f"compare.selection.reason.{group}", rank=rank)
    return text("compare.selection.reason.none", number=options.number, size_class=size_class)


def selection_table(selection: Selection, everyone: bool = False) -> Table:
    """The chosen gemeenten (groups.csv), or every gemeente with the reason it was chosen or not (selection.csv)."""
    rows = [g for g in selection.gemeenten if everyone or g.group]
    place = {code: i for i, code in enumerate(selection.groups.codes)}
    rows.sort(key=lambda g: (place.get(g.code, len(place)), g.code))
    share = "euro" if selection.options.measure == "euros" else "share"
    columns = (
        Column("gm_naam", text("compare.column.gm_naam")),
        Column("gm_code", text("compare.column.gm_code"), "code"),
        Column("groep", text("compare.column.groep")),
        Column("grootteklasse", text("compare.column.grootteklasse")),
        Column("inwoners", text("compare.column.inwoners"), "count"),
        Column("saldo", text("compare.column.saldo"), share),  # type: ignore[arg-type]
        Column("onrust", text("compare.column.onrust"), "share"),
        Column("reden", text("compare.column.reden")),
    )
    values: dict[str, list[Cell]] = {
        "gm_code": [g.code for g in rows],
        "gm_naam": [g.name for g in rows],
        "groep": [g.group for g in rows],
        "grootteklasse": [g.size_class for g in rows],
        "inwoners": [round(g.inhabitants) for g in rows],
        "saldo": [g.saldo for g in rows],
        "onrust": [g.unrest for g in rows],
        "reden": [g.reason for g in rows],
    }
    if everyone:
        _add_left_out(values, selection.saldi.left_out)
    key = "selection" if everyone else "groups"
    title = text(f"compare.selection.title_{key}", first=selection.saldi.years[0], last=selection.saldi.years[-1])
    table = Table(key, title, columns, values, selection.saldi.synthetic, _notes(selection), row_group="groep")
    saldi = selection.saldi
    behind = dict(zip(saldi.codes, saldi.behind, strict=False))
    return table.behind([behind.get(str(code)) for code in values["gm_code"]])


def _add_left_out(values: dict[str, list[Cell]], left_out: dict[str, str]) -> None:
    for code, reason in sorted(left_out.items()):
        cells: dict[str, Cell] = {"gm_code": code, "gm_naam": code, "groep": "", "grootteklasse": "", "reden": reason}
        for key, column in values.items():
            column.append(cells.get(key, NotApplicable(reason)))


def _notes(selection: Selection) -> tuple[str, ...]:
    limit = format_number(selection.options.above_inhabitants, "count")
    measure = text(f"compare.selection.measure.{selection.options.measure}")
    notes = [text("compare.selection.note_rule", limit=limit, measure=measure)]
    if selection.saldi.left_out:
        notes.append(text("compare.selection.note_left_out", count=len(selection.saldi.left_out)))
    for size_class, count in selection.shortages.items():
        notes.append(text("compare.selection.note_shortage", size_class=size_class, count=count))
    return tuple(notes)


def overview_table(selection: Selection) -> Table:
    """Per size class the names in each group: the layout of table 2.2."""
    classes = list(dict.fromkeys(g.size_class for g in sorted(selection.gemeenten, key=lambda g: g.inhabitants)))
    rows: list[tuple[str, ...]] = []
    for size_class in filter(None, classes):
        members = [
            sorted(g.name for g in selection.gemeenten if g.group == group and g.size_class == size_class)
            for group in GROUPS
        ]
        half = max(len(members[0]), len(members[1]), -(-len(members[2]) // 2))
        calm = [" · ".join(members[2][i::half]) if half else "" for i in range(half)]
        filled = [names + [""] * (half - len(names)) for names in (*members[:2], calm)]
        rows += [(size_class, *names) for names in zip(*filled, strict=True)]
    rows.append((text("compare.selection.count"), *(str(size) for size in selection.groups.sizes)))
    keys = ("grootteklasse", *GROUPS)
    columns = tuple(Column(key, text(f"compare.column.{key}")) for key in keys)
    values = {key: [row[i] for row in rows] for i, key in enumerate(keys)}
    title, synthetic = text("compare.selection.title_overview"), selection.saldi.synthetic
    table = Table("groups_overview", title, columns, values, synthetic, _notes(selection), row_group="grootteklasse")
    return table.public("names")
