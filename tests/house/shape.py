"""The shape of the code: small files, small functions. `python -m tests.house.shape` prints every violation."""

import ast
import statistics
import sys
from pathlib import Path

from tests.house.source import PACKAGE, ROOT, functions, parsed, python_files

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 10


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function from `def` to its end, its docstring not counted."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is None:
        return whole
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1)


def too_long(path: Path) -> list[str]:
    """Every way in which this file is too long or holds a function that is."""
    name = path.name
    length = len(path.read_text(encoding="utf-8").splitlines())
    found = [f"{name}: {length} lines, fewer than {LONGEST_FILE} allowed"] if length >= LONGEST_FILE else []
    return found + [
        f"{name}:{f.lineno} {f.name}: {lines_of(f)} lines, fewer than {LONGEST_FUNCTION} allowed"
        for f in functions(parsed(path))
        if lines_of(f) >= LONGEST_FUNCTION
    ]


def median_too_large(files: list[Path]) -> list[str]:
    """The violation of the median length of all functions together, if there is one."""
    lengths = [lines_of(f) for path in files for f in functions(parsed(path))]
    median = statistics.median(lengths) if lengths else 0
    return (
        [f"median function has {median} lines, fewer than {MEDIAN_FUNCTION} allowed"]
        if median >= MEDIAN_FUNCTION
        else []
    )


def violations(root: Path = ROOT) -> list[str]:
    """Every violation in the package, its tests and its benchmarks."""
    files = [p for part in ("verdeelmodel", "tests", "benchmarks") for p in python_files(root / part)]
    return [line for path in files for line in too_long(path)] + median_too_large(python_files(root / PACKAGE.name))


if __name__ == "__main__":
    problems = violations()
    sys.stdout.write("".join(f"{line}\n" for line in problems) or "shape of the code: in order\n")
    sys.exit(bool(problems))
