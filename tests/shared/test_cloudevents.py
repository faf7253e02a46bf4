"""The codec keeps CloudEvents 1.0, agrees with the SDK both ways, and falls into none of the SDK's traps."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cloudevents.core.bindings import kafka as sdk
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from quartier.bus import Record
from quartier.cloudevents import Envelope, Malformed, from_record, to_record

BARE = (("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_source", b"https://city.test/requests"), ("ce_type", b"org.quartier.x.v1"))
JSON = (("content-type", b"application/json"),)

text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
instants = st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1), timezones=st.just(UTC))
names = st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True).filter(lambda name: name not in {
    "id", "source", "type", "subject", "time", "dataschema", "partitionkey", "sequence", "correlationid", "causationid",
    "traceparent", "tracestate", "datacontenttype", "data", "specversion"})
payloads = st.dictionaries(text, st.recursive(
    st.none() | st.booleans() | st.integers(-2**53, 2**53) | text, lambda inner: st.lists(inner, max_size=3), max_leaves=5), max_size=4)
optional = st.none() | text


@st.composite
def envelopes(draw):
    payload = draw(st.none() | payloads)
    return Envelope(
        id=draw(text), source=draw(text), type=draw(text), subject=draw(optional), time=draw(st.none() | instants),
        dataschema=draw(optional), partitionkey=draw(text), sequence=draw(st.none() | st.integers(1, 9_999_999_999)),
        correlationid=draw(optional), causationid=draw(optional), traceparent=draw(optional), tracestate=draw(optional),
        datacontenttype="application/json", data=None if payload is None else json.dumps(payload, ensure_ascii=False).encode(),
        extensions=draw(st.dictionaries(names, text, max_size=3)))


def event(**changes):
    return Envelope(**{"id": "1", "source": "https://city.test/requests", "type": "org.quartier.x.v1", "partitionkey": "r1"} | changes)


def header(record, name):
    [value] = [value for each, value in record.headers if each == name]
    return value


@given(envelopes())
def test_what_we_write_we_read_back_the_same(envelope):
    assert from_record(to_record(envelope, "t")) == envelope


@given(envelopes())
def test_the_sdk_reads_what_we_write(envelope):
    record = to_record(envelope, "t")
    message = sdk.KafkaMessage(headers=dict(record.headers), key=record.key, value=record.value or b"")
    read = sdk.from_kafka_event(message)
    expected = {name: getattr(envelope, name) for name in Envelope.__slots__ if name not in ("data", "extensions", "sequence")}
    expected |= envelope.extensions
    expected["sequence"] = None if envelope.sequence is None else f"{envelope.sequence:010d}"
    got = read.get_attributes()
    for name, value in expected.items():
        if name != "time" or value is not None:
            assert got.get(name) == value
    # Where there is no data the SDK finds None as we do; an empty object it finds as such.
    assert read.get_data() == (None if envelope.data is None else json.loads(envelope.data))


@given(envelopes(), st.sampled_from([sdk.to_binary_event, sdk.to_structured_event]))
def test_we_read_what_the_sdk_writes(envelope, write):
    attributes = {name: value for name in Envelope.__slots__ if name not in ("data", "extensions", "sequence")
                  if (value := getattr(envelope, name)) is not None}
    attributes["time"] = envelope.time or datetime(2027, 1, 1, tzinfo=UTC)
    if envelope.sequence is not None:
        attributes["sequence"] = f"{envelope.sequence:010d}"
    data = None if envelope.data is None else json.loads(envelope.data)
    message = write(CloudEvent(attributes | envelope.extensions, data))
    key = message.key.encode() if isinstance(message.key, str) else message.key
    read = from_record(Record("t", key, message.value, tuple(message.headers.items())))
    for name in ("id", "source", "type", "subject", "dataschema", "partitionkey", "sequence", "correlationid", "causationid",
                 "traceparent", "tracestate", "datacontenttype", "extensions"):
        assert getattr(read, name) == getattr(envelope, name)
    assert read.time == attributes["time"]
    assert (json.loads(read.data) if read.data else None) == data


@given(st.binary(max_size=200), st.lists(st.tuples(st.sampled_from(["ce_id", "ce_time", "ce_sequence", "content-type", "x"]),
                                                   st.binary(max_size=30)), max_size=4))
def test_no_bytes_do_anything_but_be_read_or_refused(value, headers):
    for first in (BARE, (*BARE[:1], *BARE[2:]), (("content-type", b"application/cloudevents+json"),)):
        try:
            assert from_record(Record("t", b"k", value, (*first, *headers))).id
        except Malformed as problem:
            assert problem.reason


def test_the_attributes_stand_in_headers_and_the_key_is_the_partition_key():
    record = to_record(event(subject="r1", sequence=7, data=b'{"a":1}', datacontenttype="application/json",
                             time=datetime(2027, 3, 1, 9, 0, 0, 120, tzinfo=timezone(timedelta(hours=1))),
                             extensions={"deprecated": "true"}), "quartier.requests")
    assert (record.topic, record.key, record.value) == ("quartier.requests", b"r1", b'{"a":1}')
    assert header(record, "ce_specversion") == b"1.0"
    assert header(record, "ce_partitionkey") == b"r1"
    assert header(record, "ce_sequence") == b"0000000007"
    assert header(record, "ce_time") == b"2027-03-01T08:00:00.000120Z"
    assert header(record, "ce_deprecated") == b"true"
    assert header(record, "content-type") == b"application/json"


def test_an_event_without_data_is_a_tombstone():
    record = to_record(event(data=None), "t")
    assert record.value is None
    assert from_record(record).data is None
    assert from_record(to_record(event(data=b""), "t")).data == b""


@pytest.mark.parametrize("value", [b'{"a":', b"\xff\xfe", b"\xef\xbb\xbf{}", b"NaN", b"[" * 100_000, "{}".encode("utf-16")])
@pytest.mark.parametrize("content_type", [b"application/json", b"application/problem+json; charset=utf-8", b"Text/JSON"])
def test_broken_json_under_a_json_type_is_refused(value, content_type):
    with pytest.raises(Malformed, match="cannot be read as JSON"):
        from_record(Record("t", b"k", value, (*BARE, ("content-type", content_type))))


def test_data_of_another_type_is_left_as_it_is():
    record = Record("t", b"k", b'{"a":', (*BARE, ("content-type", b"application/octet-stream")))
    assert from_record(record).data == b'{"a":'


def test_a_missing_time_stays_missing():
    assert from_record(Record("t", b"k", b"{}", (*BARE, *JSON))).time is None
    assert not [name for name, _ in to_record(event(), "t").headers if name == "ce_time"]


def test_the_key_of_a_record_is_not_taken_for_the_partition_key():
    assert from_record(Record("t", b"a key of another kind", b"{}", BARE)).partitionkey is None


def test_long_names_are_read_and_not_written():
    long_name = "a" * 21
    envelope = from_record(Record("t", b"k", b"{}", (*BARE, (f"ce_{long_name}", b"1"), ("ce_partitionkey", b"k"))))
    assert envelope.extensions == {long_name: "1"}
    with pytest.raises(ValueError, match="1 to 20"):
        to_record(envelope, "t")


@pytest.mark.parametrize("name", ["", "Name", "a_b", "data", "id", "specversion", "data_base64", "ü"])
def test_a_name_that_is_not_allowed_or_ours_is_no_extension(name):
    with pytest.raises(ValueError, match="no name for an extension"):
        to_record(event(extensions={name: "1"}), "t")


def test_a_batch_is_refused_with_a_sentence():
    with pytest.raises(Malformed, match="one event a record"):
        from_record(Record("t", b"k", b"[]", (("content-type", b"application/cloudevents-batch+json"),)))


def test_what_we_do_not_know_passes_through_unchanged():
    record = Record("t", b"k", b"{}", (*BARE, ("ce_partitionkey", b"k"), ("ce_rating", "★ 5 ü".encode()), ("ce_sequence", b"v2-17"),
                                       ("traceparent", b"00-hop"), ("x-other", b"\xff"), ("ce_Odd", b"1")))
    envelope = from_record(record)
    assert envelope.extensions == {"rating": "★ 5 ü", "sequence": "v2-17"}
    assert (envelope.sequence, envelope.traceparent) == (None, None)
    written = to_record(envelope, "t")
    assert header(written, "ce_rating") == "★ 5 ü".encode()
    assert header(written, "ce_sequence") == b"v2-17"


@pytest.mark.parametrize(("headers", "reason"), [
    ((), "neither CloudEvents headers"),
    ((("traceparent", b"00"),), "neither CloudEvents headers"),
    (BARE[1:], "no version"),
    ((("ce_specversion", b"0.3"), *BARE[1:]), "0.3"),
    (BARE[:1] + BARE[2:], "id is missing"),
    ((*BARE[:3], ("ce_type", b"")), "type is empty"),
    ((*BARE, ("ce_subject", b"")), "subject is empty"),
    ((*BARE, ("ce_id", b"2")), "id stands there twice"),
    ((*BARE, ("ce_subject", b"\xff")), "not UTF-8"),
    ((*BARE, ("ce_time", b"2027-03-01")), "RFC 3339"),
    ((*BARE, ("ce_time", b"2027-03-01T10:00:00")), "RFC 3339"),
    ((*BARE, ("ce_time", b"2027-02-30T10:00:00Z")), "does not exist"),
])
def test_a_record_that_is_no_event_is_refused_with_its_reason(headers, reason):
    with pytest.raises(Malformed, match=reason):
        from_record(Record("t", b"k", b"{}", headers))


@pytest.mark.parametrize("written", ["2027-03-01T10:00:00+02:00", "2027-03-01t08:00:00z", "2027-03-01T08:00:00.000000000Z"])
def test_times_are_read_in_every_form_of_rfc_3339(written):
    envelope = from_record(Record("t", b"k", b"{}", (*BARE, ("ce_time", written.encode()))))
    assert envelope.time == datetime(2027, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(("changes", "reason"), [
    ({"partitionkey": None}, "partition key"), ({"subject": ""}, "not empty"), ({"sequence": 10_000_000_000}, "ten digits"),
    ({"sequence": -1}, "ten digits"), ({"time": datetime(2027, 1, 1)}, "aware"),
])
def test_what_no_event_may_hold_is_not_written(changes, reason):
    with pytest.raises(ValueError, match=reason):
        to_record(event(**changes), "t")


def structured(members):
    members = {"specversion": "1.0", "id": "1", "source": "s", "type": "t"} | members
    return Record("t", b"k", json.dumps(members).encode(), (("content-type", b"application/cloudevents+json; charset=utf-8"),))


@pytest.mark.parametrize(("members", "data"), [
    ({}, None), ({"data": None}, None), ({"data": {"a": "ü"}}, '{"a":"ü"}'.encode()), ({"data": "x"}, b'"x"'),
    ({"data": "x", "datacontenttype": "text/plain"}, b"x"), ({"data": [1], "datacontenttype": "text/plain"}, b"[1]"),
    ({"data_base64": "AP8="}, b"\x00\xff"), ({"data": False}, b"false"),
])
def test_structured_events_bring_their_data(members, data):
    assert from_record(structured(members)).data == data


def test_structured_attributes_become_text():
    envelope = from_record(structured({"count": 5, "flag": True, "gone": None, "sequence": "0000000012", "subject": "s1"}))
    assert envelope.extensions == {"count": "5", "flag": "true"}
    assert (envelope.sequence, envelope.subject, envelope.datacontenttype, envelope.time) == (12, "s1", None, None)


@pytest.mark.parametrize(("members", "reason"), [
    ({"data": 1, "data_base64": "AA=="}, "twice"), ({"data_base64": "?"}, "data_base64"), ({"data_base64": 5}, "data_base64"),
    ({"ratio": 0.5}, "neither text"), ({"subject": {"a": 1}}, "neither text"), ({"data": "\ud800"}, "UTF-8"),
])
def test_structured_events_that_break_the_rules_are_refused(members, reason):
    with pytest.raises(Malformed, match=reason):
        from_record(structured(members))


@pytest.mark.parametrize("value", [None, b"", b"[]", b"{", b'"event"'])
def test_a_structured_record_without_an_object_is_refused(value):
    with pytest.raises(Malformed):
        from_record(Record("t", b"k", value, (("content-type", b"application/cloudevents+json"),)))
