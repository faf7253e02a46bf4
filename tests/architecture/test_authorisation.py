"""Who may call what: every operation of every service, called by every kind of caller, is answered as its policy says."""

import re
from collections.abc import Iterator

from quartier import ids
from quartier.auth import VISITOR, Actor
from quartier.contracts.accounts import Role
from quartier.probes import openapi_of
from quartier.service import Service, installed
from quartier.testing.app import City

NOT_YOURS = "Your role does not include this."
STREAMS = {"/api/portal/v1/live"}
"""Answers that never end; the tests of the portal read from them."""
PEOPLE = [Role.RESIDENT, Role.OFFICER, Role.APPROVER, Role.EDITOR, Role.OPERATOR]
SERVICES = ["notify", "portal"]


def operations() -> Iterator[tuple[Service, str, str, str | None]]:
    """Service, method, path with made-up ids, and the action that its policy names (None: open to everybody)."""
    for service in installed():
        for path, found in openapi_of(service)["paths"].items():
            if path.startswith("/api/") and path not in STREAMS:
                for method, operation in found.items():
                    yield service, method.upper(), re.sub(r"\{[^}]*\}", str(ids.new_id()), path), operation.get("x-action")


def callers(city: City) -> dict[str, tuple[Actor, dict[str, str]]]:
    """Who calls: the actor that the services should see, and the headers that say so."""
    found: dict[str, tuple[Actor, dict[str, str]]] = {"visitor": (VISITOR, {})}
    for role in PEOPLE:
        found[role] = Actor(subject=ids.new_id(), roles=frozenset({role, Role.RESIDENT})), city.bearer(role)
    for name in SERVICES:
        actor = Actor(roles=frozenset({Role.SERVICE}), service=name)
        found[f"service:{name}"] = actor, {"authorization": f"Bearer {city.service_token(name)}"}
    return found


async def test_every_operation_admits_exactly_the_roles_that_its_policy_names(city: City):
    wrong, called = [], 0
    for caller, (actor, headers) in callers(city).items():
        for service, method, path, action in operations():
            answer = await city.http.request(method, path, headers=headers)
            by_policy = answer.status_code == 401 or (answer.status_code == 403 and answer.json()["detail"] == NOT_YOURS)
            expected = action is not None and not service.policies[action].admits(actor)
            refusal = 401 if actor == VISITOR else 403
            if by_policy != expected or (expected and answer.status_code != refusal) or answer.status_code >= 500:
                wrong.append(f"{caller}: {method} {path} ({action or 'public'}) was answered {answer.status_code} {answer.text[:200]}")
            called += 1
    assert called > 200
    assert not wrong, "\n".join(wrong)
