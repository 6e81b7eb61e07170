"""YAML from outside is plain and unambiguous, or an error with its line; nothing is evaluated."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verdeelmodel import documents
from verdeelmodel.documents import parse_yaml, read_yaml
from verdeelmodel.errors import DataError


def test_a_plain_document_is_read_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("\ufeffnaam: Súdwest\r\nadd: [a, {b: 1_000}]\r\n".encode())
    assert read_yaml(tmp_path / "a.yaml") == {"naam": "Súdwest", "add": ["a", {"b": 1000}]}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a: 1\nb: 2\na: 3\n", "regel 3, kolom 1"),
        ("a: {b: 1, b: 2}\n", "duplicate key 'b'"),
        ("a: &x [1]\nb: *x\n", "alias"),
        ("a: !!python/object/apply:os.system ['touch gehackt']\n", "regel 1"),
        ("a: !eigen 1\n", "regel 1"),
        ("a: [1, 2\n", "regel"),
        ("a: b: c\n", "regel 1"),
        ("{[1]: 2}", "regel 1"),
        ("a: \x00", "special characters"),
        ("[" * 5000, ""),
    ],
)
def test_what_is_not_plain_is_refused_with_its_place(source: str, found: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_yaml(source, "model.yaml")
    assert "model.yaml" in str(caught.value)
    assert found in str(caught.value)


def test_an_absent_file_a_folder_other_encodings_and_large_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"naam: S\xfadwest")
    (tmp_path / "groot.yaml").write_text("a: 1234567890\n")
    monkeypatch.setattr(documents, "LARGEST", 5)
    for name in ("geen.yaml", ".", "groot.yaml"):
        with pytest.raises(DataError):
            read_yaml(tmp_path / name)
    monkeypatch.setattr(documents, "LARGEST", 100)
    with pytest.raises(DataError, match="UTF-8"):
        read_yaml(tmp_path / "latin.yaml")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>%@\"'#,?\n\t 019.\\~<="), max_size=60))
def test_any_text_is_read_or_refused(source: str) -> None:
    with contextlib.suppress(DataError):
        parse_yaml(source, "x.yaml")
