"""The magic link: who gets one, which browser may use it, how often, and what strangers learn, which is nothing."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import event, func, update
from sqlmodel import select

from quartier import clock
from quartier.contracts.notices import NoticeOwed
from quartier.contracts.words import Language
from quartier_accounts.links.model import Link
from quartier_accounts.sessions.model import Session
from quartier_accounts.sign_ins import commands
from quartier_accounts.sign_ins.model import MAILS_AN_HOUR, MAX_TRIES, SignIn
from tests.accounts.house import House, read, slug, somebody, token_of

OWED = "org.quartier.notice.owed.v1"


async def begin(house: House) -> tuple[dict[str, Any], str]:
    """Somebody known has asked, and the mail with her link is there."""
    address = somebody()
    person = await house.meet(address)
    asked = await house.ask(address)
    return asked, await house.mailed(person, "sign-in", f"sign-in/{asked['sign_in_id']}")


async def sessions(house: House) -> int:
    return (await house.read_rows(select(func.count()).select_from(Session)))[0]


async def test_the_link_in_the_asking_browser_signs_in(either_house: House) -> None:
    house, address = either_house, somebody()
    person = await house.meet(address)
    signed_in = await house.sign_in(address)
    claims = read(signed_in["token"])
    assert (claims["sub"], claims["roles"], claims["aud"]) == (str(person), ["resident"], "quartier")
    assert "purpose" not in claims and 0 < claims["exp"] - claims["iat"] <= 60
    assert (await house.page(signed_in["session"])).json()["person"]["id"] == str(person)


async def test_one_notice_is_owed_to_whoever_has_the_address_and_it_carries_nothing_secret(house: House) -> None:
    address = somebody()
    person = await house.meet(address)
    asked = await house.ask(address.upper())
    record, = await house.events(OWED)
    owed = NoticeOwed.read(record.value)
    assert (str(owed.subject_id), owed.subject_kind, owed.person_id) == (asked["sign_in_id"], "sign-in", person)
    assert (owed.notice_class, owed.kinds) == ("security", ["sign-in"])
    for secret in (asked["browser_secret"], asked["code"], address.split("@")[0]):
        assert secret.encode() not in record.value
    letter = await house.call("GET", f"/notices/{owed.notice_id}/letter", token=house.city.service_token("notify"))
    assert letter.status_code == 200 and not any(letter.json().values())


async def statements_of_asking(house: House, address: str) -> list[str]:
    """What is said to the database while somebody asks, in her own transaction alone."""
    said: list[str] = []
    async with house.city.runtime("accounts").unit_of_work() as uow:
        connection = await uow.session.connection()
        event.listen(connection.sync_connection, "before_cursor_execute", lambda *call: said.append(call[2]))
        await commands.ask(uow, address, Language.EN)
    return said


async def test_an_unknown_address_gets_the_same_answer_by_the_same_work_and_no_mail(house: House) -> None:
    known = somebody()
    await house.meet(known)
    answers = [await house.visit("/sign-ins", {"address": address, "language": "en"}) for address in (known, somebody())]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json().keys() == answers[1].json().keys()
    assert {name: len(str(value)) for name, value in answers[0].json().items()} == {
        name: len(str(value)) for name, value in answers[1].json().items()}
    assert len(await house.events("org.quartier.sign-in.asked.v1")) == 2
    assert len(await house.events(OWED)) == 1
    work = await statements_of_asking(house, known)
    assert work == await statements_of_asking(house, somebody()) and len(work) >= 2


async def test_one_address_is_not_flooded_and_nobody_sees_where_it_stops(either_house: House) -> None:
    house, address = either_house, somebody()
    await house.meet(address)
    answers = await asyncio.gather(*(house.visit("/sign-ins", {"address": address, "language": "en"}) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {202}
    assert len(await house.events(OWED)) == MAILS_AN_HOUR
    await house.change(update(SignIn).values(asked_at=clock.wall() - timedelta(hours=2)))
    await house.ask(address)
    assert len(await house.events(OWED)) == MAILS_AN_HOUR + 1


async def test_a_scanner_that_opens_the_link_changes_nothing(house: House) -> None:
    asked, token = await begin(house)
    for _ in range(5):
        seen = await house.as_portal("GET", f"/links/{token}")
        assert seen.status_code == 200
    assert (seen.json()["purpose"], seen.json()["subject"]) == ("sign-in", f"sign-in/{asked['sign_in_id']}")
    assert await sessions(house) == 0
    assert (await house.open(token, browser_secret=asked["browser_secret"])).status_code == 200


async def test_the_page_can_ask_whether_this_browser_will_need_the_code(house: House) -> None:
    asked, token = await begin(house)
    for secret, needed in ((asked["browser_secret"], False), ("another", True), (None, None)):
        headers = {"browser-secret": secret} if secret else {}
        assert (await house.as_portal("GET", f"/links/{token}", headers=headers)).json()["needs_code"] is needed


async def test_a_link_signs_in_once(house: House) -> None:
    asked, token = await begin(house)
    assert (await house.open(token, browser_secret=asked["browser_secret"])).status_code == 200
    again = await house.open(token, browser_secret=asked["browser_secret"])
    assert (again.status_code, slug(again), again.json()["purpose"]) == (410, "link-used", "sign-in")
    seen = await house.as_portal("GET", f"/links/{token}")
    assert (seen.status_code, slug(seen)) == (410, "link-used")
    assert await sessions(house) == 1


async def test_of_fifty_at_once_one_is_let_in(either_house: House) -> None:
    house = either_house
    asked, token = await begin(house)
    answers = await asyncio.gather(*(house.open(token, browser_secret=asked["browser_secret"]) for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 410: 49}
    assert {answer.json()["purpose"] for answer in answers if answer.status_code == 410} == {"sign-in"}
    assert await sessions(house) == 1


async def test_a_mail_sent_again_brings_another_link_to_the_same_one_attempt(house: House) -> None:
    address = somebody()
    person = await house.meet(address)
    asked = await house.ask(address)
    first, second = [await house.mailed(person, "sign-in", f"sign-in/{asked['sign_in_id']}") for _ in range(2)]
    assert first != second
    assert (await house.open(first, browser_secret=asked["browser_secret"])).status_code == 200
    assert slug(await house.open(second, browser_secret=asked["browser_secret"])) == "link-used"


async def test_a_link_runs_out_after_ten_minutes(house: House) -> None:
    asked, token = await begin(house)
    link, = await house.read_rows(select(Link))
    assert timedelta(minutes=9) < link.expires_at - clock.wall() <= timedelta(minutes=10)
    await house.change(update(Link).values(expires_at=clock.wall()))
    for answer in (await house.as_portal("GET", f"/links/{token}"), await house.open(token, browser_secret=asked["browser_secret"])):
        assert (answer.status_code, slug(answer)) == (410, "link-expired")
        assert (answer.json()["purpose"], answer.json()["language"]) == ("sign-in", "en")
    assert await sessions(house) == 0


async def test_business_time_ages_no_link(house: House) -> None:
    asked, token = await begin(house)
    house.city.move_clock(by=timedelta(days=400))
    assert (await house.open(token, browser_secret=asked["browser_secret"])).status_code == 200


async def test_one_byte_changed_leads_nowhere(house: House) -> None:
    asked, token = await begin(house)
    for place in (0, 20, len(token) - 2):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1:]
        assert (await house.as_portal("GET", f"/links/{changed}")).status_code == 404
        assert (await house.open(changed, browser_secret=asked["browser_secret"])).status_code == 404
    assert (await house.as_portal("GET", f"/links/{'x' * 201}")).status_code == 422


async def test_another_browser_needs_the_code_that_the_first_one_shows(house: House) -> None:
    asked, token = await begin(house)
    for body in ({}, {"browser_secret": "another"}, {"browser_secret": None, "code": ""}):
        assert slug(await house.open(token, **body)) == "code-needed"
    typed = f" {asked['code'][:4].lower()}-{asked['code'][4:].replace('0', 'O').replace('1', 'l')}"
    assert (await house.open(token, code=typed)).status_code == 200


async def test_after_five_wrong_codes_the_right_one_is_wrong_too(either_house: House) -> None:
    house = either_house
    asked, token = await begin(house)
    for tries_left in reversed(range(MAX_TRIES)):
        wrong = await house.open(token, code="ZZZZZZZZ")
        assert (wrong.status_code, slug(wrong), wrong.json()["tries_left"]) == (403, "code-wrong", tries_left)
    for body in ({"code": asked["code"]}, {"browser_secret": asked["browser_secret"]}):
        dead = await house.open(token, **body)
        assert (dead.status_code, slug(dead)) == (410, "code-spent")
    assert await sessions(house) == 0


async def test_codes_guessed_all_at_once_are_five_guesses(either_house: House) -> None:
    house = either_house
    _, token = await begin(house)
    answers = await asyncio.gather(*(house.open(token, code=f"ZZZZZZZ{number % 10}") for number in range(40)))
    assert Counter(slug(answer) for answer in answers) == {"code-wrong": MAX_TRIES, "code-spent": 40 - MAX_TRIES}


async def test_the_code_of_one_attempt_opens_no_other(house: House) -> None:
    asked, _ = await begin(house)
    _, token = await begin(house)
    assert slug(await house.open(token, code=asked["code"])) == "code-wrong"
    assert slug(await house.open(token, browser_secret=asked["browser_secret"])) == "code-needed"


async def test_the_mail_and_what_follows_are_in_the_language_of_the_page(house: House) -> None:
    address = somebody()
    person = await house.meet(address, "en")
    asked = await house.ask(address, "fr")
    resolved = await house.resolve(person, "sign-in", f"sign-in/{asked['sign_in_id']}")
    assert resolved["language"] == "fr" and "/fr/l/" in resolved["link"]
    answer = await house.open(token_of(resolved), browser_secret=asked["browser_secret"])
    assert (await house.page(answer.json()["session"])).json()["person"]["language"] == "fr"


async def test_nobody_gets_a_link_to_another_persons_attempt(house: House) -> None:
    address = somebody()
    await house.meet(address)
    other = await house.meet(somebody())
    asked = await house.ask(address)
    for subject in (f"sign-in/{asked['sign_in_id']}", "sign-in/nonsense", "request/x"):
        assert (await house.resolve(other, "sign-in", subject))["link"] is None


async def test_an_exchange_of_another_shape_is_refused_and_costs_no_try(house: House) -> None:
    _, token = await begin(house)
    bodies: list[Any] = [
        {"code": 12345678}, {"browser_secret": ["a"]}, {"code": "x" * 41}, {"browser_secret": "x" * 201}, {"codes": "x"}, [], "x"]
    for body in bodies:
        answer = await house.as_portal("POST", f"/links/{token}/exchanges", json=body)
        assert answer.status_code == 422, body
    assert await house.read_rows(select(SignIn.tries)) == [0]
