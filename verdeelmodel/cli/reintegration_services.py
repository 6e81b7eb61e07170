"""`verdeelmodel reintegration services`: which services and characteristics go with leaving bijstand for work."""

from __future__ import annotations

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
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.record import Run
    from verdeelmodel.reintegration.services_build import ServicesRequest
    from verdeelmodel.reintegration.services_study import ServicesStudy

PARTS = (
    "reading, problems, unknown, gemeenten, offered, persons, housing, provision, status, outcome, odds, "
    "tailored_odds, service_odds, overall, selection, leaving, returns, cox, funnel, truth, published"
)


def _files(name: str) -> typer.models.OptionInfo:
    return typer.Option(f"--{name}", metavar="FILE", help=text(f"services.cli.{name.replace('-', '_')}"))  # type: ignore[no-any-return]


def services(
    clients: Annotated[list[Path] | None, _files("clients")] = None,
    mapping: Annotated[Path | None, _files("mapping")] = None,
    population: PopulationOption = None,
    reasons: Annotated[list[Path] | None, _files("reasons")] = None,
    meanings: Annotated[list[Path] | None, _files("meanings")] = None,
    write_mapping: Annotated[Path | None, _files("write-mapping")] = None,
    write_example: Annotated[Path | None, _files("write-example")] = None,
    gemeente: Annotated[list[str] | None, typer.Option("--gemeente", help=text("services.cli.gemeente"))] = None,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=text("services.cli.first"))] = "",
    last: Annotated[str, typer.Option("--until", metavar="DATE", help=text("services.cli.last"))] = "",
    firth: Annotated[bool, typer.Option("--firth", help=text("services.cli.firth"))] = False,
    threshold: Annotated[int | None, typer.Option("--threshold", help=text("services.cli.threshold"))] = None,
    names: Annotated[bool, typer.Option("--names", help=text("services.cli.names"))] = False,
    seed: Annotated[int, typer.Option("--seed", help=text("services.cli.seed"))] = 2017,
    show: Annotated[list[str] | None, typer.Option("--show", help=text("services.cli.show", parts=PARTS))] = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what goes with leaving for work; with --out write every part, the figures and a page to read."""
    from verdeelmodel.population import open_population
    from verdeelmodel.reintegration.services_build import ServicesRequest

    output = Output(json=json, quiet=quiet)
    for path in (write_mapping, write_example):
        _fail_if_exists(path, force)
    request = ServicesRequest(
        tuple(clients or ()),
        mapping,
        open_population(population) if population is not None else None,
        tuple(reasons or ()),
        tuple(meanings or ()),
        tuple(gemeente or ()),
        first,
        last,
        threshold,
        firth,
        names,
        seed,
    )
    if write_example is not None:
        _write_example(output, write_example, request)
    _answer(output, request, tuple(show or ()), write_mapping, out, force)


def _answer(
    output: Output,
    request: ServicesRequest,
    show: tuple[str, ...],
    write_mapping: Path | None,
    out: Path | None,
    force: bool,
) -> None:
    from verdeelmodel.cli.populations import files_of
    from verdeelmodel.reintegration.services_build import build_study
    from verdeelmodel.reintegration.services_parts import SHOWN
    from verdeelmodel.reintegration.services_study import fail_if_parts_unknown

    fail_if_parts_unknown(show)
    built = build_study(request)
    for note in built.notes:
        output.note(note)
    study = built.study
    if write_mapping is not None:
        _write_words(output, write_mapping, study)
    tables = study.tables(show or SHOWN)
    shown = {table.key for table in tables}

    def more(run: Run) -> None:
        from verdeelmodel.report.services_page import services_files

        for table in study.tables():
            if table.key not in shown:
                run.table(table)
        for name, content in services_files(study).items():
            run.text(name, content)

    inputs = request.inputs()
    if request.population is not None:
        inputs |= files_of(request.population)
    run_or_print(
        output,
        tables,
        out=out,
        force=force,
        verb="reintegration services",
        options={**request.told(), "show": list(show)},
        inputs=inputs,
        seed=request.seed,
        more=more,
    )


def _write_words(output: Output, path: Path, study: ServicesStudy) -> None:
    from verdeelmodel.reintegration.services_words import review_file

    unknown = study.clients.unknown
    _write(path, review_file(unknown, study.clients.words))
    output.note(text("services.words.written", count=len(unknown), file=path.name))


def _write_example(output: Output, path: Path, request: ServicesRequest) -> None:
    from verdeelmodel.synthetic.trajecten import make_trajects

    _write(path, make_trajects(request.seed).rows.to_csv(index=False, sep=";"))
    output.note(text("services.cli.wrote_example", file=path.name))


def _fail_if_exists(path: Path | None, force: bool) -> None:
    """Refuse to replace a file, before anything is computed."""
    from verdeelmodel.errors import RequestError

    if path is not None and path.exists() and not force:
        raise RequestError(text("services.words.exists", file=path.name))


def _write(path: Path, content: str) -> None:
    from verdeelmodel.errors import RunError

    try:
        path.write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise RunError(text("record.unwritable", name=path.name, reason=error.strerror or str(error))) from error
