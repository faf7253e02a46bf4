"""Whether a service is ready: everybody learns which check fails, operators and the log learn why."""

import pytest

from quartier import readiness
from quartier.bus import BusError
from quartier.contracts.accounts import Role
from quartier.migrations import pending, upgrade

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

REVISION = '''"""Nothing."""

revision, down_revision = "{revision}", {before}


def upgrade() -> None:
    """Nothing."""
'''


class Secretive:
    """A bus that is away, and whose error names a host."""

    def __init__(self, bus):
        self._bus = bus

    def __getattr__(self, name):
        return getattr(self._bus, name)

    async def check(self, topics):
        raise BusError("kafka-7.intern:9092 refuses user quartier")


async def ready(small):
    return await small.http.get("/readyz")


async def test_everybody_learns_which_check_failed_and_operators_and_the_log_learn_why(make, caplog):
    async with make(run=True) as small:
        await small.until(lambda: all_ready(small))
        caplog.clear()
        small.runtime.bus = Secretive(small.bus)
        for _ in range(3):
            answer = await ready(small)
            assert (answer.status_code, answer.json()["detail"]) == (503, "These checks failed: notify: bus.")
            assert "intern" not in answer.text
        told = await small.ask("GET", "/readiness", Role.OPERATOR)
        assert told.json() == {"ready": False, "lacks": [{"check": "bus", "detail": "kafka-7.intern:9092 refuses user quartier"}]}
        small.runtime.bus = small.bus
        assert (await ready(small)).status_code == 200
        assert (await small.ask("GET", "/readiness", Role.OPERATOR)).json() == {"ready": True, "lacks": []}
    logged = [record.getMessage() for record in caplog.records if record.name == "quartier.readiness"]
    assert logged == ["notify is not ready, bus: kafka-7.intern:9092 refuses user quartier", "All services are ready."]


async def all_ready(small):
    return (await ready(small)).status_code == 200


async def test_a_folder_without_room_is_told_before_anything_is_refused(make, monkeypatch):
    async with make(run=True) as small:
        await small.until(lambda: all_ready(small))
        monkeypatch.setattr(readiness, "ROOM", 2**62)
        answer = await ready(small)
        assert (answer.status_code, answer.json()["detail"]) == (503, "These checks failed: notify: disk.")
        told = (await small.ask("GET", "/readiness", Role.OPERATOR)).json()["lacks"]
        assert [lack["check"] for lack in told] == ["disk"] and str(small.runtime.settings.folder) in told[0]["detail"]


async def test_scripts_that_a_deploy_lays_beside_a_running_process_are_not_its_own(make, tmp_path):
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "0001_first.py").write_text(REVISION.format(revision="0001", before=None))
    async with make(migrations=scripts) as small:
        await upgrade(small.database, small.service)
        assert await pending(small.database, small.service) == []
        (scripts / "0002_next.py").write_text(REVISION.format(revision="0002", before='"0001"'))
        assert await pending(small.database, small.service) == []
