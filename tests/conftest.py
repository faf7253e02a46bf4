"""What all tests of Quartier share: the network is closed to them, and one distributed city serves those that only look."""
import gc

import pytest

from quartier.testing.loopback import close_the_network

# Files whose tests share something heavy: a broker, a city, an image. It would be made in every process that gets one of their tests.
TOGETHER = {
    "tests/bench/test_bench.py": "kafka", "tests/examples/test_partner.py": "kafka", "tests/infra/test_servers.py": "kafka",
    "tests/journeys/test_paris.py": "kafka", "tests/notify/test_migrations.py": "kafka", "tests/shared/bus/test_kafka.py": "kafka",
    "tests/infra/test_distributed.py": "city", "tests/journeys/test_separate_processes.py": "city",
    "tests/infra/test_image.py": "image", "tests/journeys/test_page_gate.py": "gate", "tests/shared/test_cli.py": "cli"}


def pytest_configure() -> None:
    close_the_network()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """How the tests are spread over processes: one by one, but for those above.

    The groups of pytest-xdist itself do nothing under pytest 9.2 (its issue 1386).
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return TOGETHER.get(nodeid.partition("::")[0], nodeid)

    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)  # After the order was made random, which it stays within each part.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The storms come first, so that nothing waits for them in the end; the city of separate processes, which holds a gigabyte, last."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("kafka") and "fresh_kafka" not in fixtures and item.nodeid.partition("::")[0] not in TOGETHER:
            raise pytest.UsageError(f"{item.nodeid} shares a broker with others: name its file in TOGETHER, in {__file__}")
    items.sort(key=lambda item: (item.path.parent.name != "storm", "distributed_city" in getattr(item, "fixturenames", ())))


def pytest_collection_finish() -> None:
    """What was imported stays to the end: whether it is garbage need not be looked at again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def distributed_city(city_kafka, postgres_server, otlp_sink):
    """A city of separate processes, as docker-compose.yml says; a test that kills things makes its own by `distributed.city`."""
    from quartier.testing.smtp import MailServer
    from tests.infra.distributed import City

    mail = MailServer()
    city = City(city_kafka, postgres_server, mail, otlp_sink, {})
    try:
        city.start()
        yield city
    finally:
        city.stop()
        mail.stop()
