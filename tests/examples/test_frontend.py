"""The front end of the examples: on an address of its own, it lists what is public and follows it without a reload."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from quartier.testing.app import City
from tests.requests.town import Town

FOLDER = Path(__file__).parents[2] / "examples" / "frontend"


class Quietly(SimpleHTTPRequestHandler):
    """The files of a folder, without a line on the terminal for each."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def front_end() -> Iterator[str]:
    """The address at which the example is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quietly, directory=str(FOLDER))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_it_lists_a_public_request_and_shows_its_new_state_without_a_reload(make_city, browser, front_end):
    from playwright.async_api import expect

    city: City = await make_city(served=True)
    town = Town(city)
    request = await town.triaged(title="Trees <i>&amp; benches")
    held = await town.submitted(title="Nobody has read this yet")
    page = await browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(f"{front_end}/?city={city.url}")
    line = page.locator("#requests li")
    await expect(line).to_contain_text("Trees <i>&amp; benches: ")
    before = await line.inner_text()
    await page.evaluate("window.isTheSamePage = true")

    await town.act(request, event="request.taken_up", motive={"en": "In work.", "fr": "En cours."})
    await expect(line).to_contain_text((await town.get(f"/requests/{request}"))["status"]["label_text"])
    assert await line.inner_text() != before
    await town.act(held, event="triage.started", visibility="public")
    await expect(line).to_have_count(2)
    assert await page.evaluate("window.isTheSamePage") is True
    assert not faults


async def test_a_page_whose_city_does_not_answer_says_so(browser, front_end):
    from playwright.async_api import expect

    page = await browser.new_page()
    await page.goto(f"{front_end}/?city={front_end}/nowhere")
    await expect(page.locator("#said")).to_contain_text("The city did not answer")


async def test_what_is_public_may_be_read_by_pages_from_everywhere_and_nothing_else(make_city):
    city: City = await make_city()
    town = Town(city)
    request = await town.triaged()
    for path in ("/requests", f"/requests/{request}", f"/requests/{request}/events"):
        assert (await town.call("GET", path)).headers["access-control-allow-origin"] == "*", path
    assert "access-control-allow-origin" not in (await town.call("GET", "/queues", headers=town.staff())).headers
