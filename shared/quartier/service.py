"""A service: where its parts are, what its endpoints depend on, and what it holds while it is at work in a process.

`Service` finds `routes`, `handlers`, `timers`, `workers`, `policies` and `migrations` beside its `service.py` by these names when an app
is made, never at import: the names are the wiring.
"""

import importlib
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import operations
from quartier.auth import VISITOR, Actor, Policies, Signer, Verifier
from quartier.bus import Bus
from quartier.callers import present_place
from quartier.client import Client
from quartier.database import Database
from quartier.handlers import ConsumerLoop, Handlers
from quartier.idempotency import Idempotency, KeyLoop
from quartier.keys import ServiceKeys
from quartier.limits import OpenActs
from quartier.loops import Bell, Loop
from quartier.outbox import Relay
from quartier.parking import LaneLoop
from quartier.problems import Problem, Unauthenticated
from quartier.settings import Settings
from quartier.timers import TimerLoop, Timers
from quartier.uow import UnitOfWork, unit_of_work
from quartier.web import refuse_nul, refuse_repeated
from quartier.workers import WorkerLoop, Workers


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
        elif request.method == "POST" and self.prefix and "x-uncounted" not in route.openapi_extra:
            # A page's form is counted where it is acted on: the portal hands the place of its visitor on.
            runtime.open_acts.count(route.path, actor, present_place(), runtime.settings.open_acts_an_hour)

    def once(self, uow: Any) -> Callable[..., Idempotency]:
        """Dependency factory: `Depends(service.once(Uow))` runs an act once for each Idempotency-Key."""

        async def idempotency(request: Request, uow: uow) -> Idempotency:
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
    keys: ServiceKeys
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
