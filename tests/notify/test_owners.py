"""The owner's channel: what a service owes is told once, in her language, with proof."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete

from quartier import clock, ids
from quartier.contracts.accounts import Role
from quartier.contracts.notices import NoticeClass, NoticeKind, NoticeOwed
from quartier.contracts.notify import NoticeFailed, NoticeSent
from quartier.inbox import InboxRow
from quartier.replay import replay
from quartier_notify.ledger.model import Delivery, Message, Notice, State
from quartier_notify.mail.mailbox import MailboxMail


async def test_what_is_owed_arrives_once_in_the_persons_language_with_proof(notify: Any) -> None:
    ada = notify.person("ada@example.org", "fr")
    owed = await notify.owe(ada, NoticeKind.ANSWERED, letter={"answer": {"fr": "Les données sont là."}, "outcome": "already_available"})
    await notify.until(lambda found: [one.state for one in found] == [State.SENT])

    mail, = await notify.city.mails()
    assert mail.to == "ada@example.org"
    assert "la ville a répondu" in mail.subject
    assert "Les données sont là." in mail.text and "Les données sont là." in mail.html
    sent, = await notify.told(NoticeSent)
    assert (sent.notice_id, sent.person_id, sent.subject_id, sent.kinds) == (
        owed.notice_id, ada, owed.subject_id, [NoticeKind.ANSWERED])


async def test_the_mail_carries_the_trace_of_the_act_and_belongs_to_one_conversation(notify: Any) -> None:
    ada, request = notify.person(), ids.new_id()
    await notify.owe(ada, NoticeKind.WITHDRAWN, subject=request)
    await notify.until(lambda found: [one.state for one in found] == [State.SENT])
    await notify.owe(ada, NoticeKind.OPENED, subject=request)
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 2)

    first, second = [mail.message for mail in await notify.city.mails()]
    assert first["X-Quartier-Trace"] == notify.trace
    assert "References" not in first
    assert second["References"] == second["In-Reply-To"] == first["Message-ID"]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["List-Id"] == second["List-Id"] == "Request R-2027-0042 <r-2027-0042.requests.city.test>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Content-Language"] == "en"
    assert first["Reply-To"] == "city@city.test"


@pytest.mark.parametrize("notice_class", [NoticeClass.OWNER, NoticeClass.SECURITY])
async def test_owners_and_security_mail_cannot_be_switched_off(notify: Any, notice_class: NoticeClass) -> None:
    await notify.owe(notify.person(), NoticeKind.CONFIRM if notice_class is NoticeClass.SECURITY else NoticeKind.WITHDRAWN,
                     notice_class=notice_class)
    await notify.until(lambda found: [one.state for one in found] == [State.SENT])

    mail, = await notify.city.mails()
    assert "List-Unsubscribe" not in mail.message and "List-Unsubscribe-Post" not in mail.message
    assert ("List-Id" in mail.message) == (notice_class is NoticeClass.OWNER)


async def test_the_same_event_twice_is_one_mail(notify: Any) -> None:
    ada = notify.person()
    owed = await notify.owe(ada, event_id=ids.new_id())
    await notify.publish(owed)
    await notify.publish(owed)
    marker = await notify.owe(ada)
    await notify.until(lambda found: len(found) == 2 and all(one.state == State.SENT for one in found))

    assert sorted(event.notice_id for event in await notify.told(NoticeSent)) == [owed.notice_id, marker.notice_id]
    assert len(await notify.city.mails()) == 2


async def test_a_replayed_event_sends_no_mail(notify: Any) -> None:
    ada = notify.person()
    await notify.owe(ada)
    await notify.until(lambda found: [one.state for one in found] == [State.SENT])
    async with notify.city.runtime("notify").database.transaction() as session:
        for table in (Delivery, Notice, Message, MailboxMail, InboxRow):  # as after a restore, so that nothing but the rule is in the way
            await session.exec(delete(table))
    done = await replay(notify.city.runtime("notify"), "quartier.requests", since=clock.wall() - timedelta(hours=1))
    await notify.city.quiet()

    assert done is not None
    assert await notify.deliveries() == []
    assert await notify.city.mails() == []


async def test_two_kinds_of_one_command_are_one_mail_named_by_the_first(notify: Any) -> None:
    await notify.owe(notify.person(), NoticeKind.SELECTED, NoticeKind.SCHEDULED,
                     letter={"expected_on": "2027-11-30", "precision": "month"})
    await notify.until(lambda found: [one.state for one in found] == [State.SENT])

    mail, = await notify.city.mails()
    assert "working on it" in mail.subject
    assert "promised for November 2027" in mail.text


async def test_an_unknown_person_or_one_without_an_address_needs_a_person(notify: Any) -> None:
    await notify.owe(notify.person(address=None))
    found = await notify.until(lambda found: [one.state for one in found] == [State.FAILED])

    assert found[0].attempts == 0
    failed, = await notify.told(NoticeFailed)
    assert "No address is known" in failed.reason
    listed = (await notify.get("/deliveries", Role.OFFICER, params={"state": "failed"})).json()
    assert [item["id"] for item in listed["items"]] == [str(found[0].id)]


@pytest.mark.parametrize("address", [
    "a@x.test, b@x.test", "a@x.test\r\nBcc: b@x.test", "a@x.test\u2028", "not an address", "", "@x.test", "a@", "ä@x.test",
    f"{'a' * 300}@{'x' * 70}.test"])
async def test_what_is_not_one_address_gets_no_mail(notify: Any, address: str) -> None:
    await notify.owe(notify.person(address))
    await notify.until(lambda found: [one.state for one in found] == [State.FAILED])

    assert await notify.city.mails() == []
    failed, = await notify.told(NoticeFailed)
    assert not address or address not in failed.reason


@pytest.mark.parametrize(("address", "written"), [
    ("a@bücher.example", "a@xn--bcher-kva.example"), ('"a b"@x.test', '"a b"@x.test'), ("a+b@x.invalid", "a+b@x.invalid")])
async def test_unusual_addresses_are_written_as_mail_servers_want_them(notify: Any, address: str, written: str) -> None:
    await notify.owe(notify.person(address))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT])

    assert [mail.to for mail in await notify.city.mails()] == [written]


async def test_line_breaks_and_marks_in_a_title_break_no_header(notify: Any) -> None:
    evil = "Parking\r\nBcc: victim@example.org\u2028X-Evil: 1\u202e"
    await notify.owe(notify.person(), NoticeKind.PUBLISHED, letter={
        "title": {"text": evil, "lang": "en"}, "dataset_title": {"en": evil}, "outcome": "new_dataset"}, ref="R-2027-0042")
    await notify.until(lambda found: [one.state for one in found] == [State.SENT])

    mail, = await notify.city.mails()
    assert "Bcc" not in mail.message and "X-Evil" not in mail.message
    assert mail.to == "ada@example.org"


async def test_while_accounts_or_the_owing_service_is_away_nothing_is_attempted_or_counted(
        notify: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quartier_notify.workers.ASK_AGAIN_AFTER", 0.1)
    notify.neighbours.away = {"accounts"}
    await notify.owe(notify.person())
    await notify.until(lambda found: [one.epoch >= 2 for one in found] == [True])
    notify.neighbours.away = {"requests"}
    before = (await notify.deliveries())[0].epoch
    found = await notify.until(lambda found: found[0].epoch >= before + 3)
    assert (found[0].attempts, found[0].evidence) == (0, [])

    notify.neighbours.away = set()
    found = await notify.until(lambda found: [one.state for one in found] == [State.SENT])
    assert found[0].attempts == 1


async def test_an_answer_about_other_people_sends_nobody_somebody_elses_letter(notify: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = notify.person("ada@example.org"), notify.person("bob@example.org")
    notify.neighbours.swapped = {str(ada): str(bob)}
    await notify.owe(ada)
    await notify.until(lambda found: [one.state for one in found] == [State.CLAIMED])

    assert notify.neighbours.asked
    assert await notify.city.mails() == []
    assert [one.state for one in await notify.deliveries()] == [State.CLAIMED], "its lease brings it back"


async def test_a_notice_that_its_service_no_longer_knows_fails_aloud(notify: Any) -> None:
    ada = notify.person()
    owed = NoticeOwed(notice_id=ids.new_id(), person_id=ada, subject_kind="request", subject_id=ids.new_id(), ref="R-2027-0042",
                      notice_class=NoticeClass.OWNER, kinds=[NoticeKind.WITHDRAWN])
    await notify.publish(owed)
    await notify.until(lambda found: [one.state for one in found] == [State.FAILED])

    failed, = await notify.told(NoticeFailed)
    assert "no longer knows" in failed.reason


async def test_a_letter_that_lacks_a_fact_fails_aloud(notify: Any) -> None:
    await notify.owe(notify.person(), NoticeKind.SCHEDULED)
    await notify.until(lambda found: [one.state for one in found] == [State.FAILED])

    failed, = await notify.told(NoticeFailed)
    assert "lacks a fact" in failed.reason
    assert await notify.city.mails() == []


async def test_facts_that_are_no_letters_fail_aloud_and_keep_what_they_say_to_themselves(notify: Any) -> None:
    await notify.owe(notify.person(), letter={"title": "a secret"})
    await notify.until(lambda found: [one.state for one in found] == [State.FAILED])

    failed, = await notify.told(NoticeFailed)
    assert "shape of a letter: title" in failed.reason and "secret" not in failed.reason
    assert await notify.city.mails() == []


async def test_a_language_that_we_do_not_write_falls_back_to_english(notify: Any) -> None:
    await notify.owe(notify.person(language="de"))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT])

    mail, = await notify.city.mails()
    assert mail.message["Content-Language"] == "en"


async def test_a_person_reads_what_she_was_told_and_nobody_elses(notify: Any) -> None:
    ada, bob = notify.person("ada@example.org"), notify.person("bob@example.org")
    owed = await notify.owe(ada)
    await notify.owe(bob)
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 2)

    mine = await notify.city.http.get("/api/notify/v1/notices", headers=notify.city.bearer(Role.RESIDENT, person=ada))
    assert [(one["id"], one["state"], one["kinds"]) for one in mine.json()["items"]] == [
        (str(owed.notice_id), "sent", ["withdrawn"])]
    assert mine.json()["items"][0]["told_at"] is not None
    assert (await notify.city.http.get("/api/notify/v1/notices")).status_code == 401


async def test_no_address_stays_in_the_ledger(notify: Any) -> None:
    await notify.owe(notify.person("canary@example.org"))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT])

    listed = await notify.get("/deliveries", Role.OFFICER)
    assert listed.json()["items"][0]["trace_id"] == notify.trace
    assert "canary" not in listed.text
    assert all("canary" not in event.model_dump_json() for event in await notify.told(NoticeSent))


@pytest.mark.parametrize("path", ["/deliveries", "/mailbox", "/queue", f"/deliveries/{UUID(int=1)}", f"/mailbox/{UUID(int=1)}/raw"])
async def test_residents_and_visitors_see_neither_deliveries_nor_mails(notify: Any, path: str) -> None:
    assert (await notify.get(path, Role.RESIDENT)).status_code == 403
    assert (await notify.city.http.get(f"/api/notify/v1{path}")).status_code == 401
