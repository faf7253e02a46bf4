"""One person looking at one page: her language, who she is, and how the portal asks the services in her name."""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from quartier import clock, i18n
from quartier.client import Answered
from quartier.contracts.accounts import Role
from quartier.problems import Forbidden, NotFound, Problem
from quartier.service import Runtime
from quartier_portal import rendering
from quartier_portal.rendering import Page, Person

SESSION_COOKIE = "__Host-session"
TOKEN_KEPT_FOR = 50.0
"""Seconds for which the portal uses a person's token before it asks accounts again: what is revoked ends within the minute."""
TOKENS_KEPT = 5000


class SignInNeeded(Problem):
    """The page is for people who are signed in."""

    status, slug, title = 401, "sign-in-needed", "Please sign in"


class FormFromElsewhere(Forbidden):
    """A form is taken from our own pages alone, so that no other site acts in a person's name."""

    slug, title = "form-from-elsewhere", "This form did not come from one of our pages"


@dataclass(frozen=True)
class Visit:
    """What a page's code works with."""

    request: Request
    lang: str
    person: Person | None
    runtime: Runtime

    @property
    def token(self) -> str:
        """The person's token; empty for a visitor, who asks the services as nobody."""
        return self.person.token if self.person else ""

    async def get(self, service: str, path: str, **kwargs: Any) -> Any:
        """What a service answers to this person, as JSON."""
        return (await self.runtime.client.get(service, path, token=self.token, headers=self._headers(), **kwargs)).json()

    async def post(self, service: str, path: str, *, token: str | None = None, headers: dict[str, str] | None = None, **kwargs: Any) -> Any:
        """Do something in this person's name (or with the token of a secret link); the JSON of the answer."""
        response = await self.runtime.client.post(service, path, token=self.token if token is None else token,
                                                  headers=self._headers() | (headers or {}), **kwargs)
        return response.json() if response.content else None

    def _headers(self) -> dict[str, str]:
        return {"accept-language": self.lang}

    def page(self, template: str, title: str, *, density: str = "public", status: int = 200, policy: str = rendering.POLICY,
             **context: Any) -> HTMLResponse:
        """A rendered page; `policy` is for one that needs another than all pages."""
        path, query = self.request.url.path.removeprefix(f"/{self.lang}") or "/", self.request.url.query
        page = Page(title, f"{path}?{query}" if query else path, density, self.person, self.runtime.settings.city)
        return rendering.html(rendering.render(template, self.lang, self.runtime.settings, page, visit=self, **context), status, policy)

    def t(self, message: str, **variables: Any) -> str:
        """A text of the portal in the language of the page."""
        return rendering.t(self.lang, message, **variables)

    def go(self, path: str) -> RedirectResponse:
        """After a form: on to another page of the same language."""
        return RedirectResponse(f"/{self.lang}{path}", status_code=303)

    def require(self, *roles: Role) -> Person:
        """The signed-in person with one of these roles; a visitor is asked to sign in."""
        if self.person is None:
            raise SignInNeeded("This page is for people who work for the city.", headers={"Location": f"/{self.lang}/sign-in"})
        if self.person.roles.isdisjoint(roles):
            raise Forbidden("Your role does not include this page.")
        return self.person


class KnownTokens:
    """The tokens of signed-in people for some seconds, so that a page with four parts asks accounts once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, tuple[float, asyncio.Task[Person | None]]] = OrderedDict()

    async def person(self, runtime: Runtime, session: str) -> Person | None:
        """Whoever the session cookie belongs to; None when the session has ended."""
        key = hashlib.sha256(session.encode()).digest()
        until, asked = self._kept.get(key, (0.0, None))
        if asked is None or until < clock.monotonic():
            asked = asyncio.create_task(_exchange(runtime, session))
            self._kept[key] = (clock.monotonic() + TOKEN_KEPT_FOR, asked)
            while len(self._kept) > TOKENS_KEPT:
                self._kept.popitem(last=False)
        try:
            return await asyncio.shield(asked)
        except Problem:
            self.forget(session)
            raise

    def forget(self, session: str) -> None:
        """Ask accounts anew the next time."""
        self._kept.pop(hashlib.sha256(session.encode()).digest(), None)


async def _exchange(runtime: Runtime, session: str) -> Person | None:
    try:
        answer = (await runtime.client.post("accounts", "/sessions/tokens", json={"session": session})).json()
    except Answered as problem:
        if problem.status == 401:
            return None
        raise
    person = answer["person"]
    return Person(UUID(person["id"]), frozenset(Role(role) for role in person["roles"]), person["address_hint"] or "", answer["token"])


async def visit(request: Request, lang: str) -> Visit:
    """Dependency of every page below `/{lang}`. Raises NotFound for what is no language of the house."""
    if lang not in i18n.LANGUAGES:
        raise NotFound("No page has this address.")
    return Visit(request, lang, await person_of(request), request.app.state.runtimes["portal"])


async def person_of(request: Request) -> Person | None:
    """Whoever is signed in in the browser that asks."""
    session = request.cookies.get(SESSION_COOKIE)
    if not hasattr(request.app.state, "known_tokens"):
        request.app.state.known_tokens = KnownTokens()
    known: KnownTokens = request.app.state.known_tokens
    return await known.person(request.app.state.runtimes["portal"], session) if session else None


async def from_our_own_page(request: Request) -> None:
    """Dependency of every form: a post that another site sends in a person's name is refused.

    Browsers say where a request comes from in Sec-Fetch-Site; without it, Origin has to be our own host. What says neither is no
    browser of today: it may do what anybody may, and nothing in the name of whoever is signed in.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        is_ours = site in ("same-origin", "none")
    elif origin is not None:
        is_ours = origin.split("://", 1)[-1] == request.headers.get("host")
    else:
        is_ours = SESSION_COOKIE not in request.cookies
    if not is_ours:
        raise FormFromElsewhere("Open the page here and send its form again. A program uses the API, with a token of its own.")


Visiting = Annotated[Visit, Depends(visit)]
OurOwnPage = Depends(from_our_own_page)
