"""Signing in through the whole house: the mail comes, and its link leads to the portal."""

from quartier.testing.app import City
from tests.accounts.house import BASE, House, somebody


async def test_the_mail_with_the_link_comes_and_signs_in(city: City) -> None:
    house, address = House(city), somebody()
    await house.meet(address, "fr")
    asked = await house.ask(address, "fr")
    await house.ask(somebody(), "fr")
    mail, = await city.mails()
    assert mail.to == address and mail.secret_path.startswith("/fr/l/")
    assert asked["code"] not in mail.text + mail.html and asked["browser_secret"] not in mail.text + mail.html
    opened = await house.open(mail.secret_path.rsplit("/", 1)[-1], browser_secret=asked["browser_secret"])
    assert opened.status_code == 200
    page = await house.page(opened.json()["session"])
    assert page.json()["person"]["language"] == "fr"


async def test_the_documents_of_accounts_are_served(city: City) -> None:
    document = (await city.http.get("/api/accounts/openapi.json")).json()
    assert {f"{BASE}/contacts", f"{BASE}/sign-ins", f"{BASE}/tokens"} <= set(document["paths"])
    assert (await city.http.get("/api/accounts/docs")).status_code == 200
