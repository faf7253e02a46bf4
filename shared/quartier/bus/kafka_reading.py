"""How records are taken from Kafka without losing any to a cancelled question, and how they are read without a group."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Self

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError

from quartier.bus import OffsetGone, Partition, Record, Start
from quartier.bus.kafka_clients import end_within, kafka_problems


def starting_points(first: Mapping[Partition, int], end: Mapping[Partition, int],
                    after: Mapping[Partition, int] | Start) -> dict[Partition, int]:
    """The next offset to read in each partition, from a start or from a vector of the last offsets seen."""
    if isinstance(after, Start):
        return dict(end if after is Start.LATEST else first)
    places = {partition: after[partition] + 1 if partition in after else first[partition] for partition in first}
    for partition, place in places.items():
        if not first[partition] <= place <= end[partition]:
            raise OffsetGone(partition, place, first[partition], end[partition])
    return places


def as_record(found: ConsumerRecord) -> Record:
    """A record as the port gives it out."""
    headers = tuple((name, value or b"") for name, value in found.headers)
    return Record(found.topic, found.key, found.value, headers, found.partition, found.offset, found.timestamp)


class Fetch:
    """Asks one aiokafka consumer for records, so that a cancelled or timed-out question loses nothing.

    During a rebalance aiokafka's `getmany` waits longer than it is told to, and cancelling it would leave its bookkeeping
    wrong (a member that does not poll would never be expelled). So the question stays open until the next poll.
    """

    def __init__(self, consumer: AIOKafkaConsumer,
                 seen: Callable[[dict[TopicPartition, list[ConsumerRecord]]], None]) -> None:
        self.consumer, self._seen = consumer, seen
        self._question: asyncio.Task[dict[TopicPartition, list[ConsumerRecord]]] | None = None

    async def records(self, limit: int, wait: float) -> dict[Partition, list[Record]]:
        """What comes within `wait` seconds, or nothing."""
        if self._question is None:
            self._question = asyncio.create_task(self._ask(limit, wait))
        await asyncio.wait([self._question], timeout=wait + 0.1)
        if not self._question.done():
            return {}
        question, self._question = self._question, None
        return {Partition(*place): [as_record(record) for record in records]
                for place, records in question.result().items()}

    async def _ask(self, limit: int, wait: float) -> dict[TopicPartition, list[ConsumerRecord]]:
        found = await self.consumer.getmany(timeout_ms=int(wait * 1000), max_records=limit)
        # In the same step of the event loop: no rebalance can come between taking the records and noting them.
        self._seen(found)
        return found

    async def close(self) -> None:
        """Leave the group, if there is one, and disconnect."""
        await end_within(self.consumer, "consumer")
        if self._question is not None:
            self._question.cancel()
            await asyncio.gather(self._question, return_exceptions=True)


class KafkaTail:
    """Every record of some topics from a starting point on."""

    def __init__(self, reader: AIOKafkaConsumer, places: Mapping[Partition, int]) -> None:
        self._fetch = Fetch(reader, lambda found: None)
        self._after = {partition: place - 1 for partition, place in places.items()}
        self._waiting: list[Record] = []

    @property
    def after(self) -> Mapping[Partition, int]:
        """The vector to give to `tail` to go on from here."""
        return dict(self._after)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Record:
        while not self._waiting:
            try:
                with kafka_problems():
                    found = await self._fetch.records(500, 1.0)
            except ConsumerStoppedError:
                raise StopAsyncIteration from None
            self._waiting = [record for records in found.values() for record in records][::-1]
        record = self._waiting.pop()
        self._after[Partition(record.topic, record.partition)] = record.offset
        return record

    async def close(self) -> None:
        """Stop reading; whoever still waits is told that there is no more."""
        await self._fetch.close()
