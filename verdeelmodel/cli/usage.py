"""What a user reads about using a command, in the language that is set: help, and what was typed wrong.

The library that parses the command line speaks English only. Its fixed words are replaced before help is laid out, so
that lines break where they should; its messages about wrong use are recognised by their form. A message that is not
recognised is passed on as it is: wrong use is never without a message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import typer
import typer.core

from verdeelmodel.errors import did_you_mean
from verdeelmodel.wording import text

# The words of the library, and where ours are. The key of a message takes the parts that the pattern found.
WORDS = {
    "Arguments": "arguments",
    "Options": "options",
    "Commands": "commands",
    "default: {default}": "default",
    "required": "required",
    "Aborted!": "aborted",
    "Missing command.": "missing_command",
}
PLACES = {
    "<str>": "text",
    "<int>": "number",
    "<float>": "number",
    "<int range>": "number",
    "<float range>": "number",
    "<list[str]>": "text",
    "<list[int]>": "number",
    "<path>": "path",
    "DIR": "dir",
    "FILE": "file",
    "COL": "column",
    "YEAR": "year",
    "DATE": "date",
    "SCENARIO": "scenario",
    "SOURCE": "source",
    "SUBJECT": "subject",
    "WORKBOOK": "workbook",
    "[WORD]...": "words",
    "PATH=VALUE": "path_value",
    "PATH=FIRST:LAST:STEP": "path_series",
}
OF_THE_LIBRARY = ("help", "install_completion", "show_completion")
MESSAGES = {
    r"No such option: (?P<name>\S+).*": "no_option",
    r"No such command '(?P<name>.*?)'\..*": "no_command",
    r"Missing (?:argument|option|parameter) '?(?P<name>.*?)'?\.(?P<rest>.*)": "missing",
    r"Option '(?P<name>.*)' requires an argument\.": "needs_value",
    r"Option '(?P<name>.*)' requires (?P<count>\d+) arguments\.": "needs_values",
    r"Option '(?P<name>.*)' does not take a value\.": "takes_no_value",
    r"Invalid value for '?(?P<name>.*?)'?: (?P<rest>.*)": "invalid",
    r"Got unexpected extra argument(?:\(s\)|s)? \((?P<name>.*)\)": "extra",
}
REASONS = {
    r"(?:Value error, )?'(?P<value>.*?)' is not one of (?P<choices>.*)\.": "not_one_of",
    r"Input should be greater than or equal to (?P<limit>.*)": "at_least",
    r"Input should be less than or equal to (?P<limit>.*)": "at_most",
    r"Input should be a valid integer.*": "whole",
    r"Input should be a valid number.*": "number",
}
WrongUse: type[Exception] = typer.BadParameter.__mro__[1]  # the parent of all messages about wrong use


def speak() -> None:
    """Let the library use our words for its headings and remarks."""
    vars(typer.core)["_"] = ours
    context: Any = typer.Context.__mro__[1]
    context.formatter_class = formatter(context.formatter_class)


def ours(words: str) -> str:
    """Our words for these of the library; `{default}` stays, for the library to fill."""
    return text(f"cli.usage.{WORDS[words]}", default="{default}") if words in WORDS else words


def formatter(plain: Any) -> Any:
    """The layout of help, with our word for usage; what is ours already stays as it is."""
    if hasattr(plain, "in_our_words"):
        return plain

    class Formatter(plain):  # type: ignore[misc]
        in_our_words = True

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            plainly = re.sub(r"\[\[(.*?)\](\.\.\.)?\](\.\.\.)?", r"[\1]\2", re.sub(r"\{(.*?)\}", r"\1", args))
            super().write_usage(prog, plainly, prefix or f"{text('cli.usage.usage')}: ")

    return Formatter


def present(command: Any) -> None:
    """Give a command and all below it the same plain help, that a pipe and a screen reader can follow, in our words."""
    command.rich_markup_mode = None
    context = typer.Context(command)
    command.options_metavar = text("cli.usage.some_options")
    for parameter in command.get_params(context):
        if parameter.name in OF_THE_LIBRARY:
            parameter.help = text(f"cli.usage.{parameter.name}")
        shown = parameter.display_type(context)
        if parameter.param_type_name == "argument" and shown in PLACES:
            parameter.display_type_rich = no_type
        if parameter.metavar in PLACES or (parameter.metavar is None and shown in PLACES):
            parameter.metavar = text(f"cli.usage.place.{PLACES[parameter.metavar or shown]}")
    below = getattr(command, "commands", {})
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = text("cli.usage.command")
    for name, inner in below.items():
        inner.short_help = inner.short_help or first_sentence(inner.help or name)
        present(inner)


def no_type(ctx: Any) -> None:
    """An argument shows its name only; what it must be stands in its help."""


def first_sentence(sentences: str) -> str:
    """The first sentence of a help text, for the list of commands."""
    return re.split(r"(?<=[.?])\s", " ".join(sentences.split()), maxsplit=1)[0]


def told(error: Any) -> str:
    """The message of wrong use: how the command is used, what is wrong, and where help is."""
    message = str(error.format_message())
    if type(error).__name__ == "NoArgsIsHelpError":
        return message
    lines = [f"{text('cli.error')}: {translated(message, names_below(error.ctx))}"]
    if error.ctx is not None:
        lines = [str(error.ctx.get_usage()), "", *lines, text("cli.usage.try", command=error.ctx.command_path)]
    return "\n".join(lines)


def names_below(context: Any) -> list[str]:
    """The options and commands that could have been meant."""
    if context is None:
        return []
    options = [name for parameter in context.command.get_params(context) for name in parameter.opts]
    return [*options, *getattr(context.command, "commands", {})]


def translated(message: str, known: Sequence[str] = ()) -> str:
    """A message of the library in our words, or as it is when its form is not known."""
    for pattern, key in MESSAGES.items():
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            parts: dict[str, Any] = found.groupdict()
            rest = why(parts.pop("rest", "").strip())
            close = did_you_mean(parts["name"], known) if key in ("no_option", "no_command") else ""
            return " ".join(s for s in (text(f"cli.usage.{key}", **parts), rest, capital(close)) if s)
    return message


def why(rest: str) -> str:
    """Why a value will not do, as far as the form of the message is known."""
    for pattern, key in REASONS.items():
        found = re.fullmatch(pattern, rest, re.DOTALL)
        if found:
            parts: dict[str, Any] = found.groupdict()
            return text(f"cli.usage.reason.{key}", **parts)
    return rest


def capital(sentence: str) -> str:
    """The sentence with a capital, for when it does not follow a colon."""
    return sentence[:1].upper() + sentence[1:]
