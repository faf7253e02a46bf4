"""(a) From an officer's act to the mail server's acceptance and to the hint in an open page, beside the bare way.

The bare way is one record produced to the same bus and consumed, and one mail handed over, with nothing in between. The clock
starts when the act is sent over HTTP. Samples of the two take turns.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx

from quartier import ids, keys
from quartier.auth import Signer, Verifier, open_ticket
from quartier.bus import Bus, Record, Tail, Topic
from quartier.contracts.accounts import Role
from quartier.settings import Settings
from quartier.testing.otlp import OtlpSink
from quartier.testing.processes import free_port
from quartier.testing.smtp import MailServer
from quartier.transport import bus_of
from tests.bench.figure import Figure, beside, percentile
from tests.bench.places import QUARTIER, Place, process, until
from tests.infra.distributed import city as separate_processes

SETTLED_AFTER = 0.2
"""Seconds between two samples: what the last one set in motion is over."""
TOPIC = Topic("bench.bare", partitions=1)
MAIL = b"From: city@city.test\r\nTo: somebody@example.org\r\nSubject: Bare\r\n\r\nNothing in between.\r\n"


@dataclass
class City:
    """A running city as this measurement needs it."""

    http: httpx.AsyncClient
    mail: MailServer
    sink: OtlpSink
    keys: Path
    person: Any = None
    ticket: str = ""
    hints: dict[str, list[float]] = field(default_factory=dict)

    def bearer(self, subject: Any, *roles: Role, **claims: Any) -> dict[str, str]:
        token = Signer(keys.load(Settings(keys=self.keys), "accounts")).sign(str(subject), roles=[*roles], **claims)
        return {"authorization": f"Bearer {token}", "idempotency-key": str(ids.new_id())}

    async def arrive(self) -> None:
        """Somebody gives her address, once for all that she asks."""
        answer = await self.http.post("/api/accounts/v1/contacts", json={"address": f"{ids.new_id()}@example.org", "language": "en"})
        self.ticket = answer.raise_for_status().json()["contact_ticket"]
        self.person = open_ticket(Verifier(keys.load(Settings(keys=self.keys), "accounts")), self.ticket).person_id

    async def post(self, path: str, headers: dict[str, str], body: Any = None) -> httpx.Response:
        answer = await self.http.post(f"/api/requests/v1{path}", json=body, headers=headers)
        if answer.is_error:
            raise RuntimeError(answer.text)
        return answer

    async def request_in_triage(self) -> str:
        """A public request whose first look is over."""
        drafted = await self.post("/requests", self.bearer(self.person), {
            "contact_ticket": self.ticket, "kind": "new", "title": f"Trees {ids.new_id()}", "body": "All of them.", "lang": "en"})
        request = drafted.json()["id"]
        await self.post(f"/requests/{request}/confirmation", self.bearer(self.person, purpose="confirm", scope=f"request/{request}"))
        await self.act(request, await self.version(request), event="triage.started", visibility="public")
        return request

    async def version(self, request: str) -> str:
        answer = await self.http.get(f"/api/requests/v1/requests/{request}", headers=self.bearer(ids.new_id(), Role.OFFICER))
        return answer.raise_for_status().headers["etag"]

    async def act(self, request: str, version: str, **body: Any) -> httpx.Response:
        headers = self.bearer(ids.new_id(), Role.OFFICER) | {"if-match": version}
        return await self.post(f"/requests/{request}/transitions", headers, body)

    async def listen(self) -> None:
        """An open page: note when a hint about something comes."""
        async with self.http.stream("GET", "/api/portal/v1/live", params={"keys": "*"}, timeout=None) as lines:
            async for line in lines.aiter_lines():
                if line.startswith("data: "):
                    self.hints.setdefault(json.loads(line[6:])["key"], []).append(time.time())


async def measure(place: Place, *, count: int = 60) -> AsyncIterator[Figure]:
    """So many acts and as many bare ways, one after the other."""
    mails: list[float] = []
    hints: list[float] = []
    bare: list[float] = []
    async with running(place) as city, bare_bus(place) as (bus, records):
        await city.arrive()
        requests = [await city.request_in_triage() for _ in range(count)]
        await until(lambda: settled(city.mail, 2 * count))
        listening = asyncio.create_task(city.listen())
        traces = []
        for request in requests:
            bare.append(await bare_way(bus, records, city.mail.address))
            await asyncio.sleep(SETTLED_AFTER)
            mailed, hinted, trace = await one_act(city, request)
            mails.append(mailed)
            hints.append(hinted)
            traces.append(trace)
            await asyncio.sleep(SETTLED_AFTER)
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        for name, values in (("latency.mail", mails), ("latency.hint", hints)):
            for percent in (50, 95, 99):
                yield beside(f"{name}.p{percent}", place.size, percentile(values, percent), "ms", percentile(bare, percent),
                             at_most=3 if percent == 95 else None)
        middle = traces[sorted(range(count), key=mails.__getitem__)[count // 2]]
        await until(lambda: exported(city.sink, middle))
        report_trace(city.sink, middle, place.size)


async def one_act(city: City, request: str) -> tuple[float, float, str]:
    """Milliseconds until the mail was accepted and until the hint was there, and the trace of the act."""
    before, heard = len(city.mail.mails), f"requests/{request}"
    version = await city.version(request)
    city.hints.pop(heard, None)
    began = time.time()
    answer = await city.act(request, version, event="request.taken_up", motive={"en": "We look for them."})
    await until(lambda: settled(city.mail, before + 1), every=0.002)

    async def hinted() -> bool:
        return heard in city.hints

    await until(hinted)
    accepted_at = city.mail.mails[before].received_at.timestamp()
    return (accepted_at - began) * 1000, (city.hints[heard][0] - began) * 1000, answer.headers["trace-id"]


async def bare_way(bus: Bus, records: Tail, mail_server: str) -> float:
    """Milliseconds of one record and one mail with nothing in between."""
    host, _, port = mail_server.rpartition(":")
    began = time.perf_counter()
    await bus.publish([Record(TOPIC.name, b"bare", b"{}")])
    await anext(records)
    await aiosmtplib.send(MAIL, sender="city@city.test", recipients=["somebody@example.org"], hostname=host, port=int(port))
    return (time.perf_counter() - began) * 1000


async def settled(mail: MailServer, count: int) -> bool:
    return len(mail.mails) >= count


async def exported(sink: OtlpSink, trace: str) -> bool:
    return any(span.name == "send smtp" for span in sink.spans(trace))


def report_trace(sink: OtlpSink, trace: str, size: str) -> None:
    """Where the time of the middle sample went: its spans, in milliseconds since the act."""
    spans = sink.spans(trace)
    print(f"trace of the middle act on {size}: begins after, takes (ms)", file=sys.stderr)
    for span in spans:
        after, takes = ((instant - start).total_seconds() * 1000 for instant, start in (
            (span.started_at, spans[0].started_at), (span.ended_at, span.started_at)))
        print(f"{after:9.1f}{takes:9.1f}  {span.scope}: {span.name}", file=sys.stderr)


@asynccontextmanager
async def bare_bus(place: Place) -> AsyncIterator[tuple[Bus, Tail]]:
    """The same bus as the city's, with a topic that the city does not know, and a reader at its end."""
    bus = bus_of(Settings(folder=place.folder / "bare-bus", kafka=place.brokers))
    await bus.start()
    try:
        await bus.apply([TOPIC])
        async with bus.tail([TOPIC.name]) as records:
            yield bus, records
    finally:
        await bus.stop()


@asynccontextmanager
async def running(place: Place) -> AsyncIterator[City]:
    """The whole city with a mail server and a sink for traces: one process, or one a service as docker-compose.yml says."""
    mail, sink = MailServer(), OtlpSink()
    try:
        async with AsyncExitStack() as stack:
            if place.postgres and place.kafka:
                apart = await stack.enter_async_context(separate_processes(place.kafka, place.postgres, mail, sink))
                url, key_folder = apart.url, apart.folder / "keys" / "accounts"
            else:
                url, key_folder = await stack.enter_async_context(one_process(place.folder / "city", mail, sink))
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30, trust_env=False))
            yield City(http, mail, sink, key_folder)
    finally:
        sink.stop()
        mail.stop()


@asynccontextmanager
async def one_process(folder: Path, mail: MailServer, sink: OtlpSink) -> AsyncIterator[tuple[str, Path]]:
    """`quartier up` with a real mail server; its address, and where its keys are."""
    port = free_port()
    with process(folder, QUARTIER, "up", "--port", str(port), QUARTIER_FOLDER=str(folder), QUARTIER_SMTP=mail.address,
                 QUARTIER_OTLP=sink.url) as city:
        async with httpx.AsyncClient(base_url=f"http://localhost:{port}", trust_env=False) as http:

            async def is_ready() -> bool:
                with suppress(httpx.ConnectError):
                    return (await http.get("/readyz")).status_code == 200
                return False

            await until(is_ready, city)
        yield f"http://localhost:{port}", folder / "keys"
