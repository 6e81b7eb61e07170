"""`verdeelmodel reintegration outcomes`: the outcome groups of recipients, and what goes with them."""

from __future__ import annotations

from dataclasses import asdict
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
from verdeelmodel.errors import RequestError
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.record import Run
    from verdeelmodel.reintegration.outcomes import OutcomeStudy


def outcomes(
    population: PopulationOption = None,
    clients: Annotated[
        Path | None, typer.Option("--clients", metavar="FILE", help=text("reintegration.cli.option.clients"))
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help=text("reintegration.cli.option.mapping"))
    ] = None,
    gemeente: Annotated[
        list[str] | None, typer.Option("--gemeente", help=text("reintegration.cli.option.gemeente"))
    ] = None,
    start: Annotated[str, typer.Option("--start", help=text("reintegration.cli.option.start"))] = "",
    definition: Annotated[str, typer.Option("--definition", help=text("reintegration.cli.option.definition"))] = "roa",
    controls: Annotated[str, typer.Option("--controls", help=text("reintegration.cli.option.controls"))] = "sex,age",
    logit_controls: Annotated[
        str, typer.Option("--logit-controls", help=text("reintegration.cli.option.logit_controls"))
    ] = "",
    effects: Annotated[str, typer.Option("--effects", help=text("reintegration.cli.option.effects"))] = "change",
    errors: Annotated[str, typer.Option("--errors", help=text("reintegration.cli.option.errors"))] = "robust",
    steps: Annotated[str, typer.Option("--steps", help=text("reintegration.cli.option.steps"))] = "source",
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the groups and the three analyses; with --out write every table and the fitted logit."""
    from verdeelmodel.reintegration.outcomes import study_outcomes
    from verdeelmodel.reintegration.outcomes_sample import OutcomeOptions

    options = OutcomeOptions(
        definition=definition,
        start=start,
        gemeenten=_gemeenten(gemeente or []),
        controls=_names(controls),
        logit_controls=_names(logit_controls),
        effects=effects,  # type: ignore[arg-type]
        errors=errors,  # type: ignore[arg-type]
        steps=steps,  # type: ignore[arg-type]
    )
    output = Output(json=json, quiet=quiet)
    table, files, synthetic = clients_of(output, population, clients, mapping)
    answer(output, study_outcomes(table, options, synthetic=synthetic), files, out, force)


def answer(output: Output, study: OutcomeStudy, files: dict[str, Path | None], out: Path | None, force: bool) -> None:
    """Show the study; with `out` write it as a run, with the fitted logit."""
    output.say(str(study))
    definition = Path(study.options.definition)
    own = {"definition": definition} if definition.is_file() else {}
    run_or_print(
        output,
        study.tables(),
        out=out,
        force=force,
        verb="reintegration outcomes",
        options=asdict(study.options) | {"gemeenten": list(study.options.gemeenten)},
        inputs={**files, **own},
        synthetic=study.synthetic,
        more=lambda run: _write_fit(study, run),
    )


def clients_of(
    output: Output, population: Path | None, clients: Path | None, mapping: Path | None
) -> tuple[pd.DataFrame, dict[str, Path | None], bool]:
    """The table of clients, the files it came from, and whether it is synthetic."""
    from verdeelmodel.cli.populations import chosen_population, files_of
    from verdeelmodel.reintegration.client_file import read_clients

    if clients is not None and population is not None:
        raise RequestError(text("reintegration.population_or_clients"))
    if clients is None and mapping is not None:
        raise RequestError(text("reintegration.mapping_without_clients"))
    if clients is not None:
        return read_clients(clients, mapping), {"clients": clients, "mapping": mapping}, False
    country = chosen_population(output, population)
    return country.table("clienten"), dict(files_of(country)), country.meta.synthetic


def _gemeenten(written: list[str]) -> tuple[int, ...]:
    from verdeelmodel.explain.names import find_gemeente
    from verdeelmodel.population.municipalities import FIRST, LAST, municipalities

    names: dict[int, str] = {}
    for year in range(FIRST, LAST + 1):
        names |= municipalities(year)
    return tuple(find_gemeente(one, names) for one in written)


def _names(written: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in written.split(",") if part.strip())


def _write_fit(study: OutcomeStudy, run: Run) -> None:
    from verdeelmodel.reintegration.outcomes_tables import documents

    run.json("logit.json", documents(study))
