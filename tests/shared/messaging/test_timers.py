"""Timers fire at their business instant, once, in order, together with what they write."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from quartier import clock
from quartier.timers import Timers
from tests.shared.messaging.small import note

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def telling():
    """Timers that write down their key."""
    timers = Timers()

    @timers.on("told")
    async def tell(key, due_at, uow):
        await note(uow, "told", f"{key} {due_at:%H:%M}")

    return timers


async def fire(small):
    """Fire until nothing is due."""
    while await small.runtime.loops["timers"].step():
        pass


async def test_a_timer_fires_when_business_time_has_come_and_not_before(make):
    async with make(timers=telling()) as small:
        clock.move_to(NOON)
        async with small.runtime.unit_of_work() as uow:
            await uow.schedule("told", "a", NOON + timedelta(minutes=1))
        await fire(small)
        assert await small.told("told") == []
        clock.move_to(NOON + timedelta(minutes=1))
        await fire(small)
        await fire(small)
        assert await small.told("told") == ["a 12:01"]
        assert await small.rows("select * from timer") == []


async def test_after_a_jump_of_the_clock_timers_fire_in_the_order_of_their_instants(make):
    async with make(timers=telling()) as small:
        clock.move_to(NOON)
        async with small.runtime.unit_of_work() as uow:
            for minutes in (30, 10, 20):
                await uow.schedule("told", f"k{minutes}", NOON + timedelta(minutes=minutes))
        clock.move_to(NOON + timedelta(hours=1))
        await fire(small)
        clock.move_to(NOON - timedelta(hours=3))
        await fire(small)
        assert await small.told("told") == ["k10 12:10", "k20 12:20", "k30 12:30"]


async def test_a_timer_set_again_moves_and_a_cancelled_one_is_gone(make):
    async with make(timers=telling()) as small:
        clock.move_to(NOON)
        async with small.runtime.unit_of_work() as uow:
            await uow.schedule("told", "moved", NOON)
            await uow.schedule("told", "moved", NOON + timedelta(minutes=5))
            await uow.schedule("told", "gone", NOON)
        async with small.runtime.unit_of_work() as uow:
            await uow.cancel("told", "gone")
        await fire(small)
        assert await small.told("told") == []
        clock.move_to(NOON + timedelta(minutes=5))
        await fire(small)
        assert await small.told("told") == ["moved 12:05"]


async def test_a_timer_of_a_transaction_that_failed_was_never_set(make):
    async with make(timers=telling()) as small:
        with pytest.raises(RuntimeError):
            async with small.runtime.unit_of_work() as uow:
                await uow.schedule("told", "a", NOON)
                raise RuntimeError
        assert await small.rows("select * from timer") == []


async def test_a_timer_may_set_itself_again(make):
    timers = Timers()

    @timers.on("daily")
    async def repeat(key, due_at, uow):
        await note(uow, "daily", f"{due_at:%d}")
        await uow.schedule("daily", key, due_at + timedelta(days=1))

    async with make(timers=timers) as small:
        clock.move_to(NOON)
        async with small.runtime.unit_of_work() as uow:
            await uow.schedule("daily", "a", NOON)
        clock.move_to(NOON + timedelta(days=2))
        await fire(small)
        assert await small.told("daily") == ["01", "02", "03"]
        assert len(await small.rows("select * from timer")) == 1


async def test_a_timer_that_fails_leaves_nothing_says_why_and_is_tried_again(make):
    timers, fails = telling(), [True]

    @timers.on("weak")
    async def fail_at_first(key, due_at, uow):
        await note(uow, "weak", key)
        if fails[0]:
            raise RuntimeError("not yet")

    async with make(timers=timers) as small:
        clock.move_to(NOON)
        async with small.runtime.unit_of_work() as uow:
            await uow.schedule("weak", "a", NOON - timedelta(minutes=1))
            await uow.schedule("told", "b", NOON)
        await fire(small)
        assert await small.told("weak") == []
        assert await small.told("told") == ["b 12:00"], "one that fails does not keep the others"
        assert await small.rows("select tries, reason from timer") == [(1, "RuntimeError: not yet")]
        fails[0] = False
        await small.change("update timer set next_try_at = null")
        await fire(small)
        assert await small.told("weak") == ["a"]


async def test_two_replicas_fire_each_timer_once(make):
    async with make(timers=telling()) as small:
        clock.move_to(NOON)
        async with small.runtime.unit_of_work() as uow:
            for number in range(20):
                await uow.schedule("told", f"{number:02}", NOON)
        first = small.runtime.loops["timers"]
        small.runtime.make_loops()
        await asyncio.gather(fire(small), *(first.step() for _ in range(20)))
        await fire(small)
        assert sorted(await small.told("told")) == [f"{number:02} 12:00" for number in range(20)]


async def test_the_running_service_fires_by_itself(make):
    async with make(run=True, timers=telling()) as small:
        async with small.runtime.unit_of_work() as uow:
            await uow.schedule("told", "a", clock.now())
        await small.until(lambda: small.told("told"))
