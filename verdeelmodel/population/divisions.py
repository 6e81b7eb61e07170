"""From the municipalities of one year to those of another, so that years can be compared.

Amounts and counts are added up, shares are averaged with the weight the schema names, and what belonged to a split
gemeente is divided over its receivers. Treating merged municipalities as if they had always been merged is
bringing every year to the division of the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from verdeelmodel.errors import DataError, Problem, RequestError
from verdeelmodel.population.municipalities import (
    Herindeling,
    fail_if_division_is_unknown,
    herindelingen,
    municipalities,
    unknown_gemeente,
)
from verdeelmodel.population.schema import TableSchema, format_gemeente, table_schema
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Parts = Mapping[int, Mapping[int, Fraction]]


def transfer(from_year: int, to_year: int, sizes: Mapping[int, float] | None = None) -> Parts:
    """For each gemeente of `from_year` the parts of it in the division of `to_year`; the parts add up to exactly 1.

    Going back in time needs `sizes`: how large each gemeente of the earlier division was. A later gemeente is then
    divided over the ones it came from in that proportion.
    """
    for year in (from_year, to_year):
        fail_if_division_is_unknown(year)
    if from_year <= to_year:
        return _forward(from_year, to_year)
    if sizes is None:
        raise RequestError(text("population.backward_needs_sizes", from_year=from_year, to_year=to_year))
    return _backward(_forward(to_year, from_year), sizes)


@cache
def _forward(from_year: int, to_year: int) -> dict[int, dict[int, Fraction]]:
    parts = {gemeente: {gemeente: Fraction(1)} for gemeente in municipalities(from_year)}
    for year in range(from_year + 1, to_year + 1):
        step = _step([h for h in herindelingen() if h.year == year])
        parts = {gemeente: _apply(step, into) for gemeente, into in parts.items()}
    return parts


def _step(changes: Sequence[Herindeling]) -> dict[int, dict[int, Fraction]]:
    step: dict[int, dict[int, Fraction]] = {}
    for old in {h.old for h in changes}:
        into = [h for h in changes if h.old == old]
        total = sum(h.addresses or 1 for h in into)
        step[old] = {h.new: Fraction(h.addresses or 1, total) for h in into}
    return step


def _apply(step: Parts, into: Mapping[int, Fraction]) -> dict[int, Fraction]:
    result: dict[int, Fraction] = {}
    for gemeente, part in into.items():
        for new, share in step.get(gemeente, {gemeente: Fraction(1)}).items():
            result[new] = result.get(new, Fraction(0)) + part * share
    return result


def _backward(forward: Parts, sizes: Mapping[int, float]) -> dict[int, dict[int, Fraction]]:
    absent = sorted(set(forward) - set(sizes))
    if absent:
        codes = ", ".join(format_gemeente(g) for g in absent[:10])
        raise RequestError(text("population.sizes_missing", codes=codes))
    came_from: dict[int, dict[int, Fraction]] = {}
    for old, into in forward.items():
        for new, part in into.items():
            came_from.setdefault(new, {})[old] = part * Fraction(sizes[old])
    back = {}
    for new, sources in came_from.items():
        total = sum(sources.values())
        even = Fraction(1, len(sources))
        back[new] = {old: size / total if total else even for old, size in sources.items()}
    return back


def always_merged(table: pd.DataFrame, year: int, schema: TableSchema | None = None) -> pd.DataFrame:
    """Every row of a table over several years in the division of `year`; each row is in the division of its own year.

    This is what the report does: merged municipalities are treated as if they had always been merged.
    """
    import pandas as pd

    years = sorted({int(y) for y in table["year"]})
    parts = [to_division(table[table["year"] == y], year, from_year=y, schema=schema) for y in years]
    return pd.concat(parts, ignore_index=True)


def to_division(
    table: pd.DataFrame,
    year: int,
    *,
    from_year: int,
    means: Mapping[str, str] | None = None,
    schema: TableSchema | None = None,
    sizes: Mapping[int, float] | None = None,
) -> pd.DataFrame:
    """The table in the division of `year`, one row per gemeente and per value of the other key columns.

    Columns of the schema (by default that of the table of gemeenten) are added up or averaged as it says; `means`
    names columns that are averaged and the column that weighs them, for columns of your own; other numbers are added
    up. Whole numbers stay whole and their totals stay exactly the same. `name` and `code` become those of the division.
    """
    parts = transfer(from_year, year, sizes)
    rules = schema or table_schema("gemeenten")
    fail_if_gemeenten_are_unknown(table, parts, from_year)
    weights = _weights_of(table, rules, means or {})
    keys = [name for name in rules.key if name in table.columns and name != "gemeente"]
    blocks = [block for _, block in table.groupby(keys, sort=True)] if keys else [table]
    import pandas as pd

    result = pd.concat([_convert(block, parts, rules, weights, keys) for block in blocks], ignore_index=True)
    names = municipalities(year)
    if "name" in result:
        result["name"] = [names[g] for g in result["gemeente"]]
    if "code" in result:
        result["code"] = [format_gemeente(g) for g in result["gemeente"]]
    return result[list(table.columns)]


def fail_if_gemeenten_are_unknown(table: pd.DataFrame, parts: Parts, year: int) -> None:
    """Refuse a table with codes that are not in the division it is said to be in, naming each with its fate."""
    unknown = sorted({int(g) for g in table["gemeente"]} - set(parts))
    if unknown:
        problems = [unknown_gemeente(g, year) for g in unknown]
        raise DataError(text("population.wrong_division", year=year, count=len(unknown)), problems)


def _weights_of(table: pd.DataFrame, rules: TableSchema, means: Mapping[str, str]) -> dict[str, str]:
    """For each column that is averaged the column that weighs it."""
    declared = {n: c.mean_over for n, c in rules.columns.items() if c.mean_over and n in table.columns}
    weights = declared | dict(means)
    problems = [
        Problem(text("population.weight_missing", column=name, weight=weight))
        for name, weight in weights.items()
        if weight not in table.columns
    ]
    if problems:
        raise RequestError(text("population.cannot_average"), problems)
    return weights


def _convert(
    block: pd.DataFrame, parts: Parts, rules: TableSchema, weights: Mapping[str, str], keys: Sequence[str]
) -> pd.DataFrame:
    import pandas as pd

    codes = [int(g) for g in block["gemeente"]]
    targets = sorted({new for g in codes for new in parts[g]})
    matrix = np.array([[float(parts[g].get(new, 0)) for g in codes] for new in targets])
    result: dict[str, Any] = {"gemeente": np.array(targets).astype(block["gemeente"].to_numpy().dtype)}
    for name in block.columns:
        values = block[name]
        if name == "gemeente":
            continue
        if name in keys:
            result[name] = np.full(len(targets), values.iloc[0])
        elif name in weights:
            result[name] = _means(matrix, values.to_numpy(float), block[weights[name]].to_numpy(float))
        elif _merge(name, rules) == "smallest":
            result[name] = np.nanmin(np.where(matrix > 0, values.to_numpy(float), np.nan), axis=1)
        elif _merge(name, rules) == "largest" or not pd.api.types.is_numeric_dtype(values):
            result[name] = values.to_numpy()[_largest(matrix, block, codes, targets)]
        elif pd.api.types.is_integer_dtype(values):
            result[name] = whole_parts(values.to_numpy(), codes, targets, parts)
        else:
            result[name] = matrix @ values.to_numpy(float)
    return pd.DataFrame(result)


def _merge(name: str, rules: TableSchema) -> str:
    return rules.columns[name].merge if name in rules.columns else "sum"


def _means(matrix: np.ndarray[Any, Any], values: np.ndarray[Any, Any], weight: np.ndarray[Any, Any]) -> Any:
    """Weighted means per row of the matrix; where all weights are zero, the mean over the parts themselves."""
    weighted = matrix * np.nan_to_num(weight)
    weighted = np.where(weighted.sum(axis=1, keepdims=True) > 0, weighted, matrix)
    alone = (matrix > 0).sum(axis=1) == 1
    means = np.where(matrix > 0, weighted * values, 0.0).sum(axis=1) / weighted.sum(axis=1)
    return np.where(alone, values[matrix.argmax(axis=1)], means)


def _largest(matrix: np.ndarray[Any, Any], block: pd.DataFrame, codes: Sequence[int], targets: Sequence[int]) -> Any:
    """Per target the row that keeps its code, else the one that brings the most inhabitants."""
    size = block["inhabitants"].to_numpy(float) if "inhabitants" in block else np.ones(len(block))
    own = np.array([[g == new for g in codes] for new in targets])
    return np.where(own, np.inf, matrix * (1 + np.nan_to_num(size))).argmax(axis=1)


def whole_parts(
    values: np.ndarray[Any, Any], codes: Sequence[int], targets: Sequence[int], parts: Parts
) -> np.ndarray[Any, Any]:
    """Whole numbers divided over the targets: whole again, each total exactly kept (largest remainder)."""
    place = {new: i for i, new in enumerate(targets)}
    result = np.zeros(len(targets), dtype=np.int64)
    for gemeente, value in zip(codes, values.tolist(), strict=True):
        if len(parts[gemeente]) == 1:
            result[place[next(iter(parts[gemeente]))]] += value
            continue
        exact = {new: value * part for new, part in parts[gemeente].items()}
        floors = {new: int(amount // 1) for new, amount in exact.items()}
        left = value - sum(floors.values())
        for new in sorted(exact, key=lambda n: (floors[n] - exact[n], n))[:left]:
            floors[new] += 1
        for new, amount in floors.items():
            result[place[new]] += amount
    return result if values.dtype.kind != "i" else result.astype(values.dtype)
