"""Paris 2017, played at today's date: the eighteen requests of a year in which the city promised an open-data cycle and failed at it.

The scenario file tells a year with its dates. Here each line happens now, in the file's order; a promised date keeps its distance from the
day on which it was promised. Lines of what the city cannot do yet (cycles, polls, merging, referring) are counted, never faked.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from quartier import clock
from quartier.contracts.accounts import Role
from quartier.demo.player import Player, Refused

Line = dict[str, Any]


@dataclass
class Played:
    """What came of a scenario: the requests by their name in the file, the lines played and those not known yet, by verb."""

    requests: dict[str, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)


def read(file: Path | None = None) -> dict[str, Any]:
    """A scenario; the one of Paris that comes with the kit, without a file."""
    place = file or files("quartier.demo") / "paris-2017.json"
    scenario: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return scenario


async def play(player: Player, scenario: dict[str, Any], zone: str) -> Played:
    """Play the lines that the city of that time zone knows, in order, over its API, once.

    Raises Refused where the city says no to one of them, and before the first one where it has the scenario's datasets already.
    """
    scene = _Scene(player, scenario, ZoneInfo(zone))
    await scene.register_datasets()
    for line in scenario["script"]:
        play_line = scene.verbs.get(line["command"])
        if play_line is None:
            scene.played.unknown[line["command"]] += 1
        else:
            await play_line(line)
            scene.played.done[line["command"]] += 1
    return scene.played


class _Scene:
    """The scenario at work: its verbs are the script's commands."""

    def __init__(self, player: Player, scenario: dict[str, Any], zone: ZoneInfo) -> None:
        self.player, self.scenario, self.zone, self.played = player, scenario, zone, Played()
        self._asks = {ask["id"]: ask for ask in scenario["requests"]}
        self._services = {service["id"]: service for service in scenario["directory"]["services"]}
        self._states: dict[str, str] = {}
        self.verbs: dict[str, Callable[[Line], Awaitable[None]]] = {
            "confirm": self.ask, "claim": self.ask, "start_triage": self.start_triage, "answer": self.answer,
            "schedule": self.schedule, "reschedule": self.schedule, "refuse": self.refuse, "publish_dataset": self.publish,
            "submit": _nothing_more, "intake": _nothing_more}

    async def register_datasets(self) -> None:
        """The datasets that the city had published before."""
        for dataset in self.scenario["datasets"]:
            try:
                await self.player.call("POST", "/api/publications/v1/datasets", Role.OFFICER, json={
                    "slug": dataset["slug"], "title": dataset["title"], "registered": True,
                    "version": {"number": dataset["version"], "coverage": dataset["coverage"], "distributions": []}})
            except Refused as refused:
                if refused.status != 409:
                    raise
                raise Refused(f"This city has played the scenario already, or a part of it: its dataset {dataset['slug']} is here. "
                              "To play it again, start a city in an empty folder.", 409) from refused

    async def ask(self, line: Line) -> None:
        """Submitting and confirming are one here: the person writes, opens her mail and presses the button."""
        ask = self._asks[line["request"]]
        self.played.requests[ask["id"]] = await self.player.ask(
            ask["contact"], "fr", ask["title"]["fr"], ask["body"]["fr"], kind=ask["kind"], channel=ask["channel"], wishes=ask["wishes"])

    async def start_triage(self, line: Line) -> None:
        """The first look, with the reason where not everybody may see the request."""
        reason = {"reason": line["reason"]} if "reason" in line else {}
        await self._act(line, "triage.started", visibility=line["visibility"], **reason)

    async def answer(self, line: Line) -> None:
        """Point to the city service that helps."""
        service = self._services[line["service"]]
        await self._act(line, "request.answered", outcome=line["outcome"], answer={lang: service[lang] for lang in ("en", "fr")},
                        links=[f"https://www.city.example/{line['service']}"])

    async def schedule(self, line: Line) -> None:
        """Promise a date, or move it."""
        await self._take_up(line)
        event = "publication.scheduled" if line["command"] == "schedule" else "publication.rescheduled"
        why = {"why": {"en": line["why"]}} if "why" in line else {}
        await self._act(line, event, date=self._moved(line["date"], line["precision"], line["at"]), precision=line["precision"], **why)

    async def refuse(self, line: Line) -> None:
        """Refuse, as the approver."""
        await self._take_up(line)
        await self._act(line, "request.refused", by=Role.APPROVER, outcome="refused", ground=line["ground"], article=line["article"],
                        motive={"fr": line["ground"]}, redress={"fr": line["redress"]},
                        appeal_by=self._moved(line["appeal_by"], "day", line["at"]))

    async def publish(self, line: Line) -> None:
        """Let a version out that claims its requests; those that only a poll would have chosen are taken up first."""
        for name in line["requests"]:
            await self._take_up({"request": name})
        requests = [self.played.requests[name] for name in line["requests"]]
        await self.player.publish(line["dataset"], line["version"], {"fr": f"Version {line['version']}."}, line["coverage"], requests)

    def _moved(self, promised: str, precision: str, said_at: str) -> str:
        return moved(promised, precision, said_at, clock.now().astimezone(self.zone).date())

    async def _take_up(self, line: Line) -> None:
        """Bring a request that the script admits to a cycle into work, the way that this version has for it."""
        if self._states.get(line["request"]) == "triage":
            await self._act(line, "request.taken_up", motive={"fr": "Retenue par la ville.", "en": "Chosen by the city."})

    async def _act(self, line: Line, event: str, **fields: Any) -> None:
        done = await self.player.act(self.played.requests[line["request"]], event, **fields)
        self._states[line["request"]] = done["state"]


async def _nothing_more(line: Line) -> None:
    """A first half whose second half does both."""


def moved(promised: str, precision: str, said_at: str, today: date) -> str:
    """A date of the script as far from today as it was from the day on which its line was said, as exactly as it was promised."""
    day = today + (_last_day(promised) - date.fromisoformat(said_at[:10]))
    match precision:
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
    return day.isoformat()


def _last_day(promised: str) -> date:
    """The last day of `2018-06-29`, `2018-02` or `2018-Q1`."""
    if len(promised) == 10:
        return date.fromisoformat(promised)
    year, rest = promised.split("-")
    month = int(rest[1]) * 3 if rest.startswith("Q") else int(rest)
    return date(int(year) + month // 12, month % 12 + 1, 1) - timedelta(days=1)
