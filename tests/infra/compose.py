"""Reads docker-compose.yml for the tests that start what it says. A name that this reader does not understand is an error:
whoever changes the file teaches the tests what the new line means.
"""
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

# What a server of somebody else's may say: the tests put a server of their own in its place.
SERVER_NAMES = {"image", "command", "environment", "expose", "ports", "volumes", "depends_on", "healthcheck", "restart"}
# What one of our services may say: each of these is carried out.
OUR_NAMES = {"image", "build", "command", "environment", "expose", "volumes", "depends_on", "healthcheck", "restart", "stop_grace_period"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
POLICIES = {"no", "unless-stopped"}

_VARIABLE = re.compile(r"\$(?:\{(?P<name>\w+)(?:(?P<operator>:-|:\?)(?P<operand>[^}]*))?\}|(?P<dollar>\$)|(?P<other>.|$))")
_ADDRESS = re.compile(r"(?<![\w.-])(?P<host>[a-z][a-z0-9-]*):(?P<port>\d{2,5})(?!\w)")


class NotUnderstood(Exception):
    """The compose file says something that this reader cannot carry out."""


@dataclass(frozen=True)
class Mount:
    """A folder or file of the container: a named volume, or a path of the repository."""

    kind: str
    source: str
    target: str
    subpath: str = ""


@dataclass(frozen=True)
class HealthCheck:
    """A command that says whether the service is ready, and how long it may say no."""

    command: list[str]
    patience: timedelta


@dataclass(frozen=True)
class Container:
    """One service of the file; `is_ours` when it is built from this repository."""

    name: str
    is_ours: bool
    image: str
    command: list[str]
    environment: dict[str, str]
    ports: list[int]
    published: dict[int, int]
    mounts: list[Mount]
    depends_on: dict[str, str]
    health: HealthCheck | None
    grace: timedelta = field(default=timedelta(seconds=10))


def read(path: Path, variables: Mapping[str, str]) -> dict[str, Container]:
    """The containers of the file by name, with the variables filled in."""
    document = _filled(yaml.safe_load(path.read_text()), variables)
    top = {name for name in document if not name.startswith("x-")}
    _only(top, {"name", "services", "volumes"}, "the file")
    containers = {name: _container(name, body) for name, body in document["services"].items()}
    for container in containers.values():
        for other, condition in container.depends_on.items():
            if other not in containers or condition not in CONDITIONS:
                raise NotUnderstood(f"{container.name} depends on {other}: {condition}")
            if condition == "service_healthy" and containers[other].health is None:
                raise NotUnderstood(f"{container.name} waits for the health of {other}, which has no health check")
        for mount in container.mounts:
            if mount.kind == "volume" and mount.source not in document["volumes"]:
                raise NotUnderstood(f"{container.name} mounts the volume {mount.source}, which is not declared")
            if mount.kind == "bind" and not (path.parent / mount.source).exists():
                raise NotUnderstood(f"{container.name} mounts {mount.source}, which does not exist")
    return containers


def in_order(containers: Mapping[str, Container]) -> list[Container]:
    """The containers, each after those that it waits for."""
    ordered: dict[str, Container] = {}

    def place(container: Container, path: tuple[str, ...]) -> None:
        if container.name in path:
            raise NotUnderstood(f"{' -> '.join(path)} -> {container.name} wait for one another")
        for other in container.depends_on:
            place(containers[other], (*path, container.name))
        ordered.setdefault(container.name, container)

    for container in containers.values():
        place(container, ())
    return list(ordered.values())


def located(text: str, addresses: Mapping[tuple[str, int], str]) -> str:
    """The text with each `host:port` of the compose network replaced by where that server really is."""
    def replace(match: re.Match[str]) -> str:
        place = match["host"], int(match["port"])
        if place not in addresses:
            raise NotUnderstood(f"{match[0]} in {text!r} is no address of the compose file")
        return addresses[place]

    return _ADDRESS.sub(replace, text)


def _container(name: str, body: dict[str, Any]) -> Container:
    is_ours = "build" in body
    _only(body, OUR_NAMES if is_ours else SERVER_NAMES, name)
    if is_ours and body["build"] != {"context": ".", "dockerfile": "infra/Dockerfile"}:
        raise NotUnderstood(f"{name} is built from {json.dumps(body['build'])}")
    if body.get("restart", "no") not in POLICIES:
        raise NotUnderstood(f"{name} restarts {body['restart']}")
    published = dict(_published(name, port) for port in body.get("ports", []))
    return Container(
        name=name, is_ours=is_ours, image=body["image"], command=_command(name, body.get("command", [])),
        environment={key: _text(name, key, value) for key, value in body.get("environment", {}).items()},
        ports=[*map(int, body.get("expose", [])), *published.values()], published=published,
        mounts=[_mount(name, mount) for mount in body.get("volumes", [])],
        depends_on={other: _condition(name, how) for other, how in body.get("depends_on", {}).items()},
        health=_health(name, body["healthcheck"]) if "healthcheck" in body else None,
        grace=_duration(body.get("stop_grace_period", "10s")))


def _only(names: Iterable[str], understood: set[str], where: str) -> None:
    if strange := sorted(set(names) - understood):
        raise NotUnderstood(f"{where}: {', '.join(strange)}")


def _command(name: str, command: Any) -> list[str]:
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        raise NotUnderstood(f"{name}: a command is a list of words, not {command!r}")
    return command


def _text(name: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise NotUnderstood(f"{name}: {key} is not text, and Compose would write it in its own way")
    return value


def _published(name: str, port: str) -> tuple[int, int]:
    match = re.fullmatch(r"(?:127\.0\.0\.1:)?(\d+):(\d+)", port)
    if match is None:
        raise NotUnderstood(f"{name} publishes {port}")
    return int(match[1]), int(match[2])


def _mount(name: str, mount: dict[str, Any]) -> Mount:
    _only(mount, {"type", "source", "target", "read_only", "volume"}, f"{name}, a volume")
    _only(mount.get("volume", {}), {"subpath"}, f"{name}, a volume's options")
    if mount["type"] not in ("volume", "bind"):
        raise NotUnderstood(f"{name} mounts a {mount['type']}")
    return Mount(mount["type"], mount["source"], mount["target"], mount.get("volume", {}).get("subpath", ""))


def _condition(name: str, how: dict[str, str]) -> str:
    _only(how, {"condition"}, f"{name}, depends_on")
    return how["condition"]


def _health(name: str, check: dict[str, Any]) -> HealthCheck:
    _only(check, {"test", "interval", "timeout", "retries", "start_period"}, f"{name}, healthcheck")
    kind, *command = check["test"]
    if kind != "CMD":
        raise NotUnderstood(f"{name}: a health check is a command, not {kind}")
    patience = _duration(check.get("start_period", "0s")) + _duration(check["interval"]) * check["retries"]
    return HealthCheck(_command(name, command), patience)


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"(\d+)s", text)
    if match is None:
        raise NotUnderstood(f"a time of {text}: write seconds, as in 30s")
    return timedelta(seconds=int(match[1]))


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, variables) for inner in value]
    return _VARIABLE.sub(lambda match: _variable(match, variables), value) if isinstance(value, str) else value


def _variable(match: re.Match[str], variables: Mapping[str, str]) -> str:
    if match["dollar"]:
        return "$"
    if match["name"] is None:
        raise NotUnderstood(f"{match[0]!r} is no variable")
    if value := variables.get(match["name"]):
        return value
    if match["operator"] == ":-":
        return match["operand"]
    raise NotUnderstood(f"{match['name']} is not set: {match['operand'] or 'the file has no default'}")
