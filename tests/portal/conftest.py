"""A small site for the portal's templates: the real renderer, real HTTP, the production's policy, and no service behind it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace

import pytest
import uvicorn
from jinja2 import ChoiceLoader, DictLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from quartier_portal import rendering
from quartier_portal.gallery import sample
from quartier_portal.settings import PortalSettings

PERSON = SimpleNamespace(name="Noor <b>Haddad</b>", roles=["officer", "operator"])

# Two pages of the tests' own: one with live parts, one with a form that was filled in wrongly.
PAGES = {
    "live_page.html": """{% extends "layout.html" %}{% from "components/live.html" import live with context %}
{% block content %}
{% for part in parts %}{% call live(part, keys, shown) %}<p class="said">State {{ shown }}</p>
<details><summary>More</summary><p>{{ shown }}</p></details><a href="#more">More</a>{% endcall %}{% endfor %}
{% endblock %}""",
    "errors_page.html": """{% extends "layout.html" %}{% from "components/errors.html" import error_summary with context %}
{% from "components/fields.html" import field with context %}
{% block title_prefix %}{{ t('title-error') }} {% endblock %}
{% block content %}{{ error_summary([("title", "Say which data")]) }}
{{ field("title", "Which data?", hint="A few words", error="Say which data") }}{% endblock %}""",
}

Render = Callable[..., str]


@pytest.fixture
def render() -> Iterator[Render]:
    """Render a template as the portal does, those of the tests included."""
    environment = rendering.templates()
    shipped = environment.loader
    assert shipped is not None
    environment.loader = ChoiceLoader([shipped, DictLoader(PAGES)])
    settings = PortalSettings(city="City of Example")

    def render_page(template: str, lang: str, *, path: str = "/desk/gallery", density: str = "public", title: str | None = None,
                    person: object = PERSON, **context: object) -> str:
        page = rendering.Page(title or rendering.t(lang, "gallery-title"), path, density, person, settings.city)
        return rendering.render(template, lang, settings, page, **context)

    yield render_page
    environment.loader = shipped


class Site:
    """The templates behind HTTP: `/<lang>/gallery?density=…` and a page with one live part that a test moves on."""

    def __init__(self, render: Render) -> None:
        self.render = render
        self.url = ""
        self.sequence = 1
        self.stale_answers = 0
        self.looks = 0
        self.refusals = 0
        self.refuses_streams = False
        self.connections: list[asyncio.Queue[tuple[str, int]]] = []
        self.last_event_ids: list[str | None] = []

    def app(self) -> Starlette:
        return Starlette(routes=[
            Route("/{lang}/gallery", self.gallery),
            Route("/{lang}/live", self.live_page),
            Route("/{lang}/errors", self.errors_page),
            Route("/api/portal/v1/live", self.hints),
            Mount("/static", StaticFiles(packages=[("quartier_portal", "static")])),
        ])

    async def gallery(self, request: Request) -> HTMLResponse:
        lang = request.path_params["lang"]
        density = request.query_params.get("density", "public")
        return self.answer(self.render("gallery.html", lang, density=density, sample=sample(lang)))

    async def live_page(self, request: Request) -> HTMLResponse:
        self.looks += 1
        shown = self.sequence
        if self.stale_answers:
            self.stale_answers -= 1
            shown -= 1
        return self.answer(self.render(
            "live_page.html", request.path_params["lang"], title="Live", shown=shown,
            parts=request.query_params.get("parts", "part").split(","), keys=request.query_params.get("keys", "requests/42")))

    async def errors_page(self, request: Request) -> HTMLResponse:
        return self.answer(self.render("errors_page.html", request.path_params["lang"], title="Ask"))

    def answer(self, text: str) -> HTMLResponse:
        return rendering.html(text)

    async def hints(self, request: Request) -> StreamingResponse | HTMLResponse:
        if self.refuses_streams:
            self.refusals += 1
            return HTMLResponse("no", status_code=503)
        self.last_event_ids.append(request.headers.get("last-event-id"))
        queue: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
        self.connections.append(queue)
        return StreamingResponse(self.events(queue), media_type="text/event-stream")

    async def events(self, queue: asyncio.Queue[tuple[str, int]]) -> AsyncIterator[str]:
        yield ": welcome\n\n"
        while True:
            key, sequence = await queue.get()
            if not key:
                return
            yield f"id: {sequence}\nevent: hint\ndata: {json.dumps({'key': key, 'sequence': sequence})}\n\n"

    def hint(self, key: str, sequence: int) -> None:
        """Tell every open page; an empty key breaks the line."""
        for queue in self.connections:
            queue.put_nowait((key, sequence))


@pytest.fixture
async def site(render: Render) -> AsyncIterator[Site]:
    """The site on a free port of this machine, gone with the test."""
    made = Site(render)
    server = uvicorn.Server(uvicorn.Config(made.app(), port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve())
    for _ in range(1000):
        if server.started:
            break
        await asyncio.sleep(0.01)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield made
    made.hint("", 0)
    server.should_exit = True
    await running
