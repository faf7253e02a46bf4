"""Lists in pages that neither skip nor repeat when rows are added: keyset cursors, signed so that nobody builds one.

A cursor holds the order values of the last row shown. There are no offsets.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query, Request, Response
from sqlalchemy import ColumnElement, Date, DateTime, TypeDecorator, Uuid, literal, tuple_
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.problems import FieldError, Invalid

Row = TypeVar("Row")
Limit = Annotated[int, Query(ge=1, le=100, description="Rows at most.")]
Cursor = Annotated[str | None, Query(max_length=500, description="The `next` of the page before.")]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of those that follow; None when these are the last."""

    items: list[Row]
    next: str | None


async def page(session: AsyncSession, statement: Any, *, order: Sequence[Any], cursor: str | None, limit: int, key: bytes,
               descending: bool = False) -> Page[Any]:
    """The rows of the statement after the cursor, in that order; the last order column must be unique.

    Raises Invalid for a cursor that we did not make.
    """
    columns = tuple_(*order)
    key = hmac.digest(key, " ".join(map(str, order)).encode(), hashlib.sha256)  # A cursor of another list is none of this one.
    if cursor is not None:
        after = tuple_(*(_literal(column, value) for column, value in zip(order, _opened(cursor, key), strict=True)))
        statement = statement.where(columns < after if descending else columns > after)
    ordered = [column.desc() if descending else column.asc() for column in order]
    rows = list((await session.exec(statement.order_by(*ordered).limit(limit + 1))).all())
    more = len(rows) > limit
    last = [getattr(rows[limit - 1], column.key) for column in order] if more else []
    return Page(rows[:limit], _sealed(last, key) if more else None)


def link_next(request: Request, response: Response, found: Page[Any]) -> None:
    """Say in the `Link` header where the next page is (RFC 8288)."""
    if found.next:
        response.headers["Link"] = f'<{request.url.include_query_params(cursor=found.next)}>; rel="next"'


READERS: dict[type[Any], Callable[[str], Any]] = {DateTime: datetime.fromisoformat, Date: date.fromisoformat, Uuid: UUID}


def _literal(column: ColumnElement[Any], value: Any) -> ColumnElement[Any]:
    """A value of the cursor as the column's own type, so that the database compares it as it compares its rows."""
    stored = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    read = next((read for kind, read in READERS.items() if isinstance(stored, kind)), None)
    return literal(read(value) if read else value, column.type)


def _sealed(values: Sequence[Any], key: bytes) -> str:
    payload = json.dumps([value if isinstance(value, int) else str(value) for value in values]).encode()
    return base64.urlsafe_b64encode(_mark(payload, key) + payload).rstrip(b"=").decode()


def _opened(cursor: str, key: bytes) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raw = b""
    if not hmac.compare_digest(raw[:16], _mark(raw[16:], key)):
        raise Invalid("Take the cursor as it stood in the answer before, or begin without one.",
                      errors=[FieldError("query/cursor", "not a cursor of ours")])
    values: list[Any] = json.loads(raw[16:])
    return values


def _mark(payload: bytes, key: bytes) -> bytes:
    return hmac.digest(key, payload, hashlib.sha256)[:16]
