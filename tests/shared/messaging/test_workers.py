"""Workers are woken by commits, run until nothing is left, and survive their own failures."""

import asyncio

import pytest

from quartier.workers import Workers
from tests.shared.messaging.small import note


async def test_a_worker_is_woken_by_a_commit_and_runs_until_nothing_is_left(make):
    workers, left, woken = Workers(), [], asyncio.Event()

    @workers.loop
    async def work_off(runtime):
        woken.set()
        if not left:
            return 0
        word = left.pop(0)
        async with runtime.unit_of_work() as uow:
            await note(uow, "work_off", word)
        return 1

    async with make(run=True, workers=workers) as small:
        await woken.wait()
        left += ["one", "two", "three"]
        await small.emit("a", "something")

        async def done():
            return await small.told("work_off") == ["one", "two", "three"]

        await small.until(done)


async def test_a_worker_that_fails_runs_again_and_says_what_is_wrong_meanwhile(make):
    workers, failures = Workers(), [RuntimeError("first"), RuntimeError("second")]

    @workers.loop
    async def stumble(runtime):
        if failures:
            raise failures.pop(0)
        return 0

    async with make(workers=workers) as small:
        loop = small.runtime.loops["stumble"]
        task = asyncio.create_task(loop.run())

        async def is_troubled():
            return loop.trouble

        async def is_ready():
            return loop.ready

        assert await small.until(is_troubled) == "RuntimeError: first"
        await small.until(is_ready)
        assert not failures
        loop.stop()
        await task


async def test_a_worker_that_waits_stops_at_once(make):
    workers, ran = Workers(), asyncio.Event()

    @workers.loop
    async def idle(runtime):
        ran.set()
        return 0

    async with make(workers=workers) as small:
        loop = small.runtime.loops["idle"]
        task = asyncio.create_task(loop.run())
        await ran.wait()
        loop.stop()
        await asyncio.wait_for(task, 10)


def test_two_workers_of_one_name_are_refused():
    workers = Workers()

    @workers.loop
    async def idle(runtime):
        return 0

    with pytest.raises(ValueError, match="two workers named idle"):
        workers.loop(idle)
