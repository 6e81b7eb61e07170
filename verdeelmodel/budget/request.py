"""A whole request for an allocation: the options, checked together, and every table that answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from verdeelmodel.budget.inputs import Amounts
from verdeelmodel.budget.mergers import merged_budgets
from verdeelmodel.budget.outcome import Budgets, compute_budgets
from verdeelmodel.budget.reading import MunicipalTable, absent_gemeenten, read_mergers, read_municipal_table
from verdeelmodel.budget.redistribution import Redistribution, earlier_budgets, redistribution
from verdeelmodel.budget.tables import budget_table, merger_table, vangnet_table
from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.law.macro import macrobudget, stage_key
from verdeelmodel.law.rules import BudgetRules, budget_rules, rule_years
from verdeelmodel.law.vangnet import vangnet_rules
from verdeelmodel.table import Table, format_number
from verdeelmodel.wording import text


@dataclass(frozen=True)
class AllocationOptions:
    """What to distribute and by which rules; `pools` and `assume` map names to amounts and answers.

    `rules` None means the last year with rules; `macrobudget` None means the published one of that year and stage.
    """

    rules: int | None = None
    macrobudget: int | None = None
    stage: str = "definitief"
    pools: Mapping[str, float] = field(default_factory=dict)
    total_cost: float | None = None
    assume: Mapping[str, str] = field(default_factory=dict)
    mergers: Path | None = None
    compare: Path | None = None

    def budget_rules(self) -> BudgetRules:
        """The rules that were asked for."""
        return budget_rules(self.rules or max(rule_years()), self.assume)

    def amounts(self, rules: BudgetRules) -> Amounts:
        """The amounts in euros; UnknownRuleError when the macrobudget is neither given nor published."""
        stage = stage_key(self.stage)
        euro = self.macrobudget
        if euro is None:
            euro = round(macrobudget(rules.year, stage).euro or 0)
        return Amounts(euro, dict(self.pools), self.total_cost, stage)


@dataclass(frozen=True)
class AllocationAnswer:
    """The outcome of a request with all its tables; `notes` are for the reader beside the tables."""

    budgets: Budgets
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    redistribution: Redistribution | None = None

    def __str__(self) -> str:
        parts = [str(self.budgets), *([str(self.redistribution)] if self.redistribution else [])]
        return "\n".join(parts)


def pairs(texts: Sequence[str], what: str, example: str) -> dict[str, str]:
    """NAME=VALUE texts as a mapping; a RequestError with every text that is not one, or that is there twice."""
    found: dict[str, str] = {}
    problems = []
    for written in texts:
        name, sign, value = (part.strip() for part in written.partition("="))
        if not sign or not name or not value:
            problems.append(Problem(text("budget.not_a_pair", text=written), remedy=example))
        elif name in found:
            problems.append(Problem(text("budget.pair_twice", name=name)))
        found[name] = value
    if problems:
        raise RequestError(text("budget.pairs_wrong", what=what), problems)
    return found


def pools_of(texts: Sequence[str], lks: float | None, youth: float | None) -> dict[str, float]:
    """The pools of NAME=EURO texts and of the two that have an option of their own."""
    found: dict[str, float] = {}
    problems = []
    for name, value in pairs(texts, text("budget.pool"), "--pool mau=50000000").items():
        try:
            found[name] = float(value)
        except ValueError:
            problems.append(Problem(text("budget.not_an_amount", text=value), f"--pool {name}"))
    for name, amount in (("lks", lks), ("youth", youth)):
        if amount is not None and name in found:
            problems.append(Problem(text("budget.pair_twice", name=name)))
        if amount is not None:
            found[name] = amount
    if problems:
        raise RequestError(text("budget.pairs_wrong", what=text("budget.pool")), problems)
    return found


def allocate_file(path: Path, options: AllocationOptions) -> AllocationAnswer:
    """The budgets of the municipal table in this file."""
    rules = options.budget_rules()
    amounts = options.amounts(rules)
    return answer(read_municipal_table(path, rules, amounts), rules, amounts, options)


def answer(
    table: MunicipalTable, rules: BudgetRules, amounts: Amounts, options: AllocationOptions, more: Sequence[Table] = ()
) -> AllocationAnswer:
    """Budgets, safety net, mergers and redistribution of a municipal table, as far as they were asked for."""
    budgets = compute_budgets(rules, table, amounts)
    tables = [budget_table(budgets), *more]
    vangnets = vangnet_table(budgets)
    if vangnets is not None:
        tables.append(vangnets)
    if options.mergers is not None:
        tables.append(merger_table(merged_budgets(rules, table.inputs, read_mergers(options.mergers), amounts)))
    change = _compare(budgets, options) if options.compare is not None else None
    if change is not None:
        tables += change.tables()
    return AllocationAnswer(budgets, tuple(tables), (*budgets.notes, *_coverage(budgets)), change)


def _compare(budgets: Budgets, options: AllocationOptions) -> Redistribution | None:
    from verdeelmodel.record import read_run

    if options.compare is None:
        return None
    before = earlier_budgets(read_run(options.compare), budgets.allocation.codes)
    known = budgets.grant is not None
    return redistribution(budgets, before, vangnet_rules(budgets.allocation.rules.year) if known else None)


def _coverage(budgets: Budgets) -> list[str]:
    """Remarks on gemeenten that are not in the table, codes that were not checked, and history that is not there."""
    year = budgets.allocation.rules.year
    notes = []
    division = budgets.table.division
    if division is None:
        notes.append(text("budget.note_division", year=year))
    absent = absent_gemeenten(budgets.allocation.codes, division)
    if absent:
        notes.append(text("budget.note_absent", count=len(absent), year=division, codes=", ".join(absent[:5])))
    if budgets.grant is not None and not budgets.grant.checked.all():
        notes.append(text("budget.note_unchecked", count=int((~budgets.grant.checked).sum())))
    if budgets.vangnet_unknown:
        notes.append(budgets.vangnet_unknown)
    macro = format_number(budgets.allocation.amounts.macrobudget, "euro")
    return [*notes, text("budget.note_closed", euro=macro, count=len(budgets.allocation.codes))]
