"""What changes between two distributions: euros, percent, winners and losers, and the safety net."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.outcome import Budgets
from verdeelmodel.budget.tables import TableBuilder, gemeente_names
from verdeelmodel.budget.vangnet import vangnet
from verdeelmodel.errors import DataError, Problem, RequestError
from verdeelmodel.law.vangnet import VangnetRules
from verdeelmodel.table import Cell, Evidence, NotApplicable, Table, format_number, together
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.record import SavedRun

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Size classes of CBS: lower bounds in inhabitants.
SIZES: tuple[int, ...] = (0, 5_000, 10_000, 20_000, 50_000, 100_000, 250_000)
NEEDED = ("gm_code", "budget")


@dataclass(frozen=True)
class Redistribution:
    """The differences between the budgets of this run and those of another, per gemeente in the order of `codes`.

    `behind` are the households behind the figures of each gemeente, empty when they are not known.
    """

    codes: tuple[str, ...]
    before: Floats
    after: Floats
    inhabitants: Floats
    households: Floats
    groups: Mapping[str, tuple[str, ...]]
    vangnet_before: Floats | None
    vangnet_after: Floats | None
    net: Floats | None
    thresholds: tuple[float, ...]
    behind: tuple[Evidence, ...] = ()

    def __str__(self) -> str:
        return text(
            "budget.redistribution_line",
            winners=int((self.euros > 0).sum()),
            losers=int((self.euros < 0).sum()),
            moved=format_number(float(np.abs(self.euros).sum()) / 2, "euro"),
        )

    @property
    def euros(self) -> Floats:
        """The difference in euros, shape (n,)."""
        return self.after - self.before

    @property
    def percent(self) -> Floats:
        """The difference as a share of the earlier budget, shape (n,)."""
        return np.divide(self.euros, self.before, out=np.zeros_like(self.euros), where=self.before > 0)

    def tables(self) -> tuple[Table, ...]:
        """Per gemeente, per group, and the national totals."""
        return (self._per_gemeente(), self._per_group(), self._national())

    def _per_gemeente(self) -> Table:
        b = TableBuilder()
        b.add("gm_code", list(self.codes), "code")
        b.add("name", gemeente_names(self.codes), "text")
        b.add("budget_before", self.before)
        b.add("budget_after", self.after)
        b.add("difference", self.euros)
        b.add("percent", self.percent, "share", 2)
        b.add("per_inhabitant", _per(self.euros, self.inhabitants), decimals=2)
        b.add("per_household", _per(self.euros, self.households), decimals=2)
        return b.table("redistribution", text("budget.redistribution_title"), behind=self.behind)

    def _per_group(self) -> Table:
        rows = [(kind, name, np.array([g == name for g in groups])) for kind, groups in self.groups.items()
                for name in dict.fromkeys(_in_order(kind, groups))]  # fmt: skip
        b = TableBuilder()
        b.add("group_kind", [text(f"budget.group.{kind}") for kind, _, _ in rows], "text")
        b.add("group", [name for _, name, _ in rows], "text")
        b.add("gemeenten", [int(inside.sum()) for _, _, inside in rows], "count")
        b.add("winners", [int((self.euros[inside] > 0).sum()) for _, _, inside in rows], "count")
        b.add("losers", [int((self.euros[inside] < 0).sum()) for _, _, inside in rows], "count")
        totals = [(self.before[inside].sum(), self.euros[inside].sum()) for _, _, inside in rows]
        b.add("difference", [float(d) for _, d in totals])
        b.add("percent", [float(d / t) if t > 0 else 0.0 for t, d in totals], "share", 2)
        people = [float(self.euros[i].sum() / self.inhabitants[i].sum()) if self.inhabitants[i].sum() else 0.0
                  for _, _, i in rows]  # fmt: skip
        b.add("per_inhabitant", people, decimals=2)
        behind = [together(self.behind, np.flatnonzero(i)) for _, _, i in rows] if self.behind else []
        return b.table("redistribution_groups", text("budget.groups_title"), behind=behind)

    def _national(self) -> Table:
        alone = NotApplicable(text("budget.one_number"))
        facts: list[tuple[str, Cell, Cell, Cell]] = [
            ("moved", alone, float(np.abs(self.euros).sum() / 2), alone),
            ("mean_absolute", alone, float(np.abs(self.percent).mean() * 100), alone),
        ]
        for k, (before, after) in enumerate(self._short()):
            facts.append(_fact(f"short_{k}", int(before.sum()), int(after.sum())))
            facts.append((f"crossed_{k}", alone, int((before != after).sum()), alone))
        if self.vangnet_before is not None and self.vangnet_after is not None:
            facts.append(_fact("vangnet_cost", float(self.vangnet_before.sum()), float(self.vangnet_after.sum())))
            users = int((self.vangnet_before > 0).sum()), int((self.vangnet_after > 0).sum())
            facts.append(_fact("vangnet_users", *users))
        labels = [self._fact_label(key) for key, *_ in facts]
        b = TableBuilder()
        b.add("what", labels, "text")
        b.add("before", [f[1] for f in facts], "number", 1)
        b.add("after", [f[2] for f in facts], "number", 1)
        b.add("change", [f[3] for f in facts], "number", 1)
        behind = [together(self.behind)] * len(facts) if self.behind else []
        return b.table("redistribution_totals", text("budget.totals_title"), behind=behind)

    def _fact_label(self, key: str) -> str:
        name, _, place = key.partition("_")
        if name not in ("short", "crossed"):
            return text(f"budget.fact.{key}")
        return text(f"budget.fact.{name}", share=format_number(self.thresholds[int(place)], "share"))

    def _short(self) -> list[tuple[Flags, Flags]]:
        """Which gemeenten are above each threshold of the safety net, before and after."""
        if self.net is None:
            return []
        return [
            (np.asarray(self.net > (1 + t) * self.before), np.asarray(self.net > (1 + t) * self.after))
            for t in self.thresholds
        ]


def _fact(key: str, before: float, after: float) -> tuple[str, Cell, Cell, Cell]:
    return key, before, after, after - before


def _per(euros: Floats, count: Floats) -> Floats:
    return np.divide(euros, count, out=np.zeros_like(euros), where=count > 0)


def _in_order(kind: str, groups: tuple[str, ...]) -> list[str]:
    order = {size_class(float(s)): i for i, s in enumerate(SIZES)}
    return sorted(set(groups), key=lambda g: (order.get(g, 0), g)) if kind == "size" else sorted(set(groups))


def size_class(inhabitants: float) -> str:
    """The size class of a gemeente in words."""
    lower = max(s for s in SIZES if s <= inhabitants)
    higher = [s for s in SIZES if s > lower]
    if not higher:
        return text("budget.size_largest", lower=format_number(lower, "count"))
    return text("budget.size", lower=format_number(lower, "count"), upper=format_number(higher[0], "count"))


def earlier_budgets(run: SavedRun, codes: tuple[str, ...]) -> Floats:
    """The budgets of another run in the order of these codes; refuses a run without budgets or of other gemeenten."""
    if "budgets" not in run.keys:
        raise RequestError(text("budget.not_budgets", run=run.folder.name))
    frame: pd.DataFrame = run["budgets"]
    other = dict(zip(frame["gm_code"], frame["budget"].astype(float), strict=True))
    absent, extra = sorted(set(codes) - set(other)), sorted(set(other) - set(codes))
    if absent or extra:
        problems = [Problem(text("budget.only_here", code=c)) for c in absent]
        problems += [Problem(text("budget.only_there", code=c)) for c in extra]
        raise DataError(text("budget.other_gemeenten"), problems)
    return np.array([other[c] for c in codes])


def redistribution(budgets: Budgets, before: Floats, rules: VangnetRules | None) -> Redistribution:
    """The differences with earlier budgets; with net expenditure and safety-net rules also what the net costs."""
    table = budgets.table
    codes = budgets.allocation.codes
    after = budgets.allocation.budget.astype(float)
    inhabitants = table.inputs["inhabitants"]
    groups = {"size": tuple(size_class(i) for i in inhabitants)}
    if table.provinces:
        groups["province"] = table.provinces
    grants: tuple[Floats | None, Floats | None] = (None, None)
    thresholds: tuple[float, ...] = ()
    if rules is not None and table.net is not None:
        grants = tuple(vangnet(rules, table.net, b, table.history).grant for b in (before, after))  # type: ignore[assignment]
        thresholds = tuple(v.deficit for v in rules.computable())
    return Redistribution(
        codes,
        before,
        after,
        inhabitants,
        table.inputs["households_end"],
        groups,
        *grants,
        table.net,
        thresholds,
        table.behind,
    )
