"""`scenario run`: base and scenario beside each other, and the bridge between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.cli.options import (
    ForceOption,
    JsonOption,
    KenmerkenFileOption,
    Lang,
    LangOption,
    OutOption,
    PopulationOption,
    QuietOption,
)
from verdeelmodel.cli.scenario_bridge import changes_of, write_figures
from verdeelmodel.cli.scenario_files import GemeenteOption, ScenarioArgument, SetOption, ThreadsOption, sound_scenario
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verdeelmodel.record import Run
    from verdeelmodel.scenario.change import BudgetChange
    from verdeelmodel.scenario.running import ScenarioRun
    from verdeelmodel.table import Table

MOST = 2000
# Tables with a row per gemeente: in the run and in the JSON, not on the terminal.
BEHIND = frozenset({"scenario_budgets", "bridge", "intervals", "ranges", "sweep_budgets"})


def run(
    scenario: ScenarioArgument,
    sets: SetOption = None,
    population: PopulationOption = None,
    kenmerken_file: KenmerkenFileOption = None,
    replicates: Annotated[int, typer.Option("--intervals", min=0, max=MOST, help=text("scenario.cli.intervals"))] = 200,
    draws: Annotated[int, typer.Option("--draws", min=2, max=MOST, help=text("scenario.cli.draws"))] = 200,
    stable: Annotated[bool, typer.Option("--stability", help=text("scenario.cli.stability"))] = False,
    gemeenten: GemeenteOption = None,
    threads: ThreadsOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what changes and because of what; with --out, write everything per gemeente."""
    from verdeelmodel.scenario.reading import RECORDED
    from verdeelmodel.scenario.results import tables_of
    from verdeelmodel.scenario.running import run_scenario

    output = Output(json=json, quiet=quiet)
    options = {"scenario": scenario, "set": list(sets or []), "intervals": replicates, "draws": draws}
    options |= {"stability": stable, "gemeenten": gemeenten}
    sound = sound_scenario(output, scenario, sets, population, kenmerken_file, threads)
    asked, engine = sound.scenario, sound.engine
    with output.progress(text("scenario.cli.computing")) as engine.advance:
        found = run_scenario(engine.population, asked, engine=engine)
        sentences, more = uncertain(found, replicates, draws)
        if stable:
            stability_of(found, sentences, more)
    changes = changes_of(found, gemeenten or [])
    for sentence in (asked.question, str(found), *sentences, *map(str, changes)):
        output.say(sentence)
    shown, hidden = apart((*tables_of(found), *more, *(c.table() for c in changes)), json)
    run_or_print(
        output,
        shown,
        out=out,
        force=force,
        verb="scenario run",
        options=options,
        inputs=sound.inputs,
        seed=asked.seed,
        synthetic=found.synthetic,
        more=lambda written: write_rest(written, hidden, {RECORDED: dict(asked.document)}, changes),
    )


def uncertain(found: ScenarioRun, replicates: int, draws: int) -> tuple[list[str], list[Table]]:
    """How certain the outcome is, in sentences and tables: drawn buurten, and inputs given as ranges."""
    from verdeelmodel.scenario.sweeping import monte_carlo, ranges_table
    from verdeelmodel.scenario.uncertainty import intervals, intervals_table

    sentences, tables = [], []
    if replicates > 1:
        known = intervals(found, replicates)
        sentences.append(str(known))
        tables.append(intervals_table(found, known))
    if found.scenario.ranges:
        drawn = monte_carlo(found.engine.population, found.scenario, draws, engine=found.engine)
        sentences.append(str(drawn))
        tables.append(ranges_table(drawn))
    return sentences, tables


def stability_of(found: ScenarioRun, sentences: list[str], tables: list[Table]) -> None:
    """Add the stability of the shares, or why it is not there."""
    from verdeelmodel.scenario.stability import Stability, stability, stability_table

    known = stability(found)
    sentences.append(str(known))
    if isinstance(known, Stability):
        tables.append(stability_table(found, known))


def apart(tables: tuple[Table, ...], everything: bool) -> tuple[list[Table], list[Table]]:
    """The tables for the terminal and those that are only in the run."""
    shown = [t for t in tables if len(t) and (everything or t.key not in BEHIND)]
    return shown, [t for t in tables if t not in shown]


def write_rest(run: Run, tables: list[Table], documents: dict[str, Any], changes: Sequence[BudgetChange] = ()) -> None:
    """What is in the run and not on the terminal."""
    for table in tables:
        run.table(table)
    for name, document in documents.items():
        run.json(name, document)
    write_figures(run, changes)
