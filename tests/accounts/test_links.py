"""Secret links that open one subject for one purpose: confirm, status, unsubscribe."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, update
from sqlmodel import select

from quartier import clock
from quartier.auth import Verifier
from quartier.contracts.accounts import Role
from quartier_accounts.links.model import Link
from quartier_accounts.people.model import Identifier
from tests.accounts.house import House, read, slug, somebody, token_of

LIVES = {"confirm": timedelta(hours=72), "status": timedelta(days=400), "unsubscribe": timedelta(days=400)}


@pytest.mark.parametrize("purpose", LIVES)
async def test_a_link_opens_its_one_subject_for_its_one_purpose_again_and_again(house: House, purpose: str) -> None:
    person = await house.meet(somebody())
    subject = f"request/{uuid4()}"
    token = await house.mailed(person, purpose, subject)
    for _ in range(3):
        seen = (await house.as_portal("GET", f"/links/{token}")).json()
        assert (seen["purpose"], seen["subject"], seen["language"], seen["needs_code"]) == (purpose, subject, "en", False)
        opened = await house.open(token)
        assert opened.status_code == 200 and opened.json()["session"] is None
    actor = Verifier(house.city.runtime("accounts").keys).actor(opened.json()["token"])
    assert (actor.subject, actor.purpose, actor.scope, actor.roles) == (person, purpose, subject, frozenset())


@pytest.mark.parametrize(("purpose", "life"), LIVES.items())
async def test_a_link_lives_as_long_as_its_purpose_asks(house: House, purpose: str, life: timedelta) -> None:
    person = await house.meet(somebody())
    token = await house.mailed(person, purpose, "request/x")
    expires_at, = await house.read_rows(select(Link.expires_at))
    assert life - timedelta(minutes=1) < expires_at - clock.wall() <= life
    await house.change(update(Link).values(expires_at=clock.wall()))
    for answer in (await house.as_portal("GET", f"/links/{token}"), await house.open(token)):
        assert (answer.status_code, slug(answer)) == (410, "link-expired")
        assert (answer.json()["purpose"], answer.json()["subject"]) == (purpose, "request/x")


async def test_the_link_of_an_officers_own_request_carries_none_of_her_roles(house: House) -> None:
    address = somebody()
    await house.grant(address, "officer")
    person = await house.meet(address)
    opened = await house.open(await house.mailed(person, "status", "request/x"))
    assert read(opened.json()["token"])["roles"] == []
    assert (await house.call("GET", "/api-tokens", token=opened.json()["token"])).status_code == 403


async def test_each_mail_has_a_link_of_its_own_and_the_earlier_ones_stay_good(house: House) -> None:
    person = await house.meet(somebody())
    tokens = [await house.mailed(person, "status", "request/x") for _ in range(3)]
    assert len(set(tokens)) == 3
    assert [(await house.open(token)).status_code for token in tokens] == [200, 200, 200]


async def test_links_point_at_the_portal_in_the_readers_language(house: House) -> None:
    address = somebody()
    resolved = await house.resolve(await house.meet(address, "fr"), "confirm", "request/x")
    assert resolved["link"].startswith("https://city.test/fr/l/") and resolved["address"] == address
    assert len(token_of(resolved)) >= 43


async def test_notify_resolves_many_at_once_in_the_order_in_which_it_asked(house: House) -> None:
    addresses = [somebody() for _ in range(3)]
    people = [await house.meet(address) for address in addresses]
    stranger = uuid4()
    wanted = [{"person_id": str(person), "purpose": "none", "subject": "request/x"} for person in (*people, stranger, *people)]
    answer = await house.call("POST", "/resolutions", token=house.city.service_token("notify"), json=wanted)
    assert [item["address"] for item in answer.json()] == [*addresses, None, *addresses]
    unknown = answer.json()[3]
    assert (unknown["person_id"], unknown["link"]) == (str(stranger), None)


async def test_resolutions_of_another_shape_are_refused(house: House) -> None:
    good = {"person_id": str(uuid4()), "purpose": "status", "subject": "request/x"}
    for body in ([good] * 201, {}, [{}], [7], [good | {"person_id": "nobody"}], [good | {"purpose": "everything"}],
                 [good | {"subject": "x" * 101}], [good | {"address": "ada@example.org"}]):
        answer = await house.call("POST", "/resolutions", token=house.city.service_token("notify"), json=body)
        assert answer.status_code == 422, body
    assert (await house.resolve(good["person_id"], "status", "request/x"))["address"] is None


async def test_a_link_that_comes_back_proves_that_the_mailbox_is_read(house: House) -> None:
    person = await house.meet(somebody())
    token = await house.mailed(person, "confirm", "request/x")
    await house.as_portal("GET", f"/links/{token}")
    assert await house.read_rows(select(Identifier.verified_at)) == [None]
    await house.open(token)
    first, = await house.read_rows(select(Identifier.verified_at))
    assert first is not None
    await house.open(token)
    assert await house.read_rows(select(Identifier.verified_at)) == [first]


async def test_addresses_are_for_notify_alone_and_links_for_the_portal(house: House) -> None:
    person = await house.meet(somebody())
    token = await house.mailed(person, "status", "request/x")
    wanted = [{"person_id": str(person), "purpose": "status", "subject": "request/x"}]
    calls = [("POST", "/resolutions", {"json": wanted}, "notify"), ("GET", f"/notices/{uuid4()}/letter", {}, "notify"),
             ("GET", f"/links/{token}", {}, "portal"), ("POST", f"/links/{token}/exchanges", {"json": {}}, "portal")]
    others = {service: house.city.service_token(service) for service in ("notify", "portal", "requests", "publications")}
    for method, path, more, service in calls:
        assert (await house.call(method, path, **more)).status_code == 401
        assert (await house.call(method, path, token=house.city.token(Role.OPERATOR, Role.OFFICER), **more)).status_code == 403
        for other, its_token in others.items():
            if other != service:
                assert (await house.call(method, path, token=its_token, **more)).status_code == 403, (other, path)
    assert await house.read_rows(select(func.count()).select_from(Link)) == [1]


async def test_a_letter_that_accounts_does_not_owe_is_not_there(house: House) -> None:
    answer = await house.call("GET", f"/notices/{uuid4()}/letter", token=house.city.service_token("notify"))
    assert answer.status_code == 404
