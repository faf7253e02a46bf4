"""The mails of a city that hands them to Mailpit, the mail catcher of the compose file, for whoever plays the people who read them.

By Mailpit's HTTP API, version 1: https://mailpit.axllent.org/docs/api-v1/.
"""

import re

import httpx

PAGE = 100


class Mailpit:
    """One Mailpit; `links` is what a `Player` needs of a mailbox."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._links: dict[str, str] = {}

    async def links(self, address: str) -> list[str]:
        """The secret links of the mails that an address has got, the oldest first."""
        mails = [mail["ID"] for mail in await self._found(address) if address in [to["Address"] for to in mail["To"]]]
        return [await self._link_in(mail) for mail in reversed(mails)]

    async def _found(self, address: str) -> list[dict[str, list[dict[str, str]]]]:
        """What Mailpit finds, the newest first; it looks for a part of an address, so others may be among it."""
        found: list[dict[str, list[dict[str, str]]]] = []
        while True:
            asked = {"query": f'to:"{address}"', "start": len(found), "limit": PAGE}
            page = (await self._http.get("/api/v1/search", params=asked)).raise_for_status().json()["messages"]
            found += page
            if len(page) < PAGE:
                return found

    async def _link_in(self, mail: str) -> str:
        if mail not in self._links:
            text = (await self._http.get(f"/api/v1/message/{mail}")).raise_for_status().json()["Text"]
            self._links[mail] = next((link for link in re.findall(r"https?://[^\s<>]+", text) if "/l/" in link), "")
        return self._links[mail]
