"""The HTML part in a browser: accessible, as wide as a telephone, and asking nothing of the network."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LETTERS = sorted((Path(__file__).parent / "golden").glob("*.html"))


@pytest.mark.parametrize("width", [320, 1280])
async def test_each_letter_passes_axe_and_fits_its_screen(browser: "Browser", axe_source: str, width: int) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert LETTERS
    for letter in LETTERS:
        await page.set_content(letter.read_text())
        await page.evaluate(axe_source)
        found = await page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
        assert [(letter.name, rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), letter.name
    assert asked == []
