"""Budgets, saldo and safety net of one year together."""

from __future__ import annotations

from dataclasses import dataclass

from verdeelmodel.budget.allocation import Allocation, allocate, without_late_data
from verdeelmodel.budget.inputs import LATE, Amounts
from verdeelmodel.budget.reading import MunicipalTable
from verdeelmodel.budget.saldo import Saldo, saldo
from verdeelmodel.budget.vangnet import VangnetGrant, eligible_cost, vangnet
from verdeelmodel.errors import UnknownRuleError
from verdeelmodel.law.macro import nearest_macrobudget
from verdeelmodel.law.rules import BudgetRules
from verdeelmodel.law.vangnet import eligible_cost_rules, vangnet_rules
from verdeelmodel.wording import text

# A macrobudget this many times smaller or larger than the nearest published one is pointed out.
SUSPICIOUS = 20
MILLION = 1_000_000


@dataclass(frozen=True)
class Budgets:
    """The allocation of a municipal table; `saldo` and `grant` are there when net expenditure is.

    `in_time` is the allocation as if every account had come in time, when some came late. `vangnet_unknown` says why
    the safety net of this year cannot be computed, or is empty. `notes` are remarks the reader should see.
    """

    table: MunicipalTable
    allocation: Allocation
    in_time: Allocation | None
    saldo: Saldo | None
    grant: VangnetGrant | None
    vangnet_unknown: str
    notes: tuple[str, ...]

    def __str__(self) -> str:
        parts = [str(self.allocation), *(str(p) for p in (self.saldo, self.grant) if p is not None)]
        return "\n".join(parts)


def compute_budgets(rules: BudgetRules, table: MunicipalTable, amounts: Amounts) -> Budgets:
    """Allocate, and with net expenditure also the safety net and the split of the saldo."""
    inputs = table.inputs
    allocation = allocate(rules, inputs, amounts)
    late = any(name in inputs.columns for name in LATE)
    in_time = allocate(rules, without_late_data(inputs), amounts) if late else None
    if table.net is None:
        return Budgets(table, allocation, in_time, None, None, "", notes_on(rules, table, amounts))
    net = table.net
    try:
        if table.uncertain is not None:
            net = eligible_cost(net, table.uncertain, eligible_cost_rules(rules.year))
        judged = (in_time or allocation).budget.astype(float)
        grant, unknown = vangnet(vangnet_rules(rules.year), net, judged, table.history), ""
    except UnknownRuleError as error:
        grant, unknown = None, error.summary
    split = saldo(allocation.budget, table.net, inputs.codes, None if grant is None else grant.grant)
    return Budgets(table, allocation, in_time, split, grant, unknown, notes_on(rules, table, amounts))


def notes_on(rules: BudgetRules, table: MunicipalTable, amounts: Amounts) -> tuple[str, ...]:
    """What a careful reader should know about these inputs."""
    notes = [
        text("budget.note_no_pool", column=keyed.column, pool=keyed.pool, part=keyed.part)
        for keyed in rules.keyed
        if keyed.column in table.inputs.columns and not amounts.pool(keyed.pool) and keyed.default is None
    ]
    if rules.homeless and amounts.total_cost is None:
        notes.append(text("budget.note_total_cost", euro=table.inputs["cost"].sum()))
    for key, answer in rules.assumed.items():
        notes.append(text("budget.note_assumed", question=key, answer=answer))
    magnitude = magnitude_note(rules.year, amounts.macrobudget)
    return tuple([*notes, magnitude] if magnitude else notes)


def magnitude_note(year: int, macrobudget: int) -> str:
    """A warning when the amount is not of the order of magnitude of the published macrobudgets, or an empty string."""
    published = nearest_macrobudget(year)
    known = published.euro or 0.0
    if known / SUSPICIOUS <= macrobudget <= known * SUSPICIOUS:
        return ""
    in_euros = macrobudget * MILLION
    meant = in_euros if known / SUSPICIOUS <= in_euros <= known * SUSPICIOUS else None
    hint = text("budget.note_millions", euro=meant) if meant else ""
    return text("budget.note_magnitude", macro=macrobudget, published=str(published), hint=hint).strip()
