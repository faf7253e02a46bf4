"""The service, and what its endpoints depend on."""

from typing import Annotated

from fastapi import Depends
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.auth import Actor
from quartier.idempotency import Idempotency
from quartier.service import Runtime, Service
from quartier.uow import UnitOfWork

service = Service("publications")

Uow = Annotated[UnitOfWork, Depends(service.unit_of_work, scope="function")]
Reading = Annotated[AsyncSession, Depends(service.reading)]
Person = Annotated[Actor, Depends(service.actor)]
Here = Annotated[Runtime, Depends(service.runtime)]
Once = Annotated[Idempotency, Depends(service.once(Uow))]
