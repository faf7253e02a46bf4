"""The city of docker-compose.yml comes up as separate processes, each of which holds what is its own and nothing else."""
import json
import secrets
import time
import urllib.request

import asyncpg
import psutil
import pytest

from tests.infra.distributed import City

SERVICES = ["accounts", "notify", "portal", "publications", "requests"]


def post(url, body, **headers):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer), dict(answer.headers)


def eventually(find):
    """What `find` gives once it gives anything; a minute is long enough for a busy machine."""
    deadline = time.monotonic() + 60
    while not (found := find()):
        assert time.monotonic() < deadline, f"nothing came of {find.__name__}"
        time.sleep(0.1)
    return found


def status_of(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status


def test_each_service_is_a_process_of_its_own_and_ready(distributed_city: City):
    assert sorted(distributed_city.processes) == SERVICES
    assert len({process.pid for process in distributed_city.processes.values()}) == len(SERVICES)
    for name, url in distributed_city.urls.items():
        assert status_of(f"{url}/readyz") == 200, name
        assert f"serve {name}" in " ".join(psutil.Process(distributed_city.processes[name].pid).cmdline())


def test_the_doctor_finds_each_service_whole(distributed_city: City):
    for name in SERVICES:
        assert "is there" in distributed_city.run(name, "quartier", "doctor", name)


def test_people_reach_the_pages_and_every_api_at_one_address(distributed_city: City):
    with urllib.request.urlopen(f"{distributed_city.url}/en/", timeout=20) as answer:
        assert "<html" in answer.read().decode()
    for name in set(SERVICES) - {"portal"}:
        with urllib.request.urlopen(f"{distributed_city.url}/api/{name}/openapi.json", timeout=20) as answer:
            paths = json.load(answer)["paths"]
        assert any(path.startswith(f"/api/{name}/v1/") for path in paths)


def test_what_a_person_asks_becomes_a_mail_in_one_trace_across_processes(distributed_city: City):
    address, title = f"{secrets.token_hex(6)}@example.org", f"Trees {secrets.token_hex(6)}"
    contact, _ = post(f"{distributed_city.url}/api/accounts/v1/contacts", {"address": address, "language": "en"})
    _, headers = post(f"{distributed_city.url}/api/requests/v1/requests", {
        "contact_ticket": contact["contact_ticket"], "kind": "new", "title": title, "body": "Every tree, with its species.",
        "lang": "en", "wishes": [], "themes": []},
        **{"Idempotency-Key": secrets.token_hex(16), "Quartier-Traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
    assert headers["trace-id"] != "ab" * 16, "a stranger joined our own trace"

    [mail] = eventually(lambda: distributed_city.mail.to(address))
    assert f"{distributed_city.url}/en/l/" in mail.text()

    def mail_in_the_trace():
        return [span for span in distributed_city.otlp.spans(headers["trace-id"]) if span.name == "send smtp"]

    [sent] = eventually(mail_in_the_trace)
    spans = distributed_city.otlp.spans(headers["trace-id"])
    assert spans[0].name == "POST /requests" and spans[0].service == "requests"
    assert sent.service == "notify"
    assert {"producer", "consumer"} <= {span.kind for span in spans}


async def test_no_service_can_open_the_tables_of_another(distributed_city: City):
    for name in SERVICES:
        url = distributed_city.environment(name)["QUARTIER_DATABASE_URL"].replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        try:
            seen = await connection.fetch("select nspname, has_schema_privilege(nspname, 'usage') as may from pg_namespace "
                                          "where nspname = any($1)", SERVICES)
            assert {row["nspname"] for row in seen if row["may"]} == {name}
            assert await connection.fetchval("select count(*) from pg_tables where schemaname = $1", name) > 0
            assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
        finally:
            await connection.close()


def test_each_process_sees_its_own_private_key_alone(distributed_city: City):
    for name in SERVICES:
        keys = distributed_city.folder / "keys" / name
        assert distributed_city.environment(name)["QUARTIER_KEYS"] == str(keys)
        assert [path.stem for path in keys.glob("*.pem")] == [name]


def test_a_process_gets_the_environment_of_the_file_and_no_other(distributed_city: City):
    seen = psutil.Process(distributed_city.processes["requests"].pid).environ()
    file = distributed_city.containers["requests"].environment
    assert set(seen) - {"PATH", "HOME", "LC_CTYPE"} == set(file)


def test_a_killed_service_comes_back(distributed_city: City):
    before = distributed_city.processes["publications"].pid
    distributed_city.kill("publications")
    with pytest.raises(OSError):
        status_of(f"{distributed_city.urls['publications']}/readyz")
    distributed_city.restart("publications")
    assert distributed_city.processes["publications"].pid != before
    assert status_of(f"{distributed_city.urls['publications']}/readyz") == 200
