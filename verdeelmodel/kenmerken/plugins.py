"""Kenmerken from outside the package: installed plug-ins, and files that a user names."""

from __future__ import annotations

import importlib.util
import sys
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from verdeelmodel.errors import Problem, RequestError, VerdeelmodelError
from verdeelmodel.kenmerken.declare import Kenmerk
from verdeelmodel.kenmerken.registry import declared_in
from verdeelmodel.wording import text

GROUP = "verdeelmodel.kenmerken"
YAML_SUFFIXES = (".yaml", ".yml")


def installed() -> list[Kenmerk]:
    """The kenmerken of installed plug-ins: modules that an entry point of the group `verdeelmodel.kenmerken` names."""
    found: list[Kenmerk] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        try:
            module = entry.load()
        except Exception as error:
            raise _failed(entry.name, error) from error
        if not isinstance(module, ModuleType):
            raise RequestError(text("kenmerken.plugin_no_module", name=entry.name, value=entry.value))
        found += declared_in(module)
    return found


def read_file(path: Path) -> list[Kenmerk]:
    """The kenmerken that this file declares; a file without any, or one that cannot be read, is a RequestError."""
    from verdeelmodel.kenmerken.formulas import read_formulas

    if path.suffix not in (".py", *YAML_SUFFIXES):
        raise RequestError(text("kenmerken.file_kind", file=path.name))
    if not path.is_file():
        raise RequestError(text("kenmerken.file_absent", file=path.name))
    found = read_formulas(path) if path.suffix in YAML_SUFFIXES else _read_python(path)
    if not found:
        raise RequestError(text("kenmerken.file_empty", file=path.name))
    return found


def _read_python(path: Path) -> list[Kenmerk]:
    name = f"verdeelmodel_kenmerken_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RequestError(text("kenmerken.file_kind", file=path.name))
    module = importlib.util.module_from_spec(spec)
    writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except VerdeelmodelError:
        raise
    except (Exception, SystemExit) as error:
        raise _failed(path.name, error) from error
    finally:
        sys.dont_write_bytecode = writes_bytecode
    return declared_in(module)


def _failed(name: str, error: BaseException) -> RequestError:
    line = ""
    trace = error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).name == name:
            line = text("kenmerken.line", line=trace.tb_lineno)
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.lineno:
        line = text("kenmerken.line", line=error.lineno)
    problem = Problem(f"{type(error).__name__}: {error}", where=line)
    return RequestError(text("kenmerken.file_failed", file=name), [problem])
