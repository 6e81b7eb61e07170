"""`verdeelmodel scenario`: what-if, with the change of every budget split over its causes."""

from __future__ import annotations

import typer

from verdeelmodel.cli.scenario_bridge import bridge
from verdeelmodel.cli.scenario_files import check, shipped
from verdeelmodel.cli.scenario_runs import run
from verdeelmodel.cli.scenario_variants import diff, from_excel, new, sweep
from verdeelmodel.wording import text

app = typer.Typer(help=text("cli.verb.scenario"), no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list", help=text("scenario.cli.list.help"), epilog=text("scenario.cli.list.example"))(shipped)
app.command("check", help=text("scenario.cli.check.help"), epilog=text("scenario.cli.check.example"))(check)
app.command("run", help=text("scenario.cli.run.help"), epilog=text("scenario.cli.run.example"))(run)
app.command("bridge", help=text("scenario.cli.bridge.help"), epilog=text("scenario.cli.bridge.example"))(bridge)
app.command("sweep", help=text("scenario.cli.sweep.help"), epilog=text("scenario.cli.sweep.example"))(sweep)
app.command("diff", help=text("scenario.cli.diff.help"), epilog=text("scenario.cli.diff.example"))(diff)
app.command("new", help=text("scenario.cli.new.help"), epilog=text("scenario.cli.new.example"))(new)
app.command("from-excel", help=text("scenario.cli.from_excel.help"), epilog=text("scenario.cli.from_excel.example"))(
    from_excel
)
