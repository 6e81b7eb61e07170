"""One way to compile a kernel, so that every kernel is typed, releases the interpreter lock and is cached."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


def compiled(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """Compile on first use without reordering any floating-point operation; kept on disk for the next process.

    No kernel is itself parallel: threads run one kernel each on their own chunk, which compiles several times
    faster than a parallel kernel and keeps the order of every sum fixed. Where no folder can be written, a kernel
    is compiled anew in every process.
    """
    try:
        kept = numba.njit(nogil=True, cache=True, boundscheck=False)(function)
    except RuntimeError:  # numba found neither the package, nor the cache folder of the user, open for writing
        kept = numba.njit(nogil=True, boundscheck=False)(function)
    return cast("Callable[Parameters, Returned]", kept)
