"""A city in which every page has something to show, also what goes wrong: made once, through the API, for all tests of the page gate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser
from sqlmodel import select, update

from quartier import clock, telemetry
from quartier.bus import Record
from quartier.contracts.accounts import Role
from quartier.contracts.notices import NoticeClass
from quartier.contracts.notify import NoticeEnd, NoticeFailed, NoticeUnknown
from quartier.demo import city as demo
from quartier.demo.player import Player
from quartier.parking import ParkedKey
from quartier.testing.app import City, running_city
from quartier.testing.browser import chromium
from quartier.traces import TraceRing
from quartier_accounts.links.model import Link
from quartier_accounts.vault import fingerprint
from quartier_notify.ledger.model import Delivery, Notice, State
from tests.journeys.gate import Gate

LANGUAGES = ("en", "fr")
ALL = {lang: f"all-{lang}@example.org" for lang in LANGUAGES}
"""Who may see every page of the desk and the console: somebody for each language, because pages are walked side by side."""


@dataclass
class GatedCity:
    """The city, a browser, the words that stand for its things in addresses, and the titles of the pages that were looked at."""

    city: City
    browser: Browser
    axe: str
    names: dict[str, str] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    titles: dict[str, dict[str, str]] = field(default_factory=lambda: {lang: {} for lang in LANGUAGES})

    async def gate(self, lang: str) -> Gate:
        """A page in a browser that knows nobody yet."""
        context = await self.browser.new_context()
        return Gate(await context.new_page(), lang, self.city.url, self.titles[lang], self.axe)

    async def link(self, address: str, number: int = 0) -> str:
        """The path below its language of the secret link in a mail to that address: the first one, or a later one."""
        deadline = clock.monotonic() + 60
        while clock.monotonic() < deadline:
            listed = await self._mailbox("", params={"to": address, "limit": 100})
            if len(listed["items"]) > number:
                mail = await self._mailbox(f"/{listed['items'][::-1][number]['id']}")
                return next(link for link in mail["links"] if "/l/" in link).split("/", 3)[3][2:]
            await asyncio.sleep(0.1)
        raise AssertionError(f"no mail to {address}")

    async def _mailbox(self, path: str, **kwargs: Any) -> Any:
        return (await self.city.http.get(f"/api/notify/v1/mailbox{path}", headers=self.city.bearer(Role.OPERATOR), **kwargs)).json()

    async def sign_in(self, gate: Gate) -> None:
        """As somebody who may see every page."""
        address = ALL[gate.lang]
        before = len((await self._mailbox("", params={"to": address, "limit": 100}))["items"])
        await gate.page.goto(f"{gate.url}/{gate.lang}/sign-in")
        await gate.page.locator("[name=address]").fill(address)
        await gate.press("main form button")
        await gate.page.goto(f"{gate.url}/{gate.lang}{await self.link(address, before)}")
        await gate.press("main form button")


@asynccontextmanager
async def gated_city(folder: Path, axe: str) -> AsyncIterator[GatedCity]:
    """The city with the demo's requests, and everything else that a page can show."""
    telemetry.start("city", processor=TraceRing(folder / "traces.db"), bus="quartier_log")
    try:
        async with running_city(folder, served=True, service_urls={"surveys": "http://127.0.0.1:9"}) as city, chromium() as browser:
            gated = GatedCity(city, browser, axe)
            player = Player(city.http, folder / "keys")
            await player.employ(*demo.STAFF)
            for address in ALL.values():
                for role in (Role.OFFICER, Role.APPROVER, Role.OPERATOR):
                    await player.call("POST", "/api/accounts/v1/grants", Role.OPERATOR, json={"address": address, "role": role})
            await demo.fill(player)
            await city.quiet()
            await _name(gated, player)
            await _follow(gated, player)
            await _let_links_run_out(gated)
            await player.call("POST", "/api/publications/v1/datasets/trees/versions", Role.OFFICER, json={
                "number": "1.1.0", "change_note": {"en": "With girths."}, "request_ids": [], "coverage": {"area": "the whole city"},
                "distributions": [{"format": "CSV", "url": "https://data.city.example/trees-1.1.0.csv"}]})
            await _break(gated)
            yield gated
    finally:
        telemetry.stop()


async def _name(gated: GatedCity, player: Player) -> None:
    """Find one request of each state, and one on which each act can be done."""
    listed = (await player.call("GET", "/api/requests/v1/requests", Role.OFFICER, params={"limit": 100})).json()["items"]
    for request in listed:
        gated.names["refused" if request["outcome"] == "refused" else request["state"]] = request["ref"]
        possible = await player.call("GET", f"/api/requests/v1/requests/{request['ref']}/transitions", Role.OFFICER, Role.APPROVER)
        gated.acts |= {act["event"]: request["ref"] for act in possible.json()["items"]}
    gated.names["note"] = (await player.call("GET", "/api/publications/v1/notes")).json()["items"][0]["number"]


async def _follow(gated: GatedCity, player: Player) -> None:
    """Somebody follows in each language, and has got a mail with a link that ends it."""
    ref, later = gated.names["scheduled"], f"{clock.now().year + 2}-01"
    for lang in LANGUAGES:
        address = f"follower-{lang}@example.org"
        await gated.city.http.post(f"/{lang}/requests/{ref}/follow", data={"address": address})
        await gated.city.http.post(f"/{lang}{await gated.link(address)}")
    await player.act(ref, "publication.rescheduled", date=later, precision="month",
                     why={"en": "It takes longer.", "fr": "C’est plus long."})
    for lang in LANGUAGES:
        gated.links[lang, "unsubscribe"] = await gated.link(f"follower-{lang}@example.org", 1)


async def _let_links_run_out(gated: GatedCity) -> None:
    """Somebody asked for data in each language and opens the link too late."""
    for lang in LANGUAGES:
        address = f"late-{lang}@example.org"
        contact = (await gated.city.http.post("/api/accounts/v1/contacts", json={"address": address, "language": lang})).json()
        await gated.city.http.post("/api/requests/v1/requests", headers={"idempotency-key": address}, json={
            "contact_ticket": contact["contact_ticket"], "kind": "new", "title": "Too late", "body": "All.", "lang": lang})
        gated.links[lang, "expired"] = link = await gated.link(address)
        async with gated.city.runtime("accounts").database.transaction() as session:
            await session.exec(update(Link).where(Link.digest == fingerprint(link.rsplit("/", 1)[1])).values(expires_at=clock.wall()))


async def _break(gated: GatedCity) -> None:
    """What operators have pages for: a message in doubt, one that failed, a parked key, an event that was given up."""
    city = gated.city
    await _lose(city, gated.names["refused"], State.UNKNOWN, NoticeUnknown)
    await _lose(city, gated.names["answered_closed"], State.FAILED, NoticeFailed, reason="no route to the host")
    await city.runtime("notify").bus.publish([Record("quartier.requests", b"no-such-request", b"\xff{not an event", (("ce_type", b"?"),))])
    async with city.runtime("portal").database.transaction() as session:
        session.add(ParkedKey(handler="keep_the_cards_current", topic="quartier.requests", key="01a20d65-f40d-75e8-8654-2ed99e1ea849",
                              since=clock.wall(), tries=4, next_try_at=clock.wall() + timedelta(hours=1),
                              reason="OperationalError: no such table: request_card"))
    letters: list[dict[str, str]] = []
    while not letters:
        answer = await city.http.get("/api/notify/v1/operations/dead-letters", headers=city.bearer(Role.OPERATOR))
        letters = answer.json()["items"]
        await asyncio.sleep(0.05)
    gated.names["letter"] = letters[0]["id"]


async def _lose(city: City, ref: str, state: State, ending: type[NoticeEnd], **more: str) -> None:
    """The first mail to a requester ends like that, and her request learns of it."""
    async with city.runtime("notify").unit_of_work() as uow:
        notice = (await uow.session.exec(select(Notice).where(Notice.ref == ref, Notice.notice_class == NoticeClass.OWNER))).first()
        assert notice is not None
        delivery = (await uow.session.exec(select(Delivery).where(Delivery.message_id == notice.message_id))).one()
        delivery.state = state
        delivery.note("lost", reply="the line broke")
        uow.session.add(delivery)
        uow.emit(delivery, ending(notice_id=notice.id, person_id=notice.recipient, subject_kind=notice.subject_kind, at=clock.wall(),
                                  subject_id=notice.subject_id, notice_class=notice.notice_class, kinds=notice.kinds, **more))
