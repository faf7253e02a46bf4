"""A POST that may be sent twice: the second time gets the first one's answer.

The caller's `Idempotency-Key` is inserted first, in the transaction of the act itself. A twin in flight waits for that transaction
and then replays the stored answer; the same key with another body is refused. Keys are kept for 24 hours.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy import bindparam, delete, tuple_, update
from sqlmodel import Field, SQLModel, col, select

from quartier import clock
from quartier.database import Utc
from quartier.inbox import insert_new
from quartier.loops import Bell, Loop
from quartier.problems import Invalid, Problem
from quartier.uow import UnitOfWork

if TYPE_CHECKING:
    from quartier.service import Runtime

KEPT_FOR = timedelta(hours=24)
FORGOTTEN_EVERY = 3600.0
FORGOTTEN_AT_ONCE = 1000


class IdempotencyKey(SQLModel, table=True):
    """One answered POST: what came in, by its hash, and what went out."""

    __tablename__ = "idempotency_key"

    key: str = Field(primary_key=True, max_length=200)
    route: str = Field(primary_key=True, max_length=300)
    body_hash: str
    status: int = 0
    headers: str = "{}"
    body: str = ""
    created_at: Utc = Field(default_factory=clock.wall, index=True)


KEEP = update(IdempotencyKey.__table__).where(
    col(IdempotencyKey.key) == bindparam("this_key"), col(IdempotencyKey.route) == bindparam("this_route"))


class KeyMissing(Problem):
    """A creating POST came without an Idempotency-Key."""

    status, slug, title = 400, "idempotency-key-needed", "Send an Idempotency-Key"


class KeyReused(Invalid):
    """The key was used before, for something else."""

    slug, title = "idempotency-key-reused", "This Idempotency-Key was used for another request"


class Idempotency:
    """Runs an act once for each key that callers send with it."""

    def __init__(self, request: Request, uow: UnitOfWork) -> None:
        self._request, self._uow = request, uow

    async def run(self, act: Callable[[], Awaitable[Any]], out: type[BaseModel], *, status: int = 201,
                  location: Callable[[Any], str] | None = None) -> Response:
        """Do the act and keep its answer, or give the kept one. The act's result is read into `out`.

        Raises KeyMissing without the header and KeyReused when its key came with another body or from another caller.
        """
        key = self._request.headers.get("idempotency-key", "").strip().strip('"')
        if not 1 <= len(key) <= 200:
            raise KeyMissing("Choose a new random value for each new thing (a UUID will do), and keep it when you try again.")
        row = {"key": key, "route": f"{self._request.method} {self._request.url.path}"[:300],
               "body_hash": await self._fingerprint()}
        if not await self._first(row):
            return await self._kept(row)
        result = out.model_validate(await act())
        headers = {"Location": location(result)} if location else {}
        version = getattr(result, "version", None)
        if version is not None:
            headers["ETag"] = f'"{version}"'
        body = result.model_dump_json()
        await self._keep(row, status, headers, body)
        return Response(body, status, headers, "application/json")

    async def _fingerprint(self) -> str:
        """Who asked for what: an answer is replayed to the same caller alone, since another may not be allowed to have it."""
        actor = self._request.state.actor
        caller = f"{actor.subject} {actor.service} {actor.scope}\n".encode()
        return hashlib.sha256(caller + await self._request.body()).hexdigest()

    async def _first(self, row: dict[str, str]) -> bool:
        """Insert the key; False when it is there. On PostgreSQL this waits for a twin that has not committed yet."""
        connection = await self._uow.session.connection()
        entered = await connection.execute(insert_new(self._uow.session, IdempotencyKey), {
            **row, "status": 0, "headers": "{}", "body": "", "created_at": clock.wall()})
        return entered.rowcount == 1

    async def _keep(self, row: dict[str, str], status: int, headers: dict[str, str], body: str) -> None:
        connection = await self._uow.session.connection()
        await connection.execute(KEEP, {
            "this_key": row["key"], "this_route": row["route"], "status": status, "headers": json.dumps(headers), "body": body})

    async def _kept(self, row: dict[str, str]) -> Response:
        found = select(IdempotencyKey).where(IdempotencyKey.key == row["key"], IdempotencyKey.route == row["route"])
        kept = (await self._uow.session.exec(found)).one()
        if kept.body_hash != row["body_hash"]:
            raise KeyReused("Choose a new key: this one came with another body, or from somebody else, before.")
        return Response(kept.body, kept.status, json.loads(kept.headers), "application/json")


class KeyLoop(Loop):
    """Forgets, once an hour, the keys whose time is over; a portion a step, so that nobody waits long for the database."""

    def __init__(self, runtime: "Runtime") -> None:
        # A bell that nobody rings: no commit makes a key older.
        super().__init__(f"{runtime.service.name} keys", Bell())
        self._database = runtime.database
        self._next_at = 0.0

    async def step(self) -> int:
        """Delete one portion."""
        if clock.monotonic() < self._next_at:
            return 0
        name = (IdempotencyKey.key, IdempotencyKey.route)
        old = select(*name).where(IdempotencyKey.created_at < clock.wall() - KEPT_FOR).limit(FORGOTTEN_AT_ONCE)
        async with self._database.transaction() as session:
            forgotten = (await session.exec(delete(IdempotencyKey).where(tuple_(*name).in_(old)))).rowcount
        if forgotten < FORGOTTEN_AT_ONCE:
            self._next_at = clock.monotonic() + FORGOTTEN_EVERY
        return forgotten
