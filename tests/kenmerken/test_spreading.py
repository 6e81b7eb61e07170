"""Work on blocks: the same results in the same order, whatever the number of threads, and never far ahead."""

import threading

import numpy as np
import pytest

from tests.small_country import small_country
from verdeelmodel.kenmerken.households import map_households
from verdeelmodel.kenmerken.spreading import spread
from verdeelmodel.wording import language, set_language


@pytest.mark.parametrize("threads", [1, 2, 5, None])
def test_results_come_in_the_order_of_the_items(threads):
    assert list(spread(lambda i: i * i, range(40), threads)) == [i * i for i in range(40)]
    assert list(spread(lambda i: i, [], threads)) == []


def test_no_more_items_are_taken_than_there_are_threads_to_work_on_them():
    taken, given = [], 0
    for _ in spread(lambda i: i, (taken.append(i) or i for i in range(50)), 3):
        given += 1
        assert len(taken) <= given + 3
    assert given == 50


def test_work_is_done_at_once():
    meeting = threading.Barrier(3, timeout=10)
    assert len(list(spread(lambda _: meeting.wait(), range(3), 3))) == 3


@pytest.mark.parametrize("threads", [1, 4])
def test_what_goes_wrong_is_raised_for_the_first_item_in_the_language_of_the_caller(threads):
    def fail(item):
        raise ValueError(f"{item} {language()}")

    set_language("en")
    try:
        with pytest.raises(ValueError, match=r"^0 en$"):
            list(spread(fail, range(9), threads))
    finally:
        set_language("nl")


def test_households_are_the_same_for_every_number_of_threads_and_of_rows():
    population = small_country()

    def of(threads, rows):
        made = map_households(
            lambda c: c["age_20_to_25"], population, 2020, ["age_20_to_25"], 2022, rows, threads=threads
        )
        return np.concatenate(list(made))

    one = of(1, 10_000)
    assert 0 < one.sum() < len(one)
    for threads, rows in ((2, 10_000), (4, 37), (1, 101)):
        assert np.array_equal(of(threads, rows), one)
