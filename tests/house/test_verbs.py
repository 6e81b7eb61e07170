"""Every verb has help in both languages and an example in the documentation, and every example runs."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.cli.running import python, verdeelmodel
from tests.house.examples import Example, Section, all_sections, commands, sections, without_example
from verdeelmodel.cli.main import ORDER, VERBS
from verdeelmodel.wording import sentences

SECTIONS = all_sections()


def leaves(command: Any, words: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    """Every command below this one that does something, with the words that call it."""
    inner = getattr(command, "commands", None)
    if not inner:
        return [(words, command)]
    return [leaf for name, below in inner.items() for leaf in leaves(below, (*words, name))]


def all_commands() -> list[tuple[tuple[str, ...], Any]]:
    apps = [(verb, importlib.import_module(f"verdeelmodel.cli.{verb}").app) for verb in VERBS]
    return [leaf for verb, app in apps for leaf in leaves(typer.main.get_command(app), (verb,))]


def test_every_module_of_a_verb_is_in_the_order() -> None:
    folder = Path(importlib.import_module("verdeelmodel.cli").__path__[0])
    with_app = {p.stem for p in folder.glob("*.py") if "\napp = typer.Typer(" in p.read_text(encoding="utf-8")}
    assert with_app == set(VERBS)
    assert set(VERBS) <= set(ORDER)


def test_every_verb_has_one_line_of_help() -> None:
    assert {f"verb.{verb}" for verb in ORDER} == {key for key in sentences("cli", "nl") if key.startswith("verb.")}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_help_of_a_verb_is_in_the_language_asked_for(verb: str, language: str) -> None:
    done = verdeelmodel(verb, "--help", VERDEELMODEL_LANG=language)
    assert done.returncode == 0, done.stderr
    other = verdeelmodel(verb, "--help", VERDEELMODEL_LANG={"nl": "en", "en": "nl"}[language])
    assert done.stdout != other.stdout


def test_every_command_and_every_option_has_help() -> None:
    silent = [" ".join(words) for words, command in all_commands() if not command.help]
    for words, command in all_commands():
        options = [p for p in command.params if p.param_type_name == "option"]
        silent += [f"{' '.join(words)} --{option.name}" for option in options if not option.help]
    assert silent == []


def test_every_command_has_an_example_in_the_documentation() -> None:
    shown = [example for section in SECTIONS for example in section.examples]
    assert without_example([words for words, _ in all_commands()], shown) == []


def test_a_command_without_an_example_is_found() -> None:
    shown = [Example(("population", "info")), Example(("verify", "mijn_run"))]
    wanted = [("population", "info"), ("population", "make"), ("verify",), ("fit",)]
    assert without_example(wanted, shown) == ["population make", "fit"]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_the_examples_of_the_documentation_run(section: Section, tmp_path: Path) -> None:
    failed = run_section(section, tmp_path)
    assert failed == []


def run_section(section: Section, folder: Path) -> list[str]:
    """Run the examples in order; every example that ended otherwise than it says, with what it wrote."""
    for name, content in section.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    failed = []
    for example in section.examples:
        done = verdeelmodel(*example.words, cwd=folder)
        if done.returncode != example.exit_code or "Traceback" in done.stderr:
            failed.append(f"{example}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    for script in section.scripts:
        done = python("-c", script, cwd=folder)
        if done.returncode:
            failed.append(f"{script}: exit {done.returncode}\n{done.stderr}")
    return failed


def test_an_example_that_fails_is_found(tmp_path: Path) -> None:
    document = tmp_path / "wrong.md"
    document.write_text(
        '## A\n```yaml title="a.yaml"\nx: 1\n```\n```console\n$ verdeelmodel --version\n'
        "$ verdeelmodel verify \\\n    nergens\n$ verdeelmodel verify nergens  # exit 1\n$ ls\n```\n"
        "```python\nimport verdeelmodel\n```\n```python\nverdeelmodel: niets\n```\n",
        encoding="utf-8",
    )
    (section,) = sections(document)
    assert section.files == {"a.yaml": "x: 1\n"}
    assert [e.exit_code for e in section.examples] == [0, 0, 1]
    failed = run_section(section, tmp_path)
    assert [line.split(":")[0] for line in failed] == ["verdeelmodel verify nergens", "verdeelmodel"]


def test_commands_are_taken_from_console_blocks_only() -> None:
    block = "$ verdeelmodel fit --model 'a b.yaml'\nverdeelmodel fit\n"
    assert commands(block) == [Example(("fit", "--model", "a b.yaml"))]
