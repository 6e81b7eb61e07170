"""Kenmerken from a Python file of the user: explicit, whole or not at all, never a traceback."""

import pytest

from tests.small_country import small_country
from verdeelmodel.errors import RequestError
from verdeelmodel.kenmerken import add_files, compute_gemeenten, registry
from verdeelmodel.kenmerken.registry import use

GOOD = '''
from verdeelmodel.kenmerken import kenmerk


@kenmerk(thema="Eigen", label="WW of Anw in huishouden")
def ww_of_anw(ww, anw):
    """At least one person with WW or Anw."""
    return ww | anw


@kenmerk(thema="Eigen", label="WW of Anw maal dichtheid", eenheid="gemeente", soort="getal")
def ww_of_anw_dicht(aandeel_ww_of_anw, oad):
    """Share times density."""
    return aandeel_ww_of_anw * oad
'''


@pytest.fixture(autouse=True)
def _own_registry():
    use(None)
    yield
    use(None)


def write(tmp_path, source, name="mijn.py"):
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    return path


def test_a_file_adds_kenmerken_that_work_as_the_built_in_ones(tmp_path):
    before = set(registry())
    add_files([write(tmp_path, GOOD)])
    assert set(registry()) - before == {"ww_of_anw", "ww_of_anw_dicht"}
    frame = compute_gemeenten(small_country(), ["ww_of_anw", "ww_of_anw_dicht"])
    assert frame.notna().all().all()
    assert not (tmp_path / "__pycache__").exists()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def kapot(:\n    pass\n", "regel 1"),
        ("x = 1\n\nraise ValueError('mis')\n", "regel 3"),
        ("import sys\nsys.exit(3)\n", "SystemExit"),
        ("import bestaat_niet\n", "ModuleNotFoundError"),
        ("x = 1\n", "geen enkel kenmerk"),
        (GOOD.replace("anw):", "anv):"), "anw"),
        (GOOD.replace('thema="Eigen", label="WW of Anw in huishouden"', 'thema="", label=""'), "thema"),
    ],
)
def test_a_wrong_file_is_a_clear_error_and_adds_nothing(tmp_path, source, message):
    before = set(registry())
    with pytest.raises(RequestError, match=message):
        add_files([write(tmp_path, source)])
    assert set(registry()) == before


def test_a_file_of_another_kind_or_absent_is_refused(tmp_path):
    with pytest.raises(RequestError, match="eindigt op"):
        add_files([write(tmp_path, "x", "kenmerken.txt")])
    with pytest.raises(RequestError, match="bestaat niet"):
        add_files([tmp_path / "weg.py"])


def test_an_installed_plug_in_is_found_by_its_entry_point(tmp_path, monkeypatch):
    from verdeelmodel.kenmerken import plugins

    write(tmp_path, GOOD, "plugin_van_een_ander.py")
    info = tmp_path / "ander-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ander\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[verdeelmodel.kenmerken]\nander = plugin_van_een_ander\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert [k.key for k in plugins.installed()] == ["ww_of_anw", "ww_of_anw_dicht"]


def test_a_plug_in_that_fails_is_named(tmp_path, monkeypatch):
    from verdeelmodel.kenmerken import plugins

    write(tmp_path, "1 / 0", "kapotte_plugin.py")
    info = tmp_path / "kapot-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kapot\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[verdeelmodel.kenmerken]\nkapotje = kapotte_plugin\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RequestError, match="kapotje"):
        plugins.installed()
