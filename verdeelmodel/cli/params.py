"""`verdeelmodel params`: the weights, norms and rules of the law, each with its source and how certain it is."""

from __future__ import annotations

from typing import Annotated

import typer

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, OutOption, QuietOption
from verdeelmodel.wording import text

app = typer.Typer(add_completion=False, no_args_is_help=True, help=text("params.help"))


@app.command("list", help=text("params.list_help"), epilog=text("params.list_example"))
def list_command(
    uncertain: Annotated[bool, typer.Option("--uncertain", help=text("params.uncertain_option"))] = False,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What is known, or with --uncertain everything that is not certain."""
    from verdeelmodel.law import listing

    tables = listing.uncertain_params() if uncertain else (listing.list_params(),)
    output = Output(json=json, quiet=quiet)
    run_or_print(output, tables, out=out, force=force, verb="params list", options={"uncertain": uncertain}, inputs={})


@app.command("show", help=text("params.show_help"), epilog=text("params.show_example"))
def show_command(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help=text("params.subject_argument"))],
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORD]...", help=text("params.words_argument"))] = None,
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """The values of a subject over the years."""
    from verdeelmodel.law import listing

    tables = listing.show_params(subject, words or [])
    options = {"subject": subject, "words": words or []}
    output = Output(json=json, quiet=quiet)
    run_or_print(output, tables, out=out, force=force, verb="params show", options=options, inputs={})
