"""The operators' console: what waits, what is stuck and becomes of it, mails and traces; for operators alone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import httpx
import pytest
from sqlmodel import delete, select

from quartier import clock, telemetry
from quartier.bus import Record
from quartier.contracts.accounts import Role
from quartier.dead_letters import DeadLetter, pack
from quartier.testing.app import City
from quartier.traces import TraceRing
from quartier_accounts.people import commands
from quartier_notify.ledger.model import Delivery, State
from quartier_portal.figures.model import RequestCard
from tests.accounts.house import House, somebody

PAGES = ["/ops", *(f"/ops/services/{name}" for name in ("accounts", "notify", "portal", "publications", "requests")), "/ops/deliveries",
         "/ops/deliveries?state=failed", "/ops/mailbox", "/ops/traces", "/ops/traces?q=R-2026-0001"]


@pytest.fixture
def traced(city: City) -> Iterator[TraceRing]:
    """Spans go into the city's ring, as `quartier up` has it."""
    ring = TraceRing(city.folder / "traces.db")
    telemetry.start("city", processor=ring, bus="quartier_log")
    yield ring
    telemetry.stop()


@pytest.fixture
async def operator(city: City) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of an operator who has signed in by her mail."""
    async with browser_of(city) as browser:
        await sign_in(city, browser, Role.OPERATOR)
        yield browser


def browser_of(city: City) -> httpx.AsyncClient:
    """A browser with cookies of its own; like every browser it says where its forms come from."""
    return httpx.AsyncClient(transport=city.http._transport, base_url=city.url, headers={"origin": city.url})


async def sign_in(city: City, browser: httpx.AsyncClient, *roles: Role) -> httpx.Response:
    """Sign in by the link in a mail, as a person does; the answer to her pressing its button."""
    address = somebody()
    await House(city).meet(address)
    for role in roles:
        async with city.runtime("accounts").unit_of_work() as uow:
            await commands.grant(uow, address, role)
    await browser.post("/en/sign-in", data={"address": address})
    await city.quiet()
    mail = next(mail for mail in reversed(await city.mails()) if mail.to == address)
    answer = await browser.post(mail.secret_path)
    assert answer.status_code == 303, answer.text
    return answer


async def break_something(city: City) -> None:
    """Somebody writes bytes that are no event to a topic that notify reads."""
    await city.runtime("notify").bus.publish([Record("quartier.requests", b"no-such-request", b"\xff{not an event", (("ce_type", b"?"),))])
    await city.quiet()


async def letter_path(operator: httpx.AsyncClient, service: str = "notify") -> str:
    letters = (await operator.get(f"/en/ops/services/{service}")).text
    return "/en/ops/dead-letters/" + letters.split('href="/en/ops/dead-letters/', 1)[1].split('"', 1)[0]


async def confirm_a_request(city: City) -> httpx.Response:
    """Somebody asks for data and presses the button behind the link in her mail; the page that she gets."""
    contact = (await city.http.post("/api/accounts/v1/contacts", json={"address": somebody(), "language": "en"})).json()
    await city.http.post("/api/requests/v1/requests", headers={"idempotency-key": str(uuid4())}, json={
        "kind": "new", "title": "Trees", "body": "Every tree.", "lang": "en", "contact_ticket": contact["contact_ticket"]})
    await city.quiet()
    return await city.http.post((await city.mails())[-1].secret_path)


async def test_every_page_is_there_for_operators_in_both_languages(city: City, operator: httpx.AsyncClient) -> None:
    for page in PAGES:
        for lang in ("en", "fr"):
            answer = await operator.get(f"/{lang}{page}")
            assert answer.status_code == 200, f"{lang}{page}: {answer.text[-500:]}"
            assert f'lang="{lang}"' in answer.text


async def test_officers_are_refused_and_visitors_asked_to_sign_in(city: City) -> None:
    async with browser_of(city) as officer:
        await sign_in(city, officer, Role.OFFICER)
        mail = (await city.http.get("/api/notify/v1/mailbox", headers=city.bearer(Role.OPERATOR))).json()["items"][0]["id"]
        for page in (*PAGES, f"/ops/mailbox/{mail}", f"/ops/mailbox/{mail}/html", f"/ops/mailbox/{mail}/raw", f"/ops/traces/{'0' * 32}",
                     f"/ops/dead-letters/notify/{uuid4()}"):
            assert (await officer.get(f"/en{page}")).status_code == 403, page
            visitor = await city.http.get(f"/en{page}")
            assert visitor.status_code == 303 and "/en/sign-in" in visitor.headers["location"], page
        assert (await officer.post(f"/en/ops/dead-letters/notify/{uuid4()}/replay")).status_code == 403


async def test_the_overview_says_which_transport_is_live_and_what_it_lacks(operator: httpx.AsyncClient) -> None:
    page = (await operator.get("/en/ops")).text
    assert "built-in log" in page and "keeps no second copy" in page
    for service in ("accounts", "notify", "portal", "publications", "requests"):
        assert f'href="/en/ops/services/{service}"' in page


async def test_a_service_that_does_not_answer_says_so_and_the_rest_is_shown(make_city) -> None:
    city: City = await make_city(service_urls={"surveys": "http://127.0.0.1:9"})
    async with browser_of(city) as operator:
        await sign_in(city, operator, Role.OPERATOR)
        overview = await operator.get("/en/ops")
        assert overview.status_code == 200
        assert "The surveys service does not answer" in overview.text and 'href="/en/ops/services/requests"' in overview.text
        assert (await operator.get("/en/ops/services/surveys")).status_code == 503
        assert (await operator.get("/en/ops/services/nobody")).status_code == 404


async def test_a_dead_letter_is_shown_replayed_in_vain_and_discarded_with_a_reason(city: City, operator: httpx.AsyncClient) -> None:
    await break_something(city)
    path = await letter_path(operator)
    letter = await operator.get(path)
    assert letter.status_code == 200 and "no-such-request" in letter.text and "{not an event" in letter.text
    replayed = await operator.post(f"{path}/replay")
    assert replayed.status_code == 409 and "This was not done" in replayed.text
    assert (await operator.post(f"{path}/discard", data={"reason": " "})).status_code == 422
    discarded = await operator.post(f"{path}/discard", data={"reason": "Broken by a test of ours"})
    assert discarded.headers["location"] == "/en/ops/services/notify?done=discarded"
    page = (await operator.get(discarded.headers["location"])).text
    assert "The letter is closed and kept" in page and path not in page
    assert "Broken by a test of ours" in (await operator.get(path)).text


async def test_a_replay_from_the_page_brings_about_what_the_event_had_to_do(city: City, operator: httpx.AsyncClient) -> None:
    await confirm_a_request(city)
    await city.quiet()
    portal = city.runtime("portal")
    async with portal.bus.tail(["quartier.requests"], {}) as records:
        record = await anext(record async for record in records if ("ce_type", b"org.quartier.request.submitted.v1") in record.headers)
    async with portal.database.transaction() as session:
        await session.exec(delete(RequestCard))
        session.add(DeadLetter(
            handler="keep_the_cards_current", topic=record.topic, part=record.partition, off=record.offset, key=record.key.decode(),
            headers=pack(record.headers), value=record.value, reason="OperationalError", stack_hash="0", tries=9, died_at=clock.wall()))
    path = await letter_path(operator, "portal")
    replayed = await operator.post(f"{path}/replay")
    assert replayed.headers["location"] == "/en/ops/services/portal?done=replayed"
    page = (await operator.get(replayed.headers["location"])).text
    assert "Its letter is closed" in page and path not in page
    async with portal.database.session() as session:
        assert len((await session.exec(select(RequestCard))).all()) == 1
    again = await operator.post(f"{path}/replay")
    assert again.status_code == 409


async def test_a_parked_key_is_tried_at_once_when_its_operator_says_so(city: City, operator: httpx.AsyncClient) -> None:
    portal = city.runtime("portal")
    await rename(city, "request_card", "request_card_away")
    await confirm_a_request(city)
    page = ""
    while "/parked-keys/" not in page:
        await asyncio.sleep(0.1)
        page = (await operator.get("/en/ops/services/portal")).text
    assert "keep_the_cards_current" in page
    await rename(city, "request_card_away", "request_card")
    form = "/en/ops/services/portal/parked-keys/" + page.split("/parked-keys/", 1)[1].split('"', 1)[0]
    assert (await operator.post(form)).headers["location"] == "/en/ops/services/portal?done=retried"
    await city.quiet()
    assert "No key is parked" in (await operator.get("/en/ops/services/portal")).text
    async with portal.database.session() as session:
        assert len((await session.exec(select(RequestCard))).all()) == 1


async def rename(city: City, table: str, name: str) -> None:
    """Take a table away from the portal, or give it back."""
    async with city.runtime("portal").database.transaction() as session:
        await (await session.connection()).exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")


@pytest.mark.parametrize("state", ["unknown", "failed"])
async def test_messages_in_doubt_are_shown_with_evidence_and_only_officers_decide(city: City, state: str) -> None:
    async with browser_of(city) as both:
        await sign_in(city, both, Role.OPERATOR, Role.OFFICER)
        async with city.runtime("notify").database.transaction() as session:
            for delivery in (await session.exec(select(Delivery))).all():
                delivery.state = State(state)
                delivery.note("lost", reply="the line broke")
                session.add(delivery)
        page = (await both.get("/en/ops/deliveries", params={"state": state})).text
        assert "the line broke" in page
        assert ("/resolution" in page) == (state == "unknown")
        if state == "unknown":
            form = "/en/ops/deliveries/" + page.split("/ops/deliveries/", 1)[1].split('"', 1)[0]
            decided = await both.post(form, data={"decision": "count_as_sent", "reason": "Their log has it"})
            assert decided.headers["location"] == "/en/ops/deliveries?done=resolved"
            assert "No message needs a person" in (await both.get("/en/ops/deliveries")).text


async def test_a_form_of_another_site_does_nothing(city: City, operator: httpx.AsyncClient) -> None:
    await break_something(city)
    path = await letter_path(operator)
    refused = await operator.post(f"{path}/discard", data={"reason": "Not by me"}, headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403
    assert path in (await operator.get("/en/ops/services/notify")).text


async def test_a_mail_is_shown_as_its_reader_sees_it_and_as_it_was_written(operator: httpx.AsyncClient) -> None:
    box = (await operator.get("/en/ops/mailbox")).text
    path = "/en/ops/mailbox/" + box.split('href="/en/ops/mailbox/', 1)[1].split('"', 1)[0]
    mail = await operator.get(path)
    assert "/l/" in mail.text and "<iframe" in mail.text and " sandbox " in mail.text
    assert "frame-src 'self'" in mail.headers["content-security-policy"]
    assert "frame-src" not in (await operator.get("/en/ops")).headers["content-security-policy"]
    framed = await operator.get(f"{path}/html")
    assert framed.text.lstrip().lower().startswith("<!doctype html")
    policy = framed.headers["content-security-policy"]
    assert policy.endswith("sandbox") and "default-src 'none'" in policy
    raw = await operator.get(f"{path}/raw")
    assert "Message-ID:" in raw.text and raw.headers["content-type"].startswith("text/plain")


async def test_with_a_mail_server_the_mailbox_says_where_mails_go(make_city) -> None:
    city: City = await make_city(smtp="127.0.0.1:9")
    listed = (await city.http.get("/api/notify/v1/mailbox", headers=city.bearer(Role.OPERATOR))).json()
    assert listed["server"] == "127.0.0.1:9" and listed["items"] == []


async def test_a_trace_is_found_by_its_id_and_drawn(city: City, traced: TraceRing, operator: httpx.AsyncClient) -> None:
    trace_id = (await operator.get("/en/")).headers["trace-id"]
    traced.force_flush()
    found = (await operator.get("/en/ops/traces", params={"q": trace_id})).text
    assert f'href="/en/ops/traces/{trace_id}"' in found
    page = await operator.get(f"/en/ops/traces/{trace_id}")
    assert page.status_code == 200 and "qtr-trace-bar" in page.text and "http.request.method" in page.text
    assert (await operator.get(f"/en/ops/traces/{'0' * 32}")).status_code == 404
    listed = (await operator.get("/en/ops/traces")).text
    assert trace_id in listed


async def test_traces_are_found_by_the_reference_of_a_request_that_only_officers_may_read(
        city: City, traced: TraceRing, operator: httpx.AsyncClient) -> None:
    confirmed = await confirm_a_request(city)
    await city.quiet()
    ref = (await city.http.get("/api/notify/v1/deliveries", headers=city.bearer(Role.OPERATOR))).json()["items"][0]["ref"]
    traced.force_flush()
    assert (await operator.get(f"/api/requests/v1/requests/{ref}")).status_code == 404
    found = (await operator.get("/en/ops/traces", params={"q": ref.lower()})).text
    assert f'href="/en/ops/traces/{confirmed.headers["trace-id"]}"' in found
    assert "/en/ops/traces/" not in (await operator.get("/en/ops/traces", params={"q": "R-1999-0001"})).text


async def test_where_a_collector_has_the_traces_the_page_leads_there(make_city) -> None:
    city: City = await make_city(otlp="http://127.0.0.1:9", traces_url="https://traces.city.test")
    async with browser_of(city) as operator:
        await sign_in(city, operator, Role.OPERATOR)
        assert 'href="https://traces.city.test"' in (await operator.get("/en/ops/traces")).text
