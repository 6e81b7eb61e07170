"""`verdeelmodel assess`: the afwegingskader for candidate kenmerken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verdeelmodel.cli.assess_diff import show_differences
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
    from verdeelmodel.assess.country import Request
    from verdeelmodel.assess.study import Assessment
    from verdeelmodel.record import Run
    from verdeelmodel.table import Table

app = typer.Typer(add_completion=False)
# The tables that a terminal shows; the others are in the run and the JSON.
SHOWN = ("scorecard", "ranking", "sets", "ideas")

Candidates = Annotated[list[str] | None, typer.Argument(metavar="[KENMERK]...", help=text("cli.assess.candidates"))]
Interactions = Annotated[int, typer.Option("--interactions", min=0, max=50, help=text("cli.assess.interactions"))]
Diff = Annotated[tuple[Path, Path] | None, typer.Option("--diff", metavar="RUN RUN", help=text("cli.assess.diff"))]
Criteria = Annotated[Path | None, typer.Option("--criteria", metavar="FILE", help=text("cli.assess.criteria"))]


@app.command(help=text("cli.assess.help"), epilog=text("cli.assess.example"))
def assess(
    candidates: Candidates = None,
    population: PopulationOption = None,
    model: Annotated[str, typer.Option("--model", help=text("cli.fit.model"))] = "2022",
    years: Annotated[str | None, typer.Option("--years", help=text("cli.assess.years"))] = None,
    criteria: Criteria = None,
    interactions: Interactions = 0,
    diff: Diff = None,
    kenmerken_file: KenmerkenFileOption = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help=text("cli.fit.threads"))] = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print the scorecard; with --out, write scorecard, evidence, budget effects and ranking as a run."""
    from verdeelmodel.assess.criteria import default_framework, read_framework
    from verdeelmodel.assess.study import assess as assess_request

    output = Output(json=json, quiet=quiet)
    if diff is not None:
        show_differences(output, diff, candidates, out, force)
        return
    framework = default_framework() if criteria is None else read_framework(criteria)
    request = asked(output, population, model, years, candidates, kenmerken_file, threads)
    request = add_interactions(output, request, interactions)
    with output.progress(text("cli.fit.reading"), sum(request.population.count(y) for y in request.years)) as advance:
        found = assess_request(request, framework, advance)
    output.say(str(found))
    if candidates:
        for verdict in found.verdicts:
            output.say(str(verdict))
    made = found.tables()
    hidden = [t for t in made if not json and t.key not in SHOWN]
    asked_for = {"model": request.model.name, "years": list(request.years), "candidates": list(request.candidates)}
    run_or_print(
        output,
        [t for t in made if t not in hidden],
        out=out,
        force=force,
        verb="assess",
        options={**asked_for, "interactions": interactions},
        inputs=inputs_of(request, criteria, kenmerken_file),
        synthetic=found.synthetic,
        more=lambda run: write_rest(run, found, hidden),
    )


def add_interactions(output: Output, request: Request, number: int) -> Request:
    """The request with as many interactions of the model as the user wants."""
    if not number:
        return request
    from verdeelmodel.assess.interactions import with_interactions

    output.note(text("assess.interaction.searching"))
    return with_interactions(request, number)


def inputs_of(request: Request, criteria: Path | None, kenmerken_file: list[Path] | None) -> dict[str, Path | None]:
    """Every file that was read."""
    own = {f"kenmerken_{i}": path for i, path in enumerate(kenmerken_file or [])}
    return {**files_of(request.population), "criteria": criteria, **own}


def write_rest(run: Run, found: Assessment, tables: list[Table]) -> None:
    """The tables that a terminal does not show, and the pages."""
    from verdeelmodel.assess.difference import DOCUMENT, document
    from verdeelmodel.report.assess_page import pages

    for table in tables:
        run.table(table)
    for name, content in pages(found).items():
        run.text(name, content)
    run.json(DOCUMENT, document(found))


def asked(
    output: Output,
    folder: Path | None,
    model: str,
    years: str | None,
    candidates: list[str] | None,
    kenmerken_file: list[Path] | None,
    threads: int | None,
) -> Request:
    """What the user asked to assess; without names the shortlist, and the kenmerken of an own file if there is one."""
    from verdeelmodel.assess.country import Request
    from verdeelmodel.assess.study import computable_candidates, default_candidates
    from verdeelmodel.compare.from_population import computable
    from verdeelmodel.kenmerken import add_files, registry
    from verdeelmodel.model.national import Question, fail_if_years_absent, parse_years
    from verdeelmodel.model.options import FitOptions
    from verdeelmodel.model.spec import read_model

    before = set(registry())
    known = add_files(kenmerken_file) if kenmerken_file else registry()
    spec = read_model(model)
    own = tuple(k for k in known if k not in before)
    chosen = tuple(candidates or own or default_candidates())
    population = chosen_population(output, folder)
    span = parse_years(years, population.years) if years else population.years
    fail_if_years_absent(Question(population, span, chosen))
    request = Request(population, span, spec, chosen, known, FitOptions(threads=threads))
    if candidates:
        return request
    _, reasons = computable(population, [k for k in chosen if k not in own])
    inside = tuple(k for k in chosen if k not in spec.volume.kenmerken)
    request, notes = computable_candidates(replace(request, candidates=inside), reasons)
    for sentence in notes:
        output.note(sentence)
    return request
