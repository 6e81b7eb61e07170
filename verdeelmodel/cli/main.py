"""The command `verdeelmodel`: finds the verb, imports only that verb, and turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from verdeelmodel import __version__
from verdeelmodel.cli import usage
from verdeelmodel.errors import VerdeelmodelError, did_you_mean
from verdeelmodel.table import harmless
from verdeelmodel.wording import LANGUAGES, Language, set_language, text

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

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """As click does, with help in our words."""
        usage.present(self)
        return super().make_context(*args, **extra)

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
        usage.present(command)
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One line per verb from the wording, without importing any verb."""
        with formatter.section(text("cli.verbs_heading")):
            formatter.write_dl([(verb, text(f"cli.verb.{verb}")) for verb in VERBS])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """As click does, with a did-you-mean for a verb that does not exist."""
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            ctx.fail(f"{text('cli.no_such_verb', verb=args[0])} {usage.capital(meant(args[0]))}".strip())
        return super().resolve_command(ctx, args)


def meant(word: str) -> str:
    """The verbs that may have been meant: those that look like the word, or whose line of help speaks of it."""
    spoken = [
        v for v in VERBS if any(w.startswith(word[:5].casefold()) for w in text(f"cli.verb.{v}").casefold().split())
    ]
    return did_you_mean(word, VERBS) or (text("errors.did_you_mean", names=", ".join(spoken)) if spoken else "")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"verdeelmodel {__version__}")
        raise typer.Exit


def build() -> typer.Typer:
    """The whole command, in the language that is set."""
    usage.speak()
    app = typer.Typer(
        cls=VerbGroup,
        help=text("cli.help"),
        epilog=text("cli.begin"),
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )

    language: Any = typer.Option("nl", "--lang", help=text("cli.option.lang"))

    @app.callback()
    def frame(
        version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help=text("cli.version")),
        lang: Language = language,
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
    signal.signal(signal.SIGTERM, _leave)
    choose_language(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without € shows ? instead of stopping the run
    try:
        code = build()(prog_name="verdeelmodel", standalone_mode=False)
    except usage.WrongUse as error:
        typer.echo(harmless(usage.told(error)), err=True)
        sys.exit(2)
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough; the rest goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except VerdeelmodelError as error:
        _stop(str(error), error.exit_code)
    except Exception as error:
        if os.environ.get("VERDEELMODEL_DEBUG") == "1" and not isinstance(error, MemoryError):
            raise
        _stop(_told(error), 1)
    sys.exit(code if isinstance(code, int) else 0)


def _leave(number: int, frame: object) -> None:
    """End on request as on Ctrl-C: what was begun is cleaned up on the way out."""
    sys.exit(128 + number)


def _told(error: Exception) -> str:
    """What went wrong that is neither wrong use nor wrong data."""
    if isinstance(error, MemoryError):
        return text("cli.out_of_memory")
    if isinstance(error, OSError):
        name = Path(str(error.filename or "?")).name
        return text("cli.system", name=name, reason=error.strerror or str(error))
    return text("cli.unexpected", kind=type(error).__name__, message=str(error))


def _stop(message: str, exit_code: int) -> NoReturn:
    typer.echo(harmless(f"{text('cli.error')}: {message}"), err=True)
    sys.exit(exit_code)
