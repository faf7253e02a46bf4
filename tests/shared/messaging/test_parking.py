"""Parked keys: a failing event holds up its own key and nothing else, and nothing waits for ever or in silence."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from quartier import clock, ids
from quartier.cloudevents import Envelope, to_record
from quartier.contracts.notify import FollowConfirmed, FollowEnded
from quartier.handlers import Handlers, Permanent
from quartier.parking import ParkedKey
from quartier.problems import Unavailable
from tests.shared.messaging.small import TOPIC, note

SOURCE = "https://city.test/notify"


class Mood:
    """Handlers that fail at a word until it is taken out; what they hear is in the tally."""

    def __init__(self, *bad, error=RuntimeError, **options):
        self.bad, self.tried, self.handlers = set(bad), [], Handlers()

        @self.handlers.on(FollowEnded, **options)
        async def tell(received, uow):
            word = received.event.ended_by
            self.tried.append(word)
            await note(uow, "tell", word)
            if word in self.bad:
                raise error(f"not {word}")


def record_of(small, name, word, sequence=None, cls=FollowEnded):
    if cls is FollowEnded:
        event = small.event(name, word)
    else:
        event = cls(subscription_id=small.key(name), subject_kind="x", subject_id=small.key(name))
    return to_record(Envelope(id=str(ids.new_id()), source=SOURCE, type=cls.event_type, subject=event.key, partitionkey=event.key,
                              sequence=sequence, data=event.data()), TOPIC)


async def consume(small):
    """Run the consumer until it has read everything."""
    small.runtime.make_loops()
    consumer = small.runtime.loops["consumer"]
    task = asyncio.create_task(consumer.run())

    async def caught_up():
        positions = await small.bus.positions("notify")
        return positions and all(position.lag == 0 for position in positions.values())

    await small.until(caught_up)
    consumer.stop()
    await task


async def make_due(small, *, since_hours=0):
    """Let every lane be due now, and its head have failed that long ago."""
    async with small.database.transaction() as session:
        for lane in (await session.exec(select(ParkedKey))).all():
            lane.next_try_at = clock.wall() - timedelta(seconds=1)
            lane.since -= timedelta(hours=since_hours)


async def drain(small):
    """Work on the lanes until none is due."""
    while await small.runtime.loops["lanes"].step():
        pass


async def test_after_three_tries_the_key_is_parked_and_other_keys_flow(make, hasty):
    mood = Mood("bad")
    async with make(handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", "one"), record_of(small, "a", "bad"), record_of(small, "a", "behind"),
                                 record_of(small, "b", "other")])
        await consume(small)
        assert sorted(await small.told("tell")) == ["one", "other"]
        assert mood.tried.count("bad") == 3
        assert mood.tried.count("behind") == 0
        [(handler, key, tries, reason)] = await small.rows("select handler, key, tries, reason from parked_key")
        assert (handler, key, tries, reason) == ("tell", str(small.key("a")), 3, "RuntimeError: not bad")
        assert await small.rows("select count(*) from parked_event") == [(2,)]


async def test_what_fails_twice_is_tried_a_third_time_before_its_key_is_parked(make):
    tried, handlers = [], Handlers()

    @handlers.on(FollowEnded)
    async def tell(received, uow):
        tried.append(received.event.ended_by)
        if len(tried) < 3:
            raise RuntimeError("not yet")
        await note(uow, "tell", received.event.ended_by)

    async with make(handlers=handlers) as small:
        await small.bus.publish([record_of(small, "a", "one"), record_of(small, "a", "two")])
        await consume(small)
        assert tried == ["one", "one", "one", "two"]
        assert await small.told("tell") == ["one", "two"]
        assert await small.rows("select * from parked_key") == []


async def test_a_lane_drains_in_order_once_its_handler_works(make, hasty):
    mood = Mood("bad")
    async with make(handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", word) for word in ("bad", "two", "three")])
        await consume(small)
        await small.bus.publish([record_of(small, "a", "four")])
        await consume(small)
        assert await small.told("tell") == []
        mood.bad.clear()
        await drain(small)  # Not due yet: the pause after the failure is still running.
        await make_due(small)
        await drain(small)
        assert await small.told("tell") == ["bad", "two", "three", "four"]
        assert await small.rows("select * from parked_key") == []
        assert await small.rows("select * from parked_event") == []
        await small.bus.publish([record_of(small, "a", "five")])
        await consume(small)
        assert await small.told("tell") == ["bad", "two", "three", "four", "five"]


async def test_a_redelivery_joins_no_lane_twice_and_runs_nothing_twice(make, hasty):
    mood = Mood("bad")
    async with make(handlers=mood.handlers) as small:
        records = [record_of(small, "a", word) for word in ("one", "bad", "behind")]
        await small.bus.publish([*records, *records])
        await consume(small)
        assert await small.rows("select count(*) from parked_event") == [(2,)]
        mood.bad.clear()
        await make_due(small)
        await drain(small)
        await small.bus.publish(records)
        await consume(small)
        assert await small.told("tell") == ["one", "bad", "behind"]


async def test_each_failure_in_the_lane_makes_the_next_wait_longer(make, hasty):
    mood = Mood("bad")
    async with make(handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", "bad")])
        await consume(small)
        waits = []
        for _ in range(4):
            await make_due(small)
            await drain(small)
            async with small.database.session() as session:
                lane = (await session.exec(select(ParkedKey))).one()
            waits.append((lane.next_try_at - clock.wall()).total_seconds())
        # Whatever the machine is busy with, a wait lies a fifth around its plan.
        plan = (5, 30, 120, 600)
        assert [0.7 * planned < wait < 1.3 * planned for wait, planned in zip(waits, plan, strict=True)] == [True] * 4
        assert await small.rows("select tries from parked_key") == [(7,)]


async def test_after_a_day_the_head_becomes_a_dead_letter_and_the_lane_goes_on(make, hasty):
    mood = Mood("bad")
    async with make(handlers=mood.handlers) as small:
        bad = record_of(small, "a", "bad")
        await small.bus.publish([bad, record_of(small, "a", "behind")])
        await consume(small)
        await make_due(small, since_hours=25)
        await drain(small)
        assert await small.told("tell") == ["behind"]
        assert await small.rows("select handler, reason, tries from dead_letter") == [("tell", "RuntimeError: not bad", 4)]
        mood.bad.clear()
        await small.bus.publish([bad])
        await consume(small)
        assert await small.told("tell") == ["behind"], "a dead event keeps its inbox row"


async def test_what_turns_out_permanent_in_the_lane_dies_at_once(make, hasty):
    mood = Mood("bad")
    async with make(handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", "bad"), record_of(small, "a", "behind")])
        await consume(small)
        changed = Mood("bad", error=Permanent)
        small.service.handlers = changed.handlers
        small.runtime.make_loops()
        await make_due(small)
        await drain(small)
        assert await small.rows("select reason from dead_letter") == [("Permanent: not bad",)]
        assert await small.told("tell") == ["behind"]


async def test_a_service_that_is_away_parks_and_never_kills(make, hasty):
    mood = Mood("bad", error=Unavailable)
    async with make(handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", "bad")])
        await consume(small)
        assert len(await small.rows("select 1 from parked_key")) == 1
        assert await small.rows("select 1 from dead_letter") == []


async def test_in_strict_order_an_event_waits_for_its_predecessor(make, hasty):
    mood = Mood(order="strict")
    async with make(handlers=mood.handlers) as small:
        two = record_of(small, "a", "two", 2)
        await small.bus.publish([record_of(small, "a", "one", 1), record_of(small, "a", "three", 3), record_of(small, "a", "four", 4),
                                 record_of(small, "b", "other", 1)])
        await consume(small)
        assert sorted(await small.told("tell")) == ["one", "other"]
        assert await small.rows("select reason from parked_key") == [("SequenceGap: waiting for sequence 2",)]
        await small.bus.publish([two])
        await consume(small)
        await drain(small)
        assert [word for word in await small.told("tell") if word != "other"] == ["one", "two", "three", "four"]
        assert await small.rows("select * from parked_key") == []


async def test_in_strict_order_events_of_other_types_count_too(make, hasty):
    mood = Mood(order="strict")
    async with make(handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", "", 1, FollowConfirmed), record_of(small, "a", "two", 2),
                                 record_of(small, "a", "four", 4), record_of(small, "a", "", 3, FollowConfirmed)])
        await consume(small)
        await drain(small)
        assert await small.told("tell") == ["two", "four"]
        assert await small.rows("select * from parked_key") == []


async def test_in_strict_order_a_failing_predecessor_goes_first_in_the_lane(make, hasty):
    mood = Mood("two", order="strict")
    async with make(handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", "one", 1), record_of(small, "a", "three", 3), record_of(small, "a", "two", 2)])
        await consume(small)
        mood.bad.clear()
        await make_due(small)
        await drain(small)
        assert await small.told("tell") == ["one", "two", "three"]


async def test_in_strict_order_a_day_passes_and_the_lane_waits_for_a_person(make, hasty):
    mood = Mood("bad", order="strict")
    async with make(handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", "bad", 1), record_of(small, "a", "behind", 2)])
        await consume(small)
        await make_due(small, since_hours=25)
        await drain(small)
        assert await small.told("tell") == []
        assert await small.rows("select 1 from dead_letter") == []
        assert len(await small.rows("select 1 from parked_event")) == 2


async def test_in_strict_order_a_dead_event_does_not_hold_up_the_next(make, hasty):
    mood = Mood("bad", error=Permanent, order="strict")
    async with make(handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", "bad", 1), record_of(small, "a", "behind", 2)])
        await consume(small)
        assert await small.told("tell") == ["behind"]


async def test_the_running_service_drains_by_itself(make, hasty):
    mood = Mood("bad")
    async with make(run=True, handlers=mood.handlers) as small:
        await small.bus.publish([record_of(small, "a", word) for word in ("bad", "two")])
        await small.until(lambda: small.rows("select 1 from parked_key"))
        mood.bad.clear()

        async def drained():
            return await small.told("tell") == ["bad", "two"]

        await small.until(drained)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_lane_that_one_replica_works_on_holds_up_no_other_replica(make, hasty):
    at_work, may_go_on, handlers = asyncio.Event(), asyncio.Event(), Handlers()
    is_bad = True

    @handlers.on(FollowEnded)
    async def tell(received, uow):
        if is_bad:
            raise RuntimeError("not yet")
        if received.event.ended_by == "slow":
            at_work.set()
            await may_go_on.wait()
        await note(uow, "tell", received.event.ended_by)

    async with make(handlers=handlers) as small:
        await small.bus.publish([record_of(small, "a", "slow")])
        await consume(small)
        await small.bus.publish([record_of(small, name, name) for name in ("b", "c")])
        await consume(small)
        is_bad = False
        await make_due(small)
        await small.change("update parked_key set next_try_at = next_try_at - interval '1 hour' where key = :key", key=str(small.key("a")))
        one = small.runtime.loops["lanes"]
        slow = asyncio.create_task(one.step())
        try:
            await asyncio.wait_for(at_work.wait(), 10)
            small.runtime.make_loops()
            other = small.runtime.loops["lanes"]
            assert [await other.step() for _ in range(3)] == [1, 1, 0]
            assert sorted(await small.told("tell")) == ["b", "c"]
        finally:
            may_go_on.set()
            await slow
        assert sorted(await small.told("tell")) == ["b", "c", "slow"]
        assert await small.rows("select * from parked_key") == []
