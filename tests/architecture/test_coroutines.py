"""Endpoints and their dependencies are coroutines: FastAPI runs any other function in a thread, which costs more than it does."""
import inspect
from collections.abc import Iterator
from typing import Any

from fastapi.dependencies.models import Dependant

from quartier.app import every_route
from quartier.service import Service, installed


def called(dependant: Dependant) -> Iterator[Any]:
    """The function of an endpoint or dependency, and those of everything that it needs."""
    yield dependant.call
    for needed in dependant.dependencies:
        yield from called(needed)


def takes_a_thread(function: Any) -> bool:
    plain = inspect.unwrap(function)
    return not (inspect.isclass(plain) or inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain))


def functions(service: Service) -> Iterator[Any]:
    """Whatever the endpoints of a service call before and in answering."""
    for route in every_route(service.router):
        yield from called(route.dependant)


def test_no_endpoint_and_no_dependency_takes_a_thread():
    found = [function for service in installed() for function in functions(service)]
    assert len(found) > 300
    assert {f"{function.__module__}.{function.__qualname__}" for function in found if takes_a_thread(function)} == set()
