"""Asking for data by keyboard alone: every step is reached, seen and done without a mouse, forwards and backwards, in both languages."""

import secrets
from typing import Any

import pytest
from playwright.async_api import Page, expect

from quartier.testing.app import City

GO_ON = "main form button:not([name])"
# What has the focus: where it stands in the page, whether its ring is drawn, and whether its middle is in sight and on top. A label may
# lie over its own field; nothing else may.
FOCUSED = """selector => { const all = [...document.querySelectorAll("*")], one = document.activeElement;
    const box = one.getClientRects()[0] ?? one.getBoundingClientRect();
    const style = getComputedStyle(one), top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return {what: one.outerHTML.slice(0, 100), covered_by: top?.outerHTML.slice(0, 100), place: all.indexOf(one),
            is_wanted: one.matches(selector), is_seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
            is_free: top !== null && (one.contains(top) || [...(one.labels ?? [])].some((label) => label.contains(top)))}; }"""


async def press(page: Page, key: str, selector: str = "*") -> dict[str, Any]:
    """One step of the focus; wherever it comes to, it can be seen."""
    await page.keyboard.press(key)
    focused: dict[str, Any] = await page.evaluate(FOCUSED, selector)
    assert focused["is_seen"] and focused["is_free"], focused
    return focused


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what the selector names has the focus, and go the same way back and forth again."""
    way = [await press(page, "Tab", selector)]
    while not way[-1]["is_wanted"]:
        assert len(way) < 60, f"the keyboard does not reach {selector}"
        way.append(await press(page, "Tab", selector))
    back = [await press(page, "Shift+Tab") for _ in way[1:]]
    assert [one["place"] for one in back] == [one["place"] for one in way[-2::-1]]
    for _ in back:
        await press(page, "Tab")


async def follow(page: Page, key: str = "Enter") -> None:
    """Press what has the focus, and wait for the page that it leads to."""
    async with page.expect_navigation():
        await page.keyboard.press(key)
    await page.wait_for_load_state()


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_a_person_asks_and_confirms_by_keyboard_alone(make_city, browser, lang):
    city: City = await make_city(served=True)
    page = await (await browser.new_context(viewport={"width": 1000, "height": 800})).new_page()
    address = f"{secrets.token_hex(5)}@example.org"
    await page.goto(f"{city.url}/{lang}/")
    await tab_to(page, "main a[href$='/ask']")
    await follow(page)

    # Nothing typed: the errors are in focus, and lead to their fields.
    await tab_to(page, GO_ON)
    await follow(page, "Space")
    assert "qtr-error-summary" in await page.evaluate("document.activeElement.className")
    await press(page, "Tab")
    assert (await press(page, "Enter", "[name=title]"))["is_wanted"]
    await page.keyboard.type("Trees")
    await tab_to(page, "[name=body]")
    await page.keyboard.type("All of them, with their place.")

    # Back to the choice above them: the arrows move within it, and it is one stop of the way.
    for _ in range(2):
        await press(page, "Shift+Tab")
    await press(page, "ArrowDown", "[name=kind]")
    await press(page, "ArrowUp")
    await press(page, "Space")
    chosen = await press(page, "ArrowDown", "[name=kind]:checked")
    assert chosen["is_wanted"] and await page.evaluate("document.activeElement.value") == "extend"

    for key in ("Enter", "Space", "Enter"):
        await tab_to(page, GO_ON)
        await follow(page, key)
    await tab_to(page, "[name=address]")
    await page.keyboard.type(address)
    await tab_to(page, GO_ON)
    await follow(page, "Space")
    await expect(page.locator(".qtr-receipt")).to_contain_text(address)

    await city.quiet()
    await page.goto(city.url + (await city.mails())[-1].secret_path)
    await tab_to(page, "main form button")
    await follow(page, "Space")
    await expect(page.locator(".qtr-receipt")).to_contain_text("R-20")


async def test_the_space_bar_ticks_boxes_and_opens_what_is_folded(make_city, browser):
    city: City = await make_city(services=["portal"], served=True)
    page = await (await browser.new_context(viewport={"width": 1000, "height": 800})).new_page()
    await page.goto(f"{city.url}/en/desk/gallery")
    for selector, state in (("main input[type=checkbox]", "checked"), ("main summary", "parentElement.open")):
        await page.locator("main").focus()
        way = await press(page, "Tab", selector)
        while not way["is_wanted"]:
            way = await press(page, "Tab", selector)
        before = await page.evaluate(f"document.activeElement.{state}")
        await press(page, "Space")
        assert await page.evaluate(f"document.activeElement.{state}") is not before
        await press(page, "Space")
        assert await page.evaluate(f"document.activeElement.{state}") is before
