"""`verdeelmodel allocate`: budgets that close to the euro, from a municipal table or from a population."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verdeelmodel.cli.frame import Output
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, OutOption, PopulationOption, QuietOption
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.budget.national import NationalOptions
    from verdeelmodel.budget.request import AllocationAnswer, AllocationOptions
    from verdeelmodel.table import Table

app = typer.Typer(add_completion=False)
# Tables with a row per gemeente beside the budgets: in the run and in the JSON, not on the terminal.
BEHIND = frozenset({"vangnet", "objective", "redistribution"})


@app.command(help=text("allocate.help"), epilog=text("allocate.example"))
def allocate(
    inputs: Annotated[Path | None, typer.Option("--inputs", metavar="FILE", help=text("allocate.inputs"))] = None,
    rules: Annotated[int | None, typer.Option("--rules", metavar="YEAR", help=text("allocate.rules"))] = None,
    macrobudget: Annotated[int | None, typer.Option("--macrobudget", help=text("allocate.macrobudget"))] = None,
    stage: Annotated[str, typer.Option("--stage", help=text("allocate.stage"))] = "definitief",
    lks_pool: Annotated[float | None, typer.Option("--lks-pool", help=text("allocate.lks_pool"))] = None,
    youth_pool: Annotated[float | None, typer.Option("--youth-pool", help=text("allocate.youth_pool"))] = None,
    pool: Annotated[list[str] | None, typer.Option("--pool", help=text("allocate.pool"))] = None,
    total_cost: Annotated[float | None, typer.Option("--total-cost", help=text("allocate.total_cost"))] = None,
    assume: Annotated[list[str] | None, typer.Option("--assume", help=text("allocate.assume"))] = None,
    mergers: Annotated[Path | None, typer.Option("--mergers", metavar="FILE", help=text("allocate.mergers"))] = None,
    compare: Annotated[Path | None, typer.Option("--compare", metavar="RUN", help=text("allocate.compare"))] = None,
    population: PopulationOption = None,
    model: Annotated[str | None, typer.Option("--model", help=text("allocate.model"))] = None,
    weights: Annotated[Path | None, typer.Option("--weights", metavar="RUN", help=text("allocate.weights"))] = None,
    year: Annotated[int | None, typer.Option("--year", help=text("allocate.year"))] = None,
    calibrate: Annotated[float | None, typer.Option("--calibrate", help=text("allocate.calibrate"))] = None,
    corrected_norms: Annotated[bool, typer.Option("--corrected-norms", help=text("allocate.corrected_norms"))] = False,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the budgets; with --out, write every component of every gemeente as a run."""
    from verdeelmodel.budget.national import NationalOptions
    from verdeelmodel.budget.request import AllocationOptions, pairs, pools_of

    options = AllocationOptions(
        rules=rules,
        macrobudget=macrobudget,
        stage=stage,
        pools=pools_of(pool or [], lks_pool, youth_pool),
        total_cost=total_cost,
        assume=pairs(assume or [], "--assume", "--assume bdti_pot=tb"),
        mergers=mergers,
        compare=compare,
    )
    national = NationalOptions(year, model, weights, calibrate, corrected_norms)
    output = Output(json=json, quiet=quiet)
    answer, files = find(output, inputs, population, options, national)
    show(output, answer, options, national, files, out, force)


def find(
    output: Output, inputs: Path | None, population: Path | None, options: AllocationOptions, national: NationalOptions
) -> tuple[AllocationAnswer, dict[str, Path | None]]:
    """The answer from the source that was asked for, and the files it was made from."""
    from verdeelmodel.budget.request import allocate_file

    if inputs is not None:
        fail_if_population_options(population, national)
        return allocate_file(inputs, options), {"inputs": inputs}
    from verdeelmodel.budget.national import allocate_population
    from verdeelmodel.cli.populations import chosen_population, files_of

    chosen = chosen_population(output, population)
    year = national.year or max(chosen.years)
    total = float(chosen.count(year)) if year in chosen.years else None
    with output.progress(text("allocate.predicting"), total) as advance:
        answer = allocate_population(chosen, options, national, advance)
    return answer, dict(files_of(chosen))


def fail_if_population_options(population: Path | None, national: NationalOptions) -> None:
    """Refuse options that only mean something with a population."""
    from verdeelmodel.errors import Problem, RequestError

    given = {
        "--population": population,
        "--year": national.year,
        "--model": national.model,
        "--weights": national.weights,
        "--calibrate": national.calibrate,
        "--corrected-norms": national.corrected_norms or None,
    }
    wrong = [name for name, value in given.items() if value is not None]
    if wrong:
        raise RequestError(
            text("allocate.one_source"), [Problem(text("allocate.population_only", options=", ".join(wrong)))]
        )


def show(
    output: Output,
    answer: AllocationAnswer,
    options: AllocationOptions,
    national: NationalOptions,
    files: dict[str, Path | None],
    out: Path | None,
    force: bool,
) -> None:
    """Print the sentences and tables, and write the run."""
    for note in answer.notes:
        output.note(note)
    output.say(str(answer))
    recorded = {
        "rules": answer.budgets.allocation.rules.year,
        "macrobudget": answer.budgets.allocation.amounts.macrobudget,
        "stage": answer.budgets.allocation.amounts.stage,
        "pools": dict(answer.budgets.allocation.amounts.pools),
        "total_cost": options.total_cost,
        "assume": dict(options.assume),
        "year": national.year,
        "model": national.model,
        "calibrate": national.calibrate,
        "corrected_norms": national.corrected_norms,
    }
    more = {"mergers": options.mergers, "compare": options.compare, "weights": national.weights}
    model = {"model": Path(national.model)} if national.model and not national.model.isdecimal() else {}
    inputs: dict[str, Path | None] = {**files, **{k: v for k, v in more.items() if v is not None}, **model}
    if out is not None:
        from verdeelmodel.record import new_run

        synthetic = any(table.synthetic for table in answer.tables)
        with new_run(out, verb="allocate", options=recorded, inputs=inputs, synthetic=synthetic, force=force) as run:
            for table in answer.tables:
                run.table(table)
    output.tables(*(answer.tables if output.json else shown(answer)))
    if out is not None:
        output.note(text("cli.written", folder=str(out)))


def shown(answer: AllocationAnswer) -> list[Table]:
    """What fits a terminal: the main columns of the budgets and the tables that are not one row per gemeente."""
    from verdeelmodel.budget.tables import main_columns

    return [main_columns(t) if t.key == "budgets" else t for t in answer.tables if t.key not in BEHIND]
