"""A request's whole way, clicked by its people in a real browser: with scripts, and without."""

import secrets

import pytest
from playwright.async_api import BrowserContext, Page, expect

from quartier.contracts.accounts import Role
from quartier.testing.app import City

TRIES = 8_000
"""Milliseconds that a page has to show what is expected of it: patience, not a promise about speed."""


def random_words(*words: str) -> str:
    return f"{secrets.choice(words)} {secrets.token_hex(3)} <b>é</b> & ‘co’"


async def newest_mail(city: City, to: str):
    await city.quiet()
    return [mail for mail in await city.mails() if mail.to == to][-1]


async def sign_in(context: BrowserContext, city: City, role: Role) -> Page:
    """A page of the desk, opened by the link in a mail."""
    address = f"{role}-{secrets.token_hex(4)}@example.org"
    granted = await city.http.post("/api/accounts/v1/grants", json={"address": address, "role": role}, headers=city.bearer(Role.OPERATOR))
    assert granted.status_code == 201
    page = await context.new_page()
    await page.goto(f"{city.url}/en/sign-in")
    await page.get_by_label("Your e-mail address").fill(address)
    await page.get_by_role("button", name="Send me the link").click()
    await expect(page.get_by_text("Open the link in this browser")).to_be_visible()
    await page.goto(city.url + (await newest_mail(city, address)).secret_path)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
    return page


async def act(page: Page, city: City, ref: str, title: str, **fields: str) -> None:
    """One act at the desk: its form, what will be read, and doing it."""
    await page.goto(f"{city.url}/en/desk/requests/{ref}")
    await page.get_by_role("link", name=title).click()
    for name, value in fields.items():
        box = page.locator(f'[name="{name.replace("__", ".")}"]')
        if await box.evaluate("element => element.tagName") == "SELECT":
            await box.select_option(value)
        else:
            await box.fill(value)
    await page.get_by_role("button", name="Show what will be read").click()
    await expect(page.get_by_text("Nothing has been done yet.")).to_be_visible()
    await page.get_by_role("button", name="Do it").click()
    await expect(page.get_by_text("It is public now")).to_be_visible()


@pytest.mark.parametrize("with_scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_request_travels_from_the_ask_to_the_published_dataset(make_city, browser, with_scripts):
    city: City = await make_city(served=True)
    address, title = f"ada-{secrets.token_hex(4)}@example.org", random_words("Trees", "Fountains", "Bicycle counts")
    faults: list[str] = []
    context = await browser.new_context(java_script_enabled=with_scripts, viewport={"width": 390, "height": 844})
    context.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page = await context.new_page()

    # She asks, and confirms by the link in her mail.
    await page.goto(f"{city.url}/")
    await page.get_by_role("link", name="Ask for data", exact=True).first.click()
    await page.get_by_label("Name the data in a few words").fill(title)
    await page.get_by_label("Describe it").fill("All of them, with their place.\n\nEvery year.")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("What question do you want to answer with it?").fill("Where is shade?")
    await page.get_by_role("button", name="Continue").click()
    await page.locator('[name="wish1_property"]').select_option("column")
    await page.locator('[name="wish1_wanted"]').fill("height")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text(title)).to_be_visible()
    await page.get_by_label("Your e-mail address").fill(address)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Look into your mailbox")).to_be_visible()
    confirmation = await newest_mail(city, address)
    await page.goto(city.url + confirmation.secret_path)
    await page.get_by_role("button", name="Send my request").click()
    ref = await page.locator(".qtr-receipt").get_by_text("R-20").inner_text()
    status_page = city.url + (await newest_mail(city, address)).secret_path

    # An officer gives it its first look and takes it up; the register shows it only then.
    await page.goto(f"{city.url}/en/requests")
    await expect(page.get_by_text(title)).to_have_count(0)
    staff = await browser.new_context(java_script_enabled=with_scripts, viewport={"width": 1280, "height": 900})
    officer = await sign_in(staff, city, Role.OFFICER)
    await act(officer, city, ref, "Record the first look", visibility="public")
    await page.goto(f"{city.url}/en/requests/{ref}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    await act(officer, city, ref, "Take the request up", motive__en="The parks team has it.", motive__fr="Les parcs les ont.")

    # The open page follows without a reload where scripts run; without them, by asking again.
    await _shows(city, page, "looking for the data", with_scripts)
    await act(officer, city, ref, "Promise a date", date="2027-03", precision="month")
    await _shows(city, page, "March 2027", with_scripts)

    # A dataset that claims the request goes out when somebody else approves it.
    slug = f"set-{secrets.token_hex(4)}"
    await officer.goto(f"{city.url}/en/desk/datasets/new")
    await officer.get_by_label("Short name").fill(slug)
    await officer.get_by_label("Title in English").fill("City trees")
    await officer.get_by_label("Description in English").fill("Every tree.")
    await officer.get_by_role("button", name="Enter it as a draft").click()
    await officer.get_by_label("Number").fill("1.0.0")
    await officer.get_by_label("What has changed, in English").fill("The first version.")
    await officer.locator('[name="format"]').fill("CSV")
    await officer.get_by_label("Where it lies").fill("https://data.city.example/trees.csv")
    await officer.get_by_label("Requests that it answers").fill(ref)
    await officer.locator('[name="columns"]').fill("height, girth")
    await officer.get_by_role("button", name="Prepare it").click()
    await expect(officer.get_by_text("It goes out when somebody else approves it.")).to_be_visible()
    await expect(officer.get_by_role("button", name="Approve and publish")).to_have_count(0)
    second = await browser.new_context(java_script_enabled=with_scripts)
    approver = await sign_in(second, city, Role.APPROVER)
    await approver.goto(f"{city.url}/en/desk/versions")
    await approver.get_by_role("button", name="Approve and publish").click()
    await expect(approver.get_by_role("heading", level=1)).to_have_text("City trees")

    # Everybody sees it: her page, the dashboard, the note; and she was told each time, once.
    await _shows(city, page, "published for the first time", with_scripts)
    await expect(page.locator("#wishes")).to_contain_text("Met")
    await page.goto(status_page)
    await expect(page.get_by_text("This is your own page")).to_be_visible()
    await city.quiet()
    await page.goto(f"{city.url}/en/dashboard")
    await expect(page.locator("#states")).to_contain_text("There is one request; 1 has ended.")
    await page.goto(f"{city.url}/en/notes")
    await page.get_by_role("link", name="Note").last.click()
    await expect(page.get_by_text(ref).first).to_be_visible()
    subjects = [mail.subject for mail in await city.mails() if mail.to == address]
    assert len(subjects) == len(set(subjects)) == 5
    assert not faults, faults


async def _shows(city: City, page: Page, words: str, with_scripts: bool) -> None:
    if not with_scripts:
        await city.quiet()
        await page.reload()
    await expect(page.locator("main")).to_contain_text(words, timeout=TRIES)


async def test_an_officer_who_signs_in_elsewhere_needs_the_code_of_the_first_browser(make_city, browser):
    city: City = await make_city(served=True)
    address = "officer@example.org"
    await city.http.post("/api/accounts/v1/grants", json={"address": address, "role": "officer"}, headers=city.bearer(Role.OPERATOR))
    here, there = await browser.new_context(), await browser.new_context()
    asking, other = await here.new_page(), await there.new_page()
    await asking.goto(f"{city.url}/en/sign-in")
    await asking.get_by_label("Your e-mail address").fill(address)
    await asking.get_by_role("button", name="Send me the link").click()
    code = await asking.locator("code").inner_text()
    await other.goto(city.url + (await newest_mail(city, address)).secret_path)
    await other.get_by_label("The code that the other browser shows").fill("WRONG000")
    await other.get_by_role("button", name="Sign in").click()
    await expect(other.get_by_role("alert").or_(other.locator(".qtr-error-summary")).first).to_be_visible()
    await other.get_by_label("The code that the other browser shows").fill(code)
    await other.get_by_role("button", name="Sign in").click()
    await expect(other.get_by_role("heading", level=1)).to_have_text("Desk")
