"""A small reverse proxy that follows infra/caddy/Caddyfile, so that the tests reach the city by the operators' routes."""
import asyncio
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.infra.compose import NotUnderstood, located

_ROUTE = re.compile(r"reverse_proxy (?:(?P<path>/\S*)\* )?(?P<upstream>\S+)")
_DROPPED = re.compile(r"request_header -(\S+)")


@dataclass(frozen=True)
class Routes:
    """Path prefixes and where they lead, the longest first, as Caddy sorts them; and the header fields that stay outside."""

    table: list[tuple[str, str]]
    dropped: set[bytes]

    def upstream(self, path: str) -> tuple[str, int]:
        host, port = next(upstream for prefix, upstream in self.table if path.startswith(prefix)).rsplit(":", 1)
        return host, int(port)

    def passed_on(self, head: bytes) -> bytes:
        """The head of a request as the upstream gets it: one request a connection, without what stays outside."""
        first, *fields = head.rstrip(b"\r\n").split(b"\r\n")
        kept = [line for line in fields if line.split(b":", 1)[0].strip().lower() not in self.dropped | {b"connection"}]
        return b"\r\n".join([first, *kept, b"Connection: close", b"X-Forwarded-Proto: http", b"", b""])


def read_routes(caddyfile: Path, addresses: Mapping[tuple[str, int], str]) -> Routes:
    """The routes of a Caddyfile that says nothing else."""
    table, dropped = [], set()
    for line in map(str.strip, caddyfile.read_text().splitlines()):
        if not line or line.startswith("#") or line in (":80 {", "}"):
            continue
        if route := _ROUTE.fullmatch(line):
            table.append((route["path"] or "/", located(route["upstream"], addresses)))
        elif field := _DROPPED.fullmatch(line):
            dropped.add(field[1].lower().encode())
        else:
            raise NotUnderstood(f"{caddyfile.name}: {line}")
    return Routes(sorted(table, key=lambda entry: -len(entry[0])), dropped)


class Proxy:
    """The proxy on a thread of its own; each connection carries one request, which also lets an endless answer flow."""

    def __init__(self, routes: Routes, port: int) -> None:
        self._routes = routes
        self._connections: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", port, limit=2**20))

    def stop(self) -> None:
        async def close() -> None:
            self._server.close()
            connections = list(self._connections)
            for connection in connections:
                connection.cancel()
            await asyncio.gather(*connections, return_exceptions=True)

        self._call(close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A stream forgets its task when its client leaves, and a task that nobody holds may vanish unfinished.
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            await _pass_on(self._routes.passed_on(head), self._routes.upstream(path), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


async def _pass_on(head: bytes, upstream: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request and its answer; whichever side leaves first ends both."""
    try:
        answer, request = await asyncio.open_connection(*upstream)
    except OSError:
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        return
    request.write(head)
    flows = {asyncio.create_task(_flow(reader, request)), asyncio.create_task(_flow(answer, writer))}
    try:
        await asyncio.wait(flows, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for flow in flows:
            flow.cancel()
        await asyncio.gather(*flows, return_exceptions=True)
        request.close()


async def _flow(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(65536):
        target.write(piece)
        await target.drain()
