"""`python -m tests.storm --profile kill --seeds 1,2,3 --size embedded`: storms from the command line.

One line of figures a storm; the exit code is 1 when something was lost, came twice, was out of order or forgotten.
"""
import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from quartier.testing import kafka, postgres
from quartier.testing.otlp import OtlpSink
from quartier.testing.smtp import MailServer
from tests.infra.distributed import ROOT
from tests.storm.places import POINTS, Distributed, Embedded, Place
from tests.storm.storm import BROKER, storm


@contextmanager
def started(size: str) -> Iterator[Place]:
    """A running city of that size, on servers of its own."""
    with ExitStack() as stack:
        mail = MailServer()
        stack.callback(mail.stop)
        place: Place
        if size == "embedded":
            place = Embedded(mail)
        else:
            broker = stack.enter_context(kafka.running(ROOT))
            server = stack.enter_context(contextmanager(postgres.provide)())
            otlp = OtlpSink()
            stack.callback(otlp.stop)
            place = Distributed(broker, server, mail, otlp)
        stack.callback(place.stop)
        place.start()
        yield place


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", choices=("kill", "broker"), default="kill")
    parser.add_argument("--size", choices=("embedded", "distributed"), default="embedded")
    parser.add_argument("--seeds", default="1", help="Comma separated; one storm each.")
    parser.add_argument("--seconds", type=float, default=60, help="How long the broker is away.")
    parser.add_argument("--pace", type=float, default=1.0, help="Stories that begin in a second.")
    chosen = parser.parse_args()
    kills = ([(BROKER, str(chosen.seconds))] if chosen.profile == "broker" else
             [(service, point) for service, points in POINTS.items() for point in points])
    failed = False
    for seed in map(int, chosen.seeds.split(",")):
        with started("distributed" if chosen.profile == "broker" else chosen.size) as place:
            report = asyncio.run(storm(place, chosen.profile, seed, kills, chosen.pace))
        print(json.dumps(report.line()), flush=True)
        failed |= bool(report.violations)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
