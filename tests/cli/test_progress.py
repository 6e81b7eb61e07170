"""A progress bar appears on a terminal once the work takes long, and nowhere else."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORK = """
import sys, time
import verdeelmodel.cli.frame as frame
frame.PATIENCE = 0.2
with frame.Output(quiet=sys.argv[2] == "quiet").progress("Rekenen aan gemeenten", total=10) as advance:
    for _ in range(10):
        time.sleep(float(sys.argv[1]))
        advance(1)
print("klaar")
"""


def on_a_terminal(pause: str, voice: str) -> tuple[str, str]:
    """What the work writes to standard output, and what it writes to a terminal as standard error."""
    terminal, end = pty.openpty()
    command = [sys.executable, "-c", WORK, pause, voice]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=end,
        text=True,
        cwd=ROOT,
        check=True,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(end)
    os.set_blocking(terminal, False)
    try:
        shown = os.read(terminal, 100_000).decode()
    except (BlockingIOError, OSError):
        shown = ""
    os.close(terminal)
    return done.stdout, shown


def test_long_work_shows_a_bar_on_the_terminal_only() -> None:
    output, shown = on_a_terminal("0.06", "loud")
    assert output == "klaar\n"
    assert "Rekenen aan gemeenten" in shown


@pytest.mark.parametrize(("pause", "voice"), [("0.0", "loud"), ("0.06", "quiet")])
def test_short_or_quiet_work_shows_nothing(pause: str, voice: str) -> None:
    assert on_a_terminal(pause, voice) == ("klaar\n", "")
