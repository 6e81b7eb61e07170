"""Work on the blocks of a stream, spread over the processors, with results in the order of the blocks."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from verdeelmodel.wording import language, set_language

Item = TypeVar("Item")
Result = TypeVar("Result")


def available_threads() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(function: Callable[[Item], Result], items: Iterable[Item], threads: int | None = None) -> Iterator[Result]:
    """`function(item)` for every item, in the order of the items, whatever the number of threads (None: all).

    Items are taken in the thread that asks for the results, only as many ahead as there are threads, so that a stream
    of blocks never is in memory as a whole. Sentences in errors are in the language of the caller.
    """
    count = available_threads() if threads is None else threads
    if count <= 1:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(count, initializer=set_language, initargs=(language(),)) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
