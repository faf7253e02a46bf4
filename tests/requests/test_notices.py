"""The follow-up ledger: one notice a person and command, letters that tell the facts of their act, and nobody forgotten."""

from datetime import timedelta
from uuid import UUID

import pytest

from quartier import clock, ids
from quartier.contracts.accounts import Role
from quartier.contracts.notices import NoticeClass, NoticeOwed
from quartier.contracts.notify import NoticeBounced, NoticeEnd, NoticeFailed, NoticeResolved, NoticeSent, NoticeUnknown
from tests.requests.town import ANSWER, Town


async def told(town: Town, kind: str) -> NoticeOwed:
    """The last notice of that kind that requests has owed."""
    return [owed for owed in await town.emitted("notice.owed") if owed.kinds == [kind]][-1]


async def end(town: Town, owed: NoticeOwed, cls: type[NoticeEnd], **more: object) -> None:
    """Notify reports what became of a message."""
    await town.hear("notify", cls(notice_id=owed.notice_id, person_id=owed.person_id, subject_kind="request", subject_id=owed.subject_id,
                                  notice_class=owed.notice_class, kinds=owed.kinds, at=clock.wall(), **more))


async def letter(town: Town, owed: NoticeOwed) -> dict:
    return await town.get(f"/notices/{owed.notice_id}/letter", headers={"authorization": f"Bearer {town.city.service_token('notify')}"})


async def test_each_command_owes_one_notice_and_the_first_look_owes_none(town: Town):
    person = ids.new_id()
    request = await town.scheduled("2040-01-01", person=person)
    await town.act(request, event="publication.rescheduled", date="2040-02-01", precision="day", why={"en": "Late."})
    await town.publish(request)
    owed = await town.emitted("notice.owed")
    assert [one.kinds for one in owed] == [
        ["confirm"], ["acknowledgement"], ["selected"], ["scheduled"], ["rescheduled"], ["published"]]
    assert {one.person_id for one in owed} == {person}
    assert [one.notice_class for one in owed] == [NoticeClass.SECURITY, *[NoticeClass.OWNER] * 5]
    events = {event.event_type for event in await town.emitted()}
    assert "org.quartier.triage.started.v1" in events
    assert len({one.notice_id for one in owed}) == len(owed)


async def test_a_letter_that_waited_still_tells_the_facts_of_its_act(town: Town):
    request = await town.scheduled("2040-01-15")
    await town.act(request, event="publication.rescheduled", date="2040-Q1", precision="quarter", why={"en": "The export is late."})
    await town.act(request, event="publication.rescheduled", date="2040-06", precision="month", why={"fr": "Panne."})
    promised = await letter(town, await told(town, "scheduled"))
    assert (promised["expected_on"], promised["precision"], promised["previous_on"]) == ("2040-01-15", "day", None)
    first, second = [owed for owed in await town.emitted("notice.owed") if owed.kinds == ["rescheduled"]]
    moved = await letter(town, first)
    assert (moved["previous_on"], moved["previous_precision"], moved["expected_on"], moved["precision"], moved["motive"]["en"]) == (
        "2040-01-15", "day", "2040-03-31", "quarter", "The export is late.")
    assert (await letter(town, second))["previous_on"] == "2040-03-31"
    assert moved["title"] == {"text": "Trees in the streets", "lang": "en"} and moved["ref"].startswith("R-")


async def test_a_letter_is_for_services_alone(town: Town):
    request = await town.triaged()
    await town.act(request, **ANSWER)
    owed = await told(town, "answered")
    facts = await letter(town, owed)
    assert (facts["outcome"], facts["answer"]["en"], facts["links"], facts["state"]) == (
        "already_available", "It is here.", ["https://city.test/trees"], "answered_closed")
    for headers, status in (({}, 401), (town.staff(), 403), (town.link(request, owed.person_id), 403)):
        assert (await town.call("GET", f"/notices/{owed.notice_id}/letter", headers=headers)).status_code == status
    unknown = await town.call("GET", f"/notices/{ids.new_id()}/letter", headers={
        "authorization": f"Bearer {town.city.service_token('notify')}"})
    assert unknown.status_code == 404


async def test_the_public_page_says_on_which_day_the_requester_was_told(town: Town):
    await town.move_to(2026, 3, 2, 23, 30)  # already 3 March in Paris
    request = await town.triaged()
    assert (await town.get(f"/requests/{request}/notices"))["items"][0]["informed_on"] is None
    await end(town, await told(town, "acknowledgement"), NoticeSent)
    [line] = (await town.get(f"/requests/{request}/notices"))["items"]
    assert (line["kinds"], line["state"], line["informed_on"], line["is_unreached"]) == (["acknowledgement"], "sent", "2026-03-03", False)
    assert (await town.get(f"/requests/{request}"))["informed_on"] == "2026-03-03"
    assert await town.emitted("requester.unreached", "requester.reached") == []


@pytest.mark.parametrize(("ending", "because", "more"), [
    (NoticeBounced, "bounced", {}), (NoticeFailed, "failed", {"reason": "no route"}), (NoticeUnknown, "unknown", {})])
async def test_who_was_not_told_is_a_task_until_she_is(town: Town, ending: type[NoticeEnd], because: str, more: dict[str, str]):
    request = await town.triaged()
    owed = await told(town, "acknowledgement")
    await end(town, owed, ending, **more)
    [alarm] = await town.emitted("requester.unreached")
    assert (alarm.because, alarm.kinds, str(alarm.request_id)) == (because, ["acknowledgement"], request)
    [task] = (await town.get("/queues/unreached", headers=town.staff()))["items"]
    assert (task["request_id"], UUID(task["notice_id"])) == (request, owed.notice_id)
    assert (await town.get(f"/requests/{request}"))["is_unreached"] is True
    await end(town, owed, NoticeSent)
    assert len(await town.emitted("requester.reached")) == 1
    assert (await town.get("/queues/unreached", headers=town.staff()))["items"] == []
    assert (await town.get(f"/requests/{request}"))["is_unreached"] is False


async def test_an_officer_who_told_her_says_how_and_ends_the_alarm(town: Town):
    request = await town.triaged()
    owed = await told(town, "acknowledgement")
    await end(town, owed, NoticeBounced)
    path = f"/notices/{owed.notice_id}/told-in-person"
    assert (await town.call("POST", path, json={"how": " "}, headers=town.staff())).status_code == 422
    assert (await town.call("POST", path, json={"how": "By phone."}, headers=town.staff(Role.APPROVER))).status_code == 403
    answer = await town.call("POST", path, json={"how": "By phone, at ten."}, headers=town.staff())
    assert (answer.status_code, answer.json()["state"]) == (200, "by_hand")
    assert len(await town.emitted("requester.reached")) == 1
    assert (await town.call("POST", path, json={"how": "Again."}, headers=town.staff())).status_code == 409
    await end(town, owed, NoticeFailed, reason="gave up")
    assert (await town.get(f"/requests/{request}"))["is_unreached"] is False
    assert (await town.call("POST", f"/notices/{ids.new_id()}/told-in-person", json={"how": "By phone."},
                            headers=town.staff())).status_code == 404


async def test_an_hour_without_news_is_an_alarm_and_one_alarm_is_enough(town: Town):
    await town.move_to(2026, 3, 2, 9, 0)
    request = await town.triaged()
    await town.move_to(2026, 3, 2, 9, 59)
    assert await town.emitted("requester.unreached") == []
    await town.move_to(2026, 3, 2, 10, 0)
    assert [alarm.because for alarm in await town.emitted("requester.unreached")] == ["overdue"]
    owed = await told(town, "acknowledgement")
    await end(town, owed, NoticeBounced)
    assert len(await town.emitted("requester.unreached")) == 1
    assert (await town.get(f"/requests/{request}"))["is_unreached"] is True


async def test_what_was_sent_in_time_raises_no_alarm(town: Town):
    await town.triaged()
    await end(town, await told(town, "acknowledgement"), NoticeSent)
    town.city.move_clock(to=clock.now(), by=timedelta(hours=3))
    await town.city.quiet()
    assert await town.emitted("requester.unreached") == []


async def test_a_person_decides_what_nobody_knows(town: Town):
    request = await town.triaged()
    owed = await told(town, "acknowledgement")
    await end(town, owed, NoticeUnknown)
    await end(town, owed, NoticeResolved, counts_as_sent=False)
    assert (await town.get(f"/requests/{request}/notices"))["items"][0]["state"] == "owed"
    assert (await town.get(f"/requests/{request}"))["is_unreached"] is True
    await end(town, owed, NoticeUnknown)
    await end(town, owed, NoticeResolved, counts_as_sent=True)
    assert (await town.get(f"/requests/{request}"))["is_unreached"] is False
    assert len(await town.emitted("requester.unreached")) == len(await town.emitted("requester.reached")) == 1


async def test_two_messages_that_did_not_arrive_are_two_tasks(town: Town):
    request = await town.taken_up()
    first, second = await told(town, "acknowledgement"), await told(town, "selected")
    await end(town, first, NoticeBounced)
    await end(town, second, NoticeBounced)
    await end(town, first, NoticeSent)
    assert (await town.get(f"/requests/{request}"))["is_unreached"] is True
    assert len((await town.get("/queues/unreached", headers=town.staff()))["items"]) == 1


async def test_a_link_that_did_not_arrive_and_others_messages_raise_no_alarm(town: Town):
    await town.draft(ids.new_id())
    await end(town, await told(town, "confirm"), NoticeBounced)
    stranger = NoticeBounced(notice_id=ids.new_id(), person_id=ids.new_id(), subject_kind="request", subject_id=ids.new_id(),
                             notice_class=NoticeClass.OWNER, kinds=["answered"], at=clock.wall())
    await town.hear("notify", stranger)
    await town.hear("notify", stranger.model_copy(update={"subject_kind": "sign-in", "subject_id": ids.new_id()}))
    assert await town.emitted("requester.unreached") == []
    assert (await town.get("/operations/dead-letters", headers=town.city.bearer(Role.OPERATOR)))["items"] == []
