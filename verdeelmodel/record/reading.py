"""Reading a run back: its tables exactly as they were, its other files, and its record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verdeelmodel.errors import RequestError, RunError, unknown_name
from verdeelmodel.record.run import EVIDENCE
from verdeelmodel.record.tables import read_table
from verdeelmodel.record.verification import fail_if_not_a_run, read_record, verify
from verdeelmodel.table import Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SavedRun:
    """A run on disk that was verified when it was opened; `saved["budgets"]` is a table as a DataFrame."""

    folder: Path
    record: Mapping[str, Any]

    @property
    def verb(self) -> str:
        """The verb that wrote the run."""
        return str(self.record["verb"])

    @property
    def synthetic(self) -> bool:
        """Whether the results are about the synthetic country."""
        return bool(self.record["synthetic"])

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the tables in the run, sorted."""
        return tuple(sorted(n.removesuffix(".parquet") for n in self.record["outputs"] if n.endswith(".parquet")))

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys)

    def __getitem__(self, key: str) -> pd.DataFrame:
        return self.table(key).to_frame()

    def __str__(self) -> str:
        return text("record.saved_run", run=self.folder.name, verb=self.verb, tables=", ".join(self.keys))

    def table(self, key: str) -> Table:
        """The table with this key, with its labels, notes, marks and evidence."""
        if key not in self.keys:
            what = text("record.table")
            raise RequestError(text("record.no_table", run=self.folder.name), [unknown_name(key, self.keys, what)])
        evidence = f"{EVIDENCE}/{key}.json"
        behind = self.bytes(evidence) if evidence in self.record["outputs"] else None
        return read_table(self.bytes(f"{key}.parquet"), behind, f"{key}.parquet")

    def tables(self) -> tuple[Table, ...]:
        """All tables, by key."""
        return tuple(self.table(key) for key in self.keys)

    def json(self, name: str) -> Any:
        """The content of a JSON file of the run."""
        return json.loads(self.bytes(name))

    def bytes(self, name: str) -> bytes:
        """The content of a file of the run."""
        if name not in self.record["outputs"]:
            problem = unknown_name(name, tuple(self.record["outputs"]), text("record.file"))
            raise RequestError(text("record.no_file", run=self.folder.name), [problem])
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise RunError(text("record.unreadable", file=name, reason=error.strerror or str(error))) from error


def read_run(path: Path) -> SavedRun:
    """The run in this folder; a RunError with every changed, missing or added file when it does not verify."""
    folder = fail_if_not_a_run(path)
    found = verify(folder)
    if not found.ok:
        raise RunError(str(found))
    return SavedRun(folder, read_record(folder))
