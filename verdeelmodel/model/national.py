"""The design of a population: kenmerken of households and areas, packed for the engine while the file is read.

A household of a year lies in the area (year, buurt), so that kenmerken of areas may change from year to year and are
never expanded to households. Gemeenten keep one code over the years, for clusters and sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from verdeelmodel.errors import DataError, Problem, RequestError
from verdeelmodel.kenmerken import Registry, compute_buurten, compute_gemeenten, compute_households, registry
from verdeelmodel.model.areas import Areas, make_areas
from verdeelmodel.model.building import DesignBuilder
from verdeelmodel.model.columns import AreaColumn, CodedColumn, Column, ContinuousColumn
from verdeelmodel.population.schema import table_schema
from verdeelmodel.wording import language, text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.kenmerken import Kenmerk
    from verdeelmodel.model.design import Design
    from verdeelmodel.population.population import Population

    Columns = Mapping[str, NDArray[Any]]

YEAR_STEP = 100_000_000
WEIGHT = "weight"


@dataclass(frozen=True)
class Outcome:
    """What is explained: a raw household column, for all households or only those for which `only` holds."""

    column: str
    only: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns to read."""
        return (self.column, self.only) if self.only else (self.column,)


BIJSTAND = Outcome("bijstand")
FRACTION = Outcome("fraction_paid", only="bijstand")


@dataclass(frozen=True)
class Question:
    """What to estimate: kenmerken (keys) of a population in these years under the rules of a year."""

    population: Population
    years: tuple[int, ...]
    keys: tuple[str, ...]
    rules_year: int | None = None
    outcome: Outcome = BIJSTAND
    known: Registry | None = None
    labels: Mapping[str, str] | None = None

    @property
    def registry(self) -> Registry:
        """The kenmerken that may be used."""
        return self.known or registry()

    def label(self, key: str) -> str:
        """The label of a kenmerk in the language in use; in Dutch that of the model when it gives its own."""
        own = (self.labels or {}).get(key, "")
        if (own and language() == "nl") or key not in self.registry:
            column = table_schema("households").columns.get(key)
            return own or (getattr(column, language()) if column else key)
        return self.registry[key].name()

    def of_unit(self, *units: str) -> tuple[str, ...]:
        """The keys of these units; a raw column of households is of the unit huishouden."""
        return tuple(
            k for k in self.keys if (self.registry[k].eenheid if k in self.registry else "huishouden") in units
        )


def national_design(
    question: Question, threads: int | None = None, advance: Callable[[float], None] | None = None
) -> Design:
    """The households of the question as a design, in the order years, then file; weighted when their weights differ.

    `advance` is told the number of households read. Raises with every kenmerk that does not exist, cannot be computed,
    or has no value for an area with households.
    """
    fail_if_years_absent(question)
    frames = {year: area_values(question, year) for year in question.years}
    areas = areas_of(frames)
    columns = [*household_columns(question), *area_columns(question, frames)]
    weighted = weights_differ(question.population, question.years)
    builder = DesignBuilder(
        columns,
        areas,
        weights="sampling" if weighted else "none",
        households=0 if question.outcome.only else sum(question.population.count(y) for y in question.years),
        threads=threads,
    )
    for year in question.years:
        for chunk in household_chunks(question, year, weighted):
            buurt = chunk["buurt"].astype(np.int64) + year * YEAR_STEP
            weight = chunk[WEIGHT] if weighted else None
            builder.add(chunk, chunk[question.outcome.column], buurt=buurt, weight=weight)
            if advance is not None:
                advance(len(buurt))
    return builder.finish()


def common_weight(population: Population, year: int) -> float:
    """How many households each one stands for when all weigh the same; 1 without weights or when they differ."""
    if WEIGHT not in population.columns(year) or weights_differ(population, (year,)):
        return 1.0
    first = next(population.chunks(year, [WEIGHT]), None)
    return float(first[WEIGHT][0]) if first is not None and len(first[WEIGHT]) else 1.0


def weights_differ(population: Population, years: Sequence[int]) -> bool:
    """Whether households carry different weights.

    One weight for all says how large the sample is, not how households count against each other: as a weight of the
    estimate it would only make every standard error too small.
    """
    if not all(WEIGHT in population.columns(year) for year in years):
        return False
    first: np.floating[Any] | None = None
    for year in years:
        for chunk in population.chunks(year, [WEIGHT]):
            if first is None and len(chunk[WEIGHT]):
                first = chunk[WEIGHT][0]
            if (chunk[WEIGHT] != first).any():
                return True
    return False


def household_chunks(
    question: Question, year: int, weighted: bool = False, more: Iterable[str] = ()
) -> Iterator[Columns]:
    """The household kenmerken and the outcome of the question, chunk by chunk, only the households it is about."""
    keys = [*question.of_unit("huishouden"), *question.outcome.columns, *([WEIGHT] if weighted else []), *more]
    chunks = compute_households(question.population, year, keys, question.rules_year, known=question.known)
    if not question.outcome.only:
        yield from chunks
        return
    for chunk in chunks:
        keep = np.flatnonzero(chunk[question.outcome.only])
        yield {key: values[keep] for key, values in chunk.items()}


def household_columns(question: Question) -> list[Column]:
    """How each household kenmerk enters the model: yes/no and classes as dummies, other numbers as they are."""
    columns: list[Column] = []
    for key in question.of_unit("huishouden"):
        declared = question.registry.get(key)
        if declared is None:
            columns.append(raw_column(key, question.label(key)))
        elif declared.soort == "ja_nee":
            columns.append(CodedColumn(key, label=question.label(key)))
        elif declared.soort == "klasse":
            columns.append(class_column(question, declared))
        else:
            columns.append(ContinuousColumn(key, question.label(key)))
    return columns


def raw_column(key: str, label: str) -> Column:
    """A raw column of the households table as a column of a model, by its codebook."""
    column = table_schema("households").columns[key]
    if column.type == "bool":
        return CodedColumn(key, label=label)
    if not column.codes:
        return ContinuousColumn(key, label)
    levels = {code.value: getattr(code, language()) for code in column.codes}
    if column.none is not None and column.none not in levels:
        levels = {column.none: "-", **levels}
    return CodedColumn(key, tuple(levels), label=label, level_labels=tuple(levels.values()))


def class_column(question: Question, declared: Kenmerk) -> CodedColumn:
    """A kenmerk with classes; its levels are the classes that occur in the first year, the lowest as reference."""
    chunks = compute_households(
        question.population, question.years[0], [declared.key], question.rules_year, known=question.known
    )
    found = np.unique(np.concatenate([np.unique(chunk[declared.key]) for chunk in chunks]))
    return CodedColumn(declared.key, tuple(found.tolist()), label=question.label(declared.key))


def area_values(question: Question, year: int) -> pd.DataFrame:
    """The kenmerken of buurten, wijken and gemeenten of a year, one row per buurt (index), with its gemeente."""
    frame = area_frame(question, year)
    fail_if_area_values_missing(question, year, frame)
    return frame.fillna(dict.fromkeys(question.of_unit("buurt", "wijk", "gemeente"), 0.0))


def keys_with_gaps(question: Question, year: int) -> tuple[str, ...]:
    """The kenmerken of areas that have no value for some buurt with households."""
    frame = area_frame(question, year)
    lived_in = frame["households"].to_numpy() > 0
    keys = question.of_unit("buurt", "wijk", "gemeente")
    return tuple(key for key in keys if frame.loc[lived_in, key].isna().any())


def area_frame(question: Question, year: int) -> pd.DataFrame:
    """As `area_values`, with a missing value where a kenmerk has none."""
    population, rules, known = question.population, question.rules_year, question.known
    table = population.buurten(year).set_index("buurt")
    frame = table[["gemeente", "wijk", "households"]].copy()
    if buurt_keys := question.of_unit("buurt"):
        values = compute_buurten(population, buurt_keys, year, rules, known)
        frame = frame.join(values)
    if wijk_keys := question.of_unit("wijk"):
        from verdeelmodel.kenmerken import compute_wijken

        frame = frame.join(compute_wijken(population, wijk_keys, year, rules, known), on="wijk")
    if gemeente_keys := question.of_unit("gemeente"):
        frame = frame.join(compute_gemeenten(population, gemeente_keys, [year], rules, known), on="gemeente")
    return frame


def areas_of(frames: Mapping[int, pd.DataFrame]) -> Areas:
    """Every (year, buurt) with its gemeente."""
    codes = [frame.index.to_numpy(np.int64) + year * YEAR_STEP for year, frame in frames.items()]
    gemeenten = [frame["gemeente"].to_numpy(np.int64) for frame in frames.values()]
    return make_areas(np.concatenate(codes), np.concatenate(gemeenten))


def area_columns(question: Question, frames: Mapping[int, pd.DataFrame]) -> list[Column]:
    """The kenmerken of areas as columns of the model, in the order of `areas_of`."""
    return [
        AreaColumn(key, np.concatenate([f[key].to_numpy(float) for f in frames.values()]), "buurt", question.label(key))
        for key in question.of_unit("buurt", "wijk", "gemeente")
    ]


def fail_if_years_absent(question: Question) -> None:
    """Refuse years that the population does not have."""
    absent = [y for y in question.years if y not in question.population.years]
    if absent or not question.years:
        have = ", ".join(map(str, question.population.years))
        raise RequestError(
            text("model.years_absent", name=question.population.meta.name),
            [Problem(str(y), expected=have) for y in absent] or [Problem("-", expected=have)],
        )


def fail_if_area_values_missing(question: Question, year: int, frame: pd.DataFrame) -> None:
    """Refuse a kenmerk without a value for a buurt that has households; such a buurt cannot be left out silently."""
    keys = question.of_unit("buurt", "wijk", "gemeente")
    lived_in = frame["households"].to_numpy() > 0
    problems = []
    for key in keys:
        missing = frame.loc[lived_in & frame[key].isna().to_numpy()]
        if len(missing):
            shown = ", ".join(f"GM{g:04d}" for g in sorted(missing["gemeente"].unique())[:5])
            found = text("model.no_area_value", kenmerk=key, count=len(missing), gemeenten=shown)
            problems.append(Problem(found, str(year)))
    if problems:
        raise DataError(text("model.area_values_missing"), problems)


def parse_years(written: str | None, have: Sequence[int]) -> tuple[int, ...]:
    """Years as written by a user: `2020`, `2017-2020` or `2017,2019`; the last year when nothing was written."""
    if not written:
        return (max(have),)
    years: list[int] = []
    for part in written.split(","):
        first, _, last = part.strip().partition("-")
        if not all(year.isdecimal() and len(year) == 4 for year in (first, last or first)):
            raise RequestError(text("model.years_unreadable", found=part.strip()))
        years += range(int(first), int(last or first) + 1)
    return tuple(dict.fromkeys(years))
