"""How long the command takes to start, beside starting Python with numpy: `python benchmarks/startup.py`."""

import statistics
import subprocess
import sys
import time

RUNS = 10
LIMIT = 0.3
COMMANDS = {
    "verdeelmodel --help": [sys.executable, "-m", "verdeelmodel", "--help"],
    "verdeelmodel --version": [sys.executable, "-m", "verdeelmodel", "--version"],
    'python -c "import numpy"': [sys.executable, "-c", "import numpy"],
    'python -c "pass"': [sys.executable, "-c", "pass"],
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def medians(runs: int = RUNS) -> dict[str, float]:
    """The median wall time per command; the commands take turns, so that a busy moment does not hit one of them."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    return {name: statistics.median(measured) for name, measured in times.items()}


if __name__ == "__main__":
    found = medians()
    for name, median in found.items():
        print(f"{name:28} {median * 1000:6.0f} ms")
    sys.exit(found["verdeelmodel --help"] >= LIMIT)
