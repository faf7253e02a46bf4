"""Being signed in: how long it lasts, and how it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import func, update
from sqlmodel import select

from quartier import clock
from quartier.contracts.accounts import Role
from quartier_accounts.sessions.model import Session
from tests.accounts.house import House, read, slug, somebody

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def age(house: House, *, unused: timedelta = timedelta(), old: timedelta = timedelta()) -> None:
    """Let all sessions have been begun, and last used, that long ago."""
    await house.change(update(Session).values(created_at=clock.wall() - old, used_at=clock.wall() - unused))


async def test_the_portal_learns_who_it_is_and_enough_of_her_address_for_herself(house: House) -> None:
    address = somebody()
    signed_in = await house.sign_in(address, "fr")
    page = (await house.page(signed_in["session"])).json()
    assert page["person"] == {"id": read(signed_in["token"])["sub"], "roles": ["resident"], "language": "fr",
                              "address_hint": "a…@example.org"}
    claims = read(page["token"])
    assert claims["sub"] == page["person"]["id"] and claims["exp"] - claims["iat"] == 60


@pytest.mark.parametrize(("role", "idle", "at_most"), [
    (None, 7 * DAY, 30 * DAY), ("officer", HOUR, 12 * HOUR), ("operator", HOUR, 12 * HOUR)])
async def test_a_session_ends_when_unused_or_old_sooner_for_staff(
        house: House, role: str | None, idle: timedelta, at_most: timedelta) -> None:
    address, minute = somebody(), timedelta(minutes=1)
    session = (await house.sign_in(address))["session"]
    if role:
        await house.grant(address, role)
    await age(house, unused=idle - minute, old=at_most - minute)
    assert (await house.page(session)).status_code == 200
    await age(house, unused=idle, old=idle)
    assert slug(await house.page(session)) == "session-ended"
    await age(house, old=at_most)
    ended = await house.page(session)
    assert (ended.status_code, slug(ended)) == (401, "session-ended")


async def test_whoever_uses_a_session_keeps_it_alive(house: House) -> None:
    session = (await house.sign_in(somebody()))["session"]
    await age(house, unused=6 * DAY, old=6 * DAY)
    assert (await house.page(session)).status_code == 200
    noted, = await house.read_rows(select(Session.used_at))
    assert clock.wall() - noted < timedelta(minutes=1)


async def test_page_after_page_within_a_minute_is_not_a_write_each(house: House) -> None:
    session = (await house.sign_in(somebody()))["session"]
    before, = await house.read_rows(select(Session.used_at))
    for _ in range(3):
        await house.page(session)
    assert await house.read_rows(select(Session.used_at)) == [before]


async def test_a_new_role_shortens_the_life_of_a_session_that_runs(house: House) -> None:
    address = somebody()
    session = (await house.sign_in(address))["session"]
    await age(house, unused=2 * HOUR, old=2 * HOUR)
    await house.grant(address, "approver")
    assert slug(await house.page(session)) == "session-ended"


async def test_signing_out_ends_the_session_and_the_others_go_on(house: House) -> None:
    address = somebody()
    here, elsewhere = [(await house.sign_in(address))["session"] for _ in range(2)]
    token = (await house.page(here)).json()["token"]
    assert (await house.call("DELETE", "/sessions/current", token=token)).status_code == 204
    refused = await house.page(here)
    assert (refused.status_code, slug(refused)) == (401, "session-ended")
    assert (await house.page(elsewhere)).status_code == 200
    assert (await house.call("DELETE", "/sessions/current", token=token)).status_code == 204


async def test_the_token_that_comes_with_signing_in_can_sign_out(house: House) -> None:
    signed_in = await house.sign_in(somebody())
    assert (await house.call("DELETE", "/sessions/current", token=signed_in["token"])).status_code == 204
    assert (await house.page(signed_in["session"])).status_code == 401


async def test_a_token_that_no_session_made_has_nothing_to_sign_out_of(house: House) -> None:
    await house.sign_in(somebody())
    answer = await house.call("DELETE", "/sessions/current", token=house.city.token(Role.RESIDENT))
    assert answer.status_code == 409
    assert await house.read_rows(select(func.count()).select_from(Session).where(Session.ended_at.is_not(None))) == [0]


async def test_a_session_that_never_was_is_refused(house: House) -> None:
    for session in ("", "nonsense", "x" * 43):
        assert (await house.page(session)).status_code == 401


async def test_a_session_is_for_the_portal_alone(house: House) -> None:
    session = (await house.sign_in(somebody()))["session"]
    body = {"session": session}
    for token in (house.city.service_token("notify"), house.city.service_token("requests"), house.city.token(Role.OPERATOR)):
        assert (await house.call("POST", "/sessions/tokens", token=token, json=body)).status_code == 403
    assert (await house.call("POST", "/sessions/tokens", json=body)).status_code == 401
