"""The command as a user meets it: help, exit codes, messages without tracebacks, and a fast start."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import verdeelmodel
from tests.record.examples import write_example
from verdeelmodel import __version__
from verdeelmodel.cli import selfchecks
from verdeelmodel.cli.main import VERBS

ROOT = Path(__file__).parents[2]


def test_help_shows_the_verbs_in_the_language_asked_for() -> None:
    assert "Opdrachten" in verdeelmodel("--help").stdout
    assert "Commands" in verdeelmodel("--help", VERDEELMODEL_LANG="en").stdout


def test_version() -> None:
    assert verdeelmodel("--version").stdout == f"verdeelmodel {__version__}\n"


def test_an_unknown_verb_is_a_usage_error_with_a_suggestion() -> None:
    done = verdeelmodel("verfy")
    assert done.returncode == 2
    assert "Bedoelt u verify?" in done.stderr


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


HEAVY = ("numpy", "pandas", "scipy", "pyarrow", "numba", "statsmodels", "linearmodels", "sklearn", "matplotlib", "rich")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['verdeelmodel', '--help']\nfrom verdeelmodel.cli.main import main\n"
        "try: main()\nfinally: print('imported', *sorted(m for m in sys.modules if '.' not in m))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    imported = set(done.stdout.splitlines()[-1].split())
    assert "verdeelmodel" in imported
    assert imported.isdisjoint(HEAVY)


def test_a_verb_is_imported_without_heavy_libraries() -> None:
    names = ", ".join(f"verdeelmodel.cli.{verb}" for verb in VERBS)
    code = f"import sys, {names}; print(*sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert set(done.stdout.split()).isdisjoint(set(HEAVY) - {"rich"})


def test_completion_knows_verbs_and_options() -> None:
    asked = {"_VERDEELMODEL_COMPLETE": "complete_bash"}
    verbs = verdeelmodel(COMP_WORDS="verdeelmodel ver", COMP_CWORD="1", **asked)
    assert verbs.stdout.split() == ["verify"]
    options = verdeelmodel(COMP_WORDS="verdeelmodel verify --q", COMP_CWORD="2", **asked)
    assert options.stdout.split() == ["--quiet"]


def test_a_reader_that_stops_early_is_no_error() -> None:
    command = f"{sys.executable} -m verdeelmodel params list | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S602
    assert done.stderr == ""


@pytest.mark.parametrize("debug", ["0", "1"])
def test_an_unexpected_error_is_one_line_unless_asked_for_more(debug: str) -> None:
    code = "import verdeelmodel.cli.main as m\ndef broken(): raise TypeError('kapot')\nm.build = broken\nm.main()"
    environment = {**os.environ, "VERDEELMODEL_DEBUG": debug}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 1
    assert "kapot" in done.stderr
    assert ("Traceback" in done.stderr) == (debug == "1")


def test_an_interrupt_ends_without_a_traceback(tmp_path: Path) -> None:
    code = (
        "import verdeelmodel.cli.selftest as s, verdeelmodel.cli.main as m, sys\n"
        "def interrupted(): raise KeyboardInterrupt\n"
        "s.CHECKS = (('law', interrupted),)\nsys.argv = ['verdeelmodel', 'selftest']\nm.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode not in (0, 2)
    assert "Traceback" not in done.stderr


def test_a_failing_check_of_the_installation_is_told_and_exits_with_one() -> None:
    code = (
        "import verdeelmodel.cli.selftest as s, verdeelmodel.cli.main as m, sys\n"
        "def broken(): raise ImportError('geen DLL')\n"
        "s.CHECKS = (('law', broken),)\nsys.argv = ['verdeelmodel', 'selftest']\nm.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "geen DLL" in done.stdout


def test_library_versions_are_compared_as_numbers() -> None:
    assert selfchecks._requirement_problem("numpy>=1.9") is None
    assert selfchecks._requirement_problem("numpy>=999.0") is not None
    assert selfchecks._requirement_problem("bestaatniet>=1") is not None


def test_where_nobody_can_write_a_kernel_is_compiled_without_being_kept() -> None:
    code = (
        "import numba.core.caching as caching\ncaching.CacheImpl._locator_classes = []\n"
        "from verdeelmodel.model.compiling import compiled\ndef double(x): return 2 * x\nprint(compiled(double)(21))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout == "42\n", done.stderr


def test_a_folder_that_is_taken_is_refused_before_any_work(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    before = (tmp_path / "run" / "record.json").read_bytes()
    done = verdeelmodel("params", "list", "--out", tmp_path / "run")
    assert (done.returncode, done.stdout) == (1, "")
    assert "bestaat al" in done.stderr
    assert (tmp_path / "run" / "record.json").read_bytes() == before
    assert verdeelmodel("params", "list", "--out", tmp_path / "run", "--force").returncode == 0
    assert (tmp_path / "run" / "record.json").read_bytes() != before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no request to end that a program can answer")
@pytest.mark.parametrize("request_to_end", [signal.SIGTERM, signal.SIGINT])
def test_a_request_to_end_leaves_nothing_behind(tmp_path: Path, request_to_end: signal.Signals) -> None:
    code = (
        "import os, sys, verdeelmodel.record.run as record, verdeelmodel.cli.main as m\n"
        f"record.Run.table = lambda self, table: os.kill(os.getpid(), {int(request_to_end)})\n"
        "sys.argv = ['verdeelmodel', 'params', 'list', '--out', 'uit']\nm.main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 128 + request_to_end
    assert "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir() if not p.name.endswith(".lock")] == []
