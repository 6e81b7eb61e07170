"""What a population is: tables, checks, reading and writing, divisions and herindelingen."""

from verdeelmodel.population.csv_table import CsvColumn, read_csv_table
from verdeelmodel.population.divisions import always_merged, to_division, transfer
from verdeelmodel.population.meta import PopulationMeta
from verdeelmodel.population.municipalities import (
    Herindeling,
    gemeente_name,
    herindelingen,
    municipalities,
    unknown_gemeente,
)
from verdeelmodel.population.population import MemoryPopulation, Population, StoredPopulation, open_population
from verdeelmodel.population.schema import (
    Code,
    ColumnSchema,
    TableSchema,
    format_buurt,
    format_gemeente,
    table_names,
    table_schema,
)
from verdeelmodel.population.writer import PopulationWriter

__all__ = [
    "Code",
    "ColumnSchema",
    "CsvColumn",
    "Herindeling",
    "MemoryPopulation",
    "Population",
    "PopulationMeta",
    "PopulationWriter",
    "StoredPopulation",
    "TableSchema",
    "always_merged",
    "format_buurt",
    "format_gemeente",
    "gemeente_name",
    "herindelingen",
    "municipalities",
    "open_population",
    "read_csv_table",
    "table_names",
    "table_schema",
    "to_division",
    "transfer",
    "unknown_gemeente",
]
