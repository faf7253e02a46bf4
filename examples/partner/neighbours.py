"""A partner city's service: a page that lists what its neighbours have published, kept up to date by their events."""

import asyncio
import html
import os
import sqlite3
from pathlib import Path

from quartier.bus import BusError, Record
from quartier.bus.kafka import KafkaBus
from quartier.cloudevents import Malformed, from_record
from quartier.contracts.publications import TOPIC, DatasetPublished

SERVERS = os.environ.get("PARTNER_KAFKA", "localhost:9094").split(",")
FOLDER = Path(os.environ.get("PARTNER_FOLDER", "."))
GROUP = "partner.neighbours"  # Ours alone: what the city's own services have read does not move us, nor we them.
TABLES = """
create table if not exists seen (event text primary key);
create table if not exists datasets (id text primary key, title text, version text, released_at text, page text);
"""


def take(database: sqlite3.Connection, record: Record) -> None:
    """Keep what an event says together with its id, in one transaction: an event that comes again changes nothing."""
    try:
        envelope = from_record(record)
        if envelope.type != DatasetPublished.event_type or envelope.data is None:
            return
        event = DatasetPublished.read(envelope.data)
    except (Malformed, ValueError) as error:
        print(f"Left out {record.topic}[{record.partition}]@{record.offset}: {error}", flush=True)
        return
    with database:
        if database.execute("insert or ignore into seen values (?)", [envelope.id]).rowcount:
            quote = event.title.best("en")
            database.execute("insert or replace into datasets values (?, ?, ?, ?, ?)", [
                str(event.dataset_id), quote.text if quote else event.slug, event.version, event.released_at.isoformat(), event.page_url])


def write_page(database: sqlite3.Connection) -> None:
    """Write the page anew beside the old one and put it in its place, so that nobody reads half of it."""
    rows = database.execute("select page, title, version, released_at from datasets order by released_at desc, id")
    items = "".join('<li><a href="{}">{}</a> {}, {}</li>\n'.format(*(html.escape(text) for text in row)) for row in rows)
    fresh = FOLDER / "neighbours.html.new"
    fresh.write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Data next door</title>\n<ul>\n{items}</ul></html>\n',
                     encoding="utf-8")
    fresh.replace(FOLDER / "neighbours.html")


async def follow(database: sqlite3.Connection) -> None:
    """Read on from where the group stands; only what is kept and shown is committed."""
    bus = KafkaBus(SERVERS, client_id=GROUP)
    await bus.start()
    try:
        async with bus.consumer(GROUP, [TOPIC]) as consumer:
            while True:
                for partition, records in (await consumer.poll(100, 5)).items():
                    for record in records:
                        take(database, record)
                    write_page(database)
                    await consumer.commit(partition, records[-1].offset + 1)
    finally:
        await bus.stop()


async def main() -> None:
    database = sqlite3.connect(FOLDER / "neighbours.db")
    database.executescript(TABLES)
    write_page(database)  # What was kept before a sudden end is shown again.
    while True:
        try:
            await follow(database)
        except BusError as error:
            print(f"{error} We ask again in a moment.", flush=True)
            await asyncio.sleep(2)


if __name__ == "__main__":
    asyncio.run(main())
