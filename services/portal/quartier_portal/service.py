"""The portal as a service, and the dependencies of its pages."""

from typing import Annotated

from fastapi import Depends
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.service import Service
from quartier_portal.live.hub import Hub
from quartier_portal.problem_page import show_problem
from quartier_portal.settings import PortalSettings

service = Service("portal", settings=PortalSettings, prefix="", problem_page=show_problem, loops=(Hub,))

Reading = Annotated[AsyncSession, Depends(service.reading)]
