"""Paths and names as Windows has them: nothing leaves its folder, and whatever is written can be unpacked there."""

from pathlib import PureWindowsPath

import pytest

from tests.hardening.faults import ALLOCATE, CONVERT, command, contents, fail_if_untold, workplace
from verdeelmodel.record.run import is_output_name
from verdeelmodel.report.assess_page import page_name

# One of each kind of path or name that means something else on Windows.
ODD = {
    "backslashes": "..\\..\\weg",
    "mixed": "..\\../weg\\x",
    "a drive": "C:\\weg\\x",
    "a drive without a folder": "C:weg",
    "a share": "\\\\server\\map\\weg",
    "a device path": "\\\\?\\C:\\weg",
    "a device": "CON",
    "a device with an ending": "nul.txt",
    "a port": "COM1.csv",
    "a stream": "weg.csv:verborgen",
    "a dot at the end": "weg.",
    "a space at the end": "weg ",
    "signs that no file has": 'weg<>|"?*',
}


@pytest.fixture
def place(tmp_path):
    (tmp_path / "binnen").mkdir()
    return workplace(tmp_path / "binnen/werk")


def fail_if_windows_cannot(name):
    """Every part of a relative path must be a name that Windows can have."""
    for part in name.split("/"):
        assert not PureWindowsPath(part).is_reserved(), name
        assert not part.endswith((" ", ".")), name
        assert not set(part) & set('<>:"|?*\\'), name
        assert all(ord(sign) >= 32 for sign in part), name
        assert len(part) < 200, name


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_no_run_writes_a_file_that_windows_cannot_have(odd):
    assert not is_output_name(odd)
    assert not is_output_name(f"map/{odd}")
    assert not is_output_name(f"{odd}/tabel.csv")


@pytest.mark.parametrize("key", ["con", "nul", "aux", "com1", "lpt9", "index", "gewoon"])
def test_a_page_is_never_called_after_a_device_or_after_the_overview(key):
    assert is_output_name(page_name(key))
    assert page_name(key) != "index.html"
    fail_if_windows_cannot(page_name(key))


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_output_folder_stays_where_it_is_asked(place, odd):
    before = contents(place.parent)
    done = command(*ALLOCATE[:-1], odd, cwd=place)
    if done.returncode:
        fail_if_untold(done)
    made = {name for name in contents(place.parent.parent) if name.removeprefix("binnen/") not in before}
    assert all(name.startswith("binnen/werk/") for name in made)
    for record in place.rglob("record.json"):
        for name in contents(record.parent):
            fail_if_windows_cannot(name)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_file_that_a_mapping_names_is_refused_in_words(place, odd):
    mapping = place / "invoer/mapping.yaml"
    told = mapping.read_text(encoding="utf-8").replace("gemeenten: gemeenten.csv", f"gemeenten: '{odd}'")
    mapping.write_text(told, encoding="utf-8")
    before = contents(place)
    fail_if_untold(command(*CONVERT, cwd=place))
    assert contents(place) == before


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_names_of_outputs_and_gemeenten_are_never_paths(place, odd):
    assert command(*ALLOCATE, cwd=place).returncode == 0
    before = contents(place)
    fail_if_untold(command("release", "uit", "--out", "export", "--without", odd, cwd=place))
    fail_if_untold(command("explain", odd, "--population", "pop", "--out", "dossier", cwd=place))
    fail_if_untold(command("scenario", "run", odd, "--population", "pop", "--out", "dossier", cwd=place))
    fail_if_untold(command("fit", "--table", odd, "--outcome", "y", "--kenmerken", "x", "--out", "fit", cwd=place))
    assert contents(place) == before


def test_an_export_can_be_unpacked_on_windows(place):
    assert command(*ALLOCATE, cwd=place).returncode == 0
    done = command("release", "uit", "--out", "export", "--override", "budgets", "--reason", "proef", cwd=place)
    assert done.returncode == 0, done.stderr
    names = contents(place / "export")
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        fail_if_windows_cannot(name)
