"""What has to hold when a storm is over: nothing lost, nothing twice, nothing out of order, nobody forgotten."""
import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import select

from quartier import clock
from quartier.cloudevents import Envelope, from_record
from quartier.contracts.accounts import Role
from quartier.events import event_class
from quartier.outbox import OutboxRow
from quartier.testing.smtp import Mail
from quartier.transport import topics
from tests.storm.driver import Driver
from tests.storm.places import SERVICES

QUIET_WITHIN = 120.0
ENDS = {"notice.sent": "sent", "notice.bounced": "bounced", "notice.failed": "failed", "notice.unknown": "unknown"}
IN_DOUBT = {"sender lost", "no reply after the message"}
"""The pieces of evidence that record a retry: what was sent before them may have arrived."""


@dataclass
class Found:
    """The figures of a storm, and a sentence for each thing that must not be."""

    figures: dict[str, Any] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def expect(self, holds: bool, sentence: str) -> None:
        """A sentence for what does not hold."""
        if not holds:
            self.violations.append(sentence)

    def none(self, what: str, found: Iterable[Any]) -> None:
        """Expect that there is none of these, and keep their number."""
        listed = sorted(map(str, found))
        self.figures[what] = len(listed)
        self.expect(not listed, f"{what}: {', '.join(listed[:5])}")


async def wait_for_quiet(driver: Driver) -> list[str]:
    """Return when no service has anything left to do; the reasons when that does not come about."""
    deadline = clock.monotonic() + QUIET_WITHIN
    calm, reasons = 0, ["nobody was asked"]
    while calm < 3:
        if clock.monotonic() > deadline:
            return [f"the city did not become quiet: {reason}" for reason in reasons]
        try:
            reasons = await _reasons(driver)
        except httpx.HTTPError as error:
            reasons = [f"{type(error).__name__}: {error}"]
        calm = 0 if reasons else calm + 1
        await asyncio.sleep(0.3)
    return []


async def _reasons(driver: Driver) -> list[str]:
    reasons = []
    for service in SERVICES:
        if service == "portal":  # It has pages, and no endpoints for operators: its figures are waited for below.
            continue
        answer = await driver.send("GET", service, "/operations/quiet", headers=driver.staff(Role.OPERATOR))
        answer.raise_for_status()
        reasons += [f"{service}: {reason}" for reason in answer.json()["reasons"]]
    for state in ("queued", "claimed"):
        waiting = await driver.send("GET", "notify", f"/deliveries?state={state}", headers=driver.staff(Role.OFFICER))
        reasons += [f"notify: deliveries are {state}"] if waiting.json()["items"] else []
    figures = [await _figures(driver), (await driver.send("GET", "requests", "/register/figures")).json()]
    if figures[0]["asked"] != figures[1]["public"] + figures[1]["hidden"]:
        reasons.append(f"portal: it knows {figures[0]['asked']} requests, the register {figures[1]}")
    return reasons


async def _figures(driver: Driver) -> dict[str, Any]:
    found: dict[str, Any] = (await driver.send("GET", "portal", "/api/portal/v1/figures")).json()
    return found


async def check(driver: Driver) -> Found:
    """Hold the ledger, the bus, the databases, the mails and the projections against each other."""
    found = Found()
    delivered = await _read_bus(driver)
    events = list({envelope.id: envelope for envelope in delivered}.values())
    found.figures |= {"events": len(events), "repeated_on_bus": len(delivered) - len(events)}
    found.expect(driver.place.size != "embedded" or len(delivered) == len(events), "the log holds an event twice")
    _check_order(found, events)
    await _check_outboxes(found, driver, events)
    await _check_acts(found, driver, events)
    await _check_notices(found, driver, events)
    await _check_projections(found, driver, events)
    await _check_letters(found, driver)
    return found


async def _read_bus(driver: Driver) -> list[Envelope]:
    """Every record of every topic, in the order of each partition."""
    bus, found = driver.place.bus(), []
    await bus.start()
    try:
        async with bus.tail([topic.name for topic in topics()], {}) as records:
            while True:
                try:
                    found.append(from_record(await asyncio.wait_for(anext(records), 3)))
                except TimeoutError:
                    return found
    finally:
        await bus.stop()


def _check_order(found: Found, events: list[Envelope]) -> None:
    """The events of each subject are 1, 2, 3, … as they stand on the bus."""
    numbers: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for event in events:
        if event.sequence is not None:
            numbers[event.source, event.subject].append(event.sequence)
    found.none("out_of_order", [f"{subject}: {seen}" for (_, subject), seen in numbers.items() if seen != list(range(1, len(seen) + 1))])


async def _check_outboxes(found: Found, driver: Driver, events: list[Envelope]) -> None:
    """No event without its row, no row without its event."""
    rows = set()
    for service in set(SERVICES):
        database = driver.place.database(service)
        async with database.session() as session:
            rows |= set((await session.exec(select(OutboxRow.id))).all())
        await database.stop()
    published = {UUID(event.id) for event in events}
    found.none("rows_without_event", rows - published)
    found.none("events_without_row", published - rows)


async def _check_acts(found: Found, driver: Driver, events: list[Envelope]) -> None:
    """What was acknowledged is stored, once; what was not even meant did not happen."""
    acked = driver.ledger.entries("acked")
    happened = Counter((_name(event), _subject(event)) for event in events)
    awaited = [*acked, *(entry for entry in driver.ledger.entries("owed") if entry["event"] == "request.published")]
    wanted = {(("request.drafted" if entry["event"] == "asked" else entry["event"]), entry["subject"])
              for entry in awaited if entry["subject"]}
    found.figures["acked"] = len(acked)
    found.none("lost", [what for what in wanted if happened[what] == 0])
    found.none("twice", [what for what in wanted if happened[what] > 1])
    kinds = {name for name, _ in wanted}
    found.none("unasked", [what for what in happened if what[0] in kinds and what not in wanted])
    # A draft is nobody's business before it is confirmed: only its event is seen.
    confirmed = {entry["subject"] for entry in acked if entry["event"] == "request.submitted"}
    for entry in acked:
        if entry["event"] == "asked" and entry["subject"] in confirmed:
            answer = await driver.send("GET", "requests", f"/requests/{entry['subject']}", headers=driver.staff(Role.OFFICER))
            found.expect(answer.is_success and entry["title"] in answer.text, f"request {entry['subject']} reads {answer.text[:200]}")


def _name(event: Envelope) -> str:
    return event.type.removeprefix("org.quartier.").removesuffix(".v1")


def _subject(event: Envelope) -> str | None:
    """What the ledger knows the event by: a dataset by its short name, everything else by its id."""
    if _name(event) == "dataset.published":
        return str(event_class(event.type).read(event.data or b"").slug)
    return event.subject


async def _check_notices(found: Found, driver: Driver, events: list[Envelope]) -> None:
    """Each notice came to one end and, unless a retry is recorded, to one mail; every mail is somebody's."""
    owed = {str(event_class(event.type).read(event.data or b"").notice_id)
            for event in events if _name(event) == "notice.owed"}
    ends = Counter((str(event_class(event.type).read(event.data or b"").notice_id), ENDS[_name(event)])
                   for event in events if _name(event) in ENDS)
    deliveries = await _deliveries(driver)
    mails: dict[str, list[Mail]] = defaultdict(list)
    for mail in driver.place.mail.mails:
        mails[str(mail.message["Message-ID"]).strip("<>").split("@")[0]].append(mail)
    state_of = {notice: delivery["state"] for delivery in deliveries for notice in delivery["notice_ids"]}
    found.none("forgotten", owed - state_of.keys())
    found.none("without_end", [notice for notice, state in state_of.items() if state not in ENDS.values()])
    found.none("ends_untold", [notice for notice, state in state_of.items() if ends[notice, state] != 1])
    found.none("ends_of_nothing", [end for end in ends if state_of.get(end[0]) != end[1]])
    found.none("mails_of_nobody", mails.keys() - {delivery["message_id"] for delivery in deliveries})
    retries = {delivery["message_id"]: sum(proof["outcome"] in IN_DOUBT for proof in delivery["evidence"]) for delivery in deliveries}
    found.none("sent_without_mail", [delivery["id"] for delivery in deliveries
                                     if delivery["state"] == "sent" and not mails[delivery["message_id"]]])
    found.none("mailed_twice", [message for message, copies in mails.items() if len(copies) > 1 + retries.get(message, 0)])
    found.none("held_and_mailed_twice", [delivery["id"] for delivery in deliveries
                                         if delivery["policy"] == "hold" and len(mails[delivery["message_id"]]) > 1])
    followed = {delivery["subject_id"] for delivery in deliveries if delivery["notice_class"] == "followed"}
    found.none("followers_forgotten", {entry["subject"] for entry in driver.ledger.entries("owed")
                                       if entry["event"] == "news to a follower"} - followed)
    found.figures |= {"notices": len(state_of), "mails": len(driver.place.mail.mails), "retries": sum(retries.values()),
                      "repeated_mails": sum(len(copies) - 1 for copies in mails.values() if copies),
                      "unknown": sum(state == "unknown" for state in state_of.values())}


async def _deliveries(driver: Driver) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        listed = (await driver.send("GET", "notify", "/deliveries", headers=driver.staff(Role.OFFICER),
                                    params={"limit": "100", **cursor})).json()
        found += listed["items"]
        if not listed["next"]:
            return found
        cursor = {"cursor": listed["next"]}


async def _check_projections(found: Found, driver: Driver, events: list[Envelope]) -> None:
    """The portal's figures and the register are what a fold of the log gives."""
    labels: dict[str, str] = {}
    for event in events:
        fact = event_class(event.type).read(event.data or b"") if event.source.endswith("/requests") else None
        if (label := getattr(fact, "label", None)) is not None and event.subject:
            labels[event.subject] = label
    counts = dict(Counter(labels.values()))
    shown = await _figures(driver)
    found.expect(shown["by_label"] == counts, f"the portal's figures are {shown['by_label']}, the log gives {counts}")
    register = (await driver.send("GET", "requests", "/register/figures")).json()
    public = {label: number for label, number in register["by_label"].items() if number}
    found.expect(public == counts, f"the register counts {public}, the log gives {counts}")
    found.figures["requests"] = len(labels)


async def _check_letters(found: Found, driver: Driver) -> None:
    """Nothing was given up, and nothing is parked."""
    stuck = []
    for service in set(SERVICES) - {"portal"}:
        for what in ("dead-letters", "parked-keys"):
            answer = (await driver.send("GET", service, f"/operations/{what}", headers=driver.staff(Role.OPERATOR))).json()
            stuck += [f"{service} {what} {item}" for item in answer["items"]]
    found.none("stuck", stuck)
