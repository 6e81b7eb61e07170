"""Running the command as a user does, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


def python(*arguments: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python with the package of this source, without a terminal."""
    root = str(Path(__file__).parents[2])
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": root, "PYTHONIOENCODING": "utf-8", **environment},
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )


def verdeelmodel(*arguments: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command with these arguments."""
    return python("-m", "verdeelmodel", *arguments, cwd=cwd, **environment)
