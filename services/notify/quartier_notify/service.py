"""The notify service and the dependencies of its routes."""

from typing import Annotated

from fastapi import Depends
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.auth import Actor
from quartier.idempotency import Idempotency
from quartier.service import Runtime, Service
from quartier.uow import UnitOfWork
from quartier_notify.ledger.queries import what_is_on_its_way
from quartier_notify.settings import NotifySettings

service = Service("notify", settings=NotifySettings, quiet=[what_is_on_its_way])

Uow = Annotated[UnitOfWork, Depends(service.unit_of_work, scope="function")]
Reading = Annotated[AsyncSession, Depends(service.reading)]
Person = Annotated[Actor, Depends(service.actor)]
Here = Annotated[Runtime, Depends(service.runtime)]
Once = Annotated[Idempotency, Depends(service.once(Uow))]
