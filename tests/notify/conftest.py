"""Notify alone in a city, with stand-ins for the two services that it asks, and events as those services would publish them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlmodel import select

from quartier import clock, ids
from quartier.auth import Signer, contact_ticket
from quartier.cloudevents import Envelope, to_record
from quartier.contracts.accounts import Role
from quartier.contracts.notices import NoticeClass, NoticeKind, NoticeOwed, Purpose
from quartier.contracts.requests import TriageStarted, Visibility
from quartier.contracts.words import Language, Quote
from quartier.events import Event
from quartier.keys import load
from quartier.settings import Settings
from quartier.testing.app import City
from quartier_notify.ledger.model import Delivery, Message, State

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@dataclass
class Neighbours:
    """What accounts and requests would answer: addresses and languages of people, facts of letters, or nothing at all."""

    people: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    letters: dict[str, dict[str, Any]] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    swapped: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def open(self, app: FastAPI) -> None:
        """Answer at the addresses of the two services."""
        gone = JSONResponse({"title": "away", "detail": "away"}, 503, media_type="application/problem+json")

        @app.post("/api/accounts/v1/resolutions", openapi_extra={})
        async def resolve(request: Request) -> Any:
            if "accounts" in self.away:
                return gone
            wanted = await request.json()
            self.asked += wanted
            return [self._resolution(one) for one in wanted]

        @app.get("/api/requests/v1/notices/{id}/letter", openapi_extra={})
        async def letter(id: str) -> Any:
            if "requests" in self.away:
                return gone
            return self.letters.get(id) or JSONResponse({"title": "gone"}, 404, media_type="application/problem+json")

    def _resolution(self, one: dict[str, str]) -> dict[str, Any]:
        person = self.swapped.get(one["person_id"], one["person_id"])
        address, language = self.people.get(person, (None, "en"))
        link = f"https://city.test/{language}/l/{one['purpose']}-{ids.secret()}"
        return {"person_id": person, "address": address, "language": language, "link": link}


@dataclass
class Notify:
    """The city under test and the acts that its tests repeat."""

    city: City
    neighbours: Neighbours
    trace: str = TRACE

    def person(self, address: str | None = "ada@example.org", language: str = "en") -> UUID:
        """Somebody whom accounts knows."""
        person = ids.new_id()
        self.neighbours.people[str(person)] = (address, language)
        return person

    def ticket(self, person: UUID) -> str:
        """What accounts gives to whoever typed her address."""
        return contact_ticket(Signer(load(Settings(folder=self.city.folder), "accounts")), person, Language.EN)

    async def publish(self, *events: Event, service: str = "requests", correlation: UUID | None = None,
                      event_id: UUID | None = None) -> list[Envelope]:
        """Put events on the bus as one command of that service would."""
        correlation = correlation or ids.new_id()
        envelopes = [Envelope(
            id=str(event_id or ids.new_id()), source=f"https://city.test/{service}", type=event.event_type, subject=event.key,
            time=clock.now(), partitionkey=event.key, correlationid=str(correlation), traceparent=TRACEPARENT,
            datacontenttype="application/json", data=event.data()) for event in events]
        await self.city.app.state.bus.publish([to_record(envelope, f"quartier.{service}") for envelope in envelopes])
        return envelopes

    async def owe(self, person: UUID, *kinds: NoticeKind, subject: UUID | None = None, letter: dict[str, Any] | None = None,
                  notice_class: NoticeClass = NoticeClass.OWNER, ref: str = "R-2027-0042", **options: Any) -> NoticeOwed:
        """Let requests owe a person a notice, with the letter that it will give for it."""
        event = NoticeOwed(notice_id=ids.new_id(), person_id=person, subject_kind="request", subject_id=subject or ids.new_id(),
                           ref=ref, notice_class=notice_class, kinds=list(kinds) or [NoticeKind.WITHDRAWN])
        self.neighbours.letters[str(event.notice_id)] = {"ref": ref} | (letter or {})
        await self.publish(event, **options)
        return event

    async def open_request(self, title: str = "Noise by street", ref: str = "R-2027-0042") -> UUID:
        """Let a request become public."""
        request = ids.new_id()
        await self.publish(TriageStarted(request_id=request, ref=ref, state="triage", label="received",
                                         visibility=Visibility.PUBLIC, title=Quote(text=title, lang=Language.EN)))
        await self.city.quiet()
        return request

    async def follow(self, person: UUID, request: UUID) -> Any:
        """Type an address into the form of a public request."""
        return await self.city.http.post("/api/notify/v1/subscriptions", headers={"idempotency-key": str(ids.new_id())},
                                         json={"contact_ticket": self.ticket(person), "subject_kind": "request",
                                               "subject_id": str(request)})

    def link(self, person: UUID, purpose: Purpose, subscription: str) -> dict[str, str]:
        """Headers of the bearer of a secret link for one subscription."""
        return self.city.bearer(person=person, purpose=purpose, scope=f"subscription/{subscription}")

    async def follower(self, request: UUID, address: str = "fern@example.org", language: str = "en") -> tuple[UUID, str]:
        """Somebody who follows a request for good, and her subscription."""
        person = self.person(address, language)
        await self.follow(person, request)
        await self.city.quiet()
        subscription = next(one["subject"].split("/")[1] for one in self.neighbours.asked if one["person_id"] == str(person))
        confirmed = await self.city.http.post(f"/api/notify/v1/subscriptions/{subscription}/confirmation",
                                              headers=self.link(person, Purpose.CONFIRM, subscription))
        assert confirmed.status_code == 200, confirmed.text
        await self.city.quiet()
        return person, subscription

    async def stop(self, person: UUID, subscription: str) -> Any:
        """Press the button that ends a follow."""
        return await self.city.http.delete(f"/api/notify/v1/subscriptions/{subscription}",
                                           headers=self.link(person, Purpose.UNSUBSCRIBE, subscription))

    async def deliveries(self) -> list[Delivery]:
        """All deliveries, in the order in which their messages were made."""
        async with self.city.runtime("notify").database.session() as session:
            return list((await session.exec(select(Delivery).join(Message).order_by(Message.id))).all())

    async def make_due_at_once(self) -> None:
        """Let accounts answer again, and what waited for it be due in the same instant."""
        async with self.city.runtime("notify").database.transaction() as session:
            for one in (await session.exec(select(Delivery).where(Delivery.state != State.SENT))).all():
                one.state, one.next_at = State.QUEUED, clock.wall()
                session.add(one)
            self.neighbours.away = set()

    async def told(self, cls: type[Event]) -> list[Event]:
        """The events of that type on notify's own topic, once everything that was emitted is there."""
        await self.city.quiet()
        async with self.city.app.state.bus.tail(["quartier.notify"], {}) as records:
            found = []
            while True:
                try:
                    record = await asyncio.wait_for(anext(records), 0.2)
                except TimeoutError:
                    return [cls.read(record.value) for record in found
                            if dict(record.headers)["ce_type"].decode() == cls.event_type]
                found.append(record)

    async def until(self, condition: Callable[[list[Delivery]], bool]) -> list[Delivery]:
        """The deliveries as soon as they fulfil a condition."""
        deadline = clock.monotonic() + 15
        while not condition(found := await self.deliveries()):
            assert clock.monotonic() < deadline, [(one.state, one.evidence) for one in found]
            await asyncio.sleep(0.02)
        return found

    async def get(self, path: str, *roles: Role, **options: Any) -> Any:
        """Read from notify's API in that role."""
        return await self.city.http.get(f"/api/notify/v1{path}", headers=self.city.bearer(*roles), **options)


NotifyMaker = Callable[..., Awaitable[Notify]]


@pytest.fixture
async def make_notify(make_city: Callable[..., Any], tmp_path: Path) -> NotifyMaker:
    """A maker of cities of notify alone, with settings of one's own."""

    async def make(**settings: Any) -> Notify:
        city = await make_city(services=["notify"], **settings)
        neighbours = Neighbours()
        neighbours.open(city.app)
        return Notify(city, neighbours)

    return make


@pytest.fixture
async def notify(make_notify: NotifyMaker) -> Notify:
    """Notify with the local mailbox."""
    return await make_notify()


@pytest.fixture
async def posting(make_notify: NotifyMaker, mail_server: Any, monkeypatch: pytest.MonkeyPatch) -> Notify:
    """Notify with a mail server, and retries that come quickly."""
    monkeypatch.setattr("quartier_notify.ledger.model.RETRY_AFTER", (0.05, 0.05, 0.05))
    return await make_notify(smtp=mail_server.address)
