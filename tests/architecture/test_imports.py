"""Who may import whom: the rules of ARCHITECTURE.md, read from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if path.is_dir())
ONLY_IN = {
    "aiokafka": {"quartier/bus/", "quartier/testing/"},
    "alembic": {"migrations/"},
    "httpx": {"quartier/client.py", "quartier/cli/", "quartier/testing/", "quartier/demo/"},
    "smtplib": set(),
    "aiosmtplib": {"quartier_notify/mail/", "quartier_notify/settings.py"},
}
NO_WEB = {"model.py", "commands.py", "queries.py", "policies.py", "problems.py", "handlers.py", "timers.py", "workers.py"}
PORTS = {("uuid", "uuid4"), ("uuid", "uuid1"), ("time", "time"), ("time", "sleep"), ("datetime", "now"), ("datetime", "utcnow")}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for folder in (ROOT / "shared", *(ROOT / "services" / name for name in SERVICES)):
        for path in sorted(folder.rglob("*.py")):
            yield str(path.relative_to(folder)), ast.parse(path.read_text(), str(path))


SOURCES = list(sources())


def imported(tree: ast.Module, *, always: bool = False) -> set[str]:
    """The modules that a file imports; with `always`, those that merely importing it brings."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree) if always else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_no_other_service(service: str):
    others = {f"quartier_{name}" for name in SERVICES if name != service}
    for path, tree in SOURCES:
        if path.startswith(f"quartier_{service}/"):
            roots = {name.split(".")[0] for name in imported(tree)}
            assert not roots & others, f"{path} imports {roots & others}"


def test_the_kit_imports_no_service():
    for path, tree in SOURCES:
        if path.startswith("quartier/"):
            roots = {name.split(".")[0] for name in imported(tree)}
            assert not roots & {f"quartier_{name}" for name in SERVICES}, path


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_with_one_room_stays_in_it(library: str):
    for path, tree in SOURCES:
        if any(name.split(".")[0] == library for name in imported(tree)):
            assert any(room in path for room in ONLY_IN[library]), f"{path} imports {library}"


def test_rules_and_rows_know_nothing_of_the_web():
    for path, tree in SOURCES:
        if not path.startswith("quartier_portal/") and Path(path).name in NO_WEB and path.startswith("quartier_"):
            assert not any(name.split(".")[0] in ("fastapi", "starlette") for name in imported(tree)), path


def test_routes_and_handlers_go_through_commands_and_queries_and_never_the_other_way():
    for path, tree in SOURCES:
        if path.startswith("quartier_") and Path(path).name in ("model.py", "commands.py", "queries.py", "policies.py"):
            ours = {name for name in imported(tree) if name.startswith("quartier_")}
            above = {name for name in ours if name.split(".")[-1] in ("routes", "handlers", "timers")}
            assert not above, f"{path} imports {above}"


def test_time_and_chance_come_from_their_ports():
    for path, tree in SOURCES:
        if path in ("quartier/clock.py", "quartier/ids.py") or path.startswith("quartier/testing/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in PORTS, f"{path}:{node.lineno} {node.value.id}.{node.attr}"
            if isinstance(node, ast.Import) and path != "quartier/keys.py":
                assert not any(alias.name in ("random", "secrets") for alias in node.names), f"{path}:{node.lineno}"


def test_the_contracts_load_no_web_framework_and_no_database():
    for path, tree in SOURCES:
        if path.startswith(("quartier/contracts/", "quartier/bus/")) or path in ("quartier/events.py", "quartier/cloudevents.py"):
            heavy = {name for name in imported(tree, always=True) if name.split(".")[0] in ("fastapi", "sqlmodel", "sqlalchemy", "httpx")}
            assert not heavy, f"{path} imports {heavy}"
