"""`scenario bridge`: what changed between the budgets of two years; and the figures of single gemeenten in a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, OutOption, PopulationOption, QuietOption
from verdeelmodel.cli.scenario_files import ThreadsOption
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verdeelmodel.record import Run
    from verdeelmodel.scenario.change import BudgetChange
    from verdeelmodel.scenario.running import ScenarioRun
    from verdeelmodel.table import Table

SHOWN = ("totals", "causes", "movers")


def bridge(
    gemeenten: Annotated[
        list[str] | None, typer.Argument(metavar="[GEMEENTE]...", help=text("scenario.cli.gemeenten"))
    ] = None,
    first: Annotated[int | None, typer.Option("--from", help=text("scenario.cli.from"), show_default=False)] = None,
    last: Annotated[int | None, typer.Option("--to", help=text("scenario.cli.to"), show_default=False)] = None,
    model: Annotated[str, typer.Option("--model", help=text("scenario.cli.model"))] = "2022",
    model_to: Annotated[
        str | None, typer.Option("--model-to", help=text("scenario.cli.model_to"), show_default=False)
    ] = None,
    pool: Annotated[list[str] | None, typer.Option("--pool", help=text("allocate.pool"), show_default=False)] = None,
    population: PopulationOption = None,
    threads: ThreadsOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the causes; with --out, write the bridge of every gemeente and the waterfalls of those asked for."""
    from verdeelmodel.budget.request import pools_of
    from verdeelmodel.cli.populations import chosen_population, files_of
    from verdeelmodel.scenario.results import tables_of
    from verdeelmodel.scenario.years import bridge_years, chosen_years

    output = Output(json=json, quiet=quiet)
    chosen = chosen_population(output, population)
    years = chosen_years(chosen, first, last)
    pools = pools_of(pool or [], None, None)
    with output.progress(text("scenario.cli.computing")):
        found = bridge_years(chosen, *years, model=model, model_last=model_to, pools=pools, threads=threads)
    changes = changes_of(found, gemeenten or [])
    for sentence in (found.scenario.question, *([str(c) for c in changes] or [str(found)])):
        output.say(sentence)
    every = [t for t in tables_of(found) if len(t)]
    shown = [c.table() for c in changes] if changes else [t for t in every if json or t.key in SHOWN]
    run_or_print(
        output,
        shown,
        out=out,
        force=force,
        verb="scenario bridge",
        options={"years": list(years), "model": model, "model_to": model_to, "pools": pools, "gemeenten": gemeenten},
        inputs={**files_of(chosen), **files_of_models(model, model_to)},
        synthetic=found.synthetic,
        more=lambda run: write_rest(run, [t for t in every if t not in shown], changes),
    )


def files_of_models(*models: str | None) -> dict[str, Path]:
    """The models that are files, for the record."""
    return {f"model/{Path(m).name}": Path(m) for m in models if m is not None and not m.isdigit()}


def write_rest(run: Run, tables: Sequence[Table], changes: Sequence[BudgetChange]) -> None:
    """What is in the run and not on the terminal."""
    for table in tables:
        run.table(table)
    write_figures(run, changes)


def changes_of(found: ScenarioRun, written: Sequence[str]) -> list[BudgetChange]:
    """The changes of the gemeenten that are asked for, by code or name; each once."""
    from verdeelmodel.scenario.change import change_of
    from verdeelmodel.scenario.results import names_of

    names = dict(zip(found.codes, names_of(found), strict=True))
    return [change_of(found, code) for code in codes_of(names, written)]


def codes_of(names: Mapping[str, str], written: Sequence[str]) -> list[str]:
    """The codes of the gemeenten that are meant, each once."""
    from verdeelmodel.explain.names import find_gemeente

    numbers = {int(code[2:]): name for code, name in names.items()}
    return list(dict.fromkeys(f"GM{find_gemeente(one, numbers):04d}" for one in written))


def write_figures(run: Run, changes: Sequence[BudgetChange]) -> None:
    """Of each gemeente the waterfall as a drawing, and as a page with its sentence and table."""
    from verdeelmodel.report.figures_bridge import waterfall, waterfall_page

    for change in changes:
        run.text(f"{change.code}.svg", waterfall(change))
        run.text(f"{change.code}.html", waterfall_page(change))
