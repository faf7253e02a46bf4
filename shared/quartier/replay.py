"""Handling old events once more: after a restore, or when a handler is new.

What a handler has dealt with before stays as it is: the inbox says so. Handlers that reach outside are left out unless the operator
wants their effects too.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from quartier.attempts import Incoming, Outcome, attempt
from quartier.bus import Record, Start, in_milliseconds
from quartier.cloudevents import Malformed

if TYPE_CHECKING:
    from quartier.service import Runtime


@dataclass
class Replayed:
    """How many events were looked at, and what came of them by handler and outcome."""

    events: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


async def replay(runtime: "Runtime", topic: str, *, since: datetime, key: str | None = None, type_: str | None = None,
                 with_effects: bool = False, dry_run: bool = False) -> Replayed:
    """Give the service every matching event of the topic since a broker instant, up to the end as it is now.

    With `dry_run` the events are only counted. An event that fails ends the replay with its error: what was done before stays done.
    """
    ends = {partition: position.end for partition, position in (await runtime.bus.positions(runtime.service.name)).items()
            if partition.topic == topic and position.end > position.first}
    done = Replayed()
    async with runtime.bus.tail([topic], Start.EARLIEST) as records:
        while any(records.after.get(partition, -1) + 1 < end for partition, end in ends.items()):
            record = await anext(records)
            if not _matches(record, since, key):
                continue
            try:
                incoming = Incoming.open(record)
            except Malformed:
                continue
            if type_ is not None and incoming.envelope.type != type_:
                continue
            done.events += 1
            for handler in runtime.service.handlers.following(topic, incoming.envelope.type):
                if handler.is_outside and not with_effects:
                    done.outcomes[f"{handler.name}: left out"] += 1
                    continue
                outcome = Outcome.DONE if dry_run else await attempt(runtime, handler, incoming, is_replay=True)
                done.outcomes[f"{handler.name}: {'would be asked' if dry_run else outcome.value}"] += 1
    return done


def _matches(record: Record, since: datetime, key: str | None) -> bool:
    is_new_enough = (record.timestamp_ms or 0) >= in_milliseconds(since)
    return is_new_enough and (key is None or (record.key or b"").decode(errors="replace") == key)
