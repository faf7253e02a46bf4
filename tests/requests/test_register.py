"""The register is open data: it agrees with the events, its two forms say the same, and nothing hidden shows but its number."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartier import ids
from quartier.contracts.requests import RequestFact
from quartier_requests.machine import MACHINE
from quartier_requests.register.cells import csv_row
from quartier_requests.register.columns import EVENTS, REQUESTS, Column
from tests.requests.test_transitions import in_state
from tests.requests.town import Town

FORMULAS = ["=1+1", "+33 1 42", "-2", "@SUM(A1)", "\t=1", "'quoted", "plain, with \"quotes\"\nand lines", "été"]


def undone(cell: str) -> str:
    """A cell as the notes of the schema say that it is read."""
    return cell[1:] if cell.startswith("'") else cell


async def csv_rows(town: Town, path: str = "/register.csv") -> list[dict[str, str]]:
    answer = await town.call("GET", path)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return [{name: undone(cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(answer.text, newline=""))]


async def json_rows(town: Town) -> list[dict[str, Any]]:
    answer = await town.call("GET", "/register.jsonl")
    return [json.loads(line) for line in answer.text.splitlines()]


async def every_state(town: Town) -> list[str]:
    return [await in_state(town, state) for state in MACHINE.states if state != "awaiting_confirmation"]


async def test_the_register_agrees_with_a_fold_over_the_events(either_town: Town):
    town = either_town
    await every_state(town)
    await town.draft(ids.new_id())
    folded: dict[str, dict[str, Any]] = {}
    for event in await town.emitted():
        if isinstance(event, RequestFact):
            row = folded.setdefault(event.ref, {"outcome": None, "expected_on": None})
            row |= {"state": event.state, "label": event.label, "visibility": event.visibility}
            row |= {name: getattr(event, name) for name in ("outcome", "expected_on") if hasattr(event, name)}
    public = {ref: row for ref, row in folded.items() if row["visibility"] == "public"}
    rows = {row["ref"]: row for row in await json_rows(town)}
    assert {ref: (row["state"], row["label"], row["outcome"], row["expected_on"]) for ref, row in rows.items()} == {
        ref: (row["state"], row["label"], row["outcome"], row["expected_on"] and row["expected_on"].isoformat())
        for ref, row in public.items()}
    answer = await town.call("GET", "/register.csv")
    assert int(answer.headers["x-hidden-count"]) == len(folded) - len(public) == 2
    figures = await town.get("/register/figures")
    assert (figures["public"], figures["hidden"]) == (len(public), 2)
    assert sum(figures["by_label"].values()) == len(public)
    assert figures["by_outcome"] == {"new_dataset": 1, "already_available": 1}


async def test_csv_and_json_lines_say_the_same(town: Town):
    await every_state(town)
    for text in FORMULAS:
        await town.triaged(title=f"Area {FORMULAS.index(text)}", area=text.replace("\n", " ").strip(), themes=["trees", "parks"])
    listed = await json_rows(town)
    types = {column.name: column.type for column in REQUESTS}
    read = {"integer": int, "boolean": lambda cell: cell == "true", "list": lambda cell: cell.split("|")}
    rows = [{name: (None if types[name] != "list" else []) if cell == "" else read.get(types[name], str)(cell)
             for name, cell in row.items()} for row in await csv_rows(town)]
    assert rows == listed


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t\r'")), min_size=1, max_size=4))
def test_no_cell_is_a_formula_and_every_cell_can_be_read_back(cells: list[str]):
    columns = [Column(str(n), "string", "", "", lambda _row, text=text: text) for n, text in enumerate(cells)]
    [row] = csv.reader(io.StringIO(csv_row(columns, None), newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert [undone(cell) for cell in row] == cells


async def test_the_history_as_a_file_holds_the_official_answers_and_no_hour_of_the_requester(town: Town):
    answered, hidden = await in_state(town, "answered_closed"), await town.triaged(visibility="requester_only", title="Private matter")
    rows = await csv_rows(town, "/register/events.csv")
    assert [row["event"] for row in rows] == ["request.submitted", "triage.started", "request.answered"]
    assert rows[-1]["words_en"] == "It is here." and rows[-1]["words_fr"] == ""
    assert rows[-1]["text_fr"] == "La ville a répondu que les données sont déjà publiées."
    assert rows[0]["at"] == "" and rows[1]["at"] != "" and rows[0]["on"] != ""
    assert {row["ref"] for row in rows} == {(await town.get(f"/requests/{answered}"))["ref"]}
    assert hidden


async def test_nothing_of_a_hidden_request_is_in_any_file(town: Town):
    await town.submitted(title="Not yet looked at")
    await town.triaged(visibility="requester_only", title="My neighbour's name", body="He lives at 12 rue des Lilas.")
    everything = "".join([(await town.call("GET", path)).text for path in (
        "/register.csv", "/register.jsonl", "/register/events.csv", "/requests", "/register/figures")])
    for words in ("Not yet", "neighbour", "Lilas", "R-20"):
        assert words not in everything


async def test_a_register_longer_than_one_portion_is_whole(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("quartier_requests.register.queries.BATCH", 3)
    for number in range(8):
        await town.triaged(title=f"Request number {number}")
    assert [row["title_en"] for row in await csv_rows(town)] == [f"Request number {number}" for number in range(8)]
    assert len(await csv_rows(town, "/register/events.csv")) == 16


async def test_the_schema_describes_every_column_in_both_languages(town: Town):
    schema = await town.get("/register/schema.json")
    for resource, columns in zip(schema["resources"], (REQUESTS, EVENTS), strict=True):
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == [column.name for column in columns]
        assert all(field["titles"]["en"] and field["titles"]["fr"] for field in fields)
    head = (await town.call("GET", "/register.csv")).text.split("\r\n")[0]
    assert head == ",".join(column.name for column in REQUESTS)
