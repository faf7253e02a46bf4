"""The page behind the link that ends following: what it ends, that it has ended, and what one may want next."""

import pytest

from quartier.contracts.accounts import Role
from quartier.demo.player import Player
from quartier.testing.app import City, Mail
from tests.accounts.house import somebody
from tests.portal.test_ops import browser_of

WORDS = {"en": ("Stop following</h1>", "You follow it no more</h1>", "You do not follow this request</h1>"),
         "fr": ("Ne plus suivre</h1>", "Vous ne la suivez plus</h1>", "Vous ne suivez pas cette demande</h1>")}


async def told(city: City, lang: str) -> tuple[Mail, str]:
    """The mail to somebody who follows a request that has just moved, and the request's reference."""
    player, follower = Player(city.http, city.folder / "keys"), somebody()
    await player.employ(Role.OFFICER)
    request = await player.ask(somebody(), "en", "Trees <in> streets", "All of them.")
    ref = (await player.act(request, "triage.started", visibility="public"))["ref"]
    await city.quiet()
    await city.http.post(f"/{lang}/requests/{ref}/follow", data={"address": follower})
    await city.quiet()
    confirm = next(mail for mail in reversed(await city.mails()) if mail.to == follower)
    await city.http.post(confirm.secret_path)
    await player.act(request, "request.taken_up", motive={"en": "It is in work."})
    await city.quiet()
    return next(mail for mail in reversed(await city.mails()) if mail.to == follower), ref


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_a_used_link_says_that_it_is_done_and_what_one_may_want_next(city: City, lang: str) -> None:
    mail, ref = await told(city, lang)
    asks, done, was_done = WORDS[lang]
    async with browser_of(city) as browser:
        page = await browser.get(mail.secret_path)
        assert asks in page.text and ref in page.text and "Trees &lt;in&gt; streets" in page.text
        ended = await browser.post(mail.secret_path)
        again = await browser.get(mail.secret_path)
        for answer, title in ((ended, done), (again, was_done), (await browser.post(mail.secret_path), done)):
            assert answer.status_code == 200 and title in answer.text
            assert "<button" not in answer.text.split("<main", 1)[1].split("</main>")[0]
            assert f'href="/{lang}/requests/{ref}#follow"' in answer.text and ".atom" in answer.text
            assert answer.headers["referrer-policy"] == "no-referrer"
        assert 'id="follow"' in (await browser.get(f"/{lang}/requests/{ref}")).text


async def test_whoever_follows_again_can_stop_again_by_the_old_link(city: City) -> None:
    mail, ref = await told(city, "en")
    await city.http.post(mail.secret_path)
    await city.http.post(f"/en/requests/{ref}/follow", data={"address": mail.to})
    await city.quiet()
    confirm = next(one for one in reversed(await city.mails()) if one.to == mail.to)
    assert confirm.secret_path != mail.secret_path
    await city.http.post(confirm.secret_path)
    assert WORDS["en"][0] in (await city.http.get(mail.secret_path)).text


async def test_one_click_needs_no_browser_and_only_looking_ends_nothing(city: City) -> None:
    mail, _ = await told(city, "en")
    for _ in range(2):
        assert WORDS["en"][0] in (await city.http.get(mail.secret_path)).text
    for _ in range(2):
        answer = await city.http.post(mail.secret_path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200 and not answer.history
    assert WORDS["en"][2] in (await city.http.get(mail.secret_path)).text
