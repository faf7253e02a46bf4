"""Roles: who gives them, and from when to when they count."""

import asyncio
from datetime import timedelta

from sqlalchemy import func, update
from sqlmodel import select

from quartier import clock
from quartier.contracts.accounts import Role
from quartier_accounts.people import commands
from quartier_accounts.people.model import RoleGrant
from tests.accounts.house import House, read, slug, somebody


async def roles_seen(house: House, session: str) -> list[str]:
    return (await house.page(session)).json()["person"]["roles"]


async def test_a_role_counts_from_the_next_token_on_until_it_is_taken_back(house: House) -> None:
    address = somebody()
    session = (await house.sign_in(address))["session"]
    assert await roles_seen(house, session) == ["resident"]
    given = await house.grant(address, "officer")
    assert given.status_code == 201
    page = (await house.page(session)).json()
    assert page["person"]["roles"] == read(page["token"])["roles"] == ["officer", "resident"]
    ended = await house.call("DELETE", f"/grants/{given.json()['id']}", token=house.city.token(Role.OPERATOR))
    assert ended.status_code == 204
    assert await roles_seen(house, session) == ["resident"]


async def test_a_role_ends_of_itself_at_its_time(house: House) -> None:
    address = somebody()
    session = (await house.sign_in(address))["session"]
    await house.grant(address, "editor", expires_at=(clock.wall() + timedelta(hours=1)).isoformat())
    assert await roles_seen(house, session) == ["editor", "resident"]
    await house.change(update(RoleGrant).values(expires_at=clock.wall()))
    assert await roles_seen(house, session) == ["resident"]


async def test_a_role_given_twice_at_once_is_one_grant(either_house: House) -> None:
    house, address = either_house, somebody()
    answers = await asyncio.gather(*(house.grant(address, "approver") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await house.read_rows(select(func.count()).select_from(RoleGrant)) == [1]


async def test_who_could_do_what_stays_known_after_a_role_was_taken_back(house: House) -> None:
    address, operator = somebody(), house.city.token(Role.OPERATOR)
    first = (await house.grant(address, "officer")).json()
    await house.call("DELETE", f"/grants/{first['id']}", token=operator)
    again = await house.call("DELETE", f"/grants/{first['id']}", token=operator)
    assert again.status_code == 204
    second = (await house.grant(address, "officer")).json()
    assert second["id"] != first["id"]
    ended, = await house.read_rows(select(RoleGrant).where(RoleGrant.ended_at.is_not(None)))
    assert (str(ended.id), ended.ended_by) == (first["id"], house.city.people[Role.OPERATOR])
    listed = (await house.call("GET", "/grants", token=operator)).json()
    assert [(item["id"], item["role"]) for item in listed["items"]] == [(second["id"], "officer")]


async def test_the_list_of_grants_comes_in_pages_and_shows_no_address(house: House) -> None:
    addresses = [somebody() for _ in range(5)]
    for address in addresses:
        await house.grant(address, "officer")
    seen, cursor = [], {}
    while True:
        answer = await house.call("GET", "/grants", token=house.city.token(Role.OPERATOR), params={"limit": 2} | cursor)
        seen += answer.json()["items"]
        assert not any(address in answer.text for address in addresses)
        if answer.json()["next"] is None:
            break
        cursor = {"cursor": answer.json()["next"]}
    assert len({item["id"] for item in seen}) == 5 == len(seen)
    assert {item["address_hint"] for item in seen} == {"a…@example.org"}


async def test_roles_that_come_of_themselves_are_given_by_nobody(house: House) -> None:
    for role in ("visitor", "resident", "service"):
        answer = await house.grant(somebody(), role)
        assert (answer.status_code, slug(answer)) == (422, "role-not-grantable")


async def test_only_an_operator_gives_roles(house: House) -> None:
    body = {"address": somebody(), "role": "operator"}
    for method, path, more in [("POST", "/grants", {"json": body}), ("GET", "/grants", {}),
                               ("DELETE", "/grants/0190f5a0-0000-7000-8000-000000000000", {})]:
        for roles in ([], [Role.OFFICER], [Role.APPROVER], [Role.EDITOR]):
            assert (await house.call(method, path, token=house.city.token(*roles), **more)).status_code == 403, (path, roles)
        assert (await house.call(method, path, **more)).status_code == 401
    assert await house.read_rows(select(func.count()).select_from(RoleGrant)) == [0]


async def test_the_command_line_makes_the_first_operator(house: House) -> None:
    address = somebody()
    session = (await house.sign_in(address))["session"]
    async with house.city.runtime("accounts").unit_of_work() as uow:
        given = await commands.grant(uow, address, Role.OPERATOR)
    assert given.granted_by is None
    token = (await house.page(session)).json()["token"]
    assert (await house.call("GET", "/grants", token=token)).json()["items"][0]["granted_by"] is None


async def test_taking_back_what_was_never_given_finds_nothing(house: House) -> None:
    answer = await house.call("DELETE", "/grants/0190f5a0-0000-7000-8000-000000000000", token=house.city.token(Role.OPERATOR))
    assert answer.status_code == 404
