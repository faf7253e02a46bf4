"""The requests service and the dependencies of its endpoints."""

from typing import Annotated

from fastapi import Depends, Header, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.auth import Actor
from quartier.i18n import preferred
from quartier.idempotency import Idempotency
from quartier.service import Runtime, Service
from quartier.uow import UnitOfWork

service = Service("requests")

Uow = Annotated[UnitOfWork, Depends(service.unit_of_work, scope="function")]
Reading = Annotated[AsyncSession, Depends(service.reading)]
Person = Annotated[Actor, Depends(service.actor)]
Once = Annotated[Idempotency, Depends(service.once(Uow))]
Here = Annotated[Runtime, Depends(service.runtime)]


EVERYWHERE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Link, X-Hidden-Count"}
"""Headers by which pages of other sites may read what is public anyway; no cookie of ours is involved."""


async def readable_from_everywhere(response: Response) -> None:
    """Send these headers with the answer."""
    response.headers.update(EVERYWHERE)


OPEN_DATA = [Depends(readable_from_everywhere)]


async def language(accept_language: Annotated[str | None, Header(max_length=200)] = None) -> str:
    """The language in which sentences are answered."""
    return preferred(accept_language)


Lang = Annotated[str, Depends(language)]
