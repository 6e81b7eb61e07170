"""`verdeelmodel demo`: a first look that needs no data."""

from __future__ import annotations

import typer

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, OutOption, QuietOption
from verdeelmodel.table import Cell, Column, NotApplicable, Table
from verdeelmodel.wording import text

app = typer.Typer(add_completion=False)


@app.command(help=text("cli.demo.help"), epilog=text("cli.demo.example"))
def demo(
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the published models side by side."""
    output = Output(json=json, quiet=quiet)
    run_or_print(output, [published_models()], out=out, force=force, verb="demo", options={}, inputs={})


def published_models() -> Table:
    """The weights of the volume component of every published model year, in the order of the newest."""
    from verdeelmodel.law import model_years, volume_weights

    years = {year: volume_weights(year).by_kenmerk for year in reversed(model_years())}
    kenmerken = list(dict.fromkeys(key for rows in years.values() for key in rows))
    absent = NotApplicable(text("cli.demo.absent"))
    labels = [next(rows[key].label for rows in years.values() if key in rows) for key in kenmerken]
    cells: dict[str, list[Cell]] = {"kenmerk": list(kenmerken), "label": list(labels)}
    for year, rows in years.items():
        cells[f"model_{year}"] = [rows[key].value if key in rows else absent for key in kenmerken]
    columns = (
        Column("kenmerk", text("cli.demo.kenmerk"), "code"),
        Column("label", text("cli.demo.label")),
        *(Column(f"model_{year}", str(year), "number", decimals=3) for year in years),
    )
    source = volume_weights(max(years)).source
    return Table("published_models", text("cli.demo.title"), columns, cells, source=source)
