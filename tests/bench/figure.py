"""One measured figure: what was measured, against what, and whether it is what we aim for."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of `make bench`. `ratio` is value / baseline; a figure without an aim is there to be read beside the others."""

    name: str
    size: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    aim: str | None = None
    met: bool | None = None

    def __str__(self) -> str:
        return json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(self).items()})


def under(name: str, size: str, value: float, unit: str, limit: float) -> Figure:
    """A figure that is to stay under a limit, and is compared with nothing else."""
    return Figure(name, size, value, unit, aim=f"value < {limit:g}", met=value < limit)


def beside(name: str, size: str, value: float, unit: str, baseline: float, *, at_most: float | None = None,
           at_least: float | None = None) -> Figure:
    """A figure and the bare way's, measured in turn in the same run."""
    ratio = value / baseline
    if at_most is not None:
        return Figure(name, size, value, unit, baseline, ratio, f"ratio <= {at_most:g}", ratio <= at_most)
    if at_least is not None:
        return Figure(name, size, value, unit, baseline, ratio, f"ratio >= {at_least:g}", ratio >= at_least)
    return Figure(name, size, value, unit, baseline, ratio)


def rates(name: str, size: str, unit: str, ours: Sequence[float], bare: Sequence[float]) -> Figure:
    """Work a second, ours and the bare way's: the medians of rounds that took turns, so that a noisy neighbour meets both."""
    return beside(name, size, statistics.median(ours), unit, statistics.median(bare), at_least=0.5)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of all do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
