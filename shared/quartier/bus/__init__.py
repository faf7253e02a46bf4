"""The port through which services publish and read: what a bus promises, whichever of the two is behind it.

`log.py` keeps the embedded log in SQLite, `kafka.py` speaks to Apache Kafka, and one contract suite holds both to what
stands here. A bus is started before use and stopped after it. An *offset* is a record's place in its partition; where a
position is meant (`commit`, `move`, `Position`), it is the offset of the next record to read, as Kafka counts it.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Protocol, Self

DAY_MS = 24 * 60 * 60 * 1000
LARGEST_RECORD = 1_000_000
"""Bytes of key, value and headers together that both buses take; a broker's own default limit is a little above."""


@dataclass(frozen=True, slots=True)
class Record:
    """One message, as bytes. Publishers give topic, key, value and headers; the bus adds the rest when it is read.

    The key decides the partition and is never null. A null value is a tombstone. `producer` and `number` are the relay's
    own name and gapless number: the log skips a record whose number is not above the one it holds for that producer and
    partition, so that a retry is stored once. Kafka ignores them.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    partition: int | None = None
    offset: int | None = None
    timestamp_ms: int | None = None
    producer: str | None = None
    number: int | None = None

    @property
    def size(self) -> int:
        """The bytes that count against `LARGEST_RECORD`."""
        headers = sum(len(name.encode()) + len(value) for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """One ordered part of a topic."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True)
class Position:
    """How far a group has come in one partition.

    `first` is the oldest offset kept, `end` the one that the next record will get, `committed` the next one to read (None
    when nothing is committed yet), and `oldest_unread_ms` says how long the oldest unread record has been waiting.
    """

    first: int
    committed: int | None
    end: int
    oldest_unread_ms: int | None

    @property
    def lag(self) -> int:
        """Records that the group has still to read."""
        start = self.first if self.committed is None else max(self.first, self.committed)
        return max(0, self.end - start)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the registry wants it. The number of partitions never changes: it would give keys a new home."""

    name: str
    partitions: int = 6
    retention_ms: int = 30 * DAY_MS
    compacted: bool = False


class Start(Enum):
    """Where a reader without a position begins: at the first record kept, or at what is published from now on."""

    EARLIEST = "earliest"
    LATEST = "latest"


EARLIEST = Start.EARLIEST
LATEST = Start.LATEST


class BusError(Exception):
    """Something that the bus cannot or may not do; its message is a sentence for the operator."""


class UnknownTopic(BusError):
    """A topic that nobody has made yet: `quartier topics apply` does."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"The topic {topic} does not exist; `quartier topics apply` makes it.")
        self.topic = topic


class Fenced(BusError):
    """The partition belongs to another reader now; what was done will be read again there, and the inbox skips it."""

    def __init__(self, partition: Partition) -> None:
        super().__init__(f"Partition {partition.number} of {partition.topic} has moved on to another reader.")
        self.partition = partition


class OffsetGone(BusError):
    """A position outside what is kept: retention took the records, or the log is not the one that the position is from."""

    def __init__(self, partition: Partition, offset: int, first: int, end: int) -> None:
        super().__init__(f"Offset {offset} of {partition.topic}, partition {partition.number}, is not kept: "
                         f"the log goes from {first} to {end}.")
        self.partition, self.offset, self.first, self.end = partition, offset, first, end


class GroupRunning(BusError):
    """A group that is being read by a consumer, so nobody may move it or take its place."""

    def __init__(self, group: str) -> None:
        super().__init__(f"The group {group} is running; stop its consumers first.")
        self.group = group


class Refused(BusError):
    """A record that will never be taken; `index` is its place in the batch that was published.

    Whether the other records of the batch were stored is open: publish them again, without this one.
    """

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(f"The bus refuses record {index} of the batch: {reason}")
        self.index = index


class Unavailable(BusError):
    """The bus is out of reach or cannot write just now. Whether records were stored is open: publish them again later."""


class Consumer(Protocol):
    """One member of a group. Whoever reads commits a partition when everything before the position is done."""

    async def poll(self, limit: int, wait: float) -> Mapping[Partition, Sequence[Record]]:
        """The next records, at most `limit`, in order within each partition; empty after `wait` seconds without any.

        What was handed out is not handed out again by this consumer; uncommitted records come back after a restart.
        Asking again says that the records of the last poll are done with: a rebalance waits for that, within a deadline.
        Raises OffsetGone when retention overtook the group.
        """
        ...

    async def commit(self, partition: Partition, offset: int) -> None:
        """Keep `offset` as the next one to read. Raises Fenced when the partition has moved on to another reader."""
        ...


class Tail(Protocol):
    """Records as they come, without a group; `after` is the vector to give to `tail` to go on from here."""

    @property
    def after(self) -> Mapping[Partition, int]:
        """For each partition the offset of the last record handed out (or the one before the start)."""
        ...

    def __aiter__(self) -> Self: ...

    async def __anext__(self) -> Record: ...


class Bus(Protocol):
    """A log of records in topics and partitions, ordered per key and readable again by any number of groups."""

    async def start(self) -> None:
        """Open files or connections. Raises Unavailable when that fails."""
        ...

    async def stop(self) -> None:
        """Finish what is in flight and close, within ten seconds."""
        ...

    async def publish(self, records: Sequence[Record]) -> None:
        """Store records in order per key; returns when all are durable. Raises Refused, UnknownTopic, Unavailable."""
        ...

    def consumer(self, group: str, topics: Sequence[str],
                 start: Start = Start.EARLIEST) -> AbstractAsyncContextManager[Consumer]:
        """Join a group; `start` says where a group without a position begins, and is kept as its position at once."""
        ...

    def tail(self, topics: Sequence[str],
             after: Mapping[Partition, int] | Start = Start.LATEST) -> AbstractAsyncContextManager[Tail]:
        """`async with bus.tail(topics) as records: async for record in records`: see everything, as live pages do.

        The starting point is fixed when the block is entered: no record that is published later is missed. A vector names
        the last offset that was seen in each partition; one that it does not name is read from its first record. Raises
        OffsetGone when records after the vector are no longer kept.
        """
        ...

    async def positions(self, group: str) -> Mapping[Partition, Position]:
        """How far a group has come, in each partition of the topics that it has read."""
        ...

    async def move(self, group: str, to: datetime | Mapping[Partition, int]) -> None:
        """Set a group's positions: to the first records written at or after an instant, or to these offsets.

        Raises GroupRunning while it has consumers, OffsetGone for an offset that is not kept.
        """
        ...

    async def apply(self, topics: Sequence[Topic]) -> None:
        """Make the topics that are missing and set retention; a topic with another count of partitions is an error."""
        ...

    async def check(self, topics: Sequence[Topic]) -> list[str]:
        """A sentence for each topic that is missing or has another count of partitions; empty when all is well."""
        ...


def partition_for(key: bytes, partitions: int) -> int:
    """The partition that a key lives in: murmur2 as in Kafka's Java client, so both buses give the same answer."""
    # The import waits for the first key, so that programs that only read the port start without loading aiokafka.
    from aiokafka.partitioner import murmur2

    return (murmur2(key) & 0x7FFFFFFF) % partitions


def in_milliseconds(instant: datetime) -> int:
    """An aware instant as records are stamped: milliseconds since 1970, cut off and never rounded up."""
    return (instant - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


def refuse_unfit(records: Sequence[Record]) -> None:
    """Raise Refused for the first record that no bus takes, before anything of the batch is sent."""
    for index, record in enumerate(records):
        if record.key is None:
            raise Refused(index, "it has no key, and without one there is no order.")
        if record.size > LARGEST_RECORD:
            raise Refused(index, f"it has {record.size} bytes, and the limit is {LARGEST_RECORD}.")


def no_such_partition(partition: Partition, count: int) -> str:
    """The sentence for a partition that its topic does not have."""
    return f"The topic {partition.topic} has {count} partitions, from 0, and none is number {partition.number}."


def count_complaints(wanted: Iterable[Topic], counts: Mapping[str, int]) -> list[str]:
    """What the registry and a bus do not agree on: a sentence for each topic that is missing or differs in partitions."""
    complaints = []
    for topic in wanted:
        if topic.name not in counts:
            complaints.append(f"The topic {topic.name} is missing; `quartier topics apply` makes it.")
        elif counts[topic.name] != topic.partitions:
            complaints.append(f"The topic {topic.name} has {counts[topic.name]} partitions, and {topic.partitions} are "
                              "wanted; counts never change, so it needs a new topic and a replay.")
    return complaints
