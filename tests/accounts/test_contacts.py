"""Giving an address, and staying one person."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from quartier.auth import Verifier, open_ticket
from quartier_accounts.people.model import CONTACTS_AN_HOUR, Identifier, Person
from tests.accounts.house import House, read, slug, somebody


async def test_a_ticket_names_the_person_and_not_her_address(house: House) -> None:
    address = somebody()
    answer = await house.visit("/contacts", {"address": address, "language": "fr"})
    assert answer.status_code == 201
    ticket = open_ticket(Verifier(house.city.runtime("accounts").keys), answer.json()["contact_ticket"])
    assert ticket.language == "fr"
    resolved = await house.resolve(ticket.person_id, "none", "request/x")
    assert (resolved["address"], resolved["language"], resolved["link"]) == (address, "fr", None)
    assert address not in answer.text and address.split("@")[0] not in str(read(answer.json()["contact_ticket"]))


async def test_a_ticket_is_good_for_nothing_but_contacting(house: House) -> None:
    ticket = (await house.visit("/contacts", {"address": somebody(), "language": "en"})).json()["contact_ticket"]
    assert (await house.call("GET", "/api-tokens", token=ticket)).status_code == 401


async def test_fifty_at_once_with_one_new_address_are_one_person(either_house: House) -> None:
    house, address = either_house, somebody()
    ways = [address, address.upper(), f" {address}"]
    answers = await asyncio.gather(*(
        house.visit("/contacts", {"address": ways[number % 3], "language": "en"}) for number in range(50)))
    assert Counter(answer.status_code for answer in answers) == {201: CONTACTS_AN_HOUR, 429: 50 - CONTACTS_AN_HOUR}
    assert len({read(answer.json()["contact_ticket"])["sub"] for answer in answers if answer.status_code == 201}) == 1
    assert await house.read_rows(select(func.count()).select_from(Identifier)) == [1]
    assert await house.read_rows(select(func.count()).select_from(Person)) == [1]


async def test_an_address_given_too_often_is_refused_for_a_while_known_or_not(house: House) -> None:
    address = somebody()
    for _ in range(CONTACTS_AN_HOUR):
        await house.meet(address)
    refused = await house.visit("/contacts", {"address": address, "language": "en"})
    assert (refused.status_code, slug(refused), refused.headers["retry-after"]) == (429, "too-many-contacts", "3600")
    assert (await house.visit("/contacts", {"address": somebody(), "language": "en"})).status_code == 201


async def test_a_person_is_written_to_in_the_language_of_the_form_that_she_filled_in_last(house: House) -> None:
    address = somebody()
    person = await house.meet(address, "en")
    assert await house.meet(address, "fr") == person
    assert (await house.resolve(person, "none", "request/x"))["language"] == "fr"


async def test_the_id_of_a_person_does_not_tell_since_when_she_is_known(house: House) -> None:
    assert (await house.meet(somebody())).version == 4


@pytest.mark.parametrize("path", ["/contacts", "/sign-ins"])
async def test_what_is_not_one_address_is_refused_where_it_was_typed(house: House, path: str) -> None:
    for address in ("ada@example.org, bob@example.org", "ada@example.org\r\nBcc: bob@example.org", "Ada <ada@example.org>", "ada", "",
                    "a" * 400, "a" * 2001, "ada@example.org\u2028Bcc: bob@example.org"):
        answer = await house.visit(path, {"address": address, "language": "en"})
        assert answer.status_code == 422, address
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/address"]


@pytest.mark.parametrize("path", ["/contacts", "/sign-ins"])
async def test_a_body_of_another_shape_is_refused(house: House, path: str) -> None:
    bodies: list[Any] = [
        {}, [], "ada@example.org", {"address": "ada@example.org"}, {"address": 7, "language": "en"},
        {"address": "ada@example.org", "language": "de"}, {"address": ["ada@example.org", "bob@example.org"], "language": "en"},
        {"address": "ada@example.org", "language": "en", "role": "operator"}]
    for body in bodies:
        answer = await house.visit(path, body)
        assert answer.status_code == 422 and answer.json()["errors"], body
    assert await house.read_rows(select(func.count()).select_from(Person)) == [0]


async def test_what_is_wrong_with_an_address_is_said_in_the_readers_language(house: House) -> None:
    for bad, english, french in (("ada", "Give one", "Donnez une seule"), ("ada@localhost", "The part after", "Ce qui suit"),
                                 (".ada@example.org", "The part before", "Ce qui précède"), ("a" * 400, "An e-mail", "Une adresse"),
                                 ("é@example.org", "Mail servers", "Les serveurs"), ("a b@example.org", "An e-mail", "Une adresse")):
        for lang, sentence in (("en", english), ("fr", french)):
            answer = await house.call("POST", "/contacts", json={"address": bad, "language": lang}, headers={"accept-language": lang})
            error, = answer.json()["errors"]
            assert error["detail"].startswith(sentence), (bad, error)
