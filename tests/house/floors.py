"""Which room imports from which: only downward in the order of the floors."""

import ast
from pathlib import Path

from tests.house.source import PACKAGE, parsed, python_files

# From the roof to the ground.
FLOORS = (
    "__main__",
    "cli",
    "report",
    "scenario",
    "explain",
    "assess",
    "compare",
    "reintegration",
    "synthetic",
    "budget",
    "model",
    "kenmerken",
    "population",
    "law",
    "record",
    "disclosure",
    "table",
    "documents",
    "errors",
    "wording",
)
HOUSE = "verdeelmodel"


def imported_modules(path: Path, package: Path) -> set[str]:
    """The full names of all modules of the house that this file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, path, package)
            found |= {f"{base}.{alias.name}" for alias in node.names} if base == HOUSE else {base}
    return {name for name in found if name.split(".")[0] == HOUSE} - {f"{HOUSE}.__version__"}


def _absolute(node: ast.ImportFrom, path: Path, package: Path) -> str:
    if not node.level:
        return node.module or ""
    inside = (HOUSE, *path.relative_to(package).parts[:-1])
    return ".".join([*inside[: len(inside) - node.level + 1], *([node.module] if node.module else [])])


def room_of(path: Path, package: Path) -> str:
    """The room in which a file stands."""
    return path.relative_to(package).parts[0].removesuffix(".py")


def upward_imports(package: Path = PACKAGE) -> list[str]:
    """Every import that runs upward or names a room that is not in the list of floors."""
    found = []
    for path in python_files(package):
        room = room_of(path, package)
        if room == "__init__":
            continue
        for name in sorted(imported_modules(path, package)):
            target = name.split(".")[1] if "." in name else "__init__"
            if room not in FLOORS or target not in FLOORS:
                found.append(f"{room}/{path.name} imports {name}: not a room in the list of floors")
            elif FLOORS.index(target) < FLOORS.index(room):
                found.append(f"{room}/{path.name} imports {name}: {target} is above {room}")
    return found
