"""What the tests of faults share: input files, commands in a process of their own, and what a folder holds."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from fuzz.targets import BASE
from verdeelmodel.population.convert import convert_population

ROOT = Path(__file__).parents[2]
CONVERT = ("population", "convert", "invoer/mapping.yaml", "--out", "uit")
ALLOCATE = (
    "allocate",
    "--inputs",
    "gemeenten.csv",
    "--rules",
    "2026",
    "--macrobudget",
    "700000000",
    "--quiet",
    "--out",
    "uit",
)
GEMEENTEN = """gm_code,inhabitants,objective,cost,households_start,households_end,homeless_cost,lks,youth
GM0363,930000,520000000,505000000,420000,424000,6000000,30000000,21000
GM0014,238000,140000000,150000000,118000,119500,1500000,9000000,7000
"""


def workplace(folder):
    """A folder with input for both commands, and a population."""
    shutil.copytree(BASE, folder / "invoer")
    convert_population(folder / "invoer/mapping.yaml", folder / "pop")
    (folder / "gemeenten.csv").write_text(GEMEENTEN, encoding="utf-8")
    return folder


def command(*words, cwd, before="pass", **environment):
    """The command in a process of its own, after some Python that sets the stage.

    Without bytecode: a disk that is full halfway leaves Python itself with half a module.
    """
    code = f"import sys\n{before}\nsys.argv[0] = 'verdeelmodel'\nfrom verdeelmodel.cli.main import main\nmain()"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        cwd=cwd,
        env={
            **kept,
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


def contents(folder):
    """Every file below a folder with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def fail_if_untold(done, *words):
    """A failed command: exit code 1, one message in words, no traceback and nothing unexpected."""
    told = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 1, told
    assert told.startswith("Fout: "), told
    assert "Traceback" not in told
    assert "Onverwacht" not in told
    assert all(word in told for word in words), told
