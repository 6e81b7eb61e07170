"""`verdeelmodel fit`: estimate a model on a population or on a table of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from verdeelmodel.model.fitting import Fitting
    from verdeelmodel.model.options import FitOptions
    from verdeelmodel.model.study import Study
    from verdeelmodel.record import Run

app = typer.Typer(add_completion=False)


@app.command(help=text("cli.fit.help"), epilog=text("cli.fit.example"))
def fit(
    population: PopulationOption = None,
    model: Annotated[str, typer.Option("--model", help=text("cli.fit.model"))] = "2022",
    years: Annotated[str | None, typer.Option("--years", help=text("cli.fit.years"))] = None,
    covariance: Annotated[str, typer.Option("--cluster", help=text("cli.fit.covariance"))] = "model",
    separation: Annotated[str, typer.Option("--separation", help=text("cli.fit.separation"))] = "stop",
    bootstrap: Annotated[int, typer.Option("--bootstrap", min=0, help=text("cli.fit.bootstrap"))] = 0,
    bootstrap_unit: Annotated[str, typer.Option("--bootstrap-unit", help=text("cli.fit.bootstrap_unit"))] = "household",
    folds: Annotated[int, typer.Option("--folds", min=0, help=text("cli.fit.folds"))] = 0,
    per_year: Annotated[bool, typer.Option("--per-year", help=text("cli.fit.per_year"))] = False,
    ceiling: Annotated[bool, typer.Option("--ceiling", help=text("cli.fit.ceiling"))] = False,
    seed: Annotated[int, typer.Option("--seed", help=text("cli.fit.seed"))] = 1,
    kenmerken_file: KenmerkenFileOption = None,
    engine: Annotated[str, typer.Option("--engine", help=text("cli.fit.engine"))] = "verdeelmodel",
    table: Annotated[Path | None, typer.Option("--table", metavar="FILE", help=text("cli.fit.table"))] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", metavar="COL", help=text("cli.fit.outcome"))] = None,
    kenmerken: Annotated[str | None, typer.Option("--kenmerken", help=text("cli.fit.kenmerken"))] = None,
    area: Annotated[str | None, typer.Option("--area", metavar="COL", help=text("cli.fit.area"))] = None,
    weights: Annotated[str | None, typer.Option("--weights", metavar="COL", help=text("cli.fit.weights"))] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help=text("cli.fit.threads"))] = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print the estimates beside the published weights; with --out, write a run."""
    output = Output(json=json, quiet=quiet)
    options = fit_options(covariance, separation, engine, threads)
    if table is not None or any(v is not None for v in (outcome, kenmerken, area, weights)):
        asked = on_own_table(table, outcome, kenmerken, area, weights, options)
    else:
        fitting = asked_fitting(output, population, model, years, options, kenmerken_file)
        extras = {"bootstrap": bootstrap, "bootstrap_unit": bootstrap_unit, "folds": folds, "per_year": per_year}
        asked = on_population(output, fitting, {**extras, "ceiling": ceiling, "seed": seed})
        asked.inputs.update({f"kenmerken_{i}": path for i, path in enumerate(kenmerken_file or [])})
        asked.inputs["model"] = None if model.isdecimal() else Path(model)
    asked.recorded.update({"covariance": covariance, "separation": separation, "engine": engine, "seed": seed})
    show(output, asked, out, force)


def show(output: Output, asked: Asked, out: Path | None, force: bool) -> None:
    """Print the results and, with `out`, write them as a run."""
    study = asked.study
    if study.fit is not None:
        output.say(str(study))
    run_or_print(
        output,
        study.shown,
        out=out,
        force=force,
        verb="fit",
        options=asked.recorded,
        inputs=asked.inputs,
        seed=asked.recorded["seed"],
        synthetic=study.synthetic,
        more=lambda run: write_rest(run, study),
    )


@dataclass(frozen=True)
class Asked:
    """A study with what the record tells of it."""

    study: Study
    recorded: dict[str, Any]
    inputs: dict[str, Path | None]


def on_own_table(
    table: Path | None,
    outcome: str | None,
    kenmerken: str | None,
    area: str | None,
    weights: str | None,
    options: FitOptions,
) -> Asked:
    """The study of a table of one's own; its options are refused where they do not belong together."""
    from verdeelmodel.errors import RequestError
    from verdeelmodel.model.study import fit_table

    if table is None:
        raise RequestError(text("cli.fit.needs_table"))
    if outcome is None or kenmerken is None:
        raise RequestError(text("cli.fit.needs_columns"))
    names = [name.strip() for name in kenmerken.split(",")]
    study = fit_table(table, outcome, names, area, weights, options)
    recorded = {"outcome": outcome, "kenmerken": names, "area": area, "weights": weights}
    return Asked(study, recorded, {"table": table})


def on_population(output: Output, fitting: Fitting, extras: dict[str, Any]) -> Asked:
    """The study of a population."""
    from verdeelmodel.model.study import FitExtras, study_population

    with output.progress(text("cli.fit.reading"), households_to_read(fitting)) as advance:
        study = study_population(fitting, FitExtras(**extras), advance)
    recorded = {"model": fitting.model.name, "years": list(fitting.years), **extras}
    return Asked(study, recorded, dict(files_of(fitting.population)))


def asked_fitting(
    output: Output,
    folder: Path | None,
    model: str,
    years: str | None,
    options: FitOptions,
    kenmerken_file: list[Path] | None,
) -> Fitting:
    """What the user asked to fit, checked before anything is read."""
    from verdeelmodel.kenmerken import add_files, registry
    from verdeelmodel.model.fitting import Fitting
    from verdeelmodel.model.national import parse_years
    from verdeelmodel.model.spec import fail_if_unknown_kenmerken, read_model

    known = add_files(kenmerken_file) if kenmerken_file else registry()
    spec = read_model(model)
    fail_if_unknown_kenmerken(spec, tuple(known))
    population = chosen_population(output, folder)
    return Fitting(population, parse_years(years, population.years), spec, options, known)


def households_to_read(fitting: Fitting) -> int:
    """How many households the first pass reads."""
    return sum(fitting.population.count(year) for year in fitting.years if year in fitting.population.years)


def fit_options(covariance: str, separation: str, engine: str, threads: int | None) -> FitOptions:
    """The options of the engine; it reports every invalid one."""
    from verdeelmodel.model.options import FitOptions

    given: dict[str, Any] = {"covariance": covariance, "separation": separation, "engine": engine}
    return FitOptions(**given, threads=threads)


def write_rest(run: Run, study: Study) -> None:
    """The tables that are not shown on the terminal, and fit.json."""
    for each in study.tables[: len(study.tables) - len(study.shown)]:
        run.table(each)
    run.json("fit.json", study.document)
