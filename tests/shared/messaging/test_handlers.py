"""The consumer: each event has its effect once, in order, and a bad one stops nobody but itself."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from quartier import ids
from quartier.bus import Record, Unavailable
from quartier.cloudevents import Envelope, to_record
from quartier.contracts.notify import FollowConfirmed, FollowEnded
from quartier.handlers import Handlers, Permanent
from tests.shared.messaging.small import TOPIC, note


def telling(**options):
    """A service's handlers: one that writes down what it hears."""
    handlers = Handlers()

    @handlers.on(FollowEnded, **options)
    async def tell(received, uow):
        await note(uow, "tell", received.event.ended_by)

    return handlers


def ended(small, name, word, sequence=None, *, source="https://city.test/notify", id=None, data=None, type=None):
    """A record as another program would publish it."""
    event = small.event(name, word)
    return to_record(Envelope(
        id=id or str(ids.new_id()), source=source, type=type or FollowEnded.event_type, subject=event.key, partitionkey=event.key,
        datacontenttype="application/json", sequence=sequence, data=event.data() if data is None else data), TOPIC)


async def caught_up(small):
    """True when the group has read everything."""
    positions = await small.bus.positions("notify")
    return positions and all(position.lag == 0 for position in positions.values())


async def test_each_event_reaches_its_handler_in_order_and_the_offset_is_committed(make):
    async with make(run=True, handlers=telling()) as small:
        await small.emit("a", "one", "two")
        await small.emit("a", "three")

        async def all_told():
            return await small.told("tell") == ["one", "two", "three"]

        await small.until(all_told)
        await small.until(lambda: caught_up(small))
        assert small.runtime.loops["consumer"].ready


async def test_an_event_that_is_delivered_twice_has_its_effect_once(make):
    async with make(run=True, handlers=telling()) as small:
        record = ended(small, "a", "one")
        await small.bus.publish([record])
        await small.bus.publish([record, ended(small, "a", "two")])
        await small.until(lambda: caught_up(small))
        assert await small.told("tell") == ["one", "two"]


async def test_two_sources_may_use_the_same_event_id(make):
    async with make(run=True, handlers=telling()) as small:
        await small.bus.publish([ended(small, "a", "ours", id="1"), ended(small, "a", "theirs", id="1", source="https://else.test/x")])
        await small.until(lambda: caught_up(small))
        assert await small.told("tell") == ["ours", "theirs"]


async def test_a_command_whose_handler_emits_in_turn_leaves_one_outbox_row_an_event(make):
    handlers = Handlers()

    @handlers.on(FollowConfirmed)
    async def end_it_at_once(received, uow):
        uow.emit(None, FollowEnded(subscription_id=received.event.subscription_id, subject_kind="x",
                                   subject_id=received.event.subject_id, ended_by="machine"))

    @handlers.on(FollowEnded)
    async def tell(received, uow):
        await note(uow, "tell", f"{received.event.ended_by} because of {received.envelope.causationid}")

    async with make(run=True, handlers=handlers) as small:
        async with small.runtime.unit_of_work() as uow:
            cause = uow.emit(None, FollowConfirmed(subscription_id=small.key("a"), subject_kind="x", subject_id=small.key("a")))

        async def told():
            return await small.told("tell") == [f"machine because of {cause}"]

        await small.until(told)


async def test_a_failed_handler_leaves_neither_its_row_nor_its_event_nor_its_inbox_row(make, hasty):
    handlers, may_work = Handlers(), asyncio.Event()

    @handlers.on(FollowConfirmed)
    async def fail_at_first(received, uow):
        await note(uow, "fail_at_first", "written")
        uow.emit(None, FollowEnded(subscription_id=received.event.subscription_id, subject_kind="x",
                                   subject_id=received.event.subject_id, ended_by="emitted"))
        if not may_work.is_set():
            raise RuntimeError("not yet")

    async with make(run=True, handlers=handlers) as small:
        async with small.runtime.unit_of_work() as uow:
            uow.emit(None, FollowConfirmed(subscription_id=small.key("a"), subject_kind="x", subject_id=small.key("a")))
        await small.until(lambda: small.rows("select 1 from parked_key"))
        assert await small.told("fail_at_first") == []
        assert await small.rows("select handler from inbox") == []
        assert await small.rows("select count(*) from outbox") == [(1,)]
        may_work.set()
        await small.until(lambda: small.rows("select 1 from inbox"))
        assert await small.told("fail_at_first") == ["written"]
        assert await small.rows("select count(*) from outbox") == [(2,)]


async def test_a_consumer_that_stops_before_the_commit_of_its_offset_gets_the_events_again(make):
    reached, go_on, handlers = asyncio.Event(), asyncio.Event(), Handlers()

    @handlers.on(FollowEnded)
    async def tell(received, uow):
        if received.event.ended_by == "two" and not go_on.is_set():
            reached.set()
            await asyncio.Event().wait()
        await note(uow, "tell", received.event.ended_by)

    async with make(handlers=handlers) as small:
        await small.bus.publish([ended(small, "a", word) for word in ("one", "two", "three")])
        consumer = small.runtime.loops["consumer"]
        process = asyncio.create_task(consumer.run())
        await reached.wait()
        process.cancel()  # The end of the process, in the middle of the second event.
        await asyncio.gather(process, return_exceptions=True)
        assert await small.told("tell") == ["one"]
        go_on.set()
        small.runtime.make_loops()
        again = asyncio.create_task(small.runtime.loops["consumer"].run())

        async def all_told():
            return await small.told("tell") == ["one", "two", "three"]

        await small.until(all_told)
        small.runtime.loops["consumer"].stop()
        await again


async def test_stopping_lets_the_event_in_hand_finish(make):
    handlers, reached, go_on = Handlers(), asyncio.Event(), asyncio.Event()

    @handlers.on(FollowEnded)
    async def tell(received, uow):
        reached.set()
        await go_on.wait()
        await note(uow, "tell", received.event.ended_by)

    async with make(handlers=handlers) as small:
        await small.bus.publish([ended(small, "a", "one"), ended(small, "a", "two")])
        consumer = small.runtime.loops["consumer"]
        task = asyncio.create_task(consumer.run())
        await reached.wait()
        consumer.stop()
        go_on.set()
        await task
        assert await small.told("tell") == ["one"]


async def test_unknown_types_and_tombstones_pass_in_silence(make):
    async with make(run=True, handlers=telling()) as small:
        key = str(small.key("a")).encode()
        await small.bus.publish([
            ended(small, "a", "ignored", type="org.quartier.nobody.knows.v1"),
            Record(TOPIC, key, None),
            ended(small, "a", "one")])
        await small.until(lambda: caught_up(small))
        assert await small.told("tell") == ["one"]
        assert await small.rows("select * from dead_letter") == []


@pytest.mark.parametrize(("headers", "value"), [
    ((), b"\xff\x00 no event"),
    ((("ce_specversion", b"1.0"), ("ce_id", b"1")), b"{}"),
], ids=["no envelope", "half an envelope"])
async def test_what_cannot_be_read_is_kept_as_it_came_and_the_next_goes_on(make, headers, value):
    async with make(run=True, handlers=telling()) as small:
        key = str(small.key("a")).encode()
        await small.bus.publish([Record(TOPIC, key, value, headers), ended(small, "a", "one")])
        await small.until(lambda: caught_up(small))
        assert await small.told("tell") == ["one"]
        [(handler, topic, off, kept)] = await small.rows("select handler, topic, off, value from dead_letter")
        assert (handler, topic, off, bytes(kept)) == ("", TOPIC, 0, value)


@pytest.mark.parametrize("data", [b'{"subscription_id": 7}', b"[]"], ids=["wrong shape", "no object"])
async def test_a_payload_of_another_shape_becomes_a_dead_letter_at_once(make, data):
    async with make(run=True, handlers=telling()) as small:
        await small.bus.publish([ended(small, "a", "x", data=data), ended(small, "a", "one")])
        await small.until(lambda: caught_up(small))
        assert await small.told("tell") == ["one"]
        [(handler, tries, reason)] = await small.rows("select handler, tries, reason from dead_letter")
        assert (handler, tries) == ("tell", 1)
        assert "do not have the shape" in reason
        assert await small.rows("select * from parked_key") == []


async def test_a_permanent_failure_becomes_one_dead_letter_however_often_it_is_delivered(make):
    handlers = Handlers()

    @handlers.on(FollowEnded)
    async def never_take(received, uow):
        raise Permanent("There is no such thing.")

    async with make(run=True, handlers=handlers) as small:
        record = ended(small, "a", "x")
        await small.bus.publish([record, record])
        await small.until(lambda: caught_up(small))
        assert await small.rows("select reason, state from dead_letter") == [("Permanent: There is no such thing.", "waiting")]


async def test_one_handler_that_fails_does_not_keep_the_others_from_the_event(make):
    handlers = telling()

    @handlers.on(FollowEnded)
    async def never_take(received, uow):
        raise Permanent("no")

    async with make(run=True, handlers=handlers) as small:
        await small.emit("a", "one", "two")
        await small.until(lambda: small.rows("select 1 from dead_letter where off = 1"))
        assert await small.told("tell") == ["one", "two"]


async def test_a_batch_takes_many_events_in_one_transaction(make):
    handlers, sizes = Handlers(), []

    @handlers.on(FollowEnded, batch=200)
    async def tell_all(events, uow):
        sizes.append(len(events))
        for received in events:
            await note(uow, "tell_all", received.event.ended_by)

    async with make(handlers=handlers) as small:
        records = [ended(small, "a", str(number)) for number in range(300)]
        await small.bus.publish([*records, records[0], records[299]])
        task = asyncio.create_task(small.runtime.loops["consumer"].run())
        await small.until(lambda: caught_up(small))
        small.runtime.loops["consumer"].stop()
        await task
        assert await small.told("tell_all") == [str(number) for number in range(300)]
        assert max(sizes) == 200
        assert len(sizes) <= 3


async def test_a_bad_event_in_a_batch_stops_its_own_key_alone(make):
    handlers = Handlers()

    @handlers.on(FollowEnded, batch=200)
    async def tell_all(events, uow):
        for received in events:
            await note(uow, "tell_all", received.event.ended_by)
            if received.event.ended_by == "bad":
                raise Permanent("bad")

    async with make(run=True, handlers=handlers) as small:
        await small.bus.publish([ended(small, "a", word) for word in ("one", "bad", "two")])
        await small.until(lambda: caught_up(small))
        assert await small.told("tell_all") == ["one", "two"]
        assert len(await small.rows("select 1 from dead_letter")) == 1


class Flaky:
    """A bus whose consumers lose it on demand; everything else is the real one."""

    def __init__(self, bus):
        self._bus, self.is_away = bus, False

    @asynccontextmanager
    async def consumer(self, group, topics):
        async with self._bus.consumer(group, topics) as self._real:
            yield self

    async def poll(self, limit, wait):
        if self.is_away:
            raise Unavailable("The bus is away.")
        return await self._real.poll(limit, 0.05)

    async def commit(self, partition, offset):
        await self._real.commit(partition, offset)


async def test_the_loop_goes_on_after_the_bus_was_away(make):
    async with make(handlers=telling()) as small:
        consumer, bus = small.runtime.loops["consumer"], Flaky(small.bus)
        small.runtime.bus = bus
        task = asyncio.create_task(consumer.run())

        async def is_ready():
            return consumer.ready

        async def is_troubled():
            return consumer.trouble and not consumer.ready

        await small.until(is_ready)
        bus.is_away = True
        await small.until(is_troubled)
        assert "The bus is away." in consumer.trouble
        await small.bus.publish([ended(small, "a", "one")])
        bus.is_away = False
        await small.until(is_ready)
        await small.until(lambda: caught_up(small))
        assert await small.told("tell") == ["one"]
        consumer.stop()
        await task


def test_two_handlers_of_one_name_are_refused():
    handlers = telling()
    with pytest.raises(ValueError, match="two handlers named tell"):
        @handlers.on(FollowEnded)
        async def tell(received, uow): ...
