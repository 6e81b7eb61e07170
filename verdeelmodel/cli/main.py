"""The command `verdeelmodel`: finds the verb, imports only that verb, and turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import io
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from verdeelmodel import __version__
from verdeelmodel.errors import VerdeelmodelError, did_you_mean
from verdeelmodel.table import harmless
from verdeelmodel.wording import LANGUAGES, set_language, text

# The order in which the verbs are shown; each lives in `verdeelmodel/cli/VERB.py` as a Typer called `app`.
ORDER = (
    "demo",
    "population",
    "kenmerken",
    "params",
    "fit",
    "allocate",
    "select",
    "compare",
    "assess",
    "scenario",
    "explain",
    "profile",
    "reintegration",
    "report",
    "release",
    "verify",
    "selftest",
)
VERBS = tuple(verb for verb in ORDER if Path(__file__).with_name(f"{verb}.py").exists())


# A sum that linear algebra spreads over threads depends in its last digits on how many there are. The loops over
# households have threads of their own, that keep the order of every sum; these libraries are held to one.
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


class VerbGroup(TyperGroup):
    """A group whose verbs are imported when they are used, so that --help stays instant."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs in the order of the documentation."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb, imported now; None when there is no such verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"verdeelmodel.cli.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        _plain_help(command)
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One line per verb from the wording, without importing any verb."""
        with formatter.section(text("cli.verbs_heading")):
            formatter.write_dl([(verb, text(f"cli.verb.{verb}")) for verb in VERBS])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """As click does, with a did-you-mean for a verb that does not exist."""
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            ctx.fail(f"{text('cli.no_such_verb', verb=args[0])} {did_you_mean(args[0], VERBS)}".strip())
        return super().resolve_command(ctx, args)


def _plain_help(command: Any) -> None:
    """Give every verb the same help: plain text, that a pipe and a screen reader can follow."""
    command.rich_markup_mode = None
    for below in getattr(command, "commands", {}).values():
        _plain_help(below)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"verdeelmodel {__version__}")
        raise typer.Exit


def build() -> typer.Typer:
    """The whole command, in the language that is set."""
    app = typer.Typer(
        cls=VerbGroup,
        help=text("cli.help"),
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def frame(
        version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help=text("cli.version")),
    ) -> None:
        """Every verb hangs below this."""

    return app


def choose_language(arguments: list[str]) -> None:
    """Set the language from --lang or VERDEELMODEL_LANG before any help text is made."""
    wanted = os.environ.get("VERDEELMODEL_LANG", "nl")
    for i, argument in enumerate(arguments):
        if argument == "--lang" and i + 1 < len(arguments):
            wanted = arguments[i + 1]
        elif argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
    for known in LANGUAGES:
        if wanted == known:
            set_language(known)


def main() -> None:
    """Run the command; 0 done, 1 the data or the request is wrong, 2 usage."""
    os.environ.update(ONE_THREAD)
    choose_language(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without € shows ? instead of stopping the run
    try:
        build()(prog_name="verdeelmodel")
    except VerdeelmodelError as error:
        _stop(str(error), error.exit_code)
    except MemoryError:
        _stop(text("cli.out_of_memory"), 1)
    except OSError as error:
        if os.environ.get("VERDEELMODEL_DEBUG") == "1":
            raise
        _stop(text("cli.system", name=Path(str(error.filename or "?")).name, reason=error.strerror or str(error)), 1)
    except Exception as error:
        if os.environ.get("VERDEELMODEL_DEBUG") == "1":
            raise
        _stop(text("cli.unexpected", kind=type(error).__name__, message=str(error)), 1)


def _stop(message: str, exit_code: int) -> NoReturn:
    typer.echo(harmless(f"{text('cli.error')}: {message}"), err=True)
    sys.exit(exit_code)
