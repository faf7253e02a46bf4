"""Errors that a person can act on, as RFC 9457 describes them.

A rule that says no raises a `Problem` subclass of its own domain; its `detail` is what the person reads. The web layer
renders every one of them the same way, with a `type` that resolves to a page of the city.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong in a body or query: `pointer` is a JSON pointer to it (RFC 6901)."""

    pointer: str
    detail: str


class Problem(Exception):
    """A refusal with a status, a stable slug and a title; `detail` says what to do about it."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "The request cannot be understood"

    def __init__(self, detail: str = "", *, errors: Sequence[FieldError] = (), headers: dict[str, str] | None = None,
                 **extensions: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.headers = headers or {}
        self.extensions = extensions


class Unauthenticated(Problem):
    """Nobody is named, or the token is not one of ours."""

    status, slug, title = 401, "sign-in-needed", "Please sign in"


class Forbidden(Problem):
    """The person is known and may not do this."""

    status, slug, title = 403, "not-allowed", "This is not yours to do"


class NotFound(Problem):
    """No such thing, or none that this person may know of."""

    status, slug, title = 404, "not-found", "There is nothing here"


class Conflict(Problem):
    """The thing is in a state that does not allow it."""

    status, slug, title = 409, "conflict", "This cannot be done now"


class Stale(Problem):
    """The thing has changed since it was read."""

    status, slug, title = 412, "changed-meanwhile", "Somebody has changed this in the meantime"


class TooLarge(Problem):
    """The body is over the limit."""

    status, slug, title = 413, "too-large", "This is too large"


class Invalid(Problem):
    """The payload breaks a rule; `errors` point at the fields."""

    status, slug, title = 422, "invalid", "Some answers need another look"


class PreconditionRequired(Problem):
    """The act must say which version it was decided on."""

    status, slug, title = 428, "version-needed", "Say which version you have read"


class TooMany(Problem):
    """Too many at once from one place."""

    status, slug, title = 429, "too-many", "Too many requests"


class Unavailable(Problem):
    """Something that we need is away; trying again later is right."""

    status, slug, title = 503, "unavailable", "This part of the city's site is away for a moment"


class Contended(Unavailable):
    """Two acts met, and the database let this one give way; trying again is right."""

    slug, title = "try-again", "Somebody else was changing the same thing at this moment"


class DiskFull(Problem):
    """Nothing more can be stored until somebody makes room."""

    status, slug, title = 507, "disk-full", "There is no room to store this"
