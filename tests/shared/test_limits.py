"""One caller does not get in everybody's way: what needs no account may be done so often an hour from one place."""

from pathlib import Path

import httpx
import pytest
import yaml
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from quartier import ids
from quartier.contracts.accounts import Role
from quartier.testing.app import City
from tests.accounts.house import somebody

MOST = 3
SIGN_INS, CONTACTS = "/api/accounts/v1/sign-ins", "/api/accounts/v1/contacts"


@pytest.fixture
async def city(make_city) -> City:
    """A city with little patience."""
    made: City = await make_city(open_acts_an_hour=MOST)
    return made


def visitor(city: City, address: str) -> httpx.AsyncClient:
    """The doors of the city, used from that network address."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(city.app, client=(address, 4711)), base_url=city.url, timeout=30)


async def ask(http: httpx.AsyncClient, path: str = SIGN_INS, **headers: str) -> httpx.Response:
    """Somebody does something that needs no account."""
    return await http.post(path, json={"address": somebody(), "language": "en"}, headers=headers)


async def test_after_so_many_times_from_one_place_the_next_is_told_when_to_come_again(city: City):
    async with visitor(city, "203.0.113.7") as here, visitor(city, "203.0.113.99") as neighbour, visitor(city, "198.51.100.7") as elsewhere:
        assert [(await ask(here)).status_code for _ in range(MOST)] == [202] * MOST
        for too_many in (await ask(here), await ask(neighbour)):
            assert too_many.status_code == 429
            assert too_many.headers["content-type"] == "application/problem+json"
            assert too_many.json()["type"].endswith("/problems/too-many")
            assert 3000 < int(too_many.headers["retry-after"]) <= 3601
        assert (await ask(elsewhere)).status_code == 202
        assert (await ask(here, CONTACTS)).status_code == 201
        assert (await here.get("/api/requests/v1/requests")).status_code == 200


async def test_a_household_with_a_whole_network_of_new_addresses_is_one_place(city: City):
    answers = []
    for number in range(MOST + 1):
        async with visitor(city, f"2001:db8:1:2::{number:x}") as here:
            answers.append((await ask(here)).status_code)
    assert answers == [202] * MOST + [429]


async def test_people_who_are_signed_in_are_counted_each_for_herself_and_staff_not_at_all(city: City):
    async with visitor(city, "203.0.113.7") as here:
        for _ in range(2):
            bearer = {"authorization": f"Bearer {city.token(person=ids.new_id())}"}
            assert [(await ask(here, CONTACTS, **bearer)).status_code for _ in range(MOST + 1)] == [201] * MOST + [429]
        officer = {"authorization": f"Bearer {city.token(Role.OFFICER)}"}
        assert [(await ask(here, CONTACTS, **officer)).status_code for _ in range(MOST + 1)] == [201] * (MOST + 1)


@pytest.mark.parametrize("path", ["/api/requests/v1/requests", "/api/notify/v1/subscriptions",
                                  "/api/requests/v1/requests/0190a5a0-0000-7000-8000-000000000000/confirmation-links"])
async def test_every_open_act_is_counted_whether_or_not_it_succeeds(city: City, path: str):
    async with visitor(city, "203.0.113.7") as here:
        answers = [(await here.post(path, json={}, headers={"idempotency-key": str(ids.new_id())})).status_code for _ in range(MOST + 1)]
    assert 429 not in answers[:MOST] and answers[MOST] == 429


async def test_a_program_renews_its_token_as_often_as_it_has_to(city: City):
    async with visitor(city, "203.0.113.7") as here:
        answers = {(await here.post("/api/accounts/v1/tokens", json={"api_token": "qt_nobodys"})).status_code for _ in range(MOST + 1)}
    assert len(answers) == 1 and 429 not in answers


async def test_a_form_on_a_page_counts_for_the_place_of_its_visitor(city: City):
    form = {"address": "ada@example.org"}
    own = {"sec-fetch-site": "same-origin"}
    async with visitor(city, "203.0.113.7") as here, visitor(city, "198.51.100.7") as elsewhere:
        answers = [(await here.post("/en/sign-in", data=form, headers=own)) for _ in range(MOST + 1)]
        assert [answer.status_code < 400 for answer in answers] == [True] * MOST + [False], answers
        assert answers[-1].status_code == 429 and 3000 < int(answers[-1].headers["retry-after"]) <= 3601
        assert (await elsewhere.post("/en/sign-in", data=form, headers=own)).status_code < 400


async def test_a_stranger_cannot_say_where_she_is(city: City):
    async with visitor(city, "203.0.113.7") as here:
        answers = [(await ask(here, **{"quartier-place": f"10.0.{number}.0/24", "x-forwarded-for": f"10.0.{number}.1"})).status_code
                   for number in range(MOST + 1)]
        assert answers == [202] * MOST + [429]


@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.2"])
async def test_only_a_proxy_that_is_trusted_says_where_a_call_comes_from(make_city, source: str):
    city: City = await make_city(open_acts_an_hour=MOST, served=True)
    transport = httpx.AsyncHTTPTransport(local_address=source)
    async with httpx.AsyncClient(transport=transport, base_url=city.url, timeout=30) as proxy:
        # Whatever a visitor claims stands in front; the proxy adds the address that it sees.
        answers = [(await ask(proxy, **{"x-forwarded-for": f"10.0.{number}.1, 203.0.113.7"})).status_code for number in range(MOST + 1)]
    assert answers == [202] * MOST + [429 if source == "127.0.0.1" else 202]


async def test_the_compose_file_trusts_the_proxy_that_docker_puts_somewhere(city: City):
    compose = yaml.safe_load((Path(__file__).parents[2] / "docker-compose.yml").read_text())
    ours = [service for service in compose["services"].values() if service.get("expose") == ["8000"]]
    assert len(ours) == 5
    trusted, = {service["environment"]["FORWARDED_ALLOW_IPS"] for service in ours}
    behind = httpx.ASGITransport(ProxyHeadersMiddleware(city.app, trusted), client=("172.18.0.9", 4711))
    async with httpx.AsyncClient(transport=behind, base_url=city.url, timeout=30) as proxy:
        for visitor_address in ("203.0.113.7", "198.51.100.7"):
            seen = {"x-forwarded-for": visitor_address}
            assert [(await ask(proxy, **seen)).status_code for _ in range(MOST + 1)] == [202] * MOST + [429]
