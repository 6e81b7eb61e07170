"""The campaign: every target under atheris until it has met the wanted number of inputs.

    python -m fuzz.campaign --runs 200000 --out FOLDER [TARGET ...]

FOLDER/campaign.json holds, per target, the inputs, what was refused, the slowest input, processes that died, and the
findings; FOLDER/TARGET/findings the input behind each. Needs `pip install atheris` (Linux, Python 3.11 or later).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from fuzz.targets import ROOT, TARGETS

PART = 25_000
MOST_DEATHS = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    parser.add_argument("--runs", type=int, default=200_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for name in asked.targets:
        told = campaign(name, asked.runs, asked.seed, asked.out.resolve() / name)
        merged = {**_read(asked.out / "campaign.json"), name: told}
        (asked.out / "campaign.json").write_text(json.dumps(merged, indent=2, sort_keys=True), encoding="utf-8")
        print(name, json.dumps(told), flush=True)


def campaign(name: str, runs: int, seed: int, folder: Path) -> dict[str, Any]:
    """One target, in processes that each take a part; a process that dies is counted and its input kept."""
    total: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    slowest = 0.0
    deaths = 0
    while total["runs"] < runs and deaths < MOST_DEATHS:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "progress.json").unlink(missing_ok=True)
        part = min(PART, runs - total["runs"])
        command = [sys.executable, "-m", "fuzz.worker", name, str(part), str(seed), str(folder)]
        with (folder / "log.txt").open("ab") as log:
            done = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False)
        told = _read(folder / "progress.json")
        total.update({key: told.get(key, 0) for key in ("runs", "refused")})
        findings.update(told.get("findings", {}))
        slowest = max(slowest, told.get("slowest", 0.0))
        deaths += done.returncode != 0
        seed += 1
    kept = sorted(path.name for path in folder.glob("*-*") if path.is_file())
    return {**total, "slowest": slowest, "deaths": deaths, "kept": kept, "findings": dict(findings)}


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


if __name__ == "__main__":
    main()
