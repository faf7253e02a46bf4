"""What a service does for ever: relay, consumer, lanes, timers and workers are loops of one kind, started and stopped together."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from quartier import clock, ids

LONGEST_REST = 1.0
"""Seconds after which a loop looks for work although nobody woke it: another replica may have left some."""
LONGEST_BACK_OFF = 5.0

T = TypeVar("T")

_log = logging.getLogger(__name__)


def reason_of(error: BaseException) -> str:
    """What operators read about a failure: its first line, since the rest of a database's message may hold somebody's data."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:500]


class Bell:
    """Wakes everybody who waits, and keeps a count, so that a ring between two waits is not lost."""

    def __init__(self) -> None:
        self.rings = 0
        self._next = asyncio.Event()

    def ring(self) -> None:
        """There may be something to do."""
        self.rings += 1
        self._next.set()
        self._next = asyncio.Event()

    async def rung_since(self, rings: int, within: float) -> None:
        """Return when it has rung more than that many times, at the latest after that many seconds."""
        if self.rings == rings:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._next.wait(), within)


class Loop:
    """Repeats `step` until it is stopped: at once while there is work, else when the service's bell rings or a second has passed.

    A loop that is in no hurry sets `breath`: so many seconds pass between two looks that found nothing, however often the bell rings.
    A step that fails is tried again after a growing pause; no error ends the loop. `trouble` is the sentence that `/readyz` and the
    operators see meanwhile.
    """

    breath = 0.0

    def __init__(self, name: str, bell: Bell) -> None:
        self.name = name
        self.ready = False
        self.trouble: str | None = None
        self.last_progress = clock.monotonic()
        self._bell = bell
        self._stopping = asyncio.Event()

    async def step(self) -> int:
        """Do some of the work, as each kind of loop has it, and return 0 when nothing of it is left for now."""
        raise NotImplementedError

    async def run(self) -> None:
        """Work until `stop` is called; the step in hand is finished first."""
        failures = 0
        try:
            while not self.is_stopping:
                rings = self._bell.rings
                try:
                    done = await self.step()
                except Exception as error:
                    failures += 1
                    self.fails(error, is_new=failures == 1)
                    await self.pause(ids.jitter(min(LONGEST_BACK_OFF, 0.1 * 2 ** min(failures, 10))))
                    continue
                failures = 0
                self.works()
                if not done:
                    if self.breath:
                        await self.pause(self.breath)
                    await self.unless_stopped(self._bell.rung_since(rings, LONGEST_REST))
        finally:
            await self.close()

    def works(self) -> None:
        """Note that all is well just now."""
        self.ready, self.trouble, self.last_progress = True, None, clock.monotonic()

    def fails(self, error: Exception, *, is_new: bool) -> None:
        """Note and tell what is wrong; the traceback once, not at each new try."""
        self.ready, self.trouble = False, reason_of(error)
        _log.warning("%s goes on after a pause: %s", self.name, self.trouble, exc_info=error if is_new else None)

    def stop(self) -> None:
        """Let `run` return after the step in hand."""
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    async def close(self) -> None:
        """Give back what the loop holds; called once, when it ends."""

    async def pause(self, seconds: float) -> None:
        """Wait that long, or until the loop is told to stop."""
        await self.unless_stopped(asyncio.sleep(seconds))

    async def unless_stopped(self, waiting: Coroutine[Any, Any, T]) -> T | None:
        """The result of a wait, or None as soon as the loop is told to stop."""
        task, stopped = asyncio.ensure_future(waiting), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            task.cancel()
            stopped.cancel()
            await asyncio.gather(task, stopped, return_exceptions=True)
