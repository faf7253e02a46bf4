"""The registry of events as an AsyncAPI 3 document, and each event's JSON Schema.

Send operations come from the registry, receive operations from the services' handlers. The schemas are open: a reader must tolerate
fields that it does not know.
"""

from collections.abc import Iterable
from inspect import getdoc
from typing import TYPE_CHECKING, Any

from quartier.events import Event, registry

if TYPE_CHECKING:
    from quartier.service import Service

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENVELOPE = {
    "type": "object", "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_partitionkey", "content-type"],
    "properties": {
        "ce_specversion": {"const": "1.0"}, "ce_id": {"type": "string", "description": "UUIDv7, the same on each retry."},
        "ce_source": {"type": "string", "format": "uri", "description": "The city's public address and the service."},
        "ce_type": {"type": "string"}, "ce_subject": {"type": "string"}, "ce_time": {"type": "string", "format": "date-time"},
        "ce_dataschema": {"type": "string", "format": "uri"},
        "ce_partitionkey": {"type": "string", "description": "Also the record's key."},
        "ce_sequence": {"type": "string", "pattern": "^[0-9]{10}$", "description": "Counts the events of one subject, from 1."},
        "ce_correlationid": {"type": "string", "description": "Shared by the events of one command."},
        "ce_causationid": {"type": "string", "description": "The event that was being handled."},
        "ce_traceparent": {"type": "string", "description": "Where the journey began (W3C)."},
        "content-type": {"const": "application/json"}}}


def schema_of(cls: type[Event]) -> dict[str, Any]:
    """The JSON Schema of an event's data, open for fields that later versions add."""
    schema = _opened(cls.model_json_schema(mode="validation"))
    return {"$schema": DIALECT, "$id": f"{cls.event_type}.json", **schema, "description": getdoc(cls)}


def _opened(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _opened(value) for name, value in node.items() if name != "additionalProperties" or value is not False}
    return [_opened(value) for value in node] if isinstance(node, list) else node


def document(services: Iterable["Service"]) -> dict[str, Any]:
    """Who publishes what where, and who listens."""
    events = sorted(registry().values(), key=lambda cls: cls.event_type)
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for cls in events:
        for topic in cls.event_topics:
            channel = channels.setdefault(_name(topic), {
                "address": topic, "description": f"All events of the {topic.removeprefix('quartier.')} service; in order for each key.",
                "messages": {}, "bindings": {"kafka": {"partitions": 6, "bindingVersion": "0.5.0"}}})
            channel["messages"][cls.__name__] = {"$ref": f"#/components/messages/{cls.__name__}"}
            send = operations.setdefault(f"{topic.removeprefix('quartier.')}Sends", {
                "action": "send", "channel": {"$ref": f"#/channels/{_name(topic)}"}, "messages": []})
            send["messages"].append({"$ref": f"#/channels/{_name(topic)}/messages/{cls.__name__}"})
    for service in services:
        heard = {cls for handler in service.handlers for cls in handler.events}
        for topic in sorted({topic for cls in heard for topic in cls.event_topics}):
            operations[f"{service.name}Receives{_name(topic)[0].upper()}{_name(topic)[1:]}"] = {
                "action": "receive", "channel": {"$ref": f"#/channels/{_name(topic)}"},
                "bindings": {"kafka": {"groupId": {"type": "string", "const": service.name}, "bindingVersion": "0.5.0"}},
                "messages": [{"$ref": f"#/channels/{_name(topic)}/messages/{cls.__name__}"}
                             for cls in sorted(heard, key=lambda cls: cls.__name__) if topic in cls.event_topics]}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Quartier", "version": "1",
                 "description": "Every fact of the house. CloudEvents 1.0 in binary mode on Apache Kafka."},
        "channels": channels, "operations": operations,
        "components": {"messages": {cls.__name__: _message(cls) for cls in events}}}


def _message(cls: type[Event]) -> dict[str, Any]:
    text = getdoc(cls) or ""
    return {
        "name": cls.event_type, "title": cls.__name__, "summary": text.split("\n")[0], "description": text,
        "contentType": "application/json", "tags": [{"name": f"audience:{cls.audience.value}"}], "headers": ENVELOPE,
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": schema_of(cls)},
        "bindings": {"kafka": {"key": {"type": "string", "description": f"The event's {cls.event_key}."}, "bindingVersion": "0.5.0"}}}


def _name(topic: str) -> str:
    first, *rest = topic.split(".")
    return first + "".join(part.capitalize() for part in rest)
