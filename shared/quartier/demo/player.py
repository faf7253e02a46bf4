"""Whoever asks, answers and publishes in a demo: everything goes through the doors that people use, mails included."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from quartier import clock, ids, keys
from quartier.auth import Signer
from quartier.contracts.accounts import Role
from quartier.settings import Settings

THE_INSTALLATION = UUID(int=0)
"""The subject of what is done from the command line: no person, but whoever runs the machine."""
PATIENCE = 60.0
"""Seconds that a mail has for its way, and a service for what it has to do."""
BREATH = 0.05
"""Seconds between two looks at what has to come."""

Links = Callable[[str], Awaitable[list[str]]]
"""The secret links of the mails that an address has got, the oldest first."""


class Refused(Exception):
    """The city said no to something that the player did; `status` is that of its answer, if it gave one."""

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


class Player:
    """Acts in a running city over HTTP.

    `links` reads mails; without it they are read in the city's local mailbox. `services` are the addresses of services that `http` does
    not reach at its own.
    """

    def __init__(self, http: httpx.AsyncClient, keys_folder: Path, links: Links | None = None,
                 services: Mapping[str, str] | None = None) -> None:
        self._http = http
        self._services = services or {}
        self._signer = Signer(keys.load(Settings(keys=keys_folder), "accounts"))
        self._links = links or self._links_in_mailbox
        self._staff: dict[Role, UUID] = {}

    async def call(self, method: str, path: str, *roles: Role, headers: dict[str, str] | None = None, **kwargs: Any) -> httpx.Response:
        """One call as staff with these roles, or as a visitor without any. Raises Refused with what the city answered."""
        sent = {"idempotency-key": str(ids.new_id()), **(headers or {})}
        if roles:
            subject = self._staff.get(roles[0], THE_INSTALLATION)
            sent["authorization"] = f"Bearer {self._signer.sign(str(subject), roles=list(roles))}"
        service = path.split("/")[2] if path.startswith("/api/") else "portal"
        response = await self._http.request(method, self._services.get(service, "").rstrip("/") + path, headers=sent, **kwargs)
        if response.status_code >= 400:
            raise Refused(f"{method} {path} was refused ({response.status_code}). {_words(response)}", response.status_code)
        return response

    async def employ(self, *roles: Role) -> dict[Role, str]:
        """Give each role to a demo account of its own; their addresses."""
        addresses = {role: f"{role}@example.org" for role in roles}
        for role, address in addresses.items():
            granted = await self.call("POST", "/api/accounts/v1/grants", Role.OPERATOR, json={"address": address, "role": role})
            self._staff[role] = UUID(granted.json()["person_id"])
        return addresses

    async def ask(self, address: str, lang: str, title: str, body: str, **more: Any) -> str:
        """Ask for data and confirm by the link in the mail; the request's id."""
        before = len(await self._links(address))
        contact = await self.call("POST", "/api/accounts/v1/contacts", json={"address": address, "language": lang})
        asked = await self.call("POST", "/api/requests/v1/requests", json={
            "contact_ticket": contact.json()["contact_ticket"], "title": title, "body": body, "lang": lang, "kind": "new", **more})
        await self.call("POST", await self._link_after(address, before))
        return str(asked.json()["id"])

    async def act(self, request: str, event: str, *, by: Role = Role.OFFICER, **fields: Any) -> dict[str, Any]:
        """One act of staff on a request; how it stands then."""
        path = f"/api/requests/v1/requests/{request}"
        read = await self.call("GET", path, Role.OFFICER)
        done = await self.call("POST", f"{path}/transitions", by, headers={"if-match": read.headers["etag"]},
                               json={"event": event, **fields})
        found: dict[str, Any] = done.json()
        return found

    async def publish(self, slug: str, number: str, note: dict[str, str], coverage: dict[str, Any], requests: list[str]) -> None:
        """Prepare a version of a dataset that claims these requests, and let the approver let it out."""
        # Publications knows a request by its events: it must have heard of the first look before it lets a version claim it.
        await self.settle("requests", "publications")
        versions = f"/api/publications/v1/datasets/{slug}/versions"
        place = f"https://data.city.example/{slug}-{number}"
        files = [{"format": name, "url": f"{place}.{name.lower()}"} for name in coverage.get("formats", ["CSV"])]
        prepared = await self.call("POST", versions, Role.OFFICER, json={
            "number": number, "change_note": note, "coverage": coverage, "distributions": files, "request_ids": requests})
        await self.call("POST", f"{versions}/{number}/approval", Role.APPROVER, headers={"if-match": prepared.headers["etag"]})

    async def ask_to_sign_in(self, address: str) -> tuple[str, str]:
        """Ask for a link to sign in: its path, and the code that a browser needs which did not ask for it."""
        before = len(await self._links(address))
        asked = await self.call("POST", "/api/accounts/v1/sign-ins", json={"address": address, "language": "en"})
        return await self._link_after(address, before), str(asked.json()["code"])

    async def settle(self, *services: str) -> None:
        """Wait until each of these services, in this order, has nothing left to do. Raises Refused with what is left after a minute."""
        deadline = clock.monotonic() + PATIENCE
        for service in services:
            while not (standing := (await self.call("GET", f"/api/{service}/v1/operations/quiet", Role.OPERATOR)).json())["quiet"]:
                if clock.monotonic() > deadline:
                    raise Refused(f"{service} is still at work after a minute: {', '.join(standing['reasons'])}")
                await asyncio.sleep(BREATH)

    async def _link_after(self, address: str, before: int) -> str:
        """The path of the secret link in the next mail to that address."""
        deadline = clock.monotonic() + PATIENCE
        while len(links := await self._links(address)) <= before:
            if clock.monotonic() > deadline:
                raise Refused(f"{address} got no mail within a minute")
            await asyncio.sleep(BREATH)
        return "/" + links[before].split("/", 3)[3]

    async def _links_in_mailbox(self, address: str) -> list[str]:
        box = "/api/notify/v1/mailbox"
        listed = (await self.call("GET", box, Role.OPERATOR, params={"to": address, "limit": 100})).json()["items"]
        mails = await asyncio.gather(*(self.call("GET", f"{box}/{mail['id']}", Role.OPERATOR) for mail in reversed(listed)))
        return [next((link for link in mail.json()["links"] if "/l/" in link), "") for mail in mails]


def _words(response: httpx.Response) -> str:
    """What a problem says to people, and which fields it means; anything else as it came."""
    try:
        problem = response.json()
        fields = "".join(f" {error['pointer']}: {error['detail']}" for error in problem.get("errors", ()))
        return f"{problem['title']}: {problem['detail']}{fields}"
    except (ValueError, LookupError, TypeError, AttributeError):
        return response.text[:500]
