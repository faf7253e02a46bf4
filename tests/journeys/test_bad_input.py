"""What people, programs and scanners send that nobody should: the city says so, and nothing else changes."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Connection, event

from quartier import clock, ids
from quartier.bus import Record
from quartier.cloudevents import Envelope, to_record
from quartier.contracts.accounts import Role
from quartier.testing.app import City, Mail

REQUESTS = "/api/requests/v1/requests"
OURS = {"origin": "https://city.test"}
BIDI = "\N{RIGHT-TO-LEFT OVERRIDE}"


@dataclass
class People:
    """Those who ask, and those who work on it, through HTTP alone."""

    city: City

    async def ticket(self, address: str = "ada@example.org") -> str:
        answer = await self.city.http.post("/api/accounts/v1/contacts", json={"address": address, "language": "en"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["contact_ticket"])

    async def body(self, address: str = "ada@example.org", **changes: Any) -> dict[str, Any]:
        """A request as the API takes it."""
        ticket = await self.ticket(address)
        return {"contact_ticket": ticket, "kind": "new", "title": "Trees", "body": "All of them.", "lang": "en", **changes}

    async def post(self, body: Any = None, *, key: str | None = None, **kwargs: Any) -> httpx.Response:
        head = {"idempotency-key": key or str(ids.new_id())}
        return await self.city.http.post(REQUESTS, headers=head, **({"json": body} if body is not None else {}), **kwargs)

    async def mail(self, address: str = "ada@example.org") -> Mail:
        """The newest mail to that address."""
        await self.city.quiet()
        return next(mail for mail in reversed(await self.city.mails()) if mail.to == address)

    async def confirmed(self, **changes: Any) -> str:
        """The id of a request that its writer confirmed."""
        asked = await self.post(await self.body(**changes))
        assert asked.status_code == 201, asked.text
        assert (await self.city.http.post((await self.mail()).secret_path, headers=OURS)).status_code == 200
        return str(asked.json()["id"])

    async def act(self, request: str, version: str | None, role: Role = Role.OFFICER, **act: Any) -> httpx.Response:
        head = self.city.bearer(role) | ({"if-match": f'"{version}"'} if version else {})
        return await self.city.http.post(f"{REQUESTS}/{request}/transitions", json=act, headers=head)

    async def on_register(self, **changes: Any) -> tuple[str, str]:
        """Id and reference of a request that everybody may read."""
        request = await self.confirmed(**changes)
        done = await self.act(request, await self.version(request), event="triage.started", visibility="public")
        assert done.status_code == 200, done.text
        await self.city.quiet()
        return request, str(done.json()["ref"])

    async def version(self, request: str) -> str:
        return (await self.read(request)).headers["etag"].strip('"')

    async def read(self, request: str) -> httpx.Response:
        answer = await self.city.http.get(f"{REQUESTS}/{request}", headers=self.city.bearer(Role.OFFICER))
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture
def people(city: City) -> People:
    return People(city)


def assert_problem(answer: httpx.Response, status: int, *pointers: str) -> dict[str, Any]:
    """The answer is a problem of that status whose errors point there."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    if pointers:
        assert {error["pointer"] for error in problem["errors"]} == set(pointers)
    return problem


async def test_a_body_over_the_limit_is_refused_whether_or_not_it_says_its_length(people: People):
    async def in_parts() -> AsyncIterator[bytes]:
        yield b'{"title": "'
        for _ in range(20):
            yield b"x" * 65536
        yield b'"}'

    for content in (b'{"title": "' + b"x" * 1024 * 1024 + b'"}', in_parts()):
        assert_problem(await people.post(content=content), 413)
    form = await people.city.http.post("/en/ask", data={"step": "what", "title": "x" * 1024 * 1024}, headers=OURS)
    assert form.status_code == 413
    assert form.headers["content-type"].startswith("text/html")
    assert (await people.post(await people.body())).status_code == 201


async def test_malformed_bodies_wrong_types_and_unknown_fields_are_refused_with_pointers(people: People):
    for content in (b'{"title": ', b"\xff\xfe", b"[]", b"null", b"", b"{" * 10_000):
        assert_problem(await people.post(content=content), 422)
    body = await people.body()
    assert_problem(await people.post({**body, "title": 7, "wishes": {"property": "column"}}), 422, "/title", "/wishes")
    assert_problem(await people.post({**body, "is_admin": True, "state": "published"}), 422, "/is_admin", "/state")
    assert_problem(await people.post({**body, "wishes": [{"property": "column", "wanted": "x", "a/b": 1}]}), 422, "/wishes/0/a~1b")
    assert (await people.post(body)).status_code == 201


async def test_a_query_that_says_one_thing_twice_is_refused(people: People):
    for query in ("limit=1&limit=2", "q=a&limit=1&q=a", "cursor=&cursor=", "nonsense=1&nonsense=2"):
        assert "once" in assert_problem(await people.city.http.get(f"{REQUESTS}?{query}"), 400)["detail"]
    assert (await people.city.http.get("/en/requests?q=a&q=b")).status_code == 400
    assert (await people.city.http.get(f"{REQUESTS}?state=received&state=received&label=x&label=y&limit=1")).status_code != 400
    assert (await people.city.http.get(f"{REQUESTS}?label=published&label=answered")).status_code == 200


async def test_the_character_that_no_database_stores_is_refused_wherever_it_stands(people: People):
    for path in ("/static/a%00.css", "/api/publications/v1/datasets/a%00", f"{REQUESTS}/%00", "/en/datasets/%00"):
        assert (await people.city.http.get(path)).status_code == 404, path
    staff = people.city.bearer(Role.OPERATOR)
    for path, name in ((f"{REQUESTS}?label=%00", "label"), ("/api/notify/v1/deliveries?ref=a%00", "ref"),
                       ("/api/notify/v1/mailbox?to=%00b", "to")):
        assert_problem(await people.city.http.get(path, headers=staff), 422, f"query/{name}")
    nobody = UUID(int=0)
    for path, body, pointer in (
            ("accounts/v1/api-tokens", {"name": "a\0b", "roles": ["officer"], "days": 1}, "/name"),
            (f"requests/v1/operations/dead-letters/{nobody}/discard", {"reason": "not\0needed"}, "/reason"),
            (f"notify/v1/deliveries/{nobody}/resolution", {"decision": "count_as_sent", "reason": "she\0called"}, "/reason")):
        answer = await people.city.http.post(f"/api/{path}", json=body, headers=people.city.bearer(Role.OFFICER, Role.OPERATOR))
        assert_problem(answer, 422, pointer)


async def test_a_scanner_that_opens_a_confirmation_link_changes_nothing(people: People):
    asked = await people.post(await people.body())
    link = (await people.mail()).secret_path
    for _ in range(3):
        assert (await people.city.http.get(link)).status_code == 200
        assert (await people.city.http.head(link)).status_code in (200, 405)
    await people.city.quiet()
    assert len(await people.city.mails()) == 1
    reading = await people.city.http.get(f"{REQUESTS}/{asked.json()['id']}", headers=people.city.bearer(Role.OFFICER))
    assert reading.status_code == 404 or reading.json()["state"] == "awaiting_confirmation"
    assert (await people.city.http.post(link, headers=OURS)).status_code == 200


async def test_a_confirmation_link_used_twice_shows_the_same_request(people: People):
    await people.post(await people.body())
    link = (await people.mail()).secret_path
    shown = [await people.city.http.post(link, headers=OURS) for _ in range(2)]
    assert [answer.status_code for answer in shown] == [200, 200]
    first, second = (set(re.findall(r"R-\d{4}-\d{4}", answer.text)) for answer in shown)
    assert first == second and len(first) == 1
    await people.city.quiet()
    assert len(await people.city.mails()) == 2


async def test_an_act_of_another_state_role_or_version_is_refused_and_says_what_is_possible(people: People):
    request, _ = await people.on_register()
    before = (await people.read(request)).json()
    version = await people.version(request)
    schedule = {"event": "publication.scheduled", "date": "2031-03", "precision": "month"}
    refused = assert_problem(await people.act(request, version, **schedule), 409)
    assert "request.taken_up" in {act["event"] for act in refused["possible"]}
    take_up = {"event": "request.taken_up", "motive": {"en": "In work.", "fr": "En cours."}}
    for role in (Role.RESIDENT, Role.EDITOR, Role.OPERATOR):
        assert_problem(await people.act(request, version, role, **take_up), 403)
    assert_problem(await people.act(request, "1", **take_up), 412)
    assert_problem(await people.act(request, "one", **take_up), 412)
    assert_problem(await people.act(request, None, **take_up), 428)
    assert (await people.read(request)).json() == before
    assert (await people.act(request, version, **take_up)).status_code == 200


async def test_an_idempotency_key_belongs_to_one_body_and_has_to_be_there(people: People):
    body, key = await people.body(), str(ids.new_id())
    first = await people.post(body, key=key)
    again = await people.post(body, key=key)
    assert (first.status_code, first.content) == (201, again.content)
    assert assert_problem(await people.post({**body, "title": "Others"}, key=key), 422)["type"].endswith("/idempotency-key-reused")
    assert_problem(await people.city.http.post(REQUESTS, json=body), 400)
    await people.city.quiet()
    assert len(await people.city.mails()) == 1


ADDRESSES = ["ada@example.org\r\nBcc: eve@example.org", "ada@example.org\nBcc: eve@example.org", "ada@example.org, eve@example.org",
             "ada@example.org;eve@example.org", "ada@example.org eve@example.org", "Ada <ada@example.org>", "ada@example.org\x00",
             "ada@example.org%0aBcc:eve@example.org"]


async def test_no_field_takes_two_addresses_or_a_header(people: People):
    _, ref = await people.on_register()
    before = len(await people.city.mails())
    for address in ADDRESSES:
        contact = await people.city.http.post("/api/accounts/v1/contacts", json={"address": address, "language": "en"})
        assert_problem(contact, 422, "/address")
        form = {"step": "check", "title": "Streets", "body": "All streets", "kind": "new", "address": address}
        for path in ("/en/ask", f"/en/requests/{ref}/follow", "/en/sign-in"):
            answer = await people.city.http.post(path, data=form if path == "/en/ask" else {"address": address}, headers=OURS)
            assert "<form" in answer.text and 'aria-invalid="true"' in answer.text, (path, address, answer.status_code)
    await people.city.quiet()
    assert len(await people.city.mails()) == before


async def test_html_in_a_title_is_text_wherever_it_is_shown_and_direction_marks_are_refused(people: People):
    attack = "Trees <script>alert(1)</script><img src=x onerror=alert(1)> & \"shade\""
    _, ref = await people.on_register(title=attack, body="<b>All</b> [x](javascript:alert(1))")
    turned = await people.post(await people.body(title="Trees" + BIDI + "gpj.exe"))
    assert_problem(turned, 422, "/title")
    http = people.city.http
    number = (await http.get("/api/publications/v1/notes")).json()["items"][0]["number"]
    pages = {path: (await http.get(path)).text for path in (
        f"/en/requests/{ref}", "/en/requests", "/en/dashboard", "/en/", f"/en/notes/{number}")}
    granted = await http.post("/api/accounts/v1/grants", json={"address": "desk@example.org", "role": "officer"},
                              headers=people.city.bearer(Role.OPERATOR))
    assert granted.status_code == 201
    await http.post("/en/sign-in", data={"address": "desk@example.org"}, headers=OURS)
    assert (await http.post((await people.mail("desk@example.org")).secret_path, headers=OURS)).status_code == 303
    for path in (f"/en/desk/requests/{ref}", f"/en/desk/requests/{ref}/acts/request.taken_up"):
        pages[path] = (await http.get(path)).text
    mail = await people.mail()
    pages["mail"] = mail.html
    assert "\n" not in mail.subject
    for path, page in pages.items():
        assert "<script>alert" not in page and "<img src=x" not in page and "href=\"javascript:" not in page, path
    for path in (f"/en/requests/{ref}", "/en/requests", f"/en/desk/requests/{ref}", "mail"):
        assert "Trees <script>alert(1)</script><img src=x" in html.unescape(pages[path]), path
        assert "&lt;script&gt;" in pages[path], path


async def test_what_is_no_event_of_ours_stops_nobody_and_is_shown_to_the_operator(people: People):
    city, requests = people.city, people.city.runtime("requests")
    unknown = to_record(Envelope(
        id=str(ids.new_id()), source="https://city.test/requests", type="org.quartier.request.danced.v9", subject="a", partitionkey="a",
        datacontenttype="application/json", data=b"{}"), "quartier.requests")
    await requests.bus.publish([
        Record("quartier.requests", b"broken", b"\xff{not an event", (("ce_type", b"?"),)),
        Record("quartier.requests", b"nothing", None), unknown])
    request, _ = await people.on_register()
    assert (await people.mail()).to == "ada@example.org"
    assert len(await city.mails()) == 2
    figures = (await city.http.get("/api/portal/v1/figures")).json()
    assert sum(figures["by_label"].values()) == 1
    for service in ("notify", "publications", "portal"):
        letters = (await city.http.get(f"/api/{service}/v1/operations/dead-letters", headers=city.bearer(Role.OPERATOR))).json()["items"]
        # A type that nobody hears is no failure, and a null value is a tombstone: only the broken bytes need a person.
        assert [letter["key"] for letter in letters] == ["broken"], service
        parked = (await city.http.get(f"/api/{service}/v1/operations/parked-keys", headers=city.bearer(Role.OPERATOR))).json()["items"]
        assert parked == [], service
    assert (await city.http.get("/readyz")).status_code == 200
    assert (await people.read(request)).json()["state"]


async def test_with_a_full_disk_reads_go_on_and_writing_works_again_once_there_is_room(people: People):
    request, ref = await people.on_register()
    bodies = [await people.body(f"ada{number}@example.org", title=f"Trees {number}", body="All of them. " * 200) for number in range(30)]
    engine = people.city.runtime("requests").database.engine.sync_engine

    def stay_small(connection: Connection) -> None:
        """SQLite then refuses every further page, as it does on a full disk."""
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    def grow(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    event.listen(engine, "begin", stay_small)
    answers = []
    for body in bodies:
        answers.append(await people.post(body, key=body["title"]))
        if answers[-1].status_code != 201:
            break
    assert_problem(answers[-1], 507)
    assert (await people.city.http.get(f"{REQUESTS}/{ref}")).status_code == 200
    assert (await people.city.http.get(f"/en/requests/{ref}")).status_code == 200
    assert (await people.city.http.get("/readyz")).status_code in (200, 503)

    event.remove(engine, "begin", stay_small)
    event.listen(engine, "begin", grow)
    refused = bodies[len(answers) - 1]
    assert (await people.post(refused, key=refused["title"])).status_code == 201
    deadline = clock.monotonic() + 30
    while (await people.city.http.get("/readyz")).status_code != 200:
        assert clock.monotonic() < deadline
        await asyncio.sleep(0.05)
    await people.city.quiet(60)
    written = len(answers)
    assert len(await people.city.mails()) == 2 + written
    done = await people.act(request, await people.version(request), event="request.taken_up", motive={"en": "In work.", "fr": "En cours."})
    assert done.status_code == 200


async def test_the_answer_to_a_key_is_replayed_to_nobody_but_its_caller(city: City):
    body = {"slug": "trees", "title": {"en": "Trees"}, "description": {"en": "All of them."}}

    async def enter(person: UUID):
        headers = city.bearer(Role.OFFICER, person=person) | {"idempotency-key": "mine"}
        return await city.http.post("/api/publications/v1/datasets", json=body, headers=headers)

    one, other = ids.opaque_id(), ids.opaque_id()
    first, again, stranger = await enter(one), await enter(one), await enter(other)
    assert (first.status_code, first.text) == (again.status_code, again.text) == (201, first.text)
    assert stranger.status_code == 422, stranger.text
    assert stranger.json()["type"].endswith("idempotency-key-reused")
