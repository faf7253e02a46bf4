"""Forms of the desk that were filled in wrongly: each fault is said in the officer's language, names its field and leads to it."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from quartier.contracts.accounts import Role
from quartier.demo.player import Player
from quartier.testing.app import City
from tests.accounts.house import somebody
from tests.portal.test_ops import browser_of, sign_in

NOT_FOR_PEOPLE = ("pattern", "String should", "Input should", "Value error", "(?:", "[a-z")


@pytest.fixture
async def officer(city: City) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of an officer who has signed in by her mail."""
    async with browser_of(city) as browser:
        await sign_in(city, browser, Role.OFFICER)
        yield browser


def faults(page: httpx.Response) -> dict[str, str]:
    """The lines of the error summary by the field to which each leads; every field is on the page and says the same."""
    assert page.status_code == 422
    summary = page.text.split('class="qtr-error-summary"', 1)[1].split("</ul>", 1)[0]
    found = dict(re.findall(r'<li><a href="#([^"]+)">(.*?)</a></li>', summary))
    for name, line in found.items():
        assert f'id="{name}"' in page.text and f'id="{name}-error"' in page.text, name
        assert not [word for word in NOT_FOR_PEOPLE if word in line], line
    assert len(set(found.values())) == len(found)
    return found


async def test_a_dataset_with_nothing_in_it_is_refused_field_by_field_in_the_officers_language(officer: httpx.AsyncClient) -> None:
    english, french = [faults(await officer.post(f"/{lang}/desk/datasets/new", data={"key": "k"})) for lang in ("en", "fr")]
    assert english.keys() == french.keys() == {"slug", "title.en", "description.en"}
    assert english["title.en"] == "Title in English – Write it in at least one of the two languages"
    assert french["slug"].endswith("comme arbres-des-rues")


async def test_each_fault_of_a_version_stands_at_its_own_field(officer: httpx.AsyncClient) -> None:
    await officer.post("/en/desk/datasets/new", data={"key": "d", "slug": "trees", "title.en": "Trees", "description.en": "All."})
    wrong = faults(await officer.post("/fr/desk/versions/new", data={"key": "v", "slug": "trees", "url": "ftp://here", "number": "one"}))
    assert wrong.keys() == {"number", "change_note.en", "format", "url"}
    assert wrong["number"].endswith("comme 1.0.0") and "https://" in wrong["url"]


async def test_each_fault_of_an_act_names_its_field(city: City, officer: httpx.AsyncClient) -> None:
    player = Player(city.http, city.folder / "keys")
    request = await player.ask(somebody(), "en", "Trees", "All.")
    await player.act(request, "triage.started", visibility="public")
    wrong = faults(await officer.post(f"/en/desk/requests/{request}/acts/request.answered", data={"do": "preview"}))
    assert wrong == {"outcome": "What is it? – Please fill this in.", "answer.en": "Answer in English – Please fill this in."}


async def test_a_reference_that_is_none_is_one_fault_of_one_field(officer: httpx.AsyncClient) -> None:
    await officer.post("/en/desk/datasets/new", data={"key": "d", "slug": "trees", "title.en": "Trees", "description.en": "All."})
    wrong = faults(await officer.post("/en/desk/versions/new", data={
        "key": "v", "slug": "trees", "number": "1.0.0", "change_note.en": "First.", "format": "CSV", "url": "https://city.example/t.csv",
        "requests": "R-9999-1, trees"}))
    assert wrong.keys() == {"requests"} and "R-2026-0042" in wrong["requests"]


async def test_whoever_was_slower_in_another_tab_reads_why_and_keeps_what_she_typed(city: City, officer: httpx.AsyncClient) -> None:
    player = Player(city.http, city.folder / "keys")
    request = await player.ask(somebody(), "en", "Trees", "All.")
    form = await officer.get(f"/en/desk/requests/{request}/acts/triage.started")
    version = re.search(r'name="version" value="([^"]+)"', form.text)[1]
    sent = {"version": version, "do": "act", "visibility": "public"}
    first, second = [await officer.post(f"/en/desk/requests/{request}/acts/triage.started", data={
        **sent, "key": tab, "reason": f"Words of {tab} <b>"}) for tab in ("one", "two")]
    assert first.status_code == 303
    assert second.status_code == 409
    assert "This was not done" in second.text and "somebody else was faster" in second.text
    assert "Words of two &lt;b&gt;" in second.text and "acts/request.taken_up" in second.text


async def test_a_task_says_what_to_do_and_then_with_what(city: City, officer: httpx.AsyncClient) -> None:
    await Player(city.http, city.folder / "keys").ask(somebody(), "en", "Trees", "All.")
    assert "Give it its first look: <bdi>Trees</bdi>" in (await officer.get("/en/desk/queues/first_look")).text
