"""Watches a reader at work: what it raises, how long it takes, and whether it touches anything outside its folder."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.targets import Target
from verdeelmodel.errors import VerdeelmodelError

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod"}
FORBIDDEN = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect"}
SLOW = 5.0


@dataclass
class Guard:
    """Runs a target on inputs and keeps what went wrong, once per place in the code."""

    target: Target
    folder: Path
    runs: int = 0
    refused: int = 0
    slowest: float = 0.0
    findings: dict[str, bytes] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)
    _active: bool = False
    _outside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the folder and start to watch."""
        self.folder = self.folder.resolve()
        tempfile.tempdir = str(self.folder)
        self.target.prepare(self.folder)
        self.path = self.folder / self.target.file
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._prefix = f"{self.folder}{os.sep}"
        sys.addaudithook(self._watch)

    def meet(self, content: bytes) -> None:
        """One input: read, refused, or a finding."""
        self.path.write_bytes(content)
        self.runs += 1
        started = time.perf_counter()
        self._active = True
        try:
            self.target.read(self.path)
        except VerdeelmodelError as error:
            self.refused += 1
            if not str(error).strip():
                self._found("an error without words", content)
        except Exception as error:  # noqa: BLE001 - every other exception is what this looks for
            self._found(_place(error), content)
        finally:
            self._active = False
        spent = time.perf_counter() - started
        self.slowest = max(self.slowest, spent)
        if spent > SLOW:
            self._found(f"slower than {SLOW:g} s", content)
        while self._outside:
            self._found(self._outside.pop(), content)

    def _found(self, what: str, content: bytes) -> None:
        self.met[what] += 1
        self.findings.setdefault(what, content)

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._active:
            return
        if event in FORBIDDEN:
            self._outside.append(f"{event} {arguments[0]!r}")
        elif (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING) or event in CHANGES:
            self._fail_if_outside(event, arguments[0])

    def _fail_if_outside(self, event: str, name: Any) -> None:
        if not isinstance(name, str | bytes | os.PathLike) or not Path(os.fsdecode(name)).is_absolute():
            return  # names that are relative to an open folder, as the removal of a tree uses them
        full = os.path.realpath(os.fsdecode(name))
        inside = full == str(self.folder) or full.startswith(self._prefix)
        if not inside and full != "/dev/null" and "__pycache__" not in full:
            self._outside.append(f"{event} outside the folder: {full}")


def _place(error: BaseException) -> str:
    """The kind of error and the deepest place in the project where it passed."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/verdeelmodel/" in f.filename]
    where = f"{frames[-1].filename.rpartition('/verdeelmodel/')[2]}:{frames[-1].lineno}" if frames else "outside"
    return (
        f"{type(error).__name__} at {where}: {str(error)[:100]!r}"
        if not frames
        else f"{type(error).__name__} at {where}"
    )
