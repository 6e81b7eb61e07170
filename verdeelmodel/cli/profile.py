"""`verdeelmodel profile`: who receives bijstand, with which problems, in the gemeente and its wijken."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.record import Run
    from verdeelmodel.reintegration.profile_study import ProfileOptions, RecipientProfile
    from verdeelmodel.table import Table

app = typer.Typer(add_completion=False)
# The tables that a terminal shows; the others are in the run, the page and the JSON.
SHOWN = ("profile_table_1", "profile_aspects", "profile_table_2", "profile_table_a1", "profile_suppression")


@app.command(help=text("profile.option.help"), epilog=text("profile.option.example"))
def profile(
    gemeente: Annotated[list[str] | None, typer.Option("--gemeente", help=text("profile.option.gemeente"))] = None,
    population: PopulationOption = None,
    year: Annotated[int | None, typer.Option("--year", help=text("profile.option.year"))] = None,
    compare: Annotated[str, typer.Option("--compare", help=text("profile.option.compare"))] = "province",
    definitions: Annotated[
        Path | None, typer.Option("--definitions", metavar="FILE", help=text("profile.option.definitions"))
    ] = None,
    labels: Annotated[str | None, typer.Option("--labels", help=text("profile.option.labels"))] = None,
    wijken: Annotated[Path | None, typer.Option("--wijken", metavar="FILE", help=text("profile.option.wijken"))] = None,
    rules: Annotated[Path | None, typer.Option("--rules", metavar="FILE", help=text("profile.option.rules"))] = None,
    law: Annotated[int | None, typer.Option("--law", help=text("profile.option.law"))] = None,
    show: Annotated[list[str] | None, typer.Option("--show", help=text("profile.option.show"))] = None,
    kenmerken_file: KenmerkenFileOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print the findings and the main tables; with --out, write every table and the profile as one HTML page."""
    from verdeelmodel.cli.populations import chosen_population, files_of
    from verdeelmodel.kenmerken import add_files
    from verdeelmodel.reintegration.profile_findings import findings
    from verdeelmodel.reintegration.profile_study import ProfileOptions, profile_recipients

    add_files(kenmerken_file or [])
    options = ProfileOptions(tuple(gemeente or ()), year, definitions, labels, rules, wijken, compare, law)
    output = Output(json=json, quiet=quiet)
    country = chosen_population(output, population)
    with output.progress(text("profile.reading")):
        found = profile_recipients(country, options)
    tables = found.tables()
    shown = tables if json else chosen_tables(tables, tuple(show or ()))
    for sentence in findings(found):
        output.say(sentence)
    own = {f"kenmerken_{number}": path for number, path in enumerate(kenmerken_file or [])}
    run_or_print(
        output,
        shown,
        out=out,
        force=force,
        verb="profile",
        options=told(options, found),
        inputs={**files_of(country), **files_given(options), **own},
        synthetic=found.synthetic,
        more=partial(write_rest, found, [t for t in tables if t not in shown]),
    )


def chosen_tables(tables: list[Table], wanted: tuple[str, ...]) -> list[Table]:
    """The main tables, or those asked for; `alles` is every table."""
    from verdeelmodel.errors import RequestError, unknown_name

    keys = [table.key.removeprefix("profile_") for table in tables]
    if "alles" in wanted:
        return tables
    unknown = [unknown_name(k, [*keys, "alles"], text("profile.what.table"), "--show") for k in wanted if k not in keys]
    if unknown:
        raise RequestError(text("profile.no_such_table", tables=", ".join(keys)), unknown)
    chosen = [f"profile_{key}" for key in wanted] or SHOWN
    return [table for table in tables if table.key in chosen]


def told(options: ProfileOptions, found: RecipientProfile) -> dict[str, object]:
    """The options of the run for its record."""
    return {
        "gemeenten": [area.code for area in found.areas.chosen],
        "year": found.year,
        "compare": options.comparison,
        "labels": [labels.key for labels in (*found.labels.gemeente, *found.labels.wijk)],
        "law": options.rules_year,
    }


def files_given(options: ProfileOptions) -> dict[str, Path | None]:
    """The files of the user that the profile rests on."""
    labels = Path(options.labels) if options.labels and Path(options.labels).is_file() else None
    given = {"definitions": options.definitions, "labels": labels, "rules": options.rules, "wijken": options.wijken}
    return {name: path for name, path in given.items() if path is not None}


def write_rest(found: RecipientProfile, tables: list[Table], run: Run) -> None:
    """The tables that are not shown, the profile as one HTML page, and the page of questions."""
    from verdeelmodel.report.profile_page import profile_page
    from verdeelmodel.report.questions_page import QUESTIONS, questions_page

    for table in tables:
        run.table(table)
    run.text("profile.html", profile_page(found))
    run.text(QUESTIONS, questions_page(found))
