"""The time that people read, and the time that machines keep.

`now()` is business time: due dates, ages, what stands on pages. A development city may move it with a clock file, which
all its processes read. `wall()` and `monotonic()` are machine time: leases, back-offs, token lives, broker records.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_clock_file: Path | None = None


def use_clock_file(path: Path | None) -> None:
    """Let `now()` follow the ISO 8601 instant that stands in a file; None returns to the machine's clock."""
    global _clock_file
    _clock_file = path


def move_to(instant: datetime) -> None:
    """Set the business clock of every process that shares the clock file; it stands still until moved again."""
    if _clock_file is None:
        raise RuntimeError("the clock can be moved only where the setting clock_file names a file")
    replacement = _clock_file.with_suffix(".next")
    replacement.write_text(instant.astimezone(UTC).isoformat())
    replacement.replace(_clock_file)


def now() -> datetime:
    """Business time, aware, in UTC."""
    if _clock_file is not None and _clock_file.exists():
        return datetime.fromisoformat(_clock_file.read_text().strip()).astimezone(UTC)
    return wall()


def wall() -> datetime:
    """Machine time, aware, in UTC."""
    return datetime.now(UTC)


def wall_ms() -> int:
    """Machine time in milliseconds since 1970, as brokers stamp their records."""
    return time.time_ns() // 1_000_000


def monotonic() -> float:
    """Seconds of a clock that never goes back: deadlines, leases, polling."""
    return time.monotonic()


def in_seconds(seconds: float) -> datetime:
    """The machine's instant that many seconds from now."""
    return wall() + timedelta(seconds=seconds)
