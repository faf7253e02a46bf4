"""What a published fact is: one class says its topic, its type, its key and who may hear it.

Registry, codec, JSON Schema, AsyncAPI and topics all follow from the class. Events are the past tense of the domain and
carry no personal data: opaque ids, codes, dates, counts, and a person's words only once they are cleared for the public.
"""

from enum import StrEnum
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

MAX_DATA_BYTES = 256 * 1024


class Audience(StrEnum):
    """Who may receive an event: the city's own services, its partners, or everybody."""

    INTERNAL = "internal"
    PARTNERS = "partners"
    PUBLIC = "public"


_registry: dict[str, type["Event"]] = {}


class Event(BaseModel):
    """Base of all events. Strict when built here, tolerant of new fields when read from the bus.

    Class arguments: `topic` (where it is published: `quartier.<service>`, several where several services emit it), `type`
    (its CloudEvents type), `key` (the required field that names the aggregate: events of one key are in order) and
    `audience`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    event_topics: ClassVar[tuple[str, ...]]
    event_type: ClassVar[str]
    event_key: ClassVar[str]
    audience: ClassVar[Audience]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Leave the class arguments to Pydantic's own hook, which runs when the fields are known."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, *, topic: str | tuple[str, ...] = (), type: str = "",
                                   key: str = "", audience: str = "internal", **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not type:  # fields that several events share, not an event itself
            return
        field = cls.model_fields.get(key)
        if field is None or not field.is_required():
            raise TypeError(f"{cls.__name__}: its key must name a required field, and {key!r} is none")
        if type in _registry:
            raise TypeError(f"{cls.__name__}: {_registry[type].__name__} already has the type {type!r}")
        if not cls.__doc__:
            raise TypeError(f"{cls.__name__}: an event's docstring is its entry in the AsyncAPI document")
        cls.event_topics = (topic,) if isinstance(topic, str) else topic
        cls.event_type, cls.event_key, cls.audience = type, key, Audience(audience)
        _registry[type] = cls

    @property
    def key(self) -> str:
        """The aggregate that this is about; events of one key are in order."""
        return str(getattr(self, self.event_key))

    def data(self) -> bytes:
        """The payload as compact UTF-8 JSON."""
        return self.model_dump_json().encode()

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Rebuild the event from a payload, ignoring fields that this version does not know.

        Raises pydantic.ValidationError where a known field is missing or has another shape.
        """
        return cls.model_validate_json(data, extra="ignore")


def registry() -> dict[str, type[Event]]:
    """All declared events by their CloudEvents type; importing `quartier.contracts` fills it."""
    return dict(_registry)


def event_class(type_: str) -> type[Event] | None:
    """The class of a CloudEvents type, or None when this version does not know it."""
    return _registry.get(type_)

