"""`verdeelmodel report`: pages and a workbook of the whole country, or of a run that exists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, OutOption, PopulationOption, QuietOption
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.country import ExplainOptions
    from verdeelmodel.population.population import StoredPopulation
    from verdeelmodel.record import Run
    from verdeelmodel.report.national import NationalReport

app = typer.Typer(add_completion=False)
# The tables that a terminal shows; the others are in the run, the workbook and the JSON.
SHOWN = ("national_years", "national_groups")
WORKBOOK, RUN_PAGE = "werkboek.xlsx", "verslag.html"

RunArgument = Annotated[Path | None, typer.Argument(metavar="[RUN]", help=text("cli.report.run"), show_default=False)]
GemeenteOption = Annotated[list[str] | None, typer.Option("--gemeente", help=text("cli.report.gemeente"))]


@app.command(help=text("cli.report.help"), epilog=text("cli.report.example"))
def report(
    run: RunArgument = None,
    population: PopulationOption = None,
    gemeente: GemeenteOption = None,
    model: Annotated[str, typer.Option("--model", help=text("cli.explain.model"))] = "2022",
    year: Annotated[int | None, typer.Option("--year", help=text("cli.explain.year"))] = None,
    excel: Annotated[bool, typer.Option("--excel/--no-excel", help=text("cli.report.excel"))] = True,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help=text("cli.explain.threads"))] = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print the findings; with --out, write the pages and the workbook."""
    output = Output(json=json, quiet=quiet)
    if run is not None:
        fail_if_options_of_a_country({"--population": population, "--gemeente": gemeente, "--year": year})
        report_a_run(output, run, excel, out, force)
        return
    from verdeelmodel.cli.populations import chosen_population
    from verdeelmodel.explain.country import ExplainOptions

    chosen = chosen_population(output, population)
    report_on_country(output, chosen, ExplainOptions(model, year, threads=threads), gemeente or [], excel, out, force)


def fail_if_options_of_a_country(given: dict[str, object]) -> None:
    """Refuse options that mean something for a population only."""
    from verdeelmodel.errors import RequestError

    wrong = [name for name, value in given.items() if value]
    if wrong:
        raise RequestError(text("cli.report.country_only", options=", ".join(wrong)))


def report_on_country(
    output: Output,
    population: StoredPopulation,
    options: ExplainOptions,
    asked: list[str],
    excel: bool,
    out: Path | None,
    force: bool,
) -> None:
    """The national report, the dossiers and the workbook of a population."""
    from verdeelmodel.cli.populations import files_of
    from verdeelmodel.explain.country import explain_country
    from verdeelmodel.explain.groups import study_groups
    from verdeelmodel.explain.names import find_gemeente, names_in
    from verdeelmodel.report.national import national_report
    from verdeelmodel.scenario.since import since_last_year

    names = names_in(population, options.year)
    wanted = frozenset(find_gemeente(name, names) for name in asked)
    country = explain_country(population, options, groups=study_groups(population))
    since = since_last_year(population, country.year, country.weighted(options.model), options.threads)
    with output.progress(text("cli.report.dossiers"), len(country.gemeenten)) as advance:
        made = national_report(country, advance, since)
    for sentence in made.findings:
        output.say(sentence)
    shown = [t for t in made.tables if output.json or t.key in SHOWN]

    def more(run: Run) -> None:
        for table in made.tables:
            if table not in shown:
                run.table(table)
        with output.progress(text("cli.report.pages"), len(made.dossiers)) as advance:
            write_pages(run, made, wanted, WORKBOOK if excel else "", advance)
        if excel:
            run.bytes(WORKBOOK, made.workbook())

    run_or_print(
        output,
        shown,
        out=out,
        force=force,
        verb="report",
        options={"model": options.model, "year": country.year, "gemeente": sorted(asked), "excel": excel},
        inputs={**files_of(population), "model": None if options.model.isdigit() else Path(options.model)},
        synthetic=country.synthetic,
        more=more,
    )


def write_pages(
    run: Run, made: NationalReport, wanted: frozenset[int], workbook: str, advance: Callable[[float], None]
) -> None:
    """The page to find a gemeente, the national page, and the dossiers: of these gemeenten, or of all."""
    from verdeelmodel.report.dossier_page import dossier_page
    from verdeelmodel.report.national_page import INDEX, NATIONAL

    chosen = [d for d in made.dossiers if not wanted or d.gemeente in wanted]
    run.text(INDEX, made.index_page(chosen, workbook))
    run.text(NATIONAL, made.national_page())
    for one in chosen:
        run.text(f"{one.code}.html", dossier_page(one, INDEX, made.since))
        advance(1)


def report_a_run(output: Output, path: Path, excel: bool, out: Path | None, force: bool) -> None:
    """One page and one workbook with the tables of a run."""
    from verdeelmodel.record.run import RECORD
    from verdeelmodel.report.run_report import report_on_run

    made = report_on_run(path)

    def more(run: Run) -> None:
        run.text(RUN_PAGE, made.page())
        if excel:
            run.bytes(WORKBOOK, made.workbook())

    run_or_print(
        output,
        [*made.tables, made.account] if out is not None or output.json else made.tables,
        out=out,
        force=force,
        verb="report",
        options={"excel": excel},
        inputs={"record": path / RECORD},
        synthetic=made.synthetic,
        more=more,
    )
