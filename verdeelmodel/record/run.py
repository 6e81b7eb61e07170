"""Writing a run: a folder of results bound together by the hashes in its record."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from verdeelmodel.errors import RunError
from verdeelmodel.record.provenance import recorded_inputs, recorded_options, versions
from verdeelmodel.record.tables import csv_bytes, evidence_bytes, parquet_bytes, reasons_bytes
from verdeelmodel.record.whole import whole_folder
from verdeelmodel.table import Table
from verdeelmodel.wording import text

RECORD = "record.json"
EVIDENCE = "evidence"
FORMAT = 1
# Names of devices on Windows, whatever comes after a dot: no file can have them there.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10))})
_NAME = re.compile(r"[^\W_][\w.'() -]*(/[^\W_][\w.'() -]*)*")


@dataclass
class Run:
    """A run that is being written; everything given to it is in the folder and in the record, or nothing is."""

    folder: Path
    synthetic: bool
    outputs: dict[str, str] = field(default_factory=dict)

    def table(self, table: Table) -> None:
        """Write KEY.csv and KEY.parquet, and what stands behind the cells to evidence/KEY.json."""
        self.synthetic = self.synthetic or table.synthetic
        marked = replace(table, synthetic=self.synthetic)
        self.bytes(f"{table.key}.csv", csv_bytes(marked))
        self.bytes(f"{table.key}.parquet", parquet_bytes(marked))
        reasons, evidence = reasons_bytes(marked), evidence_bytes(marked)
        if reasons is not None:
            self.bytes(f"{table.key}.not_applicable.csv", reasons)
        if evidence is not None:
            self.bytes(f"{EVIDENCE}/{table.key}.json", evidence)

    def json(self, name: str, value: Any) -> None:
        """Write plain values as JSON, readable and with sorted keys."""
        self.text(name, json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False) + "\n")

    def text(self, name: str, content: str) -> None:
        """Write text as UTF-8 with plain line ends."""
        self.bytes(name, content.encode("utf-8"))

    def bytes(self, name: str, content: bytes) -> None:
        """Write a file of the run; the name may have folders, and is used once."""
        if not is_output_name(name) or name == RECORD or name in self.outputs:
            raise ValueError(f"not a new file name inside a run: {name!r}")
        path = self.folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise RunError(text("record.unwritable", name=name, reason=error.strerror or str(error))) from error
        self.outputs[name] = hashlib.sha256(content).hexdigest()


def is_output_name(name: str) -> bool:
    """Whether this is a relative name that stays inside the folder on every system, and is a name on every system."""
    parts = name.split("/")
    devices = any(part.split(".")[0].strip().casefold() in DEVICES for part in parts)
    return _NAME.fullmatch(name) is not None and not devices and not any(part.endswith((" ", ".")) for part in parts)


@contextmanager
def new_run(
    out: Path,
    *,
    verb: str,
    options: Mapping[str, Any],
    inputs: Mapping[str, Path | None],
    seed: int | None = None,
    synthetic: bool = False,
    force: bool = False,
) -> Iterator[Run]:
    """A run to write to; it appears as the folder `out`, with its record, when the block ends without an exception.

    Same code, inputs, options and seed give the same bytes. An existing run is refused without `force`; a block that
    fails, or a process that is killed, leaves no run.
    """
    with whole_folder(out, force) as folder:
        told = {
            "verb": verb,
            "versions": versions(),
            "options": recorded_options(options),
            "inputs": recorded_inputs(inputs),
            "seed": seed,
        }
        run = Run(folder, synthetic)
        yield run
        hashed = {**told, "synthetic": run.synthetic, "outputs": run.outputs}
        (folder / RECORD).write_bytes(record_bytes(hashed))


def record_bytes(hashed: Mapping[str, Any]) -> bytes:
    """The whole record: the hashed part and the one hash over it, always laid out in the same way."""
    record = {"format": FORMAT, "hash": record_hash(hashed), "hashed": hashed}
    return (json.dumps(record, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False) + "\n").encode("utf-8")


def record_hash(hashed: Mapping[str, Any]) -> str:
    """The sha256 over the hashed part in canonical form."""
    canonical = json.dumps(hashed, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()
