"""The tables of a run of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.redistribution import SIZES, size_class
from verdeelmodel.errors import VerdeelmodelError
from verdeelmodel.scenario.running import ROUNDED, ROUNDING, ScenarioRun
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table, format_number, together
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.compare.groups import Groups
    from verdeelmodel.population.population import Population

Floats = NDArray[np.float64]
SHOWN = 10


class Columns:
    """Collects columns in order; every label is the sentence of its key."""

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self.values: dict[str, list[Cell]] = {}

    def add(
        self,
        key: str,
        cells: Sequence[Any] | NDArray[Any],
        kind: Kind = "euro",
        decimals: int | None = None,
        label: str = "",
    ) -> None:
        """A column; its label is the sentence of its key unless one is given."""
        unit = "euro" if kind == "euro" else ""
        self.columns.append(Column(key, label or text(f"scenario.label.{key}"), kind, unit, decimals))
        self.values[key] = list(cells.tolist() if isinstance(cells, np.ndarray) else cells)

    def table(
        self,
        key: str,
        notes: Sequence[str] = (),
        behind: Sequence[Evidence] = (),
        synthetic: bool = False,
        title: str = "",
    ) -> Table:
        """The table of what was collected; its title is the sentence of its key unless one is given."""
        numbers = [c.key for c in self.columns if c.kind not in ("text", "code")] if behind else []
        evidence = {name: list(behind) for name in numbers}
        shown = title or text(f"scenario.title.{key}")
        return Table(key, shown, tuple(self.columns), self.values, synthetic, tuple(notes), evidence=evidence)


def cause_label(cause: str) -> str:
    """A cause in words."""
    return text(f"scenario.cause.{cause}")


def tables_of(run: ScenarioRun) -> tuple[Table, ...]:
    """Everything a reader may want: the country, causes, largest movers, groups, and every gemeente."""
    makers = (totals_table, causes_table, movers_table, groups_table, budgets_table, bridge_table)
    return tuple(replace(make(run), synthetic=run.synthetic) for make in makers)


def names_of(run: ScenarioRun) -> list[str]:
    """The name of each gemeente of the scenario."""
    return run.end.names


def causes_table(run: ScenarioRun) -> Table:
    """One row per cause: what it does to the total, how much it redistributes, and for whom it is largest."""
    names = names_of(run)
    c = Columns()
    parts = run.bridge.parts
    c.add("cause", [cause_label(cause) for cause in run.bridge.causes], "text")
    c.add("total", parts.sum(axis=1))
    c.add("moved", np.abs(parts - _proportional(run, parts)).sum(axis=1) / 2)
    c.add("gainers", (parts > ROUNDED).sum(axis=1), "count")
    c.add("losers", (parts < -ROUNDED).sum(axis=1), "count")
    relative = parts / np.where(run.before > 0, run.before, 1.0)
    for key, sign in (("largest_up", 1), ("largest_down", -1)):
        cells = zip(run.bridge.causes, relative, strict=True)
        c.add(key, ["-" if cause == ROUNDING else _extreme(row, names, sign) for cause, row in cells], "text")
    return c.table("causes", [text("scenario.note.bridge")], behind_country(run.end.table.behind, len(parts)))


def _proportional(run: ScenarioRun, parts: Floats) -> Floats:
    """What each gemeente would get of a cause in proportion to its budget in the base."""
    return np.outer(parts.sum(axis=1), run.before / run.before.sum())


def _extreme(row: Floats, names: Sequence[str], sign: int) -> str:
    at = int((sign * row).argmax())
    if sign * row[at] <= 0:
        return "-"
    return f"{names[at]} ({format_number(float(row[at]), 'share', 2)})"


def movers_table(run: ScenarioRun) -> Table:
    """The gemeenten that gain and lose most, as a share of their budget, with the largest cause of each."""
    change = run.after - run.before
    percent = np.divide(change, run.before, out=np.zeros_like(change), where=run.before > 0)
    order = np.argsort(-percent, kind="stable")
    chosen = [i for i in order[:SHOWN] if change[i] > ROUNDED]
    chosen += [i for i in order[::-1][:SHOWN][::-1] if change[i] < -ROUNDED and i not in chosen]
    names = names_of(run)
    c = Columns()
    c.add("gm_code", [run.codes[i] for i in chosen], "code")
    c.add("name", [names[i] for i in chosen], "text")
    c.add("budget_base", run.before[chosen], label=run.budget_labels[0])
    c.add("difference", change[chosen])
    c.add("percent", percent[chosen], "share", 2)
    c.add("main_cause", [_main_cause(run, i) for i in chosen], "text")
    return c.table("movers", behind=_behind(run, chosen))


def _main_cause(run: ScenarioRun, row: int) -> str:
    parts = run.bridge.parts[:, row]
    sign = np.sign(parts.sum())
    return cause_label(run.bridge.causes[int((sign * parts).argmax())])


def behind_country(behind: Sequence[Evidence], rows: int) -> list[Evidence]:
    """Behind each of so many rows the households of all gemeenten; empty when they are not known."""
    return [together(behind)] * rows if behind else []


def _behind(run: ScenarioRun, rows: Sequence[int]) -> list[Evidence]:
    return [run.end.table.behind[i] for i in rows] if run.end.table.behind else []


def budgets_table(run: ScenarioRun) -> Table:
    """One row per gemeente: budget, share, saldo and safety net in base and scenario."""
    end, everyone = run.end, range(len(run.codes))
    change = run.after - run.before
    inhabitants, households = end.table.inputs["inhabitants"], end.table.inputs["households_end"]
    c = Columns()
    c.add("gm_code", list(run.codes), "code")
    c.add("name", names_of(run), "text")
    c.add("inhabitants", inhabitants, "count")
    c.add("m", end.allocation.m, "number", 3)
    c.add("budget_base", run.before, label=run.budget_labels[0])
    c.add("budget_scenario", run.after, label=run.budget_labels[1])
    c.add("difference", change)
    c.add("percent", _ratio(change, run.before), "share", 2)
    c.add("per_inhabitant", _ratio(change, inhabitants), decimals=2)
    c.add("per_household", _ratio(change, households), decimals=2)
    c.add("share_base", run.before / run.before.sum(), "share", 4)
    c.add("share_scenario", run.after / run.after.sum(), "share", 4)
    c.add("objective_base", run.on_codes(run.base.table.inputs["objective"]))
    c.add("objective_scenario", end.table.inputs["objective"])
    _add_saldi(c, run)
    return c.table("scenario_budgets", _notes(run), _behind(run, list(everyone)))


def _add_saldi(c: Columns, run: ScenarioRun) -> None:
    if run.net_before is None or run.end.table.net is None:
        return
    c.add("saldo_base", _ratio(run.before - run.net_before, run.before), "share")
    c.add("saldo_scenario", _ratio(run.after - run.end.table.net, run.after), "share")
    unknown = NotApplicable(text("scenario.vangnet_unknown"))
    for key, grant in (
        ("vangnet_base", run.vangnet_before),
        ("vangnet_scenario", None if run.end.grant is None else run.end.grant.grant),
    ):
        c.add(key, [unknown] * len(run.codes) if grant is None else grant)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    return np.asarray(np.divide(top, bottom, out=np.zeros_like(top, dtype=float), where=bottom > 0))


def _notes(run: ScenarioRun) -> list[str]:
    setting = run.end.setting
    notes = [text("scenario.note.data", year=setting.year, model=run.end.setting.model.spec.name)]
    if setting.population:
        notes.append(text(f"scenario.note.expenditure_{setting.expenditure}"))
    return notes


def bridge_table(run: ScenarioRun) -> Table:
    """One row per gemeente: from the budget of the base by its causes to that of the scenario, in whole euros."""
    c = Columns()
    c.add("gm_code", list(run.codes), "code")
    c.add("name", names_of(run), "text")
    c.add("budget_base", run.before, label=run.budget_labels[0])
    for cause, part in zip(run.bridge.causes, run.bridge.parts, strict=True):
        c.add(f"by_{cause}", part, label=cause_label(cause))
    c.add("budget_scenario", run.after, label=run.budget_labels[1])
    return c.table("bridge", [text("scenario.note.bridge")], _behind(run, range(len(run.codes))))


def groups_of(run: ScenarioRun) -> dict[str, tuple[str, ...]]:
    """Per way of grouping the group of each gemeente: size class, province, short or not in the base, and study group.

    A gemeente outside the three groups of the study has none; without saldi to choose from there are no such groups.
    """
    groups = {"size": tuple(size_class(i) for i in run.end.table.inputs["inhabitants"])}
    if run.end.table.provinces:
        groups["province"] = run.end.table.provinces
    if run.net_before is not None:
        short = run.net_before > run.before
        groups["saldo"] = tuple(text("scenario.group.short" if s else "scenario.group.over") for s in short)
    found = study_groups(run.engine.population)
    if found is not None:
        groups["study"] = tuple(
            text(f"scenario.group.{found.of(code)}") if found.of(code) else "" for code in run.codes
        )
    return groups


def study_groups(population: Population) -> Groups | None:
    """The three groups of the study by the saldi of the population itself, or None without them."""
    from verdeelmodel.compare.from_population import population_saldi
    from verdeelmodel.compare.selection import select

    try:
        return select(population_saldi(population)).groups
    except VerdeelmodelError:
        return None


def groups_table(run: ScenarioRun) -> Table:
    """Winners and losers per group."""
    change, inputs = run.after - run.before, run.end.table.inputs
    rows = [(kind, name, np.array([g == name for g in groups])) for kind, groups in groups_of(run).items()
            for name in _in_order(kind, groups)]  # fmt: skip
    c = Columns()
    c.add("group", [f"{text(f'scenario.group.{kind}')}: {name}" for kind, name, _ in rows], "text")
    c.add("gemeenten", [int(inside.sum()) for *_, inside in rows], "count")
    c.add("gainers", [int((change[inside] > ROUNDED).sum()) for *_, inside in rows], "count")
    c.add("losers", [int((change[inside] < -ROUNDED).sum()) for *_, inside in rows], "count")
    per = (run.before, inputs["inhabitants"], inputs["households_end"])
    sums = np.array([[v[inside].sum() for v in (change, *per)] for *_, inside in rows])
    c.add("difference", sums[:, 0])
    c.add("percent", _ratio(sums[:, 0], sums[:, 1]), "share", 2)
    c.add("per_inhabitant", _ratio(sums[:, 0], sums[:, 2]), decimals=2)
    c.add("per_household", _ratio(sums[:, 0], sums[:, 3]), decimals=2)
    every = run.end.table.behind
    behind = [together(every, np.flatnonzero(inside)) for *_, inside in rows] if every else []
    return c.table("groups", [text("scenario.note.rounded")], behind)


def _in_order(kind: str, groups: tuple[str, ...]) -> list[str]:
    sizes = [size_class(float(s)) for s in SIZES]
    return sorted(set(groups) - {""}, key=lambda g: (sizes.index(g), g) if kind == "size" else (0, g))


def totals_table(run: ScenarioRun) -> Table:
    """What happens in the country: euros that move, saldi, and the safety net."""
    share = _ratio(run.after / run.after.sum(), run.before / run.before.sum()) - 1
    whole = NotApplicable(text("scenario.of_the_difference"))
    rows: list[tuple[str, Cell, Cell, Cell]] = [
        _row("budget", round(run.before.sum()), round(run.after.sum())),
        ("moved", whole, whole, round(run.moved)),
        ("share_change", whole, whole, float(np.abs(share).mean() * 100)),
    ]
    if run.net_before is not None and run.end.table.net is not None:
        first, last = _saldi(run.before, run.net_before), _saldi(run.after, run.end.table.net)
        rows.append(_row("spread", float(first.std() * 100), float(last.std() * 100)))
        for limit in _thresholds(run):
            was, will = first < -limit, last < -limit
            rows.append(_row(f"short {limit}", int(was.sum()), int(will.sum())))
            rows.append((f"into {limit}", whole, whole, int((will & ~was).sum())))
            rows.append((f"out_of {limit}", whole, whole, int((was & ~will).sum())))
    if run.vangnet_before is not None and run.end.grant is not None:
        grants = run.vangnet_before, run.end.grant.grant
        rows.append(_row("vangnet", round(grants[0].sum()), round(grants[1].sum())))
        rows.append(_row("vangnet_users", int((grants[0] > 0).sum()), int((grants[1] > 0).sum())))
    c = Columns()
    c.add("measure", [_measure(key) for key, *_ in rows], "text")
    sides = (*(run.labels or ("", "")), "")
    for place, (key, label) in enumerate(zip(("base", "scenario", "change"), sides, strict=True), 1):
        c.add(key, [row[place] for row in rows], "number", 1, label)
    return c.table("totals", behind=behind_country(run.end.table.behind, len(rows)))


def _row(key: str, before: float, after: float) -> tuple[str, Cell, Cell, Cell]:
    """A measure in base and scenario; a measure in whole numbers changes by a whole number."""
    return key, before, after, after - before


def _measure(key: str) -> str:
    name, _, limit = key.partition(" ")
    if not limit:
        return text(f"scenario.measure.{name}")
    return text(f"scenario.measure.{name}", share=float(limit))


def _saldi(budget: Floats, net: Floats) -> Floats:
    return _ratio(budget - net, budget)


def _thresholds(run: ScenarioRun) -> list[float]:
    settings = (run.base.setting, run.end.setting)
    return sorted({v.deficit for s in settings if s.vangnet for v in s.vangnet.variants})
