"""What we ask a Kafka cluster and tell it, beside reading and producing: its topics, and the positions of its groups."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, LeaderNotAvailableError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from quartier import clock
from quartier.bus import DAY_MS, BusError, Partition, Topic, count_complaints, kafka_clients
from quartier.bus.kafka_clients import kafka_problems

T = TypeVar("T")


class KafkaCluster:
    """One connection for questions, which are asked again as long as the problem is one that passes."""

    def __init__(self, servers: list[str], client_id: str) -> None:
        self._servers, self._client_id = servers, client_id
        self._admin: AIOKafkaAdminClient | None = None

    async def start(self) -> None:
        """Connect. Raises Unavailable when no broker answers."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._servers, client_id=self._client_id,
                                    request_timeout_ms=int(kafka_clients.PATIENCE * 1000))
        try:
            with kafka_problems():
                await admin.start()
        except BaseException:
            await admin.close()
            raise
        self._admin = admin

    async def stop(self) -> None:
        """Disconnect."""
        admin, self._admin = self._admin, None
        if admin is not None:
            await admin.close()

    async def apply(self, topics: Sequence[Topic], replication: int) -> None:
        """Make topics that are missing, set retention on all of them, and wait until the new ones have their leaders."""
        counts = await self.partition_counts({topic.name for topic in topics})
        existing = [topic for topic in topics if topic.name in counts]
        missing = [topic for topic in topics if topic.name not in counts]
        if complaints := count_complaints(existing, counts):
            raise BusError(" ".join(complaints))
        if missing:
            made = await self._patiently(lambda: self._admin.create_topics([
                NewTopic(topic.name, topic.partitions, replication, topic_configs=_configs(topic, replication))
                for topic in missing]))
            for name, code, *message in made.topic_errors:
                if code not in (0, TopicAlreadyExistsError.errno):
                    raise BusError(f"Kafka does not make the topic {name}: {for_code(code).__name__} {message}.")
        if existing:
            answers = await self._patiently(lambda: self._admin.alter_configs([
                ConfigResource(ConfigResourceType.TOPIC, topic.name, _configs(topic, replication)) for topic in existing]))
            for code, message, _, name in (resource for answer in answers for resource in answer.resources):
                if code:
                    raise BusError(f"Kafka does not set the retention of {name}: {for_code(code).__name__} {message}.")
        # A new topic has no leaders for a moment; publishers should not meet that.
        await self.partition_counts({topic.name for topic in missing}, must_exist=True)

    async def partition_counts(self, names: set[str], must_exist: bool = False) -> dict[str, int]:
        """The count of partitions of each topic that exists; `must_exist` waits until all do and have their leaders."""
        async def describe() -> dict[str, int]:
            counts = {}
            for topic in await self._admin.describe_topics(sorted(names)):
                problem = for_code(topic["error_code"])
                if problem is UnknownTopicOrPartitionError and not must_exist:
                    continue
                if topic["error_code"]:
                    raise problem(topic["topic"])
                if must_exist and any(partition["leader"] < 0 for partition in topic["partitions"]):
                    raise LeaderNotAvailableError(topic["topic"])
                counts[topic["topic"]] = len(topic["partitions"])
            return counts

        return await self._patiently(describe) if names else {}

    async def committed(self, group: str) -> dict[Partition, int]:
        """The positions of a group."""
        offsets = await self._patiently(lambda: self._admin.list_consumer_group_offsets(group))
        return {Partition(place.topic, place.partition): offset.offset for place, offset in sorted(offsets.items())
                if offset.offset >= 0}

    async def members(self, group: str) -> set[str]:
        """The client ids of those who are in a group now."""
        [answer] = await self._patiently(lambda: self._admin.describe_consumer_groups([group]))
        return {member[1] for described in answer.groups for member in described[5]}

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until there is an answer, as long as the problem is one that passes."""
        if self._admin is None:
            raise BusError("The bus is not open.")
        deadline = clock.monotonic() + kafka_clients.PATIENCE
        with kafka_problems():
            while True:
                try:
                    async with asyncio.timeout(kafka_clients.PATIENCE):
                        return await ask()
                except KafkaError as problem:
                    if not problem.retriable or clock.monotonic() > deadline:
                        raise
                await asyncio.sleep(0.2)


def _configs(topic: Topic, replication: int) -> dict[str, str]:
    # An acknowledged record survives the loss of one replica, where there are enough of them.
    configs = {"min.insync.replicas": str(max(1, replication - 1))}
    if topic.compacted:
        # Without this bound a tombstone, and with it an erasure, may wait for ever (KIP-354).
        return configs | {"cleanup.policy": "compact", "max.compaction.lag.ms": str(7 * DAY_MS)}
    return configs | {"cleanup.policy": "delete", "retention.ms": str(topic.retention_ms)}
