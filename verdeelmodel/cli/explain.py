"""`verdeelmodel explain`: why this budget, why this saldo, for one gemeente."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, OutOption, PopulationOption, QuietOption
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.record import Run
    from verdeelmodel.report.explanation import Explanation
    from verdeelmodel.table import Table

app = typer.Typer(add_completion=False)
# The tables that a terminal shows; the others are in the run, the page and the JSON.
SHOWN = ("types", "years", "gap", "attributed", "change", "themes", "unusual", "candidates", "peers")


@app.command(help=text("cli.explain.help"), epilog=text("cli.explain.example"))
def explain(
    gemeente: Annotated[str, typer.Argument(metavar="GEMEENTE", help=text("cli.explain.gemeente"))],
    population: PopulationOption = None,
    model: Annotated[str, typer.Option("--model", help=text("cli.explain.model"))] = "2022",
    year: Annotated[int | None, typer.Option("--year", help=text("cli.explain.year"))] = None,
    peer: Annotated[
        list[str] | None, typer.Option("--peer", metavar="GEMEENTE", help=text("cli.explain.peer"), show_default=False)
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help=text("cli.explain.threads"))] = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print the findings and the main tables; with --out, write every table and the dossier as one HTML page."""
    from verdeelmodel.cli.populations import chosen_population, files_of
    from verdeelmodel.explain.country import ExplainOptions
    from verdeelmodel.report.explanation import explain_gemeente

    output = Output(json=json, quiet=quiet)
    chosen = chosen_population(output, population)
    found = explain_gemeente(chosen, gemeente, ExplainOptions(model, year, threads=threads), peer or [])
    for sentence in found.findings:
        output.say(sentence)
    made = found.tables()
    shown = made if json else [t for t in made if t.key in SHOWN]

    inputs: dict[str, Path | None] = {**files_of(chosen), "model": None if model.isdecimal() else Path(model)}
    run_or_print(
        output,
        shown,
        out=out,
        force=force,
        verb="explain",
        options={
            "gemeente": found.dossier.code,
            "model": model,
            "year": found.dossier.country.year,
            "peers": [one.gemeente for one in found.dossier.chosen],
        },
        inputs=inputs,
        synthetic=found.dossier.country.synthetic,
        more=lambda run: write_rest(run, [t for t in made if t not in shown], found),
    )


def write_rest(run: Run, tables: list[Table], found: Explanation) -> None:
    """The tables that are not shown, and the dossier as one HTML page."""
    for table in tables:
        run.table(table)
    run.text(f"{found.dossier.code}.html", found.page())
