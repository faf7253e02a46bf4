"""A published dataset settles the requests that it claims: by the catalogue's own event, never by a button."""

import pytest

from quartier import ids
from quartier.contracts.accounts import Role
from tests.requests.test_transitions import in_state
from tests.requests.town import Town

WISHES = [{"property": "column", "wanted": "planting date"}, {"property": "column", "wanted": "girth history", "weight": "nice"},
          {"property": "frequency", "wanted": "monthly"}, {"property": "format", "wanted": "CSV"}, {"property": "area", "wanted": "Parks"}]


async def test_a_claimed_request_is_published_with_the_table_of_its_wishes(either_town: Town):
    town = either_town
    request = await town.taken_up(wishes=WISHES)
    await town.publish(request, is_first=False, columns=["planting date"], frequency="quarterly", formats=["csv"])
    shown = await town.get(f"/requests/{request}")
    assert (shown["state"], shown["outcome"], shown["answer"]["dataset_slug"]) == ("published", "improved_existing", "trees")
    assert shown["status"]["sentence"] == "The data is published in an improved dataset: Trees."
    table = (await town.get(f"/requests/{request}/wishes"))["answered"]["wishes"]
    assert [(cell["wanted"], cell["verdict"]) for cell in table] == [
        ("planting date", "met"), ("girth history", "not"), ("monthly", "partly"), ("CSV", "met"), ("Parks", "unknown")]
    event = (await town.emitted("request.published"))[0]
    assert [cell.verdict for cell in event.wishes] == [cell["verdict"] for cell in table]
    assert [owed.kinds for owed in await town.emitted("notice.owed")][-1] == ["published"]


async def test_the_first_version_of_a_dataset_is_a_new_dataset(town: Town):
    request = await town.scheduled("2040-01-01")
    await town.publish(request)
    assert (await town.get(f"/requests/{request}"))["outcome"] == "new_dataset"


@pytest.mark.parametrize("state", ["submitted", "triage", "published", "answered_closed", "withdrawn"])
async def test_where_it_settles_nothing_the_version_is_kept_as_a_link_in_the_history(town: Town, state: str):
    request = await in_state(town, state)
    before = await town.get(f"/requests/{request}", headers=town.staff())
    emitted = await town.emitted()
    await town.publish(request, version="2.0.0")
    assert await town.get(f"/requests/{request}", headers=town.staff()) == before
    assert await town.emitted() == emitted
    last = (await town.get(f"/requests/{request}/events", headers=town.staff()))["items"][-1]
    assert (last["event"], last["facts"]["dataset_version"], last["facts"]["outcome"]) == ("dataset.linked", "2.0.0", None)


async def test_the_same_version_heard_twice_settles_once(town: Town):
    request = await town.taken_up()
    dataset = await town.publish(request)
    events = await town.emitted()
    await town.publish(request, dataset=dataset, version="1.0.1", is_first=False)
    assert await town.emitted() == events
    assert (await town.get(f"/requests/{request}"))["answer"]["dataset_version"] == "1.0.0"


async def test_a_claim_of_what_nobody_asked_for_is_a_dead_letter_and_the_other_claims_hold(town: Town):
    request, draft, unknown = await town.taken_up(), await town.draft(ids.new_id()), str(ids.new_id())
    await town.publish(unknown, request, draft)
    assert (await town.get(f"/requests/{request}"))["state"] == "published"
    letters = await town.get("/operations/dead-letters", headers=town.city.bearer(Role.OPERATOR))
    [letter] = letters["items"]
    assert unknown in str(letter) and draft in str(letter) and "report_claims_of_unknown_requests" in str(letter)
    assert request not in letter["reason"]


async def test_one_version_answers_several_people_and_each_is_told(town: Town):
    people = [ids.new_id() for _ in range(3)]
    requests = [await town.taken_up(person) for person in people]
    await town.publish(*requests)
    told = [owed.person_id for owed in await town.emitted("notice.owed") if owed.kinds == ["published"]]
    assert sorted(told) == sorted(people)
