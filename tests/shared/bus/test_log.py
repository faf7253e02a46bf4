"""The embedded log keeps the contract of every bus, and what it promises beyond: exactly once into the log."""

import asyncio
import sqlite3

import pytest

from quartier.bus import BusError, GroupRunning, Partition, Record, Topic, Unavailable, partition_for
from quartier.bus.log import LogBus
from tests.shared.bus.contract import BusContract, first_of, numbered, read, topic, values

__all__ = ["topic"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bus.db"


@pytest.fixture
async def opened(path):
    """Opens the log's file anew; all that a test opened is stopped after it."""
    buses = []

    async def open_one():
        for each in buses:
            await each.stop()
        buses.append(LogBus(path))
        await buses[-1].start()
        return buses[-1]

    yield open_one
    for each in buses:
        await each.stop()


@pytest.fixture
async def bus(opened, request):
    if request.instance is not None:
        request.instance.open_one = opened
    return await opened()


class TestLog(BusContract):
    async def reopened(self, bus):
        return await self.open_one()

    async def retire(self, bus, partition, before):
        await bus.apply([Topic(partition.topic, 6, retention_ms=-1)])
        await bus.expire()
        await bus.apply([Topic(partition.topic, 6)])

    async def publish_and_lose_the_answer(self, bus, record):
        await bus.publish([record])
        await bus.publish([record])


async def test_a_number_that_a_producer_already_stored_is_skipped(bus, topic, opened):
    def batch(*numbers, producer="relay"):
        return [Record(topic, b"k", b"%d" % number, producer=producer, number=number) for number in numbers]

    await bus.publish(batch(1, 2))
    await bus.publish(batch(2, 3))
    await bus.publish(batch(1, producer="another"))
    bus = await opened()
    await bus.publish(batch(1, 2, 3, 4))
    await bus.publish([Record(topic, b"k", b"unnumbered"), Record(topic, b"k", b"unnumbered")])
    async with bus.tail([topic], after={}) as tail:
        found = await first_of(tail, 7)
    assert values(found) == [b"1", b"2", b"3", b"1", b"4", b"unnumbered", b"unnumbered"]
    assert [record.offset for record in found] == list(range(7))


async def test_a_batch_is_stored_whole_or_not_at_all(bus, topic):
    with pytest.raises(BusError):
        await bus.publish([*numbered(topic, 3), *numbered("test.nobody-made-this", 1)])
    async with bus.consumer("g", [topic]) as consumer:
        assert not await consumer.poll(10, 0)


async def test_a_publisher_that_is_cancelled_in_the_middle_still_wakes_the_readers(bus, topic, path):
    async with bus.tail([topic]) as tail:
        waiting = asyncio.create_task(anext(tail))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("begin immediate")
        publishing = asyncio.create_task(bus.publish(numbered(topic, 1)))
        await asyncio.sleep(0.5)
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
        other.execute("rollback")
        other.close()
        async with asyncio.timeout(10):
            assert (await waiting).value == b"0"


async def test_a_group_has_one_consumer(bus, topic):
    async with bus.consumer("g", [topic]):
        with pytest.raises(GroupRunning):
            async with bus.consumer("g", [topic]):
                pass
    async with bus.consumer("g", [topic]):
        pass


async def test_compaction_is_refused_with_a_sentence(bus):
    with pytest.raises(BusError, match="compacts nothing"):
        await bus.apply([Topic("test.state", compacted=True)])


async def test_retention_keeps_what_is_young_and_what_comes_after_it(bus, topic, path):
    await bus.publish(numbered(topic, 6_000))
    home = partition_for(b"k", 6)
    with sqlite3.connect(path) as other:
        # Of 6,000 records the first 5,500 are a year old; so is one that a clock set back stamped later.
        other.execute("update record set ts = ts - 31536000000 where off < 5500 or off = 5700")
    other.close()
    await bus.expire()
    async with bus.consumer("g", [topic]) as consumer:
        position = (await bus.positions("g"))[Partition(topic, home)]
        assert (position.first, position.end) == (5_500, 6_000)
        assert (await read(consumer, 1))[0].offset == 5_500


async def test_a_file_that_is_no_log_is_an_error_with_its_name(tmp_path):
    (tmp_path / "bus.db").write_bytes(b"this is a letter, not a database" * 100)
    bus = LogBus(tmp_path / "bus.db")
    with pytest.raises(Unavailable, match="bus.db cannot be opened"):
        await bus.start()
    await bus.stop()


async def test_a_full_disk_is_said_and_passes(bus, topic, path):
    await bus.publish(numbered(topic, 1))
    pages = await bus._writer.run(lambda db: db.execute("pragma page_count").fetchone()[0])
    await bus._writer.run(lambda db: db.execute(f"pragma max_page_count = {pages}").fetchone())
    with pytest.raises(Unavailable, match="full"):
        await bus.publish([Record(topic, b"k", bytes(500_000))])
    await bus._writer.run(lambda db: db.execute("pragma max_page_count = 1000000").fetchone())
    await bus.publish(numbered(topic, 1, start=1))
    async with bus.consumer("g", [topic]) as consumer:
        assert values(await read(consumer, 2)) == [b"0", b"1"]
