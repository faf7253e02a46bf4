"""What lies on the disk: no address, no secret; and what is over goes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import func, update
from sqlmodel import select

from quartier import clock, keys, telemetry
from quartier.client import Client
from quartier.settings import Settings
from quartier_accounts.clearing import clear
from quartier_accounts.links.model import Link
from quartier_accounts.people.model import Contact, Identifier, Person, RoleGrant
from quartier_accounts.sessions.model import Session
from quartier_accounts.sign_ins.model import SignIn
from quartier_accounts.vault import vault_of
from tests.accounts.house import House, somebody


async def test_neither_addresses_nor_secrets_lie_in_any_file_of_the_city(house: House) -> None:
    address = somebody()
    person = await house.meet(address)
    await house.grant(address, "officer")
    asked = await house.ask(address)
    link = await house.mailed(person, "sign-in", f"sign-in/{asked['sign_in_id']}")
    signed_in = (await house.open(link, browser_secret=asked["browser_secret"])).json()
    page = (await house.page(signed_in["session"])).json()
    made = await house.call("POST", "/api-tokens", token=page["token"], json={"name": "wiki", "roles": ["officer"], "days": 1})
    await house.city.quiet()
    secrets = {"address": address, "name": address.split("@")[0], "link": link, "session": signed_in["session"], "code": asked["code"],
               "browser": asked["browser_secret"], "api token": made.json()["api_token"], "token": page["token"]}
    files = [path for path in house.city.folder.rglob("*") if path.is_file()]
    assert any(path.name.startswith("accounts.db") for path in files)
    stored = b"".join(path.read_bytes() for path in files)
    assert person.bytes.hex().encode() in stored or str(person).encode() in stored, "the search would find what is there"
    assert {name for name, secret in secrets.items() if secret.encode().lower() in stored.lower()} == set()


async def test_a_sealed_address_opens_for_its_own_person_alone(house: House) -> None:
    address = somebody()
    person = await house.meet(address)
    vault = vault_of(house.city.runtime("accounts").settings)
    sealed, = await house.read_rows(select(Identifier.sealed))
    assert vault.open(sealed, person) == address
    with pytest.raises(InvalidTag):
        vault.open(sealed, uuid4())
    with pytest.raises(InvalidTag):
        vault.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), person)
    assert vault.seal(address, person) != vault.seal(address, person)


async def test_another_city_digests_the_same_address_differently(house: House, make_city: object) -> None:
    other = House(await make_city(services=["accounts"]))
    vaults = [vault_of(each.city.runtime("accounts").settings) for each in (house, other)]
    assert vaults[0].digest("address", "ada@example.org") != vaults[1].digest("address", "ada@example.org")
    assert vaults[0].digest("address", "x") != vaults[0].digest("code", "x")


async def test_what_has_long_run_out_is_forgotten_and_the_rest_stays(house: House) -> None:
    address = somebody()
    person = await house.meet(address)
    await house.sign_in(address)
    await house.grant(address, "editor")
    kept = await house.mailed(person, "status", "request/x")
    month, day = timedelta(days=31), timedelta(days=1)
    await house.change(update(Link).where(Link.purpose == "sign-in").values(expires_at=clock.wall() - month))
    await house.change(update(SignIn).values(expires_at=clock.wall() - month))
    await house.change(update(Session).values(used_at=clock.wall() - 8 * day))
    await house.change(update(Contact).values(given_at=clock.wall() - 2 * day))
    async with house.city.runtime("accounts").unit_of_work() as uow:
        assert await clear(uow) == 5
    left = {model: (await house.read_rows(select(func.count()).select_from(model)))[0]
            for model in (Person, Identifier, RoleGrant, Link, SignIn, Session, Contact)}
    assert left == {Person: 1, Identifier: 1, RoleGrant: 1, Link: 1, SignIn: 0, Session: 0, Contact: 0}
    assert (await house.open(kept)).status_code == 200


async def test_nothing_is_forgotten_before_its_time(house: House) -> None:
    await house.sign_in(somebody())
    await house.change(update(Link).values(expires_at=clock.wall() - timedelta(days=29)))
    await house.change(update(SignIn).values(expires_at=clock.wall() - timedelta(days=29)))
    async with house.city.runtime("accounts").unit_of_work() as uow:
        assert await clear(uow) == 0


async def test_an_old_link_of_a_forgotten_attempt_leads_nowhere(house: House) -> None:
    address = somebody()
    person = await house.meet(address)
    asked = await house.ask(address)
    token = await house.mailed(person, "sign-in", f"sign-in/{asked['sign_in_id']}")
    async with house.city.runtime("accounts").database.transaction() as session:
        await session.delete((await session.exec(select(SignIn))).one())
    assert (await house.as_portal("GET", f"/links/{token}")).status_code == 404
    assert (await house.open(token, browser_secret=asked["browser_secret"])).status_code == 404


def test_replicas_that_open_the_vault_at_once_hold_the_same_keys(tmp_path: Path) -> None:
    keys.create(tmp_path, ["accounts"])
    replicas = [keys.load(Settings(keys=tmp_path), "accounts") for _ in range(8)]
    for number in range(20):
        start = Barrier(len(replicas))

        def open_vault(held: keys.ServiceKeys, start: Barrier = start, name: str = f"secret-{number}") -> bytes:
            start.wait()
            return held.secret(name)

        with ThreadPoolExecutor(len(replicas)) as threads:
            made = set(threads.map(open_vault, replicas))
        assert len(made) == 1 and len(made.pop()) == 32
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("*.secret")} == {0}


async def test_no_trace_keeps_the_token_of_a_secret_link(house: House) -> None:
    spans = InMemorySpanExporter()
    telemetry.start("test", processor=SimpleSpanProcessor(spans))
    try:
        token = await house.mailed(await house.meet(somebody()), "status", "request/x")
        await house.as_portal("GET", f"/links/{token}")
        await house.city.http.get(f"/en/l/{token}")
        portal = Client("portal", urls={}, app=house.city.app, as_service=lambda: house.city.service_token("portal"))
        assert (await portal.post("accounts", f"/links/{token}/exchanges", json={})).status_code == 200
        await portal.stop()
    finally:
        telemetry.stop()
    told = "\n".join(span.to_json() for span in spans.get_finished_spans())
    assert "/links/" in told and "/en/l/" in told and token not in told
