"""What happens inside the embedded log's file: its tables, and each thing that is done to them in one transaction.

All functions here run on the thread of the connection they are given; `log.py` decides which one and when.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from quartier.bus import (
    BusError,
    OffsetGone,
    Partition,
    Position,
    Record,
    Start,
    Topic,
    UnknownTopic,
    count_complaints,
    in_milliseconds,
    no_such_partition,
    partition_for,
)
from quartier.bus.packing import pack, unpack

EXPIRED_AT_ONCE = 5_000
"""Records that one transaction of retention deletes, so that a publisher waits for no more than a few milliseconds."""

TABLES = """
create table if not exists topic(name text primary key, partitions integer not null, retention_ms integer not null);
create table if not exists partition(topic text, part integer, first integer not null, next integer not null,
  primary key(topic, part));
create table if not exists record(topic text, part integer, off integer, key blob, value blob, headers blob not null,
  ts integer not null, primary key(topic, part, off));
create index if not exists record_by_time on record(topic, part, ts, off);
create table if not exists producer(pid text, topic text, part integer, seq integer not null,
  primary key(pid, topic, part));
create table if not exists group_offset("group" text, topic text, part integer, off integer not null,
  primary key("group", topic, part));
"""


def make_tables(db: sqlite3.Connection) -> None:
    """Create what a new file lacks."""
    for statement in filter(str.strip, TABLES.split(";")):
        db.execute(statement)


def partition_counts(db: sqlite3.Connection) -> dict[str, int]:
    """The topics that exist, each with its number of partitions."""
    return dict(db.execute("select name, partitions from topic"))


def apply(db: sqlite3.Connection, topics: Sequence[Topic]) -> None:
    """Make topics that are missing and set retention; all or nothing."""
    counts = partition_counts(db)
    existing = [topic for topic in topics if topic.name in counts]
    if complaints := count_complaints(existing, counts):
        raise BusError(" ".join(complaints))
    for topic in topics:
        db.execute("insert into topic values (?, ?, ?) on conflict(name) do update set retention_ms = excluded.retention_ms",
                   (topic.name, topic.partitions, topic.retention_ms))
        db.executemany("insert or ignore into partition values (?, ?, 0, 0)",
                       [(topic.name, number) for number in range(topic.partitions)])


def append(db: sqlite3.Connection, records: Sequence[Record], now_ms: int) -> None:
    """Store a batch, each partition's part in the order given, with gapless offsets."""
    counts = partition_counts(db)
    batches: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        if record.topic not in counts:
            raise UnknownTopic(record.topic)
        batches.setdefault((record.topic, partition_for(record.key, counts[record.topic])), []).append(record)
    for (topic, number), batch in batches.items():
        batch = _not_stored_before(db, topic, number, batch)
        [(end,)] = db.execute("update partition set next = next + ? where topic = ? and part = ? returning next",
                              (len(batch), topic, number)).fetchall()
        db.executemany("insert into record values (?, ?, ?, ?, ?, ?, ?)", [
            (topic, number, offset, record.key, record.value, pack(record.headers), now_ms)
            for offset, record in enumerate(batch, end - len(batch))])


def _not_stored_before(db: sqlite3.Connection, topic: str, number: int, batch: list[Record]) -> list[Record]:
    """The records whose producer has stored none of this number or above here, and note the new numbers."""
    held: dict[str, int] = {}
    fresh = []
    for record in batch:
        if record.producer is not None:
            if record.producer not in held:
                row = db.execute("select seq from producer where pid = ? and topic = ? and part = ?",
                                 (record.producer, topic, number)).fetchone()
                held[record.producer] = -1 if row is None else row[0]
            if record.number <= held[record.producer]:
                continue
            held[record.producer] = record.number
        fresh.append(record)
    db.executemany("insert or replace into producer values (?, ?, ?, ?)",
                   [(producer, topic, number, seq) for producer, seq in held.items()])
    return fresh


def read(db: sqlite3.Connection, places: Mapping[Partition, int], limit: int) -> dict[Partition, list[Record]]:
    """The next records from each place, at most `limit` in all, the partitions in the order given."""
    bounds = {partition: bound for topic in {partition.topic for partition in places}
              for partition, bound in _bounds(db, topic).items()}
    found: dict[Partition, list[Record]] = {}
    for partition, offset in places.items():
        first, end = bounds[partition]
        _must_be_kept(partition, offset, first, end)
        if offset == end or limit <= 0:
            continue
        rows = db.execute("select off, key, value, headers, ts from record where topic = ? and part = ? and off >= ? "
                          "order by off limit ?", (partition.topic, partition.number, offset, limit))
        found[partition] = [Record(partition.topic, key, value, unpack(headers), partition.number, off, ts)
                            for off, key, value, headers, ts in rows]
        limit -= len(found[partition])
    return found


def join(db: sqlite3.Connection, group: str, topics: Sequence[str], start: Start) -> dict[Partition, int]:
    """A group's places in these topics; partitions that are new to it get `start` as their committed place."""
    places = starting_points(db, topics, start)
    db.executemany('insert or ignore into group_offset values (?, ?, ?, ?)',
                   [(group, partition.topic, partition.number, place) for partition, place in places.items()])
    for topic, number, place in db.execute('select topic, part, off from group_offset where "group" = ?', (group,)):
        if Partition(topic, number) in places:
            places[Partition(topic, number)] = place
    return places


def starting_points(db: sqlite3.Connection, topics: Sequence[str],
                    after: Mapping[Partition, int] | Start) -> dict[Partition, int]:
    """The next offset to read in each partition, from a start or from a vector of the last offsets seen."""
    places = {}
    for topic in topics:
        for partition, (first, end) in _bounds(db, topic).items():
            if isinstance(after, Start):
                places[partition] = end if after is Start.LATEST else first
            else:
                places[partition] = after[partition] + 1 if partition in after else first
                _must_be_kept(partition, places[partition], first, end)
    return places


def commit(db: sqlite3.Connection, group: str, partition: Partition, offset: int) -> None:
    """Keep a group's next offset to read."""
    db.execute('insert or replace into group_offset values (?, ?, ?, ?)', (group, partition.topic, partition.number, offset))


def positions(db: sqlite3.Connection, group: str, now_ms: int) -> dict[Partition, Position]:
    """A group's place in each partition that it reads, and how long the oldest unread record has waited."""
    rows = db.execute(
        'select g.topic, g.part, p.first, g.off, p.next, (select r.ts from record r where r.topic = g.topic '
        'and r.part = g.part and r.off >= g.off order by r.off limit 1) '
        'from group_offset g join partition p on p.topic = g.topic and p.part = g.part where g."group" = ?', (group,))
    return {Partition(topic, number): Position(first, off, end, None if ts is None else max(0, now_ms - ts))
            for topic, number, first, off, end, ts in rows}


def move(db: sqlite3.Connection, group: str, to: datetime | Mapping[Partition, int]) -> None:
    """Set a group's places, to offsets or to the first records that were written at or after an instant."""
    if isinstance(to, datetime):
        to = _places_at(db, group, in_milliseconds(to))
    for partition, offset in to.items():
        bounds = _bounds(db, partition.topic)
        if partition not in bounds:
            raise BusError(no_such_partition(partition, len(bounds)))
        _must_be_kept(partition, offset, *bounds[partition])
        commit(db, group, partition, offset)


def _places_at(db: sqlite3.Connection, group: str, instant_ms: int) -> dict[Partition, int]:
    rows = db.execute(
        'select g.topic, g.part, coalesce((select min(r.off) from record r where r.topic = g.topic and r.part = g.part '
        'and r.ts >= ?), p.next) from group_offset g join partition p on p.topic = g.topic and p.part = g.part '
        'where g."group" = ?', (instant_ms, group)).fetchall()
    if not rows:
        raise BusError(f"The group {group} has read nothing yet, so there is nothing to move.")
    return {Partition(topic, number): place for topic, number, place in rows}


def expire(db: sqlite3.Connection, now_ms: int) -> bool:
    """Delete a portion of what is past its retention, from each partition's beginning; says whether there may be more."""
    is_more = False
    rows = db.execute("select p.topic, p.part, p.first, p.next, t.retention_ms from partition p "
                      "join topic t on t.name = p.topic").fetchall()
    for topic, number, first, end, retention_ms in rows:
        # Clocks step back now and then: only what lies before the first record that is young enough may go.
        [(kept,)] = db.execute(
            "select coalesce((select off from record where topic = ? and part = ? and off >= ? and ts >= ? "
            "order by off limit 1), ?)", (topic, number, first, now_ms - retention_ms, end)).fetchall()
        place = min(kept, first + EXPIRED_AT_ONCE)
        if place > first:
            db.execute("delete from record where topic = ? and part = ? and off < ?", (topic, number, place))
            db.execute("update partition set first = ? where topic = ? and part = ?", (place, topic, number))
            is_more = is_more or place < kept
    return is_more


def _bounds(db: sqlite3.Connection, topic: str) -> dict[Partition, tuple[int, int]]:
    rows = db.execute("select part, first, next from partition where topic = ? order by part", (topic,)).fetchall()
    if not rows:
        raise UnknownTopic(topic)
    return {Partition(topic, number): (first, end) for number, first, end in rows}


def _must_be_kept(partition: Partition, offset: int, first: int, end: int) -> None:
    if not first <= offset <= end:
        raise OffsetGone(partition, offset, first, end)
