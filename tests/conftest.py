"""What all tests of Quartier share: the network is closed to them."""
from quartier.testing.loopback import close_the_network


def pytest_configure() -> None:
    close_the_network()
