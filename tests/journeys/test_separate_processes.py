"""The whole way of a request through a city of separate processes: by API, with random words, checked where each service keeps its own."""

import asyncio
import secrets
import time

import httpx
import pytest

from quartier import ids, keys
from quartier.auth import Signer
from quartier.bus import Start
from quartier.bus.kafka import KafkaBus
from quartier.cloudevents import from_record
from quartier.contracts.accounts import Role
from quartier.settings import Settings
from tests.infra.distributed import City

WAY = ["request.drafted", "request.submitted", "triage.started", "request.taken_up", "publication.scheduled", "request.published"]


class People:
    """Who acts in the journey, with tokens as accounts signs them."""

    def __init__(self, city: City) -> None:
        self._signer = Signer(keys.load(Settings(keys=city.folder / "keys" / "accounts"), "accounts"))
        self._ids = {role: ids.opaque_id() for role in Role}

    def headers(self, role: Role, **more: str) -> dict[str, str]:
        token = self._signer.sign(str(self._ids[role]), roles=[role, Role.RESIDENT])
        return {"authorization": f"Bearer {token}", "idempotency-key": secrets.token_hex(12), **more}


async def mail_to(city: City, address: str, count: int):
    """The newest mail of an address, once it has got that many."""
    deadline = time.monotonic() + 60
    while len(found := city.mail.to(address)) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} mails came: {[str(mail.message['Subject']) for mail in found]}"
        await asyncio.sleep(0.1)
    return found[-1]


def link_in(mail) -> str:
    return next(word for word in mail.text().split() if "/l/" in word)


async def eventually(find):
    deadline = time.monotonic() + 60
    while not (found := await find()):
        assert time.monotonic() < deadline, f"nothing came of {find.__name__}"
        await asyncio.sleep(0.1)
    return found


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_a_request_travels_through_separate_processes(distributed_city: City, lang):
    city, people = distributed_city, People(distributed_city)
    address, title = f"{secrets.token_hex(5)}@example.org", f"Arbres {secrets.token_hex(4)} <i>&"
    slug = f"set-{secrets.token_hex(5)}"
    async with httpx.AsyncClient(base_url=city.url, timeout=30, trust_env=False) as http:
        contact = (await http.post("/api/accounts/v1/contacts", json={"address": address, "language": lang})).json()
        asked = await http.post("/api/requests/v1/requests", headers={"idempotency-key": secrets.token_hex(8)}, json={
            "contact_ticket": contact["contact_ticket"], "kind": "new", "title": title, "body": "All of them.", "lang": lang,
            "wishes": [{"property": "column", "wanted": "height"}, {"property": "format", "wanted": "GeoJSON", "weight": "nice"}]})
        assert asked.status_code == 201, asked.text
        request_id = asked.json()["id"]

        confirmed = await http.post(link_in(await mail_to(city, address, 1)))
        assert confirmed.status_code == 200
        acknowledged = await mail_to(city, address, 2)
        assert (await http.get(link_in(acknowledged))).status_code == 200

        async def act(role: Role, **body):
            read = await http.get(f"/api/requests/v1/requests/{request_id}", headers=people.headers(Role.OFFICER))
            done = await http.post(f"/api/requests/v1/requests/{request_id}/transitions", json=body,
                                   headers=people.headers(role, **{"if-match": read.headers["etag"]}))
            assert done.status_code == 200, done.text
            return done.json()

        ref = (await act(Role.OFFICER, event="triage.started", visibility="public"))["ref"]
        await act(Role.OFFICER, event="request.taken_up", motive={"en": "In work.", "fr": "En cours."})
        await mail_to(city, address, 3)
        await act(Role.OFFICER, event="publication.scheduled", date="2031-03", precision="month")
        await mail_to(city, address, 4)

        entered = await http.post("/api/publications/v1/datasets", headers=people.headers(Role.OFFICER), json={
            "slug": slug, "title": {"fr": "Arbres"}, "description": {"fr": "Tous."}})
        assert entered.status_code == 201, entered.text
        prepared = await http.post(f"/api/publications/v1/datasets/{slug}/versions", headers=people.headers(Role.OFFICER), json={
            "number": "1.0.0", "change_note": {"fr": "Première."}, "coverage": {"columns": ["height"], "formats": ["CSV"]},
            "distributions": [{"format": "CSV", "url": "https://data.city.example/a.csv"}], "request_ids": [request_id]})
        assert prepared.status_code == 201, prepared.text
        approval = f"/api/publications/v1/datasets/{slug}/versions/1.0.0/approval"
        assert (await http.post(approval, headers=people.headers(Role.OFFICER, **{"if-match": '"1"'}))).status_code == 403
        approved = await http.post(approval, headers=people.headers(Role.APPROVER, **{"if-match": prepared.headers["etag"]}))
        assert approved.status_code == 200, approved.text
        published = await mail_to(city, address, 5)
        assert "height" in published.text()
        assert published.message["Content-Language"] == lang

        # The table of wishes, the register, the portal's figures and the note tell the same.
        shown = (await http.get(f"/api/requests/v1/requests/{ref}")).json()
        assert shown["state"] == "published"
        assert [cell["verdict"] for cell in shown["answer"]["wishes"]] == ["met", "not"]
        assert title in (await http.get("/api/requests/v1/register.csv")).text

        async def figures_that_count_it():
            return (await http.get("/api/portal/v1/figures")).json()["by_label"].get("published")

        assert await eventually(figures_that_count_it)
        number = (await http.get("/api/publications/v1/notes")).json()["items"][0]["number"]

        async def note_that_names_it():
            return slug in (await http.get(f"/api/publications/v1/notes/{number}")).text

        assert await eventually(note_that_names_it)

        async def informed():
            told = (await http.get(f"/api/requests/v1/requests/{ref}/notices")).json()["items"]
            return len(told) == 4 and all(notice["state"] == "sent" for notice in told)

        assert await eventually(informed)

    # The topic holds the request's events, gapless and in order, and nobody's address or name.
    bus = KafkaBus([city.kafka.bootstrap], client_id="test")
    await bus.start()
    try:
        seen = []
        async with bus.tail(["quartier.requests"], Start.EARLIEST) as records:
            while not seen or not seen[-1].type.startswith("org.quartier.request.published"):
                record = await asyncio.wait_for(anext(records), 30)
                assert address.encode() not in (record.value or b"")
                if record.key == request_id.encode():
                    seen.append(from_record(record))
    finally:
        await bus.stop()
    assert [envelope.sequence for envelope in seen] == list(range(1, len(seen) + 1))
    types = [envelope.type.removeprefix("org.quartier.").removesuffix(".v1") for envelope in seen]
    assert [type_ for type_ in types if type_ in WAY] == WAY
    assert len(city.mail.to(address)) == 5
