"""Signing in brings people back to the page that they wanted, and to no other site; who is signed in stays so on every page."""

from datetime import datetime, timedelta

import httpx

from quartier import clock
from quartier.contracts.accounts import Role
from quartier.testing.app import City
from quartier_accounts.people import commands
from tests.accounts.house import somebody
from tests.portal.test_ops import browser_of, sign_in

WANTED = ["/en/desk/queues/first_look", "/en/ops/deliveries?state=failed&done=resolved", "/fr/ops/traces?q=%C3%A9t%C3%A9"]
ELSEWHERE = ["https://evil.example", "//evil.example/en", "evil.example", "@evil.example", "/\\evil.example", "/%0d%0aset-cookie: a=b",
             "/\r\nx: y", "/\tx", "/" + "a" * 2000, "javascript:alert(1)"]


async def let_in(city: City, browser: httpx.AsyncClient, page: str, **form: str) -> httpx.Response:
    """Ask for a link on that page and open it in the same browser; the answer to pressing its button."""
    address = somebody()
    async with city.runtime("accounts").unit_of_work() as uow:
        for role in (Role.OFFICER, Role.OPERATOR):
            await commands.grant(uow, address, role)
    sent = await browser.post(page, data={"address": address, **form})
    assert sent.status_code == 200, sent.text
    await city.quiet()
    mail = next(mail for mail in reversed(await city.mails()) if mail.to == address)
    return await browser.post(mail.secret_path)


def hidden(page: str) -> str:
    """What the form of the sign-in page carries along."""
    return page.split('name="to" value="', 1)[1].split('"', 1)[0].replace("&amp;", "&")


async def test_whoever_had_to_sign_in_comes_to_the_page_that_she_wanted(city: City) -> None:
    for wanted in WANTED:
        async with browser_of(city) as browser:
            asked = await browser.get(wanted)
            page = await browser.get(asked.headers["location"])
            wrong = await browser.post("/en/sign-in", data={"address": "nobody", "to": hidden(page.text)})
            assert wrong.status_code == 422
            answer = await let_in(city, browser, wanted[:3] + "/sign-in", to=hidden(wrong.text))
            assert answer.headers["location"][3:] == wanted[3:]
            assert (await browser.get(answer.headers["location"])).status_code == 200


async def test_no_address_leads_from_signing_in_to_another_site(city: City) -> None:
    for wanted in ELSEWHERE:
        async with browser_of(city) as browser:
            assert (await browser.get("/en/sign-in", params={"to": wanted})).status_code == 200
            answer = await let_in(city, browser, "/en/sign-in", to=wanted)
            gone = httpx.URL(city.url).join(answer.headers["location"])
            assert (gone.host, gone.scheme, answer.headers["location"][:4]) == ("city.test", "https", "/en/"), wanted
            assert "set-cookie: a" not in str(answer.headers).lower()


async def test_a_cookie_that_somebody_else_wrote_leads_to_no_other_site(city: City) -> None:
    async with browser_of(city) as browser:
        browser.cookies.set("__Host-sign-in", "secret.%2F%2Fevil.example", domain="city.test", path="/")
        answer = await sign_in(city, browser, Role.OFFICER)
        assert answer.headers["location"] == "/en/desk"


async def test_a_browser_keeps_its_attempt_for_as_long_as_accounts_waits_for_it(city: City) -> None:
    asked = await city.http.post("/api/accounts/v1/sign-ins", json={"address": somebody(), "language": "en"})
    life = datetime.fromisoformat(asked.json()["expires_at"]) - clock.wall()
    page = await city.http.post("/en/sign-in", data={"address": somebody()})
    cookie = next(value for value in page.headers.get_list("set-cookie") if value.startswith("__Host-sign-in="))
    kept = timedelta(seconds=int(cookie.lower().split("max-age=")[1].split(";")[0]))
    assert abs(kept - life) < timedelta(seconds=5)


async def test_an_error_page_knows_who_is_signed_in_and_keeps_its_address_in_the_other_language(city: City) -> None:
    async with browser_of(city) as browser:
        await sign_in(city, browser, Role.OFFICER)
        for page, status in [("/en/nowhere", 404), ("/en/requests/R-1999-0001", 404), ("/en/ops", 403), ("/fr/requests?label=%00", 422)]:
            answer = await browser.get(page)
            assert answer.status_code == status
            lang, other = page[1:3], "fr" if page.startswith("/en") else "en"
            assert f'action="/{lang}/sign-out"' in answer.text and f'href="/{lang}/desk"' in answer.text
            assert f'href="/{other}{page[3:]}"' in answer.text
        await browser.post("/en/sign-out")
        assert "/sign-out" not in (await browser.get("/en/nowhere")).text
