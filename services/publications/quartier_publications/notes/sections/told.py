"""Section 9: were people told?"""

from collections import Counter
from datetime import date

from quartier.contracts.notices import NoticeOwed
from quartier.contracts.notify import NoticeBounced, NoticeFailed, NoticeResolved, NoticeSent, NoticeUnknown
from quartier.contracts.requests import RequesterReached, RequesterUnreached
from quartier.contracts.words import Quote
from quartier_publications.notes.facts import Fact
from quartier_publications.notes.story import Part, Story

ENDS = {NoticeOwed.event_type: "owed", NoticeSent.event_type: "sent", NoticeBounced.event_type: "bounced",
        NoticeFailed.event_type: "failed", NoticeUnknown.event_type: "unknown", NoticeResolved.event_type: "resolved"}


class ToldRow(Part):
    """Messages of one kind: how many were owed in the period, and what became of messages in it."""

    kind: str
    owed: int
    sent: int
    bounced: int
    failed: int
    unknown: int
    resolved: int


class UnreachedRow(Part):
    """A public request whose requester has not been reached at the end of the period, and since when."""

    ref: str
    title: Quote | None
    since: date
    kinds: list[str]


class Told(Part):
    """Messages owed to requesters. `unreached` and `waiting` are as they stand at the end of the period."""

    owed: int
    sent: int
    bounced: int
    failed: int
    unknown: int
    resolved: int
    waiting: int
    unreached: int
    rows: list[ToldRow]
    unreached_rows: list[UnreachedRow]


def told(story: Story) -> Told:
    """Every message and every outcome counts in the period in which it happened, so that no two notes count it twice."""
    facts = story.during(NoticeOwed, NoticeSent, NoticeBounced, NoticeFailed, NoticeUnknown, NoticeResolved)
    acts = Counter((fact.data["kinds"][0], ENDS[fact.type]) for fact in facts)
    totals = {end: sum(number for (_, found), number in acts.items() if found == end) for end in ENDS.values()}
    unreached = _unreached(story)
    return Told(
        **totals, waiting=_waiting(story), unreached=len(unreached),
        rows=[ToldRow(kind=kind, **{end: acts[kind, end] for end in ENDS.values()}) for kind in sorted({kind for kind, _ in acts})],
        unreached_rows=[UnreachedRow.model_validate(row | {"since": row["on"]}) for row in map(story.row, story.public(unreached))])


def _unreached(story: Story) -> list[Fact]:
    """The last alarm of each message that nobody has received since."""
    open_: dict[str, Fact] = {}
    for fact in story.until_the_end(RequesterUnreached, RequesterReached):
        if fact.type == RequesterUnreached.event_type:
            open_.setdefault(fact.data["notice_id"], fact)
        else:
            open_.pop(fact.data["notice_id"], None)
    return list(open_.values())


def _waiting(story: Story) -> int:
    """Messages that are owed and of which nothing is known yet."""
    owed = {fact.data["notice_id"] for fact in story.until_the_end(NoticeOwed)}
    heard = {fact.data["notice_id"] for fact in story.until_the_end(
        NoticeSent, NoticeBounced, NoticeFailed, NoticeUnknown, NoticeResolved)}
    return len(owed - heard)
