"""The examples in the documentation, ready to be run.

In README.md and docs/, a `console` block holds commands after a `$`; a block with title="NAME" is a file that they use.
A section (from one `##` to the next) stands alone: its files and commands share one empty folder. A command that is
meant to end with another exit code than 0 says so at its end: `# exit 1`. A `python` block runs after the commands.
"""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from tests.house.source import ROOT

COMMAND = "verdeelmodel"


@dataclass(frozen=True)
class Example:
    """A command as words, and the exit code with which it should end."""

    words: tuple[str, ...]
    exit_code: int = 0

    def __str__(self) -> str:
        return shlex.join((COMMAND, *self.words))


@dataclass
class Section:
    """The commands and files of one section of a document."""

    name: str
    files: dict[str, str] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)


def documents() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def sections(document: Path) -> list[Section]:
    """The sections of a document that have commands."""
    name = document.relative_to(ROOT).as_posix() if document.is_relative_to(ROOT) else document.name
    current = Section(name)
    found = [current]
    for heading, information, block in _pieces(document.read_text(encoding="utf-8")):
        if heading:
            current = Section(f"{name}: {heading}")
            found.append(current)
        elif title := re.search(r'title="([^"]+)"', information):
            current.files[title[1]] = block
        elif information.split()[:1] == ["console"]:
            current.examples += commands(block)
        elif information.split()[:1] == ["python"]:
            current.scripts.append(block)
    return [section for section in found if section.examples or section.scripts]


def commands(block: str) -> list[Example]:
    """The commands of this tool in a console block."""
    joined = block.replace("\\\n", " ")
    lines = [line[2:] for line in joined.splitlines() if line.startswith(f"$ {COMMAND}")]
    return [_example(line) for line in lines]


def _example(line: str) -> Example:
    told = re.search(r"# exit (\d+)\s*$", line)
    words = shlex.split(line, comments=True)[1:]
    return Example(tuple(words), int(told[1]) if told else 0)


def _pieces(source: str) -> list[tuple[str, str, str]]:
    """Headings (heading, "", "") and fenced blocks ("", information, content) in order."""
    pattern = re.compile(r"^##+ (?P<heading>[^\n]+)$|^```(?P<info>[^\n]*)\n(?P<block>.*?)^```$", re.M | re.S)
    return [(m["heading"] or "", m["info"] or "", m["block"] or "") for m in pattern.finditer(source)]


def all_sections() -> list[Section]:
    return [section for document in documents() for section in sections(document)]


def without_example(verbs: list[tuple[str, ...]], examples: list[Example]) -> list[str]:
    """The verbs, as words, of which no example shows the use."""
    return [" ".join(verb) for verb in verbs if not any(e.words[: len(verb)] == verb for e in examples)]
