"""Requests as its callers see it: a requester with her links, the staff at their desk, and the catalogue on the bus."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import col, select

from quartier import clock, ids, keys
from quartier.auth import Signer, contact_ticket
from quartier.cloudevents import Envelope, to_record
from quartier.contracts.accounts import Role
from quartier.contracts.publications import DatasetPublished
from quartier.contracts.words import Language
from quartier.events import Event, event_class
from quartier.outbox import OutboxRow
from quartier.settings import Settings
from quartier.testing.app import City

BASE = "/api/requests/v1"
ASK = {"kind": "new", "title": "Trees in the streets", "body": "Every tree with its species, please.", "lang": "en"}
ANSWER = {"event": "request.answered", "outcome": "already_available", "answer": {"en": "It is here."}, "links": ["https://city.test/trees"]}
REFUSAL = {"event": "request.refused", "outcome": "refused", "ground": "personal_data", "article": "CRPA L311-6",
           "motive": {"en": "It names people."}, "redress": {"en": "Ask the CADA."}}
TAKE_UP = {"event": "request.taken_up", "motive": {"en": "A legal duty.", "fr": "Une obligation."}}


@dataclass
class Town:
    """A city in which requests runs, and the doors to it."""

    city: City
    officer: UUID = field(default_factory=ids.new_id)
    approver: UUID = field(default_factory=ids.new_id)
    _numbers: dict[UUID, int] = field(default_factory=dict)

    async def call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        return await self.city.http.request(method, BASE + path, **kwargs)

    async def get(self, path: str, **kwargs: Any) -> Any:
        """What a visitor reads, or whoever the headers name."""
        answer = await self.call("GET", path, **kwargs)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ticket(self, person: UUID) -> str:
        """What accounts gives to whoever types an address."""
        signer = Signer(keys.load(Settings(folder=self.city.folder), "accounts"))
        return contact_ticket(signer, person, Language.EN)

    async def post_ask(self, person: UUID | None = None, *, key: str | None = None, **changes: Any) -> httpx.Response:
        body = {**ASK, "contact_ticket": self.ticket(person or ids.new_id()), **changes}
        return await self.call("POST", "/requests", json=body, headers={"idempotency-key": key or str(ids.new_id())})

    def link(self, request: str, person: UUID, purpose: str = "status") -> dict[str, str]:
        """The header by which the portal acts for the bearer of a secret link."""
        return {"authorization": f"Bearer {self.city.token(person=person, purpose=purpose, scope=f'request/{request}')}"}

    async def draft(self, person: UUID, **changes: Any) -> str:
        answer = await self.post_ask(person, **changes)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def confirm(self, request: str, person: UUID) -> httpx.Response:
        return await self.call("POST", f"/requests/{request}/confirmation", headers=self.link(request, person, "confirm"))

    async def submitted(self, person: UUID | None = None, **changes: Any) -> str:
        """A request that its writer has confirmed."""
        person = person or ids.new_id()
        request = await self.draft(person, **changes)
        answer = await self.confirm(request, person)
        assert answer.status_code == 200, answer.text
        return request

    async def triaged(self, person: UUID | None = None, visibility: str = "public", **changes: Any) -> str:
        """A request that an officer has read."""
        request = await self.submitted(person, **changes)
        await self.act(request, event="triage.started", visibility=visibility)
        return request

    async def taken_up(self, person: UUID | None = None, **changes: Any) -> str:
        request = await self.triaged(person, **changes)
        await self.act(request, **TAKE_UP)
        return request

    async def scheduled(self, date: str, precision: str = "day", person: UUID | None = None, **changes: Any) -> str:
        request = await self.taken_up(person, **changes)
        await self.act(request, event="publication.scheduled", date=date, precision=precision)
        return request

    def staff(self, role: Role = Role.OFFICER, person: UUID | None = None) -> dict[str, str]:
        """The headers of a member of staff, with a fresh Idempotency-Key."""
        return self.city.bearer(role, person=person or (self.approver if role == Role.APPROVER else self.officer))

    async def version(self, request: str) -> str:
        answer = await self.call("GET", f"/requests/{request}", headers=self.staff())
        return answer.headers["etag"]

    async def try_act(self, request: str, *, role: Role = Role.OFFICER, person: UUID | None = None, version: str | None = None,
                      path: str = "transitions", **act: Any) -> httpx.Response:
        """The answer to an act of the staff, decided on the present version unless another one is named."""
        headers = self.staff(role, person) | {"if-match": version or await self.version(request)}
        return await self.call("POST", f"/requests/{request}/{path}", headers=headers, json=act)

    async def act(self, request: str, **act: Any) -> Any:
        answer = await self.try_act(request, **act)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refuse(self, request: str, **changes: Any) -> Any:
        return await self.act(request, role=Role.APPROVER, **{**REFUSAL, "appeal_by": "2040-01-31", **changes})

    async def publish(self, *requests: str, dataset: UUID | None = None, version: str = "1.0.0", is_first: bool = True,
                      **coverage: Any) -> UUID:
        """A version that claims these requests appears on the bus, as publications would put it there."""
        dataset = dataset or ids.new_id()
        await self.hear("publications", DatasetPublished(
            dataset_id=dataset, slug="trees", title={"en": "Trees", "fr": "Arbres"}, version=version, is_first=is_first,
            released_at=clock.now(), coverage=coverage, distributions=[{"format": "CSV", "url": "https://city.test/trees.csv"}],
            request_ids=[UUID(request) for request in requests], page_url="https://city.test/datasets/trees"))
        return dataset

    async def hear(self, service: str, event: Event) -> None:
        """Let an event of another service arrive, and wait until all that follows has been done."""
        number = self._numbers[UUID(event.key)] = self._numbers.get(UUID(event.key), 0) + 1
        envelope = Envelope(id=str(ids.new_id()), source=f"https://city.test/{service}", type=event.event_type, subject=event.key,
                            time=clock.now(), datacontenttype="application/json", partitionkey=event.key, sequence=number,
                            correlationid=str(ids.new_id()), data=event.data())
        await self.city.app.state.bus.publish([to_record(envelope, f"quartier.{service}")])
        await self.city.quiet()

    async def emitted(self, *names: str) -> list[Event]:
        """The events that requests has published, in order, read back from its outbox."""
        async with self.city.runtime("requests").database.session() as session:
            rows = (await session.exec(select(OutboxRow).order_by(col(OutboxRow.seq)))).all()
        events = [event_class(row.type).read(row.payload) for row in rows]
        wanted = {f"org.quartier.{name}.v1" for name in names}
        return [event for event in events if not wanted or event.event_type in wanted]

    async def move_to(self, year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
        """Business time moves, and everything that is due by then happens."""
        instant = self.city.move_clock(to=datetime(year, month, day, hour, minute, tzinfo=UTC))
        await self.city.quiet()
        return instant
