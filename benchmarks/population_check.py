"""How long `population check` takes on the country, and how much memory: `python benchmarks/population_check.py`.

Makes a folder with 8.1 million households with every declared column (random but valid), checks it in a process of
its own, and says whether it stayed under 15 seconds and 1 GB.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS = 8_100_000
SECONDS, BYTES = 15.0, 1_000_000_000
BLOCK = 100_000


def make(folder: Path, rows: int = ROWS) -> None:
    """A valid population of this many households over three municipalities, written in blocks."""
    from tests.population.examples import GEMEENTEN, META, area_tables, random_households
    from verdeelmodel.population import PopulationMeta, PopulationWriter

    meta = PopulationMeta(name="Meting", synthetic=True, division=META.division, years=(2020,))
    per_gemeente = rows // len(GEMEENTEN)
    areas = []
    with PopulationWriter(folder, meta) as writer:
        for gemeente in sorted(GEMEENTEN):
            start = 0
            buurten = gemeente * 10_000 + 1 + np.arange(per_gemeente) * 30 // per_gemeente
            while start < per_gemeente:
                stop = min(start + BLOCK, per_gemeente)
                block = random_households(stop - start, seed=gemeente + start, gemeenten=(gemeente,))
                block["buurt"] = buurten[start:stop].astype(np.int32)
                del block["household"]
                writer.households(2020, block)
                start = stop
            areas.append(np.column_stack((np.full(per_gemeente, gemeente), buurten)))
        whole = np.concatenate(areas)
        for name, frame in area_tables({2020: {"gemeente": whole[:, 0], "buurt": whole[:, 1]}}).items():
            writer.table(name, frame)


def measure(folder: Path) -> dict[str, float]:
    """Seconds and the most memory of one check, in this process."""
    from verdeelmodel.population import open_population
    from verdeelmodel.population.check import check_population

    start = time.perf_counter()
    check = check_population(open_population(folder))
    seconds = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "bytes": most, "rows": len(check.good_rows(2020)), "findings": len(check.findings)}


def main(rows: int = ROWS) -> int:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "country"
        make(folder, rows)
        size = sum(path.stat().st_size for path in folder.rglob("*.*"))
        done = subprocess.run(
            [sys.executable, __file__, "--measure", str(folder)], check=True, capture_output=True, text=True
        )
    found = json.loads(done.stdout)
    print(f"{found['rows']:,} households, {size / 1e6:,.0f} MB on disk, {found['findings']} findings")
    print(f"{found['seconds']:.1f} s (limit {SECONDS:.0f}), {found['bytes'] / 1e6:,.0f} MB at most (limit 1,000)")
    return int(found["seconds"] >= SECONDS or found["bytes"] >= BYTES)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
