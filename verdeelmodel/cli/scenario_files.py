"""`scenario list` and `scenario check`: what comes with the toolkit, and whether a scenario is sound."""

from __future__ import annotations

from typing import Annotated

import typer

from verdeelmodel.cli.frame import Output
from verdeelmodel.cli.options import JsonOption, Lang, LangOption, PopulationOption, QuietOption
from verdeelmodel.wording import text

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
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Exit with 1 when something in the scenario is wrong."""
    from verdeelmodel.cli.populations import chosen_population
    from verdeelmodel.scenario.reading import read_scenario
    from verdeelmodel.scenario.setting import settings_of

    output = Output(json=json, quiet=quiet)
    found = read_scenario(scenario, sets or [])
    settings_of(found, chosen_population(output, population))
    sentence = text("scenario.cli.check.fine", line=str(found))
    if json:
        output.document({"sentences": [sentence], "tables": {}})
    else:
        output.say(sentence)
