"""Who may begin which action. What only one of the services may do is looked at again in `only`."""

from quartier.auth import Actor, Policies, Rule
from quartier.contracts.accounts import STAFF, Role
from quartier.problems import Forbidden

policies = Policies({
    "link.read": Rule(roles={Role.SERVICE}),
    "link.exchange": Rule(roles={Role.SERVICE}),
    "session.use": Rule(roles={Role.SERVICE}),
    "session.end": Rule(roles={Role.RESIDENT}),
    "resolution.mint": Rule(roles={Role.SERVICE}),
    "notice.letter": Rule(roles={Role.SERVICE}),
    "grant.give": Rule(roles={Role.OPERATOR}),
    "grant.list": Rule(roles={Role.OPERATOR}),
    "grant.end": Rule(roles={Role.OPERATOR}),
    "api_token.make": Rule(roles=STAFF),
    "api_token.list": Rule(roles=STAFF),
    "api_token.revoke": Rule(roles=STAFF),
})


def only(actor: Actor, service: str) -> None:
    """Raise Forbidden for every service but that one: addresses are for notify alone, links and sessions for the portal."""
    if actor.service != service:
        raise Forbidden(f"Only the {service} service may ask this.")
