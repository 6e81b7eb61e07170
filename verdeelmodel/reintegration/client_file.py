"""A client file of a user's own: CSV, Parquet or SPSS, with our column names or through a mapping file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from verdeelmodel.population.convert import convert_table

if TYPE_CHECKING:
    import pandas as pd

TABLE = "clienten"


def read_clients(path: Path, mapping: Path | None = None) -> pd.DataFrame:
    """The clients in this file in the types of the schema; a DataError with every cell and column that is wrong.

    The mapping is a YAML file with `columns` (our name: your name) and `ignore`, as in the mapping of a population.
    """
    return convert_table(TABLE, path, mapping)
