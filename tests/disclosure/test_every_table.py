"""Every table of every verb tells what stands behind its figures, or declares why no household does."""

from dataclasses import replace

import pytest
import typer

from verdeelmodel.cli.main import VERBS, build
from verdeelmodel.disclosure.gate import judge
from verdeelmodel.disclosure.profile import default_profile
from verdeelmodel.record import read_run
from verdeelmodel.synthetic import default_population
from verdeelmodel.table import Column, Evidence, Table

PROFILE = default_profile()
# What each verb is asked, with the options that make more tables; LAND is the population, an earlier run is its name.
# A verb that is not here fails; None: it writes no run of tables, or only of the synthetic country.
ASKED = {
    "demo": None,
    "release": None,
    "verify": None,
    "params": {"params": "params list", "params_one": "params show vangnet", "unsure": "params list --uncertain"},
    "selftest": {"selftest": "selftest"},
    "population": {
        "check": "population check --population LAND",
        "info": "population info --columns --population LAND",
    },
    "kenmerken": {
        "kenmerken": "kenmerken list",
        "kenmerk": "kenmerken show problematische_schulden --population LAND",
        "gemeenten": "kenmerken compute schulden_en_gezondheidsproblemen regional_customer_potential --population LAND",
        "buurten": "kenmerken compute schulden_en_gezondheidsproblemen --eenheid buurt --population LAND",
    },
    "fit": {
        "fit": "fit --population LAND --bootstrap 2 --ceiling",
        "years": "fit --population LAND --years 2019,2020 --per-year --folds 2 --separation drop",
    },
    "allocate": {
        "allocate": "allocate --population LAND",
        "again": "allocate --population LAND --calibrate 0.06 --compare allocate",
    },
    "select": {"select": "select --population LAND --number 5 --interviews 2,1"},
    "compare": {
        "compare": "compare --population LAND --match urbanity --permutations 99 --draws 99"
        + "".join(f" --kenmerk {key}" for key in ("urbanity", "problematic_debt", "highly_educated", "age_40_to_50")),
    },
    "assess": {
        "assess": "assess diabetes_in_huishouden --population LAND --years 2020",
        "other": "assess jeugdzorg_in_huishouden --population LAND --years 2020",
        "assess_diff": "assess --diff assess other",
    },
    "scenario": {
        "scenario": "scenario run macrobudget_plus_5 --population LAND --gemeente GM0014",
        "estimated": "scenario run herschat_2022 --population LAND --intervals 5 --stability",
        "merged": "scenario run herindeling_eemsdelta --population LAND --intervals 0",
        "diff": "scenario diff scenario estimated --gemeente GM0014",
        "bridge": "scenario bridge GM0014 --population LAND",
        "sweep": "scenario sweep drempel_50000 --over rules.threshold_high=40000:60000:10000 --population LAND",
    },
    "explain": {"explain": "explain GM0014 --population LAND"},
    "profile": {"profile": "profile --gemeente GM0014 --population LAND"},
    "reintegration": {
        "outcomes": "reintegration outcomes --population LAND",
        "services": "reintegration services --population LAND --firth",
    },
    "report": {"report": "report --population LAND --gemeente GM0014", "report_run": "report select"},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the population: the country that comes with the toolkit has a table of everything."""
    folder = tmp_path_factory.mktemp("tabellen")
    (folder / "LAND").symlink_to(default_population().folder, target_is_directory=True)
    return folder


def run(words, monkeypatch, folder):
    """The command in this process."""
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(build())(words, prog_name="verdeelmodel")
    assert not ended.value.code


def untold(table):
    """The columns of a table of which something is not told, whoever it is about."""
    findings = judge(replace(table, synthetic=False), PROFILE).findings
    return sorted({f.column for f in findings if f.rule == "evidence"})


def test_every_verb_is_asked():
    assert set(ASKED) == set(VERBS)


@pytest.mark.slow
@pytest.mark.parametrize("verb", [verb for verb, asked in ASKED.items() if asked])
def test_every_figure_has_evidence_or_a_declared_reason_why_not(place, verb, monkeypatch, capsys):
    if verb == "report" and not (place / "select").exists():
        run([*ASKED["select"]["select"].split(), "--out", "select"], monkeypatch, place)
    missing, seen = {}, 0
    for name, words in ASKED[verb].items():
        run([*words.split(), "--quiet", "--out", name], monkeypatch, place)
        for table in read_run(place / name).tables():
            seen += len(table) > 0
            if columns := untold(table):
                missing[f"{name}/{table.key}"] = columns
        capsys.readouterr()
    assert seen
    assert missing == {}


def test_a_table_of_which_nothing_is_told_is_seen():
    columns = (Column("name", "Naam"), Column("value", "Waarde", "count"))
    bare = Table("t", "T", columns, {"name": ["a"], "value": [40]})
    assert untold(bare) == ["value"]
    assert untold(bare.behind([Evidence(count=40)])) == []
    assert untold(bare.behind([Evidence()])) == ["value"]
    assert untold(bare.public("law")) == []
    words = bare.with_columns(["name"])
    assert untold(words) == ["name"]
    assert untold(words.public("names")) == []
