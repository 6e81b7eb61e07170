"""`verdeelmodel demo`: the whole study on the synthetic Netherlands, ending in one page to open."""

from __future__ import annotations

import json as json_module
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verdeelmodel.cli.frame import Output
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, QuietOption
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.cli.demo_parts import Part
    from verdeelmodel.record import Run

app = typer.Typer(add_completion=False)
FOLDER = Path("verdeelmodel-demo")
PAGE = "verslag.html"
ONWARD = ("gemeente", "country", "own", "refinement", "verbs")

DemoOut = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help=text("cli.demo.out", folder=FOLDER), show_default=False)
]


@app.command(help=text("cli.demo.help"), epilog=text("cli.demo.example"))
def demo(
    out: DemoOut = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run every part, write the run with its page, and tell in ten lines what came out."""
    from verdeelmodel.cli.demo_parts import MODEL, PARTS, Study
    from verdeelmodel.cli.populations import chosen_population, files_of
    from verdeelmodel.model.spec import read_model
    from verdeelmodel.record import new_run

    output = Output(json=json, quiet=quiet)
    folder = out or FOLDER
    population = chosen_population(output, None)
    with new_run(
        folder,
        verb="demo",
        options={"model": MODEL},
        inputs=dict(files_of(population)),
        synthetic=True,
        force=force or (out is None and is_demo(folder)),
    ) as run:
        study, found = Study(population, read_model(MODEL)), []
        with output.progress(text("cli.demo.running"), len(PARTS)) as advance:
            for part in PARTS:
                found += part(study)
                advance(1)
        write(run, found)
    tell(output, found, folder)


def is_demo(folder: Path) -> bool:
    """Whether this folder is an earlier demo, which a new one may replace."""
    from verdeelmodel.errors import VerdeelmodelError
    from verdeelmodel.record import read_run

    try:
        return read_run(folder).verb == "demo"
    except (VerdeelmodelError, OSError, json_module.JSONDecodeError):
        return False


def write(run: Run, found: list[Part]) -> None:
    """Every table, the dossiers, and the page that ties them together."""
    from verdeelmodel.report.dossier_page import dossier_page

    for part in found:
        for table in part.named_tables():
            run.table(table)
        if part.dossier is not None:
            run.text(f"{part.dossier.code}.html", dossier_page(part.dossier, PAGE, part.since))
    run.text(PAGE, study_page(found))


def study_page(found: list[Part]) -> str:
    """The page of the study: a section per part, with its sentences, figures and shorter tables."""
    from verdeelmodel.report.page import Section, page

    title = text("cli.demo.title")
    brief = Section(
        "brief",
        text("cli.demo.brief"),
        [summary(part) for part in found],
        pages=[address for part in found for address in part.pages],
    )
    steps = [
        Section(
            part.key.replace(".", "-"),
            part.heading,
            part.read,
            part.figures,
            part.page_tables(),
            pages=part.pages,
        )
        for part in found
    ]
    onward = Section("onward", text("cli.demo.onward.heading"), [text(f"cli.demo.onward.{key}") for key in ONWARD])
    return page(title, title, (text("cli.demo.lead"),), [brief, *steps, onward], synthetic=True)


def summary(part: Part) -> str:
    """The line of a part in the summary: the step and what came out first."""
    return f"{part.step}: {part.sentences[0]}"


def tell(output: Output, found: list[Part], folder: Path) -> None:
    """A line per part, and where the page is."""
    for part in found:
        output.say(summary(part))
    if output.json:
        output.tables(*(replace(t, synthetic=True) for part in found for t in part.page_tables()))
    output.note(text("cli.demo.open", page=folder / PAGE))
