"""The few exceptions a user can meet. Each carries every problem found, with place, finding, expectation and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verdeelmodel.wording import text

SHOWN = 10


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what was found, what was expected and the line that mends it."""

    found: str
    where: str = ""
    expected: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.found}" if self.where else self.found
        lines = [head]
        if self.expected.endswith("?"):
            lines.append(f"    {self.expected}")  # a question says for itself what it asks
        elif self.expected:
            lines.append(f"    {text('errors.expected')}: {self.expected}")
        if self.remedy:
            lines.append(f"    {text('errors.remedy')}: {self.remedy}")
        return "\n".join(lines)


class VerdeelmodelError(Exception):
    """Base of everything a user can do wrong or meet; `problems` is complete, the message shows at most ten."""

    exit_code = 1

    def __init__(self, summary: str, problems: Iterable[Problem] = ()) -> None:
        self.summary = summary
        self.problems = tuple(problems)
        super().__init__(summary)

    def __str__(self) -> str:
        lines = [self.summary, *(f"  {line}" for p in self.problems[:SHOWN] for line in str(p).splitlines())]
        if len(self.problems) > SHOWN:
            lines.append("  " + text("errors.more", count=len(self.problems) - SHOWN))
        return "\n".join(lines)


class DataError(VerdeelmodelError):
    """The data that came in are wrong: a file, a table, a value."""


class RequestError(VerdeelmodelError):
    """The request is wrong: an option, a name, a combination that cannot be computed."""


class UnknownRuleError(VerdeelmodelError):
    """A rule of the law for this year is not known to the toolkit; it is never guessed."""


class RunError(VerdeelmodelError):
    """A run folder cannot be written or does not verify."""


class BusyError(RunError):
    """Another process is writing this folder now; who waits may find it finished."""


def did_you_mean(name: str, known: Iterable[str], limit: int = 3) -> str:
    """A sentence with the closest known names, or an empty string when nothing is close."""
    candidates = {k.casefold(): k for k in known}
    close = difflib.get_close_matches(name.casefold(), list(candidates), n=limit, cutoff=0.6)
    if not close:
        return ""
    return text("errors.did_you_mean", names=", ".join(candidates[c] for c in close))


def unknown_name(name: str, known: Sequence[str], what: str, where: str = "") -> Problem:
    """The problem of a name that does not exist, with the closest names that do."""
    return Problem(
        where=where,
        found=text("errors.unknown_name", what=what, name=name),
        expected=did_you_mean(name, known),
    )
