"""API tokens, the keys that sign, and lies that they do not believe."""

import asyncio
import base64
import json
from datetime import timedelta
from uuid import uuid4

import jwt
from sqlalchemy import func, update
from sqlmodel import select

from quartier import clock, keys
from quartier.auth import Signer
from quartier.contracts.accounts import Role
from quartier.settings import Settings
from quartier_accounts.people.model import Person
from quartier_accounts.tokens import commands
from quartier_accounts.tokens.model import ApiToken
from tests.accounts.house import House, read, slug, somebody


async def officer(house: House, *roles: str) -> tuple[str, str]:
    """Somebody on the staff: her address, and the token of the page that she looks at."""
    address = somebody()
    session = (await house.sign_in(address))["session"]
    for role in roles or ("officer",):
        await house.grant(address, role)
    return address, (await house.page(session)).json()["token"]


async def make(house: House, token: str, *roles: str, days: int = 30) -> str:
    answer = await house.call("POST", "/api-tokens", token=token, json={"name": "wiki", "roles": roles or ["officer"], "days": days})
    assert answer.status_code == 201, answer.text
    return answer.json()["api_token"]


async def test_a_token_is_shown_once_and_exchanged_for_one_of_a_minute(house: House) -> None:
    _, token = await officer(house)
    text = await make(house, token)
    kind, of, body, check = text.split("_")
    assert (kind, of, len(check)) == ("qt", "person", 6) and len(body) == 33 and body.isalnum()
    answer = await house.visit("/tokens", {"api_token": text})
    claims = read(answer.json()["token"])
    assert (claims["sub"], claims["roles"]) == (read(token)["sub"], ["officer"])
    assert (await house.call("GET", "/api-tokens", token=answer.json()["token"])).status_code == 200
    listed = await house.call("GET", "/api-tokens", token=token)
    item, = listed.json()["items"]
    assert text not in listed.text and text.startswith(item["prefix"]) and len(item["prefix"]) == 16
    assert item["name"] == "wiki" and item["last_used_at"] is not None


async def test_a_mistyped_token_is_refused_by_its_own_check_sum(house: House) -> None:
    _, token = await officer(house)
    text = await make(house, token)
    for wrong in (text[:-1], text[:-1] + ("A" if text[-1] != "A" else "B"), text[:15] + ("A" if text[15] != "A" else "B") + text[16:],
                  text.removeprefix("qt_"), text.replace("_", ""), "", "qt_person__", text + "x"):
        refused = await house.visit("/tokens", {"api_token": wrong})
        assert (refused.status_code, slug(refused)) == (401, "api-token-refused"), wrong
        assert "copy all of it" in refused.json()["detail"]
    assert await house.read_rows(select(ApiToken.last_used_at)) == [None]


async def test_a_token_of_another_city_is_refused(house: House) -> None:
    _, token = await officer(house)
    text = await make(house, token)
    async with house.city.runtime("accounts").database.transaction() as session:
        await session.delete((await session.exec(select(ApiToken))).one())
    assert (await house.visit("/tokens", {"api_token": text})).status_code == 401


async def test_a_token_runs_out_at_its_time(house: House) -> None:
    _, token = await officer(house)
    text = await make(house, token, days=365)
    expires_at, = await house.read_rows(select(ApiToken.expires_at))
    assert timedelta(days=364) < expires_at - clock.wall() <= timedelta(days=365)
    await house.change(update(ApiToken).values(expires_at=clock.wall()))
    refused = await house.visit("/tokens", {"api_token": text})
    assert refused.status_code == 401 and "ran out" in refused.json()["detail"]


async def test_a_revoked_token_opens_nothing(house: House) -> None:
    _, token = await officer(house)
    text = await make(house, token)
    id = (await house.call("GET", "/api-tokens", token=token)).json()["items"][0]["id"]
    for _ in range(2):
        assert (await house.call("DELETE", f"/api-tokens/{id}", token=token)).status_code == 204
    refused = await house.visit("/tokens", {"api_token": text})
    assert refused.status_code == 401 and "revoked" in refused.json()["detail"]


async def test_nobody_sees_or_revokes_the_tokens_of_others(house: House) -> None:
    _, hers = await officer(house)
    _, his = await officer(house, "operator")
    text = await make(house, hers)
    id = (await house.call("GET", "/api-tokens", token=hers)).json()["items"][0]["id"]
    assert (await house.call("GET", "/api-tokens", token=his)).json()["items"] == []
    assert (await house.call("DELETE", f"/api-tokens/{id}", token=his)).status_code == 404
    assert (await house.visit("/tokens", {"api_token": text})).status_code == 200


async def test_a_token_can_do_no_more_than_its_maker_when_made_and_when_used(house: House) -> None:
    address, token = await officer(house, "officer", "editor")
    beyond = await house.call("POST", "/api-tokens", token=token, json={"name": "x", "roles": ["officer", "approver"], "days": 1})
    assert (beyond.status_code, slug(beyond)) == (403, "roles-beyond-yours")
    text = await make(house, token, "officer", "editor")
    grants = (await house.call("GET", "/grants", token=house.city.token(Role.OPERATOR))).json()["items"]
    gone = next(grant["id"] for grant in grants if grant["role"] == "officer")
    await house.call("DELETE", f"/grants/{gone}", token=house.city.token(Role.OPERATOR))
    answer = await house.visit("/tokens", {"api_token": text})
    assert read(answer.json()["token"])["roles"] == ["editor"]


async def test_a_part_of_the_roles_may_be_given_to_a_token_and_it_cannot_give_itself_more(house: House) -> None:
    _, token = await officer(house, "officer", "operator")
    text = await make(house, token, "officer")
    narrow = (await house.visit("/tokens", {"api_token": text})).json()["token"]
    assert (await house.call("GET", "/grants", token=narrow)).status_code == 403
    wider = await house.call("POST", "/api-tokens", token=narrow, json={"name": "x", "roles": ["operator"], "days": 1})
    assert slug(wider) == "roles-beyond-yours"


async def test_a_token_without_name_role_or_end_is_not_made(house: House) -> None:
    _, token = await officer(house)
    good = {"name": "x", "roles": ["officer"], "days": 1}
    for change in ({"days": None}, {"days": 366}, {"days": 0}, {"roles": []}, {"roles": ["mayor"]}, {"name": ""}, {"name": "x" * 101},
                   {"person_id": str(uuid4())}):
        assert (await house.call("POST", "/api-tokens", token=token, json=good | change)).status_code == 422, change
    assert await house.read_rows(select(func.count()).select_from(ApiToken)) == [0]


async def test_residents_and_visitors_make_no_tokens(house: House) -> None:
    token = (await house.sign_in(somebody()))["token"]
    body = {"name": "x", "roles": ["resident"], "days": 1}
    assert (await house.call("POST", "/api-tokens", token=token, json=body)).status_code == 403
    assert (await house.call("POST", "/api-tokens", json=body)).status_code == 401


async def test_an_opaque_token_sent_to_a_service_is_answered_with_where_to_exchange_it(house: House) -> None:
    _, token = await officer(house)
    answer = await house.call("GET", "/api-tokens", token=await make(house, token))
    assert answer.status_code == 401 and "/api/accounts/v1/tokens" in answer.json()["detail"]


async def test_two_tokens_of_the_command_line_are_two_pairs_of_eyes(house: House) -> None:
    subjects = []
    for role in (Role.OFFICER, Role.APPROVER):
        async with house.city.runtime("accounts").unit_of_work() as uow:
            made = await commands.create_api_token(uow, None, "demo", [role], 1)
        claims = read((await house.visit("/tokens", {"api_token": made.text})).json()["token"])
        assert claims["roles"] == [role]
        subjects.append(claims["sub"])
    assert subjects[0] != subjects[1]


async def test_the_command_line_of_a_running_city_makes_a_token_for_somebody_new(house: House) -> None:
    installation = Signer(keys.load(Settings(folder=house.city.folder), "accounts")).sign(
        "00000000-0000-0000-0000-000000000000", roles=["operator", "officer"])
    text = await make(house, installation, "officer")
    claims = read((await house.visit("/tokens", {"api_token": text})).json()["token"])
    assert claims["roles"] == ["officer"]
    assert [str(id) for id in await house.read_rows(select(Person.id))] == [claims["sub"]]


async def test_everybody_can_check_our_signatures_by_the_published_keys(house: House) -> None:
    token = (await house.sign_in(somebody()))["token"]
    published = (await house.call("GET", "/jwks.json")).json()
    assert {entry["kid"] for entry in published["keys"]} >= {"accounts", "service:notify", "service:portal", "service:requests"}
    assert all("d" not in entry for entry in published["keys"])
    key = next(key for key in jwt.PyJWKSet.from_dict(published).keys if key.key_id == jwt.get_unverified_header(token)["kid"])
    assert key.key_id == "accounts"
    assert jwt.decode(token, key, algorithms=["EdDSA"], audience="quartier")["sub"]


def unsigned(claims: dict[str, object], header: dict[str, object]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return ".".join((*parts, ""))


async def test_a_service_cannot_sign_people(house: House) -> None:
    person = str(await house.meet(somebody()))
    notify = Signer(keys.load(Settings(folder=house.city.folder), "notify"))
    for lie in (notify.sign(person, roles=["operator"]), notify.sign("accounts", roles=["operator"]),
                notify.sign("service:portal", roles=["service"])):
        refused = await house.call("GET", "/grants", token=lie)
        assert refused.status_code == 401 and "only for itself" in refused.json()["detail"]
    for honest in (notify.as_service(), notify.sign("service:notify", roles=["operator"])):
        assert (await house.call("GET", "/grants", token=honest)).status_code == 403


async def test_tokens_that_nobody_of_ours_signed_are_refused(house: House) -> None:
    now = int(clock.wall().timestamp())
    claims = {"sub": str(uuid4()), "aud": "quartier", "iat": now, "exp": now + 60, "roles": ["operator"]}
    held = keys.load(Settings(folder=house.city.folder), "accounts")
    stranger = keys.Ed25519PrivateKey.generate()
    signer = Signer(held)
    lies = [
        jwt.encode(claims, stranger, algorithm="EdDSA", headers={"kid": "accounts"}),
        jwt.encode(claims, stranger, algorithm="EdDSA", headers={"kid": "mayor"}),
        jwt.encode(claims, stranger, algorithm="EdDSA"),
        jwt.encode(claims, "a secret of thirty-two letters or more", algorithm="HS256", headers={"kid": "accounts"}),
        unsigned(claims, {"alg": "none", "kid": "accounts"}),
        signer.sign(str(uuid4()), audience="another-city", roles=["operator"]),
        signer.sign(str(uuid4()), life=timedelta(seconds=-10), roles=["operator"]),
        signer.sign(str(uuid4()), roles=["operator"])[:-4] + "AAAA",
        "nonsense", "a.b.c",
    ]
    for lie in lies:
        assert (await house.call("GET", "/grants", token=lie)).status_code == 401, lie
    assert (await house.call("GET", "/grants", token=signer.sign(str(uuid4()), roles=["operator"]))).status_code == 200


async def test_a_token_that_was_good_before_is_refused_when_its_time_is_over(house: House) -> None:
    operator = house.city.token(Role.OPERATOR, life=timedelta(seconds=1))
    seen = set()
    async with asyncio.timeout(30):
        while 401 not in seen:
            seen.add((await house.call("GET", "/grants", token=operator)).status_code)
            await asyncio.sleep(0.1)
    assert seen == {200, 401}
