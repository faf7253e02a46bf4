"""A member of a group on Kafka, as the port wants it.

aiokafka joins, heartbeats and rejoins in the background. What is added here is what the port promises beyond that: no
commit for a partition that moved on, no position that is skipped in silence, and no consumer that is stuck for good.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    ConsumerStoppedError,
    IllegalStateError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from quartier import clock, ids
from quartier.bus import BusError, Fenced, OffsetGone, Partition, Record, Start, Unavailable
from quartier.bus.kafka_clients import DRAIN, NOT_ALLOWED, STOP, end_within, kafka_problems
from quartier.bus.kafka_reading import Fetch

STALLED_AFTER = 30.0
"""Seconds without a record after which a consumer has to show that there is nothing for it to read."""
JOIN = 30.0
"""Seconds that joining a group may take; a member that died without a word holds the others up for ten."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Group:
    """What a consumer joins: a name, the topics that it reads, and where it begins where it has no position."""

    name: str
    topics: tuple[str, ...]
    start: Start


class KafkaConsumer(ConsumerRebalanceListener):
    """A member of a group. It commits only what it was given since the last rebalance, and is made anew when stuck."""

    def __init__(self, group: Group, make: Callable[..., AIOKafkaConsumer],
                 members: Callable[[str], Awaitable[set[str]]], count_restart: Callable[[str], None]) -> None:
        self._group, self._make, self._members, self._count_restart = group, make, members, count_restart
        self._fetch: Fetch | None = None
        self._name = ""
        self._has_left = False
        # The offsets handed out in each partition since it was assigned: the first, and the one after the last.
        self._held: dict[TopicPartition, tuple[int, int]] = {}
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._progress_at = clock.monotonic()

    async def join(self) -> None:
        """Become a member, and give the group a position where it has none."""
        self._name = f"{self._group.name}-{ids.short_code()}"
        consumer = self._make(self._name, group_id=self._group.name)
        consumer.subscribe(self._group.topics, listener=self)
        try:
            with kafka_problems():
                async with asyncio.timeout(JOIN):
                    await consumer.start()
                    await self._keep_start(consumer)
        except BaseException:
            await end_within(consumer, "consumer")
            raise
        self._fetch = Fetch(consumer, self._hold)
        self._progress_at = clock.monotonic()

    async def leave(self) -> None:
        """Leave the group, so that the others need not wait for this member's session to end."""
        self._has_left = True
        await self._drop()

    async def poll(self, limit: int, wait: float) -> Mapping[Partition, Sequence[Record]]:
        """The next records, at most `limit`; empty after `wait` seconds without any."""
        if self._has_left:
            raise BusError(f"This consumer has left the group {self._group.name}.")
        self._is_idle.set()
        deadline = clock.monotonic() + wait
        while True:
            if self._fetch is None:
                await self.join()
            try:
                found = await self._fetch.records(limit, max(0.0, deadline - clock.monotonic()))
                if found:
                    self._progress_at = clock.monotonic()
                    return found
                await self._make_anew_when_stuck()
            except NoOffsetForPartitionError:
                with kafka_problems():
                    async with asyncio.timeout(JOIN):
                        await self._keep_start(self._fetch.consumer)
            except OffsetOutOfRangeError as problem:
                await self._say_what_is_gone(problem)
            except ConsumerStoppedError:
                return {}
            except NOT_ALLOWED:
                with kafka_problems():
                    raise
            except KafkaError as problem:
                self._count_restart(f"{self._group.name}: {problem!r}")
                await self._drop()
                raise Unavailable(f"A consumer of {self._group.name} failed and will join again: {problem!r}.") from problem
            if clock.monotonic() >= deadline:
                return {}

    async def commit(self, partition: Partition, offset: int) -> None:
        """Keep the next offset to read, if the partition is still ours as it was when its records were handed out."""
        place = TopicPartition(partition.topic, partition.number)
        first, following = self._held.get(place, (0, -1))
        if self._fetch is None or not first <= offset <= following:
            raise Fenced(partition)
        try:
            with kafka_problems():
                async with asyncio.timeout(STOP):
                    await self._fetch.consumer.commit({place: offset})
        except Unavailable as problem:
            if isinstance(problem.__cause__, CommitFailedError | IllegalStateError):
                raise Fenced(partition) from problem
            raise

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Before others get the partitions, let the records in hand be finished, within a deadline."""
        try:
            async with asyncio.timeout(DRAIN):
                await self._is_idle.wait()
        except TimeoutError:
            _log.warning("%s gives partitions away with records in hand; they will be read again", self._group.name)
        self._held.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Give a freshly assigned member its time before anybody calls it stuck."""
        self._progress_at = clock.monotonic()

    def _hold(self, found: dict[TopicPartition, list[ConsumerRecord]]) -> None:
        for place, records in found.items():
            first, _ = self._held.get(place, (records[0].offset, 0))
            self._held[place] = (first, records[-1].offset + 1)
            self._is_idle.clear()

    async def _keep_start(self, consumer: AIOKafkaConsumer) -> None:
        """Commit where a new group begins, so that what is published before its first commit is not missed later."""
        fresh = [place for place in consumer.assignment() if await consumer.committed(place) is None]
        if not fresh:
            return
        ask = consumer.end_offsets if self._group.start is Start.LATEST else consumer.beginning_offsets
        places = await ask(fresh)
        try:
            await consumer.commit(places)
            for place, offset in places.items():
                consumer.seek(place, offset)
        except (CommitFailedError, IllegalStateError):
            # A rebalance came in between; whoever has the partition now does the same.
            _log.info("The partitions of %s moved on before their start was kept", self._group.name)

    async def _make_anew_when_stuck(self) -> None:
        """aiokafka may cease to fetch after a broker's restart, or not rejoin, without a sign (its issues 1154 and 1187)."""
        if clock.monotonic() - self._progress_at < STALLED_AFTER:
            return
        self._progress_at = clock.monotonic()
        consumer = self._fetch.consumer
        try:
            async with asyncio.timeout(STOP):
                if places := consumer.assignment():
                    end = await consumer.end_offsets(places)
                    is_stuck = any([await consumer.position(place) < end[place] for place in places])
                else:
                    is_stuck = not any(name.endswith(self._name) for name in await self._members(self._group.name))
        except (TimeoutError, BusError, IllegalStateError):
            # Without an answer from the cluster nobody can tell; the next look may.
            return
        if is_stuck:
            self._count_restart(f"{self._group.name} got nothing for {STALLED_AFTER} s although there is something to get")
            await self._drop()

    async def _say_what_is_gone(self, problem: OffsetOutOfRangeError) -> None:
        [(place, offset)] = problem.args[0].items()
        consumer = self._fetch.consumer
        with kafka_problems():
            async with asyncio.timeout(STOP):
                [first] = (await consumer.beginning_offsets([place])).values()
                [end] = (await consumer.end_offsets([place])).values()
        raise OffsetGone(Partition(*place), offset, first, end) from problem

    async def _drop(self) -> None:
        fetch, self._fetch = self._fetch, None
        self._held.clear()
        self._is_idle.set()
        if fetch is not None:
            await fetch.close()
