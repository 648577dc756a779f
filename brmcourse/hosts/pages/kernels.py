"""When the kernel behind a page may end: soon after its page closed, never while it is open."""

import asyncio
import time
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from jupyter_core.utils import ensure_async

Start = asyncio.Task[dict[str, Any]]
"""A kernel on its way: once it is there, its id, and the `renderer` and `task` that run in it."""

GRACE = 5.0
"""Seconds a kernel gets after its page said goodbye: it may still be saving the last words."""

ABANDONED = 600.0
"""Seconds without a page until a kernel ends though nobody said goodbye (sleep, a crash)."""


class Departures:
    """Decides which kernels have no page any more, and knows nothing of processes."""

    def __init__(self) -> None:
        self._without_page: dict[str, float] = {}
        self._said_goodbye: set[str] = set()

    def goodbye(self, kernel_id: str) -> None:
        """Note that the page of this kernel is closing."""
        self._said_goodbye.add(kernel_id)

    def overdue(self, without_page: Iterable[str], now: float) -> list[str]:
        """Return the kernels to end at `now` (seconds), given those that have no page connected."""
        before = self._without_page
        self._without_page = {kernel: before.get(kernel, now) for kernel in without_page}
        kernels = []
        for kernel, since in self._without_page.items():
            if now - since >= self._patience(kernel):
                kernels.append(kernel)
        return kernels

    def forget(self, kernel_id: str) -> None:
        """Drop a kernel that has ended."""
        self._without_page.pop(kernel_id, None)
        self._said_goodbye.discard(kernel_id)

    def _patience(self, kernel_id: str) -> float:
        return GRACE if kernel_id in self._said_goodbye else ABANDONED


class Caretaker:
    """Ends the kernels of closed pages; those kept warm for the next page stay."""

    def __init__(self, manager: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self.manager = manager
        self.clock = clock
        self.departures = Departures()

    async def sweep(self) -> None:
        """End every kernel that is overdue."""
        # Jupyter's own list of kernels fails while one of them is starting.
        connections = self.manager._kernel_connections  # noqa: SLF001
        warm = {start["kernel_id"] for start in _ready(self._warm_starts())}
        kernels = set(self.manager.list_kernel_ids()) - warm
        alone = [kernel for kernel in kernels if not connections.get(kernel)]
        overdue = self.departures.overdue(alone, self.clock())
        await asyncio.gather(*map(self._end, overdue))

    async def keep_warm(self, *notebooks: str) -> None:
        """Hold a started kernel ready for each of `notebooks` and for no other.

        A course that runs lean holds none.
        """
        if not hasattr(self.manager, "fill_if_needed"):
            return
        for notebook in notebooks:
            self.manager.fill_if_needed(notebook_name=notebook)
        given_up: list[Start] = []
        for notebook, pool in self._pools().items():
            if notebook not in notebooks:
                given_up += pool
                pool.clear()
        for start in given_up:
            start.cancel()  # One caught half-way has no page, and ends like any abandoned kernel.
        await self._discard(given_up)

    async def drop_dead(self, notebook: str) -> None:
        """Forget the kernels held ready for a notebook that have died meanwhile.

        A page behind one would stay empty.
        """
        pool = self._pools().get(notebook, [])
        for start in filter(_has_started, list(pool)):
            kernel_id = start.result()["kernel_id"]
            if not await lives(self.manager, kernel_id):
                pool.remove(start)
                await self._discard([start])

    async def end_all(self) -> None:
        """End every kernel, also those that are only just starting."""
        await asyncio.gather(*self._warm_starts(), return_exceptions=True)
        await self._discard(self._warm_starts())
        ends = map(self._end, self.manager.list_kernel_ids())
        await asyncio.gather(*ends, return_exceptions=True)

    async def _discard(self, starts: Iterable[Start]) -> None:
        """End kernels that no page has had; they hold nothing of the learner's, so at once."""
        ready = _ready(starts)
        for start in ready:
            start["renderer"].stop_generator = True
        # A kernel ended in the middle of a cell would be reported as a problem.
        await asyncio.gather(*(start["task"] for start in ready), return_exceptions=True)
        ends = (self._end(start["kernel_id"], now=True) for start in ready)
        await asyncio.gather(*ends, return_exceptions=True)

    async def _end(self, kernel_id: str, *, now: bool = False) -> None:
        self.departures.forget(kernel_id)
        await ensure_async(self.manager.shutdown_kernel(kernel_id, now=now))

    def _warm_starts(self) -> list[Start]:
        return list(chain.from_iterable(self._pools().values()))

    def _pools(self) -> dict[str, list[Start]]:
        """Return Voila's kernels in waiting, by notebook; none if the course runs lean."""
        pools: dict[str, list[Start]] = getattr(self.manager, "_pools", {})
        return pools


def _ready(starts: Iterable[Start]) -> list[dict[str, Any]]:
    """Return what is known of the kernels that have started."""
    return [start.result() for start in filter(_has_started, starts)]


def _has_started(start: Start) -> bool:
    if not start.done() or start.cancelled():
        return False
    return start.exception() is None


async def lives(manager: Any, kernel_id: str) -> bool:
    """Say whether a kernel is there and alive."""
    if kernel_id not in manager:
        return False
    return bool(await manager.get_kernel(kernel_id).is_alive())
