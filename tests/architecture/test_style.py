"""The rules of pyproject.toml that a machine can check, held against every file."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_ruff_finds_nothing():
    found = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", ROOT],
                           capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stdout
