"""What all tests of Quartier share: the network is closed to them, and one distributed city serves those that only look."""
import gc

import pytest

from quartier.testing.loopback import close_the_network

# Cities that one file's tests share: each would be made anew in every process that gets one of its tests.
SHARED = {"quartier", "gated"}


def pytest_configure() -> None:
    close_the_network()


def pytest_itemcollected(item: pytest.Item) -> None:
    for name in SHARED & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.xdist_group(name))


@pytest.hookimpl(trylast=True)  # After the order was made random, which it stays within each part.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The storms come first, so that nothing waits for them in the end; the city of separate processes, which holds a gigabyte, last."""
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
