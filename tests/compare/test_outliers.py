"""Outliers by hand, by scikit-learn, and as often as chance says."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.covariance import MinCovDet

from tests.compare.examples import groups_of, random_table, table_of
from verdeelmodel.compare.outliers import (
    WAYS,
    chance_of_outlier,
    chosen_rows,
    mahalanobis,
    mahalanobis_table,
    outliers,
    outliers_overview,
    outliers_table,
)
from verdeelmodel.compare.sample import standardise
from verdeelmodel.errors import RequestError

GROUPS = groups_of()


def calm(tekort: float, member: float = 0.0) -> list[float]:
    compared = [member, *np.linspace(-1, 1, 29)]
    return [tekort, *[0.0] * 29, *compared]


def test_the_published_rule() -> None:
    values = calm(0.0)
    compared = np.array(values[30:])
    limit = compared.mean() + 2 * compared.std(ddof=1)
    for tekort, expected in ((limit + 1e-6, 1), (limit - 1e-6, 0)):
        found = outliers(standardise(table_of({"k": calm(tekort)}), GROUPS))
        assert (found.plain[:30] > 2).sum() == expected


def test_a_member_hides_itself_unless_it_is_left_out() -> None:
    values = [0.0] * 30 + [10.0, *[0.0, 0.1] * 14, 0.05]
    found = outliers(standardise(table_of({"k": values}), GROUPS))
    others = np.array(values[31:])
    assert found.left_out[30, 0] == pytest.approx((10 - others.mean()) / others.std(ddof=1), rel=1e-9)
    assert found.left_out[30, 0] > found.plain[30, 0]
    assert found.left_out[:30] == pytest.approx(found.plain[:30])


def test_median_and_mad_by_hand() -> None:
    table = random_table(3, missing=0.1)
    found = outliers(standardise(table, GROUPS))
    raw = table.rows(GROUPS.codes).values
    for j in range(3):
        compared = raw[30:, j][~np.isnan(raw[30:, j])]
        mad = np.median(np.abs(compared - np.median(compared))) / 0.6744897501960817
        assert found.robust[:, j] == pytest.approx((raw[:, j] - np.median(compared)) / mad, nan_ok=True)


@pytest.mark.parametrize("way", WAYS)
def test_chance_gives_the_number_that_is_stated(way: str) -> None:
    noise = np.random.default_rng(6).normal(size=(60, 3_000))
    table = table_of({f"k{i}": noise[:, i] for i in range(3_000)})
    found = outliers(standardise(table, GROUPS))
    assert found.found(way) == pytest.approx(found.expected[way], rel=0.04)


def test_the_chance_for_outsiders_is_more_than_five_percent() -> None:
    for way in WAYS:
        assert chance_of_outlier(way, 30)[1] > 0.05


def test_the_overview_names_gemeenten_above_and_below() -> None:
    values = calm(9.0)
    values[16] = -9.0
    found = outliers(standardise(table_of({"k": values, "none": calm(0.0)}), GROUPS))
    table = outliers_overview(found, chosen_rows(found.standardised, ()))
    names = found.standardised.table.names
    assert table.values["above"] == (names[0],)
    assert table.values["below"] == (names[16],)
    only = outliers_overview(found, chosen_rows(found.standardised, (names[16].upper(),)))
    assert only.values["above"] == ("",)
    assert "te verwachten" in table.notes[1]


def test_a_gemeente_that_is_not_compared_is_refused_with_a_suggestion() -> None:
    standardised = standardise(table_of({"k": calm(1.0)}), GROUPS)
    with pytest.raises(RequestError, match=f"bedoelt u .*{GROUPS.tekort[0]}"):
        chosen_rows(standardised, (GROUPS.tekort[0] + "0",))


def test_robust_distances_are_those_of_scikit_learn() -> None:
    standardised = standardise(random_table(6), GROUPS)
    found, reasons = mahalanobis(standardised, seed=4)
    assert reasons == {}
    themas = [k.thema for k in standardised.kenmerken]
    columns = [j for j, thema in enumerate(themas) if thema == "Thema 0"]
    fit = MinCovDet(random_state=4).fit(standardised.values[30:][:, columns])
    expected = np.sqrt(fit.mahalanobis(standardised.values[:, columns]))
    assert [g.distance for g in found if g.thema == "Thema 0"] == pytest.approx(list(expected))


def test_too_many_kenmerken_for_a_robust_covariance_is_said() -> None:
    table = mahalanobis_table(standardise(random_table(40), GROUPS))
    assert len(table) == 0
    assert any("kenmerken zich niet laten samenvatten" in note for note in table.notes)


def test_outliers_csv_has_a_row_per_pair_and_no_nan() -> None:
    found = outliers(standardise(random_table(6, missing=0.1), GROUPS))
    table = outliers_table(found)
    far = [np.abs(way) > 2 for way in (found.plain, found.left_out, found.robust)]
    assert len(table) == np.any(far, axis=0).sum()


def test_kenmerken_that_follow_from_each_other_have_no_robust_covariance() -> None:
    one = np.random.default_rng(2).normal(size=60)
    table = mahalanobis_table(standardise(table_of({"a": one, "b": 1 - one}), GROUPS))
    assert any("uit elkaar volgen" in note for note in table.notes)


def test_noise_is_beyond_the_multivariate_limit_as_often_as_is_stated() -> None:
    rng = np.random.default_rng(12)
    found = []
    for _ in range(6):
        table = table_of({f"k{i}": rng.normal(size=60) for i in range(4)})
        found += [g.p for g in mahalanobis(standardise(table, GROUPS))[0]]
    assert np.mean(np.array(found) < 0.025) < 0.08
