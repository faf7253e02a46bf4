"""What operators see and do in every service: what waits, what is stuck, and what becomes of it."""

from typing import TYPE_CHECKING

from fastapi import APIRouter

from quartier.auth import Policies, Rule
from quartier.contracts.accounts import Role
from quartier.operations import dead_letters, parked_keys, progress

if TYPE_CHECKING:
    from quartier.service import Service

policies = Policies({"operations.look": Rule(roles={Role.OPERATOR}), "operations.act": Rule(roles={Role.OPERATOR})})
"""Every service has these beside its own."""


def router_for(service: "Service") -> APIRouter:
    """The operators' endpoints of one service."""
    router = APIRouter(prefix="/operations")
    for noun in (progress, parked_keys, dead_letters):
        noun.add_to(router, service)
    return router
