"""How long the synthetic country takes, and how much memory: `python benchmarks/synthetic.py [all]`.

Each population is made in a process of its own. Beside it stands the floor: writing a table of random numbers of the
same shape and types with pyarrow alone. With `all` the four years at scale 1 are measured too.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CASES = {
    "een twintigste, vier jaren": (0.05, (2017, 2018, 2019, 2020), 20.0, 1_500),
    "heel het land, een jaar": (1.0, (2020,), 90.0, 1_500),
    "heel het land, vier jaren": (1.0, (2017, 2018, 2019, 2020), 360.0, 1_500),
}
WORKERS = 4
GROUP = 131_072


def make(folder: Path, scale: float, years: tuple[int, ...]) -> dict[str, float]:
    from verdeelmodel.population import open_population
    from verdeelmodel.synthetic import SyntheticOptions, make_population

    start = time.perf_counter()
    make_population(folder, SyntheticOptions(scale=scale, years=years), workers=WORKERS)
    seconds = time.perf_counter() - start
    made = open_population(folder)
    return {"seconds": seconds, "rows": float(sum(made.count(year) for year in years)), **used()}


def floor(folder: Path, scale: float, years: tuple[int, ...]) -> dict[str, float]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from verdeelmodel.population import table_schema

    types = {name: column.dtype for name, column in table_schema("households").columns.items()}
    rows = round(8_100_000 * scale)
    stream = np.random.default_rng(1)
    start = time.perf_counter()
    for year in years:
        fields = pa.schema([(name, pa.from_numpy_dtype(kind)) for name, kind in types.items()])
        with pq.ParquetWriter(folder / f"{year}.parquet", fields, compression="zstd") as writer:
            for first in range(0, rows, GROUP):
                n = min(GROUP, rows - first)
                arrays = [pa.array(drawn(stream, kind, n)) for kind in types.values()]
                writer.write_table(pa.Table.from_arrays(arrays, schema=fields))
    return {"seconds": time.perf_counter() - start, "rows": float(rows * len(years)), **used()}


def drawn(stream: np.random.Generator, kind: np.dtype, n: int) -> np.ndarray:
    if kind == np.bool_:
        return stream.random(n, dtype=np.float32) < 0.1
    if kind.kind == "f":
        return stream.random(n, dtype=np.float32)
    return stream.integers(0, min(100, np.iinfo(kind).max), n).astype(kind)


def used() -> dict[str, float]:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"bytes": most * 1024.0, "cpu": sum(s.ru_utime + s.ru_stime for s in spent)}


def apart(what: str, scale: float, years: tuple[int, ...]) -> dict[str, float]:
    """The same in a fresh process, so that memory is that of the one task."""
    command = [sys.executable, __file__, what, str(scale), ",".join(map(str, years))]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=here)
    return dict(json.loads(done.stdout))


def main(everything: bool) -> int:
    failed = 0
    print(f"{'':28}{'seconds':>9}{'floor':>8}{'cpu':>8}{'rows/s':>12}{'MB':>7}")
    for name, (scale, years, limit, room) in CASES.items():
        if scale * len(years) > 1 and not everything:
            continue
        made, least = apart("make", scale, years), apart("floor", scale, years)
        rate, megabytes = made["rows"] / made["seconds"], made["bytes"] / 1e6
        line = f"{made['seconds']:9.1f}{least['seconds']:8.1f}{made['cpu']:8.1f}{rate:12,.0f}{megabytes:7.0f}"
        ok = made["seconds"] < limit and megabytes < room
        failed += not ok
        print(f"{name:28}{line}  {'ok' if ok else f'over {limit:.0f} s or {room} MB'}")
    return int(failed > 0)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        with tempfile.TemporaryDirectory() as temporary:
            given = float(sys.argv[2]), tuple(int(year) for year in sys.argv[3].split(","))
            task = make if sys.argv[1] == "make" else floor
            target = Path(temporary) / "land" if sys.argv[1] == "make" else Path(temporary)
            print(json.dumps(task(target, *given)))
    else:
        sys.exit(main("all" in sys.argv[1:]))
