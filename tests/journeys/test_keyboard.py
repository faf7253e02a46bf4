"""Asking for data by keyboard alone: every step is reached, seen and done without a mouse."""

import secrets

from playwright.async_api import Page, expect

from quartier.testing.app import City

FOCUSED = """() => { const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    return {what: one.outerHTML.slice(0, 100), name: one.getAttribute("name"), text: (one.textContent || "").trim(),
            is_seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
            is_free: box.bottom > 0 && box.top < innerHeight && (top === one || one.contains(top) || Boolean(top?.contains(one)) ||
                [...(one.labels ?? [])].some((label) => label.contains(top)))}; }"""


async def tab_to(page: Page, *, name: str = "", text: str = "") -> None:
    """Press Tab until the field of that name, or what has that text, has the focus; it can be seen on the way, always."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        assert focused["is_seen"] and focused["is_free"], focused
        if (name and focused["name"] == name) or (text and focused["text"] == text):
            return
    raise AssertionError(f"the keyboard does not reach {name or text}")


async def enter(page: Page) -> None:
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await page.wait_for_load_state()


async def test_a_person_asks_and_confirms_by_keyboard_alone(make_city, browser):
    city: City = await make_city(served=True)
    page = await (await browser.new_context(viewport={"width": 1000, "height": 800})).new_page()
    address = f"{secrets.token_hex(5)}@example.org"
    await page.goto(f"{city.url}/en/")
    await tab_to(page, text="Ask for data")
    await enter(page)

    # Nothing typed: the errors are in focus, and lead to their fields.
    await tab_to(page, text="Continue")
    await enter(page)
    assert "qtr-error-summary" in await page.evaluate("document.activeElement.className")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.name") == "title"
    await page.keyboard.type("Trees")
    await tab_to(page, name="body")
    await page.keyboard.type("All of them, with their place.")
    for _ in range(3):
        await tab_to(page, text="Continue")
        await enter(page)
    await tab_to(page, name="address")
    await page.keyboard.type(address)
    await tab_to(page, text="Send")
    await enter(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")

    await city.quiet()
    await page.goto(city.url + (await city.mails())[-1].secret_path)
    await tab_to(page, text="Send my request")
    await enter(page)
    await expect(page.locator(".qtr-receipt")).to_contain_text("R-20")
