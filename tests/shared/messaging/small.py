"""A service small enough to see through: what it handles, it writes into a tally; on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, text
from sqlmodel import select

from quartier import clock, ids, keys
from quartier.auth import Signer
from quartier.contracts.accounts import Role
from quartier.contracts.notify import FollowEnded
from quartier.database import Database, Entity
from quartier.handlers import Handlers
from quartier.operations import policies
from quartier.service import Runtime, Service
from quartier.timers import Timers
from quartier.workers import Workers

PUBLIC_URL = "https://city.test"
TOPIC = "quartier.notify"

own = MetaData()
"""Apart from the house's tables, so that no other test sees these."""


class Follow(Entity, table=True):
    """Something that emits events."""

    metadata = own
    __tablename__ = "follow"
    note: str = ""


tally = Table("tally", own, Column("id", Integer, primary_key=True), Column("handler", String), Column("what", String))


class SmallService(Service):
    """A service whose parts are handed over instead of found beside it."""

    handlers = timers = workers = policies = router = migrations = None

    def __init__(self, name: str, **parts: Any) -> None:
        super().__init__(name, quiet=parts.pop("quiet", ()))
        self.handlers, self.timers, self.workers = Handlers(), Timers(), Workers()
        self.policies, self.router, self.migrations = policies, APIRouter(), None
        vars(self).update(parts)


@dataclass
class Small:
    """The running small service, and what a test does with it."""

    app: Any
    service: SmallService
    http: httpx.AsyncClient | None = None
    follows: dict[str, UUID] = field(default_factory=dict)

    @property
    def runtime(self) -> Runtime:
        return self.app.state.runtimes[self.service.name]

    @property
    def database(self) -> Database:
        return self.runtime.database

    @property
    def bus(self) -> Any:
        return self.app.state.bus

    def key(self, name: str) -> UUID:
        """The id of the aggregate that a test calls by a name."""
        return self.follows.setdefault(name, ids.new_id())

    async def emit(self, name: str, *words: str) -> None:
        """One command: the aggregate of that name emits an event for each word."""
        async with self.runtime.unit_of_work() as uow:
            follow = await uow.session.get(Follow, self.key(name)) or Follow(id=self.key(name))
            for word in words:
                follow.note = word
                uow.emit(follow, self.event(name, word))

    def event(self, name: str, word: str) -> FollowEnded:
        return FollowEnded(subscription_id=self.key(name), subject_kind=name, subject_id=self.key(name), ended_by=word)

    async def told(self, handler: str) -> list[str]:
        """What a handler wrote into the tally, in order."""
        async with self.database.session() as session:
            rows = await session.exec(select(tally.c.what).where(tally.c.handler == handler).order_by(tally.c.id))
            return list(rows)

    async def rows(self, statement: str) -> list[Any]:
        """The rows of a plain SQL query."""
        async with self.database.session() as session:
            return [tuple(row) for row in await session.exec(text(statement))]

    async def change(self, statement: str, **values: Any) -> None:
        """One plain SQL change, as an operator with the database's own tool would make it."""
        async with self.database.transaction() as session:
            await session.exec(text(statement), params=values)

    async def until(self, condition: Callable[[], Awaitable[Any]], seconds: float = 15.0) -> Any:
        """Wait until the condition is true, and give what it gave."""
        deadline = clock.monotonic() + seconds
        while not (found := await condition()):
            assert clock.monotonic() < deadline, "it did not come about"
            await asyncio.sleep(0.01)
        return found

    async def read_bus(self, count: int | None = None) -> list[Any]:
        """Everything on the topic so far, in order within each partition."""
        group = f"test.{ids.new_id()}"
        found: list[Any] = []
        async with self.bus.consumer(group, [TOPIC]) as consumer:
            while batches := await consumer.poll(500, 0.0 if count is None or len(found) >= count else 5.0):
                found += [record for records in batches.values() for record in records]
        return found

    async def ask(self, method: str, path: str, *roles: Role, **kwargs: Any) -> httpx.Response:
        """A call of an operations endpoint by a person with these roles."""
        settings = self.runtime.settings
        token = Signer(keys.load(settings, "accounts")).sign(str(ids.new_id()), roles=[role.value for role in roles])
        assert self.http is not None
        return await self.http.request(method, f"/api/{self.service.name}/v1/operations{path}",
                                       headers={"authorization": f"Bearer {token}"}, **kwargs)


async def note(uow: Any, handler: str, what: str) -> None:
    """The effect of a handler under test."""
    await uow.session.exec(insert(tally).values(handler=handler, what=what))
