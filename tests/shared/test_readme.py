"""The kit's own page names every room, and the service that it shows runs as it is written."""

import re
import sys
from pathlib import Path

import httpx

from quartier import keys
from quartier.app import create_app
from quartier.migrations import upgrade
from quartier.settings import Settings

KIT = Path(__file__).parents[2] / "shared"
PAGE = (KIT / "README.md").read_text()


def test_every_module_of_the_kit_is_named_in_one_line():
    rooms = PAGE.split("## The rooms")[1].split("## ")[0]
    named = re.findall(r"`([a-z0-9_]+/?)`", "\n".join(line.split("|")[1] for line in rooms.splitlines() if line.startswith("| `")))
    there = [path.stem if path.suffix else f"{path.name}/" for path in (KIT / "quartier").iterdir() if not path.name.startswith("__")]
    assert sorted(named) == sorted(there)


async def test_the_service_that_the_page_shows_runs(tmp_path: Path, monkeypatch):
    for name, code in re.findall(r"```python\n# (\S+)\n(.+?)```", PAGE, re.DOTALL):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(code)
    (tmp_path / "quartier_trees" / "__init__.py").write_text('"""Trees."""\n')
    monkeypatch.syspath_prepend(tmp_path)
    try:
        from quartier_trees.service import service

        keys.create(tmp_path / "keys", ["accounts", "trees"])
        app = create_app([service], settings=lambda _: Settings(folder=tmp_path))
        await upgrade(app.state.runtimes["trees"].database, service)
        async with app.router.lifespan_context(app), httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="https://city.test") as http:
            assert (await http.get("/api/trees/v1/trees")).json() == ["lime", "plane"]
            assert "trees stand in the street" in (await http.get("/api/trees/docs")).text
            assert (await http.get("/api/trees/v1/operations/quiet")).status_code == 401
    finally:
        for name in [name for name in sys.modules if name.startswith("quartier_trees")]:
            del sys.modules[name]
