"""Every page of a living city passes the gate: axe finds nothing, nothing scrolls sideways, titles and headings are in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.gate import Gate
from tests.journeys.gated_city import LANGUAGES, GatedCity, gated_city

# One city and one browser serve all tests of this file, so they share its event loop.
pytestmark = pytest.mark.asyncio(loop_scope="module")

SEND = "main form button"
GO_ON = "main form button:not([name])"
PUBLIC = ["/", "/ask", "/requests", "/requests?label=published", "/requests?q=nothing+at+all", "/requests?label=answered&q=menus",
          "/requests/{published}", "/requests/{refused}", "/requests/{scheduled}", "/requests/{answered_closed}", "/requests/{triage}",
          "/datasets", "/datasets/trees", "/notes", "/notes/{note}", "/dashboard", "/problems/not-found"]
MISSING = ["/nowhere", "/requests/R-1999-0001", "/datasets/nothing", "/l/nothing"]
DESK = ["/desk/queues/first_look", "/desk/queues/sorting", "/desk/queues/dates", "/desk/queues/decisions", "/desk/queues/unreached",
        "/desk/requests/{submitted}", "/desk/requests/{in_research}", "/desk/requests/{published}", "/desk/requests/{refused}",
        "/desk/datasets/new", "/desk/versions", "/desk/versions/new", "/desk/deliveries", "/desk/gallery"]
OPS = ["/ops", "/ops/services/notify", "/ops/services/portal", "/ops/services/requests", "/ops/dead-letters/notify/{letter}",
       "/ops/deliveries", "/ops/deliveries?state=failed", "/ops/mailbox", "/ops/traces", "/ops/traces?q={published}"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gated(tmp_path_factory: pytest.TempPathFactory, axe_source: str) -> AsyncIterator[GatedCity]:
    folder: Path = tmp_path_factory.mktemp("gated")
    async with gated_city(folder, axe_source) as made:
        yield made


async def in_both_languages(gated: GatedCity, walk: Callable[[GatedCity, Gate], Awaitable[None]]) -> None:
    """Walk the pages as two people side by side, one in each language; fail with what either has found."""

    async def one(lang: str) -> Gate:
        gate = await gated.gate(lang)
        await walk(gated, gate)
        await gate.page.context.close()
        return gate

    async with asyncio.TaskGroup() as group:
        walks = [group.create_task(one(lang)) for lang in LANGUAGES]
    found = [(lang, *fault) for lang, done in zip(LANGUAGES, walks, strict=True) for fault in done.result().found]
    assert not found, "\n".join(str(fault) for fault in found[:60])


async def read(gated: GatedCity, gate: Gate, *paths: str, status: int = 200) -> None:
    for path in paths:
        await gate.visit(path.format(**gated.names), path, status=status)


async def test_what_everybody_reads_passes_the_gate(gated: GatedCity) -> None:
    async def walk(gated: GatedCity, gate: Gate) -> None:
        await read(gated, gate, *PUBLIC)
        await read(gated, gate, *MISSING, status=404)

    await in_both_languages(gated, walk)


async def test_the_way_of_a_request_passes_the_gate(gated: GatedCity) -> None:
    async def walk(gated: GatedCity, gate: Gate) -> None:
        page, address = gate.page, f"zoe-{gate.lang}@example.org"
        await page.goto(f"{gate.url}/{gate.lang}/ask")
        await gate.press(SEND, "ask: what, with errors", status=422)
        await page.locator("[name=title]").fill("Places en crèche")
        await page.locator("[name=body]").fill("Par crèche et par mois.")
        await gate.press(GO_ON, "ask: more")
        await page.locator("[name=question]").fill("Où y a-t-il de la place ?")
        await gate.press(GO_ON, "ask: wishes")
        await page.locator("[name=wish1_property]").select_option("column")
        await page.locator("[name=wish1_wanted]").fill("capacité")
        await gate.press(GO_ON, "ask: check")
        await gate.press(SEND, "ask: check, with errors", status=422)
        await page.locator("[name=address]").fill(address)
        await gate.press(SEND, "ask: sent")
        await gate.visit(await gated.link(address), "confirm")
        await gate.press(SEND, "receipt")
        await gate.visit(await gated.link(address, 1), "status")

    await in_both_languages(gated, walk)


async def test_following_and_its_end_pass_the_gate(gated: GatedCity) -> None:
    async def walk(gated: GatedCity, gate: Gate) -> None:
        page, address = gate.page, f"yan-{gate.lang}@example.org"
        await page.goto(f"{gate.url}/{gate.lang}/requests/{gated.names['scheduled']}")
        await gate.press(SEND, "follow, with errors", status=422)
        await page.locator("[name=address]").fill(address)
        await gate.press(SEND, "follow: sent")
        await gate.visit(await gated.link(address), "follow: confirm")
        await gate.press(SEND, "following")
        ends = gated.links[gate.lang, "unsubscribe"]
        await gate.visit(ends, "unsubscribe")
        await gate.press(SEND, "unsubscribed")
        await gate.visit(ends, "unsubscribed before")

    await in_both_languages(gated, walk)


async def test_links_that_are_over_pass_the_gate(gated: GatedCity) -> None:
    async def walk(gated: GatedCity, gate: Gate) -> None:
        await gate.visit(gated.links[gate.lang, "expired"], "expired link", status=410)
        await gate.press(SEND, "sent again")

    await in_both_languages(gated, walk)


async def test_signing_in_passes_the_gate(gated: GatedCity) -> None:
    async def walk(gated: GatedCity, gate: Gate) -> None:
        address, there = f"zoe-{gate.lang}@example.com", await gated.gate(gate.lang)
        await gated.city.http.post("/api/accounts/v1/contacts", json={"address": address, "language": gate.lang})
        await gate.visit("/desk/versions", "sign-in")
        await gate.press(SEND, "sign-in, with errors", status=422)
        await gate.page.locator("[name=address]").fill(address)
        await gate.press(SEND, "sign-in: sent")
        link = await gated.link(address)
        await there.visit(link, "sign-in elsewhere")
        await there.press(SEND, "sign-in elsewhere, with errors", status=403)
        for _ in range(4):
            await there.page.locator("[name=code]").fill("WRONG000")
            await there.press(SEND, status=403)
        await there.page.locator("[name=code]").fill("WRONG000")
        await there.press(SEND, "too many codes", status=403)
        await gate.page.goto(f"{gate.url}/{gate.lang}/sign-in")
        await gate.page.locator("[name=address]").fill(address)
        await gate.press(SEND)
        link = await gated.link(address, 1)
        await gate.visit(link, "sign-in here")
        await gate.press(SEND)
        await gate.visit("/desk", "the desk, for somebody without a role", status=403)
        await gate.visit(link, "used link", status=410)
        gate.found += there.found
        await there.page.context.close()

    await in_both_languages(gated, walk)


async def test_the_desk_passes_the_gate(gated: GatedCity) -> None:
    async def walk(gated: GatedCity, gate: Gate) -> None:
        await gated.sign_in(gate)
        await gate.visit("/desk")
        await read(gated, gate, *DESK)
        for name in ("datasets", "versions"):
            await gate.page.goto(f"{gate.url}/{gate.lang}/desk/{name}/new")
            await gate.press(SEND, f"{name}: new, with errors", status=422)
        await gate.page.goto(f"{gate.url}/{gate.lang}/desk/requests/{gated.acts['request.taken_up']}/acts/request.taken_up")
        await gate.page.locator("[name='motive.en']").fill("In work.")
        await gate.press(SEND, "preview")

    await in_both_languages(gated, walk)


async def test_every_act_of_the_desk_passes_the_gate(gated: GatedCity) -> None:
    async def walk(gated: GatedCity, gate: Gate) -> None:
        await gated.sign_in(gate)
        for event, ref in gated.acts.items():
            await gate.visit(f"/desk/requests/{ref}/acts/{event}", event)
            await gate.press(SEND, f"{event}, with errors", status=422)

    assert set(gated.acts) == {"triage.started", "request.answered", "request.taken_up", "request.refused", "publication.scheduled",
                               "publication.rescheduled"}
    await in_both_languages(gated, walk)


async def test_the_console_passes_the_gate(gated: GatedCity) -> None:
    async def walk(gated: GatedCity, gate: Gate) -> None:
        await gated.sign_in(gate)
        await read(gated, gate, *OPS)
        await gate.visit("/ops/services/surveys", "a silent service", status=503)
        await gate.page.goto(f"{gate.url}/{gate.lang}/ops/dead-letters/notify/{gated.names['letter']}")
        await gate.press("main form button", "a dead letter, with errors", status=422)
        for room in ("traces", "mailbox"):
            await gate.page.goto(f"{gate.url}/{gate.lang}/ops/{room}")
            path = await gate.page.locator(f"main a[href*='/ops/{room}/']").first.get_attribute("href")
            await gate.visit(str(path)[3:], f"one of {room}")

    await in_both_languages(gated, walk)
