"""Looking into the events: what passes, what is stuck, what died, and handling it once more."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from quartier.app import create_app
from quartier.bus import Partition, Record, Start
from quartier.cli.operator import ask
from quartier.cli.terminal import console, refuse, service_named
from quartier.cloudevents import Malformed, from_record
from quartier.replay import replay as replay_events
from quartier.settings import Settings
from quartier.transport import bus_of, topics

app = typer.Typer(no_args_is_help=True, help=__doc__)
Name = Annotated[str, typer.Argument(help="The service, such as requests.")]
LOOKS_AGAIN_AFTER = 0.5
"""Seconds after which a tail reads on from where it was, since another process's append wakes nobody here."""


@app.command("tail")
def tail(
    topic: Annotated[list[str] | None, typer.Option(help="A topic; all of them, without any.")] = None,
    from_start: Annotated[bool, typer.Option("--from-start", help="Begin with the oldest event instead of the next one.")] = False,
    count: Annotated[int | None, typer.Option(help="Stop after that many events.", min=1)] = None,
) -> None:
    """Print events as they pass, one a line, until Ctrl-C."""
    names = topic or [known.name for known in topics()]
    with suppress(KeyboardInterrupt):
        asyncio.run(_tail(names, Start.EARLIEST if from_start else Start.LATEST, count))


async def _tail(names: list[str], start: Start, count: int | None) -> None:
    bus = bus_of(Settings())
    await bus.start()
    shown = 0
    after: dict[Partition, int] | Start = start
    try:
        while count is None or shown < count:
            async with bus.tail(names, after) as records:
                while count is None or shown < count:
                    try:
                        record = await asyncio.wait_for(anext(records), LOOKS_AGAIN_AFTER)
                    except TimeoutError:
                        break
                    console.print(_line(record), markup=False)
                    shown += 1
                after = dict(records.after)
    finally:
        await bus.stop()


def _line(record: Record) -> str:
    where = f"{record.topic}[{record.partition}]@{record.offset}"
    try:
        envelope = from_record(record)
    except Malformed as error:
        return f"{where} cannot be read: {error}"
    data = json.loads(envelope.data) if envelope.data else None
    return f"{envelope.time} {where} {envelope.type} {envelope.subject} #{envelope.sequence} {json.dumps(data, ensure_ascii=False)}"


@app.command("parked")
def parked(name: Name, retry: Annotated[UUID | None, typer.Option(help="Try this key now.")] = None) -> None:
    """Show the keys that wait because an event failed, or try one of them now."""
    if retry:
        ask("POST", name, f"/operations/parked-keys/{retry}/retry")
        console.print("It is tried now.")
        return
    _show(ask("GET", name, "/operations/parked-keys")["items"], ("id", "handler", "key", "events", "tries", "next_try_at", "reason"),
          "No key is parked.")


@app.command("dead")
def dead(
    name: Name,
    replay: Annotated[UUID | None, typer.Option(help="Let the handler try this letter once more.")] = None,
    discard: Annotated[UUID | None, typer.Option(help="Decide that this letter needs no effect.")] = None,
    reason: Annotated[str, typer.Option(help="Why it is discarded.")] = "",
) -> None:
    """Show the events that were given up, replay one, or discard one with a reason."""
    if replay:
        ask("POST", name, f"/operations/dead-letters/{replay}/replay")
        console.print("It took effect.")
    elif discard:
        ask("POST", name, f"/operations/dead-letters/{discard}/discard", json={"reason": reason})
        console.print("It is discarded, and the reason is kept.")
    else:
        _show(ask("GET", name, "/operations/dead-letters")["items"], ("id", "handler", "topic", "key", "tries", "died_at", "reason"),
              "There are no dead letters.")


def _show(items: list[dict[str, Any]], columns: tuple[str, ...], nothing: str) -> None:
    if not items:
        console.print(nothing)
        return
    table = Table(*columns)
    for item in items:
        table.add_row(*(str(item[column]) for column in columns))
    console.print(table)


@app.command("replay")
def replay(
    name: Annotated[str, typer.Option("--group", help="The service that is to handle the events.")],
    topic: Annotated[str, typer.Option(help="Where they were published.")],
    since: Annotated[datetime, typer.Option(help="Published since then (UTC).")],
    key: Annotated[str | None, typer.Option(help="Only this key.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Only this CloudEvents type.")] = None,
    with_effects: Annotated[bool, typer.Option("--with-effects", help="Ask the handlers that reach outside too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """Give old events to a service once more. What it has dealt with before stays as it is; the service need not be stopped."""
    service = service_named(name)
    if topic not in {known.name for known in topics()}:
        refuse(f"There is no topic {topic!r}.")

    async def run() -> None:
        runtime = create_app([service]).state.runtimes[name]
        await runtime.bus.start()
        try:
            done = await replay_events(runtime, topic, since=since.replace(tzinfo=UTC), key=key, type_=type_, with_effects=with_effects,
                                       dry_run=dry_run)
        finally:
            await runtime.client.stop()
            await runtime.bus.stop()
            await runtime.database.stop()
        console.print(f"{done.events} events.")
        for outcome, times in sorted(done.outcomes.items()):
            console.print(f"  {outcome}: {times}")

    asyncio.run(run())
