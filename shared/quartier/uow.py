"""One use case, one transaction: what it wrote and what it emitted become true together, or not at all.

`emit` keeps the events back until the end; then the entities are flushed first (each with its raised `sequence`, so that two
writers of one aggregate collide instead of overtaking), and the outbox rows follow in the same transaction.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from sqlalchemy import insert, text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import clock, ids, telemetry, timers
from quartier.database import Entity
from quartier.events import MAX_DATA_BYTES, Event
from quartier.outbox import OutboxRow
from quartier.problems import NotFound, Problem, TooLarge
from quartier.settings import Settings

if TYPE_CHECKING:
    from quartier.service import Runtime

Row = TypeVar("Row", bound=SQLModel)


class UnitOfWork:
    """A session, and the events that leave when it is committed. Code never commits: the unit of work's opener does."""

    def __init__(self, session: AsyncSession, settings: Settings, service: str, *, correlation_id: UUID | None = None,
                 causation_id: str | None = None) -> None:
        self.session = session
        self.settings = settings
        self.service = service
        self.correlation_id = correlation_id or ids.new_id()
        self.causation_id = causation_id
        self._owed: list[dict[str, object]] = []

    def emit(self, entity: Entity | None, event: Event) -> UUID:
        """Publish a fact when this unit of work commits, and return its id.

        The event takes the entity's next sequence number; an event about no entity has none, and no order. Raises TooLarge over
        256 KiB: large things travel as a link, and what the broker would refuse must fail here, not in the relay.
        """
        topic = f"quartier.{self.service}"
        if topic not in event.event_topics:
            raise ValueError(f"{type(event).__name__} is not declared for {topic}")
        payload = event.data()
        if len(payload) > MAX_DATA_BYTES:
            raise TooLarge("An event may hold 256 KiB; publish large things as a link.")
        if entity is not None:
            entity.sequence += 1
            self.session.add(entity)
        event_id = ids.new_id()
        with telemetry.create_span(self.service, topic, event.event_type, str(event_id)):
            self._owed.append({
                "id": event_id, "aggregatetype": entity.__tablename__ if entity is not None else event.event_type,
                "aggregateid": event.key, "sequence": entity.sequence if entity is not None else None,
                "type": event.event_type, "topic": topic, "payload": payload,
                "source": f"{self.settings.public_url}/{self.service}",
                "dataschema": f"{self.settings.public_url}/schemas/{event.event_type}.json",
                "occurred_at": clock.now(), "correlationid": str(self.correlation_id), "causationid": self.causation_id,
                "tracingspancontext": telemetry.traceparent()})
        return event_id

    async def schedule(self, name: str, key: str, due_at: datetime) -> None:
        """Let the timer of that name fire for this key at a business instant; a second call moves it."""
        await timers.schedule(self.session, name, key, due_at)

    async def cancel(self, name: str, key: str) -> None:
        """Forget a timer, if there is one."""
        await timers.cancel(self.session, name, key)

    async def get(self, cls: type[Row], id: object, *, problem: type[Problem] = NotFound) -> Row:
        """The row of that id, or the problem that says it is not there."""
        row = await self.session.get(cls, id)
        if row is None:
            raise problem()
        return row

    async def settle(self) -> bool:
        """Flush the entities, then write the outbox; True when something was emitted. Called once, by the opener."""
        await self.session.flush()
        if not self._owed:
            return False
        connection = await self.session.connection()
        await connection.execute(insert(OutboxRow.__table__), self._owed)
        if connection.dialect.name == "postgresql":
            await self.session.exec(text("SELECT pg_notify('quartier_outbox', '')"))
        return True


@asynccontextmanager
async def unit_of_work(runtime: "Runtime", *, correlation_id: UUID | None = None,
                       causation_id: str | None = None) -> AsyncIterator[UnitOfWork]:
    """Open a transaction of this service, commit it at the end, and wake whoever works on what it wrote."""
    async with runtime.database.transaction() as session:
        uow = UnitOfWork(session, runtime.settings, runtime.service.name, correlation_id=correlation_id,
                         causation_id=causation_id)
        yield uow
        await uow.settle()
    runtime.wake()
