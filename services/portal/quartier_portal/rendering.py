"""How a page is made: Jinja templates with autoescaping, Fluent texts, dates by Babel, and the one policy of all pages."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from quartier import i18n
from quartier.contracts.accounts import Role
from quartier.settings import Settings

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
          "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
          "trusted-types quartier")
t = i18n.translator("quartier_portal")


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever is signed in, as the pages know her."""

    id: UUID
    roles: frozenset[Role]
    name: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """What the frame of every page needs to know."""

    title: str
    path: str
    density: str
    person: Person | None
    city_name: str


@cache
def templates() -> Environment:
    """The portal's templates; an unknown name is an error, never a gap."""
    environment = Environment(loader=PackageLoader("quartier_portal"), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.globals["static"] = static
    return environment


@cache
def static(name: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it for ever."""
    content = (files("quartier_portal") / "static" / name).read_bytes()
    return f"/static/{name}?v={sha256(content).hexdigest()[:12]}"


def render(template: str, lang: str, settings: Settings, page: Page, **context: Any) -> str:
    """One page as HTML."""
    return templates().get_template(template).render(
        lang=lang, page=page, t=lambda message, **variables: t(lang, message, **variables), url=lambda path: f"/{lang}{path}",
        date=lambda value, form="short": _date(value, form, lang), when=lambda value: _when(value, lang, settings.zone), instant=_iso,
        expected=lambda value, precision: i18n.expected(_day(value), precision, lang),
        number=lambda value: i18n.number(value, lang), **context)


def html(content: str, status: int = 200, policy: str = POLICY) -> HTMLResponse:
    """A page under the policy of all pages, or its own; it shows what one person may see, so nobody between keeps it."""
    return HTMLResponse(content, status, headers={
        "content-security-policy": policy, "cache-control": "no-store", "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "permissions-policy": "camera=(), geolocation=(), microphone=()", "cross-origin-opener-policy": "same-origin"})


def language_of(request: Request) -> str:
    """The language in the address, else the one that the browser likes best."""
    first = request.url.path.split("/", 2)[1]
    return first if first in i18n.LANGUAGES else i18n.preferred(request.headers.get("accept-language"))


def _when(value: datetime | date | str, lang: str, zone: str) -> str:
    """Date and time in the city's zone; the day alone where no more is known."""
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    return i18n.date_and_time(value, lang, zone) if isinstance(value, datetime) else i18n.short_date(value, lang)


def _iso(value: datetime | date | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _day(value: date | str) -> date:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def _date(value: date | datetime | str, form: str, lang: str) -> str:
    day = _day(value) if not isinstance(value, datetime) else value.date()
    return i18n.long_date(day, lang) if form == "long" else i18n.short_date(day, lang)
