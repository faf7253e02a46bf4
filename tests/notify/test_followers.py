"""News for those who follow: one message a person and command, with RFC 8058, and nothing of what is not public."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quartier import ids
from quartier.contracts.notices import NoticeKind, Purpose
from quartier.contracts.notify import NoticeSent
from quartier.contracts.requests import (
    Ground,
    Outcome,
    PublicationDatePassed,
    PublicationRescheduled,
    PublicationScheduled,
    RequestAnswered,
    RequestFact,
    RequestPublished,
    RequestRefused,
    RequestTakenUp,
    RequestWithdrawn,
    Visibility,
)
from quartier.contracts.wishes import Property, Verdict, Weight, WishCell
from quartier.contracts.words import Precision, Texts
from quartier_notify.ledger.model import State

NOVEMBER = {"expected_on": date(2027, 11, 30), "precision": Precision.MONTH}
EVENTS: dict[NoticeKind, tuple[type[RequestFact], dict[str, Any]]] = {
    NoticeKind.ANSWERED: (RequestAnswered, {"outcome": Outcome.ALREADY_AVAILABLE, "answer": Texts(en="It is there already.")}),
    NoticeKind.SELECTED: (RequestTakenUp, {"motive": Texts(en="A legal duty.")}),
    NoticeKind.SCHEDULED: (PublicationScheduled, NOVEMBER),
    NoticeKind.RESCHEDULED: (PublicationRescheduled, NOVEMBER | {
        "previous_on": date(2027, 6, 30), "previous_precision": Precision.QUARTER, "days": 153, "why": Texts(en="A sick colleague.")}),
    NoticeKind.DATE_PASSED: (PublicationDatePassed, NOVEMBER),
    NoticeKind.PUBLISHED: (RequestPublished, {
        "outcome": Outcome.NEW_DATASET, "dataset_id": UUID(int=7), "slug": "noise", "version": "1", "dataset_title": Texts(en="Noise"),
        "wishes": [WishCell(property=Property.AREA, wanted="Easton", weight=Weight.MUST, given="Bristol", verdict=Verdict.MET)]}),
    NoticeKind.REFUSED: (RequestRefused, {"outcome": Outcome.REFUSED, "ground": Ground.SECURITY, "motive": Texts(en="Bridges.")}),
    NoticeKind.WITHDRAWN: (RequestWithdrawn, {"outcome": Outcome.WITHDRAWN}),
}
SAID = {NoticeKind.ANSWERED: "It is there already.", NoticeKind.SELECTED: "A legal duty.", NoticeKind.SCHEDULED: "November 2027",
        NoticeKind.RESCHEDULED: "A sick colleague.", NoticeKind.DATE_PASSED: "November 2027", NoticeKind.PUBLISHED: "Easton",
        NoticeKind.REFUSED: "Bridges.", NoticeKind.WITHDRAWN: "withdrawn by the person who asked"}


def news(kind: NoticeKind, request: UUID, visibility: Visibility = Visibility.PUBLIC) -> RequestFact:
    """An event of that kind."""
    cls, facts = EVENTS[kind]
    return cls(request_id=request, ref="R-2027-0042", state="some_state", label="some_label", visibility=visibility, **facts)


async def mails_to(notify: Any, address: str) -> list[Any]:
    """The news that an address got, without its confirmation mail."""
    await notify.city.quiet()
    return [mail for mail in await notify.city.mails() if mail.to == address and "List-Unsubscribe" in mail.message]


@pytest.mark.parametrize("kind", list(EVENTS))
async def test_each_public_event_is_told_with_its_facts_from_the_event_alone(notify: Any, kind: NoticeKind) -> None:
    request = await notify.open_request()
    await notify.follower(request)
    notify.neighbours.away = {"requests"}
    await notify.publish(news(kind, request))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 2)

    mail, = await mails_to(notify, "fern@example.org")
    assert SAID[kind] in mail.text and SAID[kind] in mail.html
    assert "Noise by street" in mail.text
    assert "https://city.test/en/requests/R-2027-0042" in mail.links


async def test_a_wish_that_the_dataset_says_nothing_about_is_told_too_by_mail_and_by_feed(notify: Any) -> None:
    request = await notify.open_request()
    await notify.follower(request)
    silent = WishCell(property=Property.OTHER, wanted="a map of it", weight=Weight.MUST, given=None, verdict=Verdict.UNKNOWN)
    await notify.publish(news(NoticeKind.PUBLISHED, request).model_copy(update={"wishes": [silent]}))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 2)

    mail, = await mails_to(notify, "fern@example.org")
    assert "a map of it" in mail.text and "a map of it" in mail.html
    assert (await notify.city.http.get(f"/api/notify/v1/feeds/requests/{request}.atom")).status_code == 200


async def test_news_can_be_stopped_by_one_click_from_any_mail_program(notify: Any) -> None:
    request = await notify.open_request()
    _, subscription = await notify.follower(request)
    await notify.publish(news(NoticeKind.SELECTED, request))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 2)

    mail, = await mails_to(notify, "fern@example.org")
    link = mail.message["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://city.test/en/l/unsubscribe-")
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in mail.links and f'href="{link}"' in mail.html
    assert mail.message["List-Id"] == "Request R-2027-0042 <r-2027-0042.requests.city.test>"
    assert mail.message["List-Archive"] == "<https://city.test/en/requests/R-2027-0042>"
    assert {"purpose": "unsubscribe", "subject": f"subscription/{subscription}"}.items() <= notify.neighbours.asked[-1].items()


async def test_what_one_command_told_is_one_mail_the_newest_state_first(notify: Any) -> None:
    request = await notify.open_request()
    await notify.follower(request)
    await notify.publish(news(NoticeKind.SELECTED, request), news(NoticeKind.SCHEDULED, request))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 2)

    mail, = await mails_to(notify, "fern@example.org")
    assert "promised for November 2027" in mail.subject
    assert "The city has taken up request" in mail.text and "A legal duty." in mail.text
    assert len(await notify.told(NoticeSent)) == 3, "each notice has its end: the confirmation's and the two of this mail"


async def test_two_commands_are_two_mails_of_one_conversation(notify: Any) -> None:
    request = await notify.open_request()
    await notify.follower(request)
    for kind in (NoticeKind.SELECTED, NoticeKind.SCHEDULED):
        await notify.publish(news(kind, request))
        await notify.city.quiet()
        await notify.until(lambda found: all(one.state == State.SENT for one in found))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 3)

    first, second = [mail.message for mail in await mails_to(notify, "fern@example.org")]
    assert second["References"] == first["Message-ID"]


async def test_an_event_that_comes_twice_is_told_once(notify: Any) -> None:
    request = await notify.open_request()
    await notify.follower(request)
    event, id, correlation = news(NoticeKind.SELECTED, request), ids.new_id(), ids.new_id()
    for _ in range(3):
        await notify.publish(event, event_id=id, correlation=correlation)
    await notify.publish(news(NoticeKind.SCHEDULED, request))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 3)

    assert len(await mails_to(notify, "fern@example.org")) == 2


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.REQUESTER_ONLY])
async def test_what_is_not_public_leaks_into_neither_mails_nor_feed(notify: Any, visibility: Visibility) -> None:
    request = await notify.open_request()
    await notify.follower(request)
    for kind in EVENTS:
        await notify.publish(news(kind, request, visibility))
    await notify.city.quiet()

    assert await mails_to(notify, "fern@example.org") == []
    assert (await notify.city.http.get(f"/api/notify/v1/feeds/requests/{request}.atom")).status_code == 404
    assert (await notify.follow(notify.person(), request)).status_code == 404


async def test_who_has_not_confirmed_or_has_stopped_hears_nothing(notify: Any) -> None:
    request = await notify.open_request()
    person, subscription = await notify.follower(request, "gone@example.org")
    await notify.stop(person, subscription)
    await notify.follow(notify.person("pending@example.org"), request)
    await notify.publish(news(NoticeKind.SELECTED, request))
    await notify.city.quiet()

    assert await mails_to(notify, "gone@example.org") == []
    assert await mails_to(notify, "pending@example.org") == []


async def test_whoever_asked_is_told_as_the_owner_and_not_again_as_a_follower(notify: Any) -> None:
    request = await notify.open_request()
    ada = notify.person("ada@example.org")
    await notify.owe(ada, NoticeKind.OPENED, subject=request)
    await notify.follow(ada, request)
    await notify.city.quiet()
    subscription = next(one["subject"].split("/")[1] for one in notify.neighbours.asked if one["subject"].startswith("subscription/"))
    await notify.city.http.post(f"/api/notify/v1/subscriptions/{subscription}/confirmation",
                                headers=notify.link(ada, Purpose.CONFIRM, subscription))
    await notify.owe(ada, NoticeKind.SELECTED, subject=request)
    await notify.publish(news(NoticeKind.SELECTED, request))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 3)
    await notify.city.quiet()

    assert await mails_to(notify, "ada@example.org") == []
    assert len(await notify.city.mails()) == 3


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commands=st.lists(st.lists(st.sampled_from(list(EVENTS)), min_size=1, max_size=3, unique=True), min_size=1, max_size=4),
       repeats=st.lists(st.integers(0, 3), max_size=4))
async def test_any_set_of_events_gives_at_most_one_message_a_person_and_command(
        notify: Any, commands: list[list[NoticeKind]], repeats: list[int]) -> None:
    request = await notify.open_request()
    address = f"{ids.new_id()}@example.org"
    await notify.follower(request, address)
    sent = [([news(kind, request) for kind in kinds], ids.new_id(), [ids.new_id() for _ in kinds]) for kinds in commands]
    for number in (*range(len(sent)), *(repeat for repeat in repeats if repeat < len(sent))):
        events, correlation, event_ids = sent[number]
        for event, event_id in zip(events, event_ids, strict=True):
            await notify.publish(event, correlation=correlation, event_id=event_id)
    await notify.until(lambda found: all(one.state == State.SENT for one in found))

    mails = await mails_to(notify, address)
    told = [event for event in await notify.told(NoticeSent) if event.subject_id == request]
    assert len(told) == sum(map(len, commands)), "no event is told twice or forgotten"
    assert len(commands) <= len(mails) <= sum(map(len, commands))
