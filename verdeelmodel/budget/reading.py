"""Reading the municipal table of a user: inputs of the allocation and, when present, expenditure and earlier years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.inputs import BASIC, KEYS, LARGEST, LATE, Amounts, Inputs, complete_amounts, needed_columns
from verdeelmodel.budget.mergers import Merger
from verdeelmodel.budget.vangnet import History
from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.law.rules import BudgetRules
from verdeelmodel.population.csv_table import CsvColumn, read_csv_table
from verdeelmodel.population.municipalities import FIRST, LAST, municipalities
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.table import Evidence
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
CODE = "gm_code"
NET = "net_expenditure"
UNCERTAIN = "uncertain_cost"
EARLIER = (1, 2, 3)
USED = (1, 2)
VARIANTS = ("", "regulier", "verruimd", "verlaagd")


@dataclass(frozen=True)
class MunicipalTable:
    """What a user knows of every gemeente; `net`, `uncertain` and `history` are None when their columns are absent.

    `division` is the year of the division of the codes, None when it is not known; `behind` tells which households
    stand behind the objective amounts, when those were predicted here.
    """

    inputs: Inputs
    net: Floats | None = None
    uncertain: Floats | None = None
    history: History | None = None
    names: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    division: int | None = None
    behind: tuple[Evidence, ...] = ()

    def __len__(self) -> int:
        return len(self.inputs)


def columns_of(rules: BudgetRules, amounts: Amounts) -> tuple[CsvColumn, ...]:
    """Every column the table may have; required are those that these rules and pools use."""
    needed = set(needed_columns(rules, complete_amounts(rules, amounts)))
    amounts_of = [*BASIC, *KEYS]
    earlier = [f"{what}_t{t}" for t in EARLIER for what in ("budget", "net")]
    return (
        CsvColumn(CODE, "gemeente", also=("gemeente",)),
        *(_amount(name, required=name in needed, filled=True) for name in amounts_of),
        *(_amount(name) for name in (*LATE, UNCERTAIN)),
        _amount(NET, filled=True, minimum=-LARGEST),
        *(_amount(name, minimum=-LARGEST if name.startswith("net") else 0) for name in earlier),
        *(CsvColumn(f"vangnet_t{t}", "text", required=False, filled=False) for t in USED),
        CsvColumn("name", "text", required=False, filled=False),
        CsvColumn("province", "text", required=False, filled=False),
    )


def _amount(name: str, required: bool = False, filled: bool = False, minimum: int = 0) -> CsvColumn:
    return CsvColumn(name, "number", required=required, filled=filled, minimum=minimum, maximum=LARGEST)


def read_municipal_table(path: Path, rules: BudgetRules, amounts: Amounts) -> MunicipalTable:
    """The table in this file, decimal point; a DataError with every problem at once.

    Codes must exist in the division of the budget year, when that division is known.
    """
    frame = read_csv_table(path, columns_of(rules, amounts), key=(CODE,), division=division_of(rules.year), decimal=".")
    codes = tuple(format_gemeente(int(g)) for g in frame[CODE])
    columns = {name: frame[name].to_numpy(float) for name in (*BASIC, *KEYS, *LATE) if name in frame}
    return MunicipalTable(
        Inputs(codes, columns),
        _numbers(frame, NET),
        np.nan_to_num(frame[UNCERTAIN].to_numpy(float)) if UNCERTAIN in frame else None,
        _history(frame, path.name),
        _texts(frame, "name"),
        _texts(frame, "province"),
        division_of(rules.year),
    )


def division_of(year: int) -> int | None:
    """The division to check codes with, None for years whose division is not known."""
    return year if FIRST <= year <= LAST else None


def absent_gemeenten(codes: Sequence[str], division: int | None) -> tuple[str, ...]:
    """The gemeenten of this division that are not in the table; empty when the division is not known."""
    if division is None:
        return ()
    return tuple(c for c in (format_gemeente(g) for g in municipalities(division)) if c not in set(codes))


def _numbers(frame: pd.DataFrame, name: str) -> Floats | None:
    return frame[name].to_numpy(float) if name in frame else None


def _texts(frame: pd.DataFrame, name: str) -> tuple[str, ...]:
    return tuple(_filled(cell) for cell in frame[name]) if name in frame else ()


def _filled(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _history(frame: pd.DataFrame, name: str) -> History | None:
    years = [t for t in EARLIER if f"net_t{t}" in frame and f"budget_t{t}" in frame]
    alone = [f"{a}_t{t}" for t in EARLIER for a, b in (("net", "budget"), ("budget", "net"))
             if f"{a}_t{t}" in frame and f"{b}_t{t}" not in frame]  # fmt: skip
    problems = [Problem(text("budget.half_year", column=column), name) for column in alone]
    if problems:
        raise DataError(text("budget.history_wrong"), problems)
    used = _used(frame, name)
    if not years and used is None:
        return None
    last = max(years, default=0)
    net, budget = (np.full((len(frame), last), np.nan) for _ in range(2))
    for t in years:
        net[:, t - 1] = frame[f"net_t{t}"].to_numpy(float)
        budget[:, t - 1] = frame[f"budget_t{t}"].to_numpy(float)
    return History(net, budget, used or ())


def _used(frame: pd.DataFrame, name: str) -> tuple[tuple[str, ...], ...] | None:
    present = [f"vangnet_t{t}" for t in USED if f"vangnet_t{t}" in frame]
    if not present:
        return None
    problems = [
        unknown_name(_filled(cell), VARIANTS[1:], text("budget.variant"), text("budget.line", line=line, column=column))
        for column in present
        for line, cell in frame[column].items()
        if _filled(cell) not in VARIANTS
    ]
    if problems:
        raise DataError(text("budget.history_wrong"), problems)
    return tuple(tuple(_filled(frame[column].iloc[i]) for column in present) for i in range(len(frame)))


MERGER_COLUMNS = (
    CsvColumn("old", "gemeente"),
    CsvColumn("new", "gemeente"),
    CsvColumn("share", "number", required=False, filled=True, minimum=0, maximum=1),
)


def read_mergers(path: Path) -> tuple[Merger, ...]:
    """Which gemeente goes into which; without a column `share` every gemeente goes over whole."""
    frame = read_csv_table(path, MERGER_COLUMNS, key=("old", "new"), decimal=".")
    share = frame["share"] if "share" in frame else [1.0] * len(frame)
    return tuple(
        Merger(format_gemeente(int(old)), format_gemeente(int(new)), float(part))
        for old, new, part in zip(frame["old"], frame["new"], share, strict=True)
    )
