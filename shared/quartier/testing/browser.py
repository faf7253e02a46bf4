"""A real browser for tests: the machine's Chromium, driven by Playwright, with a clean profile for each test."""
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quartier.testing import tiers

if TYPE_CHECKING:
    from playwright.async_api import Browser

# No sandbox, because the tests may run as root; no traffic of the browser's own.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]


@asynccontextmanager
async def chromium() -> AsyncIterator["Browser"]:
    """Chromium, until the block ends; where the machine has none, the test is skipped, or fails where all tiers are promised."""
    program = os.environ.get("QUARTIER_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        tiers.missing("browser", "Chromium is not installed")
    try:
        from playwright.async_api import async_playwright
    except ImportError as error:
        tiers.missing("browser", f"install playwright: {error}")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        await started.close()


@pytest.fixture
async def browser() -> AsyncIterator["Browser"]:
    """Chromium, started for this test alone: half a second buys that nothing is left over from another test."""
    async with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def axe_source(pytestconfig: pytest.Config) -> str:
    """The script of axe-core, to be evaluated in a page; it comes with `npm ci`."""
    path: Path = pytestconfig.rootpath / "node_modules/axe-core/axe.min.js"
    if not path.exists():
        tiers.missing("browser", "axe-core is not installed: run `npm ci`")
    return path.read_text()
