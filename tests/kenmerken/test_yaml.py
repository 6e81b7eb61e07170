"""Kenmerken without code: what each operation means, and that hostile or wrong definitions are refused clearly."""

import sys
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_country import small_country
from verdeelmodel.errors import RequestError, VerdeelmodelError
from verdeelmodel.kenmerken import add_files, compute_buurten, compute_gemeenten, compute_households, registry
from verdeelmodel.kenmerken.declare import formula
from verdeelmodel.kenmerken.formulas import FIELDS, OPERATIONS, read_formulas
from verdeelmodel.kenmerken.registry import use

YEAR = 2019


@pytest.fixture(autouse=True)
def _own_registry():
    use(None)
    yield
    use(None)


def write(tmp_path, source, name="mijn.yaml"):
    path = tmp_path / name
    path.write_text(dedent(source), encoding="utf-8")
    return path


def entry(operation, unit="huishouden", key="proef"):
    """A file with one kenmerk."""
    return f"{key}:\n  label: Proef\n  thema: Eigen\n  eenheid: {unit}\n  {operation}\n"


def household(tmp_path, operation):
    """The values of a household kenmerk and the raw columns."""
    add_files([write(tmp_path, entry(operation))])
    chunks = list(compute_households(small_country(), YEAR, ["proef"], 2022))
    return np.concatenate([c["proef"] for c in chunks]), small_country().households(YEAR)


def test_the_example_of_the_documentation(tmp_path):
    source = """
        alleenstaande_man_50plus:
          label: Alleenstaande man van 50 tot AOW
          thema: Overige demografische kenmerken
          eenheid: huishouden
          theorie: Kleine netwerken, weinig vacatures voor deze groep.
          verwacht_teken: "+"
          beinvloedbaar: nee
          vastgelegd_door: Werkgroep verdeelmodel
          vastgelegd_op: "2024-03-01"
          all_of: [household_single, {equals: {of: sex_1, value: man}}, age_50_to_aow]
    """
    add_files([write(tmp_path, source)])
    declared = registry()["alleenstaande_man_50plus"]
    assert (declared.vastgelegd_door, declared.vastgelegd_op) == ("Werkgroep verdeelmodel", "2024-03-01")
    assert (declared.beinvloedbaar, declared.verwacht_teken, declared.herkomst) == ("nee", "+", "mijn.yaml")
    assert formula(declared) == "all_of(household_single, (sex_1 = man), age_50_to_aow)"
    raw = small_country().households(YEAR)
    expected = (raw["household_type"] == 0) & (raw["sex_1"] == 1) & (raw["age_1"] >= 50) & (raw["age_1"] <= 66)
    [chunk] = compute_households(small_country(), YEAR, ["alleenstaande_man_50plus"], rows=10**6)
    assert np.array_equal(chunk["alleenstaande_man_50plus"], expected)


def test_any_of_and_not(tmp_path):
    values, raw = household(tmp_path, "any_of: [ww, {not: anw}]")
    assert np.array_equal(values, raw["ww"] | ~raw["anw"])


def test_in_band_leaves_out_what_is_not_there(tmp_path):
    values, raw = household(tmp_path, "in_band: {of: rent, below: 500}")
    assert np.array_equal(values, (raw["rent"] >= 0) & (raw["rent"] < 500))
    assert (raw["rent"] == -1).any()


def test_in_band_of_any_adult(tmp_path):
    values, raw = household(tmp_path, "in_band: {of: [age_1, age_2, age_3], from: 30, below: 40}")
    assert np.array_equal(values, np.any([(raw[f"age_{i}"] >= 30) & (raw[f"age_{i}"] < 40) for i in (1, 2, 3)], axis=0))


def test_equals_takes_keys_of_the_codebook_numbers_and_several_columns(tmp_path):
    values, raw = household(tmp_path, "equals: {of: [origin_1, origin_2, origin_3], value: [turks, marokkaans, 16]}")
    assert np.array_equal(values, np.isin([raw[f"origin_{i}"] for i in (1, 2, 3)], [1, 4, 16]).any(axis=0))


def test_product_and_ratio_of_a_household(tmp_path):
    values, raw = household(tmp_path, "product: [ww, persons, 0.5]")
    assert np.allclose(values, raw["ww"] * raw["persons"] * 0.5)
    use(None)
    values, raw = household(tmp_path, "ratio: {of: working, by: labour_force}")
    force = raw["labour_force"]
    assert np.isnan(values[force == 0]).all()
    assert np.allclose(values[force > 0], (raw["working"] / np.maximum(force, 1))[force > 0])


def test_share_and_ratio_of_a_gemeente(tmp_path):
    add_files([
        write(tmp_path, entry("share: hci_low", "gemeente", "laag")),
        write(tmp_path, entry("ratio: {of: som_ww, by: {product: [labour_force, 2]}}", "gemeente", "per_lid"), "b.yml"),
    ])  # fmt: skip
    frame = compute_gemeenten(small_country(), ["laag", "hci_low", "per_lid", "som_ww", "labour_force"], [YEAR])
    assert np.array_equal(frame["laag"], frame["hci_low"])
    assert np.allclose(frame["per_lid"], frame["som_ww"] / frame["labour_force"] / 2)
    assert registry()["laag"].soort == "aandeel"


def test_mean_over_years_uses_only_those_years(tmp_path):
    add_files(
        [write(tmp_path, entry("mean_over_years: {of: oad, years: [2018, 2020, 2031]}", "gemeente", "dichtheid"))]
    )
    frame = compute_gemeenten(small_country(), ["dichtheid"], [2017])
    areas = small_country().table("gemeenten")
    expected = areas[areas["year"].isin([2018, 2020])].groupby("gemeente")["oad"].mean()
    assert np.allclose(frame["dichtheid"], expected)
    assert frame.attrs["years"]["dichtheid"] == (2018, 2020)


def test_lookup_by_gemeente_with_official_codes_and_decimal_commas(tmp_path):
    (tmp_path / "eigen.csv").write_text("gemeente;waarde\nGM0014;1,5\n363;2\nGM0599;\n", encoding="utf-8")
    add_files([write(tmp_path, entry("lookup: {file: eigen.csv, key: gemeente, column: waarde}", "gemeente"))])
    values = compute_gemeenten(small_country(), ["proef"], [YEAR])["proef"]
    assert values.loc[14] == 1.5
    assert values.loc[363] == 2
    assert values.loc[[80, 344, 599, 1680]].isna().all()


def test_lookup_by_buurt_and_year_inside_another_operation(tmp_path):
    (tmp_path / "eigen.csv").write_text("buurt,jaar,score\nBU00140000,2019,3\nBU00140000,2018,4\n", encoding="utf-8")
    operation = "product: [{lookup: {file: eigen.csv, key: buurt, column: score, year: jaar}}, 10]"
    add_files([write(tmp_path, entry(operation, "buurt"))])
    assert compute_buurten(small_country(), ["proef"], 2019)["proef"].loc[140000] == 30
    assert compute_buurten(small_country(), ["proef"], 2018)["proef"].loc[140000] == 40


WRONG = [
    ("all_of: [ww, {any_off: [anw]}]", "any_of"),
    ("all_of: []", "lijst van 1"),
    ("all_of: ww", "lijst van 1"),
    ("all_of: [ww, 3]", "geen naam en geen bewerking"),
    ("all_of: [ww, null]", "geen naam en geen bewerking"),
    ("all_of: [persons, ww]", "geen ja of nee"),
    ("in_band: {of: age_1}", "ondergrens"),
    ("in_band: {of: age_1, from: jong}", "ondergrens"),
    ("in_band: {of: age_1, from: .nan}", "ondergrens"),
    ("in_band: {of: age_1, tot: 3}", "goede velden"),
    ("equals: {of: household_type, value: alleenstand}", "alleenstaande"),
    ("equals: {of: household_type}", "goede velden"),
    ("product: [.inf, ww]", "geen naam en geen bewerking"),
    ("product: [ww]\n  ratio: {of: ww, by: ww}", "precies één"),
    ("theorie: geen bewerking", "precies één"),
    ("share: [ww]", "één kenmerk"),
    ("share: ww", "aandeel_ww"),
    ("lookup: {file: weg.csv, key: gemeente, column: a}", "map van deze beschrijving"),
    ("lookup: {file: /etc/passwd, key: gemeente, column: a}", "map van deze beschrijving"),
    ("lookup: {file: ../../../etc/passwd, key: gemeente, column: a}", "map van deze beschrijving"),
    ("lookup: {file: x.csv, key: land, column: a}", "gemeente, wijk, buurt"),
    ("mean_over_years: {of: oad}", "lijst van jaren"),
    ("mean_over_years: {of: ww, years: [2019]}", "gemiddelde over jaren"),
    ("all_of: [ww]\n  verwacht_teken: plus", "plus"),
    ("all_of: [ww]\n  noemer: 3", "moet tekst zijn"),
    ("all_of: [ww]\n  labell: x", "label"),
    ("all_of: [ww]\n  noemer: bestaat_niet", "bestaat_niet"),
    ("all_of: [age_50_to_awo]", "age_50_to_aow"),
    ("all_of: [proef]", "proef → proef"),
    ("all_of: [oad]", "hoort bij een gemeente"),
]


@pytest.mark.parametrize(("operation", "message"), WRONG)
def test_a_wrong_definition_is_a_clear_error_and_adds_nothing(tmp_path, operation, message):
    before = set(registry())
    with pytest.raises(RequestError) as caught:
        household(tmp_path, operation)
    assert message in str(caught.value)
    if message != "geen ja of nee":  # only seen when it is computed
        assert set(registry()) == before


HOSTILE = [
    "a: !!python/object/apply:os.system ['touch {mark}']\n",
    "a: !!python/name:os.system\n",
    "a: &x [1]\nb: *x\n",
    "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
    "proef: {label: a, label: b, thema: c, all_of: [ww]}\n",
    "proef:\n  <<: {label: x}\n  all_of: [ww]\n",
    "- een lijst\n",
    "alleen tekst",
    "",
    "proef: [1, 2]\n",
    '\'__import__("os").system("touch {mark}")\':\n  label: x\n  thema: y\n  all_of: [ww]\n',
    entry('all_of: [\'__import__("os").system("touch {mark}")\']'),
    entry("product: ['ww * 2']"),
    entry("all_of: [" * 400 + "ww" + "]" * 400),
    entry("not: " + "{not: " * 60 + "ww" + "}" * 60),
    "a: " + "{a: " * 5000 + "1" + "}" * 5000,
    "\x00\x01",
    "{}: x",
    "? [a, b]\n: c\n",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_yaml_is_refused_and_nothing_happens(tmp_path, source):
    mark = tmp_path / "geraakt"
    modules = set(sys.modules)
    path = tmp_path / "boos.yaml"
    path.write_text(source.replace("{mark}", str(mark)), encoding="utf-8")
    with pytest.raises(VerdeelmodelError):
        add_files([path])
    assert not mark.exists()
    assert "antigravity" not in set(sys.modules) - modules


def test_a_bomb_of_many_kenmerken_or_parts_is_refused(tmp_path):
    with pytest.raises(RequestError, match="hoogstens"):
        add_files([write(tmp_path, "".join(entry("all_of: [ww]", key=f"k{i:04d}") for i in range(501)))])
    with pytest.raises(RequestError, match="lijst van 1"):
        add_files([write(tmp_path, entry(f"all_of: [{', '.join(['ww'] * 101)}]"))])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gemeente,waarde\nGM0014,1\nGM0014,2\n", "regel 3"),
        ("gemeente,waarde\nGMxx,1\n", "regel 2"),
        ("gemeente,waarde\nGM0014,nan\n", "geen getal"),
        ("gemeente,waarde\nGM0014,1e999\n", "geen getal"),
        ("gemeente,ward\nGM0014,1\n", "waarde"),
        ("", "leeg"),
    ],
)
def test_a_wrong_csv_names_its_lines(tmp_path, source, message):
    (tmp_path / "eigen.csv").write_text(source, encoding="utf-8")
    with pytest.raises(VerdeelmodelError) as caught:
        add_files([write(tmp_path, entry("lookup: {file: eigen.csv, key: gemeente, column: waarde}", "gemeente"))])
    assert message in str(caught.value)


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.sampled_from(["ww", "oad", "x y", ""])
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FIELDS, "of", "by", "from", "below", "value", "years"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(entries=st.dictionaries(st.sampled_from(["een", "twee", "Fout", "ww"]), trees, max_size=3))
def test_whatever_the_shape_the_answer_is_kenmerken_or_a_clear_error(tmp_path_factory, entries):
    import yaml

    path = tmp_path_factory.mktemp("vorm") / "vorm.yaml"
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    try:
        found = read_formulas(path)
    except VerdeelmodelError:
        return
    assert {k.key for k in found} == set(entries)


def test_every_operation_is_tried_above():
    tried = " ".join(operation for operation, _ in WRONG)
    assert all(name in tried or name in ("any_of", "not") for name in OPERATIONS)
