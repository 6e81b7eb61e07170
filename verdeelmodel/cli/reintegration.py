"""`verdeelmodel reintegration`: who finds work, and what goes with it."""

from __future__ import annotations

import typer

from verdeelmodel.cli.reintegration_outcomes import outcomes
from verdeelmodel.cli.reintegration_services import services
from verdeelmodel.wording import text

HELP = text("cli.verb.reintegration")
app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def frame() -> None:
    """Every analysis hangs below this."""


app.command("services", help=text("services.cli.help"), epilog=text("services.cli.example"))(services)
app.command("outcomes", help=text("reintegration.cli.help"), epilog=text("reintegration.cli.example"))(outcomes)
