"""The `quartier` command, run as people run it: a city in one process, and other processes that look into it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from quartier.testing.processes import LocalProcess, free_port

QUARTIER = str(Path(sys.executable).parent / "quartier")


@dataclass
class Running:
    """A city that `quartier up` runs, and further commands beside it."""

    url: str
    env: dict[str, str]
    process: LocalProcess

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([QUARTIER, *arguments], env=self.env, capture_output=True, text=True, timeout=120, check=False)

    def says(self, *arguments: str) -> str:
        """What a command prints that does what it was asked."""
        done = self(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False)


@pytest.fixture(scope="module")
def quartier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A city of its own folder and port, with demo requests, up for the tests of this file."""
    folder, port = tmp_path_factory.mktemp("up"), free_port()
    url = f"http://localhost:{port}"
    env = {name: value for name, value in os.environ.items() if not name.startswith("QUARTIER_")} | {
        "QUARTIER_FOLDER": str(folder / "city"), "QUARTIER_PUBLIC_URL": url}
    process = LocalProcess([QUARTIER, "up", "--demo", "--port", str(port)], folder, env=env)
    process.start()
    try:
        deadline = time.monotonic() + 120
        while "Ctrl-C stops it" not in process.output():
            assert process.is_alive() and time.monotonic() < deadline, process.output()
            time.sleep(0.1)
        yield Running(url, env, process)
    finally:
        process.stop()


def bearer(quartier: Running, role: str) -> dict[str, str]:
    """The header that a front end sends, from a token that the command printed."""
    printed = quartier.says("token", "create", "--role", role).strip()
    with quartier.http() as http:
        exchanged = http.post("/api/accounts/v1/tokens", json={"api_token": printed})
    assert exchanged.status_code == 200, exchanged.text
    return {"authorization": f"Bearer {exchanged.json()['token']}"}


def test_what_is_printed_at_the_start_names_the_demo_as_it_stands(quartier: Running):
    said = quartier.process.output()
    assert f"Quartier is at {quartier.url} with 7 requests, 6 of them public." in said
    with quartier.http() as http:
        for request in http.get("/api/requests/v1/requests", params={"limit": 100}).json()["items"]:
            line = next(line for line in said.splitlines() if request["ref"] in line)
            assert request["title"]["text"] in line and request["label"].replace("_", " ") in line
        for address in re.findall(rf"{quartier.url}(/\S+)\n", said.split("Sign in")[0]):
            assert http.get(address).status_code in (200, 303), address


def test_each_demo_account_signs_in_by_the_link_and_the_code_that_are_printed(quartier: Running):
    found = re.findall(rf"^  (\w+)@example.org .*\n    {quartier.url}(\S+)  code (\w+)$", quartier.process.output(), re.MULTILINE)
    assert [role for role, _, _ in found] == ["officer", "approver", "operator"]
    again = quartier.says("demo", "sign-in", "operator")
    found += re.findall(r"^()" + quartier.url + r"(\S+)  code (\w+)$", again, re.MULTILINE)
    assert len(found) == 4
    for role, path, code in found:
        with quartier.http() as http:
            assert http.get(path).status_code == 200
            assert http.post(path, data={"code": code}).status_code == 303, role


def test_what_is_printed_works_as_it_stands_in_the_folder_where_it_is_read(quartier: Running):
    """By a shell that knows nothing else of the city."""
    said = quartier.process.output()
    bare = {name: value for name, value in os.environ.items() if not name.startswith("QUARTIER_")}

    def by_hand(line: str) -> str:
        return subprocess.run(line, shell=True, env=bare, cwd=quartier.process.folder, capture_output=True, text=True, timeout=120,
                              check=True).stdout

    assert json.loads(by_hand(next(line for line in said.splitlines() if line.startswith("  curl "))))["token"]
    assert by_hand(re.search(r"^A token for a program: (.*)$", said, re.MULTILINE)[1]).startswith("qt_")
    assert "  code " in by_hand(re.search(r"^A new link to sign in as .*?: (.*)$", said, re.MULTILINE)[1])


def test_a_port_that_somebody_has_is_refused_in_a_sentence(quartier: Running, tmp_path: Path):
    port = quartier.url.rsplit(":", 1)[1]
    for arguments in (["up", "--port", port], ["serve", "requests", "--port", port]):
        refused = subprocess.run([QUARTIER, *arguments], env=quartier.env | {"QUARTIER_FOLDER": str(tmp_path / "other")},
                                 capture_output=True, text=True, timeout=120, check=False)
        assert refused.returncode == 1 and f"Port {port} " in refused.stderr and "Traceback" not in refused.stderr, refused.stderr
    assert not (tmp_path / "other").exists()


def test_a_token_for_an_officer_opens_what_officers_may_read(quartier: Running):
    with quartier.http() as http:
        assert http.get("/api/requests/v1/queues").status_code == 401
        assert http.get("/api/requests/v1/queues", headers=bearer(quartier, "officer")).status_code == 200
        assert http.get("/api/requests/v1/queues", headers=bearer(quartier, "resident")).status_code == 403


def test_a_role_that_does_not_exist_makes_no_token(quartier: Running):
    refused = quartier("token", "create", "--role", "mayor")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "mayor" in refused.stderr


def test_what_is_stuck_or_dead_is_told_from_outside_of_the_city(quartier: Running):
    assert "No key is parked." in quartier.says("events", "parked", "requests")
    assert "There are no dead letters." in quartier.says("events", "dead", "requests")


def test_a_letter_that_does_not_exist_is_refused_in_a_sentence(quartier: Running):
    refused = quartier("events", "dead", "requests", "--replay", "0190a5a0-0000-7000-8000-000000000000")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert ":" in refused.stderr and "Traceback" not in refused.stderr


def test_a_replay_that_only_counts_counts_what_was_published(quartier: Running):
    said = quartier.says("events", "replay", "--group", "notify", "--topic", "quartier.requests", "--since", "2020-01-01", "--dry-run")
    assert int(said.split()[0]) > 0
    none = quartier.says("events", "replay", "--group", "notify", "--topic", "quartier.requests", "--since", "2999-01-01", "--dry-run")
    assert none.split()[0] == "0"


def test_a_replay_changes_nothing_in_a_service_that_has_handled_everything(quartier: Running):
    with quartier.http() as http:
        before = http.get("/api/requests/v1/register.jsonl").text
        said = quartier.says("events", "replay", "--group", "requests", "--topic", "quartier.publications", "--since", "2020-01-01")
        assert "events." in said
        assert http.get("/api/requests/v1/register.jsonl").text == before


def test_a_tail_shows_the_oldest_event_and_stops_after_the_count(quartier: Running):
    line, = quartier.says("events", "tail", "--from-start", "--count", "1", "--topic", "quartier.requests").splitlines()
    _, text = line.split(" {", 1)
    assert json.loads("{" + text)["request_id"] in line.split(" {")[0]
    assert "]@0 org.quartier.request." in line and " #" in line


def test_the_city_is_in_order_while_it_runs(quartier: Running):
    assert "All topics are as they should be." in quartier.says("topics", "check")
    assert "Everything that this installation needs is there." in quartier.says("doctor")


def test_a_second_city_in_the_same_folder_is_refused_and_the_first_goes_on(quartier: Running):
    second = quartier("up", "--port", str(free_port()))
    assert second.returncode == 1
    assert "Another `quartier up` is at work" in second.stderr and "Traceback" not in second.stderr
    with quartier.http() as http:
        assert http.get("/readyz").status_code == 200


def test_without_a_city_each_question_ends_in_a_sentence(tmp_path: Path):
    env = {name: value for name, value in os.environ.items() if not name.startswith("QUARTIER_")} | {
        "QUARTIER_FOLDER": str(tmp_path), "QUARTIER_PUBLIC_URL": f"http://localhost:{free_port()}"}
    for arguments in (["token", "create", "--role", "officer"], ["doctor"], ["topics", "check"], ["events", "parked", "nobody"]):
        refused = subprocess.run([QUARTIER, *arguments], env=env, capture_output=True, text=True, timeout=120, check=False)
        assert refused.returncode == 1, arguments
        assert refused.stderr.strip() and "Traceback" not in refused.stderr, refused.stderr
    subprocess.run([QUARTIER, "keys", "create"], env=env, check=True, capture_output=True, timeout=120)
    refused = subprocess.run([QUARTIER, "events", "parked", "requests"], env=env, capture_output=True, text=True, timeout=120, check=False)
    assert refused.returncode == 1 and "Is the city running?" in refused.stderr
