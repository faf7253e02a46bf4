"""One handler, one event, one transaction: what a handler is, what it receives, and a single try at an effect.

The consumer, the lanes of parked keys, a replay and the replay of a dead letter all come through `attempt`.
"""

import hashlib
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import ValidationError
from sqlalchemy import ColumnElement
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import inbox, telemetry
from quartier.bus import Record
from quartier.cloudevents import Envelope, from_record
from quartier.events import Event
from quartier.field_errors import faults

if TYPE_CHECKING:
    from quartier.service import Runtime

E = TypeVar("E", bound=Event)


class Permanent(Exception):
    """Raised by a handler for what no later try can mend: the event becomes a dead letter at once."""


class Outcome(Enum):
    """How an attempt ended that did not fail."""

    DONE = "done"
    SEEN_BEFORE = "seen before"
    KEY_IS_PARKED = "key is parked"


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """An event as its handler gets it: the fact, its envelope, and whether an operator replays old events."""

    event: E
    envelope: Envelope
    is_replay: bool = False


@dataclass(frozen=True, eq=False)
class Handler:
    """One registered reaction. Its name is its inbox name: a handler with another name hears everything anew."""

    name: str
    function: Callable[..., Awaitable[None]]
    events: tuple[type[Event], ...]
    is_strict: bool = False
    is_outside: bool = False
    batch: int | None = None

    @property
    def topics(self) -> frozenset[str]:
        """Where its events are published."""
        return frozenset(topic for event in self.events for topic in event.event_topics)

    def hears(self, type_: str) -> bool:
        """Whether the function is called for events of that type."""
        return any(event.event_type == type_ for event in self.events)

    def follows(self, topic: str, type_: str) -> bool:
        """Whether an event matters to it: one in strict order has to see each event of its subjects pass."""
        return topic in self.topics if self.is_strict else self.hears(type_)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record whose envelope was read; the payload is read by whoever handles it."""

    record: Record
    envelope: Envelope

    @classmethod
    def open(cls, record: Record) -> "Incoming":
        """Read the envelope. Raises Malformed."""
        return cls(record, from_record(record))

    @property
    def key(self) -> str:
        """The key as text: what parks together, and what operators read."""
        return key_text(self.record)

    @property
    def sequence(self) -> int | None:
        """The place of the event among its subject's events."""
        return self.envelope.sequence

    def event(self, handler: Handler) -> Event:
        """The payload as the class that the handler asks for. Raises Permanent when it has another shape."""
        cls = next(event for event in handler.events if event.event_type == self.envelope.type)
        if self.envelope.data is None:
            raise Permanent("The event has no data.")
        try:
            return cls.read(self.envelope.data)
        except ValidationError as error:
            raise Permanent(f"The data do not have the shape of {cls.event_type}: {faults(error)}") from error


def key_text(record: Record) -> str:
    """A record's key as text."""
    return (record.key or b"").decode(errors="replace")


async def attempt(runtime: "Runtime", handler: Handler, incoming: Incoming, *,
                  first: Callable[[AsyncSession], Awaitable[None]] | None = None, where: ColumnElement[bool] | None = None,
                  is_replay: bool = False) -> Outcome:
    """Let a handler deal with an event, in a transaction of its own that begins with the inbox row.

    Whatever the handler raises undoes everything and comes out here; SequenceGap too, when it insists on order. Unless the condition
    `where` (about :topic and :key) holds nothing is done, and the outcome tells whether the event was seen before. `first` is
    what becomes true together with the effect: a parked event leaves its lane, a dead letter is closed.
    """
    envelope, record = incoming.envelope, incoming.record
    with telemetry.process_span(runtime.service.name, envelope, record.topic, partition=record.partition or 0,
                                offset=record.offset or 0, handler=handler.name):
        async with runtime.unit_of_work(causation_id=envelope.id) as uow:
            if first is not None:
                await first(uow.session)
            lane = {"topic": record.topic, "key": incoming.key} if where is not None else {}
            if not await inbox.enter(uow.session, handler.name, envelope.source, envelope.id, where=where, **lane):
                seen = await inbox.has(uow.session, handler.name, envelope.source, envelope.id)
                return Outcome.SEEN_BEFORE if seen else Outcome.KEY_IS_PARKED
            if handler.is_strict and incoming.sequence is not None:
                await inbox.advance(uow.session, handler.name, envelope.source, subject_of(envelope), incoming.sequence)
            if handler.hears(envelope.type):
                received = Received(incoming.event(handler), envelope, is_replay)
                await handler.function([received] if handler.batch else received, uow)
    return Outcome.DONE


def subject_of(envelope: Envelope) -> str:
    """What an event is about, as its order counts it."""
    return envelope.subject or ""


def stack_hash(error: BaseException) -> str:
    """Failures that come from the same place have the same hash."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [type(error).__qualname__, *(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.name}:{frame.lineno}" for frame in frames)]
    return hashlib.sha256("\n".join(places).encode()).hexdigest()[:12]
