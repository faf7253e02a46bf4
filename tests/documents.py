"""The reference documents that are made from the code: `make documents` writes them, a test holds the committed ones against the code."""

import json
from pathlib import Path

from quartier.asyncapi import document, schema_of
from quartier.events import registry
from quartier.probes import openapi_of
from quartier.service import Service, installed
from quartier.settings import Settings
from quartier_requests import machine_document

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"


def documents() -> dict[Path, str]:
    """Every generated document, by its place below docs/reference."""
    services = installed()
    found = {Path("openapi") / f"{service.name}.json": _json(openapi_of(service)) for service in services}
    found |= {Path("schemas") / f"{type_}.json": _json(schema_of(cls)) for type_, cls in registry().items()}
    return found | {
        Path("asyncapi.json"): _json(document(services)),
        Path("settings.md"): settings_table(services),
        Path("authorisation.csv"): authorisation_table(services),
        Path("request-machine.md"): machine_document.render(),
    }


def settings_table(services: list[Service]) -> str:
    """What can be set, by whom it is read, and what it is without being set."""
    lines = ["# Settings", "",
             "Environment variables. Every service reads the first table; a service reads the one of its name besides.", ""]
    shared = set(Settings.model_fields)
    tables = [("Every service", Settings, sorted(shared))]
    tables += [(one.name.capitalize(), one.settings_class, sorted(set(one.settings_class.model_fields) - shared)) for one in services]
    for title, cls, names in tables:
        if names:
            lines += [f"## {title}", "", "| Variable | Default | Meaning |", "|---|---|---|", *(_setting(cls, name) for name in names), ""]
    return "\n".join(lines)


def _setting(cls: type[Settings], name: str) -> str:
    described = cls.model_fields[name]
    default = described.get_default(call_default_factory=True)
    shown = "none" if default in (None, [], {}) else f"`{default}`"
    return f"| `QUARTIER_{name.upper()}` | {shown} | {described.description} |"


def authorisation_table(services: list[Service]) -> str:
    """Each operation, and who may begin it; finer conditions stand in the commands."""
    rows = ["service,method,path,operation,action,roles,secret links,open because"]
    for service in services:
        for path, operations in openapi_of(service)["paths"].items():
            for method, operation in operations.items():
                action = operation.get("x-action", "")
                rule = service.policies.get(action)
                rows.append(",".join((
                    service.name, method.upper(), path, operation["operationId"], action, " ".join(sorted(rule.roles)) if rule else "",
                    " ".join(sorted(rule.purposes)) if rule else "", '"' + operation.get("x-public", "") + '"')))
    return "\n".join(rows) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def write() -> None:
    """Write all of them, and take away what is generated no more."""
    wanted = documents()
    for folder in ("openapi", "schemas"):
        for old in (REFERENCE / folder).glob("*.json"):
            if old.relative_to(REFERENCE) not in wanted:
                old.unlink()
    for place, content in wanted.items():
        (REFERENCE / place).parent.mkdir(parents=True, exist_ok=True)
        (REFERENCE / place).write_text(content)


if __name__ == "__main__":
    write()
