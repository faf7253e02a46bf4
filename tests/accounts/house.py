"""Accounts as its callers see it: the way in that a person, notify and the portal take together."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt

from quartier.bus import EARLIEST, Record
from quartier.contracts.accounts import Role
from quartier.testing.app import City

BASE = "/api/accounts/v1"


@dataclass
class House:
    """Accounts as each of its callers sees it."""

    city: City

    async def call(self, method: str, path: str, *, token: str | None = None, **kwargs: Any) -> httpx.Response:
        """An answer of accounts, to the bearer of the token or to a visitor."""
        headers = kwargs.pop("headers", {}) | ({"authorization": f"Bearer {token}"} if token else {})
        return await self.city.http.request(method, BASE + path, headers=headers, **kwargs)

    async def visit(self, path: str, body: Any) -> httpx.Response:
        return await self.call("POST", path, json=body)

    async def as_portal(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        return await self.call(method, path, token=self.city.service_token("portal"), **kwargs)

    async def meet(self, address: str, language: str = "en") -> UUID:
        """Somebody gives her address; the id by which the other services will know her."""
        answer = await self.visit("/contacts", {"address": address, "language": language})
        assert answer.status_code == 201, answer.text
        return UUID(read(answer.json()["contact_ticket"])["sub"])

    async def ask(self, address: str, language: str = "en") -> dict[str, Any]:
        """Somebody asks to sign in, and what follows from it has been done."""
        answer = await self.visit("/sign-ins", {"address": address, "language": language})
        assert answer.status_code == 202, answer.text
        await self.city.quiet()
        return answer.json()

    async def resolve(self, person: UUID | str, purpose: str, subject: str) -> dict[str, Any]:
        """What notify learns when it is about to write a mail."""
        answer = await self.call("POST", "/resolutions", token=self.city.service_token("notify"),
                                 json=[{"person_id": str(person), "purpose": purpose, "subject": subject}])
        assert answer.status_code == 200, answer.text
        return answer.json()[0]

    async def mailed(self, person: UUID | str, purpose: str, subject: str) -> str:
        """The token of the link in the mail that notify writes."""
        return token_of(await self.resolve(person, purpose, subject))

    async def open(self, token: str, **body: Any) -> httpx.Response:
        """The button on the page behind a link is pressed."""
        return await self.as_portal("POST", f"/links/{token}/exchanges", json=body)

    async def sign_in(self, address: str, language: str = "en") -> dict[str, Any]:
        """All the way in, in one browser; what the portal holds afterwards."""
        person = await self.meet(address, language)
        asked = await self.ask(address, language)
        token = await self.mailed(person, "sign-in", f"sign-in/{asked['sign_in_id']}")
        answer = await self.open(token, browser_secret=asked["browser_secret"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def page(self, session: str) -> httpx.Response:
        """The portal turns what the browser holds into a token."""
        return await self.as_portal("POST", "/sessions/tokens", json={"session": session})

    async def grant(self, address: str, role: str, **more: Any) -> httpx.Response:
        return await self.call("POST", "/grants", token=self.city.token(Role.OPERATOR), json={"address": address, "role": role, **more})

    async def change(self, statement: Any) -> None:
        """Make something in the database older than it is: machine time cannot be moved."""
        async with self.city.runtime("accounts").database.transaction() as session:
            await session.exec(statement)

    async def read_rows(self, statement: Any) -> list[Any]:
        async with self.city.runtime("accounts").database.session() as session:
            return list((await session.exec(statement)).all())

    async def events(self, type_: str) -> list[Record]:
        """What accounts has published of one type so far."""
        await self.city.quiet()
        found = []
        async with self.city.runtime("accounts").bus.consumer(f"test-{uuid4()}", ["quartier.accounts"], EARLIEST) as consumer:
            while polled := await consumer.poll(500, 0.3):
                found += [record for records in polled.values() for record in records]
        return [record for record in found if dict(record.headers).get("ce_type") == type_.encode()]


def token_of(resolution: dict[str, Any]) -> str:
    return resolution["link"].rsplit("/", 1)[-1]


def read(token: str) -> dict[str, Any]:
    """The claims of a token, unchecked."""
    return jwt.decode(token, options={"verify_signature": False})


def slug(answer: httpx.Response) -> str:
    return answer.json()["type"].rsplit("/", 1)[-1]


def somebody() -> str:
    """An address that no other test has."""
    return f"ada.{uuid4().hex[:10]}@example.org"
