"""Model files: published models, refinements of them, and what is wrong with a file."""

from pathlib import Path

import pytest

from verdeelmodel import law
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.model.spec import fail_if_unknown_kenmerken, published_model, read_model


def written(tmp_path: Path, source: str, name: str = "mijn_model.yaml") -> Path:
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    return path


@pytest.mark.parametrize("year", law.model_years())
def test_every_published_model_holds_the_weights_of_the_law(year):
    model = read_model(str(year))
    assert model.official == year
    for part, weights in ((model.volume, law.volume_weights(year)), (model.price, law.price_weights(year))):
        assert part.weights() == {row.kenmerk: row.value for row in weights.rows}
        assert part.constant == (weights.constant.value if weights.constant else None)


def test_a_refinement_says_only_what_differs(tmp_path):
    path = written(
        tmp_path,
        """
        name: Stapeling in plaats van losse gezondheid
        extends: 2022
        drop: [combo_hci_low_x_health_problems]
        add:
          - schulden_en_gezondheid
          - {kenmerk: verdacht_en_gezondheid, label: Verdachte en gezondheidsproblemen in hh}
        set: {hci_low: 1.0, constant: -5}
        """,
    )
    model, base = read_model(path), published_model(2022)
    assert model.name == "Stapeling in plaats van losse gezondheid"
    assert model.lineage == (base.name,)
    assert set(base.volume.kenmerken) - set(model.volume.kenmerken) == {"combo_hci_low_x_health_problems"}
    assert model.volume.kenmerken[-2:] == ("schulden_en_gezondheid", "verdacht_en_gezondheid")
    assert model.volume.terms[-1].label == "Verdachte en gezondheidsproblemen in hh"
    assert model.volume.constant == -5
    assert model.price == base.price
    with pytest.raises(RequestError, match="schulden_en_gezondheid, verdacht_en_gezondheid"):
        model.volume.weights()


def test_a_reference_category_changes_places(tmp_path):
    base = published_model(2022)
    block = next(b for b, k in base.volume.references.items() if k == "age_18_to_20")
    model = read_model(written(tmp_path, f"extends: 2022\nreference: {{{block}: age_50_to_aow}}"))
    assert model.volume.references[block] == "age_50_to_aow"
    assert "age_50_to_aow" not in model.volume.kenmerken
    assert "age_18_to_20" in model.volume.kenmerken


def test_files_extend_files(tmp_path):
    written(tmp_path, "extends: 2022\ndrop: [hci_low]", "een.yaml")
    model = read_model(written(tmp_path, "extends: een.yaml\nprice: {drop: [hci_low]}", "twee.yaml"))
    assert "hci_low" not in model.kenmerken
    assert model.lineage == ("een", published_model(2022).name)


def test_a_circle_of_files_is_refused(tmp_path):
    written(tmp_path, "extends: twee.yaml", "een.yaml")
    with pytest.raises(DataError, match=r"twee\.yaml -> een\.yaml -> twee\.yaml"):
        read_model(written(tmp_path, "extends: een.yaml", "twee.yaml"))


def test_every_problem_of_a_file_is_reported_together(tmp_path):
    path = written(
        tmp_path,
        """
        extends: 2022
        rules: 2021
        ad: [x]
        drop: [hci_lo]
        add: [hci_low, 3]
        set: {studnt: 1, hci_low: veel}
        reference: {leeftijden: age_20_to_25}
        price: {dorp: []}
        """,
    )
    with pytest.raises(DataError) as caught:
        read_model(path)
    message = str(caught.value)
    assert len(caught.value.problems) == 9
    for expected in ("hci_low", "bedoelt u student?", "bedoelt u drop?", "bedoelt u add?", "veel", "2021"):
        assert expected in message, expected


@pytest.mark.parametrize("source", ["", "- a\n- b", "extends: 2022\nextends: 2024"])
def test_what_is_not_a_model_is_refused(tmp_path, source):
    with pytest.raises(DataError, match="mijn_model"):
        read_model(written(tmp_path, source))


def test_a_year_without_published_weights_names_the_years_that_have():
    with pytest.raises(RequestError, match="2019, 2020, 2022, 2024, 2026"):
        read_model("2021")


def test_unknown_kenmerken_are_named_with_the_closest():
    with pytest.raises(RequestError, match=r"hci_low.*bestaat niet"):
        fail_if_unknown_kenmerken(published_model(2022), [k for k in published_model(2022).kenmerken if k != "hci_low"])


@pytest.mark.parametrize(("wanted", "found"), [(">=99.1", "99.1"), ("nieuw", "nieuw")])
def test_a_file_for_a_newer_version_says_so(tmp_path, wanted, found):
    with pytest.raises(DataError, match=found):
        read_model(written(tmp_path, f"extends: 2022\nrequires: '{wanted}'"))


def test_a_file_for_this_version_is_read(tmp_path):
    assert read_model(written(tmp_path, "extends: 2022\nrequires: '>=0.1'")).rules_year == 2022
