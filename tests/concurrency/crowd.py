"""Many at the same door: runs a call in threads that start together, and collects what each got."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def at_once(call: Callable[[Thing], Result], things: Sequence[Thing]) -> list[Result | Exception]:
    """`call` on every thing at the same moment; an exception is a result too."""
    barrier = Barrier(len(things))

    def one(thing: Thing) -> Result | Exception:
        barrier.wait(20)
        try:
            return call(thing)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(one, things))
