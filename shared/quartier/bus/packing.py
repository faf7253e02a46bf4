"""A record's headers as one column of a table: of the embedded log, of lanes, of dead letters."""

import json

Headers = tuple[tuple[str, bytes], ...]


def pack(headers: Headers) -> bytes:
    """Latin-1 maps each byte to one character and back, so JSON holds any bytes without base64."""
    return json.dumps([(name, value.decode("latin-1")) for name, value in headers], ensure_ascii=False).encode()


def unpack(packed: bytes) -> Headers:
    """What `pack` packed."""
    return tuple((name, value.encode("latin-1")) for name, value in json.loads(packed))
