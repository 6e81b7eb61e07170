"""Tables and progress bars in a terminal. Imported only when there is something to show."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable
from rich.text import Text

from verdeelmodel.table import Column, Table
from verdeelmodel.wording import text

TEXT_KINDS = ("text", "code", "flag")
NARROWEST_TEXT = 32
GAP = 2


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
    for columns in blocks(table, cells, width):
        parts.append(_block(table, cells, columns))
    if not quiet:
        below = [*table.notes, *([text("table.source", source=table.source)] if table.source else [])]
        below += _reasons(table)
        parts += [Padding(Text(line, style="dim"), (0, 0, 0, 1), expand=False) for line in below]
    return Group(*parts)


def blocks(table: Table, cells: Sequence[Sequence[str]], width: int) -> list[list[int]]:
    """The columns in groups that fit the width; every group starts with the first column, which names the rows."""
    shown = [i for i, c in enumerate(table.columns) if c.key != table.row_group]
    if not shown:
        return []
    widths = {i: _least_width(table.columns[i], [row[i] for row in cells]) for i in shown}
    name, rest = shown[0], shown[1:]
    groups: list[list[int]] = [[name]]
    used = widths[name] + GAP
    for i in rest:
        if used + widths[i] + GAP > width and len(groups[-1]) > 1:
            groups.append([name])
            used = widths[name] + GAP
        groups[-1].append(i)
        used += widths[i] + GAP
    return groups


def _least_width(column: Column, cells: Sequence[str]) -> int:
    natural = max((len(c) for c in cells), default=0)
    heading = max((len(word) for word in column.label.split()), default=0)
    return max(heading, min(natural, NARROWEST_TEXT) if column.kind in TEXT_KINDS else natural)


def _heading(table: Table, width: int) -> Text:
    heading = Text(table.title, style="bold")
    if table.synthetic:
        mark = text("table.synthetic")
        heading.append(" " * max(2, width - len(table.title) - len(mark)))
        heading.append(mark, style="bold red")
    return heading


def _block(table: Table, cells: Sequence[Sequence[str]], columns: Sequence[int]) -> RichTable:
    grid = RichTable(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=True, show_edge=False, header_style="")
    for i in columns:
        column = table.columns[i]
        is_text = column.kind in TEXT_KINDS
        grid.add_column(
            Text(column.label), justify="left" if is_text else "right", no_wrap=not is_text, overflow="fold"
        )
    group = None
    for row, shown in enumerate(cells):
        if table.row_group is not None:
            current = str(table.values[table.row_group][row])
            if current != group:
                grid.add_row(Text(current, style="italic"), *("" for _ in columns[1:]))
            group = current
        grid.add_row(*(_cell(table, row, i, shown[i]) for i in columns))
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
