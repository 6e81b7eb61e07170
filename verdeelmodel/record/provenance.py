"""What a record tells about how a run was made: versions, inputs, options. No times, no ids, no absolute paths."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from verdeelmodel import __version__
from verdeelmodel.errors import DataError, Problem
from verdeelmodel.wording import text

LIBRARIES = ("numpy", "pandas", "scipy", "pyarrow", "numba", "statsmodels", "linearmodels", "scikit-learn")

# Options that say where and how to show a result, and never change it.
NOT_RECORDED = frozenset({"out", "force", "quiet", "json", "threads"})


def versions() -> dict[str, str]:
    """The versions of this tool, Python and the libraries that compute."""
    found = {"verdeelmodel": __version__, "python": platform.python_version(), "machine": platform.machine()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def recorded_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as plain JSON, without those that cannot change a result; a path becomes its last name."""
    return {key: _plain(value) for key, value in sorted(options.items()) if key not in NOT_RECORDED}


def recorded_inputs(inputs: Mapping[str, Path | None]) -> dict[str, dict[str, str]]:
    """The base name and sha256 of every input; an input that is None was not used."""
    used = {role: path for role, path in sorted(inputs.items()) if path is not None}
    missing = [
        Problem(text("record.input_missing", file=path.name), role) for role, path in used.items() if not path.exists()
    ]
    if missing:
        raise DataError(text("record.inputs_missing"), missing)
    return {role: {"name": path.resolve().name, "sha256": input_hash(path)} for role, path in used.items()}


def input_hash(path: Path) -> str:
    """The sha256 of a file, or of the names and hashes of everything in a folder."""
    if not path.is_dir():
        return file_hash(path)
    files = sorted((f.relative_to(path).as_posix(), f) for f in path.rglob("*") if f.is_file())
    lines = "".join(f"{file_hash(f)}  {name}\n" for name, f in files)
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def file_hash(path: Path) -> str:
    """The sha256 of the content of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(text("record.unreadable", file=path.name, reason=error.strerror or str(error))) from error


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return value.name
    if isinstance(value, Enum):
        return _plain(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(inner) for inner in value), key=repr)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    item = getattr(value, "item", None)
    return item() if callable(item) else value
