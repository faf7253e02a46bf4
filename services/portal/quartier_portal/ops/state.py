"""What the services say about themselves when an operator asks all of them at once."""

import asyncio
from typing import Any

from quartier.problems import NotFound, Problem
from quartier_portal.visit import Visit


def services_of(visit: Visit) -> list[str]:
    """The services of this city that have operations to look at: those in this process, and those whose address the settings give."""
    here = visit.request.app.state.runtimes
    return sorted({*here, *visit.runtime.settings.service_urls})


def known(visit: Visit, service: str) -> str:
    """The service's name. Raises NotFound for one that this city does not have."""
    if service not in services_of(visit):
        raise NotFound("There is no such service here.")
    return service


async def look(visit: Visit, service: str, *parts: str) -> dict[str, Any] | None:
    """These parts of a service's operations; None when it does not answer, so that one silent service hides no other."""
    try:
        answers = await asyncio.gather(*(visit.get(service, f"/operations/{part}") for part in parts))
    except Problem:
        return None
    return dict(zip((part.replace("-", "_") for part in parts), answers, strict=True))


def age(visit: Visit, seconds: float) -> str:
    """A time of waiting in the largest unit that says something."""
    if seconds < 120:
        return visit.t("ops-seconds", count=round(seconds))
    if seconds < 7200:
        return visit.t("ops-minutes", count=round(seconds / 60))
    return visit.t("ops-hours", count=round(seconds / 3600))


def columns(visit: Visit, *names: str, numbers: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The heads of a table; those in `numbers` are set as numbers."""
    return [{"label": visit.t(f"ops-{name}"), "is_number": name in numbers} for name in names]
