"""A whole city for one test: every installed service in this process, on the databases and the bus that the test asks for.

It is used through the doors that people and programs use: HTTP, mails, events. Time is the city's own and moves when the test says so.
"""

import asyncio
import email
import email.policy
import re
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn

from quartier import clock, ids, keys
from quartier.app import create_app
from quartier.contracts.accounts import Role
from quartier.migrations import upgrade
from quartier.service import Runtime, Service, installed
from quartier.serving import serving
from quartier.transport import prepare_topics

PUBLIC_URL = "https://city.test"


@dataclass(frozen=True)
class Mail:
    """One mail as its reader has it."""

    to: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def links(self) -> list[str]:
        """Every address in the text part, in order."""
        return re.findall(r"https?://[^\s<>]+", self.text)

    @property
    def secret_path(self) -> str:
        """The path of the secret link in the text part."""
        found = next(link for link in self.links if "/l/" in link)
        return "/" + found.split("/", 3)[3]

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None, f"the mail has no {kind} part"
        return str(body.get_content())


@dataclass
class City:
    """A running city and its doors."""

    app: Any
    http: httpx.AsyncClient
    folder: Path
    clock_file: Path
    url: str
    people: dict[Role, UUID] = field(default_factory=dict)

    def runtime(self, service: str) -> Runtime:
        """One service's runtime, for the tests of that service itself."""
        found: Runtime = self.app.state.runtimes[service]
        return found

    def token(self, *roles: Role, person: UUID | None = None, **claims: Any) -> str:
        """A signed token of a minute for a person with these roles, as accounts would sign it."""
        from quartier.auth import Signer
        from quartier.settings import Settings

        signer = Signer(keys.load(Settings(folder=self.folder), "accounts"))
        subject = person or self.people.setdefault(roles[0] if roles else Role.RESIDENT, ids.new_id())
        return signer.sign(str(subject), roles=[role.value for role in (*roles, Role.RESIDENT)], **claims)

    def service_token(self, service: str) -> str:
        """A token by which that service speaks for itself."""
        from quartier.auth import Signer
        from quartier.settings import Settings

        return Signer(keys.load(Settings(folder=self.folder), service)).as_service()

    def bearer(self, *roles: Role, person: UUID | None = None, **claims: Any) -> dict[str, str]:
        """Headers of a call by such a person, with a fresh Idempotency-Key."""
        return {"authorization": f"Bearer {self.token(*roles, person=person, **claims)}", "idempotency-key": str(ids.new_id())}

    def move_clock(self, *, to: datetime | None = None, by: timedelta = timedelta()) -> datetime:
        """Move business time; machine time goes on as it does."""
        instant = (to or clock.now()) + by
        clock.move_to(instant)
        return instant

    async def quiet(self, seconds: float = 20.0) -> None:
        """Wait until no service has anything left to do; fails with the reasons when that does not come about."""
        deadline = clock.monotonic() + seconds
        services = list(self.app.state.runtimes)
        calm = 0
        while calm < 2 * len(services):
            # One that has something to do is asked again before the others: to ask is work too, and slows down what we wait for.
            if reasons := await self._reasons(services[0]):
                calm = 0
            else:
                services.append(services.pop(0))
                calm += 1
            if clock.monotonic() > deadline:
                pytest.fail(f"the city did not become quiet: {reasons}")
            if reasons or calm == len(services):
                await asyncio.sleep(0.02)

    async def _reasons(self, service: str) -> list[str]:
        response = await self.http.get(f"/api/{service}/v1/operations/quiet", headers=self.bearer(Role.OPERATOR))
        response.raise_for_status()
        return [f"{service}: {reason}" for reason in response.json()["reasons"]]

    async def mails(self) -> list[Mail]:
        """Everything in the local mailbox, oldest first."""
        headers = self.bearer(Role.OPERATOR)
        found: list[Mail] = []
        cursor = None
        while True:
            response = await self.http.get("/api/notify/v1/mailbox", headers=headers, params={"limit": 100} | (
                {"cursor": cursor} if cursor else {}))
            response.raise_for_status()
            listed = response.json()
            for item in listed["items"]:
                raw = await self.http.get(f"/api/notify/v1/mailbox/{item['id']}/raw", headers=headers)
                found.append(Mail(item["to"], email.message_from_bytes(raw.content, policy=email.policy.default)))
            cursor = listed.get("next")
            if not cursor:
                return found[::-1]


@asynccontextmanager
async def running_city(folder: Path, *, services: Iterable[str] | None = None, database: Callable[[str], str | None] = lambda _: None,
                       kafka: list[str] | None = None, served: bool = False, **settings: Any) -> AsyncIterator[City]:
    """A city of these services (all that are installed, without a list), until the block ends.

    `database` gives each service's address (None: SQLite in the folder); with `served` it listens on a free port, for browsers; further
    keywords are settings of every service.
    """
    listening = _listen() if served else None
    url = f"http://localhost:{listening.getsockname()[1]}" if listening else PUBLIC_URL
    chosen = [service for service in installed() if services is None or service.name in services]
    keys.create(folder / "keys", [service.name for service in installed()])
    clock_file = folder / "clock"
    addresses = {service.name: database(service.name) for service in chosen}

    def settings_of(service: Service) -> Any:
        return service.settings_class(folder=folder, public_url=url, clock_file=clock_file, kafka=kafka or [],
                                      database_url=addresses[service.name], **settings)

    clock.use_clock_file(clock_file)
    app = create_app(chosen, settings=settings_of)
    try:
        for runtime in app.state.runtimes.values():
            await _migrate(runtime)
        await prepare_topics(next(iter(app.state.runtimes.values())).settings)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            http = await stack.enter_async_context(httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=url, timeout=30))
            if listening:
                config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
                await stack.enter_async_context(serving(config, [listening]))
            yield City(app, http, folder, clock_file, url)
    finally:
        clock.use_clock_file(None)


_migrated: dict[str, bytes] = {}
"""A service's empty SQLite database as its migrations leave it."""


async def _migrate(runtime: Runtime) -> None:
    """Bring a database up to date; a new file begins as a copy of the first one that was migrated in this process."""
    file = None if runtime.database.is_postgres else Path(str(runtime.database.engine.url.database))
    is_new = file is not None and not file.exists()
    name = runtime.service.name
    if is_new and name in _migrated:
        file.write_bytes(_migrated[name])
        return
    await upgrade(runtime.database, runtime.service)
    if is_new:
        with closing(sqlite3.connect(file)) as connection:
            _migrated[name] = connection.serialize()


def _listen() -> socket.socket:
    """A listening socket on a free port: nobody can take the port between here and the server's start."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening
