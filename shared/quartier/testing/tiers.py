"""Tiers: which tests need which server, which of them ran on this machine, and why the others did not.

A test belongs to a tier because it uses the tier's fixture; one that asks for it by name at run time carries the mark
itself (`pytest.param("kafka", marks=pytest.mark.kafka)`). A test without any is of the tier `embedded`.

The tests may be spread over several processes by pytest-xdist: each report carries its tiers to whoever writes the last lines.
"""
import os
from collections import Counter, defaultdict
from collections.abc import Generator
from typing import NoReturn

import pytest

TIERS = {
    "embedded": "needs nothing but Python: one process, SQLite, the built-in log",
    "postgres": "needs a PostgreSQL server",
    "kafka": "needs an Apache Kafka broker",
    "browser": "needs Chromium",
    "image": "needs a tool that builds container images",
}
FIXTURES = {"postgres_server": "postgres", "kafka_server": "kafka", "city_kafka": "kafka", "fresh_kafka": "kafka",
            "browser": "browser", "axe_source": "browser", "image": "image"}

_COUNTS: dict[str, Counter[str]] = defaultdict(Counter)
_REASONS: dict[str, str] = {}
_TIERS_OF_TEST = pytest.StashKey[list[str]]()


def missing(tier: str, reason: str) -> NoReturn:
    """Says that this machine cannot offer a tier: a skip for a stranger, a failure where `CI=true` promises all of them."""
    _REASONS[tier] = reason
    if os.environ.get("CI") == "true":
        pytest.fail(f"tier {tier}: {reason}", pytrace=False)
    pytest.skip(f"tier {tier}: {reason}")


def pytest_configure(config: pytest.Config) -> None:
    _COUNTS.clear()
    _REASONS.clear()
    for name, meaning in TIERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_itemcollected(item: pytest.Item) -> None:
    used = set(getattr(item, "fixturenames", ()))
    by_fixture = {tier for name, tier in FIXTURES.items() if name in used}
    by_mark = {mark.name for mark in item.iter_markers() if mark.name in TIERS}
    tiers = [tier for tier in TIERS if tier in by_fixture | by_mark] or ["embedded"]
    item.stash[_TIERS_OF_TEST] = tiers
    for tier in tiers:
        item.add_marker(tier)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    report.tiers, report.missing = item.stash.get(_TIERS_OF_TEST, []), dict(_REASONS)
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _REASONS.update(getattr(report, "missing", {}))  # The report of a process that died has no more than its failure.
    if report.when == "call" or not report.passed:
        for tier in getattr(report, "tiers", []):
            _COUNTS[tier][report.outcome] += 1


@pytest.hookimpl(wrapper=True, tryfirst=True)  # Outermost, so that the table stands below pytest's own last line.
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    result = yield
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and not session.config.option.collectonly:
        for line in table():
            terminal.write_line(line)
    return result


def table() -> list[str]:
    """The tiers and their counts; a test that uses two servers counts in both tiers."""
    rows = ["", f"{'tier':<10}{'passed':>8}{'failed':>8}{'skipped':>9}"]
    for tier in TIERS:
        counts = _COUNTS[tier]
        ran = counts["passed"] + counts["failed"]
        remark = _REASONS.get(tier) or ("" if ran else "no test of this tier was chosen")
        rows.append(f"{tier:<10}{counts['passed']:>8}{counts['failed']:>8}{counts['skipped']:>9}  {remark}".rstrip())
    return rows
