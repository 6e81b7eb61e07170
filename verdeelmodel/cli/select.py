"""`verdeelmodel select`: the tekort-, overschot- and comparison gemeenten, and cases for interviews."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.cli.options import (
    ForceOption,
    JsonOption,
    Lang,
    LangOption,
    OutOption,
    PopulationOption,
    QuietOption,
)
from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.compare.selection import Selection
    from verdeelmodel.record import Run
    from verdeelmodel.table import Table

app = typer.Typer(add_completion=False)


@app.command(help=text("select.help"), epilog=text("select.example"))
def select(
    saldi: Annotated[Path | None, typer.Option("--saldi", metavar="FILE", help=text("select.option.saldi"))] = None,
    population: PopulationOption = None,
    number: Annotated[int, typer.Option("--number", help=text("select.option.number"))] = 15,
    measure: Annotated[str, typer.Option("--measure", help=text("select.option.measure"))] = "mean",
    above: Annotated[int, typer.Option("--above-inhabitants", help=text("select.option.above"))] = 40_000,
    bounds: Annotated[str, typer.Option("--size-bounds", help=text("select.option.bounds"))] = "100000,250000",
    years: Annotated[str, typer.Option("--years", help=text("select.option.years"))] = "",
    interviews: Annotated[str, typer.Option("--interviews", help=text("select.option.interviews"))] = "",
    always: Annotated[list[str] | None, typer.Option("--always", help=text("select.option.always"))] = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the groups by size class; with --out write groups.csv and selection.csv with every reason."""
    from verdeelmodel.cli.populations import chosen_population, files_of
    from verdeelmodel.compare.build import select_groups
    from verdeelmodel.compare.selection import SelectionOptions

    options = SelectionOptions(number, measure, above, whole_numbers(bounds, "--size-bounds"))  # type: ignore[arg-type]
    output = Output(json=json, quiet=quiet)
    country = None if saldi is not None and population is None else chosen_population(output, population)
    chosen = select_groups(saldi, population=country, years=whole_numbers(years, "--years"), options=options)
    tables = tables_of(chosen, whole_numbers(interviews, "--interviews"), tuple(always or ()))
    told = {"number": number, "measure": measure, "above": above, "bounds": bounds, "years": years}
    told |= {"interviews": interviews, "always": always or []}
    run_or_print(
        output,
        tables,
        out=out,
        force=force,
        verb="select",
        options=told,
        inputs={"saldi": saldi, **(files_of(country) if country is not None else {})},
        more=partial(write_everyone, chosen),
    )


def tables_of(chosen: Selection, interviews: tuple[int, ...], always: tuple[str, ...]) -> list[Table]:
    """The overview, the groups with reasons, and the cases for interviews when they are asked for."""
    from verdeelmodel.compare.interviews import InterviewOptions, choose_interviews, interviews_table
    from verdeelmodel.compare.selection import overview_table, selection_table

    tables = [overview_table(chosen), selection_table(chosen)]
    if interviews:
        tekort, overschot = (*interviews, 0)[:2]
        cases = choose_interviews(chosen, InterviewOptions(tekort, overschot, always))
        tables.append(interviews_table(cases, chosen.saldi.synthetic))
    return tables


def write_everyone(chosen: Selection, run: Run) -> None:
    """Write every gemeente with the reason for its place (selection.csv)."""
    from verdeelmodel.compare.selection import selection_table

    run.table(selection_table(chosen, everyone=True))


def whole_numbers(value: str, option: str) -> tuple[int, ...]:
    """The numbers in a row separated by commas; a RequestError when they are not whole numbers."""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if all(part.isascii() and part.isdigit() for part in parts):
        return tuple(int(part) for part in parts)
    raise RequestError(text("select.wrong_option"), [Problem(text("select.not_numbers", value=value), option)])
