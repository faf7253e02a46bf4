"""How records are sent to Kafka, so that nothing overtakes a record that failed."""

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError, RecordListTooLargeError

from quartier.bus import Record, Refused, kafka_clients, partition_for
from quartier.bus.kafka_clients import DRAIN, end_within, kafka_problems

_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)


class KafkaProducer:
    """An idempotent producer that is thrown away at its first failure; the next batch gets a new one.

    The publisher then begins again with the first record that is not confirmed. Records of a failed batch that wait inside
    aiokafka are never sent: they would arrive before the ones that failed.
    """

    def __init__(self, servers: list[str], client_id: str) -> None:
        self._servers, self._client_id = servers, client_id
        self._producer: AIOKafkaProducer | None = None
        self._opening = asyncio.Lock()

    async def publish(self, records: Sequence[Record], counts: Mapping[str, int]) -> None:
        """Send a batch to topics with these counts of partitions; returns when all replicas in sync have all of it."""
        with kafka_problems():
            producer = await self._open()
            sent: list[asyncio.Future] = []
            try:
                async with asyncio.timeout(kafka_clients.PATIENCE):
                    for record in records:
                        sent.append(await self._send(producer, record, counts))
                    await asyncio.gather(*sent)
            except (KafkaError, TimeoutError) as problem:
                await self._abandon(producer, problem)
                if not isinstance(problem, _TOO_LARGE):
                    raise
                await self._publish_one_by_one(records, counts)

    async def stop(self) -> None:
        """Close; who still waits for an answer is told that there was none."""
        if self._producer is not None:
            await self._abandon(self._producer, KafkaTimeoutError())

    async def _open(self) -> AIOKafkaProducer:
        async with self._opening:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._servers, client_id=self._client_id, enable_idempotence=True, acks="all",
                    # A batch of the relay is handed over at once, so lingering would only add its wait to each batch.
                    linger_ms=0, max_batch_size=64 * 1024, request_timeout_ms=int(kafka_clients.PATIENCE * 1000))
                try:
                    async with asyncio.timeout(kafka_clients.PATIENCE):
                        await producer.start()
                except BaseException:
                    await end_within(producer, "producer")
                    raise
                self._producer = producer
            return self._producer

    async def _send(self, producer: AIOKafkaProducer, record: Record, counts: Mapping[str, int]) -> asyncio.Future:
        partition = partition_for(record.key, counts[record.topic])
        future = await producer.send(record.topic, record.value, record.key, partition, headers=list(record.headers))
        # The callback runs before the next batch leaves.
        future.add_done_callback(lambda done: self._look_at(producer, done))
        return future

    def _look_at(self, producer: AIOKafkaProducer, done: asyncio.Future) -> None:
        if not done.cancelled() and done.exception() is not None:
            self._silence(producer, done.exception())

    def _silence(self, producer: AIOKafkaProducer, problem: BaseException) -> None:
        """Send nothing more, and give the problem to all who wait for an answer."""
        if self._producer is producer:
            self._producer = None
            # aiokafka's own stop() would first send what waits. The contract suite guards these two private names.
            producer._message_accumulator.fail_all(problem)
            producer._sender.sender_task.cancel()

    async def _abandon(self, producer: AIOKafkaProducer, problem: BaseException) -> None:
        self._silence(producer, problem if isinstance(problem, KafkaError) else KafkaTimeoutError())
        await end_within(producer, "producer", DRAIN)

    async def _publish_one_by_one(self, records: Sequence[Record], counts: Mapping[str, int]) -> None:
        """Kafka refuses a whole batch for one record: find the one that it will not take, and name it."""
        for index, record in enumerate(records):
            producer = await self._open()
            try:
                async with asyncio.timeout(kafka_clients.PATIENCE):
                    await (await self._send(producer, record, counts))
            except (KafkaError, TimeoutError) as problem:
                await self._abandon(producer, problem)
                if isinstance(problem, _TOO_LARGE):
                    raise Refused(index, "it is larger than its topic takes.") from problem
                raise
