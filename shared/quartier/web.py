"""What the routes of every service have in common: the base of their shapes, versions, and addresses that say a thing once.

`model.py` and `commands.py` never import this module.
"""

import re
from typing import Annotated, Any, get_args, get_origin

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from quartier.database import Entity
from quartier.problems import FieldError, Invalid, NotFound, PreconditionRequired, Problem, Stale


class Body(BaseModel):
    """Base of what callers send: unknown fields are an error that names them, white space around texts is dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Out(BaseModel):
    """Base of what we answer: nothing but the declared fields leaves."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class RepeatedParameter(Problem):
    """A query names one thing twice: programs on the way would each believe another of the two."""

    slug, title = "repeated-parameter", "The address says one thing twice"


def refuse_nul(request: Request) -> None:
    """Refuse the character U+0000, which neither PostgreSQL nor a file system takes: NotFound in the path, Invalid in the query."""
    if "\0" in request.scope["path"]:
        raise NotFound("No page and no endpoint has this address.")
    holding = {name for name, value in request.query_params.multi_items() if "\0" in name + value}
    if holding:
        raise Invalid("This address holds a character that cannot be read. Please type it anew.",
                      errors=[FieldError(f"query/{name}", "holds the character U+0000") for name in sorted(holding)])


def refuse_repeated(request: Request) -> None:
    """Raise RepeatedParameter when the query has a key twice that the route does not declare as a list."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) == len(set(names)):
        return
    lists = {field.alias for field in request.scope["route"].dependant.query_params if _is_list(field.field_info.annotation)}
    for name in names:
        if names.count(name) > 1 and name not in lists:
            raise RepeatedParameter(f"Send {name[:100]!r} once.")


def _is_list(kind: Any) -> bool:
    """Whether an annotation is a list, or a list or nothing."""
    return list in (get_origin(kind), *(get_origin(part) for part in get_args(kind)))


def etag(response: Response, entity: Entity) -> None:
    """Let the answer say which version of the thing it shows."""
    response.headers["ETag"] = f'"{entity.version}"'


async def required_version(request: Request) -> int:
    """The version that the caller has read, from `If-Match`. Raises PreconditionRequired, or Stale when it is no number."""
    stated = request.headers.get("if-match")
    if stated is None:
        raise PreconditionRequired('Send If-Match with the ETag that you have read, such as "3".')
    number = stated.strip().strip('"')
    if not re.fullmatch("[0-9]{1,18}", number):
        raise Stale("If-Match names no version of this.")
    return int(number)


def check_version(entity: Entity, version: int) -> None:
    """Raise Stale when the thing has changed since the caller read it."""
    if entity.version != version:
        raise Stale("It has changed since you read it. Read it again and decide on what it says now.", version=entity.version)


Match = Annotated[int, Depends(required_version)]
