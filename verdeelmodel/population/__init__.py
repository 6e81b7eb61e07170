"""What a population is: tables, checks, reading and writing, divisions and herindelingen."""

from verdeelmodel.population.meta import PopulationMeta
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
    "MemoryPopulation",
    "Population",
    "PopulationMeta",
    "PopulationWriter",
    "StoredPopulation",
    "TableSchema",
    "format_buurt",
    "format_gemeente",
    "open_population",
    "table_names",
    "table_schema",
]
