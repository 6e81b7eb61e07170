"""`population info` and `population check`: what a population holds, and whether it is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
from verdeelmodel.wording import text

GoodOption = Annotated[
    Path | None, typer.Option("--good", metavar="DIR", help=text("population.cli.good"), show_default=False)
]

ColumnsOption = Annotated[bool, typer.Option("--columns", help=text("population.cli.columns"))]


def info(
    population: PopulationOption = None,
    columns: ColumnsOption = False,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what a population holds."""
    from verdeelmodel.cli.populations import chosen_population, files_of
    from verdeelmodel.population.info import describe_population
    from verdeelmodel.synthetic.diagnostics import made_here, margins_table

    output = Output(json=json, quiet=quiet)
    chosen = chosen_population(output, population)
    years, declared = describe_population(chosen)
    made = (margins_table(chosen, max(chosen.years)),) if made_here(chosen) else ()
    run_or_print(
        output,
        (years, *made, declared) if columns or json or out is not None else (years, *made),
        out=out,
        force=force,
        verb="population info",
        options={},
        inputs=files_of(chosen),
        seed=chosen.meta.seed,
        synthetic=chosen.meta.synthetic,
    )


def check(
    population: PopulationOption = None,
    good: GoodOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Exit with 1 when a rule that is an error is broken."""
    from verdeelmodel.cli.populations import chosen_population, files_of
    from verdeelmodel.errors import DataError
    from verdeelmodel.population.check import check_population, write_good_rows

    output = Output(json=json, quiet=quiet)
    chosen = chosen_population(output, population)
    with output.progress(text("population.cli.checking"), sum(map(chosen.count, chosen.years))) as advance:
        found = check_population(chosen, advance)
    output.say(str(found))
    tables = found.tables() if out is not None or json else found.tables()[:1] if found.findings else ()
    if tables:
        run_or_print(
            output,
            tables,
            out=out,
            force=force,
            verb="population check",
            options={},
            inputs=files_of(chosen),
            seed=chosen.meta.seed,
            synthetic=chosen.meta.synthetic,
        )
    if good is not None:
        write_good_rows(chosen, found, good, force)
        output.note(text("cli.written", folder=str(good)))
    elif not found.ok:
        raise DataError(text("population.check.failed", count=len(found.errors)), [f.problem() for f in found.errors])
