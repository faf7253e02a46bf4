"""Asking: what may be typed, what a twin gets, and how a draft becomes a request or nothing."""

import asyncio
from datetime import timedelta

from sqlmodel import SQLModel, select

from quartier import clock, ids
from quartier.contracts.accounts import Role
from quartier.contracts.notices import NoticeClass
from quartier.timers import TimerRow
from quartier_requests.model import Request
from tests.requests.town import ASK, Town

REFUSED = [
    ("title", ""), ("title", "   "), ("title", " abc "), ("title", "a" * 201), ("title", "two\nlines"), ("title", "bell \u0007 rings"),
    ("title", "turned \u202e around"), ("title", None), ("title", 7), ("body", " "), ("body", "b" * 20_001), ("body", "nul \u0000 here"),
    ("body", "iso\u2066late"), ("kind", "wish"), ("lang", "de"), ("channel", "pigeon"), ("useful_until", "2001-01-01"),
    ("useful_until", "2026-02-31"), ("period", "2026/2019"), ("period", "2026-05/2026-04"), ("area", "north\u0085bank"),
    ("themes", ["x"] * 21), ("themes", ["a|b"]), ("wishes", [{"property": "format", "wanted": "CSV"}] * 21),
    ("wishes", [{"property": "colour", "wanted": "green"}]), ("wishes", [{"property": "format", "wanted": "C\u0000SV"}]),
    ("wishes", [{"property": "format", "wanted": "CSV", "price": 1}]), ("wishes", "CSV"), ("favourite", "yes")]
KEPT = [
    ("title", "Café"), ("title", "t" * 200), ("body", "<script>alert(1)</script>\nb & c"), ("body", "b" * 20_000), ("title", "日本の木"),
    ("period", "2019/2026"), ("period", "2019/.."), ("period", "the last ten years"), ("area", "Beside the old harbour"),
    ("themes", ["trees", "parks"]), ("useful_until", "2040-12-31")]


async def test_what_cannot_be_taken_is_refused_with_a_pointer_to_it(town: Town):
    for field, value in REFUSED:
        answer = await town.post_ask(**{field: value})
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), (field, value)
        assert {error["pointer"].split("/")[1] for error in answer.json()["errors"]} == {field}, (field, value)
    assert await town.emitted() == []


async def test_what_people_type_is_kept_as_they_typed_it(town: Town):
    for field, value in KEPT:
        request = await town.triaged(**{field: value})
        shown = (await town.get(f"/requests/{request}"))[field]
        assert (shown["text"] if isinstance(shown, dict) else shown) == value


async def test_broken_json_a_body_that_is_too_large_and_a_missing_key_are_refused(town: Town):
    head = {"idempotency-key": "one"}
    assert (await town.call("POST", "/requests", content=b'{"title": ', headers=head)).status_code == 422
    assert (await town.post_ask(body="b" * 1_100_000)).status_code == 413
    assert (await town.call("POST", "/requests", json={**ASK, "contact_ticket": town.ticket(ids.new_id())})).status_code == 400
    lone = b'{"title": "\\ud800 half a sign", "body": "b", "kind": "new", "lang": "en", "contact_ticket": "t"}'
    assert (await town.call("POST", "/requests", content=lone, headers={**head, "content-type": "application/json"})).status_code == 422


async def test_nobody_asks_without_a_ticket_of_accounts(town: Town):
    for ticket in ("nonsense", town.city.token(), town.city.service_token("requests")):
        assert (await town.post_ask(contact_ticket=ticket)).status_code == 401


async def test_fifty_twins_at_once_make_one_request_and_get_fifty_equal_answers(either_town: Town):
    person, town = ids.new_id(), either_town
    body = {**ASK, "contact_ticket": town.ticket(person)}
    answers = await asyncio.gather(*(town.call("POST", "/requests", json=body, headers={"idempotency-key": "same"}) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    async with town.city.runtime("requests").database.session() as session:
        assert len((await session.exec(select(Request))).all()) == 1
    assert len(await town.emitted("notice.owed")) == 1


async def test_a_key_that_comes_with_another_body_is_refused(town: Town):
    person = ids.new_id()
    assert (await town.post_ask(person, key="k")).status_code == 201
    assert (await town.post_ask(person, key="k", title="Something else")).status_code == 422


async def test_the_same_words_of_the_same_person_are_the_same_request(either_town: Town):
    town, person = either_town, ids.new_id()
    first = await town.post_ask(person)
    again = await asyncio.gather(*(town.post_ask(person, title=f"  {ASK['title'].upper()} ", body=ASK["body"] + "\n") for _ in range(5)))
    assert {answer.content for answer in again} == {first.content}
    other = await town.post_ask()
    assert other.json()["id"] != first.json()["id"]


async def test_twins_with_keys_of_their_own_at_the_same_instant_are_one_request(either_town: Town):
    person = ids.new_id()
    answers = await asyncio.gather(*(either_town.post_ask(person) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_twin_learns_nothing_about_how_far_the_first_has_come(town: Town):
    person = ids.new_id()
    request = await town.triaged(person)
    answer = await town.post_ask(person)
    assert answer.json() == {"id": request, "state": "awaiting_confirmation"}


async def test_who_asks_again_after_the_answer_makes_a_new_request(town: Town):
    person = ids.new_id()
    first = await town.triaged(person)
    await town.act(first, event="request.answered", outcome="technical_fix", answer={"en": "Repaired."})
    assert await town.draft(person) != first


async def test_a_draft_is_nobodys_business_until_it_is_confirmed(town: Town):
    person = ids.new_id()
    request = await town.draft(person)
    for headers in ({}, town.staff(), town.staff(Role.APPROVER), town.link(request, ids.new_id())):
        assert (await town.call("GET", f"/requests/{request}", headers=headers)).status_code == 404
    assert (await town.get("/requests", headers=town.staff()))["items"] == []
    assert [event.event_type for event in await town.emitted()] == ["org.quartier.request.drafted.v1", "org.quartier.notice.owed.v1"]
    owed = (await town.emitted("notice.owed"))[0]
    assert (owed.notice_class, owed.kinds, owed.person_id) == (NoticeClass.SECURITY, ["confirm"], person)


async def test_confirming_twice_shows_the_same_request_and_changes_nothing(town: Town):
    person = ids.new_id()
    request = await town.draft(person)
    first, second = await town.confirm(request, person), await town.confirm(request, person)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert first.json()["ref"].startswith("R-") and first.json()["state"] == "submitted"
    assert first.json()["choices"] == ["withdraw"]
    assert len(await town.emitted("request.submitted")) == 1


async def test_only_the_link_of_this_request_and_purpose_confirms_it(town: Town):
    person, stranger = ids.new_id(), ids.new_id()
    request, other = await town.draft(person), await town.draft(stranger)
    path = f"/requests/{request}/confirmation"
    assert (await town.call("POST", path)).status_code == 401
    assert (await town.call("POST", path, headers=town.link(request, person, "status"))).status_code == 403
    assert (await town.call("POST", path, headers=town.link(other, stranger, "confirm"))).status_code == 404
    assert (await town.call("POST", path, headers=town.staff())).status_code == 403
    assert await town.emitted("request.submitted") == []


async def test_it_counts_as_received_when_it_was_written(town: Town):
    await town.move_to(2026, 3, 2, 9)
    person = ids.new_id()
    request = await town.draft(person)
    await town.move_to(2026, 3, 4, 9)
    await town.confirm(request, person)
    event = (await town.emitted("request.submitted"))[0]
    assert event.received_at.date().isoformat() == "2026-03-02"
    assert event.first_look_due.isoformat() == "2026-03-11"


async def test_public_numbers_have_no_gaps_and_begin_anew_each_year(either_town: Town):
    town = either_town
    await town.move_to(2026, 12, 30)
    people = [ids.new_id() for _ in range(6)]
    drafts = [await town.draft(person) for person in people]
    answers = await asyncio.gather(*(town.confirm(request, person) for request, person in zip(drafts, people, strict=True)))
    assert sorted(answer.json()["ref"] for answer in answers) == [f"R-2026-{n:04d}" for n in range(1, 7)]
    await town.move_to(2026, 12, 31, 23, 30)  # already 2027 in Paris
    request = await town.submitted()
    assert (await town.get(f"/requests/{request}", headers=town.staff()))["ref"] == "R-2027-0001"


async def test_two_clicks_at_the_same_instant_give_one_number(either_town: Town):
    person = ids.new_id()
    request = await either_town.draft(person)
    answers = await asyncio.gather(*(either_town.confirm(request, person) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["ref"] for answer in answers}) == 1
    assert len(await either_town.emitted("request.submitted")) == 1


async def test_what_was_never_confirmed_is_gone_after_thirty_days_and_leaves_nothing(either_town: Town):
    town = either_town
    await town.move_to(2026, 3, 1)
    await town.draft(ids.new_id(), title="Never to be confirmed")
    kept = await town.submitted(title="Kept for ever")
    await town.move_to(2026, 3, 31, 11, 59)
    assert await rows_about_requests(town) > await rows_about_requests(town, kept)
    await town.move_to(2026, 3, 31, 12, 0)
    assert await rows_about_requests(town) == await rows_about_requests(town, kept)


async def rows_about_requests(town: Town, request: str | None = None) -> int:
    """How many rows the service's own tables hold, all in all or about one request; timers count too."""
    async with town.city.runtime("requests").database.session() as session:
        count = 0
        for name in ("request", "request_event", "slip", "owed_notice"):
            table = SQLModel.metadata.tables[name]
            column = table.c.id if name == "request" else table.c.request_id
            rows = (await session.exec(select(column))).all()
            count += sum(1 for row in rows if request in (None, str(row)))
        return count + len((await session.exec(select(TimerRow).where(TimerRow.name == "draft.expired"))).all())


async def test_the_link_is_sent_again_but_not_every_minute(town: Town):
    person = ids.new_id()
    request = await town.draft(person)
    path = f"/requests/{request}/confirmation-links"
    assert (await town.call("POST", path)).status_code == 202
    assert len(await town.emitted("notice.owed")) == 1
    town.city.move_clock(to=clock.now(), by=timedelta(minutes=11))
    assert (await town.call("POST", path)).status_code == 202
    assert (await town.post_ask(person)).status_code == 201
    assert [owed.kinds for owed in await town.emitted("notice.owed")] == [["confirm"], ["confirm"]]
    await town.confirm(request, person)
    town.city.move_clock(by=timedelta(hours=1))
    await town.call("POST", path)
    assert [owed.kinds for owed in await town.emitted("notice.owed")][2:] == [["acknowledgement"]]
    assert (await town.call("POST", f"/requests/{ids.new_id()}/confirmation-links")).status_code == 404


async def test_what_is_wrong_with_a_field_is_said_in_the_readers_language(town: Town):
    for field, value, *sentences in (
            ("title", "abc", "Please write at least 4 characters.", "Merci d’écrire au moins 4 caractères."),
            ("body", "", "Please write at least one character.", "Merci d’écrire au moins un caractère."),
            ("title", "two\nlines", "Please write this on one line.", "Merci d’écrire ceci sur une seule ligne."),
            ("period", "2026/2019", "The period ends before it begins.", "La période finit avant de commencer."),
            ("favourite", "yes", "There is no such field.", "Ce champ n’existe pas.")):
        for lang, sentence in zip(("en", "fr"), sentences, strict=True):
            body = {**ASK, "contact_ticket": town.ticket(ids.new_id()), field: value}
            answer = await town.call("POST", "/requests", json=body, headers={"idempotency-key": "k", "accept-language": lang})
            assert [error["detail"] for error in answer.json()["errors"]] == [sentence]
