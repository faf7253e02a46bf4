"""Every page of a living city passes the gate: axe finds nothing, nothing scrolls sideways, titles and headings are in order."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from quartier.contracts.accounts import Role
from quartier.demo import city as demo
from quartier.demo.player import Player
from quartier.testing.app import City

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"]
LOOKS = [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")]
PUBLIC = ["/", "/ask", "/requests", "/requests?label=published", "/requests?q=nothing+at+all", "/requests/{published}",
          "/requests/{refused}", "/requests/{scheduled}", "/datasets", "/datasets/trees", "/notes", "/notes/{note}", "/dashboard",
          "/sign-in", "/problems/not-found",
          "/requests/R-1999-0001"]
STAFF = ["/desk", "/desk/queues/first_look", "/desk/queues/sorting", "/desk/queues/dates", "/desk/queues/decisions",
         "/desk/queues/unreached", "/desk/requests/{held}", "/desk/requests/{held}/acts/triage.started",
         "/desk/requests/{triage}/acts/request.answered",
         "/desk/requests/{scheduled}/acts/publication.rescheduled", "/desk/datasets/new", "/desk/versions",
         "/desk/versions/new",
         "/desk/deliveries", "/ops", "/ops/services/requests", "/ops/deliveries", "/ops/mailbox", "/ops/traces"]


class Gate:
    """Looks at pages in every width and colour, and keeps what it finds."""

    def __init__(self, page: Page, axe: str) -> None:
        self.page, self._axe = page, axe
        self.found: list[Any] = []
        self.titles: dict[str, str] = {}
        page.on("console", lambda message: self.found.append((page.url, message.text)) if message.type == "error" and
                "404" not in message.text and "422" not in message.text else None)

    async def look(self, where: str, *, is_own_title: bool = True) -> None:
        """Hold the page that is open now to every rule."""
        await self.page.wait_for_load_state()
        await self.page.evaluate(self._axe)
        for width, scheme in LOOKS:
            await self.page.set_viewport_size({"width": width, "height": 900})
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            result = await self.page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
            at = (where, width, scheme)
            self.found += [(*at, rule["id"], node["html"][:200]) for rule in result["violations"] for node in rule["nodes"]]
            self.found += [(*at, "unsure", rule["id"], node["html"][:200]) for rule in result["incomplete"] for node in rule["nodes"]
                           if not await self.is_explained(rule["id"], node)]
            if not await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                self.found.append((*at, "scrolls sideways"))
        if await self.page.locator("h1").count() != 1:
            self.found.append((where, "not one h1"))
        title = await self.page.title()
        if is_own_title and title in self.titles:
            self.found.append((where, "has the title of", self.titles[title], title))
        self.titles[title] = where

    async def is_explained(self, rule: str, node: dict[str, Any]) -> bool:
        """Whether something else decides what axe cannot.

        Contrast of text in drawings: tests/portal/test_tokens.py computes it. Contrast of what a wide table has scrolled out of sight: it
        is in sight at 1280 px. What is in a mail's frame: tests/notify/test_html.py looks at each letter.
        """
        if rule == "frame-tested":
            return "qtr-mail-frame" in node["html"]
        if rule != "color-contrast":
            return False
        is_in_scroll = "selector => Boolean(document.querySelector(selector)?.closest('.qtr-scroll'))"
        return node["html"].startswith("<text") or bool(await self.page.evaluate(is_in_scroll, node["target"][0]))

    def done(self) -> None:
        """Fail with everything that was found."""
        assert not self.found, "\n".join(str(one) for one in self.found[:60])

    async def press(self, button: str) -> None:
        """Press a button of the page's form, and wait for the page that it leads to."""
        async with self.page.expect_navigation():
            await self.page.locator(button).last.click()

    async def visit(self, url: str, where: str, **kwargs: Any) -> None:
        await self.page.goto(url)
        await self.look(where, **kwargs)


@pytest.fixture
async def seeded(make_city: Callable[..., Awaitable[City]]) -> tuple[City, dict[str, str]]:
    """A served city with the demo's requests, and the words that stand for them in the addresses above."""
    city = await make_city(served=True)
    player = Player(city.http, city.folder / "keys")
    await player.employ(*demo.STAFF)
    await demo.fill(player)
    await city.quiet()
    listed = (await city.http.get("/api/requests/v1/requests", headers=city.bearer(Role.OFFICER), params={"limit": 100})).json()["items"]
    names = {request["state"]: request["ref"] for request in listed if request["outcome"] != "refused"}
    names |= {"refused": next(request["ref"] for request in listed if request["outcome"] == "refused"), "held": names["submitted"],
              "note": (await city.http.get("/api/publications/v1/notes")).json()["items"][0]["number"]}
    return city, names


async def newest(city: City, address: str):
    await city.quiet()
    return [mail for mail in await city.mails() if mail.to == address][-1]


async def sign_in(city: City, page: Page, lang: str) -> None:
    """As somebody who may see every page of the desk and the console."""
    address = "all@example.org"
    for role in (Role.OFFICER, Role.APPROVER, Role.OPERATOR):
        await city.http.post("/api/accounts/v1/grants", json={"address": address, "role": role}, headers=city.bearer(Role.OPERATOR))
    await page.goto(f"{city.url}/{lang}/sign-in")
    await page.locator("[name=address]").fill(address)
    await page.locator("form[action$=sign-in] button").click()
    await page.goto(city.url + (await newest(city, address)).secret_path)
    await page.locator("main form button").click()
    await expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_what_everybody_reads_passes_the_gate(seeded, browser, axe_source, lang):
    city, names = seeded
    gate = Gate(await browser.new_page(), axe_source)
    for path in PUBLIC:
        is_filtered = "?" in path or "1999" in path
        await gate.visit(f"{city.url}/{lang}{path.format(**names)}", path, is_own_title=not is_filtered)
    gate.done()


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_the_way_of_a_request_passes_the_gate(seeded, browser, axe_source, lang):
    city, names = seeded
    page = await browser.new_page()
    gate = Gate(page, axe_source)
    address = "zoe@example.org"
    await page.goto(f"{city.url}/{lang}/ask")
    await gate.press("main form button")
    await gate.look("ask with errors")
    await page.locator("[name=title]").fill("Places en crèche")
    await page.locator("[name=body]").fill("Par crèche et par mois.")
    for step in ("more", "wishes", "check"):
        await gate.press("main form button:not([name])")
        await gate.look(f"ask {step}")
    await page.locator("[name=address]").fill(address)
    await gate.press("main form button")
    await gate.look("ask sent")
    confirmation = (await newest(city, address)).secret_path.replace("/en/", f"/{lang}/").replace("/fr/", f"/{lang}/")
    await gate.visit(city.url + confirmation, "confirm")
    await gate.press("main form button")
    await gate.look("receipt")
    await gate.visit(city.url + (await newest(city, address)).secret_path, "status")
    await gate.visit(f"{city.url}/{lang}/l/nothing", "unknown link")

    await page.goto(f"{city.url}/{lang}/requests/{names['scheduled']}")
    await page.locator("[name=address]").fill("not an address@")
    await page.locator("main form").last.evaluate("form => { form.noValidate = true }")
    await gate.press("main form button")
    await gate.look("follow with errors")
    await page.locator("[name=address]").fill("yan@example.org")
    await gate.press("main form button")
    await gate.look("follow sent", is_own_title=False)
    await gate.visit(city.url + (await newest(city, "yan@example.org")).secret_path, "follow confirm")
    await gate.press("main form button")
    await gate.look("following")
    gate.done()


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_the_desk_and_the_console_pass_the_gate(seeded, browser, axe_source, lang):
    city, names = seeded
    page = await browser.new_page()
    gate = Gate(page, axe_source)
    await sign_in(city, page, lang)
    for path in STAFF:
        await gate.visit(f"{city.url}/{lang}{path.format(**names)}", path)
    await page.goto(f"{city.url}/{lang}/desk/requests/{names['triage']}/acts/request.taken_up")
    await gate.press("main form button")
    await gate.look("act with errors", is_own_title=False)
    await page.locator("[name='motive.en']").fill("In work.")
    await gate.press("main form button")
    await gate.look("preview")
    await page.goto(f"{city.url}/{lang}/ops/mailbox")
    async with page.expect_navigation():
        await page.locator("main a[href*='/ops/mailbox/']").first.click()
    await gate.look("one mail")
    gate.done()
