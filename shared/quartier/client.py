"""How one service asks another: as the person who asked, or as itself, within a deadline and within the same trace.

In an embedded city the call goes to the same process over ASGI; elsewhere over HTTP to the address in the settings.
"""

from collections.abc import Callable
from functools import cache
from ssl import SSLContext
from typing import Any
from urllib.parse import quote

import httpx
from starlette.types import ASGIApp

from quartier import callers, telemetry
from quartier.problems import FieldError, NotFound, Problem, Unavailable

DEADLINE = httpx.Timeout(5.0)


class Answered(Problem):
    """What the other service said no with, passed on as it was."""

    def __init__(self, status: int, body: dict[str, Any], retry_after: str | None = None) -> None:
        errors = [FieldError(entry["pointer"], entry["detail"]) for entry in body.get("errors", ())]
        known = {"type", "title", "status", "detail", "instance", "trace_id", "errors"}
        super().__init__(body.get("detail", ""), errors=errors, headers={"Retry-After": retry_after} if retry_after else {},
                         **{name: value for name, value in body.items() if name not in known})
        self.status = status
        self.slug = str(body.get("type", "")).rsplit("/", 1)[-1] or "refused"
        self.title = body.get("title", "Refused")


@cache
def _certificates() -> SSLContext:
    """Whom to believe behind https; read once, since that takes longer than all else at a client's start."""
    return httpx.create_ssl_context(trust_env=False)


class Client:
    """The calls of one service to the others."""

    def __init__(self, service: str, *, urls: dict[str, str], app: ASGIApp, as_service: Callable[[], str]) -> None:
        self._service, self._urls, self._as_service = service, urls, as_service
        self._remote = httpx.AsyncClient(timeout=DEADLINE, trust_env=False, verify=_certificates())
        self._here = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here", timeout=DEADLINE)

    async def call(self, method: str, service: str, path: str, *, token: str | None = None,
                   headers: dict[str, str] | None = None, **kwargs: Any) -> httpx.Response:
        """The answer of `/api/<service>/v1<path>`, as the bearer of the token, or as this service without one.

        An empty token asks as a visitor. The path may hold what people typed: a question mark in it begins no query, and a step
        upwards leads nowhere (NotFound).

        Raises Answered with the other's own problem when it says no, and Unavailable when it does not answer in time.
        """
        if not {".", ".."}.isdisjoint(path.split("/")):
            raise NotFound()
        base = self._urls.get(service)
        client = self._remote if base else self._here
        url = f"{(base or 'http://here').rstrip('/')}/api/{service}/v1{quote(path)}"
        with telemetry.call_span(self._service, service, method, path) as carrier:
            sent = dict(headers or {})
            if token != "":
                sent["authorization"] = f"Bearer {token or self._as_service()}"
            sent |= self._for_whom(carrier.get("traceparent"))
            try:
                response = await client.request(method, url, headers=sent, **kwargs)
            except httpx.HTTPError as error:
                raise Unavailable(f"The {service} service does not answer.") from error
        if response.status_code >= 400:
            raise Answered(response.status_code, _problem(response), response.headers.get("retry-after"))
        return response

    def _for_whom(self, trace: str | None) -> dict[str, str]:
        """The trace that goes on and the place of whoever the call is for, with the proof that lets the other believe them."""
        stated = {name: value for name, value in ((callers.TRACE, trace), (callers.PLACE, callers.present_place())) if value}
        return stated | {callers.PROOF: self._as_service()} if stated else {}

    async def get(self, service: str, path: str, **kwargs: Any) -> httpx.Response:
        """Read something."""
        return await self.call("GET", service, path, **kwargs)

    async def post(self, service: str, path: str, **kwargs: Any) -> httpx.Response:
        """Do or create something."""
        return await self.call("POST", service, path, **kwargs)

    async def delete(self, service: str, path: str, **kwargs: Any) -> httpx.Response:
        """End something."""
        return await self.call("DELETE", service, path, **kwargs)

    async def stop(self) -> None:
        """Close the connections."""
        await self._remote.aclose()
        await self._here.aclose()


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"detail": response.text[:500], "title": response.reason_phrase}
