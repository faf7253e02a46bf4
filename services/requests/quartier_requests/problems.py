"""The refusals of this domain."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from quartier.problems import Conflict, Forbidden, NotFound

if TYPE_CHECKING:
    from quartier_requests.machine import By, Transition


class UnknownRequest(NotFound):
    """No such request, or none that this person may know of."""

    slug, title = "unknown-request", "There is no such request"


class NotPossibleNow(Conflict):
    """The state of the request does not allow this act; `possible` lists what it allows."""

    slug, title = "not-possible-now", "This cannot be done with the request as it stands"

    @classmethod
    def in_state(cls, state: str, possible: Iterable["Transition"]) -> "NotPossibleNow":
        """The refusal for a request in that state."""
        acts: list[dict[str, Any]] = [{"event": row.event, "verb": row.verb, "outcomes": list(row.outcomes)} for row in possible]
        names = ", ".join(dict.fromkeys(row["verb"] for row in acts))
        return cls(f"The request is in the state {state}. Possible now: {names or 'nothing'}.", state=state, possible=acts)


class NotYoursToDo(Forbidden):
    """Another role makes this move."""

    slug, title = "another-role", "Somebody else has to do this"

    @classmethod
    def of(cls, actors: Iterable["By"]) -> "NotYoursToDo":
        """The refusal of a move that belongs to others."""
        return cls(f"This is done by: {', '.join(sorted(actors))}.")


class FourEyes(Forbidden):
    """A second person has to decide."""

    slug, title = "four-eyes", "A second person has to decide this"


class AlreadyTold(Conflict):
    """The requester has been told, so nobody needs to tell her."""

    slug, title = "already-told", "The requester has been told"
