"""`verdeelmodel compare`: the kenmerken of the groups compared, and everything a reader asks next."""

from __future__ import annotations

from collections.abc import Mapping
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
    from verdeelmodel.compare.build import Source
    from verdeelmodel.compare.study import CompareOptions
    from verdeelmodel.record import Run

app = typer.Typer(add_completion=False)
PARTS = (
    "differences, both, association, outliers, power, robustness, influence, clusters, joint, matching, "
    "sensitivity, decomposition, panel, findings, regressions"
)


@app.command(help=text("compare.option.help"), epilog=text("compare.option.example"))
def compare(
    table: Annotated[Path | None, typer.Option("--table", metavar="FILE", help=text("compare.option.table"))] = None,
    groups: Annotated[Path | None, typer.Option("--groups", metavar="FILE", help=text("compare.option.groups"))] = None,
    population: PopulationOption = None,
    kenmerk: Annotated[list[str] | None, typer.Option("--kenmerk", help=text("compare.option.kenmerk"))] = None,
    rules: Annotated[int | None, typer.Option("--rules", help=text("compare.option.rules"))] = None,
    control: Annotated[list[str] | None, typer.Option("--control", help=text("compare.option.control"))] = None,
    no_control: Annotated[bool, typer.Option("--no-control", help=text("compare.option.no_control"))] = False,
    labels: Annotated[Path | None, typer.Option("--labels", metavar="FILE", help=text("compare.option.labels"))] = None,
    saldi: Annotated[Path | None, typer.Option("--saldi", metavar="FILE", help=text("compare.option.saldi"))] = None,
    gemeente: Annotated[list[str] | None, typer.Option("--gemeente", help=text("compare.option.gemeente"))] = None,
    match: Annotated[list[str] | None, typer.Option("--match", help=text("compare.option.match"))] = None,
    permutations: Annotated[int, typer.Option("--permutations", help=text("compare.option.permutations"))] = 9_999,
    draws: Annotated[int, typer.Option("--draws", help=text("compare.option.draws"))] = 1_999,
    seed: Annotated[int, typer.Option("--seed", help=text("compare.option.seed"))] = 2020,
    show: Annotated[list[str] | None, typer.Option("--show", help=text("compare.option.show", parts=PARTS))] = None,
    kenmerken_file: KenmerkenFileOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what differs systematically; with --out write every part, of which regressions.csv and outliers.csv."""
    from verdeelmodel.cli.populations import chosen_population
    from verdeelmodel.compare.build import Source
    from verdeelmodel.compare.robustness import Resampling
    from verdeelmodel.compare.study import CompareOptions
    from verdeelmodel.kenmerken import add_files

    add_files(kenmerken_file or [])
    options = CompareOptions(
        tuple(control or ()), tuple(gemeente or ()), tuple(match or ()), Resampling(permutations, draws, seed)
    )
    output = Output(json=json, quiet=quiet)
    country = None if table is not None and population is None else chosen_population(output, population)
    source = Source(table, groups, labels, saldi, country, rules, tuple(kenmerk or ()), not no_control)
    own = {f"kenmerken_{number}": path for number, path in enumerate(kenmerken_file or [])}
    answer(output, source, options, tuple(show or ()), own, out=out, force=force)


def answer(
    output: Output,
    source: Source,
    options: CompareOptions,
    show: tuple[str, ...],
    own: Mapping[str, Path],
    *,
    out: Path | None,
    force: bool,
) -> None:
    """Show the parts asked for; with `out`, write every part. `own` are the files with kenmerken of the user."""
    from verdeelmodel.cli.populations import files_of
    from verdeelmodel.compare.build import comparison_of
    from verdeelmodel.compare.study import SHOWN, fail_if_parts_unknown

    fail_if_parts_unknown(show)
    comparison, notes = comparison_of(source, options)
    for note in notes:
        output.note(note)
    tables = comparison.tables(show or SHOWN)
    shown = {table.key for table in tables}

    def more(run: Run) -> None:
        for part in comparison.tables():
            if part.key not in shown:
                run.table(part)

    told = {**comparison.options.told(), "kenmerk": list(source.keys), "rules": source.rules_year, "show": list(show)}
    inputs: dict[str, Path | None] = {**source.files(), **own}
    if source.population is not None:
        inputs |= files_of(source.population)
    seed = options.resampling.seed
    run_or_print(
        output, tables, out=out, force=force, verb="compare", options=told, inputs=inputs, seed=seed, more=more
    )
