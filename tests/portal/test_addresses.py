"""What people and programs type into the address line: each leads to its page, or to one that says that there is none."""

import pytest

from quartier.contracts.accounts import Role
from quartier.demo.player import Player
from quartier.service import installed
from quartier.testing.app import City
from tests.accounts.house import somebody
from tests.portal.test_ops import browser_of, sign_in


async def test_the_documents_of_every_service_are_served_beside_the_portals_pages(city: City) -> None:
    for service in installed():
        document = await city.http.get(f"/api/{service.name}/openapi.json")
        assert document.json()["info"]["title"] == f"Quartier {service.name}"
        assert (await city.http.get(f"/api/{service.name}/docs")).status_code == 200
        assert (await city.http.get(f"/api/{service.name}/docs.css")).status_code == 200


@pytest.mark.parametrize("path", ["/nowhere/", "/de/requests", "/favicon.ico/", "/api/requests/nothing", "/en/requests/%0a",
                                  "/en/datasets/%0a", "/en/l/%00", "/en/notes/abc", "/fr/desk/queues/nothing",
                                  "/en/requests/R-2026-0001%3Flang=fr", "/en/l/%2e%2e"])
async def test_an_address_that_names_nothing_is_answered_not_found(city: City, path: str) -> None:
    assert (await city.http.get(path)).status_code == 404


@pytest.mark.parametrize(("roles", "page"), [
    ([Role.OFFICER], "/en/desk"), ([Role.APPROVER, Role.OPERATOR], "/en/desk"), ([Role.OPERATOR], "/en/ops"),
    ([Role.EDITOR], "/en/"), ([], "/en/")])
async def test_whoever_signs_in_begins_at_a_page_that_she_may_see(city: City, roles: list[Role], page: str) -> None:
    async with browser_of(city) as browser:
        answer = await sign_in(city, browser, *roles)
        assert answer.headers["location"] == page
        assert (await browser.get(page)).status_code == 200


async def test_a_form_sent_to_a_status_page_only_shows_it(city: City) -> None:
    await Player(city.http, city.folder / "keys").ask(somebody(), "en", "Trees in streets", "All of them.")
    await city.quiet()
    status = (await city.mails())[-1].secret_path
    answer = await city.http.post(status)
    assert (answer.status_code, answer.headers["location"]) == (303, status)


@pytest.mark.parametrize(("lang", "words"), [("en", "No page has this address."), ("fr", "Aucune page n’a cette adresse.")])
async def test_a_page_that_is_not_there_says_so_in_the_language_of_its_address(city: City, lang: str, words: str) -> None:
    page = await city.http.get(f"/{lang}/nowhere")
    assert page.status_code == 404
    assert words in page.text
    assert "endpoint" not in page.text
