"""`population`: make the synthetic country."""

from __future__ import annotations

import typer

from verdeelmodel.cli.population_make import make
from verdeelmodel.wording import text

app = typer.Typer(help=text("cli.verb.population"), no_args_is_help=True, rich_markup_mode=None)
app.command("make")(make)


@app.callback()
def population() -> None:
    """Keeps `make` a subcommand."""
