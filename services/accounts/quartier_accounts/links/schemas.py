"""The shapes of secret links."""

from datetime import datetime

from pydantic import Field

from quartier.contracts.notices import Purpose
from quartier.contracts.words import Language
from quartier.web import Body, Out


class LinkOut(Out):
    """What the page behind a link shows before anybody presses its button."""

    purpose: Purpose
    subject: str
    language: Language
    expires_at: datetime
    needs_code: bool | None = Field(description="Whether this browser has to type the code; null when it sent no browser secret.")


class ExchangeIn(Body):
    """By what a browser shows that it may act on a link; nothing is needed but for signing in."""

    browser_secret: str | None = Field(None, max_length=200, description="What the browser kept when it asked to sign in.")
    code: str | None = Field(None, max_length=40, description="What the asking browser shows, typed in another one.")


class ExchangeOut(Out):
    """A token of a minute for what the link is for, and a session where it signs in."""

    token: str
    expires_at: datetime
    language: Language
    session: str | None = None
