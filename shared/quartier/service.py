"""A service and the app that runs one or several of them.

`Service` finds `routes`, `handlers`, `timers`, `workers`, `policies` and `migrations` beside its `service.py` by these names when an app
is made, never at import: the names are the wiring. `create_app` gives each service its runtime and refuses to start while an
endpoint has no policy.
"""

import asyncio
import importlib
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import keys as key_folder
from quartier import operations, probes
from quartier.answers import add_problem_handlers, problem_response
from quartier.auth import VISITOR, Actor, Policies, Signer, Verifier
from quartier.bus import Bus, Topic
from quartier.callers import present_place
from quartier.client import Client
from quartier.database import Database
from quartier.events import registry
from quartier.guard import Guarded
from quartier.handlers import ConsumerLoop, Handlers
from quartier.idempotency import Idempotency, KeyLoop
from quartier.limits import OpenActs
from quartier.loops import Bell, Loop
from quartier.outbox import Relay
from quartier.parking import LaneLoop
from quartier.problems import Problem, Unauthenticated
from quartier.readiness import Changes
from quartier.settings import Settings
from quartier.timers import TimerLoop, Timers
from quartier.uow import UnitOfWork, unit_of_work
from quartier.web import refuse_nul, refuse_repeated
from quartier.workers import WorkerLoop, Workers

STOPS_WITHIN = 10.0
"""Seconds that loops have to finish what is in hand when an app stops."""


class Service:
    """One service by its name: where its modules are, what its settings are, and the dependencies of its routes."""

    def __init__(self, name: str, *, settings: type[Settings] = Settings, prefix: str | None = None,
                 quiet: Sequence[Callable[["Runtime"], Awaitable[str | None]]] = (),
                 problem_page: Callable[[Request, Problem], Awaitable[Response]] | None = None,
                 loops: Sequence[type[Loop]] = ()) -> None:
        self.name = name
        self.settings_class = settings
        self.prefix = f"/api/{name}/v1" if prefix is None else prefix
        self.quiet_checks = tuple(quiet)
        self.problem_page = problem_page
        self.own_loops = tuple(loops)
        self.package = f"quartier_{name}"

    def _beside(self, module: str) -> ModuleType | None:
        """The module of that name in the service's package, or None when it has no such file."""
        full = f"{self.package}.{module}"
        return importlib.import_module(full) if importlib.util.find_spec(full) else None

    @property
    def router(self) -> APIRouter:
        """The service's own endpoints."""
        found = self._beside("routes")
        return found.router if found else APIRouter()

    @property
    def handlers(self) -> Handlers:
        """Its reactions to events."""
        found = self._beside("handlers")
        return found.handlers if found else Handlers()

    @property
    def timers(self) -> Timers:
        """Its reactions to due times."""
        found = self._beside("timers")
        return found.timers if found else Timers()

    @property
    def workers(self) -> Workers:
        """Its workers, which claim rows and call the outside."""
        found = self._beside("workers")
        return found.workers if found else Workers()

    @property
    def policies(self) -> Policies:
        """Who may begin which of its actions, the operators' included."""
        found = self._beside("policies")
        return Policies(operations.policies | (found.policies if found else {}))

    @property
    def migrations(self) -> Path | None:
        """The folder of its database revisions."""
        found = importlib.util.find_spec(f"{self.package}.migrations")
        return Path(next(iter(found.submodule_search_locations))) if found and found.submodule_search_locations else None

    def _runtime(self, request: Request) -> "Runtime":
        found: Runtime = request.app.state.runtimes[self.name]
        return found

    # FastAPI gives each dependency that is no coroutine a thread to run in, which costs more than all of them do.
    async def runtime(self, request: Request) -> "Runtime":
        """Dependency: this service's runtime in the app that serves the request."""
        return self._runtime(request)

    async def unit_of_work(self, request: Request) -> AsyncIterator[UnitOfWork]:
        """Dependency: the transaction of one writing request. Use it with `scope="function"`, so that it commits first."""
        async with unit_of_work(self._runtime(request)) as uow:
            yield uow

    async def reading(self, request: Request) -> AsyncIterator[AsyncSession]:
        """Dependency: a session for reading."""
        async with self._runtime(request).database.session() as session:
            yield session

    async def actor(self, request: Request) -> Actor:
        """Dependency: whoever the bearer token names, else a visitor."""
        found: Actor = request.state.actor
        return found

    async def authorise(self, request: Request) -> None:
        """Dependency of every route of the service: hold the actor against the policy of the route's action."""
        refuse_nul(request)
        refuse_repeated(request)
        runtime, route = self._runtime(request), request.scope["route"]
        request.state.actor = actor = actor_of(request, runtime.verifier)
        if action := route.openapi_extra.get("x-action"):
            runtime.policies.check(action, actor)
        elif request.method == "POST" and self.prefix:
            # A page's form is counted where it is acted on: the portal hands the place of its visitor on.
            runtime.open_acts.count(route.path, actor, present_place(), runtime.settings.open_acts_an_hour)

    def once(self, uow: Any) -> Callable[..., Idempotency]:
        """Dependency factory: `Depends(service.once(Uow))` runs an act once for each Idempotency-Key."""

        async def idempotency(request: Request, uow: uow) -> Idempotency:  # type: ignore[valid-type]
            return Idempotency(request, uow)

        return idempotency


def actor_of(request: Request, verifier: Verifier) -> Actor:
    """Whoever the `Authorization` header names; a visitor without one. Raises Unauthenticated for a token that is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return VISITOR
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send a bearer token, or none.")
    return verifier.actor(token.strip())


@dataclass
class Runtime:
    """One service at work in one process."""

    service: Service
    settings: Settings
    database: Database
    bus: Bus
    client: Client
    keys: key_folder.ServiceKeys
    signer: Signer
    verifier: Verifier
    policies: Policies
    open_acts: OpenActs = field(default_factory=OpenActs)
    loops: dict[str, Loop] = field(default_factory=dict)
    bell: Bell = field(default_factory=Bell)

    def wake(self) -> None:
        """Let every loop of this service look for work; called after each commit."""
        self.bell.ring()

    def unit_of_work(self, *, correlation_id: UUID | None = None,
                     causation_id: str | None = None) -> AbstractAsyncContextManager[UnitOfWork]:
        """A transaction of this service outside a request."""
        return unit_of_work(self, correlation_id=correlation_id, causation_id=causation_id)

    def make_loops(self) -> None:
        """What this service has to do besides answering: send, forget, handle, drain, fire, work."""
        self.loops = {"relay": Relay(self), "keys": KeyLoop(self)}
        if self.service.handlers:
            self.loops |= {"consumer": ConsumerLoop(self), "lanes": LaneLoop(self)}
        if self.service.timers:
            self.loops["timers"] = TimerLoop(self)
        self.loops |= {function.__name__: WorkerLoop(self, function) for function in self.service.workers}
        self.loops |= {loop.__name__: loop(self) for loop in self.service.own_loops}


def installed() -> list[Service]:
    """Every service that is installed here, by the entry points `quartier.services`."""
    from importlib.metadata import entry_points

    return [entry.load() for entry in sorted(entry_points(group="quartier.services"), key=lambda entry: entry.name)]


def topics() -> list[Topic]:
    """The topics of all declared events."""
    return [Topic(name) for name in sorted({topic for cls in registry().values() for topic in cls.event_topics})]


def bus_of(settings: Settings) -> Bus:
    """The bus that the settings choose."""
    if settings.kafka:
        from quartier.bus.kafka import KafkaBus

        bus = KafkaBus(settings.kafka, client_id="quartier")
        bus.replication = settings.kafka_replication
        return bus
    from quartier.bus.log import LogBus

    settings.folder.mkdir(parents=True, exist_ok=True)
    return LogBus(settings.folder / "bus.db")


async def prepare_topics(settings: Settings) -> None:
    """Make the topics that are missing on the bus that the settings choose."""
    bus = bus_of(settings)
    await bus.start()
    try:
        await bus.apply(topics())
    finally:
        await bus.stop()


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
    keys = key_folder.load(settings, service.name)
    signer = Signer(keys)
    database = Database(settings.database_url) if settings.database_url else Database.in_file(
        settings.folder / f"{service.name}.db")
    client = Client(service.name, urls=settings.service_urls, app=app, as_service=signer.as_service)
    return Runtime(service, settings, database, app.state.bus, client, keys, signer, Verifier(keys), service.policies)


def _refuse_undeclared(service: Service) -> None:
    for route in _every_route(service.router):
        declared = getattr(route, "openapi_extra", None) or {}
        where = f"{service.name}: {getattr(route, 'path', route)}"
        if "x-public" in declared or not hasattr(route, "openapi_extra"):
            continue
        if "x-action" not in declared:
            raise ValueError(f"{where} declares neither allow(…) nor public(…)")
        if declared["x-action"] not in service.policies:
            raise ValueError(f"{where}: policies.py has no rule for {declared['x-action']!r}")


def _every_route(router: APIRouter) -> Iterator[Any]:
    """The routes of a router and of those that it includes, which FastAPI keeps as one opaque route each."""
    for route in router.routes:
        included = getattr(route, "original_router", None)
        yield from _every_route(included) if included is not None else (route,)


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
