"""The outcomes of the room as result tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.mergers import MergedBudgets
from verdeelmodel.budget.outcome import Budgets
from verdeelmodel.law.facts import source_titles
from verdeelmodel.population.municipalities import gemeente_name
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table
from verdeelmodel.wording import text

MAIN = frozenset({"gm_code", "name", "m", "BO", "BL", "budget"})
MAIN_WITH_SALDO = frozenset({
    "gm_code", "name", "m", "budget", "net_expenditure", "saldo", "distribution_saldo", "saldo_after_vangnet",
})  # fmt: skip
PART_ORDER = ("BO", "BL", "BDTI", "BLKS", "BAJ", "BV", "B65", "BWWIK", "MAU")


def gemeente_names(codes: Sequence[str]) -> list[str]:
    """The name of each code."""
    return [gemeente_name(int(code[2:])) for code in codes]


class TableBuilder:
    """Collects columns of cells in order; every label is the sentence of its key."""

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self.values: dict[str, list[Cell]] = {}

    def add(
        self, key: str, cells: Sequence[Cell] | NDArray[Any], kind: Kind = "euro", decimals: int | None = None
    ) -> None:
        """A column whose label is the sentence of its key."""
        self.columns.append(Column(key, text(f"budget.label.{key}"), kind, "euro" if kind == "euro" else "", decimals))
        self.values[key] = list(cells.tolist() if isinstance(cells, np.ndarray) else cells)

    def table(
        self, key: str, title: str, notes: Sequence[str] = (), source: str = "", behind: Sequence[Evidence] = ()
    ) -> Table:
        """The table of what was collected; `behind` is what stands behind the numbers of each row."""
        numbers = [c.key for c in self.columns if c.kind not in ("text", "code", "flag")] if behind else []
        evidence = {name: list(behind) for name in numbers}
        return Table(key, title, tuple(self.columns), self.values, notes=tuple(notes), source=source, evidence=evidence)


def budget_table(budgets: Budgets) -> Table:
    """One row per gemeente: m, every part, share and budget, and what follows from net expenditure."""
    allocation = budgets.allocation
    b = TableBuilder()
    b.add("gm_code", list(allocation.codes), "code")
    b.add("name", list(budgets.table.names) or gemeente_names(allocation.codes), "text")
    b.add("inhabitants", budgets.table.inputs["inhabitants"].astype(np.int64), "count")
    b.add("households", budgets.table.inputs["households_end"].astype(np.int64), "count")
    b.add("m", allocation.m, "number", 3)
    for part in PART_ORDER:
        if part in allocation.parts:
            b.add(part, allocation.parts[part])
    b.add("share", allocation.share, "share", 4)
    b.add("budget", allocation.budget)
    if budgets.in_time is not None:
        b.add("budget_in_time", budgets.in_time.budget)
    if budgets.saldo is not None:
        _add_saldo(b, budgets)
    formula = allocation.rules.values["U_groot" if "U_groot" in allocation.rules.values else "U"]
    notes = [*budgets.notes, text("budget.formula_note", formula=formula.value, certainty=formula.certainty.label)]
    title = text("budget.title", year=allocation.rules.year)
    return b.table("budgets", title, notes, source_titles(formula.source), budgets.table.behind)


def _add_saldo(b: TableBuilder, budgets: Budgets) -> None:
    split = budgets.saldo
    assert split is not None  # noqa: S101 - called only with a saldo
    b.add("net_expenditure", split.net)
    b.add("balance", split.balance)
    b.add("saldo", split.saldo, "share")
    b.add("macro_effect", split.macro)
    b.add("distribution_effect", split.distribution)
    b.add("macro_saldo", split.share(split.macro), "percentage_points")
    b.add("distribution_saldo", split.share(split.distribution), "percentage_points")
    if budgets.grant is None:
        unknown = NotApplicable(budgets.vangnet_unknown)
        b.add("vangnet", [unknown] * len(split.net))
        b.add("saldo_after_vangnet", [unknown] * len(split.net), "share")
        return
    b.add("vangnet", budgets.grant.grant)
    b.add("vangnet_variant", list(budgets.grant.variant), "code")
    b.add("saldo_after_vangnet", split.saldo_after_vangnet, "share")


def main_columns(budgets: Table) -> Table:
    """The table of budgets with the columns a reader looks at first."""
    keys = {c.key for c in budgets.columns}
    return budgets.with_columns(MAIN_WITH_SALDO if "saldo" in keys else MAIN)


def vangnet_table(budgets: Budgets) -> Table | None:
    """One row per gemeente with what each variant would give and why; None without a computable safety net."""
    grant = budgets.grant
    if grant is None:
        return None
    b = TableBuilder()
    b.add("gm_code", list(budgets.allocation.codes), "code")
    b.add("vangnet", grant.grant)
    b.add("vangnet_variant", list(grant.variant), "code")
    no_access = NotApplicable(text("budget.no_access"))
    for variant, amounts in grant.by_variant.items():
        b.add(f"vangnet_{variant}", [float(a) if np.isfinite(a) else no_access for a in amounts])
    if budgets.saldo is not None:
        own = np.maximum(-budgets.saldo.balance - grant.grant, 0.0)
        b.add("own_risk", own)
        b.add("own_risk_share", budgets.saldo.share(own), "share")
    b.add("checked", [bool(c) for c in grant.checked], "flag")
    b.add("reason", list(grant.reason), "text")
    used = grant.rules.variants
    notes = [text("budget.vangnet_certainty", line=str(v)) for v in used]
    source = source_titles(" ".join(dict.fromkeys(s for v in used for s in v.source.split())))
    title = text("budget.vangnet_title", year=grant.rules.year)
    return b.table("vangnet", title, notes, source, budgets.table.behind)


def merger_table(merged: MergedBudgets) -> Table:
    """One row per new gemeente with the budget in both orders."""
    b = TableBuilder()
    b.add("gm_code", list(merged.added_first.codes), "code")
    b.add("name", gemeente_names(merged.added_first.codes), "text")
    b.add("added_first", merged.added_first.exact)
    b.add("scaled_first", merged.scaled_first)
    b.add("difference", merged.difference)
    return b.table("mergers", text("budget.merger_title"), [text("budget.merger_note")])
