"""What a database's refusal is to the person who asked: come again, or make room; anything else is a fault of ours.

Only what a driver raised is taken for the database's: an error of another file or connection within a transaction stays what it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from quartier.problems import Contended, DiskFull, Problem, Stale, Unavailable

AWAY = ("08", "53", "57P")
"""How the SQLSTATE begins when a server is lost, has no room for one more connection, or stops."""
GAVE_WAY = ("40001", "40P01")
"""The SQLSTATE of a transaction that failed because of a concurrent one, by a conflict or a deadlock."""


@contextmanager
def translated() -> Iterator[None]:
    """Around the work of one session: raise the problem that a refusal is, in the house's words."""
    try:
        yield
    except StaleDataError as error:
        raise Stale("Read it again and decide on what it says now.") from error
    except DBAPIError as error:
        problem = _problem(error)
        if problem is None:
            raise
        raise problem from error


def _problem(error: DBAPIError) -> Problem | None:
    # A full disk ends the transaction, so undoing a part of it fails as well: the first error is the one that tells.
    first: BaseException = error
    while first.__context__ is not None:
        first = first.__context__
    state = getattr(error.orig, "sqlstate", None) or ""
    if "disk is full" in str(first) or "No space left" in str(first):
        return DiskFull("The disk is full. Nothing was stored; the city's operators have to make room.")
    if state in GAVE_WAY:
        return Contended("Nothing was stored; please try again.", headers={"Retry-After": "1"})
    if isinstance(error, OperationalError) or error.connection_invalidated or state.startswith(AWAY):
        return _away()
    return None


def _away() -> Unavailable:
    return Unavailable("The database does not answer. Nothing was stored; please try again.", headers={"Retry-After": "5"})


def name_lost_connections(engine: Engine) -> None:
    """Let the errors of a driver's own socket, which asyncpg raises as they are, be the database's absence."""

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        try:
            return dialect.connect(*args, **options)
        except OSError as error:
            raise _away() from error

    @event.listens_for(engine, "handle_error")
    def name(context: ExceptionContext) -> Problem | None:
        if not isinstance(context.original_exception, OSError):
            return None
        context.is_disconnect = True
        return _away()
