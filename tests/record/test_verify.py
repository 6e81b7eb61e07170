"""After any change in a run folder, verification names the file."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.record.examples import write_example
from verdeelmodel.errors import RunError
from verdeelmodel.record import read_run, verify
from verdeelmodel.record.run import record_bytes


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify") / "run"
    write_example(folder)
    return folder


def test_an_untouched_run_verifies(run: Path) -> None:
    found = verify(run)
    assert found.ok
    assert found.to_frame().empty


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_is_found_in_the_file_where_it_is(run: Path, data: st.DataObject) -> None:
    files = sorted(p for p in run.rglob("*") if p.is_file())
    path = data.draw(st.sampled_from(files))
    original = path.read_bytes()
    at = data.draw(st.integers(0, len(original) - 1))
    changed = bytearray(original)
    changed[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(changed))
    try:
        found = verify(run)
    finally:
        path.write_bytes(original)
    assert found.changed == (path.relative_to(run).as_posix(),)
    assert not found.ok
    assert verify(run).ok


def test_missing_and_added_files_are_named(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    (tmp_path / "run" / "saldi.csv").unlink()
    (tmp_path / "run" / "evidence" / "meer.json").write_text("{}")
    (tmp_path / "run" / "koppeling").symlink_to(tmp_path)
    found = verify(tmp_path / "run")
    assert found.missing == ("saldi.csv",)
    assert found.extra == ("evidence/meer.json", "koppeling")
    with pytest.raises(RunError, match=r"saldi\.csv"):
        read_run(tmp_path / "run")


def test_a_file_replaced_by_a_link_to_the_same_content_is_a_change(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    (tmp_path / "run" / "fit.json").rename(tmp_path / "elders.json")
    (tmp_path / "run" / "fit.json").symlink_to(tmp_path / "elders.json")
    assert verify(tmp_path / "run").changed == ("fit.json",)


def test_a_record_that_points_outside_the_folder_is_damaged(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    record = json.loads((tmp_path / "run" / "record.json").read_bytes())["hashed"]
    record["outputs"]["../../etc/passwd"] = "0" * 64
    (tmp_path / "run" / "record.json").write_bytes(record_bytes(record))
    assert verify(tmp_path / "run").changed == ("record.json",)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"hashed": 3}', b"\xff\xfe", b"[" * 100_000, b'{"hashed": {}}']
)
def test_a_damaged_record_is_named_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    write_example(tmp_path / "run")
    (tmp_path / "run" / "record.json").write_bytes(content)
    assert verify(tmp_path / "run").changed == ("record.json",)


def test_a_folder_without_a_record_is_not_a_run(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"record\.json"):
        verify(tmp_path)
    with pytest.raises(RunError, match="bestaat niet"):
        verify(tmp_path / "nergens")
