"""Full evidence for the shortlist on the whole country: `python -m benchmarks.assess FOLDER [--threads 4]`.

FOLDER is a synthetic country of scale 1 (`population make --scale 1 --out FOLDER`). The whole job runs in a process of
its own: reading, the base model, evidence, refits and budgets of every candidate, sets, verdicts. Beside it stands what
refits with statsmodels and glum take on one million of the same households (their matrix already built), extrapolated
in proportion to the country and the candidates: once with one refit per candidate, once with the five folds too.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
PEER_HOUSEHOLDS = 1_000_000
FOLDS = 5
CANDIDATE = "schulden_en_gezondheidsproblemen"


def shortlist(folder: Path, year: int, threads: int):
    from verdeelmodel.assess.country import Request
    from verdeelmodel.assess.study import computable_candidates, default_candidates
    from verdeelmodel.compare.from_population import computable
    from verdeelmodel.kenmerken import registry
    from verdeelmodel.model.options import FitOptions
    from verdeelmodel.model.spec import read_model
    from verdeelmodel.population import open_population

    population, spec = open_population(folder), read_model("2022")
    _, reasons = computable(population, list(default_candidates()))
    keys = tuple(k for k in default_candidates() if k not in spec.volume.kenmerken)
    request = Request(population, (year,), spec, keys, registry(), FitOptions(threads=threads))
    return computable_candidates(request, reasons)[0]


def own(options: argparse.Namespace) -> dict[str, float | str]:
    from verdeelmodel.assess.criteria import default_framework
    from verdeelmodel.assess.study import assess

    start, cpu = time.perf_counter(), time.process_time()
    found = assess(shortlist(options.folder, options.year, options.threads), default_framework())
    return {
        "households": found.households,
        "candidates": len(found.verdicts),
        "wall": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "said": str(found),
    }


def matrix(options: argparse.Namespace) -> tuple[np.ndarray, np.ndarray, int]:
    """A million households with the base model and one candidate, as a plain matrix; and the size of the country."""
    from verdeelmodel.model.maximising import thinned
    from verdeelmodel.model.national import BIJSTAND, Question, national_design

    request = replace(shortlist(options.folder, options.year, options.threads), candidates=(CANDIDATE,))
    keys = (*request.model.volume.kenmerken, CANDIDATE)
    question = Question(request.population, request.years, keys, request.model.rules_year, BIJSTAND, request.known)
    design = national_design(question, options.threads)
    sample = thinned(design, max(1, round(design.households / PEER_HOUSEHOLDS)))
    x = sample.dense(slice(0, sample.households), standardised=True)
    return x, sample.outcome.astype(float), design.households


def statsmodels(options: argparse.Namespace) -> dict[str, float]:
    import statsmodels.api as sm

    x, y, country = matrix(options)
    start, cpu = time.perf_counter(), time.process_time()
    sm.Logit(y, x, check_rank=False).fit(disp=0, method="newton", tol=1e-10)
    return measured(start, cpu, len(y), country)


def glum(options: argparse.Namespace) -> dict[str, float]:
    import glum as library
    import tabmat
    from scipy import sparse

    x, y, country = matrix(options)
    dummies = [j for j in range(1, x.shape[1]) if np.isin(x[:, j], (0.0, 1.0)).all()]
    others = [j for j in range(1, x.shape[1]) if j not in dummies]
    parts = [tabmat.SparseMatrix(sparse.csc_matrix(x[:, dummies])), tabmat.DenseMatrix(np.asfortranarray(x[:, others]))]
    design = tabmat.SplitMatrix(parts)
    start, cpu = time.perf_counter(), time.process_time()
    model = library.GeneralizedLinearRegressor(
        family="binomial", alpha=0, solver="irls-ls", gradient_tol=1e-8, copy_X=False, check_input=False
    )
    model.fit(design, y)
    model.std_errors(design, y, robust=False, expected_information=True, dispersion=1.0)
    return measured(start, cpu, len(y), country)


def measured(start: float, cpu: float, households: int, country: int) -> dict[str, float]:
    return {
        "wall": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "households": households,
        "country": country,
    }


PARTS = {"own": own, "statsmodels": statsmodels, "glum": glum}


def worker(part: str, options: argparse.Namespace) -> dict[str, float]:
    arguments = [part, str(options.folder), "--year", str(options.year), "--threads", str(options.threads)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.assess", *arguments], check=True, cwd=ROOT, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout.splitlines()[-1])


def compared(options: argparse.Namespace) -> None:
    found = worker("own", options)
    print(found["said"])
    print(
        f"verdeelmodel, {options.threads} threads: {found['households']:,} households, {found['candidates']} candidates"
    )
    print(f"  {found['wall']:.1f} s wall, {found['cpu']:.1f} s cpu, peak {found['peak']:.0f} MB", flush=True)
    for name in ("statsmodels", "glum"):
        one = worker(name, options)
        factor = one["country"] / one["households"] * found["candidates"]
        wall, cpu = one["wall"] * factor, one["cpu"] * factor
        print(f"{name}, one refit on {one['households']:,} households:")
        print(f"  {one['wall']:.1f} s wall, {one['cpu']:.1f} s cpu, peak {one['peak']:.0f} MB")
        print(
            f"  extrapolated, every candidate once: {wall / 60:.0f} minutes, {wall / found['wall']:.0f}x our whole job"
        )
        print(
            f"  in processor time {cpu / found['cpu']:.0f}x; with {FOLDS} folds {(1 + FOLDS) * wall / 60:.0f} minutes",
            flush=True,
        )


def main() -> None:
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--year", type=int, default=2020)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(PARTS[options.part](options)))
    else:
        compared(options)


if __name__ == "__main__":
    main()
