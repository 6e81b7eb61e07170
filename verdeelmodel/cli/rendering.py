"""Tables and progress bars in a terminal. Imported only when there is something to show."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Literal

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable
from rich.text import Text

from verdeelmodel.table import Column, Table, harmless
from verdeelmodel.wording import text

LEFT = ("text", "code", "flag", "stars")
FOLDED = {"text": 32, "code": 48}  # the width below which such a column is not squeezed
GAP = 3


def print_tables(tables: Sequence[Table], width: int, quiet: bool = False) -> None:
    """Print tables to standard output, within this width where the columns can be split to fit."""
    console = Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False, emoji=False, markup=False)
    with console.capture() as captured:
        for position, table in enumerate(tables):
            if position:
                console.print()
            console.print(rendered(table, width, quiet))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
    sys.stdout.flush()


def rendered(table: Table, width: int, quiet: bool = False) -> RenderableType:
    """The table with its title, the synthetic mark above it, and its notes and source below."""
    parts: list[RenderableType] = [_heading(table, width)]
    cells = table.formatted()
    for position, widths in enumerate(blocks(table, cells, width)):
        parts += [Text("")] if position else []
        parts.append(_block(table, cells, widths))
    if not quiet:
        below = [*table.notes, *([text("table.source", source=table.source)] if table.source else [])]
        below += _reasons(table)
        parts += [Padding(Text(harmless(line), style="dim"), (0, 0, 0, 1), expand=False) for line in below]
    return Group(*parts)


def blocks(table: Table, cells: Sequence[Sequence[str]], width: int) -> list[dict[int, int]]:
    """The columns in groups that fit the width, with the width of each column.

    Every group starts with the first column, which names the rows.
    """
    least = {
        i: _least_width(c, [row[i] for row in cells], width)
        for i, c in enumerate(table.columns)
        if c.key != table.row_group
    }
    if not least:
        return []
    if _total(least) > width and any(table.columns[i].kind == "text" for i in least):
        # Codes repeat what the names say; where there is no room for both, a reader needs the names.
        least = {i: w for i, w in least.items() if table.columns[i].kind != "code"}
    name, *rest = least
    least[name] = max(least[name], min(_longest_group(table), width // 2))
    groups = [{name: least[name]}]
    for i in rest:
        if len(groups[-1]) > 1 and _total(groups[-1]) + least[i] + GAP > width:
            groups.append({name: least[name]})
        groups[-1][i] = least[i]
    return [_spread(table, cells, group, width) for group in groups]


def _longest_group(table: Table) -> int:
    """The names of groups of rows stand in the first column."""
    names = table.values[table.row_group] if table.row_group is not None else ()
    return max((len(str(name)) for name in names), default=0)


def _total(widths: Mapping[int, int]) -> int:
    return sum(w + GAP for w in widths.values()) - 1


def _least_width(column: Column, cells: Sequence[str], width: int) -> int:
    natural = max((len(c) for c in cells), default=0)
    heading = max((len(word) for word in column.label.split()), default=0)
    if column.kind not in FOLDED:
        return max(heading, natural)
    return min(max(heading, min(natural, FOLDED[column.kind])), width // 2)


def _spread(table: Table, cells: Sequence[Sequence[str]], group: dict[int, int], width: int) -> dict[int, int]:
    """The widths after the room that is left is given to the columns that would otherwise be folded."""
    widths = dict(group)
    for i in group:
        natural = max([len(table.columns[i].label), *(len(row[i]) for row in cells)])
        widths[i] += max(0, min(natural - widths[i], width - _total(widths)))
    return widths


def _heading(table: Table, width: int) -> Text:
    heading = Text(harmless(table.title), style="bold")
    if table.synthetic:
        mark = text("table.synthetic")
        heading.append(" " * max(2, width - len(table.title) - len(mark)))
        heading.append(mark, style="bold red")
    return heading


def _block(table: Table, cells: Sequence[Sequence[str]], widths: Mapping[int, int]) -> RichTable:
    grid = RichTable(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=True, show_edge=False, header_style="")
    for i, width in widths.items():
        column = table.columns[i]
        side: Literal["left", "right"] = "left" if column.kind in LEFT else "right"
        grid.add_column(Text(harmless(column.label)), justify=side, width=width, overflow="fold")
    group = None
    for row, shown in enumerate(cells):
        if table.row_group is not None:
            current = str(table.values[table.row_group][row])
            if current != group:
                grid.add_row(Text(harmless(current), style="italic"), *("" for _ in range(len(widths) - 1)))
            group = current
        grid.add_row(*(_cell(table, row, i, shown[i]) for i in widths))
    return grid


def _cell(table: Table, row: int, column: int, shown: str) -> Text:
    return Text(shown, style="bold" if (row, table.columns[column].key) in table.emphasis else "")


def _reasons(table: Table) -> list[str]:
    """Each reason why a cell is not applicable, once."""
    return list(dict.fromkeys(str(c) for column in table.values.values() for c in column if hasattr(c, "reason")))


@contextmanager
def late_bar(label: str, total: float | None, patience: float) -> Iterator[Callable[[float], None]]:
    """A progress bar on standard error that appears only when the block takes longer than `patience` seconds."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=total)
    timer = threading.Timer(patience, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield partial(bar.advance, task)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
