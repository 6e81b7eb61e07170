"""Computing household kenmerken: in chunks, each column once, dependencies first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem, RequestError
from verdeelmodel.kenmerken.declare import Kenmerk
from verdeelmodel.kenmerken.parameters import parameter
from verdeelmodel.kenmerken.registry import Registry, registry
from verdeelmodel.kenmerken.resolve import in_order, needs, raw_column_names
from verdeelmodel.kenmerken.spreading import spread
from verdeelmodel.population.population import Population
from verdeelmodel.wording import text

Columns = dict[str, NDArray[Any]]
Found = TypeVar("Found")
ROWS = 131_072
PLACE = ("gemeente", "buurt")


@dataclass(frozen=True)
class Plan:
    """What has to be read and computed for a set of keys: raw columns, kenmerken in order, and parameters."""

    keys: tuple[str, ...]
    columns: tuple[str, ...]
    steps: tuple[Kenmerk, ...]
    parameters: tuple[str, ...]


def plan(keys: Iterable[str], known: Registry | None = None) -> Plan:
    """The plan for these kenmerken or raw columns; a RequestError for keys that are neither, or belong to an area."""
    chosen = known or registry()
    wanted = tuple(dict.fromkeys(keys))
    chosen.fail_if_unknown(wanted, also=raw_column_names())
    areas = [k for k in wanted if k in chosen and chosen[k].eenheid != "huishouden"]
    if areas:
        raise RequestError(
            text("kenmerken.not_household"),
            [
                Problem(text("kenmerken.is_of", kenmerk=k, unit=text(f"kenmerken.eenheid.{chosen[k].eenheid}")))
                for k in areas
            ],
        )
    steps = in_order(chosen, [k for k in wanted if k in chosen])
    inputs = [need for step in steps for need in needs(chosen, step).values()]
    columns = [*PLACE, *(n.name for n in inputs if n.kind == "column"), *(k for k in wanted if k not in chosen)]
    names = tuple(dict.fromkeys(n.name for n in inputs if n.kind == "parameter"))
    return Plan(wanted, tuple(dict.fromkeys(columns)), steps, names)


def compute_households(
    population: Population,
    year: int,
    keys: Iterable[str],
    rules_year: int | None = None,
    rows: int = ROWS,
    known: Registry | None = None,
    threads: int | None = None,
) -> Iterator[Columns]:
    """The kenmerken of every household in the order of the population, in chunks of at most `rows` households.

    Each chunk maps `gemeente`, `buurt` and each key (a kenmerk or a raw column) to an array of shape (n,). Everything
    that can be wrong with the request or the columns is raised before the first chunk is read.
    """
    return map_households(_unchanged, population, year, keys, rules_year, rows, known, threads)


def map_households(
    function: Callable[[Columns], Found],
    population: Population,
    year: int,
    keys: Iterable[str],
    rules_year: int | None = None,
    rows: int = ROWS,
    known: Registry | None = None,
    threads: int | None = None,
) -> Iterator[Found]:
    """What `function` makes of each chunk of `compute_households`, in the order of the chunks.

    Chunks are read one after another, while kenmerken and function are computed for several chunks at once; both must
    depend on nothing but their chunk. The borders of the chunks do not depend on the number of threads.
    """
    made = plan(keys, known)
    fail_if_columns_absent(population, year, made)
    scalars = {name: parameter(name, rules_year, year) for name in made.parameters}
    chunks = population.chunks(year, list(made.columns), rows=rows)
    return spread(lambda chunk: function(compute_chunk(made, chunk, scalars)), chunks, threads)


def _unchanged(chunk: Columns) -> Columns:
    return chunk


def compute_chunk(made: Plan, chunk: Mapping[str, NDArray[Any]], scalars: Mapping[str, float]) -> Columns:
    """The planned kenmerken on the raw columns of some households, each of shape (n,)."""
    values: dict[str, Any] = {**scalars, **chunk}
    count = len(chunk["gemeente"])
    for step in made.steps:
        values[step.key] = evaluate(step, {name: values[name] for name in step.inputs}, count)
    return {name: values[name] for name in dict.fromkeys((*PLACE, *made.keys))}


def evaluate(step: Kenmerk, inputs: Mapping[str, Any], count: int) -> NDArray[Any]:
    """One household kenmerk from its inputs; a RequestError when its function fails or returns another shape."""
    result = call(step, inputs)
    if not isinstance(result, np.ndarray) or result.shape != (count,):
        shape = getattr(result, "shape", type(result).__name__)
        raise RequestError(text("kenmerken.wrong_shape", kenmerk=step.key, found=shape, expected=(count,)))
    if step.soort == "ja_nee" and result.dtype != np.bool_:
        raise RequestError(text("kenmerken.not_yes_no", kenmerk=step.key, found=result.dtype))
    return result


def call(step: Kenmerk, inputs: Mapping[str, Any]) -> Any:
    """What the function of a kenmerk returns; whatever it raises becomes a RequestError that names the kenmerk."""
    try:
        return step.compute(**inputs)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise RequestError(text("kenmerken.failed", kenmerk=step.key, where=step.herkomst, reason=reason)) from error


def fail_if_columns_absent(population: Population, year: int, made: Plan) -> None:
    """Refuse when the population of this year lacks raw columns, naming for each the kenmerken that need it."""
    absent = absent_columns(population, year, made.columns)
    if absent:
        problems = [
            Problem(text("kenmerken.column_absent", column=c), expected=", ".join(_users(made, c)[:5])) for c in absent
        ]
        raise DataError(text("kenmerken.columns_absent", year=year, population=population.meta.name), problems)


def absent_columns(population: Population, year: int, columns: Sequence[str]) -> list[str]:
    """Which of these raw household columns the population of this year lacks."""
    present = set(population.columns(year)) if year in population.years else set(columns)
    return [c for c in columns if c not in present]


def _users(made: Plan, column: str) -> list[str]:
    return [step.key for step in made.steps if column in step.inputs]
