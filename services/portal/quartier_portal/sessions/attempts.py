"""What a browser keeps while it waits for the mail that signs it in: its secret, and the page that it wanted to see."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from fastapi import Request, Response

from quartier import clock

COOKIE = "__Host-sign-in"
PLACE = re.compile(r"/[\w./?=&%+:,~-]{0,1000}", re.ASCII)
"""A page of this site without its language: what is put behind `/{lang}` cannot name another site."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """By the secret alone accounts knows the browser again; `wanted` is empty when she came to sign in and for nothing else."""

    secret: str | None
    wanted: str

    @classmethod
    def of(cls, request: Request) -> "Attempt":
        """As the browser shows it."""
        secret, _, wanted = request.cookies.get(COOKIE, "").partition(".")
        return cls(secret or None, place(unquote(wanted)))

    def keep(self, response: Response, until: datetime) -> None:
        """Give it to the browser for as long as accounts waits for it."""
        seconds = round((until - clock.wall()).total_seconds())
        response.set_cookie(COOKIE, f"{self.secret}.{quote(self.wanted, safe='')}", max_age=seconds, path="/", secure=True, httponly=True,
                            samesite="lax")


def forget(response: Response) -> None:
    """The attempt is spent."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def place(wanted: str) -> str:
    """The page to come back to, if it is one of ours; else nothing."""
    return wanted if PLACE.fullmatch(wanted) else ""
