"""What our clients of aiokafka share: how long they wait, how their errors become the port's, and how they are closed."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError

from quartier.bus import BusError, Partition, Unavailable

PATIENCE = 15.0
"""Seconds that a call goes on trying a cluster that does not answer, before it says Unavailable."""
DRAIN = 4.5
"""Seconds that a rebalance waits for the records being handled (the broker waits for ten before it expels a member), and
that closing waits for what is being sent."""
STOP = 9.0
"""Seconds that closing a client of aiokafka may take."""
NOT_ALLOWED = (TopicAuthorizationFailedError, GroupAuthorizationFailedError)

_log = logging.getLogger(__name__)


@contextmanager
def kafka_problems() -> Iterator[None]:
    """Turn aiokafka's errors into the port's."""
    try:
        yield
    except NOT_ALLOWED as problem:
        raise BusError(f"Kafka does not let us do this: {type(problem).__name__} {problem}.") from problem
    except (KafkaError, TimeoutError, OSError) as problem:
        raise Unavailable(f"Kafka does not answer as it should: {type(problem).__name__} {problem}.") from problem


async def end_within(client: AIOKafkaConsumer | AIOKafkaProducer, what: str, seconds: float = STOP) -> None:
    """Close a consumer or producer of aiokafka, in a limited time and whatever state it is in."""
    stopping = asyncio.create_task(client.stop())
    await asyncio.wait([stopping], timeout=seconds)
    if stopping.done() and not stopping.cancelled() and stopping.exception() is None:
        return
    # stop() can wait for a heartbeat that never comes, and where the broker is away it ends half-way with the
    # CancelledError of one of its own tasks: then the connections are still open.
    _log.warning("The Kafka %s was not closed in an orderly way", what)
    stopping.cancel()
    await (client.client if isinstance(client, AIOKafkaProducer) else client._client).close()


def place_at(reader: AIOKafkaConsumer, places: Mapping[Partition, int]) -> None:
    """Assign and seek in one step of the event loop, so that aiokafka never looks for positions of its own."""
    reader.assign([TopicPartition(partition.topic, partition.number) for partition in places])
    for partition, place in places.items():
        reader.seek(TopicPartition(partition.topic, partition.number), place)
