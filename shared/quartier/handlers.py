"""How a service says what it does when something has happened, and the loop that reads the bus for it.

Records are handled in order within each partition; the offset is committed when every handler is done with them or has parked them.
A crash in between means that records come again, and the inbox skips what was done.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from quartier import clock, dead_letters, ids, inbox, parking, telemetry
from quartier.attempts import Handler, Incoming, Outcome, Permanent, Received, attempt
from quartier.bus import Consumer, Fenced, Partition, Record
from quartier.cloudevents import Malformed
from quartier.events import Event
from quartier.inbox import SequenceGap
from quartier.loops import Loop, reason_of

if TYPE_CHECKING:
    from quartier.service import Runtime

__all__ = ["ConsumerLoop", "Handlers", "Permanent", "Received"]

PAUSES = (0.3, 2.0)
"""Seconds before the second and the third try; then the key is parked."""
POLL_LIMIT = 500
PURGE_EVERY = 3600.0

_log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Awaitable[None]])


class Handlers:
    """The reactions of one service, by name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Handler] = {}

    def on(self, *events: type[Event], order: Literal["strict"] | None = None, outside: bool = False,
           batch: int | None = None) -> Callable[[F], F]:
        """Register a function for these events; its name is what it owes, and how the inbox knows it.

        order="strict" holds an event back until its predecessor was there; outside=True is left out when old events are replayed;
        batch=n gives it lists of up to n events, in one transaction.
        """
        if not events:
            raise TypeError("a handler names at least one event")
        if order and batch:
            raise TypeError("a handler is strict or takes batches, not both")

        def register(function: F) -> F:
            if function.__name__ in self._by_name:
                raise ValueError(f"there are two handlers named {function.__name__}")
            self._by_name[function.__name__] = Handler(function.__name__, function, events, order == "strict", outside, batch)
            return function

        return register

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def __iter__(self) -> Iterator[Handler]:
        return iter(self._by_name.values())

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Handler:
        return self._by_name[name]

    @property
    def names(self) -> list[str]:
        """The names of all handlers."""
        return list(self._by_name)

    @property
    def topics(self) -> list[str]:
        """The topics that their events are published on."""
        return sorted({topic for handler in self for topic in handler.topics})

    def following(self, topic: str, type_: str) -> list[Handler]:
        """The handlers to which an event of that type on that topic matters."""
        return [handler for handler in self if handler.follows(topic, type_)]


class ConsumerLoop(Loop):
    """Reads the topics of a service's handlers as the group of the service's name. A step lasts as long as the membership."""

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(f"{runtime.service.name} consumer", runtime.bell)
        self.runtime = runtime
        self.group = runtime.service.name
        self.handlers = runtime.service.handlers
        self._purge_at = 0.0

    async def step(self) -> int:
        """Join the group and handle what comes. After any error the membership ends, and what was not committed is read again."""
        async with self.runtime.bus.consumer(self.group, self.handlers.topics) as consumer:
            while not self.is_stopping:
                batches = await self.unless_stopped(consumer.poll(POLL_LIMIT, 1.0))
                self.works()
                if batches:
                    with telemetry.poll_span(self.group, self.group, sum(map(len, batches.values()))):
                        await self._handle_all(consumer, batches)
                await self._purge()
        return 1

    async def _handle_all(self, consumer: Consumer, batches: Any) -> None:
        """All partitions at once, each in order. One that fails does not stop the others half-way."""
        results = await asyncio.gather(
            *(self.handle_partition(consumer, partition, records) for partition, records in batches.items()), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def handle_partition(self, consumer: Consumer, partition: Partition, records: Sequence[Record]) -> None:
        """Let every handler deal with these records, then commit behind them."""
        gathered: dict[Handler, list[Incoming]] = {}
        for record in records:
            if self.is_stopping:
                return
            if (incoming := await self.opened(record)) is None:
                continue
            for handler in self.handlers.following(record.topic, incoming.envelope.type):
                if handler.batch:
                    gathered.setdefault(handler, []).append(incoming)
                else:
                    await self.handle(handler, incoming)
        for handler, events in gathered.items():
            for start in range(0, len(events), handler.batch or 1):
                await self.handle_batch(handler, events[start:start + (handler.batch or 1)])
        await self.commit_offset(consumer, partition, records[-1].offset + 1)

    async def commit_offset(self, consumer: Consumer, partition: Partition, offset: int) -> None:
        """Say that everything before this offset is dealt with. A partition that has moved on is read again by its new owner."""
        try:
            await consumer.commit(partition, offset)
        except Fenced as fenced:
            self.fails(fenced, is_new=False)

    async def opened(self, record: Record) -> Incoming | None:
        """The record with its envelope read. One that has none is kept as a dead letter; a bare tombstone is nothing to anybody."""
        try:
            return Incoming.open(record)
        except Malformed as error:
            if record.value is not None:
                async with self.runtime.database.transaction() as session:
                    await dead_letters.keep_unreadable(session, record, error)
            return None

    async def handle(self, handler: Handler, incoming: Incoming) -> None:
        """Up to three tries; in the end the handler is done with the event, or its key is parked, or it is a dead letter."""
        tries = 0
        while True:
            tries += 1
            try:
                if await self._try(handler, incoming):
                    return None
                tries -= 1  # The lane drained between the look and the joining: there was no try.
            except (Permanent, SequenceGap) as error:
                return await self.give_up(handler, incoming, error, tries)
            except Exception as error:
                if tries > len(PAUSES):
                    return await self.give_up(handler, incoming, error, tries)
                await self.pause(ids.jitter(PAUSES[tries - 1]))

    async def _try(self, handler: Handler, incoming: Incoming) -> bool:
        """Have the effect, or join the lane of a parked key; False when that lane has just drained."""
        outcome = await attempt(self.runtime, handler, incoming, where=parking.IS_FREE)
        if outcome is not Outcome.KEY_IS_PARKED:
            return True
        async with self.runtime.database.transaction() as session:
            if not await parking.is_awaited(session, handler, incoming):
                return await parking.join(session, handler, incoming)

        async def wake_the_lane(session: Any) -> None:
            await parking.try_soon(session, handler, incoming)

        await attempt(self.runtime, handler, incoming, first=wake_the_lane)
        return True

    async def give_up(self, handler: Handler, incoming: Incoming, error: Exception, tries: int) -> None:
        """Park the key, or bury the event when no later try can mend it."""
        async with self.runtime.database.transaction() as session:
            if isinstance(error, Permanent):
                await dead_letters.bury(session, handler, incoming, error, tries)
            else:
                await parking.park(session, handler, incoming, error, tries)

    async def handle_batch(self, handler: Handler, events: Sequence[Incoming]) -> None:
        """One transaction for all of them; one by one when that fails, so that a bad event stops its own key alone."""
        try:
            await self._try_batch(handler, events)
        except Exception as error:
            _log.warning("%s takes %d events one by one: %s", handler.name, len(events), reason_of(error))
            for incoming in events:
                await self.handle(handler, incoming)

    async def _try_batch(self, handler: Handler, events: Sequence[Incoming]) -> None:
        later = []
        async with self.runtime.unit_of_work() as uow:
            fresh = []
            for incoming in events:
                envelope = incoming.envelope
                if await inbox.enter(uow.session, handler.name, envelope.source, envelope.id,
                                     where=parking.IS_FREE, topic=incoming.record.topic, key=incoming.key):
                    fresh.append(Received(incoming.event(handler), envelope))
                elif not await inbox.has(uow.session, handler.name, envelope.source, envelope.id):
                    later.append(incoming)
            if fresh:
                await handler.function(fresh, uow)
        for incoming in later:
            await self.handle(handler, incoming)

    async def _purge(self) -> None:
        if clock.monotonic() >= self._purge_at:
            async with self.runtime.database.transaction() as session:
                await inbox.purge(session)
            self._purge_at = clock.monotonic() + PURGE_EVERY
