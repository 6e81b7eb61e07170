"""The command as a user meets it: help, exit codes, messages without tracebacks, and a fast start."""

import json
from pathlib import Path

import pytest

from tests.cli.running import verdeelmodel
from tests.record.examples import write_example
from verdeelmodel import __version__


def test_help_shows_the_verbs_in_the_language_asked_for() -> None:
    assert "Opdrachten" in verdeelmodel("--help").stdout
    assert "Commands" in verdeelmodel("--help", VERDEELMODEL_LANG="en").stdout


def test_version() -> None:
    assert verdeelmodel("--version").stdout == f"verdeelmodel {__version__}\n"


def test_an_unknown_verb_is_a_usage_error_with_a_suggestion() -> None:
    done = verdeelmodel("verfy")
    assert done.returncode == 2
    assert "bedoelt u verify?" in done.stderr


@pytest.mark.parametrize("arguments", [("verify",), ("verify", "a", "b"), ("verify", "a", "--lang", "fr"), ("--nee",)])
def test_wrong_usage_exits_with_two(arguments: tuple[str, ...]) -> None:
    done = verdeelmodel(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_verify_names_the_changed_file_and_exits_with_one(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    assert verdeelmodel("verify", tmp_path / "run").returncode == 0
    (tmp_path / "run" / "saldi.csv").write_text("anders")
    done = verdeelmodel("verify", tmp_path / "run")
    assert done.returncode == 1
    assert "saldi.csv" in done.stdout
    document = json.loads(verdeelmodel("verify", tmp_path / "run", "--json").stdout)
    assert document == {"run": "run", "ok": False, "changed": ["saldi.csv"], "missing": [], "extra": []}


def test_a_wrong_request_is_one_message_without_a_traceback(tmp_path: Path) -> None:
    done = verdeelmodel("verify", tmp_path / "nergens")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Fout: ")
    assert verdeelmodel("verify", tmp_path / "nergens", "--lang", "en").stderr.startswith("Error: ")


def test_a_terminal_without_unicode_does_not_stop_the_command(tmp_path: Path) -> None:
    done = verdeelmodel("verify", tmp_path / "é€", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
