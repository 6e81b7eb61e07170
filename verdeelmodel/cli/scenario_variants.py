"""`scenario sweep`, `diff`, `new` and `from-excel`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
from verdeelmodel.cli.scenario_bridge import codes_of, write_figures
from verdeelmodel.cli.scenario_files import GemeenteOption, ScenarioArgument, SetOption, ThreadsOption, sound_scenario
from verdeelmodel.cli.scenario_runs import apart, write_rest
from verdeelmodel.wording import text


def sweep(
    scenario: ScenarioArgument,
    over: Annotated[str, typer.Option("--over", metavar="PATH=FIRST:LAST:STEP", help=text("scenario.cli.over"))],
    sets: SetOption = None,
    population: PopulationOption = None,
    kenmerken_file: KenmerkenFileOption = None,
    threads: ThreadsOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what happens for each value; with --out, write the budgets of every gemeente."""
    from verdeelmodel.scenario.sweeping import parse_over, sweep_scenario, sweep_tables

    output = Output(json=json, quiet=quiet)
    count = len(parse_over(over)[1])
    sound = sound_scenario(output, scenario, sets, population, kenmerken_file, threads)
    with output.progress(text("scenario.cli.sweeping"), count) as advance:
        found = sweep_scenario(sound.engine.population, sound.scenario, over, advance=advance, engine=sound.engine)
    output.say(str(found))
    shown, hidden = apart(sweep_tables(found), json)
    run_or_print(
        output,
        shown,
        out=out,
        force=force,
        verb="scenario sweep",
        options={"scenario": scenario, "set": list(sets or []), "over": over},
        inputs=sound.inputs,
        seed=sound.scenario.seed,
        synthetic=found.synthetic,
        more=lambda written: write_rest(written, hidden, {}),
    )


def diff(
    first: Annotated[Path, typer.Argument(metavar="RUN", help=text("scenario.cli.first"))],
    second: Annotated[Path, typer.Argument(metavar="RUN", help=text("scenario.cli.second"))],
    gemeenten: GemeenteOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the difference per gemeente, largest first; with --out, write it with the waterfalls of those asked for."""
    from verdeelmodel.scenario.differing import changes_between_runs, difference_in_words, difference_of_runs

    output = Output(json=json, quiet=quiet)
    table = difference_of_runs(first, second)
    changes = changes_between_runs(first, second) if gemeenten else {}
    chosen = [changes[code] for code in codes_of({c.code: c.name for c in changes.values()}, gemeenten or [])]
    for sentence in (difference_in_words(table), *map(str, chosen)):
        output.say(sentence)
    run_or_print(
        output,
        [table, *(change.table() for change in chosen)],
        out=out,
        force=force,
        verb="scenario diff",
        options={"gemeenten": gemeenten},
        inputs={f"{place} {folder.name}": folder / "record.json" for place, folder in ((1, first), (2, second))},
        synthetic=table.synthetic,
        more=lambda run: write_figures(run, chosen),
    )


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=text("scenario.cli.file"))],
    base: Annotated[str, typer.Option("--base", help=text("scenario.cli.base"))] = "2022",
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    quiet: QuietOption = False,
) -> None:
    """Write a scenario file that is valid as it is."""
    from verdeelmodel.scenario.starting import new_scenario, write_scenario

    write_scenario(file, new_scenario(file.stem.replace("_", " "), base, file.parent), force)
    Output(quiet=quiet).note(text("cli.written", folder=str(file)))


def from_excel(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK", help=text("scenario.cli.workbook"))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=text("scenario.cli.file"))],
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    quiet: QuietOption = False,
) -> None:
    """Write the scenario of a sheet, after checking it."""
    from verdeelmodel.scenario.starting import scenario_from_excel, write_scenario

    write_scenario(file, scenario_from_excel(workbook), force)
    Output(quiet=quiet).note(text("cli.written", folder=str(file)))
