"""`verdeelmodel explain`: why this budget, why this saldo, for one gemeente."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, OutOption, PopulationOption, QuietOption
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.dossier import Dossier
    from verdeelmodel.record import Run
    from verdeelmodel.scenario.since import SinceLastYear
    from verdeelmodel.table import NotApplicable, Table

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
    from verdeelmodel.explain.country import ExplainOptions, explain_country
    from verdeelmodel.explain.dossier import dossier
    from verdeelmodel.explain.groups import study_groups
    from verdeelmodel.explain.names import find_gemeente, names_in
    from verdeelmodel.report.dossier_page import dossier_tables
    from verdeelmodel.report.sentences import findings, since_sentences
    from verdeelmodel.scenario.since import since_last_year

    output = Output(json=json, quiet=quiet)
    chosen = chosen_population(output, population)
    options = ExplainOptions(model, year, threads=threads)
    names = names_in(chosen, options.year)
    code, peers = find_gemeente(gemeente, names), [find_gemeente(one, names) for one in peer or []]
    country = explain_country(chosen, options, groups=study_groups(chosen))
    found = dossier(country, code, peers)
    since = since_last_year(chosen, country.year, country.weighted(model), threads)
    for sentence in [*findings(found), *since_sentences(found, since)]:
        output.say(sentence)
    made = dossier_tables(found, since)
    shown = made if json else [t for t in made if t.key in SHOWN]

    inputs: dict[str, Path | None] = {**files_of(chosen), "model": None if model.isdecimal() else Path(model)}
    run_or_print(
        output,
        shown,
        out=out,
        force=force,
        verb="explain",
        options={"gemeente": found.code, "model": model, "year": country.year, "peers": peers},
        inputs=inputs,
        synthetic=country.synthetic,
        more=lambda run: write_rest(run, [t for t in made if t not in shown], found, since),
    )


def write_rest(run: Run, tables: list[Table], found: Dossier, since: SinceLastYear | NotApplicable) -> None:
    """The tables that are not shown, and the dossier as one HTML page."""
    from verdeelmodel.report.dossier_page import dossier_page

    for table in tables:
        run.table(table)
    run.text(f"{found.code}.html", dossier_page(found, since=since))
