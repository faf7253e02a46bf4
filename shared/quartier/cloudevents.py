"""The envelope around an event, and how it lies in a record: CloudEvents 1.0 with its Kafka binding.

We write binary mode (attributes in `ce_` headers, the payload as the value) and read binary and structured mode. Decoding
invents nothing: what is missing stays missing, and an attribute that we do not know is kept as it came. `sequence` counts
the events of one subject from 1, written in ten digits because the extension compares as text.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from quartier.bus import Record

_TEXTS = ("id", "source", "type", "subject", "dataschema", "partitionkey", "correlationid", "causationid", "traceparent", "tracestate")
_OWN_NAMES = {*_TEXTS, "specversion", "time", "sequence", "datacontenttype", "data", "data_base64"}
_NEVER_EMPTY = ("id", "source", "type", "subject", "dataschema", "datacontenttype")
_NAME = re.compile(r"[a-z0-9]+")
_WRITTEN_NAME = re.compile(r"[a-z0-9]{1,20}")
_SEQUENCE = re.compile(r"[0-9]{10}", re.ASCII)
_JSON_TYPE = re.compile(r"(application|text)/([^;+\s]+\+)?json\s*(;.*)?", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Malformed(Exception):
    """A record that holds no event that can be read; the reason is a sentence for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event with its context. `extensions` holds the attributes that have no field here, as text.

    `correlationid` is shared by all events of one unit of work, `causationid` is the id of the event that was being handled,
    `traceparent` and `tracestate` say where the journey began. Without data the event is a tombstone.
    """

    id: str
    source: str
    type: str
    subject: str | None = None
    time: datetime | None = None
    dataschema: str | None = None
    partitionkey: str | None = None
    sequence: int | None = None
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    tracestate: str | None = None
    datacontenttype: str | None = None
    data: bytes | None = None
    extensions: Mapping[str, str] = field(default_factory=dict)


def to_record(envelope: Envelope, topic: str) -> Record:
    """The record for a topic, in binary mode, its key the partition key. Raises ValueError for what no event may hold."""
    if not envelope.partitionkey:
        raise ValueError("an event needs a partition key: without one it has no order")
    headers = [("ce_specversion", b"1.0")]
    for name, text in _texts_of(envelope).items():
        if not text and name in _NEVER_EMPTY:
            raise ValueError(f"the attribute {name} may be missing, but not empty")
        headers.append((f"ce_{name}", text.encode()))
    if envelope.datacontenttype is not None:
        headers.append(("content-type", envelope.datacontenttype.encode()))
    return Record(topic, envelope.partitionkey.encode(), envelope.data, tuple(headers))


def from_record(record: Record) -> Envelope:
    """The event in a record, in binary or structured mode. Raises Malformed."""
    content_type = None
    attributes: dict[str, str] = {}
    for header, value in record.headers:
        name = header.removeprefix("ce_")
        if header.lower() == "content-type":
            content_type = _text(header, value)
        elif name != header and _NAME.fullmatch(name):
            if name in attributes:
                raise Malformed(f"The attribute {name} stands there twice.")
            attributes[name] = _text(header, value)
    if content_type is not None and content_type.lower().startswith("application/cloudevents"):
        return _structured(content_type, record.value)
    if not attributes:
        raise Malformed("The record has neither CloudEvents headers nor a CloudEvents content type.")
    if content_type is not None:
        attributes["datacontenttype"] = content_type
        if record.value and _JSON_TYPE.fullmatch(content_type):
            _json(record.value, "the data")
    return _envelope(attributes, record.value)


def _texts_of(envelope: Envelope) -> dict[str, str]:
    """All attributes that are headers, as text, checked."""
    texts = {name: value for name in _TEXTS if (value := getattr(envelope, name)) is not None}
    if envelope.time is not None:
        if envelope.time.tzinfo is None:
            raise ValueError("the time of an event must be aware")
        texts["time"] = envelope.time.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    if envelope.sequence is not None:
        texts["sequence"] = f"{envelope.sequence:010d}"
        if not _SEQUENCE.fullmatch(texts["sequence"]):
            raise ValueError(f"the sequence {envelope.sequence} has no ten digits")
    for name, value in envelope.extensions.items():
        is_foreign_sequence = name == "sequence" and envelope.sequence is None
        if not _WRITTEN_NAME.fullmatch(name) or (name in _OWN_NAMES and not is_foreign_sequence):
            raise ValueError(f"{name!r} is no name for an extension: 1 to 20 of a-z and 0-9, and not one of our own attributes")
        texts[name] = value
    return texts


def _envelope(attributes: dict[str, str], data: bytes | None) -> Envelope:
    if (version := attributes.pop("specversion", None)) != "1.0":
        raise Malformed(f"CloudEvents 1.0 is understood, and this says {version or 'no version'}.")
    for name in _NEVER_EMPTY:
        if attributes.get(name) == "":
            raise Malformed(f"The attribute {name} is empty.")
    for name in ("id", "source", "type"):
        if name not in attributes:
            raise Malformed(f"The attribute {name} is missing.")
    time = attributes.pop("time", None)
    # A partner's sequence may have another form than ours; it is kept as it came.
    has_our_sequence = _SEQUENCE.fullmatch(attributes.get("sequence", ""))
    sequence = int(attributes.pop("sequence")) if has_our_sequence else None
    fields = {name: attributes.pop(name, None) for name in (*_TEXTS, "datacontenttype")}
    return Envelope(**fields, time=None if time is None else _time(time), sequence=sequence, data=data, extensions=attributes)


def _structured(content_type: str, value: bytes | None) -> Envelope:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/cloudevents+json":
        raise Malformed(f"Of the structured formats only JSON is understood, one event a record, and this is {media_type}.")
    members = _json(value or b"", "the event")
    if not isinstance(members, dict):
        raise Malformed("A structured event is a JSON object, and this is something else.")
    encoded, plain = members.pop("data_base64", None), members.pop("data", None)
    attributes = {name: _attribute(name, member) for name, member in members.items()
                  if member is not None and _NAME.fullmatch(name)}
    if encoded is None:
        return _envelope(attributes, _data(plain, attributes.get("datacontenttype")))
    if plain is not None:
        raise Malformed("The event has its data twice, as data and as data_base64.")
    try:
        return _envelope(attributes, base64.b64decode(encoded, validate=True))
    except (binascii.Error, TypeError, ValueError) as problem:
        raise Malformed(f"The member data_base64 cannot be read: {problem}.") from problem


def _data(member: Any, content_type: str | None) -> bytes | None:
    """The payload as bytes; a string under a type that is not JSON is text, anything else is JSON."""
    if member is None:
        return None
    try:
        if isinstance(member, str) and content_type is not None and not _JSON_TYPE.fullmatch(content_type):
            return member.encode()
        return json.dumps(member, ensure_ascii=False, separators=(",", ":")).encode()
    except ValueError as problem:
        raise Malformed(f"The data cannot be written as UTF-8: {problem}.") from problem


def _attribute(name: str, member: Any) -> str:
    if isinstance(member, bool):
        return "true" if member else "false"
    if isinstance(member, str | int):
        return str(member)
    raise Malformed(f"The attribute {name} is neither text nor a whole number nor true or false.")


def _text(header: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as problem:
        raise Malformed(f"The header {header} is not UTF-8.") from problem


def _time(text: str) -> datetime:
    if not _TIME.fullmatch(text):
        raise Malformed(f"The time {text!r} is not as RFC 3339 wants it.")
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError as problem:
        raise Malformed(f"The time {text!r} does not exist.") from problem


def _json(value: bytes, what: str) -> Any:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    try:
        return json.loads(value.decode(), parse_constant=refuse)
    except (ValueError, RecursionError) as problem:
        raise Malformed(f"It says JSON, but {what} cannot be read as JSON: {problem}.") from problem
