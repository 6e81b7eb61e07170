"""`scenario list` and `scenario check`: what comes with the toolkit, and whether a scenario is sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from verdeelmodel.cli.frame import Output
from verdeelmodel.cli.options import JsonOption, KenmerkenFileOption, Lang, LangOption, PopulationOption, QuietOption
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from pathlib import Path

    from verdeelmodel.scenario.definition import Scenario
    from verdeelmodel.scenario.outcome import Engine

ScenarioArgument = Annotated[str, typer.Argument(metavar="SCENARIO", help=text("scenario.cli.scenario"))]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help=text("scenario.cli.set"), show_default=False)
]
ThreadsOption = Annotated[int | None, typer.Option("--threads", min=1, help=text("scenario.cli.threads"))]
GemeenteOption = Annotated[
    list[str] | None,
    typer.Option("--gemeente", metavar="GEMEENTE", help=text("scenario.cli.gemeente"), show_default=False),
]


def shipped(lang: LangOption = Lang.nl, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Show the shipped scenarios."""
    from verdeelmodel.scenario.shipped import shipped_table

    Output(json=json, quiet=quiet).tables(shipped_table())


def check(
    scenario: ScenarioArgument,
    sets: SetOption = None,
    population: PopulationOption = None,
    kenmerken_file: KenmerkenFileOption = None,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Exit with 1 when something in the scenario is wrong."""
    output = Output(json=json, quiet=quiet)
    found = sound_scenario(output, scenario, sets, population, kenmerken_file)
    sentence = text("scenario.cli.check.fine", line=str(found.scenario))
    if json:
        output.document({"sentences": [sentence], "tables": {}})
    else:
        output.say(sentence)


@dataclass(frozen=True)
class Sound:
    """A scenario in which nothing is wrong, an engine on the population to run it on, and the files behind both."""

    scenario: Scenario
    engine: Engine
    inputs: dict[str, Path | None]


def sound_scenario(
    output: Output,
    written: str,
    sets: list[str] | None,
    folder: Path | None,
    own: list[Path] | None,
    threads: int | None = None,
) -> Sound:
    """What is asked, with kenmerken of `own` files; every problem of scenario and population is reported together."""
    from verdeelmodel.cli.populations import chosen_population, files_of
    from verdeelmodel.errors import Problem, RequestError, VerdeelmodelError
    from verdeelmodel.kenmerken import add_files
    from verdeelmodel.scenario.outcome import Engine
    from verdeelmodel.scenario.reading import examined_scenario
    from verdeelmodel.scenario.setting import examined_settings

    add_files(own or [])
    scenario, problems = examined_scenario(written, sets or [])
    try:
        engine = Engine(chosen_population(output, folder), threads)
    except VerdeelmodelError as error:
        if not problems:
            raise
        problems += [Problem(error.summary), *error.problems]
    else:
        if scenario is not None:
            problems += examined_settings(scenario, engine.population, engine.population_of)[2]
    if scenario is None or problems:
        raise RequestError(text("scenario.wrong", file=written, count=len(problems)), problems)
    inputs: dict[str, Path | None] = {**files_of(engine.population)}
    inputs |= {f"scenario/{name}": path for name, path in scenario.files.items()}
    inputs |= {f"kenmerken_{number}": path for number, path in enumerate(own or [])}
    return Sound(scenario, engine, inputs)
