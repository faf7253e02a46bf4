"""What the other services may know about people: opaque ids, roles, and what their tokens are for."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may do in the house."""

    VISITOR = "visitor"
    RESIDENT = "resident"
    OFFICER = "officer"
    APPROVER = "approver"
    EDITOR = "editor"
    OPERATOR = "operator"
    SERVICE = "service"


class Audiences(StrEnum):
    """The `aud` of the tokens that accounts signs."""

    SERVICES = "quartier"
    CONTACT = "quartier-contact"
