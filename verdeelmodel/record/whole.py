"""Files and folders that are written whole or not at all.

A folder is built beside its destination under a hidden name, brought to the disk, and then renamed in one step. Whoever
is killed on the way leaves only the hidden folder, which the next writer of the same destination removes. A lock file
beside the destination keeps two processes apart; the operating system frees it when its holder dies.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from verdeelmodel.errors import RunError
from verdeelmodel.record.lock import held_lock
from verdeelmodel.wording import text

# What only writing can meet: no space left, over quota, a read-only disk, a file larger than is allowed.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})
UNFINISHED = "onvoltooid"
REPLACED = "vervangen"


def write_whole(path: Path, content: bytes) -> None:
    """Write this file so that a reader finds either the old content or all of the new, also after a crash."""
    temporary = path.with_name(f".{path.name}.{UNFINISHED}-{secrets.token_hex(4)}")
    try:
        _write_and_sync(temporary, content)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


@contextmanager
def whole_folder(out: Path, force: bool = False, marker: str = "record.json") -> Iterator[Path]:
    """A new folder to fill; it appears as `out` when the block ends well, and leaves nothing when it does not.

    An existing folder is refused, unless `force` is given and it holds the file `marker`, which shows that this
    tool wrote it. An empty folder may always be filled.
    """
    target = _destination(out)
    created = _make_parents(target.parent, out)
    try:
        with held_lock(_sibling(target, "lock"), text("record.busy", folder=target.name)):
            _recover(target)
            fail_if_not_replaceable(target, force, marker)
            work = _sibling(target, f"{UNFINISHED}-{secrets.token_hex(4)}")
            try:
                work.mkdir()
                yield work
                fail_if_not_replaceable(target, force, marker)
                _publish(work, target)
            except OSError as error:
                if error.errno not in NO_ROOM:
                    raise
                raise _unwritable(target, error) from error
            finally:
                shutil.rmtree(work, ignore_errors=True)
    except BaseException:
        for folder in reversed(created):
            with suppress(OSError):
                folder.rmdir()
        raise


def is_unfinished(folder: Path) -> bool:
    """Whether the name of this folder is that of work that was never finished, or was about to be removed."""
    name = folder.name
    return name.startswith(".") and any(f".{word}-" in name for word in (UNFINISHED, REPLACED))


def fail_if_not_replaceable(target: Path, force: bool, marker: str) -> None:
    """Refuse to touch a folder that exists, unless it is empty or may be replaced."""
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise RunError(text("record.not_a_folder", folder=target.name))
    if not any(target.iterdir()):
        return
    if not force:
        raise RunError(text("record.exists", folder=target.name))
    if not (target / marker).is_file():
        raise RunError(text("record.not_ours", folder=target.name, marker=marker))


def _destination(out: Path) -> Path:
    target = out.resolve()
    if not target.name:
        raise RunError(text("record.not_a_folder", folder=str(out)))
    return target


def _sibling(target: Path, suffix: str) -> Path:
    return target.with_name(f".{target.name}.{suffix}")


def _make_parents(parent: Path, out: Path) -> list[Path]:
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()][::-1]
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from error
    return missing


def _recover(target: Path) -> None:
    """Put back what a killed replacement moved aside, and remove what killed writers left."""
    for moved in target.parent.glob(f".{_escaped(target.name)}.{REPLACED}-*"):
        if os.path.lexists(target):
            shutil.rmtree(moved, ignore_errors=True)
        else:
            moved.rename(target)
    for left in target.parent.glob(f".{_escaped(target.name)}.{UNFINISHED}-*"):
        shutil.rmtree(left, ignore_errors=True)


def _escaped(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _publish(work: Path, target: Path) -> None:
    try:
        for file in sorted(work.rglob("*")):
            _sync_folder(file) if file.is_dir() else _sync_file(file)
        _sync_folder(work)
        moved = _sibling(target, f"{REPLACED}-{secrets.token_hex(4)}")
        if target.exists():
            target.rename(moved)
        work.rename(target)
        _sync_folder(target.parent)
        shutil.rmtree(moved, ignore_errors=True)
    except OSError as error:
        raise _unwritable(target, error) from error


def _write_and_sync(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Bring the names in a folder to the disk, where the system can do that for a folder."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> RunError:
    return RunError(text("record.unwritable", name=path.name, reason=error.strerror or str(error)))
