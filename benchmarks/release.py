"""What `release` costs beside the run it judges: `python benchmarks/release.py [POPULATION]` (8.1 million households).

Times `fit` with --out and then `release` of that run, each in a process of its own; asked is less than 10% more.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def timed(*words: str) -> float:
    root = str(Path(__file__).parents[1])
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "verdeelmodel", *words, "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": root},
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return time.perf_counter() - start


def main(population: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        run, export = str(Path(place) / "run"), str(Path(place) / "export")
        for name, words in (("fit", ("fit", "--years", "2020")), ("allocate", ("allocate",))):
            computed = timed(*words, *population, "--out", run)
            released = timed("release", run, "--out", export)
            print(
                f"{name}: {computed:.1f} s, release {released:.1f} s more: {100 * released / computed:.1f}% (asked 10%)"
            )
            for folder in (run, export):
                shutil.rmtree(folder)


if __name__ == "__main__":
    main(["--population", sys.argv[1]] if len(sys.argv) > 1 else [])
