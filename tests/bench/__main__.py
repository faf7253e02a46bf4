"""`make bench`: the measured figures, one JSON object a line. Profiles of what misses its aim go to the error stream."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from tests.bench import accepting, handling, latency, starting
from tests.bench.figure import Figure
from tests.bench.places import Place, place_of

Measure = Callable[[Place], AsyncIterator[Figure]]
SIZES = ("embedded", "kafka")
MEASURES: dict[str, tuple[Measure, tuple[str, ...]]] = {
    "latency": (latency.measure, SIZES), "accept": (accepting.measure, SIZES), "handle": (handling.measure, SIZES),
    "start": (starting.measure, ("embedded",))}


async def print_figures(measure: Measure, place: Place) -> None:
    """Each figure as soon as it is known."""
    async for figure in measure(place):
        print(figure, flush=True)


def main() -> None:
    """Measure what was asked for, one thing after the other."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--only", choices=MEASURES)
    arguments.add_argument("--size", choices=SIZES)
    chosen = arguments.parse_args()
    for size in SIZES if chosen.size is None else (chosen.size,):
        try:
            with place_of(size) as place:
                for name, (measure, sizes) in MEASURES.items():
                    if size in sizes and chosen.only in (None, name):
                        asyncio.run(print_figures(measure, place))
        except pytest.skip.Exception as missing:
            print(f"{size} is not measured here: {missing}", file=sys.stderr)


main()
