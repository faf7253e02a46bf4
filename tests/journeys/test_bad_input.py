"""Bad input through the doors of a whole city: each gets a clear problem, nothing is lost, and the others go on."""

import asyncio
import secrets
from typing import Any

import pytest

from quartier.bus import Record
from quartier.contracts.accounts import Role
from quartier.demo.player import Player
from quartier.testing.app import City

ORIGIN = {"origin": "https://city.test"}


@pytest.fixture
async def player(city: City) -> Player:
    found = Player(city.http, city.folder / "keys")
    await found.employ(Role.OFFICER, Role.APPROVER, Role.OPERATOR)
    return found


async def ticket(city: City, address: str = "ada@example.org") -> str:
    given = await city.http.post("/api/accounts/v1/contacts", json={"address": address, "language": "en"})
    return str(given.json()["contact_ticket"])


async def asked(city: City, **more: Any) -> dict[str, Any]:
    return {"contact_ticket": await ticket(city), "kind": "new", "title": "Trees", "body": "All of them.", "lang": "en", **more}


def is_problem(answer, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"] and problem["detail"] and problem["type"].startswith("https://city.test/problems/")
    return problem


async def test_a_body_over_the_limit_is_refused_whether_it_says_its_length_or_not(city: City):
    big = b'{"title": "' + b"x" * 1_100_000 + b'"}'

    async def dripped():
        for start in range(0, len(big), 65_536):
            yield big[start:start + 65_536]

    for content in (big, dripped()):
        refused = await city.http.post("/api/requests/v1/requests", content=content,
                                       headers={"content-type": "application/json", "idempotency-key": "k"})
        is_problem(refused, 413)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[1, 2", b"null", b'"text"'])
async def test_what_is_not_a_json_object_is_refused(city: City, content):
    refused = await city.http.post("/api/requests/v1/requests", content=content,
                                   headers={"content-type": "application/json", "idempotency-key": "k"})
    is_problem(refused, 422)


async def test_each_wrong_field_is_pointed_at(city: City):
    body = await asked(city, title=3, kind="wish", wishes=[{"property": "smell", "wanted": ""}], colour="blue")
    refused = await city.http.post("/api/requests/v1/requests", json=body, headers={"idempotency-key": "k"})
    pointers = {error["pointer"] for error in is_problem(refused, 422)["errors"]}
    assert {"/title", "/kind", "/wishes/0/property", "/wishes/0/wanted", "/colour"} <= pointers


async def test_an_act_from_the_wrong_state_role_or_version_is_refused_and_says_what_is_possible(city: City, player: Player):
    request = await player.ask("ada@example.org", "en", "Trees", "All of them.")
    path = f"/api/requests/v1/requests/{request}"
    etag = (await city.http.get(path, headers=city.bearer(Role.OFFICER))).headers["etag"]
    look = {"event": "triage.started", "visibility": "public"}
    is_problem(await city.http.post(f"{path}/transitions", json=look, headers=city.bearer(Role.OFFICER)), 428)
    is_problem(await city.http.post(f"{path}/transitions", json=look, headers=city.bearer(Role.OFFICER) | {"if-match": '"99"'}), 412)
    is_problem(await city.http.post(f"{path}/transitions", json=look, headers=city.bearer(Role.EDITOR) | {"if-match": etag}), 403)
    is_problem(await city.http.post(f"{path}/transitions", json=look, headers={"if-match": etag, "idempotency-key": "k"}), 401)
    early = {"event": "publication.scheduled", "date": "2031-01-01", "precision": "day"}
    refused = await city.http.post(f"{path}/transitions", json=early, headers=city.bearer(Role.OFFICER) | {"if-match": etag})
    assert [act["event"] for act in is_problem(refused, 409)["possible"]] == ["triage.started"]
    assert (await city.http.get(path, headers=city.bearer(Role.OFFICER))).json()["state"] == "submitted"


async def test_a_key_is_needed_and_is_good_for_one_body_alone(city: City):
    body = await asked(city)
    is_problem(await city.http.post("/api/requests/v1/requests", json=body), 400)
    first = await city.http.post("/api/requests/v1/requests", json=body, headers={"idempotency-key": "one"})
    again = await city.http.post("/api/requests/v1/requests", json=body, headers={"idempotency-key": "one"})
    assert (first.status_code, first.text) == (again.status_code, again.text) == (201, first.text)
    other = await city.http.post("/api/requests/v1/requests", json={**body, "title": "Other trees"}, headers={"idempotency-key": "one"})
    is_problem(other, 422)


@pytest.mark.parametrize("size", ["embedded", pytest.param("distributed", marks=[pytest.mark.postgres, pytest.mark.kafka])])
async def test_fifty_twins_at_once_are_one_request_with_fifty_equal_answers(make_city, size):
    city: City = await make_city(size=size)
    body = await asked(city)
    answers = await asyncio.gather(*(
        city.http.post("/api/requests/v1/requests", json=body, headers={"idempotency-key": "twin"}) for _ in range(50)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
    await city.quiet()
    assert len(await city.mails()) == 1


@pytest.mark.parametrize("address", ["a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "a@example.org\nb@example.org",
                                     "a@example.org\u2028b@example.org", "no-address", "@example.org", "a@" + "x" * 400 + ".org"])
async def test_what_is_not_one_address_reaches_nobody(city: City, player: Player, address):
    is_problem(await city.http.post("/api/accounts/v1/contacts", json={"address": address, "language": "en"}), 422)
    form = {"step": "check", "kind": "new", "title": "Trees", "body": "All of them.", "address": address}
    page = await city.http.post("/en/ask", data=form, headers=ORIGIN)
    assert page.status_code == 422
    assert "Write one address" in page.text
    assert "All of them." in page.text, "nothing that was typed is lost"
    await city.quiet()
    assert await city.mails() == []


async def test_markup_in_a_title_is_text_wherever_it_is_read(city: City, player: Player):
    mark = secrets.token_hex(4)
    title = f'<script>alert("{mark}")</script><img src=x>'
    request = await player.ask("ada@example.org", "en", title, "<b>bold</b>")
    await player.act(request, "triage.started", visibility="public")
    await city.quiet()
    ref = (await city.http.get(f"/api/requests/v1/requests/{request}")).json()["ref"]
    number = (await city.http.get("/api/publications/v1/notes")).json()["items"][0]["number"]
    for path in (f"/en/requests/{ref}", "/en/requests", "/en/", "/en/dashboard", f"/en/notes/{number}"):
        page = (await city.http.get(path)).text
        assert mark in page, path
        assert "<script>alert" not in page and "<img src=x" not in page and "<b>bold" not in page, path
    for mail in await city.mails():
        assert "<script>alert" not in mail.html


@pytest.mark.parametrize("sign", ["\u202e", "\u0000", "\u2066"])
async def test_signs_that_turn_or_end_a_line_are_refused(city: City, sign):
    refused = await city.http.post("/api/requests/v1/requests", json=await asked(city, title=f"Trees {sign}sdrawkcab"),
                                   headers={"idempotency-key": "k"})
    assert is_problem(refused, 422)["errors"][0]["pointer"] == "/title"


async def test_a_link_that_a_scanner_opens_changes_nothing_and_a_second_click_shows_the_same_request(city: City):
    await city.http.post("/api/requests/v1/requests", json=await asked(city), headers={"idempotency-key": "k"})
    await city.quiet()
    link = (await city.mails())[0].secret_path
    for method in ("GET", "HEAD", "GET"):
        await city.http.request(method, link)
    await city.quiet()
    assert len(await city.mails()) == 1, "looking at a link confirms nothing"
    first = await city.http.post(link, headers=ORIGIN)
    second = await city.http.post(link, headers=ORIGIN)
    await city.quiet()
    assert "R-20" in first.text and first.text.count("R-20") == second.text.count("R-20")
    assert len(await city.mails()) == 2, "one acknowledgement"
    damaged = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert (await city.http.get(damaged)).status_code == 404


async def test_broken_records_on_the_topic_become_dead_letters_and_stop_nobody(city: City, player: Player):
    bus = city.runtime("requests").bus
    good = (("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_source", b"https://elsewhere.example/requests"), ("ce_subject", b"x"),
            ("ce_partitionkey", b"x"), ("content-type", b"application/json"))
    await bus.publish([
        Record("quartier.requests", b"x", b"\xff\x00 no envelope", ()),
        Record("quartier.requests", b"x", None, ()),
        Record("quartier.requests", b"x", b"{}", (*good, ("ce_type", b"org.quartier.request.never_heard_of.v1"))),
        Record("quartier.requests", b"x", b'{"request_id": 3}', (*good, ("ce_type", b"org.quartier.request.submitted.v1")))])
    request = await player.ask("ada@example.org", "en", "Trees", "All of them.")
    await player.act(request, "triage.started", visibility="public")
    await city.quiet()
    assert (await city.http.get("/api/portal/v1/figures")).json()["asked"] == 1
    letters = (await city.http.get("/api/portal/v1/operations/dead-letters", headers=city.bearer(Role.OPERATOR))).json()["items"]
    assert {letter["handler"] for letter in letters} == {"", "keep_the_cards_current"}


async def test_a_full_disk_refuses_writes_and_nothing_else_until_there_is_room(city: City, player: Player):
    database = city.runtime("requests").database

    async def room(pages: int) -> None:
        async with database.engine.connect() as connection:
            used = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
            await connection.exec_driver_sql(f"PRAGMA max_page_count = {used + pages}")

    request = await player.ask("ada@example.org", "en", "Trees", "All of them.")
    await city.quiet()
    await room(0)
    answers = [await city.http.post("/api/requests/v1/requests", headers={"idempotency-key": f"k{number}"},
                                    json=await asked(city, title=f"Trees {number}", body="x" * 15_000)) for number in range(8)]
    full = [answer for answer in answers if answer.status_code != 201]
    assert full, "the disk was not full"
    for answer in full:
        assert is_problem(answer, 507)["type"].endswith("disk-full")
    assert (await city.http.get(f"/api/requests/v1/requests/{request}", headers=city.bearer(Role.OFFICER))).status_code == 200
    assert (await city.http.get("/en/requests")).status_code == 200
    await room(100_000)
    after = await city.http.post("/api/requests/v1/requests", json=await asked(city, title="Later trees"), headers={"idempotency-key": "z"})
    assert after.status_code == 201
    await city.quiet()
    stored = 1 + sum(answer.status_code == 201 for answer in answers) + 1
    assert len([mail for mail in await city.mails() if "confirm" in mail.subject]) == stored
