"""The request machine, read from `machine.toml`: which moves exist, who may make them, and what each owes.

Plain tables. The file is checked when it is loaded, so that a word which nothing defines stops the service and not a citizen.
"""

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from typing import Any

from quartier.contracts.accounts import Role
from quartier.contracts.notices import NoticeKind
from quartier.contracts.requests import Outcome
from quartier.events import event_class


class By(StrEnum):
    """Who can move a request."""

    VISITOR = "visitor"
    REQUESTER = "requester"
    OFFICER = "officer"
    APPROVER = "approver"
    CLOCK = "clock"
    CATALOGUE = "catalogue"


STAFF = {Role.OFFICER: By.OFFICER, Role.APPROVER: By.APPROVER}
"""Roles of people whose acts move a request."""


@dataclass(frozen=True, slots=True)
class Age:
    """How long a request may stay in a state. Steps are counted from the day it entered; the last day belongs to the step.

    `until` names what the state waits for where that is no number of days; `timer` wakes somebody when a step ends, and where
    none is named the queue shows that the request is late.
    """

    days: tuple[int, ...] = ()
    working_days: tuple[int, ...] = ()
    until: str | None = None
    timer: str | None = None


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state of the machine."""

    name: str
    label: str
    settled: bool
    queue: str | None = None
    age: Age | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One move that the machine allows."""

    row: str
    verb: str
    event: str
    sources: tuple[str, ...]
    target: str | None
    actors: frozenset[By]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    guards: tuple[str, ...] = ()
    owes: NoticeKind | None = None
    public: bool = True


@dataclass(frozen=True, slots=True)
class FieldRow:
    """What one field of an act is, for the form that asks for it, and who reads what stands in it."""

    name: str
    kind: str
    read_by: str
    choices: tuple[str, ...] = ()
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """All states and transitions, in the order of the file."""

    states: dict[str, StateRow]
    transitions: tuple[Transition, ...]
    fields: dict[str, FieldRow] = field(default_factory=dict)

    def find(self, event: str, state: str | None) -> Transition | None:
        """The move that this event is from that state (None: there is no request yet), if there is one."""
        return next((row for row in self.transitions if row.event == event
                     and (state in row.sources if state else not row.sources)), None)

    def possible(self, state: str, by: set[By]) -> list[Transition]:
        """What these actors can do with a request in that state, before any guard has looked."""
        return [row for row in self.transitions if state in row.sources and not row.actors.isdisjoint(by)]

    def actors_of(self, event: str) -> frozenset[By]:
        """Everybody who can make this event happen in some state."""
        return frozenset().union(*(row.actors for row in self.transitions if row.event == event))

    def states_of(self, label: str) -> list[str]:
        """The states that the public sees under one label."""
        return [row.name for row in self.states.values() if row.label == label]

    def queue(self, name: str) -> list[str]:
        """The states whose requests stand in that queue."""
        return [row.name for row in self.states.values() if row.queue == name]


def read_machine(text: str) -> Machine:
    """The machine that a TOML text describes. Raises ValueError with the word that nothing defines."""
    raw: dict[str, Any] = tomllib.loads(text)
    states = {name: StateRow(name=name, **{**row, "age": _age(row.get("age"))}) for name, row in raw["states"].items()}
    fields = {name: FieldRow(name=name, **{**row, "choices": tuple(row.get("choices", ()))})
              for name, row in raw["fields"].items()}
    machine = Machine(states, tuple(_transition(row) for row in raw["transitions"]), fields)
    for row in machine.transitions:
        unknown = {*row.sources, *filter(None, [row.target])} - states.keys()
        if unknown or event_class(f"org.quartier.{row.event}.v1") is None:
            raise ValueError(f"the transition {row.event} names what does not exist: {', '.join(sorted(unknown)) or 'its event'}")
        if row.actors & set(STAFF.values()) and (strange := {*row.required, *row.optional} - fields.keys()):
            raise ValueError(f"the transition {row.event} asks for fields that nothing describes: {', '.join(sorted(strange))}")
    return machine


def _age(row: dict[str, Any] | None) -> Age | None:
    return row and Age(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})


def _transition(row: dict[str, Any]) -> Transition:
    return Transition(
        row=row["row"], verb=row["verb"], event=row["event"], sources=tuple(row["from"]), target=row["to"] or None,
        actors=frozenset(By(name) for name in row["actors"]), required=tuple(row.get("required", ())),
        optional=tuple(row.get("optional", ())), outcomes=tuple(Outcome(name) for name in row.get("outcomes", ())),
        guards=tuple(row.get("guards", ())), owes=NoticeKind(row["owes"]) if "owes" in row else None,
        public=row.get("public", True))


MACHINE = read_machine(files("quartier_requests").joinpath("machine.toml").read_text())

State = StrEnum("State", {name.upper(): name for name in MACHINE.states})
"""The states by name, for code that has to mention one."""
