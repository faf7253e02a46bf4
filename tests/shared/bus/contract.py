"""What every bus promises, as one class of cases: `test_log.py` and `test_kafka.py` inherit it.

A subclass gives the fixture `bus` (started) and says how to open the same storage anew, how to let retention take
records, and how to lose one answer of the storage. Each test has a topic of its own.
"""

import asyncio
import gc
import os
import secrets
from abc import ABC, abstractmethod
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from quartier import clock
from quartier.bus import (
    LATEST,
    BusError,
    Fenced,
    GroupRunning,
    OffsetGone,
    Partition,
    Record,
    Refused,
    Topic,
    UnknownTopic,
    partition_for,
)

# Results of murmur2 in Kafka's Java client, as its own tests list them.
JAVA_MURMUR2 = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536,
                b"a-little-bit-longer-string": -1486304829, b"abc": 479470107}


async def new_topic(bus, partitions=6):
    name = f"test.{secrets.token_hex(8)}"
    await bus.apply([Topic(name, partitions)])
    return name


@pytest.fixture
async def topic(bus):
    return await new_topic(bus)


def numbered(topic, count, key=b"k", start=0):
    return [Record(topic, key, b"%d" % number) for number in range(start, start + count)]


async def read(consumer, count, wait=20.0):
    """The next `count` records of a consumer, in the order in which they were handed out."""
    found = []
    deadline = clock.monotonic() + wait
    while len(found) < count:
        assert clock.monotonic() < deadline, f"only {len(found)} of {count} records came"
        for records in (await consumer.poll(count - len(found), 1.0)).values():
            found += records
    return found


async def commit_all(consumer, records):
    for record in records:
        await consumer.commit(Partition(record.topic, record.partition), record.offset + 1)


async def first_of(tail, count, wait=20.0):
    async with asyncio.timeout(wait):
        return [await anext(tail) for _ in range(count)]


def values(records):
    return [record.value for record in records]


class BusContract(ABC):
    """The cases; the fixture `bus` and the three hooks come from the subclass."""

    @abstractmethod
    async def reopened(self, bus):
        """The same storage through a new bus, as after a crash of the process that had it."""

    @abstractmethod
    async def retire(self, bus, partition, before):
        """Let retention take the records of a partition before an offset."""

    @abstractmethod
    async def publish_and_lose_the_answer(self, bus, record):
        """Publish; the record is stored, but its answer is lost, and the publisher tries again."""

    async def test_a_record_comes_back_byte_for_byte(self, bus, topic):
        headers = (("ce_id", b"1"), ("ce_id", b"2"), ("Größe", "Ærø ✓".encode()), ("raw", bytes(range(256))), ("empty", b""))
        large = os.urandom(256 * 1024)
        sent = [Record(topic, b"k", b"\x00\xff{", headers), Record(topic, b"k", None), Record(topic, b"k", b""),
                Record(topic, b"k", large)]
        before = clock.wall_ms()
        await bus.publish(sent)
        async with bus.consumer("g" + topic, [topic]) as consumer:
            got = await read(consumer, 4)
        assert [(each.key, each.value, each.headers) for each in got] == [(each.key, each.value, each.headers) for each in sent]
        assert [each.offset for each in got] == [0, 1, 2, 3]
        assert all(before <= each.timestamp_ms <= clock.wall_ms() for each in got)

    async def test_a_thousand_keys_live_where_the_java_client_puts_them(self, bus, topic):
        for key, hashed in JAVA_MURMUR2.items():
            assert partition_for(key, 6) == (hashed & 0x7FFFFFFF) % 6
        await bus.publish([Record(topic, b"key-%d" % number, b"") for number in range(1000)])
        async with bus.consumer("g" + topic, [topic]) as consumer:
            got = await read(consumer, 1000)
        assert {each.key: each.partition for each in got} == {
            b"key-%d" % number: partition_for(b"key-%d" % number, 6) for number in range(1000)}

    async def test_order_is_kept_per_key_under_eight_publishers(self, bus, topic):
        async def publish(name):
            for start in range(0, 60, 3):
                await bus.publish(numbered(topic, 3, name, start))

        await asyncio.gather(*(publish(b"publisher-%d" % number) for number in range(8)))
        by_key = defaultdict(list)
        async with bus.consumer("g" + topic, [topic]) as consumer:
            for record in await read(consumer, 480):
                by_key[record.key].append(int(record.value))
        assert by_key == {b"publisher-%d" % number: list(range(60)) for number in range(8)}

    async def test_a_retry_after_a_lost_answer_leaves_one_record(self, bus, topic):
        await self.publish_and_lose_the_answer(bus, Record(topic, b"k", b"once", producer="relay", number=1))
        await bus.publish([Record(topic, b"k", b"next", producer="relay", number=2)])
        async with bus.consumer("g" + topic, [topic]) as consumer:
            assert values(await read(consumer, 2)) == [b"once", b"next"]

    async def test_a_relay_killed_before_it_noted_its_batch_has_one_effect(self, bus, topic):
        batch = [Record(topic, b"k", b"%d" % number, (("ce_id", b"%d" % number),), producer="relay", number=number)
                 for number in range(5)]
        await bus.publish(batch)
        bus = await self.reopened(bus)
        await bus.publish([*batch, Record(topic, b"k", b"5", (("ce_id", b"5"),), producer="relay", number=5)])
        seen = {}
        async with bus.consumer("g" + topic, [topic]) as consumer:
            while b"5" not in seen:
                for record in await read(consumer, 1):
                    seen.setdefault(dict(record.headers)["ce_id"], record.value)
        assert list(seen.values()) == [b"0", b"1", b"2", b"3", b"4", b"5"]

    async def test_an_empty_topic_has_nothing_to_read_and_no_lag(self, bus, topic):
        async with bus.consumer("g" + topic, [topic]) as consumer:
            assert not await consumer.poll(10, 0.05)
            positions = await bus.positions("g" + topic)
        assert sorted(positions) == [Partition(topic, number) for number in range(6)]
        assert {(each.first, each.committed, each.end, each.lag, each.oldest_unread_ms) for each in positions.values()} \
            == {(0, 0, 0, 0, None)}

    async def test_a_group_resumes_after_what_it_committed(self, bus, topic):
        await bus.publish(numbered(topic, 10))
        async with bus.consumer("g" + topic, [topic]) as consumer:
            await commit_all(consumer, await read(consumer, 4))
        bus = await self.reopened(bus)
        async with bus.consumer("g" + topic, [topic]) as consumer:
            assert values(await read(consumer, 6)) == [b"%d" % number for number in range(4, 10)]

    async def test_what_was_handled_but_not_committed_comes_again(self, bus, topic):
        await bus.publish(numbered(topic, 3))
        async with bus.consumer("g" + topic, [topic]) as consumer:
            first = await read(consumer, 3)
            await commit_all(consumer, first[:1])
        async with bus.consumer("g" + topic, [topic]) as consumer:
            assert await read(consumer, 2) == first[1:]

    async def test_a_consumer_gets_nothing_twice_and_commits_are_not_needed_to_go_on(self, bus, topic):
        await bus.publish(numbered(topic, 4))
        async with bus.consumer("g" + topic, [topic]) as consumer:
            assert values(await read(consumer, 2) + await read(consumer, 2)) == [b"0", b"1", b"2", b"3"]
            assert not await consumer.poll(10, 0.05)

    async def test_a_new_group_starts_at_the_earliest_record(self, bus, topic):
        await bus.publish(numbered(topic, 2))
        async with bus.consumer("g" + topic, [topic]) as consumer:
            assert values(await read(consumer, 2)) == [b"0", b"1"]

    async def test_a_group_that_starts_at_the_latest_keeps_that_place_without_a_commit(self, bus, topic):
        await bus.publish(numbered(topic, 2))
        async with bus.consumer("g" + topic, [topic], LATEST):
            await bus.publish(numbered(topic, 1, start=2))
        async with bus.consumer("g" + topic, [topic], LATEST) as consumer:
            assert values(await read(consumer, 1)) == [b"2"]

    async def test_groups_read_the_same_records_each_for_itself(self, bus, topic):
        await bus.publish(numbered(topic, 2))
        async with bus.consumer("a" + topic, [topic]) as one, bus.consumer("b" + topic, [topic]) as other:
            assert await read(one, 2) == await read(other, 2)

    async def test_a_waiting_poll_hears_of_a_record_when_it_is_published(self, bus, topic):
        async with bus.consumer("g" + topic, [topic]) as consumer:
            waiting = asyncio.create_task(read(consumer, 1, wait=30))
            await asyncio.sleep(0)
            await bus.publish(numbered(topic, 1))
            assert values(await waiting) == [b"0"]

    async def test_a_cancelled_poll_loses_no_record(self, bus, topic):
        async with bus.consumer("g" + topic, [topic]) as consumer:
            waiting = asyncio.create_task(consumer.poll(10, 30.0))
            await asyncio.sleep(0.05)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await bus.publish(numbered(topic, 3))
            assert values(await read(consumer, 3)) == [b"0", b"1", b"2"]

    async def test_a_tail_sees_all_that_is_published_after_it_was_entered(self, bus, topic):
        await bus.publish(numbered(topic, 1))
        async with bus.tail([topic]) as tail:
            await bus.publish(numbered(topic, 2, start=1))
            assert values(await first_of(tail, 2)) == [b"1", b"2"]
            waiting = asyncio.create_task(anext(tail))
            await asyncio.sleep(0)
            await bus.publish(numbered(topic, 1, start=3))
            async with asyncio.timeout(20):
                assert (await waiting).value == b"3"

    async def test_a_tail_goes_on_from_a_vector(self, bus, topic):
        await bus.publish([Record(topic, b"%d" % number, b"%d" % number) for number in range(30)])
        async with bus.tail([topic], after={}) as tail:
            seen = values(await first_of(tail, 12))
            vector = tail.after
        async with bus.tail([topic], after=vector) as tail:
            seen += values(await first_of(tail, 18))
        assert sorted(map(int, seen)) == list(range(30))

    async def test_two_tails_see_everything_and_move_no_group(self, bus, topic):
        async with bus.tail([topic]) as one, bus.tail([topic]) as other:
            await bus.publish(numbered(topic, 3))
            assert values(await first_of(one, 3)) == values(await first_of(other, 3)) == [b"0", b"1", b"2"]

    async def test_a_tail_ends_when_its_block_is_left(self, bus, topic):
        async def all_of(tail):
            return [record async for record in tail]

        async with bus.tail([topic]) as tail:
            waiting = asyncio.create_task(all_of(tail))
            await asyncio.sleep(0.05)
        async with asyncio.timeout(10):
            assert await waiting == []

    async def test_an_unknown_topic_is_an_error(self, bus):
        with pytest.raises(UnknownTopic):
            await bus.publish(numbered("test.nobody-made-this", 1))
        with pytest.raises(UnknownTopic):
            async with bus.consumer("g", ["test.nobody-made-this"]):
                pass
        with pytest.raises(UnknownTopic):
            async with bus.tail(["test.nobody-made-this"]):
                pass

    async def test_a_record_that_no_bus_takes_is_named_and_the_others_can_be_published(self, bus, topic):
        batch = [*numbered(topic, 2), Record(topic, b"k", bytes(1_000_001)), Record(topic, None, b"")]
        with pytest.raises(Refused) as refused:
            await bus.publish(batch)
        assert refused.value.index == 2
        with pytest.raises(Refused, match="no key"):
            await bus.publish(batch[3:])
        await bus.publish(batch[:2])
        async with bus.consumer("g" + topic, [topic]) as consumer:
            assert values(await read(consumer, 2)) == [b"0", b"1"]

    async def test_a_group_moves_to_an_offset_a_time_and_the_beginning(self, bus, topic):
        group, home = "g" + topic, Partition(topic, partition_for(b"k", 6))
        await bus.publish(numbered(topic, 2))
        await asyncio.sleep(0.002)
        instant = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=clock.wall_ms())
        await bus.publish(numbered(topic, 2, start=2))
        async with bus.consumer(group, [topic]) as consumer:
            await commit_all(consumer, await read(consumer, 4))
            with pytest.raises(GroupRunning):
                await bus.move(group, {home: 0})
        for to, expected in (({home: 3}, [b"3"]), (instant, [b"2", b"3"]),
                             (datetime.fromtimestamp(0, UTC), [b"0", b"1", b"2", b"3"])):
            await bus.move(group, to)
            async with bus.consumer(group, [topic]) as consumer:
                assert values(await read(consumer, len(expected))) == expected
        await bus.move(group, datetime(2100, 1, 1, tzinfo=UTC))
        assert (await bus.positions(group))[home].lag == 0
        with pytest.raises(OffsetGone):
            await bus.move(group, {home: 5})
        with pytest.raises(BusError, match="none is number 6"):
            await bus.move(group, {Partition(topic, 6): 0})
        with pytest.raises(BusError, match="has read nothing"):
            await bus.move("nobody" + topic, instant)

    async def test_who_was_overtaken_by_retention_is_told(self, bus, topic):
        group, home = "g" + topic, Partition(topic, partition_for(b"k", 6))
        await bus.publish(numbered(topic, 5))
        async with bus.consumer(group, [topic]) as consumer:
            await commit_all(consumer, await read(consumer, 1))
        await self.retire(bus, home, 5)
        await bus.publish(numbered(topic, 1, start=5))
        with pytest.raises(OffsetGone) as gone:
            async with bus.consumer(group, [topic]) as consumer:
                await read(consumer, 1)
        assert (gone.value.partition, gone.value.offset, gone.value.first) == (home, 1, 5)
        with pytest.raises(OffsetGone):
            async with bus.tail([topic], after={home: 2}):
                pass
        await bus.move(group, {home: gone.value.first})
        async with bus.consumer(group, [topic]) as consumer:
            assert values(await read(consumer, 1)) == [b"5"]

    async def test_positions_tell_first_committed_end_and_the_age_of_the_oldest_unread(self, bus, topic):
        group, home = "g" + topic, Partition(topic, partition_for(b"k", 6))
        assert not await bus.positions(group)
        before = clock.wall_ms()
        await bus.publish(numbered(topic, 3))
        async with bus.consumer(group, [topic]) as consumer:
            got = await read(consumer, 3)
            await commit_all(consumer, got[:1])
            position = (await bus.positions(group))[home]
            assert (position.first, position.committed, position.end, position.lag) == (0, 1, 3, 2)
            assert 0 <= position.oldest_unread_ms <= clock.wall_ms() - before
            await commit_all(consumer, got)
            position = (await bus.positions(group))[home]
        assert (position.committed, position.lag, position.oldest_unread_ms) == (3, 0, None)

    async def test_who_has_left_may_not_commit(self, bus, topic):
        await bus.publish(numbered(topic, 1))
        async with bus.consumer("g" + topic, [topic]) as consumer:
            got = await read(consumer, 1)
        with pytest.raises(Fenced):
            await commit_all(consumer, got)
        async with bus.consumer("g" + topic, [topic]) as consumer:
            assert await read(consumer, 1) == got

    async def test_a_partition_whose_handler_is_stuck_stops_no_other(self, bus, topic):
        poison, sound = Record(topic, b"a", b"\xff not json", (("ce_id", b"\xfe"),)), Record(topic, b"b", b"1")
        assert partition_for(b"a", 6) != partition_for(b"b", 6)
        await bus.publish([poison])
        async with bus.consumer("g" + topic, [topic]) as consumer:
            assert values(await read(consumer, 1)) == [poison.value]
            await bus.publish([sound])
            await commit_all(consumer, await read(consumer, 1))
            positions = await bus.positions("g" + topic)
        assert {key: positions[Partition(topic, partition_for(key, 6))].lag for key in (b"a", b"b")} == {b"a": 1, b"b": 0}

    async def test_stopping_finishes_what_is_in_flight_within_ten_seconds(self, bus, topic):
        async with bus.consumer("g" + topic, [topic]) as consumer:
            waiting = asyncio.create_task(consumer.poll(10, 60.0))
            publishing = [asyncio.create_task(bus.publish(numbered(topic, 50, start=50 * number))) for number in range(4)]
            await asyncio.sleep(0.05)
            async with asyncio.timeout(10):
                await bus.stop()
                await asyncio.gather(*publishing)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        with pytest.raises(BusError):
            await bus.publish(numbered(topic, 1))
        with pytest.raises(BusError):
            async with bus.consumer("g2" + topic, [topic]):
                pass
        with pytest.raises(BusError):
            async with bus.tail([topic]):
                pass
        bus = await self.reopened(bus)
        async with bus.consumer("g2" + topic, [topic]) as consumer:
            assert sorted(map(int, values(await read(consumer, 200)))) == list(range(200))

    async def test_ten_thousand_idle_polls_leak_nothing(self, bus, topic):
        def held():
            gc.collect()
            return (len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks()),
                    sum(isinstance(each, asyncio.Future) for each in gc.get_objects()))

        async with bus.consumer("g" + topic, [topic]) as consumer:
            await consumer.poll(10, 0.01)
            files, tasks, futures = held()
            for number in range(10_000):
                assert not await consumer.poll(10, 0.001 if number % 10 == 0 else 0)
            files_after, tasks_after, futures_after = held()
        assert files_after <= files + 2
        assert tasks_after <= tasks + 5
        assert futures_after <= futures + 50

    async def test_topics_are_made_once_and_never_get_another_count_of_partitions(self, bus, topic):
        await bus.apply([Topic(topic, 6, retention_ms=1000 * 60 * 60)])
        assert await bus.check([Topic(topic, 6)]) == []
        missing, differing = await bus.check([Topic("test.missing"), Topic(topic, 12)])
        assert "test.missing is missing" in missing
        assert "has 6 partitions" in differing
        with pytest.raises(BusError, match="has 6 partitions"):
            await bus.apply([Topic(topic, 12)])
