"""Scenario files, applying them, running them, the difference between two runs.

scenario = read_scenario("macrobudget_plus_5")            # a shipped name, a file, or several with `+`
found = run_scenario(population, scenario)                # ScenarioRun: budgets, bridge, winners and losers
print(found); found.bridge.to_frame(); found.tables()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verdeelmodel.scenario.definition import Scenario
    from verdeelmodel.scenario.reading import read_scenario
    from verdeelmodel.scenario.running import ScenarioRun, run_scenario
    from verdeelmodel.scenario.shipped import shipped_scenarios

__all__ = ["Scenario", "ScenarioRun", "read_scenario", "run_scenario", "shipped_scenarios"]

_HOME = {
    "Scenario": "definition",
    "ScenarioRun": "running",
    "read_scenario": "reading",
    "run_scenario": "running",
    "shipped_scenarios": "shipped",
}


def __getattr__(name: str) -> Any:
    """A public name is imported when it is first used, so that asking for help stays instant."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
