"""Full or closed disks, files that vanish, clocks that jump, odd locales: nothing lost, nothing half-written."""

import errno
import os
from pathlib import Path

import pytest

from tests.hardening.faults import ALLOCATE, CONVERT, command, contents, fail_if_untold, workplace
from tests.record.examples import write_example
from verdeelmodel.disclosure.profile import default_profile
from verdeelmodel.errors import DataError, RunError
from verdeelmodel.population import open_population
from verdeelmodel.record import new_run, read_run
from verdeelmodel.record.release import Choices, release

# A limit of the system on the size of a file: a write that passes byte n fails, in Python and in libraries alike.
LIMITED = (
    "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"
)


@pytest.fixture
def place(tmp_path):
    return workplace(tmp_path)


@pytest.mark.parametrize("words", [CONVERT, ALLOCATE], ids=["convert", "allocate"])
@pytest.mark.parametrize("room", [0, 100, 1500])
def test_no_room_on_the_disk_after_so_many_bytes(place, words, room):
    before = contents(place)
    fail_if_untold(command(*words, cwd=place, before=LIMITED.format(room)), "kan niet worden geschreven")
    assert contents(place) == before
    assert not [p for p in place.iterdir() if p.name.startswith(".")]


def test_a_full_disk_while_a_run_is_replaced_leaves_the_run(place):
    assert command(*ALLOCATE, cwd=place).returncode == 0
    before = contents(place)
    fail_if_untold(command(*ALLOCATE, "--force", cwd=place, before=LIMITED.format(300)))
    assert contents(place) == before


@pytest.mark.parametrize("which", range(1, 8))
def test_whichever_write_meets_a_full_disk_nothing_stays(tmp_path, monkeypatch, which):
    """The nth write brings half of its bytes to the disk and then finds no room."""
    write_example(tmp_path / "bron")
    written = Path.write_bytes
    count = 0

    def no_room(self, content):
        nonlocal count
        count += 1
        if count == which:
            written(self, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(self, content)

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(RunError, match="No space left"):
        write_example(tmp_path / "run")
    count = 0
    overrides = {"saldi": "proef", "fit.json": "proef", "gemeenten/GM0014.html": "proef"}
    with pytest.raises(RunError, match="No space left"):
        release(read_run(tmp_path / "bron"), tmp_path / "export", default_profile(), Choices(override=overrides))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bron"]


def test_a_disk_that_is_full_when_everything_is_brought_to_it(tmp_path, monkeypatch):
    def no_room(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    write_example(tmp_path / "run", seed=1)
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(RunError):
        write_example(tmp_path / "run", seed=2, force=True)
    monkeypatch.undo()
    assert read_run(tmp_path / "run").record["seed"] == 1
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("words", [CONVERT, ALLOCATE], ids=["convert", "allocate"])
def test_a_folder_where_nobody_may_write(place, words):
    """The kernel's own folder of processes: closed to everybody, whoever runs the tests."""
    fail_if_untold(command(*words[:-1], "/proc/uit", cwd=place), "uit")


@pytest.mark.parametrize("words", [CONVERT, ALLOCATE], ids=["convert", "allocate"])
def test_a_read_only_disk(place, words):
    stage = (
        "import os\ndef closed(*a, **k): raise OSError(30, 'Read-only file system', str(a[0]))\n"
        "opened = os.open\nos.mkdir = closed\n"
        "os.open = lambda p, f, *a, **k: closed(p) if f & os.O_CREAT else opened(p, f, *a, **k)"
    )
    before = contents(place)
    fail_if_untold(command(*words, cwd=place, before=stage), "Read-only")
    assert contents(place) == before


def test_an_output_below_a_file(place):
    fail_if_untold(command(*ALLOCATE[:-1], "gemeenten.csv/uit", cwd=place), "uit")


VANISHING = """
import pathlib, os
known = pathlib.Path.is_file
def is_file(self):
    there = known(self)
    if there and self.name in {names!r}: os.unlink(self)
    return there
pathlib.Path.is_file = is_file
"""


@pytest.mark.parametrize("name", ["huishoudens.csv", "gemeenten.csv"])
def test_a_file_that_vanishes_just_after_it_was_seen(place, name):
    fail_if_untold(command(*CONVERT, cwd=place, before=VANISHING.format(names=(name,))), name)
    assert not (place / "uit").exists()


def test_a_table_that_vanishes_just_after_it_was_seen(place):
    fail_if_untold(command(*ALLOCATE, cwd=place, before=VANISHING.format(names=("gemeenten.csv",))), "gemeenten.csv")


@pytest.mark.parametrize("name", ["households/2020.parquet", "buurten.parquet"])
def test_a_population_that_vanishes_while_it_is_read(place, name):
    """What was opened is read to its end or refused in words; it is never half of what it was."""
    population = open_population(place / "pop")
    files = population.files()
    (place / "pop" / name).unlink()
    try:
        assert len(population.households(2020, ["gemeente"])["gemeente"]) == 4
        population.buurten(2020)
    except DataError as error:
        assert Path(name).stem in str(error)  # noqa: PT017
    with pytest.raises(DataError), new_run(place / "run", verb="fit", options={}, inputs=files):
        pass
    assert not (place / "run").exists()


def test_a_run_that_vanishes_after_it_was_verified(tmp_path):
    write_example(tmp_path / "run")
    run = read_run(tmp_path / "run")
    (tmp_path / "run/saldi.parquet").unlink()
    with pytest.raises(RunError, match="saldi"):
        release(run, tmp_path / "export", default_profile(), Choices())
    assert not (tmp_path / "export").exists()


CLOCKS = {
    "backwards": "lambda n=iter(range(10**7)): 1e9 - 1000.0 * next(n)",
    "forwards": "lambda n=iter(range(10**7)): 4e9 + 1e6 * next(n)",
    "zero": "lambda: 0.0",
}


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS)
def test_a_clock_that_jumps_changes_nothing(place, clock):
    assert command(*ALLOCATE, cwd=place).returncode == 0
    for path in place.rglob("*.csv"):
        os.utime(path, (4e9, 4e9))
    stage = f"import time\ntime.time = {clock}\ntime.monotonic = {clock}\ntime.perf_counter = {clock}"
    done = command(*ALLOCATE[:-1], "later", cwd=place, before=stage)
    assert done.returncode == 0, done.stderr
    assert contents(place / "later") == contents(place / "uit")


@pytest.mark.parametrize("locale", ["C", "POSIX", "nl_NL.ISO-8859-1"])
def test_a_locale_without_utf8_changes_nothing(place, locale):
    """Names with letters that the locale does not have are read and written as they are."""
    named = place / "invoer/gemeenten.csv"
    named.write_text(named.read_text(encoding="utf-8").replace("Vlissingen", "Súdwest-Fryslân €"), encoding="utf-8")
    assert command(*CONVERT, cwd=place).returncode == 0
    odd = {"LC_ALL": locale, "LANG": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    done = command(*CONVERT[:-1], "elders", cwd=place, **odd)
    assert done.returncode == 0, done.stderr
    assert contents(place / "elders") == contents(place / "uit")
    for words in (ALLOCATE, ("verify", "uit"), ("population", "info", "--population", "pop"), ("kenmerken", "list")):
        done = command(*words[:-1], "run" if words is ALLOCATE else words[-1], cwd=place, **odd)
        assert b"Traceback" not in done.stderr, words
        assert b"Onverwacht" not in done.stderr, words


def test_one_core_gives_the_same_bytes(place):
    assert command(*ALLOCATE, cwd=place).returncode == 0
    alone = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"
    done = command(*ALLOCATE[:-1], "alleen", cwd=place, before=alone)
    assert done.returncode == 0, done.stderr
    assert contents(place / "alleen") == contents(place / "uit")
