"""`<qtr-live>` keeps a part of a page fresh: told by hints, under the portal's own policy, without taking anything from the reader."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page


async def until(page: "Page", question: str, answer: object = True) -> None:
    """Wait for the page to say so. Our policy forbids the evaluation that Playwright's own waiting needs."""
    for _ in range(400):
        if await page.evaluate(question) == answer:
            return
        await asyncio.sleep(0.025)
    raise AssertionError(f"{question} is still {await page.evaluate(question)!r}")


async def happened(what: Callable[[], bool]) -> None:
    for _ in range(1000):
        if what():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


async def opened(browser: "Browser", site: Any, query: str = "") -> "Page":
    """The page with its line open and its first look taken."""
    page = await browser.new_page()
    await page.goto(f"{site.url}/en/live{query}")
    await happened(lambda: len(site.connections) == 1 and site.looks == 2)
    return page


TEXT = "document.querySelector('#part .said').textContent"


async def test_a_hint_brings_the_new_text_and_says_so_politely(browser: "Browser", site: Any) -> None:
    page = await opened(browser, site)
    site.sequence = 2
    site.hint("requests/42", 2)
    await until(page, TEXT, "State 2")
    assert await page.evaluate("document.querySelector('#part').dataset.sequence") == "2"
    await until(page, "document.querySelector('[role=status]').textContent", "This page has just been updated.")


async def test_it_asks_again_until_the_answer_is_as_new_as_the_hint(browser: "Browser", site: Any) -> None:
    page = await opened(browser, site)
    site.sequence, site.stale_answers = 2, 2
    site.hint("requests/42", 2)
    await until(page, TEXT, "State 2")


async def test_a_hint_for_something_else_asks_for_nothing(browser: "Browser", site: Any) -> None:
    page = await opened(browser, site)
    site.sequence = 2
    site.hint("requests/1", 9)
    site.hint("requests/42", 1)
    site.hint("requests/42", 2)
    await until(page, TEXT, "State 2")
    assert site.looks == 3


async def test_a_part_that_listens_to_everything_hears_of_each_thing(browser: "Browser", site: Any) -> None:
    page = await opened(browser, site, "?keys=*")
    site.sequence = 2
    site.hint("datasets/7", 9)
    await until(page, TEXT, "State 2")


async def test_when_hints_were_lost_it_looks_at_everything(browser: "Browser", site: Any) -> None:
    page = await opened(browser, site)
    site.sequence = 2
    site.hint("*", 0)
    site.hint("*", 0)
    await until(page, TEXT, "State 2")


async def test_focus_and_opened_details_stay_with_the_reader(browser: "Browser", site: Any) -> None:
    page = await opened(browser, site)
    await page.click("#part summary")
    await page.focus("#part a")
    site.sequence = 2
    site.hint("requests/42", 2)
    await until(page, TEXT, "State 2")
    assert await page.evaluate("document.querySelector('#part details').open")
    assert await page.evaluate("document.activeElement.getAttribute('href')") == "#more"
    assert await page.evaluate("document.querySelector('#part').contains(document.activeElement)")


async def test_what_moved_before_the_line_was_open_is_shown_too(browser: "Browser", site: Any) -> None:
    site.stale_answers = 1
    site.sequence = 2
    page = await browser.new_page()
    await page.goto(f"{site.url}/en/live")
    await until(page, TEXT, "State 2")


async def test_parts_with_one_address_share_one_line_and_one_question(browser: "Browser", site: Any) -> None:
    page = await opened(browser, site, "?parts=part,twin")
    site.sequence = 2
    site.hint("requests/42", 2)
    await until(page, TEXT, "State 2")
    await until(page, TEXT.replace("part", "twin"), "State 2")
    assert (len(site.connections), site.looks) == (1, 3)


async def test_a_broken_line_mends_itself_and_says_what_it_heard_last(browser: "Browser", site: Any) -> None:
    page = await opened(browser, site)
    site.sequence = 2
    site.hint("requests/42", 2)
    await until(page, TEXT, "State 2")
    site.hint("", 0)
    await happened(lambda: len(site.connections) == 2)
    assert site.last_event_ids == [None, "2"]
    site.sequence = 3
    site.hint("requests/42", 3)
    await until(page, TEXT, "State 3")


async def test_without_a_line_it_looks_every_fifteen_seconds(browser: "Browser", site: Any) -> None:
    site.refuses_streams = True
    page = await browser.new_page()
    await page.clock.install()
    await page.goto(f"{site.url}/en/live")
    await happened(lambda: site.refusals == 1)
    site.sequence = 2
    while site.refusals == 1:
        await page.clock.run_for(1000)
    await until(page, TEXT, "State 2")


async def test_without_scripts_the_page_says_what_it_knows(browser: "Browser", site: Any) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{site.url}/fr/live")
    assert await page.locator("#part .said").inner_text() == "State 1"
