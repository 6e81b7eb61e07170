"""A column of a population replaced by the values in a file of the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.population import CsvColumn, read_csv_table
from verdeelmodel.population.population import Columns, Population
from verdeelmodel.population.schema import table_schema
from verdeelmodel.scenario.definition import Replace
from verdeelmodel.scenario.population import EXAMPLES, Changed
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

KEY = {"households": "household", "gemeenten": "gemeente", "buurten": "buurt"}
KIND = {"household": "integer", "gemeente": "gemeente", "buurt": "buurt"}


class Replaced(Changed):
    """Other values in one column, for the households, gemeenten or buurten (and the years) that the file names."""

    def __init__(self, below: Population, rules_year: int | None, step: Replace) -> None:
        super().__init__(below, rules_year)
        self.step = step
        self.key = KEY[step.table]

    def prepare(self, year: int) -> None:
        """Read the file, and find what its rows belong to."""
        new = self.rows_of(year).index.to_numpy()
        if self.step.table == "households":
            fail_if_unused(self.step, new, np.arange(self.below.count(year)))
        else:
            fail_if_unused(self.step, new, self._of_year(self.step.table, year)[self.key].to_numpy())

    @cached_property
    def values(self) -> pd.DataFrame:
        """The rows of the file."""
        schema = table_schema(self.step.table).columns[self.step.column]
        words = {code.key: code.value for code in schema.codes}
        kind = "text" if words else "number" if schema.is_number else "flag" if schema.type == "bool" else "text"
        columns = [
            CsvColumn(self.key, KIND[self.key]),  # type: ignore[arg-type]
            CsvColumn("year", "integer", required=False),
            CsvColumn(self.step.column, kind, minimum=schema.minimum, maximum=schema.maximum),  # type: ignore[arg-type]
        ]
        found = read_csv_table(self.step.file, columns, key=(self.key, "year"))
        if words:
            found[self.step.column] = coded(found[self.step.column], words, self.step)
        return found

    def rows_of(self, year: int) -> pd.Series:
        """The new values of a year by key."""
        rows = self.values if "year" not in self.values else self.values[self.values["year"] == year]
        chosen: pd.Series = rows.set_index(self.key)[self.step.column]
        return chosen

    def _batches(self, year: int, columns: Sequence[str], rows: int) -> Iterator[Columns]:
        if self.step.table != "households" or self.step.column not in columns:
            yield from self.below.chunks(year, list(columns), rows)
            return
        new = self.rows_of(year)
        fail_if_unused(self.step, new.index.to_numpy(), np.arange(self.below.count(year)))
        for chunk in self.below.chunks(year, list(dict.fromkeys((*columns, self.key))), rows):
            found = new.reindex(chunk[self.key])
            old = chunk[self.step.column]
            mixed = np.where(found.isna().to_numpy(), old, found.fillna(0).to_numpy()).astype(old.dtype)
            yield {name: mixed if name == self.step.column else chunk[name] for name in columns}

    def _of_year(self, name: str, year: int) -> pd.DataFrame:
        frame = super()._of_year(name, year)
        if name != self.step.table:
            return frame
        new = self.rows_of(year)
        fail_if_unused(self.step, new.index.to_numpy(), frame[self.key].to_numpy())
        changed = frame.copy()
        found = new.reindex(frame[self.key]).to_numpy()
        there = new.reindex(frame[self.key]).notna().to_numpy()
        old = frame[self.step.column].to_numpy()
        changed[self.step.column] = np.where(there, found, old).astype(old.dtype)
        return changed


def coded(written: pd.Series, words: Mapping[str, int], step: Replace) -> pd.Series:
    """The values of a codebook, written as words or as numbers."""
    known = {**words, **{str(value): value for value in words.values()}}
    wrong = sorted({word for word in written if word not in known})
    if wrong:
        what = text("scenario.word")
        raise DataError(
            text("scenario.not_possible", count=len(wrong)), [unknown_name(w, list(words), what) for w in wrong]
        )
    return written.map(known)


def fail_if_unused(step: Replace, given: NDArray[Any], known: NDArray[Any]) -> None:
    """Refuse rows of the file that belong to nothing in the population."""
    unused = sorted(set(given.tolist()) - set(known.tolist()))
    if unused:
        shown = ", ".join(map(str, unused[:EXAMPLES]))
        found = text("scenario.rows_unused", count=len(unused), table=step.table, examples=shown)
        raise DataError(text("scenario.not_possible", count=1), [Problem(found, step.file.name)])
