"""The distributed bus: the port on Apache Kafka, for services that run as processes of their own.

Records are produced idempotently with acks from all replicas in sync, and offsets are committed by whoever handled the
records, never by a clock. Producing stands in `kafka_producer.py`, groups in `kafka_group.py`, reading without one in
`kafka_reading.py`, topics in `kafka_cluster.py`. aiokafka is imported in these `kafka…` files alone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError

from quartier import clock
from quartier.bus import (
    BusError,
    GroupRunning,
    OffsetGone,
    Partition,
    Position,
    Record,
    Start,
    Topic,
    Unavailable,
    UnknownTopic,
    count_complaints,
    in_milliseconds,
    kafka_clients,
    no_such_partition,
    refuse_unfit,
)
from quartier.bus.kafka_clients import DRAIN, end_within, kafka_problems, place_at
from quartier.bus.kafka_cluster import KafkaCluster
from quartier.bus.kafka_group import Group, KafkaConsumer
from quartier.bus.kafka_producer import KafkaProducer
from quartier.bus.kafka_reading import KafkaTail, starting_points

_log = logging.getLogger(__name__)


class KafkaBus:
    """The port of `quartier.bus` on a Kafka cluster.

    `replication` is the number of copies that `apply` asks for. `max_poll_interval` is how many seconds a consumer may
    take between two polls before the group gives its partitions to others. `restarts` counts the consumers that were
    stuck and were made anew.
    """

    replication: int = 1
    max_poll_interval: float = 300.0

    def __init__(self, servers: list[str], client_id: str, client_rack: str | None = None) -> None:
        self._servers, self._client_id, self._client_rack = servers, client_id, client_rack
        self._counts: dict[str, int] = {}
        self._producer = KafkaProducer(servers, client_id)
        self._in_flight: set[asyncio.Future[None]] = set()
        self._cluster = KafkaCluster(servers, client_id)
        self._is_open = False
        self.restarts = 0

    async def start(self) -> None:
        """Connect. Raises Unavailable when no broker answers."""
        await self._cluster.start()
        self._is_open = True

    async def stop(self) -> None:
        """Send what is in flight and disconnect."""
        self._is_open = False
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=DRAIN)
        await self._producer.stop()
        await self._cluster.stop()

    async def publish(self, records: Sequence[Record]) -> None:
        """Send records, in order per key, and return when all replicas in sync have all of them."""
        refuse_unfit(records)
        if not self._is_open:
            raise BusError("The bus is not open.")
        finished = asyncio.get_running_loop().create_future()
        self._in_flight.add(finished)
        try:
            counts = await self._partition_counts({record.topic for record in records})
            await self._producer.publish(records, counts)
        except Unavailable:
            # The topics may be other ones when the cluster is back.
            self._counts.clear()
            raise
        finally:
            self._in_flight.discard(finished)
            finished.set_result(None)

    def consumer(self, group: str, topics: Sequence[str],
                 start: Start = Start.EARLIEST) -> AbstractAsyncContextManager[KafkaConsumer]:
        """Join a group and share its partitions with the other members."""
        return self._consumer(Group(group, tuple(topics), start))

    @asynccontextmanager
    async def _consumer(self, group: Group) -> AsyncIterator[KafkaConsumer]:
        await self._partition_counts(set(group.topics))
        consumer = KafkaConsumer(group, self._make_consumer, self._cluster.members, self._count_restart)
        try:
            await consumer.join()
            yield consumer
        finally:
            await consumer.leave()

    @asynccontextmanager
    async def tail(self, topics: Sequence[str],
                   after: Mapping[Partition, int] | Start = Start.LATEST) -> AsyncIterator[KafkaTail]:
        """Read without a group, from a starting point that is fixed when the block is entered."""
        partitions = await self._partitions(topics)
        async with self._reading() as reader:
            with kafka_problems():
                places = starting_points(*await self._bounds(reader, partitions), after)
            place_at(reader, places)
            tail = KafkaTail(reader, places)
            try:
                yield tail
            finally:
                await tail.close()

    async def positions(self, group: str) -> Mapping[Partition, Position]:
        """How far the group has come in each partition where it has a position."""
        committed = await self._cluster.committed(group)
        if not committed:
            return {}
        async with self._reading() as reader:
            with kafka_problems():
                first, end = await self._bounds(reader, list(committed))
                unread = {partition: max(first[partition], offset) for partition, offset in committed.items()
                          if max(first[partition], offset) < end[partition]}
                stamps = await self._stamps(reader, unread)
        now = clock.wall_ms()
        return {partition: Position(first[partition], offset, end[partition],
                                    max(0, now - stamps[partition]) if partition in stamps else None)
                for partition, offset in committed.items()}

    async def move(self, group: str, to: datetime | Mapping[Partition, int]) -> None:
        """Set the positions of a group that has no members."""
        partitions = list(to if isinstance(to, Mapping) else await self._cluster.committed(group))
        if not partitions:
            raise BusError(f"The group {group} has read nothing yet, so there is nothing to move.")
        counts = await self._partition_counts({partition.topic for partition in partitions})
        for partition in partitions:
            if partition.number >= counts[partition.topic]:
                raise BusError(no_such_partition(partition, counts[partition.topic]))
        async with self._reading(group) as reader:
            with kafka_problems():
                first, end = await self._bounds(reader, partitions)
                places = dict(to) if isinstance(to, Mapping) else await self._places_at(reader, end, to)
                for partition, place in places.items():
                    if not first[partition] <= place <= end[partition]:
                        raise OffsetGone(partition, place, first[partition], end[partition])
                place_at(reader, places)
                try:
                    # Kafka takes an offset from outside the group only while the group has no members.
                    await reader.commit({TopicPartition(partition.topic, partition.number): place
                                         for partition, place in places.items()})
                except CommitFailedError as problem:
                    raise GroupRunning(group) from problem

    async def apply(self, topics: Sequence[Topic]) -> None:
        """Make topics that are missing, and set retention on all of them."""
        await self._cluster.apply(topics, self.replication)

    async def check(self, topics: Sequence[Topic]) -> list[str]:
        """What is missing, or has another count of partitions."""
        return count_complaints(topics, await self._cluster.partition_counts({topic.name for topic in topics}))

    async def _partition_counts(self, names: set[str]) -> dict[str, int]:
        if not names <= self._counts.keys():
            self._counts |= await self._cluster.partition_counts(names)
            for name in sorted(names - self._counts.keys()):
                raise UnknownTopic(name)
        return self._counts.copy()

    async def _partitions(self, topics: Sequence[str]) -> list[Partition]:
        counts = await self._partition_counts(set(topics))
        return [Partition(topic, number) for topic in topics for number in range(counts[topic])]

    def _make_consumer(self, client_id: str, **options: object) -> AIOKafkaConsumer:
        if not self._is_open:
            raise BusError("The bus is not open.")
        return AIOKafkaConsumer(
            bootstrap_servers=self._servers, client_id=f"{self._client_id}-{client_id}", client_rack=self._client_rack,
            enable_auto_commit=False, max_poll_interval_ms=int(self.max_poll_interval * 1000),
            # A position that is not kept must be an error; Kafka's own answer would be to skip in silence.
            auto_offset_reset="none", **options)

    @asynccontextmanager
    async def _reading(self, group: str | None = None) -> AsyncIterator[AIOKafkaConsumer]:
        reader = self._make_consumer("reader", group_id=group)
        try:
            with kafka_problems():
                async with asyncio.timeout(kafka_clients.PATIENCE):
                    await reader.start()
            yield reader
        finally:
            await end_within(reader, "reader")

    async def _bounds(self, reader: AIOKafkaConsumer,
                      partitions: Sequence[Partition]) -> tuple[dict[Partition, int], dict[Partition, int]]:
        places = [TopicPartition(partition.topic, partition.number) for partition in partitions]
        async with asyncio.timeout(kafka_clients.PATIENCE):
            first, end = await reader.beginning_offsets(places), await reader.end_offsets(places)
        return ({Partition(*place): offset for place, offset in first.items()},
                {Partition(*place): offset for place, offset in end.items()})

    async def _places_at(self, reader: AIOKafkaConsumer, end: Mapping[Partition, int],
                         instant: datetime) -> dict[Partition, int]:
        instant_ms = max(0, in_milliseconds(instant))
        async with asyncio.timeout(kafka_clients.PATIENCE):
            found = await reader.offsets_for_times({TopicPartition(each.topic, each.number): instant_ms for each in end})
        return {Partition(*place): end[Partition(*place)] if answer is None else answer.offset
                for place, answer in found.items()}

    async def _stamps(self, reader: AIOKafkaConsumer, unread: Mapping[Partition, int]) -> dict[Partition, int]:
        """When the record at each of these offsets was written."""
        stamps: dict[Partition, int] = {}
        if not unread:
            return stamps
        place_at(reader, unread)
        deadline = clock.monotonic() + kafka_clients.PATIENCE
        while len(stamps) < len(unread) and clock.monotonic() < deadline:
            for place, records in (await reader.getmany(timeout_ms=500)).items():
                stamps.setdefault(Partition(*place), records[0].timestamp)
                reader.pause(place)
        return stamps

    def _count_restart(self, reason: str) -> None:
        self.restarts += 1
        _log.warning("A consumer is made anew: %s", reason)
