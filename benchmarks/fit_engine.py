"""The national estimate beside its peers: `python -m benchmarks.fit_engine PART [--households N …] [--rounds R]`.

PART is one of `peers` (in-memory codes to estimates and standard errors, engines taking turns), `parquet` (a fresh
process from a file), `cold` (the first fit after an installation, compiling included), `companions` (score tests and
bootstraps beside a fit) and `scaling` (time and memory by number of households, with a plot). Data are made once and
kept in `--data`. Ratios are taken within rounds; a busy machine shows in the spread, and less in processor seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import fit_data

ROOT = Path(__file__).parents[1]
ENGINES = ("verdeelmodel", "glum-sparse", "glum-categorical", "statsmodels")
#: statsmodels needs some 19 GB for the country; it takes part up to this number of households.
MOST_FOR_STATSMODELS = 1_000_000
SIZES = [100_000, 1_000_000, 8_100_000]
SCALING = [100_000, 330_000, 1_000_000, 3_300_000, 8_100_000, 16_200_000, 32_400_000]


def prepared(data: Path, households: int) -> Path:
    folder = data / f"n{households}"
    fit_data.write(folder, households)
    return folder


def worker(*arguments: str, environment: dict[str, str] | None = None) -> dict[str, float]:
    """Run one measurement in a process of its own; the wall time of the whole process comes with it."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fit_worker", *arguments],
        check=True,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        # Threads that wait by spinning would hurt the peers most on a machine that others use too.
        env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", **(environment or {})},
    )
    return {**json.loads(done.stdout.splitlines()[-1]), "process": time.perf_counter() - start}


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    numbers = [key for key, value in rounds[0].items() if isinstance(value, int | float)]
    return {key: statistics.median(one[key] for one in rounds) for key in numbers}


def peers(options: argparse.Namespace) -> None:
    for households in options.households or SIZES:
        folder = prepared(options.data, households)
        engines = [e for e in options.engines if e != "statsmodels" or households <= MOST_FOR_STATSMODELS]
        rounds: dict[str, list[dict[str, float]]] = {engine: [] for engine in engines}
        for _ in range(options.rounds):
            for engine in engines:
                rounds[engine].append(worker(engine, str(folder), str(options.threads)))
        print_peers(folder, households, rounds)


def print_peers(folder: Path, households: int, rounds: dict[str, list[dict[str, float]]]) -> None:
    middle = {engine: medians(each) for engine, each in rounds.items()}
    print(f"\n{households:,} households, medians of {len(next(iter(rounds.values())))} rounds (wall: least-most)")
    heads = f"{'engine':18}{'build':>9}{'fit':>9}{'wall':>9}{'':17}{'cpu':>9}"
    print(f"{heads}{'memory MB':>11}{'estimate':>11}{'errors':>10}")
    with np.load(folder / "verdeelmodel.npz") as file:
        own = {name: file[name] for name in file}
    for engine, one in middle.items():
        with np.load(folder / f"{engine}.npz") as file:
            apart = float(np.abs(file["estimate"] - own["estimate"]).max())
            errors = float(np.abs(file["errors"] / own["errors"] - 1).max())
        walls = [each["wall"] for each in rounds[engine]]
        spread = f" ({min(walls):.2f}-{max(walls):.2f})"
        print(
            f"{engine:18}{one['build']:9.2f}{one['fit']:9.2f}{one['wall']:9.2f}{spread:17}{one['cpu']:9.2f}"
            f"{one['memory']:11.0f}{apart:11.1e}{errors:10.1e}"
        )
    for engine, each in rounds.items():
        if engine != "verdeelmodel":
            print(f"  {engine} / verdeelmodel: {ratios(rounds['verdeelmodel'], each)}")


def ratios(own: list[dict[str, float]], other: list[dict[str, float]]) -> str:
    """Medians over the rounds of the ratios within each round."""

    def middle(of: Callable[[dict[str, float]], float], to: str) -> float:
        return statistics.median(of(b) / max(a[to], 1e-9) for a, b in zip(own, other, strict=True))

    wall, cpu = middle(lambda one: one["wall"], "wall"), middle(lambda one: one["cpu"], "cpu")
    fit, memory = middle(lambda one: one["fit"], "wall"), middle(lambda one: one["memory"], "memory")
    whole = f"whole job {wall:.1f}x wall, {cpu:.1f}x cpu"
    return f"{whole}; its fit alone {fit:.1f}x our whole job; memory {memory:.1f}x"


def parquet(options: argparse.Namespace) -> None:
    for households in options.households or [8_100_000]:
        folder = prepared(options.data, households)
        worker("parquet", str(prepared(options.data, 100_000)), str(options.threads))
        rounds = [worker("parquet", str(folder), str(options.threads)) for _ in range(options.rounds)]
        print(f"{households:,} households from Parquet in a fresh process: {described(medians(rounds))}")


def described(one: dict[str, float]) -> str:
    return (
        f"process {one['process']:.2f} s (read and pack {one['read']:.2f}, fit {one['fit']:.2f}), "
        f"cpu {one['cpu']:.2f} s, peak memory {one['peak']:.0f} MB"
    )


def cold(options: argparse.Namespace) -> None:
    folder = prepared(options.data, 100_000)
    rounds = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as cache:
            environment = {"NUMBA_CACHE_DIR": cache}
            rounds.append(worker("parquet", str(folder), str(options.threads), environment=environment))
    print(f"100,000 households, nothing compiled before: {described(medians(rounds))}")
    warm = [worker("parquet", str(folder), str(options.threads)) for _ in range(options.rounds)]
    print(f"100,000 households, compiled before: {described(medians(warm))}")


def companions(options: argparse.Namespace) -> None:
    for households in options.households or SIZES[1:]:
        folder = prepared(options.data, households)
        rounds = [worker("companions", str(folder), str(options.threads)) for _ in range(options.rounds)]
        print(f"\n{households:,} households, medians of {options.rounds} rounds")
        for name in ("build", "fit", "score", "household", "buurt"):
            wall, cpu = (statistics.median(one[name][kind] for one in rounds) for kind in ("wall", "cpu"))
            to_fit = statistics.median(one[name]["wall"] / one["fit"]["wall"] for one in rounds)
            by_cpu = statistics.median(one[name]["cpu"] / one["fit"]["cpu"] for one in rounds)
            print(
                f"{name:12} wall {wall:7.3f} s  cpu {cpu:7.3f} s  beside a fit: {to_fit:.2f}x wall, {by_cpu:.2f}x cpu"
            )
        print("bootstrap by household, standard deviation / standard error:", rounds[-1]["ratio"])


def scaling(options: argparse.Namespace) -> None:
    points = []
    for households in options.households or SCALING:
        folder = prepared(options.data, households)
        rounds = [worker("parquet", str(folder), str(options.threads)) for _ in range(options.rounds)]
        points.append({"households": households, **medians(rounds)})
        print(f"{households:>12,}: {described(points[-1])}", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "fit_scaling.json").write_text(json.dumps(points, indent=1))
    plot(points, options.out / "fit_scaling.png")


def plot(points: list[dict[str, float]], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    millions = [one["households"] / 1e6 for one in points]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    left.plot(millions, [one["cpu"] for one in points], "o-", label="processor seconds, whole process")
    left.plot(millions, [one["process"] for one in points], "o-", label="wall seconds, whole process")
    left.plot(millions, [one["fit"] for one in points], "o-", label="wall seconds, fit with standard errors")
    right.plot(millions, [one["peak"] for one in points], "o-", color="tab:red", label="peak memory, MB")
    for axis in (left, right):
        axis.set_xlabel("million households")
        axis.set_ylim(bottom=0)
        axis.legend(frameon=False)
    figure.savefig(path, dpi=110)


PARTS = {"peers": peers, "parquet": parquet, "cold": cold, "companions": companions, "scaling": scaling}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--households", type=int, nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--engines", nargs="*", default=ENGINES, choices=ENGINES)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "verdeelmodel-benchmark")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    options = parser.parse_args()
    PARTS[options.part](options)


if __name__ == "__main__":
    main()
