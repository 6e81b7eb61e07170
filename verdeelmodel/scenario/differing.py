"""The difference between two runs of scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem, RequestError
from verdeelmodel.scenario.change import BudgetChange, parts_of
from verdeelmodel.scenario.results import Columns, cause_label
from verdeelmodel.scenario.running import CAUSES, ROUNDED, ROUNDING
from verdeelmodel.table import Evidence, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.record import SavedRun

BUDGETS = "scenario_budgets"
OTHER_BASE = "other_base"


def difference_of_runs(first: Path, second: Path) -> Table:
    """One row per gemeente: the budget in the scenario of either run, largest difference first.

    RequestError for a folder that is not a run of a scenario, DataError when the runs are about other gemeenten.
    """
    runs = [opened(folder) for folder in (first, second)]
    one, other = (run[BUDGETS].set_index("gm_code") for run in runs)
    fail_if_other_gemeenten(one, other)
    other = other.loc[one.index]
    change = (other["budget_scenario"] - one["budget_scenario"]).to_numpy(float)
    order = np.argsort(-np.abs(change), kind="stable")
    c = Columns()
    c.add("gm_code", one.index.to_numpy()[order], "code")
    c.add("name", one["name"].to_numpy()[order], "text")
    c.add("budget_first", one["budget_scenario"].to_numpy()[order], label=runs[0].folder.name)
    c.add("budget_second", other["budget_scenario"].to_numpy()[order], label=runs[1].folder.name)
    c.add("difference", change[order])
    c.add("percent", (change / one["budget_scenario"].to_numpy(float))[order], "share", 2)
    table = c.table("diff", behind=_fewest([run.table(BUDGETS) for run in runs], list(one.index[order])))
    return replace(table, synthetic=any(run.synthetic for run in runs))


def _fewest(tables: Sequence[Table], codes: Sequence[str]) -> list[Evidence]:
    """Per gemeente what stands behind its budget in the run where that is least; empty when a run does not know."""
    sides = [
        dict(zip(table.values["gm_code"], table.evidence.get("budget_scenario", ()), strict=False)) for table in tables
    ]
    found = [min((side.get(code) or Evidence() for side in sides), key=lambda e: e.count or 0) for code in codes]
    return found if all(e.count is not None for e in found) else []


def difference_in_words(table: Table) -> str:
    """How many gemeenten have more in the second run than in the first, and how much moves, in a sentence."""
    first, second = (np.array(table.values[key], dtype=float) for key in ("budget_first", "budget_second"))
    labels = {column.key: column.label for column in table.columns}
    change = second - first
    return text(
        "scenario.diff_line",
        first=labels["budget_first"],
        second=labels["budget_second"],
        winners=int((change > ROUNDED).sum()),
        losers=int((change < -ROUNDED).sum()),
        moved=float(np.abs(second - first / first.sum() * second.sum()).sum() / 2),
        total=float(change.sum()),
    )


def changes_between_runs(first: Path, second: Path) -> dict[str, BudgetChange]:
    """By gemeente the way from its budget in the first scenario to that in the second, cause by cause.

    The part of a cause is what it does in the second run less what it does in the first; what lies between their
    bases stands apart. The parts add up to the euro, since those of both runs do.
    """
    runs = [opened(folder) for folder in (first, second)]
    bridges = [run["bridge"].set_index("gm_code") for run in runs]
    fail_if_other_gemeenten(*bridges)
    one, other = bridges[0], bridges[1].loc[bridges[0].index]
    before, after = (text("scenario.change.folder", run=run.folder.name) for run in runs)
    behind = _fewest([run.table(BUDGETS) for run in runs], list(one.index))
    keys = [f"by_{cause}" for cause in (*CAUSES, ROUNDING)]
    parts = {OTHER_BASE: _euros(other, "budget_base") - _euros(one, "budget_base")}
    parts |= {key[3:]: _euros(other, key) - _euros(one, key) for key in keys}
    return {
        code: BudgetChange(
            code,
            str(one["name"].iloc[row]),
            before,
            after,
            int(_euros(one, "budget_scenario")[row]),
            int(_euros(other, "budget_scenario")[row]),
            parts_of([(cause, cause_label(cause), int(euros[row])) for cause, euros in parts.items()]),
            any(run.synthetic for run in runs),
            behind[row] if behind else None,
        )
        for row, code in enumerate(one.index)
    }


def _euros(frame: pd.DataFrame, key: str) -> NDArray[np.int64]:
    """A column of euros, zero where the run has no such cause."""
    return frame[key].to_numpy(np.int64) if key in frame else np.zeros(len(frame), np.int64)


def opened(folder: Path) -> SavedRun:
    """The run in this folder, which must be one of a scenario."""
    from verdeelmodel.record import read_run

    run = read_run(folder)
    if BUDGETS not in run.keys:
        raise RequestError(text("scenario.not_a_run", run=folder.name, verb=run.verb))
    return run


def fail_if_other_gemeenten(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Refuse runs that are not about the same gemeenten."""
    apart = sorted(set(one.index) ^ set(other.index))
    if apart:
        raise DataError(text("scenario.other_gemeenten_summary"), [Problem(code) for code in apart])
