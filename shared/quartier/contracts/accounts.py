"""What the other services may know about people: opaque ids, roles, and what their tokens are for."""

from enum import StrEnum
from uuid import UUID

from quartier.events import Event


class Role(StrEnum):
    """What a person may do in the house."""

    VISITOR = "visitor"
    RESIDENT = "resident"
    OFFICER = "officer"
    APPROVER = "approver"
    EDITOR = "editor"
    OPERATOR = "operator"
    SERVICE = "service"


STAFF = frozenset({Role.OFFICER, Role.APPROVER, Role.EDITOR, Role.OPERATOR})
"""The roles that are granted; the others come of themselves."""


class Audiences(StrEnum):
    """The `aud` of the tokens that accounts signs."""

    SERVICES = "quartier"
    CONTACT = "quartier-contact"


class SignInAsked(Event, topic="quartier.accounts", type="org.quartier.sign-in.asked.v1", key="sign_in_id"):
    """Somebody asked to be let in. Sent for known and unknown addresses alike; accounts itself then sees who is to get a link."""

    sign_in_id: UUID
