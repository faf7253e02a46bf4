"""Paris 2017, played through the API: register, mails and note agree with a fold over the events, which the test makes itself."""

import asyncio
import csv
import io
import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from quartier.bus import Start
from quartier.cloudevents import Envelope, from_record
from quartier.contracts.accounts import Role
from quartier.demo import paris
from quartier.demo.player import Player, Refused
from quartier.testing.app import City
from quartier.transport import topics

SIZES = ["embedded", pytest.param("distributed", marks=[pytest.mark.postgres, pytest.mark.kafka])]
UNKNOWN = {"admit": 8, "ask": 1, "block": 1, "cast_ballot": 9, "correct_contact": 1, "decide_poll": 2, "give_verdict": 2, "log_call": 2,
           "open_improvement": 1, "propose_merge": 2, "record_referral_check": 2, "refer": 1, "sign_note": 3, "supply_info": 1}
"""Lines of the script that need what a later version brings: cycles, polls, merging, referring, questions, verdicts, signed notes."""


async def all_events(city: City) -> list[tuple[Envelope, dict[str, Any]]]:
    """Everything on the bus, each topic's partitions in order."""
    found = []
    async with city.runtime("requests").bus.tail([topic.name for topic in topics()], Start.EARLIEST) as records:
        while True:
            try:
                record = await asyncio.wait_for(anext(records), 3)
            except TimeoutError:
                return found
            envelope = from_record(record)
            found.append((envelope, json.loads(envelope.data)))


class Fold:
    """What the events say, folded by plain dictionaries."""

    def __init__(self, events: list[tuple[Envelope, dict[str, Any]]]) -> None:
        self.requests: dict[str, dict[str, Any]] = defaultdict(lambda: {"slips": 0, "outcome": "", "expected_on": "", "slip_days": 0})
        self.owed: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.mails: Counter[str] = Counter()
        self.versions: list[tuple[str, str]] = []
        self.sequences: dict[tuple[str, str], list[int]] = defaultdict(list)
        for envelope, data in events:
            name = envelope.type.removeprefix("org.quartier.").removesuffix(".v1")
            if envelope.sequence is not None:
                self.sequences[envelope.source, envelope.subject].append(envelope.sequence)
            if name == "notice.owed":
                self.mails[data["person_id"]] += 1
                if data["notice_class"] == "owner":
                    self.owed[data["kinds"][0]] += 1
            elif name.startswith("notice."):
                if data["notice_class"] == "owner":
                    self.ends[name.removeprefix("notice.")] += 1
            elif name == "dataset.published":
                self.versions.append((data["slug"], data["version"]))
            elif "label" in data:
                self._request(name, data)

    def _request(self, name: str, data: dict[str, Any]) -> None:
        request = self.requests[data["request_id"]]
        request.update({key: data[key] for key in ("ref", "state", "label", "visibility")})
        for key in ("outcome", "expected_on"):
            if data.get(key) and name != "publication.date_passed":
                request[key] = data[key]
        if name == "publication.rescheduled":
            request["slips"] += 1
            request["slip_days"] += data["days"]

    def public(self) -> list[dict[str, Any]]:
        return sorted((request for request in self.requests.values() if request["visibility"] == "public"), key=lambda one: one["ref"])


@pytest.mark.parametrize("size", SIZES)
async def test_register_mails_and_note_agree_with_a_fold_over_the_events(make_city, size):
    city: City = await make_city(size=size)
    scenario = paris.read()
    player = Player(city.http, city.folder / "keys")
    await player.employ(Role.OFFICER, Role.APPROVER)
    played = await paris.play(player, scenario, "Europe/Paris")
    await city.quiet(60)
    assert len(played.requests) == scenario["report_facts"]["proposals"] + scenario["report_facts"]["off_topic_claims"] == 18
    assert dict(played.unknown) == UNKNOWN
    assert sum(played.done.values()) + sum(UNKNOWN.values()) == len(scenario["script"])

    fold = Fold(await all_events(city))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in fold.sequences.values()), "gapless and in order"

    # The register has a row for each public request, as the events left it, and counts the others.
    register = await city.http.get("/api/requests/v1/register.csv")
    rows = list(csv.DictReader(io.StringIO(register.text)))
    told = [{key: str(request[key]) for key in ("ref", "label", "state", "outcome", "expected_on", "slips")} for request in fold.public()]
    assert [{key: row[key] for key in told[0]} for row in rows] == told
    assert len(rows) == scenario["expected"]["counts"]["public_rows"]
    assert int(register.headers["x-hidden-count"]) == scenario["expected"]["counts"]["hidden_rows"] == len(fold.requests) - len(rows)

    # Each notice that was owed became one mail, to the person who is owed it, and has its proof.
    mails = await city.mails()
    assert sum(fold.mails.values()) == len(mails)
    assert sorted(Counter(mail.to for mail in mails).values()) == sorted(fold.mails.values())
    assert fold.ends == {"sent": sum(fold.owed.values())}
    assert fold.owed["acknowledgement"] == 18
    assert all(mail.message["Content-Language"] == "fr" for mail in mails)

    # The note of the present quarter counts the same.
    number = (await city.http.get("/api/publications/v1/notes")).json()["items"][0]["number"]
    note = (await city.http.get(f"/api/publications/v1/notes/{number}")).json()
    assert note["asked"]["total"] == len(fold.requests)
    assert note["asked"]["hidden"] == len(fold.requests) - len(rows)
    assert [row["ref"] for row in note["asked"]["rows"]] == [request["ref"] for request in fold.public()]
    outcomes = Counter(request["outcome"] for request in fold.requests.values() if request["outcome"])
    assert note["settled"]["by_outcome"] == outcomes
    assert note["summary"]["stock"] == Counter(request["label"] for request in fold.requests.values())
    assert sorted((row["slug"], row["version"]) for row in note["published"]["rows"]) == sorted(fold.versions)
    assert {row["kind"]: row["owed"] for row in note["told"]["rows"]} == fold.owed
    assert (note["told"]["owed"], note["told"]["sent"]) == (sum(fold.owed.values()), fold.ends["sent"])
    assert note["dates"]["moved"] == sum(request["slips"] for request in fold.requests.values())
    assert note["dates"]["slip_days"] == sum(request["slip_days"] for request in fold.requests.values())

    # So does the portal's own projection.
    figures = (await city.http.get("/api/portal/v1/figures")).json()
    assert figures["by_label"] == Counter(request["label"] for request in fold.requests.values())

    # Staff can read why not everybody may see a request; and a second performance stops before its first line.
    async with city.runtime("requests").database.session() as session:
        reasons = (await (await session.connection()).execute(
            text("SELECT visibility_reason FROM request WHERE visibility = 'requester_only'"))).scalars().all()
    assert reasons == ["third_party"] * sum(line.get("reason") == "third_party" for line in scenario["script"]) != []
    with pytest.raises(Refused, match="has played the scenario already"):
        await paris.play(player, scenario, "Europe/Paris")
    assert (await city.http.get("/api/requests/v1/register.csv")).text == register.text


@pytest.mark.parametrize(("promised", "precision", "told"), [
    ("2017-06-02", "day", "2027-01-19"), ("2017-06", "month", "2027-02"), ("2017-Q2", "quarter", "2027-Q1")])
def test_a_promised_date_keeps_its_distance_from_the_day_in_the_city(promised: str, precision: str, told: str):
    """In Paris the new year has begun while it is still 23:30 of the old one by UTC."""
    today = datetime(2026, 12, 31, 23, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Paris")).date()
    assert today == date(2027, 1, 1)
    assert paris.moved(promised, precision, "2017-05-15T10:00:00+02:00", today) == told
