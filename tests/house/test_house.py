"""The house keeps its order; each check is shown to fail on a deliberate violation."""

import importlib
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

import verdeelmodel
from tests.house import floors, sentences, shape
from tests.house.source import PACKAGE, ROOT


def house_with(folder: Path, **files: str) -> Path:
    """A small package with these files; a double underscore in a name is a folder, yaml ends in _yaml."""
    for name, content in files.items():
        path = name.removesuffix("_yaml").replace("__", "/")
        place = folder / "verdeelmodel" / f"{path}{'.yaml' if name.endswith('_yaml') else '.py'}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")
    return folder / "verdeelmodel"


def test_imports_run_downward() -> None:
    assert floors.upward_imports() == []


@pytest.mark.parametrize(
    "line",
    [
        "from verdeelmodel.budget import x",
        "import verdeelmodel.budget.rules",
        "from verdeelmodel import budget",
        "from ..budget import x",
        "def f():\n    from verdeelmodel.budget import x",
        "if TYPE_CHECKING:\n    from verdeelmodel.budget import x",
    ],
)
def test_an_import_that_runs_upward_is_found(tmp_path: Path, line: str) -> None:
    package = house_with(tmp_path, law__weights=line, law__norms="from verdeelmodel.table import Table")
    assert len(floors.upward_imports(package)) == 1
    assert "budget is above law" in floors.upward_imports(package)[0]


def test_a_room_outside_the_list_is_found(tmp_path: Path) -> None:
    package = house_with(tmp_path, helpers="from verdeelmodel.table import Table")
    assert "not a room" in floors.upward_imports(package)[0]


def test_files_and_functions_are_small() -> None:
    assert shape.violations() == []


def test_a_long_file_a_long_function_and_a_large_median_are_found(tmp_path: Path) -> None:
    body = "".join(f"    x{i} = {i}\n" for i in range(49))
    package = house_with(tmp_path, long=f"def f():\n{body}", file="x = 1\n" * 400)
    found = shape.violations(tmp_path)
    assert [line.split(":")[0] for line in found] == [
        "file.py",
        "long.py",
        "median function has 50 lines, fewer than 10 allowed",
    ]
    docstring = '    """\n' + "\n" * 60 + '    """\n'
    (package / "long.py").write_text(f"def f():\n{docstring}    return 1\n")
    shape.parsed.cache_clear()
    assert len(shape.violations(tmp_path)) == 1


def test_both_languages_have_the_same_sentences() -> None:
    assert sentences.different_languages() == []


def test_every_sentence_in_the_code_exists_and_gets_its_values() -> None:
    assert sentences.wrong_calls() == []


def test_every_sentence_is_used() -> None:
    assert sentences.unused() == []


def test_violations_of_the_wording_are_found(tmp_path: Path) -> None:
    package = house_with(
        tmp_path,
        wording__nl__law_yaml="good: 'Goed {name}'\ndeep: {kind: 'soort'}\nonly: 'Alleen'\nother: '{a}'\nspare: 'over'",
        wording__en__law_yaml="good: 'Good {name}'\ndeep: {kind: 'kind'}\nother: '{b}'\nspare: ' '",
        law='text("law.good", name=1)\ntext("law.none")\ntext("law.other", b=1)\ntext(f"law.deep.{x}")\n',
    )
    assert sentences.different_languages(package) == [
        "law.only: not in both languages",
        "law.other: braces ['a'] and ['b'] differ",
        "law.spare: an empty sentence",
    ]
    assert [line.split(": ")[0] for line in sentences.wrong_calls(package)] == [
        "law.py:2 text('law.none')",
        "law.py:3 text('law.other')",
    ]
    assert sentences.unused(package) == ["law.only", "law.spare"]


def test_every_public_name_exists_and_is_not_the_name_of_a_room() -> None:
    for name, module in verdeelmodel.PUBLIC.items():
        assert getattr(verdeelmodel, name) is getattr(importlib.import_module(module), name)
        assert name not in floors.FLOORS
    assert set(verdeelmodel.PUBLIC) < set(dir(verdeelmodel))


def test_an_unknown_public_name_is_an_attribute_error_with_a_suggestion() -> None:
    with pytest.raises(AttributeError, match="verify"):
        verdeelmodel.verifi  # noqa: B018


def not_packaged(package: Path, patterns: list[str]) -> list[str]:
    """The files of the package, apart from code, that an installation would leave out."""
    others = [p for p in package.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc", ".nbi", ".nbc")]
    return sorted(p.name for p in others if not any(fnmatch(p.name, pattern) for pattern in patterns))


def test_every_data_file_is_installed(tmp_path: Path) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["*"]
    assert not_packaged(PACKAGE, patterns) == []
    (tmp_path / "kaart.geojson").touch()
    assert not_packaged(tmp_path, patterns) == ["kaart.geojson"]
