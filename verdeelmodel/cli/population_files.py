"""`population template` and `population convert`: from the files of a user to a population, and back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from verdeelmodel.cli.frame import Output
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, QuietOption
from verdeelmodel.errors import RequestError, did_you_mean
from verdeelmodel.wording import text

# What a budget and a norm need beside the kenmerken of a model.
ALWAYS = {
    "households": ("kostendelers", "fraction_paid", "bijstand_months"),
    "gemeenten": ("budget", "net_expenditure", "cost", "homeless_cost", "lks_cost", "lks_households", "youth_18_20"),
}
WrittenOption = Annotated[
    Path, typer.Option("--out", metavar="DIR", help=text("population.cli.out"), show_default=False)
]
ModelOption = Annotated[str, typer.Option("--model", metavar="MODEL", help=text("population.cli.model"))]
YearsOption = Annotated[str, typer.Option("--years", help=text("population.cli.years"))]
DivisionOption = Annotated[int, typer.Option("--division", help=text("population.cli.division"))]
SourceArgument = Annotated[
    Path, typer.Argument(metavar="SOURCE", help=text("population.cli.source"), show_default=False)
]


class To(StrEnum):
    """The formats of files a population can be written in."""

    csv = "csv"
    sav = "sav"


ToOption = Annotated[To, typer.Option("--to", help=text("population.cli.to"))]


def template(
    out: WrittenOption,
    model: ModelOption = "all",
    years: YearsOption = "2017-2020",
    division: DivisionOption = 2020,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write empty files and the mapping that explains them."""
    from verdeelmodel.cli.population_make import years_of
    from verdeelmodel.population.meta import PopulationMeta
    from verdeelmodel.population.municipalities import fail_if_division_is_unknown
    from verdeelmodel.population.template import everything, population_template

    output = Output(json=json, quiet=quiet)
    fail_if_division_is_unknown(division)
    name = text("population.template.name")
    meta = PopulationMeta(name, False, division, years_of(years), made=text("population.template.made"))
    if model == "all":
        needed, title = {table: tuple(names) for table, names in everything().items()}, ""
    else:
        needed, title = columns_of_model(model), text("population.template.title", model=model)
    files = population_template(out, meta, needed, title, force)
    if json:
        output.document({"files": [path.name for path in files]})
    else:
        output.say(text("population.cli.template_written", count=len(files), folder=str(out)))


def columns_of_model(model: str) -> dict[str, tuple[str, ...]]:
    """Per table the columns behind every kenmerk of a published model year, and behind its budget and norm."""
    from verdeelmodel.kenmerken import registry
    from verdeelmodel.kenmerken.areas import columns_needed
    from verdeelmodel.law import model_years, price_weights, volume_weights
    from verdeelmodel.population.schema import table_schema

    known, published = registry(), [str(year) for year in model_years()]
    if model not in published:
        hint = did_you_mean(model, published) or ", ".join(published)
        raise RequestError(text("population.cli.no_such_model", model=model, known=hint))
    keys = {*volume_weights(int(model)).by_kenmerk, *price_weights(int(model)).by_kenmerk}
    needed: dict[str, set[str]] = {table: set(columns) for table, columns in ALWAYS.items()}
    for key in sorted(keys & set(known)):
        for table, names in columns_needed(known, known[key].eenheid, key).items():
            if table == "tables":
                for whole in names:
                    needed.setdefault(whole, set()).update(table_schema(whole).columns)
            else:
                needed.setdefault(table, set()).update(names)
    return {table: tuple(sorted(columns)) for table, columns in needed.items()}


def convert(
    source: SourceArgument,
    out: WrittenOption,
    to: ToOption = To.csv,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """A mapping becomes a population; a population becomes CSV or SPSS files with a mapping."""
    from verdeelmodel.population import open_population
    from verdeelmodel.population.convert import convert_population
    from verdeelmodel.population.export import export_population

    output = Output(json=json, quiet=quiet)
    if not source.is_dir() and source.suffix.lower() not in (".yaml", ".yml"):
        raise RequestError(text("population.cli.convert_needs_mapping", file=source.name))
    with output.progress(text("population.cli.reading")) as advance:
        if source.is_dir():
            export_population(open_population(source), out, to.value, force, advance)
        else:
            convert_population(source, out, force, advance)
    if json:
        output.document({"out": str(out), "files": sorted(path.name for path in out.rglob("*.*"))})
        return
    output.note(text("cli.written", folder=str(out)))
    if not source.is_dir():
        output.note(text("population.cli.now_check", folder=str(out)))
