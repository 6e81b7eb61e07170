"""`verdeelmodel kenmerken`: the list, one kenmerk in full, and the figures of a population."""

from __future__ import annotations

from collections.abc import Sequence
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
from verdeelmodel.cli.populations import chosen_population, files_of
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.kenmerken import Kenmerk, Registry
    from verdeelmodel.population import Population
    from verdeelmodel.table import Table

app = typer.Typer(help=text("cli.verb.kenmerken"), no_args_is_help=True, rich_markup_mode=None, add_completion=False)

RulesOption = Annotated[int, typer.Option("--rules", metavar="YEAR", help=text("kenmerken.cli.rules"))]
YearsOption = Annotated[str | None, typer.Option("--years", help=text("kenmerken.cli.years"), show_default=False)]


@app.command("list", help=text("kenmerken.cli.list.help"), epilog=text("kenmerken.cli.list.example"))
def list_(
    search: Annotated[list[str] | None, typer.Argument(help=text("kenmerken.cli.list.search"))] = None,
    thema: Annotated[str, typer.Option("--thema", help=text("kenmerken.cli.list.thema"))] = "",
    eenheid: Annotated[str, typer.Option("--eenheid", help=text("kenmerken.cli.list.eenheid"))] = "",
    model: Annotated[int | None, typer.Option("--model", metavar="YEAR", help=text("kenmerken.cli.list.model"))] = None,
    beinvloedbaar: Annotated[str, typer.Option("--beinvloedbaar", help=text("kenmerken.cli.list.beinvloedbaar"))] = "",
    kenmerken_file: KenmerkenFileOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print the kenmerken that fit every wish."""
    from verdeelmodel.kenmerken.catalogue import chosen, list_kenmerken

    known = _known(kenmerken_file)
    wishes = {"thema": thema, "eenheid": eenheid, "model": model, "beinvloedbaar": beinvloedbaar}
    found = chosen(
        known, thema=thema, eenheid=eenheid, model=model, beinvloedbaar=beinvloedbaar, search=" ".join(search or [])
    )
    run_or_print(
        Output(json=json, quiet=quiet),
        [list_kenmerken(found)],
        out=out,
        force=force,
        verb="kenmerken list",
        options={**wishes, "search": search or []},
        inputs=_files(kenmerken_file),
    )


@app.command(help=text("kenmerken.cli.show.help"), epilog=text("kenmerken.cli.show.example"))
def show(
    kenmerk: Annotated[str, typer.Argument(metavar="KENMERK", help=text("kenmerken.cli.show.kenmerk"))],
    population: PopulationOption = None,
    years: YearsOption = None,
    rules: RulesOption = 2022,
    kenmerken_file: KenmerkenFileOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print what is declared, what it stands on, and how it is spread over the gemeenten."""
    from verdeelmodel.kenmerken.catalogue import dependencies, describe_kenmerk, known_kenmerk, used_by

    known = _known(kenmerken_file)
    declared = known_kenmerk(kenmerk, known)
    output = Output(json=json, quiet=quiet)
    tables: list[Table] = [describe_kenmerk(declared), dependencies(declared, known)]
    users = used_by(declared, known)
    if users:
        tables[1] = tables[1].with_notes(text("kenmerken.used_by", kenmerken=", ".join(users)))
    country = chosen_population(output, population)
    tables += _distribution(output, declared, country, _years(years) or country.years, rules)
    run_or_print(
        output,
        tables,
        out=out,
        force=force,
        verb="kenmerken show",
        options={"kenmerk": declared.key, "years": years, "rules": rules},
        inputs={**files_of(country), **_files(kenmerken_file)},
    )


@app.command(help=text("kenmerken.cli.compute.help"), epilog=text("kenmerken.cli.compute.example"))
def compute(
    kenmerken: Annotated[list[str], typer.Argument(metavar="KENMERK", help=text("kenmerken.cli.compute.kenmerken"))],
    population: PopulationOption = None,
    eenheid: Annotated[str, typer.Option("--eenheid", help=text("kenmerken.cli.compute.eenheid"))] = "gemeente",
    years: YearsOption = None,
    rules: RulesOption = 2022,
    kenmerken_file: KenmerkenFileOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print the figures per area; with --out, write a run."""
    from verdeelmodel.kenmerken.figures import kenmerken_table

    known = _known(kenmerken_file)
    output = Output(json=json, quiet=quiet)
    country = chosen_population(output, population)
    with output.progress(text("kenmerken.computing")):
        table = kenmerken_table(country, kenmerken, eenheid, _years(years), rules, known)
    run_or_print(
        output,
        [table],
        out=out,
        force=force,
        verb="kenmerken compute",
        options={"kenmerken": kenmerken, "eenheid": eenheid, "years": years, "rules": rules},
        inputs={**files_of(country), **_files(kenmerken_file)},
    )


def _distribution(
    output: Output, declared: Kenmerk, country: Population, years: Sequence[int], rules: int
) -> list[Table]:
    """The histogram over the gemeenten; a note instead when this population lacks what the kenmerk needs."""
    from verdeelmodel.errors import DataError
    from verdeelmodel.kenmerken.areas import area_frame, areas_of
    from verdeelmodel.kenmerken.evidence import evidence_of
    from verdeelmodel.kenmerken.figures import histogram
    from verdeelmodel.table import fewest

    if declared.eenheid == "wijk":
        return []
    try:
        with output.progress(text("kenmerken.computing")):
            areas = areas_of(country, [declared.key], "gemeente", years, rules, None)
            values = area_frame(areas)[declared.key].to_numpy()
    except DataError as error:
        output.note(str(error))
        return []
    behind = fewest(evidence_of(areas, areas.asked[declared.key]))
    return [histogram(values, declared, country, years, behind)]


def _known(files: list[Path] | None) -> Registry:
    from verdeelmodel.kenmerken import add_files, registry

    return add_files(files) if files else registry()


def _files(files: list[Path] | None) -> dict[str, Path | None]:
    return {f"kenmerken_{number}": path for number, path in enumerate(files or [], start=1)}


def _years(asked: str | None) -> tuple[int, ...] | None:
    from verdeelmodel.cli.population_make import years_of

    return None if asked is None else years_of(asked)
