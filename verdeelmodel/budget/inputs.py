"""What the allocation needs of every gemeente, and the amounts that are distributed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem, RequestError, UnknownRuleError, unknown_name
from verdeelmodel.law.facts import unknown_year
from verdeelmodel.law.rules import BudgetRules, open_question_error
from verdeelmodel.wording import text

Floats = NDArray[np.float64]

# Needed for every year; the others only where the rules of the year use them.
BASIC: tuple[str, ...] = ("inhabitants", "objective", "cost", "households_start", "households_end")
LATE: tuple[str, ...] = ("cost_late", "lks_late")
KEYS: tuple[str, ...] = ("homeless_cost", "lks", "lks_t2", "youth", "permit_holders", "cost_65plus", "cost_wwik")
# Pools that are distributed on a column, for the years in which they exist.
POOL_COLUMNS: Mapping[str, str] = MappingProxyType({"elderly": "cost_65plus", "wwik": "cost_wwik"})
PROVISIONAL_LKS = "lks_t2"
# No amount or count of a country is larger; beyond it euros could not be kept apart.
LARGEST = 10**13
# Which column of t-3 replaces which column when the accounts came too late.
CORRECTED: Mapping[str, str] = MappingProxyType({"cost": "cost_late", "lks": "lks_late", PROVISIONAL_LKS: "lks_late"})


@dataclass(frozen=True)
class Inputs:
    """The columns of a municipal table: `codes` and one array of n amounts per column.

    `cost_late` and `lks_late` hold the cost of t-3 where the accounts of t-2 came too late, and NaN elsewhere.
    """

    codes: tuple[str, ...]
    columns: Mapping[str, Floats]

    def __post_init__(self) -> None:
        """Keep frozen arrays of one length."""
        frozen = {name: np.asarray(values, dtype=np.float64) for name, values in self.columns.items()}
        if any(v.shape != (len(self.codes),) for v in frozen.values()):
            raise ValueError("every column needs one value per gemeente")
        object.__setattr__(self, "columns", MappingProxyType(frozen))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, name: str) -> Floats:
        return self.columns[name]

    def get(self, name: str) -> Floats:
        """The column, or zeros when it is absent."""
        return self.columns.get(name, np.zeros(len(self)))

    def with_columns(self, columns: Mapping[str, Floats]) -> Inputs:
        """A copy with these columns replaced or added."""
        return replace(self, columns={**self.columns, **columns})

    def without(self, *names: str) -> Inputs:
        """A copy without these columns."""
        return replace(self, columns={k: v for k, v in self.columns.items() if k not in names})


@dataclass(frozen=True)
class Amounts:
    """What is distributed, in euros: the macrobudget, the pools inside it, and the national benefit cost (TGU)."""

    macrobudget: int
    pools: Mapping[str, float] = field(default_factory=dict)
    total_cost: float | None = None
    stage: str = "definitief"

    def pool(self, name: str) -> float:
        """The amount of a pool, zero when it was not given."""
        return float(self.pools.get(name, 0.0))


def complete_amounts(rules: BudgetRules, amounts: Amounts) -> Amounts:
    """The amounts with the pools that the law itself fixes filled in."""
    fixed = {k.pool: k.default for k in rules.keyed if k.default is not None}
    return replace(amounts, pools={**fixed, **amounts.pools})


def lks_column(stage: str) -> str:
    """The column with the wage cost subsidies that count: t-2 at the provisional stage, t-1 at the definitive one."""
    return "lks" if stage == "definitief" else PROVISIONAL_LKS


def needed_columns(rules: BudgetRules, amounts: Amounts) -> tuple[str, ...]:
    """The columns this allocation cannot do without."""
    keyed = [k.column if k.column != "lks" else lks_column(amounts.stage) for k in rules.keyed if amounts.pool(k.pool)]
    older = [POOL_COLUMNS[pool] for pool in POOL_COLUMNS if pool in rules.pools and amounts.pool(pool)]
    return (*BASIC, *(("homeless_cost",) if rules.homeless else ()), *keyed, *older)


def fail_if_rules_are_open(rules: BudgetRules, amounts: Amounts) -> None:
    """Refuse rules with an unanswered question that matters here, and stages of which the rules are not known."""
    asked = tuple(q for q in rules.open if not q.matters or amounts.pool(q.matters) > 0)
    if asked:
        raise open_question_error(rules, asked)
    if amounts.stage in rules.unknown_stages:
        problem = Problem(text("budget.stage_found", stage=text(f"law.stage.{amounts.stage}"), year=rules.year))
        raise UnknownRuleError(text("budget.stage_unknown", year=rules.year), [problem])


def fail_if_amounts_are_impossible(rules: BudgetRules, amounts: Amounts) -> None:
    """Refuse a macrobudget that is not positive, pools that do not exist this year, and pools above the macrobudget."""
    problems = []
    if not 0 < amounts.macrobudget <= LARGEST:
        problems.append(Problem(text("budget.macro_positive", euro=amounts.macrobudget, largest=LARGEST)))
    for name, euro in amounts.pools.items():
        if name not in rules.pools:
            if euro:
                problems.append(
                    unknown_name(name, rules.pools, text("budget.pool"), text("law.open_where", year=rules.year))
                )
        elif not np.isfinite(euro) or euro < 0:
            problems.append(Problem(text("budget.pool_negative", pool=name, euro=euro)))
    inside = sum(v for k, v in amounts.pools.items() if k in rules.pools and k != "mau")
    if not problems and inside > amounts.macrobudget:
        problems.append(Problem(text("budget.pools_too_large", pools=inside, macro=amounts.macrobudget)))
    if amounts.total_cost is not None and not amounts.total_cost > 0:
        problems.append(Problem(text("budget.total_cost_positive")))
    if problems:
        raise RequestError(text("budget.impossible_amounts"), problems)


def fail_if_columns_are_missing(rules: BudgetRules, inputs: Inputs, amounts: Amounts) -> None:
    """Refuse inputs without a column these rules use, naming every one."""
    missing = [name for name in needed_columns(rules, amounts) if name not in inputs.columns]
    pool_of = {k.column: k.pool for k in rules.keyed} | {PROVISIONAL_LKS: "lks"}
    problems = [
        Problem(
            text("budget.column_missing", column=name, meaning=text(f"budget.column.{name}")),
            remedy=text("budget.column_remedy", pool=pool_of[name]) if name in pool_of else "",
        )
        for name in missing
    ]
    if problems:
        raise DataError(text("budget.columns_missing", year=rules.year, count=len(problems)), problems)


def fail_if_values_are_impossible(inputs: Inputs) -> None:
    """Refuse negative or infinite amounts, households that vanished, and gemeenten that occur twice."""
    problems = []
    seen: set[str] = set()
    for code in inputs.codes:
        if code in seen:
            problems.append(Problem(text("budget.twice", code=code)))
        seen.add(code)
    for name, values in inputs.columns.items():
        if name not in (*BASIC, *KEYS, *LATE):
            continue
        wrong = (values < 0) | (values > LARGEST) | (np.isnan(values) & (name not in LATE))
        problems += [
            Problem(
                text("budget.impossible_value", value=values[i]),
                text("budget.where", code=inputs.codes[i], column=name),
            )
            for i in np.flatnonzero(wrong)
        ]
    if "households_start" in inputs.columns:
        gone = (inputs["households_start"] == 0) & (inputs.get("cost") > 0)
        problems += [
            Problem(text("budget.no_households"), text("budget.where", code=inputs.codes[i], column="households_start"))
            for i in np.flatnonzero(gone)
        ]
    if problems:
        raise DataError(text("budget.impossible_values", count=len(problems)), problems)


def fail_if_late_rule_unknown(rules: BudgetRules, inputs: Inputs) -> None:
    """Refuse late data for a year of which the correction factor is not known."""
    used = [name for name in LATE if name in inputs.columns and np.isfinite(inputs[name]).any()]
    if used and rules.late_factor is None:
        raise unknown_year("late", rules.year, [])


def historical_cost(rules: BudgetRules, inputs: Inputs, column: str = "cost") -> Floats:
    """Cost of t-2 (or corrected cost of t-3 where the accounts were late) times growth of households, shape (n,)."""
    start, end = inputs["households_start"], inputs["households_end"]
    growth = np.divide(end, start, out=np.ones_like(end), where=start > 0)
    return counted(rules, inputs, column) * growth


def counted(rules: BudgetRules, inputs: Inputs, column: str) -> Floats:
    """The column with late accounts replaced by those of t-3 times one minus the correction factor, shape (n,)."""
    values = inputs[column]
    late = inputs.columns.get(CORRECTED.get(column, ""))
    if late is None:
        return values
    return np.where(np.isfinite(late), late * (1 - (rules.late_factor or 0.0)), values)
