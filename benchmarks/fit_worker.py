"""One engine on one size in one process; prints a line of JSON. Called by `benchmarks.fit_engine`.

Times start with codes in memory and end with estimates and standard errors; libraries are imported, compiled and
warmed up on a few households before. Memory is the peak during the work above what the process held before it.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

from benchmarks import fit_data

warnings.filterwarnings("ignore")
STATUS = Path("/proc/self/status")


def memory(line: str) -> float:
    """Megabytes on a line of the process status, such as VmRSS or VmHWM."""
    for text in STATUS.read_text().splitlines():
        if text.startswith(line):
            return int(text.split()[1]) / 1024
    return 0.0


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def load(folder: Path) -> dict[str, np.ndarray]:
    return {name: np.load(folder / f"{name}.npy") for name in ("codes", "buurt", "outcome")}


def first(data: dict[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    every = max(1, data["codes"].shape[1] // count)
    return {name: np.ascontiguousarray(values[..., ::every]) for name, values in data.items()}


def own(data: dict[str, np.ndarray], threads: int, marks: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    from verdeelmodel.model import FitOptions, build_design, fit_logit

    columns, areas = fit_data.model_columns()
    values = {name: data["codes"][j] for j, (name, _) in fit_data.named()}
    for name, size in zip(fit_data.NAMES, fit_data.LEVELS, strict=True):
        if size == 2:
            values[name] = values[name].view(bool)
    design = build_design(
        columns, values, data["outcome"], areas=areas, buurt=data["buurt"], keep_order=False, threads=threads
    )
    marks["built"] = time.perf_counter()
    result = fit_logit(design, options=FitOptions(threads=threads))
    return result.estimate, result.se


def glum(kind: str, data: dict[str, np.ndarray], marks: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    import glum as library
    import tabmat
    from scipy import sparse

    codes, areas = data["codes"], np.asfortranarray(fit_data.area_matrix()[data["buurt"]])
    if kind == "sparse":
        rows, columns, start = [], [], 0
        for j, size in enumerate(fit_data.LEVELS):
            at = np.flatnonzero(codes[j]).astype(np.int32)
            rows.append(at)
            columns.append((start + codes[j][at] - 1).astype(np.int32))
            start += size - 1
        row, column = np.concatenate(rows), np.concatenate(columns)
        block = sparse.csc_matrix((np.ones(len(row)), (row, column)), shape=(codes.shape[1], start))
        parts = [tabmat.SparseMatrix(block)]
    else:
        parts = [
            tabmat.CategoricalMatrix(codes[j], categories=np.arange(size), drop_first=True)
            for j, size in enumerate(fit_data.LEVELS)
        ]
    matrix = tabmat.SplitMatrix([*parts, tabmat.DenseMatrix(areas)])
    outcome = data["outcome"].astype(float)
    marks["built"] = time.perf_counter()
    model = library.GeneralizedLinearRegressor(
        family="binomial", alpha=0, solver="irls-ls", gradient_tol=1e-8, copy_X=False, check_input=False
    )
    model.fit(matrix, outcome)
    marks["fitted"] = time.perf_counter()
    errors = model.std_errors(matrix, outcome, robust=False, expected_information=True, dispersion=1.0)
    count, parameters = codes.shape[1], matrix.shape[1] + 1
    return np.concatenate([[model.intercept_], model.coef_]), errors * np.sqrt((count - parameters) / count)


def statsmodels(data: dict[str, np.ndarray], marks: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    import statsmodels.api as sm

    codes = data["codes"]
    matrix = np.empty((codes.shape[1], 1 + int((fit_data.LEVELS - 1).sum()) + 8))
    matrix[:, 0] = 1.0
    place = 1
    for j, size in enumerate(fit_data.LEVELS):
        for level in range(1, size):
            matrix[:, place] = codes[j] == level
            place += 1
    matrix[:, place:] = fit_data.area_matrix()[data["buurt"]]
    marks["built"] = time.perf_counter()
    found = sm.Logit(data["outcome"].astype(float), matrix, check_rank=False).fit(
        disp=0, method="newton", tol=1e-10, maxiter=50
    )
    return found.params, found.bse


def work(engine: str, data: dict[str, np.ndarray], threads: int, marks: dict[str, float]):
    if engine == "verdeelmodel":
        return own(data, threads, marks)
    if engine == "statsmodels":
        return statsmodels(data, marks)
    return glum(engine.removeprefix("glum-"), data, marks)


def main(engine: str, folder: Path, threads: int) -> None:
    data = load(folder)
    work(engine, first(data, 50_000), threads, {})
    before, marks = memory("VmRSS"), {}
    reset_peak()
    start, cpu = time.perf_counter(), time.process_time()
    estimate, errors = work(engine, data, threads, marks)
    end = time.perf_counter()
    np.savez(folder / f"{engine}.npz", estimate=estimate, errors=errors)
    print(
        json.dumps(
            {
                "engine": engine,
                "households": int(data["codes"].shape[1]),
                "build": marks["built"] - start,
                "fit": marks.get("fitted", end) - marks["built"],
                "wall": end - start,
                "cpu": time.process_time() - cpu,
                "memory": memory("VmHWM") - before,
            }
        )
    )


def main_parquet(folder: Path, threads: int) -> None:
    """The whole job in a fresh process, imports included: from a Parquet file to coefficients."""
    from verdeelmodel.model import FitOptions, fit_logit, read_design

    columns, areas = fit_data.model_columns()
    start = time.perf_counter()
    design = read_design(
        folder / "households.parquet", columns, outcome="bijstand", areas=areas, buurt="buurt", threads=threads
    )
    read = time.perf_counter()
    result = fit_logit(design, options=FitOptions(threads=threads))
    times = {"read": read - start, "fit": time.perf_counter() - read, "cpu": time.process_time()}
    print(json.dumps({**times, "peak": memory("VmHWM"), "first": float(result.estimate[0])}))


def main_companions(folder: Path, threads: int) -> None:
    """Score tests of 40 candidate dummies and 200 bootstrap replicates beside the fit that they accompany."""
    from verdeelmodel.model import FitOptions, bootstrap, build_design, fit_logit, score_tests

    data = load(folder)
    columns, areas = fit_data.model_columns()
    values = {
        name: data["codes"][j].view(bool) if size == 2 else data["codes"][j] for j, (name, size) in fit_data.named()
    }
    given = {"areas": areas, "buurt": data["buurt"], "threads": threads}
    options = FitOptions(threads=threads)
    design = build_design(columns, values, data["outcome"], **given)
    candidates = [f"{p.key}" for p in design.parameters[-48:-8]]
    base = [p.key for p in design.parameters[1:] if p.key not in candidates]
    smaller = fit_logit(design, base, options)
    result = fit_logit(design, options=options)

    def timed(job) -> dict[str, float]:
        start, cpu = time.perf_counter(), time.process_time()
        job()
        return {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu}

    jobs = {
        "build": lambda: build_design(columns, values, data["outcome"], **given),
        "fit": lambda: fit_logit(design, options=options),
        "score": lambda: score_tests(design, smaller, candidates, threads),
        "household": lambda: bootstrap(design, result, 200, threads=threads),
        "buurt": lambda: bootstrap(design, result, 200, unit="buurt", threads=threads),
    }
    for name in ("score", "household", "buurt"):
        jobs[name]()
    measured = {name: timed(job) for name, job in jobs.items()}
    ratios = bootstrap(design, result, 200, threads=threads).se / result.se
    measured["ratio"] = {"low": float(ratios.min()), "middle": float(np.median(ratios)), "high": float(ratios.max())}
    print(json.dumps(measured))


if __name__ == "__main__":
    what, where, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if what == "parquet":
        main_parquet(where, count)
    elif what == "companions":
        main_companions(where, count)
    else:
        main(what, where, count)
