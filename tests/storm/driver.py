"""The people of a storm: they ask, confirm, follow and sign in by the links in their mails, and a desk works on what they asked.

Each act has an id of its own, which is its Idempotency-Key. It is written down as `intent` before it is sent and as `acked` when it
was answered 2xx; between the two it is sent again until somebody answers.
"""
import asyncio
import itertools
import json
import os
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jwt

from quartier import clock, ids
from quartier.contracts.accounts import Role
from quartier.testing.smtp import Mail
from tests.storm.places import SERVICES, Place

PATIENCE = 300.0
"""Seconds within which each act has to be answered, whatever dies meanwhile."""
MOTIVE = {"en": "A legal duty.", "fr": "Une obligation."}
Headers = Callable[[], Awaitable[dict[str, str]]]


class Ledger:
    """What was meant and what was answered, on disk before anything goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a")
        self.acked = 0

    def note(self, what: str, **fields: Any) -> None:
        """One line, which a crash of the driver itself would not take back."""
        self._file.write(json.dumps({"what": what, "at": clock.monotonic(), **fields}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.acked += what == "acked"

    def entries(self, what: str) -> list[dict[str, Any]]:
        """The lines of one sort, in order."""
        return [entry for line in self.path.read_text().splitlines() if (entry := json.loads(line))["what"] == what]

    def close(self) -> None:
        self._file.close()


@dataclass
class Driver:
    """All the people of one storm."""

    place: Place
    ledger: Ledger
    chance: random.Random
    client: httpx.AsyncClient
    complaints: list[str] = field(default_factory=list)
    officer: UUID = field(default_factory=ids.new_id)
    approver: UUID = field(default_factory=ids.new_id)

    def __post_init__(self) -> None:
        self.signers = {name: self.place.signer(name) for name in SERVICES}
        self.plots = itertools.cycle(("answer", "refuse", "publish", "sign in", "follow", "publish"))
        self.known: list[str] = []

    async def live(self) -> None:
        """One person's story from the first page to the last mail that she acts on."""
        try:
            await self._live(next(self.plots))
        except Exception as error:
            self.complaints.append(f"a story ended with {type(error).__name__}: {error}")

    async def _live(self, plot: str) -> None:
        if plot == "sign in" and self.known:
            await self.act("sign-in asked", "POST", "accounts", "/sign-ins",
                           json={"address": self.chance.choice(self.known), "language": "en"})
            return
        request = await self._ask()
        if plot == "follow":
            await self._follow(request)
        await self._work(request, plot)

    async def _ask(self) -> str:
        """Somebody asks, gets a mail, and confirms on the page behind its link; the desk gives the first look."""
        address = f"{ids.new_id()}@people.test"
        title = f"Storm {self.chance.getrandbits(64):x}"
        ticket = (await self.act("address given", "POST", "accounts", "/contacts", json={"address": address, "language": "fr"})).json()
        asked = await self.act("asked", "POST", "requests", "/requests", subject="id", title=title, json={
            "contact_ticket": ticket["contact_ticket"], "kind": "new", "title": title, "body": "All of it, please.", "lang": "en"})
        request = asked.json()["id"]
        link = await self._link(address)
        await self.act("request.submitted", "POST", "requests", f"/requests/{request}/confirmation", subject=request,
                       headers=lambda: self._opened(link))
        self.known.append(address)
        await self._decide(request, "triage.started", visibility="public")
        return str(request)

    async def _work(self, request: str, plot: str) -> None:
        """The desk goes on."""
        match plot:
            case "refuse":
                await self._decide(request, "request.taken_up", motive=MOTIVE)
                await self._decide(
                    request, "request.refused", outcome="refused", ground="personal_data", article="CRPA L311-6",
                    motive={"en": "It names people."}, redress={"en": "Ask the CADA."}, appeal_by="2040-01-31")
            case "publish":
                await self._decide(request, "request.taken_up", motive=MOTIVE)
                await self._decide(request, "publication.scheduled", date="2040-01-31", precision="day")
                await self._publish(request)
            case _:
                await self._decide(request, "request.answered", outcome="already_available", answer={"en": "It is here."},
                                   links=["https://city.test/trees"])

    async def _follow(self, request: str) -> None:
        """Somebody else follows the request, and confirms by her mail."""
        address = f"{ids.new_id()}@followers.test"
        ticket = (await self.act("address given", "POST", "accounts", "/contacts", json={"address": address, "language": "en"})).json()
        # Until the news has reached notify, there is nothing to follow.
        await self.act("follow asked", "POST", "notify", "/subscriptions", again=(404, 422), json={
            "contact_ticket": ticket["contact_ticket"], "subject_id": request})
        link = await self._link(address)
        opened = await self._patiently(lambda: self._opened(link))
        claims = jwt.decode(opened["authorization"].split()[1], options={"verify_signature": False})
        subscription = claims["scope"].split("/")[1]
        await self.act("follow.confirmed", "POST", "notify", f"/subscriptions/{subscription}/confirmation", subject=subscription,
                       headers=lambda: self._opened(link))
        self.ledger.note("owed", event="news to a follower", subject=request)

    async def _publish(self, request: str) -> None:
        """One member of the desk prepares a dataset that claims the request, another lets it out."""
        slug = f"storm-{self.chance.getrandbits(48):x}"
        await self.act("dataset entered", "POST", "publications", "/datasets", headers=self._as(Role.OFFICER),
                       json={"slug": slug, "title": {"en": f"Dataset {slug}"}, "description": {"en": "Every tree."}})
        version = {"number": "1.0.0", "change_note": {"en": "First version."}, "request_ids": [request],
                   "distributions": [{"format": "CSV", "url": "https://data.test/trees.csv"}]}
        # Until the news has reached publications, nobody can claim to answer it.
        await self.act("version prepared", "POST", "publications", f"/datasets/{slug}/versions", headers=self._as(Role.OFFICER),
                       again=(404, 409, 422), json=version)
        path = f"/datasets/{slug}/versions/1.0.0"
        # An approval has no Idempotency-Key: when its answer was lost, the second one says that it is out already.
        await self.act("dataset.published", "POST", "publications", f"{path}/approval", subject=slug, fine=(409,),
                       headers=self._as(Role.APPROVER, "publications", path))
        self.ledger.note("owed", event="request.published", subject=request)

    async def _decide(self, request: str, event: str, **act: Any) -> None:
        """An act of the desk, on the version that it has just read."""
        role = Role.APPROVER if event == "request.refused" else Role.OFFICER
        await self.act(event, "POST", "requests", f"/requests/{request}/transitions", subject=request, again=(412,),
                       headers=self._as(role, "requests", f"/requests/{request}"), json={"event": event, **act})

    def staff(self, role: Role) -> dict[str, str]:
        """The token of a member of the desk, for a minute."""
        person = self.approver if role == Role.APPROVER else self.officer
        return {"authorization": f"Bearer {self.signers['accounts'].sign(str(person), roles=[role.value, Role.RESIDENT.value])}"}

    def _as(self, role: Role, service: str | None = None, path: str | None = None) -> Headers:
        """The headers of a member of the desk, with the version of what she has read."""
        async def headers() -> dict[str, str]:
            found = self.staff(role)
            if service is None:
                return found
            read = await self.send("GET", service, str(path), headers=found)
            read.raise_for_status()
            return found | {"if-match": read.headers["etag"]}

        return headers

    async def _opened(self, token: str) -> dict[str, str]:
        """The token of a minute that the page behind a link gets for its button, as the portal asks for it."""
        portal = {"authorization": f"Bearer {self.signers['portal'].as_service()}"}
        answer = await self.send("POST", "accounts", f"/links/{token}/exchanges", json={}, headers=portal)
        answer.raise_for_status()
        return {"authorization": f"Bearer {answer.json()['token']}"}

    async def _patiently(self, ask: Headers) -> dict[str, str]:
        """Ask again while nobody answers, as people do."""
        deadline = clock.monotonic() + PATIENCE
        while True:
            try:
                return await ask()
            except httpx.HTTPError:
                if clock.monotonic() > deadline:
                    raise
            await asyncio.sleep(self.chance.uniform(0.1, 0.4))

    async def _link(self, address: str) -> str:
        """The token of the secret link in the mail that the address got first."""
        deadline = clock.monotonic() + PATIENCE
        while not (mails := self.place.mail.to(address)):
            if clock.monotonic() > deadline:
                raise TimeoutError("no mail came")
            await asyncio.sleep(0.1)
        return token_in(mails[0])

    async def act(self, event: str, method: str, service: str, path: str, *, subject: str = "", title: str = "",
                  headers: Headers | None = None, again: tuple[int, ...] = (), fine: tuple[int, ...] = (),
                  **content: Any) -> httpx.Response:
        """Send one act until it is answered. `again` are refusals that pass, `fine` those that say that it was done before."""
        key = str(ids.new_id())
        self.ledger.note("intent", id=key, event=event, subject=subject)
        deadline = clock.monotonic() + PATIENCE
        last = "no answer"
        while clock.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                known = await headers() if headers else {}
                answer = await self.send(method, service, path, headers={"idempotency-key": key, **known}, **content)
                if answer.is_success or answer.status_code in fine:
                    made = answer.json()["id"] if subject == "id" else subject
                    self.ledger.note("acked", id=key, event=event, subject=made, title=title)
                    return answer
                last = f"{answer.status_code} {answer.text[:300]}"
                # A token of a minute may have run out while nobody answered.
                if answer.status_code < 500 and answer.status_code not in (401, *again):
                    break
            await asyncio.sleep(self.chance.uniform(0.1, 0.4))
        self.ledger.note("unanswered", id=key, event=event, subject=subject, last=last)
        raise TimeoutError(f"{event}: {last}")

    async def send(self, method: str, service: str, path: str, **content: Any) -> httpx.Response:
        """One call. Whatever is refused has to be said as a problem, and whoever is to wait is told how long."""
        prefix = "" if path.startswith("/api/") else f"/api/{service}/v1"
        answer = await self.client.request(method, f"{self.place.url(service)}{prefix}{path}", **content)
        if answer.is_error:
            if not answer.headers.get("content-type", "").startswith("application/problem+json"):
                self.complaints.append(f"{method} {path} answered {answer.status_code} without a problem: {answer.text[:200]}")
            elif answer.status_code in (429, 503) and "retry-after" not in answer.headers:
                self.complaints.append(f"{method} {path} answered {answer.status_code} without Retry-After")
        return answer


def token_in(mail: Mail) -> str:
    """The secret of the link in a mail."""
    return next(word for word in mail.text().split() if "/l/" in word).rsplit("/", 1)[-1]


class Crowd:
    """Stories that begin at a steady pace, whether or not earlier ones have ended."""

    def __init__(self, driver: Driver, pace: float, at_once: int) -> None:
        self._driver, self._pause, self._at_once = driver, timedelta(seconds=1 / pace), at_once
        self._stories: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._come())

    async def _come(self) -> None:
        while True:
            if len(self._stories) < self._at_once:
                story = asyncio.create_task(self._driver.live())
                self._stories.add(story)
                story.add_done_callback(self._stories.discard)
            await asyncio.sleep(self._pause.total_seconds())

    async def stop(self) -> None:
        """Nobody comes any more; return when everybody's story has ended."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.gather(*self._stories)
