"""The last lines of a run say honestly which tiers ran; a promise of all of them makes a missing one a failure."""
import os
import subprocess
import sys

import pytest

TESTS = """
import pytest
from quartier.testing import tiers

@pytest.fixture
def kafka_server():
    tiers.missing("kafka", "no broker here")

def test_that_needs_nothing():
    pass

def test_that_needs_a_broker(kafka_server):
    pass

@pytest.mark.postgres
def test_that_fails_on_a_database():
    assert 1 == 2
"""


@pytest.fixture
def run(tmp_path):
    def run(*arguments, **environment):
        (tmp_path / "test_some.py").write_text(TESTS)
        kept = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_CURRENT_TEST")}
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], cwd=tmp_path,
                              env={**kept, **environment}, capture_output=True, text=True)
        rows = [line.split(maxsplit=4) for line in done.stdout.splitlines()[-5:]]
        return done, {row[0]: (*map(int, row[1:4]), *row[4:]) for row in rows}

    return run


@pytest.mark.parametrize("processes", [0, 2])
def test_a_stranger_is_told_what_did_not_run_and_why(run, processes):
    done, table = run("--numprocesses", str(processes))
    assert table == {
        "embedded": (1, 0, 0), "postgres": (0, 1, 0), "kafka": (0, 0, 1, "no broker here"),
        "browser": (0, 0, 0, "no test of this tier was chosen"), "image": (0, 0, 0, "no test of this tier was chosen")}
    assert "1 failed, 1 passed, 1 skipped" in done.stdout


@pytest.mark.parametrize("processes", [0, 2])
def test_where_all_tiers_are_promised_a_missing_one_is_a_failure(run, processes):
    done, table = run("--numprocesses", str(processes), "-k", "broker", CI="true")
    assert done.returncode == 1
    assert table["kafka"] == (0, 1, 0, "no broker here")


def test_a_tier_is_chosen_by_its_mark(run):
    done, table = run("-m", "kafka")
    assert "1 skipped, 2 deselected" in done.stdout
    assert table["embedded"][:3] == (0, 0, 0)
