"""Following: double opt-in from the mailbox itself, and the end by one click, whatever strangers and mail programs do."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from quartier import clock, ids
from quartier.contracts.accounts import Role
from quartier.contracts.notices import Purpose
from quartier.contracts.notify import FollowConfirmed, FollowEnded
from quartier.contracts.requests import TriageStarted, Visibility
from quartier_notify.subscriptions.model import FollowState, Subscription


async def only_subscription(notify: Any) -> Subscription:
    """The one row of the table."""
    async with notify.city.runtime("notify").database.session() as session:
        return (await session.exec(select(Subscription))).one()


async def confirm(notify: Any, subscription: Subscription, **other: Any) -> Any:
    """Press the button of the page behind the link in the mail."""
    headers = notify.link(other.get("person", subscription.person_id), other.get("purpose", Purpose.CONFIRM),
                          other.get("scope", str(subscription.id)))
    return await notify.city.http.post(f"/api/notify/v1/subscriptions/{subscription.id}/confirmation", headers=headers)


async def asked(notify: Any) -> Subscription:
    """A follow that waits for its confirmation."""
    request = await notify.open_request()
    assert (await notify.follow(notify.person("fern@example.org", "fr"), request)).status_code == 202
    await notify.city.quiet()
    return await only_subscription(notify)


async def test_following_begins_with_a_mail_and_only_its_button_confirms(notify: Any) -> None:
    subscription = await asked(notify)
    assert subscription.state == FollowState.PENDING
    mail, = await notify.city.mails()
    assert mail.to == "fern@example.org"
    assert "veuillez confirmer le suivi" in mail.subject
    assert "Noise by street" in mail.text
    assert "List-Unsubscribe" not in mail.message

    confirmed = await confirm(notify, subscription)
    assert confirmed.status_code == 200
    assert (confirmed.json()["state"], confirmed.json()["ref"], confirmed.json()["title"]["text"]) == (
        "active", "R-2027-0042", "Noise by street")
    subscription = await only_subscription(notify)
    assert subscription.proof is not None and len(subscription.proof["wording"]) == 12
    assert subscription.confirmed_at is not None
    event, = await notify.told(FollowConfirmed)
    assert event.subscription_id == subscription.id


async def test_the_answer_is_the_same_for_known_unknown_and_following_addresses(notify: Any) -> None:
    request = await notify.open_request()
    follower, _ = await notify.follower(request)
    stranger = ids.new_id()
    answers = [await notify.follow(person, request) for person in (follower, stranger, notify.person("new@example.org"))]

    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}


async def test_one_confirmation_mail_a_day_however_often_and_at_once_it_is_asked(notify: Any) -> None:
    request, fern = await notify.open_request(), notify.person("fern@example.org")
    answers = await asyncio.gather(*(notify.follow(fern, request) for _ in range(20)))
    await notify.city.quiet()

    assert {answer.status_code for answer in answers} == {202}
    assert len(await notify.city.mails()) == 1
    async with notify.city.runtime("notify").database.transaction() as session:
        row = (await session.exec(select(Subscription))).one()
        row.asked_at = clock.wall() - timedelta(hours=25)
        session.add(row)
    await notify.follow(fern, request)
    await notify.city.quiet()
    assert len(await notify.city.mails()) == 2


async def test_the_same_key_twice_is_one_wish(notify: Any) -> None:
    request, ticket = await notify.open_request(), notify.ticket(notify.person())
    body = {"contact_ticket": ticket, "subject_kind": "request", "subject_id": str(request)}
    post = notify.city.http.post
    assert (await post("/api/notify/v1/subscriptions", json=body)).status_code == 400
    for _ in range(2):
        assert (await post("/api/notify/v1/subscriptions", json=body, headers={"idempotency-key": "one"})).status_code == 202
    other = body | {"subject_id": str(ids.new_id())}
    assert (await post("/api/notify/v1/subscriptions", json=other, headers={"idempotency-key": "one"})).status_code == 422


@pytest.mark.parametrize("visibility", [None, Visibility.REQUESTER_ONLY])
async def test_what_not_everybody_may_see_cannot_be_followed(notify: Any, visibility: Visibility | None) -> None:
    request = ids.new_id()
    if visibility:
        await notify.publish(TriageStarted(request_id=request, ref="R-2027-0043", state="triage", label="received",
                                           visibility=visibility))
        await notify.city.quiet()
    assert (await notify.follow(notify.person(), request)).status_code == 404
    assert await notify.city.mails() == []


@pytest.mark.parametrize("change", [
    {"contact_ticket": "x.y.z"}, {"contact_ticket": ""}, {"subject_id": "R-2027-0042"}, {"subject_kind": "search"}, {"extra": 1},
    {"contact_ticket": "x" * 2001}])
async def test_a_malformed_wish_is_refused(notify: Any, change: dict[str, Any]) -> None:
    request = await notify.open_request()
    body = {"contact_ticket": notify.ticket(notify.person()), "subject_kind": "request", "subject_id": str(request)} | change
    answer = await notify.city.http.post("/api/notify/v1/subscriptions", json=body, headers={"idempotency-key": "k"})

    assert answer.status_code in (401, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_confirming_twice_changes_nothing(notify: Any) -> None:
    subscription = await asked(notify)
    first, second = await confirm(notify, subscription), await confirm(notify, subscription)

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["confirmed_at"] == second.json()["confirmed_at"]
    assert len(await notify.told(FollowConfirmed)) == 1


async def test_a_confirmation_after_72_hours_comes_too_late(notify: Any) -> None:
    subscription = await asked(notify)
    async with notify.city.runtime("notify").database.transaction() as session:
        row = (await session.exec(select(Subscription))).one()
        row.asked_at = clock.wall() - timedelta(hours=73)
        session.add(row)
    answer = await confirm(notify, subscription)

    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (410, "confirmation-expired")
    assert (await only_subscription(notify)).state == FollowState.PENDING


async def test_a_link_for_another_purpose_person_or_follow_confirms_nothing(notify: Any) -> None:
    subscription = await asked(notify)

    assert (await confirm(notify, subscription, purpose=Purpose.UNSUBSCRIBE)).status_code == 403
    assert (await confirm(notify, subscription, person=ids.new_id())).status_code == 404
    assert (await confirm(notify, subscription, scope=str(ids.new_id()))).status_code == 404
    assert (await notify.city.http.post(f"/api/notify/v1/subscriptions/{subscription.id}/confirmation")).status_code == 401
    assert (await only_subscription(notify)).state == FollowState.PENDING


async def test_looking_at_a_link_neither_confirms_nor_ends_anything(notify: Any) -> None:
    subscription = await asked(notify)
    path = f"/api/notify/v1/subscriptions/{subscription.id}"
    for purpose in (Purpose.CONFIRM, Purpose.UNSUBSCRIBE):
        for method in ("GET", "HEAD", "OPTIONS"):
            await notify.city.http.request(method, path, headers=notify.link(subscription.person_id, purpose, str(subscription.id)))
    assert (await only_subscription(notify)).state == FollowState.PENDING

    await confirm(notify, subscription)
    looked = await notify.city.http.get(path, headers=notify.link(subscription.person_id, Purpose.UNSUBSCRIBE, str(subscription.id)))
    assert looked.json()["state"] == "active"
    assert (await only_subscription(notify)).state == FollowState.ACTIVE


async def test_one_click_ends_the_follow_and_again_is_no_error(notify: Any) -> None:
    person, subscription = await notify.follower(await notify.open_request())
    path = f"/api/notify/v1/subscriptions/{subscription}?by=one-click"
    headers = notify.link(person, Purpose.UNSUBSCRIBE, subscription)
    assert [(await notify.city.http.delete(path, headers=headers)).status_code for _ in range(2)] == [204, 204]

    ended, = await notify.told(FollowEnded)
    assert ended.ended_by == "one-click"
    row = await only_subscription(notify)
    assert (row.state, row.ended_by) == (FollowState.ENDED, "one-click")


async def test_a_token_with_one_byte_changed_ends_nothing(notify: Any) -> None:
    person, subscription = await notify.follower(await notify.open_request())
    token = notify.city.token(person=person, purpose=Purpose.UNSUBSCRIBE, scope=f"subscription/{subscription}")
    middle = len(token) // 2
    forged = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]
    answer = await notify.city.http.delete(f"/api/notify/v1/subscriptions/{subscription}", headers={"authorization": f"Bearer {forged}"})

    assert answer.status_code == 401
    assert (await only_subscription(notify)).state == FollowState.ACTIVE


async def test_nobody_ends_another_persons_follow(notify: Any) -> None:
    _, subscription = await notify.follower(await notify.open_request())
    path = f"/api/notify/v1/subscriptions/{subscription}"

    assert (await notify.city.http.delete(path)).status_code == 401
    assert (await notify.city.http.delete(path, headers=notify.city.bearer(Role.OFFICER))).status_code == 404
    assert (await notify.city.http.delete(path, headers=notify.link(ids.new_id(), Purpose.UNSUBSCRIBE, subscription))).status_code == 404
    assert (await only_subscription(notify)).state == FollowState.ACTIVE


async def test_after_the_end_the_old_link_confirms_nothing_but_a_new_wish_is_asked_at_once(notify: Any) -> None:
    request = await notify.open_request()
    person, subscription = await notify.follower(request)
    await notify.stop(person, subscription)
    row = await only_subscription(notify)
    assert (await confirm(notify, row)).status_code == 409

    await notify.follow(person, request)
    await notify.city.quiet()
    assert len(await notify.city.mails()) == 2
    assert (await confirm(notify, row)).status_code == 200


async def test_a_person_who_is_signed_in_sees_and_ends_what_she_follows(notify: Any) -> None:
    person, subscription = await notify.follower(await notify.open_request())
    mine = await notify.city.http.get("/api/notify/v1/subscriptions", headers=notify.city.bearer(Role.RESIDENT, person=person))
    assert [(one["id"], one["state"], one["ref"]) for one in mine.json()["items"]] == [(subscription, "active", "R-2027-0042")]

    ended = await notify.city.http.delete(f"/api/notify/v1/subscriptions/{subscription}",
                                          headers=notify.city.bearer(Role.RESIDENT, person=person))
    assert ended.status_code == 204
    assert (await notify.told(FollowEnded))[0].ended_by == "person"
