"""What every verb shares: showing tables, one JSON document, notes and progress, and writing a run.

Results go to standard output, everything else to standard error, so that a pipe receives results only.
"""

from __future__ import annotations

import json as json_module
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from verdeelmodel.table import Cell, NotApplicable, Table, harmless
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.record import Run

WIDTH = 100
PATIENCE = 2.0


@dataclass
class Output:
    """Where a verb says what it found; with `json` one JSON document on standard output and nothing else there."""

    json: bool = False
    quiet: bool = False
    _sentences: list[str] = field(default_factory=list)
    _closed: bool = False

    def tables(self, *tables: Table) -> None:
        """Show these tables in order. With --json they are the document, so a verb calls this once."""
        if self.json:
            self.document(tables_document(tables, self._sentences))
            return
        from verdeelmodel.cli.rendering import print_tables

        print_tables(tables, terminal_width(), quiet=self.quiet)

    def say(self, sentence: str) -> None:
        """A sentence that belongs to the result; with --json it joins the document that follows."""
        if self.json:
            self._sentences.append(sentence)
        else:
            print_line(sentence, sys.stdout)

    def note(self, sentence: str) -> None:
        """A sentence beside the result, on standard error; silent with --quiet."""
        if not self.quiet:
            print_line(sentence, sys.stderr)

    def document(self, content: Mapping[str, Any]) -> None:
        """The one JSON document of a verb that is run with --json."""
        if self._closed:
            raise RuntimeError("a verb prints one JSON document")
        self._closed = True
        print_line(json_module.dumps(content, ensure_ascii=False, indent=2, allow_nan=False), sys.stdout)

    @contextmanager
    def progress(self, label: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """Yields a function to report steps done; a bar appears on a terminal once the work takes over two seconds."""
        if self.quiet or not sys.stderr.isatty():
            yield lambda _steps: None
            return
        from verdeelmodel.cli.rendering import late_bar

        with late_bar(label, total, PATIENCE) as advance:
            yield advance


def run_or_print(
    output: Output,
    tables: Sequence[Table],
    *,
    out: Path | None,
    force: bool,
    verb: str,
    options: Mapping[str, Any],
    inputs: Mapping[str, Path | None],
    seed: int | None = None,
    synthetic: bool = False,
    more: Callable[[Run], None] | None = None,
) -> None:
    """Show the tables; with `out`, first write them as a run, with what `more` adds to it.

    One synthetic table makes everything synthetic.
    """
    synthetic = synthetic or any(table.synthetic for table in tables)
    if out is not None:
        from verdeelmodel.record import new_run

        with new_run(
            out, verb=verb, options=options, inputs=inputs, seed=seed, synthetic=synthetic, force=force
        ) as run:
            for table in tables:
                run.table(table)
            if more is not None:
                more(run)
    output.tables(*(replace(table, synthetic=True) if synthetic else table for table in tables))
    if out is not None:
        output.note(text("cli.written", folder=str(out)))


def tables_document(tables: Sequence[Table], sentences: Sequence[str] = ()) -> dict[str, Any]:
    """Tables as plain values: a cell that is not applicable is an object with the reason."""
    return {
        "synthetic": any(table.synthetic for table in tables),
        "sentences": list(sentences),
        "tables": {table.key: _table_document(table) for table in tables},
    }


def _table_document(table: Table) -> dict[str, Any]:
    columns = [{"key": c.key, "label": c.label, "kind": c.kind, "unit": c.unit} for c in table.columns]
    rows = [{c.key: _cell_document(table.values[c.key][i]) for c in table.columns} for i in range(len(table))]
    return {
        "title": table.title,
        "synthetic": table.synthetic,
        "source": table.source,
        "notes": list(table.notes),
        "columns": columns,
        "rows": rows,
    }


def _cell_document(value: Cell) -> Any:
    return {"not_applicable": value.reason} if isinstance(value, NotApplicable) else value


def terminal_width() -> int:
    """The width of the terminal, or 100 columns where there is none."""
    return shutil.get_terminal_size((WIDTH, 40)).columns


def print_line(line: str, stream: IO[str]) -> None:
    """Write a line and send it on at once, so that results and notes keep their order."""
    stream.write(harmless(line) + "\n")
    stream.flush()
