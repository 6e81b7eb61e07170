"""What the package imports is what an installation brings, and the README says what each library is for."""

import ast
import re
import sys
import tomllib
from pathlib import Path

from tests.house.source import PACKAGE, ROOT, parsed, python_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
IMPORTED_AS = {"scikit-learn": "sklearn", "PyYAML": "yaml", "Jinja2": "jinja2", "MarkupSafe": "markupsafe"}
OPTIONAL = ("sav", "bench")


def names(requirements: list[str]) -> list[str]:
    """The libraries of a list of requirements."""
    return [re.split(r"[<>=\[; ]", line)[0] for line in requirements]


def imported(path: Path) -> set[str]:
    """The top names that a file imports from outside the house, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found - {"verdeelmodel"} - sys.stdlib_module_names


def undeclared(package: Path, declared: list[str]) -> list[str]:
    """The imports of the package that no declared library brings."""
    known = {IMPORTED_AS.get(name, name) for name in declared}
    return [f"{path.name}: {name}" for path in python_files(package) for name in sorted(imported(path) - known)]


def test_every_import_is_a_declared_dependency(tmp_path: Path) -> None:
    extras = PROJECT["optional-dependencies"]
    declared = names(PROJECT["dependencies"]) + [name for extra in OPTIONAL for name in names(extras[extra])]
    assert undeclared(PACKAGE, declared) == []
    (tmp_path / "a.py").write_text("import csv\ndef f():\n    from sklearn.svm import SVC\n    import requests.api\n")
    assert undeclared(tmp_path, declared) == ["a.py: requests"]


def test_the_readme_says_what_each_library_is_for() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]{10,} \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = {name.strip() for row in rows for name in row.split(",")}
    assert set(names(PROJECT["dependencies"])) - told == set()
