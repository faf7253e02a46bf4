"""What events travel on: the bus that the settings choose, and the topics of all declared events."""

import quartier.contracts  # noqa: F401, it declares the events
from quartier.bus import Bus, Topic
from quartier.events import registry
from quartier.settings import Settings


def topics() -> list[Topic]:
    """The topics of all declared events."""
    return [Topic(name) for name in sorted({topic for cls in registry().values() for topic in cls.event_topics})]


def bus_of(settings: Settings) -> Bus:
    """The bus that the settings choose."""
    if settings.kafka:
        from quartier.bus.kafka import KafkaBus

        bus = KafkaBus(settings.kafka, client_id="quartier")
        bus.replication = settings.kafka_replication
        return bus
    from quartier.bus.log import LogBus

    settings.folder.mkdir(parents=True, exist_ok=True)
    return LogBus(settings.folder / "bus.db")


async def prepare_topics(settings: Settings) -> None:
    """Make the topics that are missing on the bus that the settings choose."""
    bus = bus_of(settings)
    await bus.start()
    try:
        await bus.apply(topics())
    finally:
        await bus.stop()
