"""Handing over: what each outcome of an attempt means under `retry` and under `hold`, against a mail server that misbehaves."""

import asyncio
import socket
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from quartier import clock, ids
from quartier.contracts.accounts import Role
from quartier.contracts.notices import NoticeKind
from quartier.contracts.notify import NoticeBounced, NoticeFailed, NoticeResolved, NoticeSent, NoticeUnknown
from quartier.contracts.requests import RequestTakenUp, Visibility
from quartier.testing.smtp import Mail, Receiver, listen
from quartier_notify.ledger.model import Delivery, Policy, State
from quartier_notify.mail.server import Answer, breaker_of
from quartier_notify.workers import send_what_is_due

ADA = "ada@example.org"
REFUSAL = {"outcome": "refused", "ground": "security", "article": "art. 4", "appeal_by": "2027-07-01"}


async def owe_a_refusal(posting: Any, **options: Any) -> Any:
    """The one kind of letter whose outcome nobody guesses."""
    return await posting.owe(posting.person(ADA), NoticeKind.REFUSED, letter=REFUSAL, **options)


async def decide(posting: Any, delivery: Delivery, decision: str, *roles: Role) -> Any:
    """Send an officer's decision about a delivery."""
    return await posting.city.http.post(
        f"/api/notify/v1/deliveries/{delivery.id}/resolution", headers=posting.city.bearer(*(roles or (Role.OFFICER,))),
        json={"decision": decision, "reason": "Her mail program shows it."})


async def test_an_accepted_mail_is_sent_with_the_servers_reply_as_evidence(posting: Any, mail_server: Any) -> None:
    await posting.owe(posting.person(ADA))
    sent, = await posting.until(lambda found: [one.state for one in found] == [State.SENT])

    mail, = mail_server.to(ADA)
    assert mail.sender == "city@city.test"
    assert mail.message["Message-ID"] == f"<{sent.message_id}@city.test>"
    assert mail.message["X-Quartier-Trace"] == posting.trace
    assert sent.evidence[-1]["code"] == 250 and "accepted" in sent.evidence[-1]["reply"]
    assert "You have withdrawn your request" in mail.text()
    assert await posting.city.mails() == [], "the local mailbox keeps no address where there is a mail server"
    assert mail.content.isascii(), "whatever a subject says is encoded for servers of any age"


async def test_a_recipient_refused_for_good_has_bounced(posting: Any, mail_server: Any) -> None:
    mail_server.refuse(ADA, "550 5.1.1 <ada@example.org> no such mailbox")
    owed = await posting.owe(posting.person(ADA))
    bounced, = await posting.until(lambda found: [one.state for one in found] == [State.BOUNCED])

    assert bounced.attempts == 1
    assert bounced.evidence[-1]["code"] == 550
    assert "ada@" not in str(bounced.evidence), "servers repeat the address; the ledger does not"
    event, = await posting.told(NoticeBounced)
    assert event.notice_id == owed.notice_id


@pytest.mark.parametrize("trouble", ["450 4.2.0 greylisted", "before DATA"])
async def test_what_certainly_did_not_arrive_goes_out_again_and_arrives_once(posting: Any, mail_server: Any, trouble: str) -> None:
    if trouble == "before DATA":
        mail_server.hang_up("before DATA", ADA)
    else:
        mail_server.refuse(ADA, trouble)
    await owe_a_refusal(posting)
    await posting.until(lambda found: [one.attempts >= 2 for one in found] == [True])
    assert mail_server.to(ADA) == []
    mail_server.accept()
    sent, = await posting.until(lambda found: [one.state for one in found] == [State.SENT])

    assert sent.policy == Policy.HOLD, "not even a formal letter waits for a person then"
    assert len(mail_server.to(ADA)) == 1
    assert {entry["outcome"] for entry in sent.evidence} == {Answer.LATER, Answer.ACCEPTED}


async def test_one_recipients_trouble_holds_nobody_up(posting: Any, mail_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quartier_notify.ledger.model.RETRY_AFTER", ())
    mail_server.refuse(ADA, "451 4.3.0 later")
    await posting.owe(posting.person(ADA))
    await posting.owe(posting.person("bob@example.org"))
    waiting, sent = await posting.until(lambda found: [one.state for one in found] == [State.QUEUED, State.SENT])

    assert waiting.next_at - clock.wall() > timedelta(minutes=45), "then hourly"


async def test_a_lost_reply_under_retry_is_sent_again_under_the_same_message_id(posting: Any, mail_server: Any) -> None:
    mail_server.hang_up("after DATA", ADA)
    await posting.owe(posting.person(ADA))
    await posting.until(lambda found: [one.attempts >= 1 for one in found] == [True])
    mail_server.accept()
    sent, = await posting.until(lambda found: [one.state for one in found] == [State.SENT])

    ids_seen = {mail.message["Message-ID"] for mail in mail_server.to(ADA)}
    assert len(mail_server.to(ADA)) == sent.attempts >= 2
    assert ids_seen == {f"<{sent.message_id}@city.test>"}
    assert sent.evidence[0]["outcome"] == Answer.LOST


async def test_a_lost_reply_under_hold_waits_for_a_person_who_counts_it_as_sent(posting: Any, mail_server: Any) -> None:
    mail_server.hang_up("after DATA", ADA)
    owed = await owe_a_refusal(posting)
    unknown, = await posting.until(lambda found: [one.state for one in found] == [State.UNKNOWN])
    event, = await posting.told(NoticeUnknown)
    assert event.notice_id == owed.notice_id
    mail_server.accept()
    listed = (await posting.get("/deliveries", Role.OFFICER, params={"state": "unknown"})).json()["items"]
    assert [(item["id"], item["kinds"], item["message_id"]) for item in listed] == [
        (str(unknown.id), ["refused"], str(unknown.message_id))]

    decided = await decide(posting, unknown, "count_as_sent")
    assert decided.status_code == 200, decided.text
    assert decided.json()["state"] == "sent"
    assert decided.json()["evidence"][-1]["reason"] == "Her mail program shows it."
    assert (await decide(posting, unknown, "count_as_sent")).status_code == 409
    resolved, = await posting.told(NoticeResolved)
    assert (resolved.notice_id, resolved.counts_as_sent) == (owed.notice_id, True)
    assert len(mail_server.to(ADA)) == 1


async def test_a_lost_reply_under_hold_goes_out_again_when_a_person_says_so(posting: Any, mail_server: Any) -> None:
    mail_server.hang_up("after DATA", ADA)
    await owe_a_refusal(posting)
    unknown, = await posting.until(lambda found: [one.state for one in found] == [State.UNKNOWN])
    mail_server.accept()
    assert (await decide(posting, unknown, "send_again")).status_code == 200
    await posting.until(lambda found: [one.state for one in found] == [State.SENT])

    first, second = mail_server.to(ADA)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert [event.counts_as_sent for event in await posting.told(NoticeResolved)] == [False]
    assert len(await posting.told(NoticeSent)) == 1


async def test_only_an_officer_decides_and_only_with_a_reason(posting: Any, mail_server: Any) -> None:
    mail_server.hang_up("after DATA", ADA)
    await owe_a_refusal(posting)
    unknown, = await posting.until(lambda found: [one.state for one in found] == [State.UNKNOWN])

    assert (await decide(posting, unknown, "count_as_sent", Role.OPERATOR)).status_code == 403
    assert (await decide(posting, unknown, "forget_it")).status_code == 422
    without = await posting.city.http.post(f"/api/notify/v1/deliveries/{unknown.id}/resolution",
                                           headers=posting.city.bearer(Role.OFFICER), json={"decision": "send_again"})
    assert without.status_code == 422
    assert [one.state for one in await posting.deliveries()] == [State.UNKNOWN]


@pytest.mark.parametrize(("kind", "end"), [(NoticeKind.WITHDRAWN, State.SENT), (NoticeKind.REFUSED, State.UNKNOWN)])
async def test_a_sender_killed_while_it_held_a_message_is_noticed_when_its_lease_ends(
        posting: Any, mail_server: Any, kind: NoticeKind, end: State) -> None:
    mail_server.delay(2, ADA)
    await posting.owe(posting.person(ADA), kind, letter=REFUSAL)
    claimed, = await posting.until(lambda found: [one.state for one in found] == [State.CLAIMED])
    await asyncio.sleep(0.3)
    assert [one.epoch for one in await posting.deliveries()] == [1], "what is in flight is left alone"
    mail_server.accept()
    async with posting.city.runtime("notify").database.transaction() as session:
        held = (await session.exec(select(Delivery))).one()
        held.claimed_until = clock.wall() - timedelta(seconds=1)
        session.add(held)
    await send_what_is_due(posting.city.runtime("notify"))  # as another replica's sender would
    await posting.until(lambda found: [one.state for one in found] == [end])
    await asyncio.sleep(3)  # the first sender has its reply by then, and an older epoch

    found, = await posting.deliveries()
    assert (found.state, found.epoch) == (end, 2 if end is State.SENT else 1)
    assert found.evidence[0]["outcome"] == "sender lost"
    assert len(await posting.told(NoticeSent if end is State.SENT else NoticeUnknown)) == 1
    assert len({mail.message["Message-ID"] for mail in mail_server.to(ADA)}) == 1


async def test_a_server_that_is_down_is_one_breaker_not_many_failed_attempts(
        make_notify: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quartier_notify.mail.server.BREAKER_SECONDS", (0.1,))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        notify = await make_notify(smtp=f"127.0.0.1:{port}")
        for number in range(20):
            await notify.owe(notify.person(f"p{number}@example.org"))
        found = await notify.until(lambda found: len(found) == 20 and sum(one.epoch for one in found) >= 5)
    assert {(one.attempts, len(one.evidence)) for one in found} == {(0, 0)}
    assert {one.state for one in found} <= {State.QUEUED, State.CLAIMED}
    assert breaker_of(f"127.0.0.1:{port}").on_trial, "one message asks whether the server is back"

    taken: list[Mail] = []
    server = await listen(Receiver(taken.append), port)
    await notify.until(lambda found: all(one.state == State.SENT for one in found))
    server.close()
    assert sorted(mail.recipients[0] for mail in taken) == sorted(f"p{number}@example.org" for number in range(20))


async def test_what_no_server_took_within_its_time_fails_aloud(posting: Any, mail_server: Any) -> None:
    mail_server.refuse(ADA, "450 4.2.0 not today")
    owed = await posting.owe(posting.person(ADA))
    await posting.until(lambda found: [one.attempts >= 1 for one in found] == [True])
    async with posting.city.runtime("notify").database.transaction() as session:
        waiting = (await session.exec(select(Delivery))).one()
        waiting.give_up_at = clock.wall() - timedelta(seconds=1)
        waiting.next_at = clock.wall()
        session.add(waiting)
    await posting.until(lambda found: [one.state for one in found] == [State.FAILED])

    event, = await posting.told(NoticeFailed)
    assert event.notice_id == owed.notice_id
    assert event.reason


async def test_owners_and_security_go_before_followers(make_notify: Any, mail_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quartier_notify.workers.ASK_AGAIN_AFTER", 0.3)
    monkeypatch.setattr("quartier_notify.workers.SENDERS", 1)
    notify = await make_notify(smtp=mail_server.address)
    request = await notify.open_request()
    for number in range(3):
        await notify.follower(request, f"f{number}@example.org")
    mail_server.mails.clear()
    notify.neighbours.away = {"accounts"}
    await notify.publish(RequestTakenUp(request_id=request, ref="R-2027-0042", state="in_research", label="being_researched",
                                        visibility=Visibility.PUBLIC))
    await notify.owe(notify.person(ADA), subject=ids.new_id())
    await notify.until(lambda found: len(found) == 7 and all(one.epoch for one in found))
    await notify.make_due_at_once()
    await notify.until(lambda found: all(one.state == State.SENT for one in found))

    assert mail_server.mails[0].recipients == (ADA,)
