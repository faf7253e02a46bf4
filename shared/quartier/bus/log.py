"""The embedded bus: a log of records in one SQLite file, for a city that runs in a single process.

One process owns the file (`quartier up` holds the folder's lock), so a group has one consumer and needs no leases and no
rebalancing. Nothing is replicated, the file must lie on a local disk, and topics are not compacted: whoever outgrows
that sets the address of a Kafka cluster. What happens inside the file stands in `log_file.py`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from quartier import clock
from quartier.bus import (
    BusError,
    Fenced,
    GroupRunning,
    Partition,
    Position,
    Record,
    Start,
    Topic,
    count_complaints,
    log_file,
    refuse_unfit,
)
from quartier.bus.log_connection import Connection

RETENTION_EVERY = 600.0
"""Seconds between two looks for records that are past their retention."""

_log = logging.getLogger(__name__)


class LogBus:
    """The port of `quartier.bus` on one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._writer = Connection(path, writes=True)
        self._reader = Connection(path, writes=False)
        self._readers: set[_Reader] = set()
        self._groups: set[str] = set()
        self._retention: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the file, make its tables where it is new, and begin to watch retention."""
        await self._writer.open()
        await self._writer.run(log_file.make_tables)
        await self._reader.open()
        self._retention = asyncio.create_task(self._expire_for_ever())

    async def stop(self) -> None:
        """Finish the writes that were asked for, end waiting polls and tails, and close the file."""
        if self._retention is not None:
            self._retention.cancel()
            await asyncio.gather(self._retention, return_exceptions=True)
        await self._writer.close()
        await self._reader.close()
        self._wake(None)

    async def publish(self, records: Sequence[Record]) -> None:
        """Append a batch in one transaction; what a producer already stored is skipped."""
        refuse_unfit(records)
        topics = {record.topic for record in records}
        # The writer's thread wakes the readers, so they hear of the batch even when the publisher was cancelled meanwhile.
        await self._writer.run(lambda db: log_file.append(db, records, clock.wall_ms()), then=lambda: self._wake(topics))

    @asynccontextmanager
    async def consumer(self, group: str, topics: Sequence[str],
                       start: Start = Start.EARLIEST) -> AsyncIterator["LogConsumer"]:
        """Read as the only consumer of a group; a second one is refused with GroupRunning."""
        if group in self._groups:
            raise GroupRunning(group)
        self._groups.add(group)
        try:
            places = await self._writer.run(lambda db: log_file.join(db, group, topics, start))
            with self._reading(places) as reader:
                yield LogConsumer(group, reader, self._writer)
        finally:
            self._groups.discard(group)

    @asynccontextmanager
    async def tail(self, topics: Sequence[str],
                   after: Mapping[Partition, int] | Start = Start.LATEST) -> AsyncIterator["LogTail"]:
        """Read without a group, from a starting point that is fixed when the block is entered."""
        places = await self._reader.run(lambda db: log_file.starting_points(db, topics, after))
        with self._reading(places) as reader:
            yield LogTail(reader)

    async def positions(self, group: str) -> Mapping[Partition, Position]:
        """How far the group has come in each partition that it reads."""
        return await self._reader.run(lambda db: log_file.positions(db, group, clock.wall_ms()))

    async def move(self, group: str, to: datetime | Mapping[Partition, int]) -> None:
        """Set the positions of a group that is not running."""
        if group in self._groups:
            raise GroupRunning(group)
        await self._writer.run(lambda db: log_file.move(db, group, to))

    async def apply(self, topics: Sequence[Topic]) -> None:
        """Make topics and set their retention."""
        for topic in topics:
            if topic.compacted:
                raise BusError(f"The embedded log compacts nothing, and {topic.name} asks for it; use Kafka for that.")
        await self._writer.run(lambda db: log_file.apply(db, topics))

    async def check(self, topics: Sequence[Topic]) -> list[str]:
        """What is missing, or has another count of partitions."""
        return count_complaints(topics, await self._reader.run(log_file.partition_counts))

    async def expire(self) -> None:
        """Delete what is past its topic's retention; the log does so by itself every ten minutes."""
        while await self._writer.run(lambda db: log_file.expire(db, clock.wall_ms())):
            pass

    async def _expire_for_ever(self) -> None:
        while True:
            try:
                await self.expire()
            except BusError as problem:
                _log.warning("Retention will be tried again later: %s", problem)
            await asyncio.sleep(RETENTION_EVERY)

    def _reading(self, places: dict[Partition, int]) -> "_Reader":
        return _Reader(self._reader, places, self._readers)

    def _wake(self, topics: set[str] | None) -> None:
        """Tell those who read one of these topics (None: everybody) that there is something new."""
        for reader in self._readers:
            if topics is None or not topics.isdisjoint(reader.topics):
                reader.news.set()


class _Reader:
    """A place in each partition, and the bell that rings when there may be more to read."""

    def __init__(self, connection: Connection, places: dict[Partition, int], readers: set["_Reader"]) -> None:
        self._connection = connection
        self._readers = readers
        self.places = places
        self.topics = {partition.topic for partition in places}
        self.news = asyncio.Event()

    def __enter__(self) -> Self:
        self._readers.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._readers.discard(self)
        self.news.set()

    @property
    def is_open(self) -> bool:
        return self in self._readers

    async def read(self, limit: int, wait: float | None) -> dict[Partition, list[Record]]:
        """The next records; nothing after `wait` seconds (None: never gives up), or when the log closes meanwhile."""
        deadline = None if wait is None else clock.monotonic() + wait
        while True:
            # The bell is reset before the look, never after it: what comes in between rings it again.
            self.news.clear()
            found = await self._connection.run(lambda db: log_file.read(db, self.places, limit))
            for partition, records in found.items():
                # Whoever was served goes to the end of the queue, so that a busy partition starves no other.
                del self.places[partition]
                self.places[partition] = records[-1].offset + 1
            if found or not await self._news_before(deadline):
                return found

    async def _news_before(self, deadline: float | None) -> bool:
        try:
            async with asyncio.timeout(None if deadline is None else max(0.0, deadline - clock.monotonic())):
                await self.news.wait()
        except TimeoutError:
            return False
        return self._connection.is_open and self.is_open


class LogConsumer:
    """The one member that a group has on the embedded log."""

    def __init__(self, group: str, reader: _Reader, writer: Connection) -> None:
        self._group, self._reader, self._writer = group, reader, writer

    async def poll(self, limit: int, wait: float) -> Mapping[Partition, Sequence[Record]]:
        """The next records, at most `limit`; empty after `wait` seconds without any."""
        return await self._reader.read(limit, wait)

    async def commit(self, partition: Partition, offset: int) -> None:
        """Keep the next offset to read; refused with Fenced once this consumer has left its group."""
        if not self._reader.is_open or partition not in self._reader.places:
            raise Fenced(partition)
        await self._writer.run(lambda db: log_file.commit(db, self._group, partition, offset))


class LogTail:
    """Every record from a starting point on, until the block is left or the log closes."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._after = {partition: place - 1 for partition, place in reader.places.items()}
        self._waiting: list[Record] = []

    @property
    def after(self) -> Mapping[Partition, int]:
        """The vector to give to `tail` to go on from here."""
        return dict(self._after)

    def __aiter__(self) -> "LogTail":
        return self

    async def __anext__(self) -> Record:
        while not self._waiting:
            found = await self._reader.read(500, None)
            if not found:
                raise StopAsyncIteration
            self._waiting = [record for records in found.values() for record in records][::-1]
        record = self._waiting.pop()
        self._after[Partition(record.topic, record.partition)] = record.offset
        return record
