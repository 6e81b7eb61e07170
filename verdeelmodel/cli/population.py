"""`population`: make the synthetic country, and describe, check and convert populations."""

from __future__ import annotations

import typer

from verdeelmodel.cli.population_files import convert, template
from verdeelmodel.cli.population_look import check, info
from verdeelmodel.cli.population_make import make
from verdeelmodel.wording import text

app = typer.Typer(help=text("cli.verb.population"), no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("make")(make)
app.command("info", help=text("population.cli.info.help"), epilog=text("population.cli.info.example"))(info)
app.command("check", help=text("population.cli.check.help"), epilog=text("population.cli.check.example"))(check)
app.command("template", help=text("population.cli.template.help"), epilog=text("population.cli.template.example"))(
    template
)
app.command("convert", help=text("population.cli.convert.help"), epilog=text("population.cli.convert.example"))(convert)
