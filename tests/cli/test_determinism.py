"""Same inputs and options give the same bytes, whatever the number of threads, and however often."""

from pathlib import Path

import pytest

from tests.cli.running import verdeelmodel
from verdeelmodel.record import verify

VERBS = [("selftest",), ("allocate",), ("fit", "--years", "2020"), pytest.param(("demo",), marks=pytest.mark.slow)]
THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: " ".join(verb))
def test_the_number_of_threads_changes_no_byte(verb: tuple[str, ...], tmp_path: Path) -> None:
    for name, count in (("een", 1), ("twee", 2), ("vier", 4), ("weer", 4)):
        threads = dict.fromkeys(THREADS, str(count))
        done = verdeelmodel(*verb, "--out", tmp_path / name, "--quiet", **threads)
        assert done.returncode == 0, done.stderr
    first = contents(tmp_path / "een")
    assert len(first) > 1
    for name in ("twee", "vier", "weer"):
        assert contents(tmp_path / name) == first
        assert verify(tmp_path / name).ok
