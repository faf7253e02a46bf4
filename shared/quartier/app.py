"""The app that runs one or several services.

`create_app` gives each service its runtime and refuses to start while an endpoint has no policy; starting the app starts their loops.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response

from quartier import keys, operations, probes
from quartier.answers import add_problem_handlers, problem_response
from quartier.auth import Signer, Verifier
from quartier.client import Client
from quartier.database import Database
from quartier.guard import Guarded
from quartier.problems import Problem
from quartier.readiness import Changes
from quartier.service import Runtime, Service
from quartier.settings import Settings
from quartier.transport import bus_of

STOPS_WITHIN = 10.0
"""Seconds that loops have to finish what is in hand when an app stops."""


def create_app(services: Sequence[Service], *, settings: Callable[[Service], Settings] | None = None) -> FastAPI:
    """An app that serves these services; starting it starts their loops.

    Raises ValueError when an endpoint declares neither an action nor why it is public, or an action has no policy.
    """
    chosen = {service.name: settings(service) if settings else service.settings_class() for service in services}
    first = next(iter(chosen.values()))
    app = FastAPI(title=first.city, lifespan=_lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.public_url = first.public_url
    app.state.bus = bus_of(first)
    app.state.runtimes = {service.name: _runtime(service, chosen[service.name], app) for service in services}
    app.state.verifier = next(iter(app.state.runtimes.values())).verifier
    app.state.readiness = Changes()
    app.state.render_problem = _renderer(services)
    add_problem_handlers(app)
    app.add_middleware(Guarded, service=services[-1].name if len(services) == 1 else "portal")
    app.include_router(probes.router)
    # The portal's pages begin with any word, `/{lang}/requests/{key}` too, so it comes behind `/api/requests/docs`.
    for service in sorted(services, key=lambda one: one.prefix == ""):
        _refuse_undeclared(service)
        app.include_router(operations.router_for(service), prefix=f"/api/{service.name}/v1", tags=["operations"],
                           dependencies=[Depends(service.authorise)])
        app.include_router(probes.documents_of(service), prefix=f"/api/{service.name}")
        app.include_router(service.router, prefix=service.prefix, tags=[service.name],
                           dependencies=[Depends(service.authorise)])
    return app


def _renderer(services: Sequence[Service]) -> Callable[[Request, Problem], Awaitable[Response]]:
    """Problems are JSON for programs; the service that has pages shows them to people as a page."""
    page = next((service.problem_page for service in services if service.problem_page), None)

    async def render(request: Request, problem: Problem) -> Response:
        if page is None or request.url.path.startswith(("/api/", "/healthz", "/readyz")):
            return problem_response(request, problem)
        return await page(request, problem)

    return render


def _runtime(service: Service, settings: Settings, app: FastAPI) -> Runtime:
    own = keys.load(settings, service.name)
    signer = Signer(own)
    database = Database(settings.database_url) if settings.database_url else Database.in_file(
        settings.folder / f"{service.name}.db")
    client = Client(service.name, urls=settings.service_urls, app=app, as_service=signer.as_service)
    return Runtime(service, settings, database, app.state.bus, client, own, signer, Verifier(own), service.policies)


def _refuse_undeclared(service: Service) -> None:
    for route in every_route(service.router):
        declared = getattr(route, "openapi_extra", None) or {}
        where = f"{service.name}: {getattr(route, 'path', route)}"
        if "x-public" in declared or not hasattr(route, "openapi_extra"):
            continue
        if "x-action" not in declared:
            raise ValueError(f"{where} declares neither allow(…) nor public(…)")
        if declared["x-action"] not in service.policies:
            raise ValueError(f"{where}: policies.py has no rule for {declared['x-action']!r}")


def every_route(router: APIRouter) -> Iterator[Any]:
    """The routes of a router and of those that it includes, which FastAPI keeps as one opaque route each."""
    for route in router.routes:
        included = getattr(route, "original_router", None)
        yield from every_route(included) if included is not None else (route,)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run every loop of every service until the app stops; what is in flight is finished first."""
    runtimes: list[Runtime] = list(app.state.runtimes.values())
    await app.state.bus.start()
    tasks: list[asyncio.Task[None]] = []
    for runtime in runtimes:
        runtime.make_loops()
        tasks += [asyncio.create_task(loop.run(), name=f"{runtime.service.name} {name}") for name, loop in runtime.loops.items()]
    try:
        yield
    finally:
        for runtime in runtimes:
            for loop in runtime.loops.values():
                loop.stop()
        await asyncio.wait(tasks, timeout=STOPS_WITHIN)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for runtime in runtimes:
            await runtime.client.stop()
        await app.state.bus.stop()
        for runtime in runtimes:
            await runtime.database.stop()
