"""A lock between processes that the operating system frees when its holder dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from verdeelmodel.errors import BusyError, RunError
from verdeelmodel.wording import text

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def held_lock(path: Path, busy: str) -> Iterator[None]:
    """Hold the lock of this file during the block; a BusyError with the sentence `busy` when another process has it."""
    descriptor = _open_locked(path, busy)
    try:
        yield
    finally:
        with suppress(OSError):  # Windows cannot remove an open file; the empty lock file is then reused
            path.unlink()
        os.close(descriptor)


def _open_locked(path: Path, busy: str) -> int:
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            reason = error.strerror or str(error)
            raise RunError(text("record.unwritable", name=path.name, reason=reason)) from error
        try:
            _take(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise BusyError(busy) from error
        if _still_named(path, descriptor):
            return descriptor
        os.close(descriptor)  # the previous holder removed the file between our opening and our locking


def _still_named(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
