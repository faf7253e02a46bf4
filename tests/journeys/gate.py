"""The page gate: holds one open page to every rule, in each width and colour, and remembers what it finds."""

from typing import Any

from playwright.async_api import ConsoleMessage, Page, Response

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"]
EVERY_RULE = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations", "incomplete"]}
RULES_OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
                   "resultTypes": ["violations", "incomplete"]}
LOOKS = [(320, "light", EVERY_RULE), (320, "dark", RULES_OF_COLOUR), (1280, "dark", RULES_OF_COLOUR), (1280, "light", EVERY_RULE)]
"""Dark and light are one page in other colours (tests/portal/test_tokens.py): every other rule is decided once a width."""

# Nodes that lie, whole or in part, outside of the region that scrolls them.
IS_SCROLLED_AWAY = """selector => { const one = document.querySelector(selector), region = one?.closest('.qtr-scroll');
    if (!region) return false;
    const box = one.getBoundingClientRect(), seen = region.getBoundingClientRect();
    return box.right > seen.right || box.left < seen.left; }"""


class Gate:
    """One person's page, with what she may see; `titles` are those of all pages that the whole gate has looked at in her language."""

    def __init__(self, page: Page, lang: str, url: str, titles: dict[str, str], axe: str) -> None:
        self.page, self.lang, self.url = page, lang, url
        self.found: list[Any] = []
        self._titles, self._axe = titles, axe
        self._said: list[ConsoleMessage] = []
        page.on("console", lambda message: self._said.append(message) if message.type == "error" else None)

    async def visit(self, path: str, where: str = "", *, status: int = 200) -> None:
        """Open the page at a path below the language, and look at it."""
        answer = await self.page.goto(f"{self.url}/{self.lang}{path}")
        await self._look(where or path, answer, status)

    async def press(self, button: str, where: str = "", *, status: int = 200) -> None:
        """Press a button of the page's form, the last that fits, and look at the page that it leads to, unless that is only on the way."""
        async with self.page.expect_navigation() as arriving:
            await self.page.locator(button).last.click()
        if where:
            await self._look(where, await arriving.value, status)
        else:
            await self.page.wait_for_load_state()
            self._listen("on the way", status)

    async def _look(self, where: str, answer: Response | None, status: int) -> None:
        await self.page.wait_for_load_state()
        if answer is None or answer.status != status:
            self.found.append((where, "answered", answer and answer.status, await self.page.title()))
        await self.page.evaluate(self._axe)
        for width, scheme, rules in LOOKS:
            await self.page.set_viewport_size({"width": width, "height": 900})
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            result = await self.page.evaluate("rules => axe.run(document, rules)", rules)
            at = (where, width, scheme)
            self.found += [(*at, rule["id"], node["html"][:200]) for rule in result["violations"] for node in rule["nodes"]]
            self.found += [(*at, "unsure", rule["id"], node["html"][:200]) for rule in result["incomplete"] for node in rule["nodes"]
                           if not await self._is_explained(rule["id"], node, width)]
            if not await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                self.found.append((*at, "scrolls sideways"))
        await self._read_its_head(where)
        self._listen(where, status)

    async def _read_its_head(self, where: str) -> None:
        if await self.page.locator("h1").count() != 1:
            self.found.append((where, "not one h1"))
        title = await self.page.title()
        if title in self._titles:
            self.found.append((where, "has the title of", self._titles[title], title))
        self._titles[title] = where

    def _listen(self, where: str, status: int) -> None:
        """What the console says is a fault, but for the one line by which it repeats the status that was expected of this page."""
        expected = f"Failed to load resource: the server responded with a status of {status} "
        self.found += [(where, "console", message.text) for message in self._said if status < 400 or
                       not message.text.startswith(expected) or message.location["url"] != self.page.url]
        self._said.clear()

    async def _is_explained(self, rule: str, node: dict[str, Any], width: int) -> bool:
        """Whether something else decides what axe cannot.

        Contrast of text in drawings: tests/portal/test_tokens.py computes it. Contrast of what a wide table has scrolled out of sight on
        a phone: it is in sight at 1280 px. What is in a mail's frame: tests/notify/test_html.py looks at each letter.
        """
        if rule == "frame-tested":
            return "qtr-mail-frame" in node["html"]
        if rule != "color-contrast":
            return False
        return node["html"].startswith("<text") or (width == 320 and bool(await self.page.evaluate(IS_SCROLLED_AWAY, node["target"][0])))
