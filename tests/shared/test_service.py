"""An app starts only when every endpoint says who may use it, and answers "done" only when it is done."""

import pytest
from fastapi import APIRouter
from sqlalchemy import text
from sqlmodel import select

from quartier import ids, keys
from quartier.app import create_app
from quartier.auth import Policies, Rule, allow, public
from quartier.contracts.accounts import Role
from quartier.service import Service
from quartier.settings import Settings
from quartier.testing.app import City

DOOMED = (
    "CREATE TABLE nowhere (id INTEGER PRIMARY KEY)",
    "CREATE TABLE doomed (id INTEGER REFERENCES nowhere (id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TRIGGER doom AFTER INSERT ON request BEGIN INSERT INTO doomed VALUES (1); END",
)
"""A constraint that is looked at by COMMIT alone: each statement before it succeeds."""


class OneEndpoint(Service):
    """A service with the endpoint and the policies that a test gives it."""

    def __init__(self, router: APIRouter, policies: Policies) -> None:
        super().__init__("notify")
        self._router, self._policies = router, policies

    @property
    def router(self) -> APIRouter:
        return self._router

    @property
    def policies(self) -> Policies:
        return Policies(super().policies | self._policies)


@pytest.fixture
def start(tmp_path):
    """Make the app of a service with one endpoint: `start(declared arguments of the route, policies)`."""
    keys.create(tmp_path / "keys", ["accounts", "notify"])

    def make(declared: dict, policies: Policies | None = None, *, nested: bool = False):
        router, inner = APIRouter(), APIRouter()

        @inner.get("/things", **declared)
        async def list_things() -> dict:
            return {}

        router.include_router(inner)
        return create_app([OneEndpoint(router if nested else inner, policies or Policies())],
                          settings=lambda _: Settings(folder=tmp_path))

    return make


@pytest.mark.parametrize("nested", [False, True])
def test_an_endpoint_without_a_word_on_who_may_use_it_keeps_the_app_from_starting(start, nested):
    with pytest.raises(ValueError, match="/things declares neither"):
        start({}, nested=nested)


@pytest.mark.parametrize("nested", [False, True])
def test_an_action_without_a_policy_keeps_the_app_from_starting(start, nested):
    with pytest.raises(ValueError, match="no rule for 'thing.list'"):
        start(allow("thing.list"), nested=nested)


def test_an_endpoint_with_a_policy_or_a_reason_for_being_public_is_served(start):
    assert start(allow("thing.list"), Policies({"thing.list": Rule(roles={Role.OFFICER})}))
    assert start(public("everybody may see things"))


async def test_what_could_not_be_committed_is_not_answered_as_done(city: City):
    requests = city.runtime("requests")
    contact = (await city.http.post("/api/accounts/v1/contacts", json={"address": "ada@example.org", "language": "en"})).json()
    body = {"contact_ticket": contact["contact_ticket"], "kind": "new", "title": "Trees", "body": "All of them.", "lang": "en"}
    head = {"idempotency-key": str(ids.new_id())}
    async with requests.database.engine.begin() as connection:
        for statement in DOOMED:
            await connection.execute(text(statement))

    refused = await city.http.post("/api/requests/v1/requests", json=body, headers=head)
    assert refused.status_code == 500, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    async with requests.database.session() as session:
        for table in ("request", "idempotency_key"):
            assert (await session.exec(select(text("count(*)")).select_from(text(table)))).one() == 0, table
    await city.quiet()
    assert await city.mails() == []

    async with requests.database.engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER doom"))
    assert (await city.http.post("/api/requests/v1/requests", json=body, headers=head)).status_code == 201


@pytest.mark.parametrize("version", [b"\xb2", b"9" * 5000])
async def test_a_version_that_is_no_number_of_ours_is_refused(city: City, version: bytes):
    answer = await city.http.post("/api/requests/v1/requests/R-2026-0001/withdrawal", headers=[
        (b"authorization", f"Bearer {city.token(Role.OFFICER)}".encode()), (b"if-match", version)])
    assert answer.status_code == 412
