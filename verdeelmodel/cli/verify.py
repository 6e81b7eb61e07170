"""`verdeelmodel verify RUN`: check that a run is exactly what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verdeelmodel.cli.frame import Output
from verdeelmodel.cli.options import JsonOption, Lang, LangOption, QuietOption
from verdeelmodel.wording import text

app = typer.Typer(add_completion=False)


@app.command(help=text("cli.verify.help"), epilog=text("cli.verify.example"))
def verify(
    run: Annotated[Path, typer.Argument(metavar="RUN", help=text("cli.verify.run"), show_default=False)],
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Exit with 1 when a file of the run changed, is missing or was added."""
    from verdeelmodel.record import verify as verify_run

    found = verify_run(run)
    output = Output(json=json, quiet=quiet)
    if json:
        findings = {"changed": list(found.changed), "missing": list(found.missing), "extra": list(found.extra)}
        output.document({"run": found.run, "ok": found.ok, **findings})
    else:
        output.say(str(found))
    if not found.ok:
        raise typer.Exit(1)
