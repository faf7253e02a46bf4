"""Reading requests: lists, one request, its owner's page, taking it back, and what strangers may not know."""

from typing import Any

import pytest

from quartier import ids
from quartier.contracts.accounts import Role
from tests.requests.test_transitions import ACTS
from tests.requests.town import ANSWER, Town


async def titles(town: Town, headers: dict[str, str] | None = None, **params: Any) -> list[str]:
    found = await town.get("/requests", params=params, headers=headers or {})
    return [item["title"]["text"] for item in found["items"]]


async def test_the_list_is_narrowed_by_state_label_and_words(either_town: Town):
    town = either_town
    await town.triaged(title="Trees of 100% oak")
    await town.taken_up(title="Benches_and_tables")
    answered = await town.triaged(title="Trees of 1000 kinds", body="With Äpfel, please.")
    await town.act(answered, **ANSWER)
    await town.submitted(title="Trees nobody has read about")
    assert await titles(town) == ["Trees of 1000 kinds", "Benches_and_tables", "Trees of 100% oak"]
    assert await titles(town, state="triage") == ["Trees of 100% oak"]
    assert await titles(town, label="answered") == ["Trees of 1000 kinds"]
    assert await titles(town, label=["answered", "received"]) == ["Trees of 1000 kinds", "Trees of 100% oak"]
    assert await titles(town, label="unheard-of") == []
    assert await titles(town, q="tREES") == ["Trees of 1000 kinds", "Trees of 100% oak"]
    assert await titles(town, q="100%") == ["Trees of 100% oak"]
    assert await titles(town, q="s_and") == ["Benches_and_tables"]
    assert await titles(town, q="s%and") == []
    assert await titles(town, q="äPFEL") == await titles(town, q="ÄPFEL") == ["Trees of 1000 kinds"]
    assert await titles(town, q="\\") == []
    assert await titles(town, q="R-20") == await titles(town)
    assert len(await titles(town, headers=town.staff())) == 4
    assert await titles(town, headers=town.staff(), visibility="held") == ["Trees nobody has read about"]
    assert await titles(town, visibility="held") == []


async def test_a_list_that_cannot_be_made_is_refused(town: Town):
    for name, value in (("limit", 0), ("limit", 101), ("state", "limbo"), ("cursor", "forged"), ("q", "a\u0000b"), ("q", ""),
                        ("visibility", "x")):
        assert (await town.call("GET", "/requests", params={name: value})).status_code == 422, (name, value)


async def test_pages_follow_one_another_without_gap_or_repetition(town: Town):
    for number in range(7):
        await town.triaged(title=f"Request number {number}")
    seen, cursor = [], None
    while True:
        answer = await town.call("GET", "/requests", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))
        seen += [item["title"]["text"] for item in answer.json()["items"]]
        cursor = answer.json()["next"]
        assert ("next" in answer.links) == bool(cursor)
        if not cursor:
            break
        await town.triaged(title=f"A newer one after {len(seen)}")
    assert seen == [f"Request number {number}" for number in reversed(range(7))]


async def test_a_request_has_two_addresses_and_an_etag(town: Town):
    request = await town.triaged()
    by_id = await town.call("GET", f"/requests/{request}")
    by_ref = await town.call("GET", f"/requests/{by_id.json()['ref']}")
    assert by_id.json() == by_ref.json()
    assert by_id.headers["etag"] == f'"{by_id.json()["version"]}"'


async def test_an_address_of_nothing_is_not_found(town: Town):
    for key in ("R-2026-9999", "R-1", "nonsense", "01234567-89ab-7def-8123-456789abcdef", "%00", "a" * 3000):
        assert (await town.call("GET", f"/requests/{key}")).status_code == 404, key


@pytest.mark.parametrize("visibility", [None, "requester_only"])
async def test_what_is_not_cleared_exists_for_its_requester_and_the_staff_alone(town: Town, visibility: str | None):
    person = ids.new_id()
    request = await (town.triaged(person, visibility=visibility) if visibility else town.submitted(person))
    other = await town.submitted()
    for path in ("", "/events", "/wishes", "/slips", "/notices"):
        for headers in ({}, town.city.bearer(), town.city.bearer(Role.OPERATOR), town.city.bearer(Role.EDITOR),
                        town.link(request, ids.new_id()), town.link(other, person)):
            answer = await town.call("GET", f"/requests/{request}{path}", headers=headers)
            assert (answer.status_code, answer.json()["title"]) == (404, "There is no such request"), headers
        for headers in (town.staff(), town.staff(Role.APPROVER), town.link(request, person), town.city.bearer(person=person)):
            assert (await town.call("GET", f"/requests/{request}{path}", headers=headers)).status_code == 200


async def test_words_that_only_the_requester_may_see_are_in_no_event(town: Town):
    request = await town.triaged(visibility="requester_only", title="My neighbour Mr Tapette", wishes=[
        {"property": "column", "wanted": "name of Mr Tapette"}])
    await town.act(request, event="request.taken_up", motive={"en": "About Mr Tapette."})
    await town.act(request, event="publication.scheduled", date="2040-01-01", precision="day")
    await town.act(request, **{**ACTS["publication.rescheduled"], "why": {"en": "Mr Tapette is ill."}})
    await town.publish(request, columns=["height"])
    other = await town.triaged(visibility="requester_only", title="Another Mr Tapette")
    await town.act(other, **{**ANSWER, "answer": {"en": "Ask Mr Tapette."}})
    third = await town.triaged(visibility="requester_only", title="A third Mr Tapette")
    await town.act(third, event="request.taken_up", motive={"en": "Mr Tapette again."})
    await town.refuse(third, motive={"en": "It names Mr Tapette."})
    assert len(await town.emitted()) > 20
    for event in await town.emitted():
        assert b"Tapette" not in event.data(), event


async def test_words_travel_from_the_first_look_on_if_they_are_cleared(town: Town):
    await town.submitted(title="Nobody has read this")
    request = await town.triaged(title="Cleared for everybody")
    await town.act(request, **ANSWER)
    events = await town.emitted()
    assert not any(b"Nobody has read" in event.data() for event in events)
    [started] = await town.emitted("triage.started")
    assert (started.title.text, started.title.lang) == ("Cleared for everybody", "en")
    assert (await town.emitted("request.answered"))[0].answer.en == "It is here."


async def test_the_owners_page_shows_everything_at_once_and_to_her_alone(town: Town):
    person = ids.new_id()
    request = await town.scheduled("2040-01-01", person=person)
    answer = await town.call("GET", f"/requests/{request}/status", headers=town.link(request, person))
    own = answer.json()
    assert (answer.headers["x-robots-tag"], answer.headers["cache-control"]) == ("noindex", "no-store")
    assert len(own["events"]) == 4 and len(own["promises"]) == 1 and own["choices"] == ["withdraw"]
    assert [line["kinds"] for line in own["notices"]] == [["acknowledgement"], ["selected"], ["scheduled"]]
    assert (await town.call("GET", f"/requests/{own['ref']}/status", headers=town.city.bearer(person=person))).json() == own
    for headers, status in (({}, 401), (town.city.bearer(), 404), (town.staff(), 404), (town.link(request, ids.new_id()), 404),
                            (town.link(await town.submitted(person, title="Another one"), person), 404)):
        assert (await town.call("GET", f"/requests/{request}/status", headers=headers)).status_code == status


async def test_she_takes_her_request_back_and_is_told(town: Town):
    person = ids.new_id()
    request = await town.triaged(person)
    path, link = f"/requests/{request}/withdrawal", town.link(request, person)
    assert (await town.call("POST", path, headers=link)).status_code == 428
    assert (await town.call("POST", path, headers=link | {"if-match": '"1"'})).status_code == 412
    version = {"if-match": await town.version(request)}
    for headers, status in (({}, 401), (town.staff(), 404), (town.link(request, ids.new_id()), 404),
                            (town.link(request, person, "confirm"), 403)):
        assert (await town.call("POST", path, headers=headers | version)).status_code == status
    answer = await town.call("POST", path, headers=link | version)
    assert (answer.status_code, answer.json()["state"], answer.json()["outcome"], answer.json()["choices"]) == (
        200, "withdrawn", "withdrawn", [])
    assert (await town.emitted("notice.owed"))[-1].kinds == ["withdrawn"]
    again = await town.call("POST", path, headers=link | {"if-match": answer.headers["etag"]})
    assert (again.status_code, again.json()["possible"]) == (409, [])


async def test_sentences_are_answered_in_the_readers_language(town: Town):
    request = await town.triaged()
    said = [(await town.get(f"/requests/{request}", headers={"accept-language": wish}))["status"]["label_text"]
            for wish in ("fr", "en", "de", "de, fr;q=0.3, en;q=0.2", "*", "")]
    assert said == ["reçue", "received", "received", "reçue", "received", "received"]


async def test_pages_of_other_sites_may_read_what_is_public(town: Town):
    request = await town.triaged()
    for path in ("/requests", f"/requests/{request}", f"/requests/{request}/events", "/register.csv", "/register/figures"):
        assert (await town.call("GET", path, headers={"origin": "https://elsewhere.test"})).headers["access-control-allow-origin"] == "*"
    for path in (f"/requests/{request}/status", "/queues"):
        assert "access-control-allow-origin" not in (await town.call("GET", path, headers=town.staff())).headers
