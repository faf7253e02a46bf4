"""How often one caller may do what needs no account, so that nobody fills the city's tables or people's mailboxes by a script.

Counted in memory: each process counts for itself, and a restart forgets. Whoever is signed in counts as a person, anybody else as
the place where the call began; staff, whose work it is, and this machine itself are not counted.
"""

from collections import OrderedDict

from quartier import clock
from quartier.auth import Actor
from quartier.contracts.accounts import STAFF
from quartier.problems import TooMany

HOUR = 3600.0
REMEMBERED = 100_000
"""Callers at most; beyond that the oldest are forgotten, since a flood from so many places is none of one caller."""


class OpenActs:
    """The counts of one service in one process: how often each caller did each thing in an hour that began with the first time."""

    def __init__(self) -> None:
        # No dict: one whose first entries were deleted walks past the gap to find the next, which takes seconds after a flood.
        self._hours: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def count(self, act: str, actor: Actor, place: str | None, most: int) -> None:
        """Note one more time. Raises TooMany, with the seconds to wait, when it would be one too many."""
        caller = f"person {actor.subject}" if actor.subject else place
        if caller is None or actor.has(*STAFF):
            return
        now = clock.monotonic()
        self._forget(now)
        ends, times = self._hours.get((act, caller), (now + HOUR, 0))
        if times >= most:
            raise TooMany("This was done very often from where you are; please try again later.",
                          headers={"Retry-After": str(int(ends - now) + 1)})
        self._hours[act, caller] = ends, times + 1

    def _forget(self, now: float) -> None:
        """Drop the hours that are over: they stand in front, in the order in which they began."""
        while self._hours and (len(self._hours) >= REMEMBERED or next(iter(self._hours.values()))[0] <= now):
            self._hours.popitem(last=False)
