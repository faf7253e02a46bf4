"""(b) How many requests a second the requests service accepts at 32 connections, beside a bare app on the same database.

Both are servers in processes of their own; this process makes the load. Every request has a person, a title and a key of its own.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from quartier import clock, ids, keys
from quartier.auth import Signer, contact_ticket
from quartier.contracts.accounts import Role
from quartier.contracts.words import Language
from quartier.settings import Settings
from quartier.testing.processes import free_port
from tests.bench.figure import Figure, rates
from tests.bench.places import QUARTIER, Place, process, report, until

CONNECTIONS = 32
PATH = "/api/requests/v1/requests"


@dataclass(frozen=True)
class Served:
    """A server that takes requests."""

    port: int
    signer: Signer

    async def is_idle(self) -> bool:
        """Whether everything that it accepted is on the bus."""
        token = self.signer.sign(str(ids.new_id()), roles=[Role.OPERATOR])
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"http://localhost:{self.port}/api/requests/v1/operations/outbox",
                                    headers={"authorization": f"Bearer {token}"})
        return answer.raise_for_status().json()["pending"] == 0


async def measure(place: Place, *, rounds: int = 5, count: int = 500, explain: bool = True) -> AsyncIterator[Figure]:
    """Rounds of so many requests, with the bare app and ours in turn; the relay has finished before the next turn."""
    folder = place.folder / "accept"
    async with requests_service(place, folder) as ours, bare_app(place) as port:
        accepted, bare = [], []
        for _ in range(rounds):
            bare.append(await rate(port, [bare_request() for _ in range(count)]))
            accepted.append(await rate(ours.port, [our_request(ours.signer) for _ in range(count)]))
            await until(ours.is_idle)
        yield (figure := rates("accept", place.size, "requests/s", accepted, bare))
    if explain and not figure.met:
        statistics_file = place.folder / "accept.profile"
        async with requests_service(place, place.folder / "accept-watched", statistics_file) as ours:
            await rate(ours.port, [our_request(ours.signer) for _ in range(count)])
        report(statistics_file, f"accepting requests on {place.size}")


@asynccontextmanager
async def requests_service(place: Place, folder: Path, profile: Path | None = None) -> AsyncIterator[Served]:
    """`quartier serve requests`, prepared as an operator prepares it."""
    keys.create(folder / "keys", ["accounts", "requests"])
    environment = {"QUARTIER_FOLDER": str(folder), "QUARTIER_KAFKA": ",".join(place.brokers)}
    if url := place.database():
        environment["QUARTIER_DATABASE_URL"] = url
    if place.kafka:
        await asyncio.to_thread(place.kafka.clear, "quartier.")
    for command in (["migrate", "requests"], ["topics", "apply"]):
        await asyncio.to_thread(subprocess.run, [QUARTIER, *command], env={**os.environ, **environment}, check=True, capture_output=True)
    port = free_port()
    with process(folder, QUARTIER, "serve", "requests", "--port", str(port), profile=profile, **environment) as server:
        await until(listening(port), server)
        yield Served(port, Signer(keys.load(Settings(folder=folder), "accounts")))


@asynccontextmanager
async def bare_app(place: Place) -> AsyncIterator[int]:
    """The bare app on a database of its own; its port."""
    folder, port = place.folder / "bare", free_port()
    address = place.database() or f"sqlite+aiosqlite:///{folder / 'bare.db'}"
    with process(folder, sys.executable, "-m", "tests.bench.bare", "--port", str(port), "--database", address) as server:
        await until(listening(port), server)
        yield port


def listening(port: int) -> Callable[[], Awaitable[bool]]:
    """A question that is answered with yes once somebody listens there."""

    async def listens() -> bool:
        try:
            _, writer = await asyncio.open_connection("localhost", port)
        except OSError:
            return False
        writer.close()
        return True

    return listens


def our_request(signer: Signer) -> bytes:
    """A request by somebody new, with a ticket as accounts gives it."""
    ticket = contact_ticket(signer, ids.opaque_id(), Language.EN)
    body = {**words(), "contact_ticket": ticket, "kind": "new", "lang": "en"}
    return posted(PATH, body, f"Idempotency-Key: {ids.new_id()}\r\n")


def bare_request() -> bytes:
    """The same words, as the bare app takes them."""
    return posted("/requests", words())


def words() -> dict[str, str]:
    return {"title": f"Trees of street {ids.new_id()}", "body": "Every tree with its species, please."}


def posted(path: str, body: dict[str, Any], headers: str = "") -> bytes:
    content = json.dumps(body)
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}"
            f"Content-Length: {len(content)}\r\n\r\n{content}").encode()


async def rate(port: int, requests: Sequence[bytes]) -> float:
    """Requests a second, each connection sending its next one when the last was answered. Plain sockets, so that the load is cheap."""
    waiting, began = iter(requests), clock.monotonic()
    await asyncio.gather(*(send_in_turn(port, waiting) for _ in range(CONNECTIONS)))
    return len(requests) / (clock.monotonic() - began)


async def send_in_turn(port: int, waiting: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection("localhost", port)
    for request in waiting:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        if not head.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(f"not accepted: {head.decode()}{body.decode()}")
    writer.close()
