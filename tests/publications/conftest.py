"""A city that publishes, and facts as the other services would have said them."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

from quartier.cloudevents import Envelope, to_record
from quartier.contracts.accounts import Role
from quartier.contracts.notices import NoticeOwed
from quartier.contracts.notify import NoticeBounced, NoticeSent
from quartier.contracts.publications import DatasetPublished, Distribution
from quartier.contracts.requests import (
    PublicationDatePassed,
    PublicationRescheduled,
    PublicationScheduled,
    RequestAnswered,
    RequesterReached,
    RequesterUnreached,
    RequestPublished,
    RequestRefused,
    RequestSubmitted,
    RequestTakenUp,
    RequestWithdrawn,
    TriageStarted,
)
from quartier.contracts.wishes import Coverage, Wish, compare
from quartier.events import Event
from quartier.testing.app import City
from quartier_publications.notes.commands import copied
from quartier_publications.notes.facts import Fact

NAMES = UUID("6f0b3a5e-58a5-4a0e-9a36-5d2b1d4f7a10")
CITY = "https://city.test"
ROOT = "/api/publications/v1"


class Told:
    """Writes down events of requests as facts, with the sequence numbers and times that they would have."""

    def __init__(self, at: datetime = datetime(2026, 10, 5, 9, tzinfo=UTC)) -> None:
        self.at = at
        self.facts: list[Fact] = []
        self.events: list[tuple[Fact, Event]] = []
        self._sequences: dict[str, int] = {}

    def fact(self, event: Event, service: str = "requests") -> Fact:
        """The event happened now; an hour passes."""
        key = f"{service}/{event.key}"
        self._sequences[key] = self._sequences.get(key, 0) + 1
        self.facts.append(Fact(f"{CITY}/{service}", str(uuid5(NAMES, str(len(self.facts)))), self.at, event.key,
                               self._sequences[key], event.event_type, copied(event)))
        self.events.append((self.facts[-1], event))
        self.at += timedelta(hours=1)
        return self.facts[-1]

    def later(self, **span: int) -> "Told":
        """Let time pass."""
        self.at += timedelta(**span)
        return self

    def request(self, number: int, visibility: str = "public", *, first_look: bool = True, title: str | None = None) -> UUID:
        """A request is submitted, and an officer gives it its first look."""
        id_ = uuid5(NAMES, f"request {number}")
        common = {"request_id": id_, "ref": f"R-2026-{number:04}"}
        self.fact(RequestSubmitted(**common, state="submitted", label="received", visibility="held", kind="new", channel="web",
                                   received_at=self.at, first_look_due=self.at.date()))
        self.owed(id_, "acknowledgement")
        if first_look:
            quote = {"text": title or f"Data of kind {number}", "lang": "fr"} if visibility == "public" else None
            self.fact(TriageStarted(**common, state="triage", label="received", visibility=visibility, title=quote, body=quote))
        return id_

    def moves(self, cls: type[Event], number: int, label: str, visibility: str = "public", **fields: object) -> Fact:
        """An act on a request that has had its first look."""
        return self.fact(cls(request_id=uuid5(NAMES, f"request {number}"), ref=f"R-2026-{number:04}", state=label, label=label,
                             visibility=visibility, **fields))

    def answered(self, number: int, visibility: str = "public") -> Fact:
        """The city answers that the data is there."""
        public = visibility == "public"
        return self.moves(RequestAnswered, number, "answered", visibility, outcome="already_available",
                          answer={"fr": "Voici les données."} if public else None, links=["https://data.test/1"] if public else [])

    def refused(self, number: int, visibility: str = "public") -> Fact:
        """The city refuses, with its ground."""
        return self.moves(RequestRefused, number, "answered", visibility, outcome="refused", ground="personal_data",
                          article="CRPA L311-6", motive={"en": "Names of people.", "fr": "Des noms."},
                          redress={"en": "Ask CADA."}, appeal_by=date(2027, 1, 31))

    def withdrawn(self, number: int, visibility: str = "public") -> Fact:
        """The requester takes it back."""
        return self.moves(RequestWithdrawn, number, "withdrawn", visibility, outcome="withdrawn")

    def scheduled(self, number: int, on: date, visibility: str = "public") -> Fact:
        """The city takes the request up and promises a date."""
        self.moves(RequestTakenUp, number, "being_researched", visibility)
        return self.moves(PublicationScheduled, number, "date_promised", visibility, expected_on=on, precision="day")

    def moved(self, number: int, old: date, new: date, visibility: str = "public") -> Fact:
        """The promised date moves."""
        return self.moves(PublicationRescheduled, number, "date_promised", visibility, previous_on=old, previous_precision="day",
                          expected_on=new, precision="month", days=(new - old).days, why={"en": "The export is late."})

    def passed(self, number: int, on: date, visibility: str = "public") -> Fact:
        """The promised date passes."""
        return self.moves(PublicationDatePassed, number, "date_promised", visibility, expected_on=on, precision="day")

    def published(self, number: int, visibility: str = "public", *, slug: str = "trees", version: str = "1.0.0",
                  wishes: list[Wish] | None = None, coverage: Coverage | None = None, is_first: bool = True) -> None:
        """A version that answers the request comes out, and the request moves on."""
        dataset = uuid5(NAMES, slug)
        request = uuid5(NAMES, f"request {number}")
        coverage = coverage or Coverage()
        self.fact(DatasetPublished(
            dataset_id=dataset, slug=slug, title={"en": "Trees", "fr": "Les arbres"}, version=version, is_first=is_first,
            released_at=self.at, coverage=coverage, distributions=[Distribution(format="CSV", url="https://data.test/t.csv")],
            request_ids=[request], page_url=f"{CITY}/datasets/{slug}"), "publications")
        self.moves(RequestPublished, number, "published", visibility, outcome="new_dataset", dataset_id=dataset, slug=slug,
                   version=version, dataset_title={"en": "Trees"}, wishes=compare(wishes or [], coverage))

    def owed(self, request: UUID, kind: str, end: str = "sent") -> None:
        """A message is owed to the requester and comes to an end: sent, or bounced with an alarm."""
        notice = uuid5(NAMES, f"notice {len(self.facts)}")
        person = uuid5(NAMES, f"person of {request}")
        self.fact(NoticeOwed(notice_id=notice, person_id=person, subject_kind="request", subject_id=request, notice_class="owner",
                             kinds=[kind], event_ids=[notice]))
        common = {"notice_id": notice, "person_id": person, "subject_kind": "request", "subject_id": request, "notice_class": "owner",
                  "kinds": [kind], "at": self.at}
        if end == "sent":
            self.fact(NoticeSent(**common), "notify")
        else:
            self.fact(NoticeBounced(**common), "notify")
            self.fact(RequesterUnreached(request_id=request, notice_id=notice, kinds=[kind], because="bounced"))
        if end == "reached":
            self.fact(RequesterReached(request_id=request, notice_id=notice, kinds=[kind], on=self.at.date()))


class Desk:
    """What officers and approvers do to the dataset `trees`, over HTTP."""

    def __init__(self, city: City) -> None:
        self.city = city

    async def enter(self, body: dict[str, Any], person: UUID | None = None) -> httpx.Response:
        """An officer enters a dataset."""
        return await self.city.http.post(f"{ROOT}/datasets", json=body, headers=self.city.bearer(Role.OFFICER, person=person))

    async def prepare(self, body: dict[str, Any], person: UUID | None = None) -> httpx.Response:
        """An officer prepares a version."""
        return await self.city.http.post(f"{ROOT}/datasets/trees/versions", json=body,
                                         headers=self.city.bearer(Role.OFFICER, person=person))

    async def approve(self, number: str, *, etag: str | None = None, person: UUID | None = None) -> httpx.Response:
        """An approver reads a version, if no ETag is given, and lets it out."""
        address = f"{ROOT}/datasets/trees/versions/{number}"
        staff = self.city.bearer(Role.APPROVER, person=person)
        etag = etag or (await self.city.http.get(address, headers=staff)).headers["etag"]
        return await self.city.http.post(f"{address}/approval", headers=staff | {"if-match": etag})

    async def published(self) -> list[dict[str, Any]]:
        """The `dataset.published` events that came back over the bus."""
        await self.city.quiet()
        lines = (await self.city.http.get(f"{ROOT}/notes/2026-4/facts.jsonl")).text.splitlines()
        return [fact for fact in map(json.loads, lines) if fact["type"] == DatasetPublished.event_type]


@pytest.fixture
def desk(city: City) -> Desk:
    """The catalogue's desk."""
    return Desk(city)


@pytest.fixture
async def city(make_city: Any) -> City:
    """The embedded city with this service alone; what the others would say is put on the bus."""
    made: City = await make_city(services=["publications"])
    made.move_clock(to=datetime(2026, 11, 24, 9, tzinfo=UTC))
    return made


@pytest.fixture
def say(city: City) -> Callable[..., Awaitable[None]]:
    """Let other services publish what was told, in order, and wait until it was heard."""

    async def say(told: Told, since: int = 0) -> None:
        await publish(city, told.events[since:])
        await city.quiet()

    return say


@pytest.fixture(scope="session")
def speak() -> Callable[..., Awaitable[None]]:
    """Put events on the bus of any city, and wait until they were heard."""

    async def speak(city: City, events: list[tuple[Fact, Event]]) -> None:
        await publish(city, events)
        await city.quiet()

    return speak


async def publish(city: City, events: list[tuple[Fact, Event]]) -> None:
    """Put events on the bus as their services would."""
    records = [to_record(Envelope(
        id=fact.id, source=fact.source, type=fact.type, subject=fact.key, time=fact.occurred_at, partitionkey=fact.key,
        sequence=fact.sequence, datacontenttype="application/json", data=event.data()), f"quartier.{fact.source.rsplit('/', 1)[1]}")
        for fact, event in events]
    await city.runtime("publications").bus.publish(records)


@pytest.fixture
def dataset() -> dict[str, Any]:
    """A new dataset, as an officer types it."""
    return {"slug": "trees", "title": {"en": "Trees", "fr": "Les arbres"}, "description": {"en": "Every tree in the streets."},
            "publisher": "Parks", "licence": "https://www.etalab.gouv.fr/licence-ouverte", "frequency": "quarterly"}


@pytest.fixture
def version() -> dict[str, Any]:
    """A version of it."""
    return {"number": "1.0.0", "change_note": {"en": "First version."},
            "coverage": {"columns": ["species", "height"], "period": "2019/2026", "area": "Paris"},
            "distributions": [{"format": "CSV", "url": "https://data.test/trees.csv"},
                              {"format": "GeoJSON", "url": "http://localhost:8000/trees.geojson"}]}


@pytest.fixture(scope="session")
def telling() -> type[Told]:
    """The writer of facts itself, for tests that need many of them."""
    return Told


@pytest.fixture
def told(telling: type[Told]) -> Told:
    """A quiet city in the fourth quarter of 2026, whose facts are yet to be told."""
    return telling()
