"""Checking that a run folder is exactly what was written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verdeelmodel.errors import RunError
from verdeelmodel.record.provenance import file_hash
from verdeelmodel.record.run import RECORD, is_output_name, record_bytes
from verdeelmodel.record.whole import is_unfinished
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Verification:
    """What verification found: the files that changed, that are missing, and that do not belong to the run."""

    run: str
    files: int
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every file is there, unchanged, and nothing was added."""
        return not (self.changed or self.missing or self.extra)

    def __str__(self) -> str:
        if self.ok:
            return text("record.verified", run=self.run, count=self.files)
        lines = [text("record.not_verified", run=self.run)]
        for state in ("changed", "missing", "extra"):
            lines += [f"  {text(f'record.state.{state}')}: {name}" for name in getattr(self, state)]
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """One row per file with a finding: its name and what is wrong with it."""
        import pandas as pd

        rows = [(name, state) for state in ("changed", "missing", "extra") for name in getattr(self, state)]
        return pd.DataFrame(rows, columns=["file", "finding"])


def verify(run: Path) -> Verification:
    """Compare every file of a run with its record.

    Guarantees that a change of any byte, a missing file and an added file are found. The record is no signature:
    who changes a file and then writes a new record to match is not found.
    """
    folder = fail_if_not_a_run(run)
    hashed = _hashed_part(folder)
    present = _files(folder)
    if hashed is None:
        return Verification(folder.name, len(present), changed=(RECORD,))
    outputs: dict[str, str] = hashed["outputs"]
    known = {*outputs, RECORD}
    kept = [name for name in outputs if name in present]
    return Verification(
        run=folder.name,
        files=len(known),
        changed=tuple(sorted(name for name in kept if _differs(folder / name, outputs[name]))),
        missing=tuple(sorted(set(outputs) - present)),
        extra=tuple(sorted(present - known)),
    )


def read_record(run: Path) -> dict[str, Any]:
    """The hashed part of the record of a run; a RunError when the record is damaged."""
    hashed = _hashed_part(fail_if_not_a_run(run))
    if hashed is None:
        raise RunError(text("record.damaged", run=run.name))
    return hashed


def fail_if_not_a_run(run: Path) -> Path:
    """The absolute path of a finished run; a RunError when the folder is not one."""
    folder = run.resolve()
    if not folder.is_dir():
        raise RunError(text("record.no_folder", run=str(run)))
    if is_unfinished(folder) or not (folder / RECORD).is_file():
        raise RunError(text("record.no_record", run=str(run)))
    return folder


def _hashed_part(folder: Path) -> dict[str, Any] | None:
    """The hashed part when the record is byte for byte what it says it is, else None."""
    try:
        stored = (folder / RECORD).read_bytes()
        hashed = json.loads(stored)["hashed"]
        if record_bytes(hashed) != stored or not all(is_output_name(name) for name in hashed["outputs"]):
            return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return dict(hashed)


def _files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_symlink() or not p.is_dir()}


def _differs(path: Path, expected: str) -> bool:
    return path.is_symlink() or file_hash(path) != expected
