"""The gate on the design system: the gallery in both languages, densities, widths and three colour modes."""

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from quartier_portal.gallery import sample

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"]
MODES = {"light": ("light", "none"), "dark": ("dark", "none"), "forced": ("light", "active")}
CASES = list(product(["en", "fr"], [320, 1280], ["public", "desk"]))


async def opened(browser: "Browser", address: str, width: int) -> "Page":
    page = await browser.new_page(viewport={"width": width, "height": 900})
    await page.goto(address)
    return page


async def sideways(page: "Page") -> list[str]:
    """What makes the page scroll sideways; empty when nothing does."""
    return await page.evaluate("""() => document.documentElement.scrollWidth <= innerWidth ? [] :
        ["the page"].concat([...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .slice(0, 3).map((one) => one.outerHTML.slice(0, 120)))""")


def unsure(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What axe could not decide. It never decides the contrast of text in drawings: test_tokens.py computes that one."""
    return [(rule["id"], node["html"]) for rule in found["incomplete"] for node in rule["nodes"]
            if not (rule["id"] == "color-contrast" and node["html"].startswith("<text"))]


@pytest.mark.parametrize(("lang", "width", "density"), CASES)
async def test_the_gallery_passes_the_gate(browser: "Browser", axe_source: str, site: Any, lang: str, width: int, density: str) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 900})
    await page.goto(f"{site.url}/{lang}/gallery?density={density}")
    await page.evaluate(axe_source)
    for mode, (scheme, forced) in MODES.items():
        await page.emulate_media(color_scheme=scheme, forced_colors=forced, reduced_motion="reduce")
        found = await page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
        assert [(mode, rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []
        assert (mode, unsure(found)) == (mode, [])
        assert await sideways(page) == []


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_wider_letters_lines_and_words_hide_nothing(browser: "Browser", site: Any, lang: str) -> None:
    """WCAG 1.4.12: people set their own spacing."""
    page = await opened(browser, f"{site.url}/{lang}/gallery", 320)
    await page.evaluate("""() => { const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }");
        document.adoptedStyleSheets = [sheet]; }""")
    assert await sideways(page) == []


async def test_everything_to_click_is_large_enough(browser: "Browser", site: Any) -> None:
    """WCAG 2.5.8, also for what axe leaves out: controls of at least 24 pixels, links in sentences excepted."""
    page = await opened(browser, f"{site.url}/en/gallery?density=desk", 320)
    small = await page.evaluate("""() => [...document.querySelectorAll("button, input, select, textarea, summary, nav a, .qtr-button")]
        .filter((one) => { const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
        .map((one) => one.outerHTML.slice(0, 120))""")
    assert small == []


async def test_the_keyboard_sees_where_it_is(browser: "Browser", site: Any) -> None:
    page = await opened(browser, f"{site.url}/en/gallery", 1280)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "qtr-skip"
    unseen = []
    for _ in range(60):
        seen = await page.evaluate("""() => { const one = document.activeElement;
            const style = getComputedStyle(one), box = one.getBoundingClientRect();
            return {what: one.outerHTML.slice(0, 90), ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                    there: box.top >= 0 && box.bottom <= innerHeight}; }""")
        if not (seen["ring"] and seen["there"]):
            unseen.append(seen)
        await page.keyboard.press("Tab")
    assert unseen == []


async def test_a_page_with_errors_opens_at_their_summary_and_leads_to_the_field(browser: "Browser", site: Any) -> None:
    page = await opened(browser, f"{site.url}/en/errors", 320)
    assert await page.evaluate("document.activeElement.className") == "qtr-error-summary"
    assert (await page.title()).startswith("Error: ")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "title"
    assert await page.locator("#title").get_attribute("aria-describedby") == "title-hint title-error"


async def test_the_policy_of_the_portal_stops_nothing_that_pages_need(browser: "Browser", site: Any) -> None:
    refused: list[str] = []
    page = await browser.new_page()
    page.on("console", lambda line: refused.append(line.text) if line.type in ("error", "warning") else None)
    await page.goto(f"{site.url}/fr/gallery")
    assert refused == []


async def test_printing_leaves_out_what_paper_cannot_use(browser: "Browser", site: Any) -> None:
    page = await opened(browser, f"{site.url}/en/gallery", 1280)
    await page.emulate_media(media="print")
    for selector in ("nav", ".qtr-button", ".qtr-filter"):
        assert not await page.locator(selector).first.is_visible(), selector
    assert await page.locator(".qtr-printed").is_visible()
    assert await page.locator(".qtr-details:not([open]) > p").first.is_visible()


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_components_write_no_inline_style_script_or_handler(render: Any, lang: str) -> None:
    text = render("gallery.html", lang, sample=sample(lang))
    for forbidden in (" style=", " onclick=", " onsubmit=", "<style", "javascript:"):
        assert forbidden not in text
    assert text.count("<script") == text.count('<script type="module" src="/static/js/qtr-live.js?v=') == 1


def test_what_people_type_is_shown_as_they_typed_it(render: Any) -> None:
    text = render("gallery.html", "en", sample=sample("en"))
    assert "Stationnement &lt;vélos&gt; &amp; trottinettes" in text
    assert "Noor &lt;b&gt;Haddad&lt;/b&gt;" in text


def test_a_foreign_title_says_its_language(render: Any) -> None:
    assert '<a href="#lists" lang="fr"><bdi>Stationnement' in render("gallery.html", "en", sample=sample("en"))
    assert '<a href="#lists" lang="fr"><bdi>Stationnement' not in render("gallery.html", "fr", sample=sample("fr"))


def test_a_visitor_sees_no_staff_door_and_an_officer_sees_the_desk(render: Any) -> None:
    visitor = render("gallery.html", "en", sample=sample("en"), person=None, path="/requests")
    assert 'href="/en/ops"' not in visitor
    assert 'action="/en/sign-out"' not in visitor
    assert '<a href="/en/requests" aria-current="page">' in visitor
    assert 'href="/en/ops"' in render("gallery.html", "en", sample=sample("en"))


@pytest.mark.parametrize("status", [403, 404, 410, 429, 500, 503])
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_problem_page_says_what_to_do_and_gives_the_reference(render: Any, lang: str, status: int) -> None:
    problem = {"status": status, "title": "Nothing here <yet>", "detail": None, "trace_id": "4bf92f3577b34da6"}
    text = render("problem.html", lang, problem=problem, title=problem["title"])
    assert "<h1>Nothing here &lt;yet&gt;</h1>" in text
    assert "<code>4bf92f3577b34da6</code>" in text
