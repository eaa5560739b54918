"""The dashboard's addresses: the list, runs and studies, comparisons, files, and events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from floodline.dashboard import pages
from floodline.dashboard.follow import PAUSE_S, event, follow
from floodline.dashboard.library import Kind, Library
from floodline.foundation.errors import AnalysisError
from floodline.study.folder import read_run
from floodline.study.store import LOG, read_study

MOST_COMPARED: Final = 6
"""Runs in one comparison: as many as there are colours."""
SUFFIXES: Final = {".csv", ".json", ".parquet"}
"""Files that may be read from a run's or study's folder."""
_LIST_PAUSE_S: Final = 4 * PAUSE_S
_SECURITY: Final = {
    "content-security-policy": "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def make_app(library: Library, *, is_ending: Callable[[], bool], any_host: bool = False) -> ASGIApp:
    """Return the dashboard as an ASGI application.

    Parameters
    ----------
    library : Library
        What is shown.
    is_ending : callable
        Whether the server is about to end, so that followers let go.
    any_host : bool
        Answer whatever name the browser called; otherwise only this machine's own names, so that
        no other site's page can read the dashboard by a name that it lets point here.

    """
    site = _Site(library, is_ending)
    app = Starlette(
        routes=[
            Route("/", site.listing),
            Route("/events", site.list_events),
            Route("/api/entries", site.entries),
            Route("/compare", site.compare),
            Route("/runs/{name}", site.run),
            Route("/runs/{name}/events", site.run_events),
            Route("/studies/{name}", site.study),
            Route("/studies/{name}/events", site.study_events),
            Route("/files/{kind}/{name}/{path:path}", site.file),
        ],
        exception_handlers={AnalysisError: _explained, 404: _missing},
    )
    return _Guard(app, any_host=any_host)


class _Site:
    def __init__(self, library: Library, is_ending: Callable[[], bool]) -> None:
        self._library, self._is_ending = library, is_ending
        self._reports = pages.Reports()

    async def listing(self, _request: Request) -> Response:
        only = self._library.only
        if only is not None and only[0] == "run":
            return RedirectResponse(f"/runs/{only[1]}")
        return HTMLResponse(await run_in_threadpool(pages.listing, self._library))

    async def entries(self, _request: Request) -> Response:
        found = await run_in_threadpool(self._library.entries)
        return JSONResponse([pages.row_of(entry) for entry in found])

    async def list_events(self, _request: Request) -> Response:
        """Tell the list again whenever it has changed."""

        async def told() -> AsyncIterator[bytes]:
            before: list[dict[str, Any]] | None = None
            while not self._is_ending():
                found = await run_in_threadpool(self._library.entries)
                rows = [pages.row_of(entry) for entry in found]
                if rows != before:
                    before = rows
                    yield event("entries", rows)
                await asyncio.sleep(_LIST_PAUSE_S)

        return _stream(told())

    async def run(self, request: Request) -> Response:
        path = self._library.find("run", request.path_params["name"])
        if read_run(path).status == "running":
            return HTMLResponse(pages.live_run(path.resolve().name))
        return HTMLResponse(await run_in_threadpool(self._reports.of_runs, [path]))

    async def run_events(self, request: Request) -> Response:
        path = self._library.find("run", request.path_params["name"])

        def is_over() -> str:
            status = read_run(path).status
            return "" if status == "running" else status

        return _stream(follow(path / LOG, is_over, self._is_ending, _seen(request)))

    async def study(self, request: Request) -> Response:
        path = self._library.find("study", request.path_params["name"])
        info = read_study(path)
        if info.status == "running":
            return HTMLResponse(pages.live_study(info.name, info.verb))
        return HTMLResponse(await run_in_threadpool(self._reports.of_study, path))

    async def study_events(self, request: Request) -> Response:
        path = self._library.find("study", request.path_params["name"])

        def is_over() -> str:
            status = read_study(path).status
            return "" if status == "running" else status

        return _stream(follow(path / LOG, is_over, self._is_ending, _seen(request)))

    async def compare(self, request: Request) -> Response:
        names = list(dict.fromkeys(request.query_params.getlist("run")))
        if not 2 <= len(names) <= MOST_COMPARED:
            raise AnalysisError(
                f"a comparison takes 2 to {MOST_COMPARED} runs, not {len(names)}",
                "tick them in the list",
            )
        paths = [self._library.find("run", name) for name in names]
        return HTMLResponse(await run_in_threadpool(self._reports.of_runs, paths))

    async def file(self, request: Request) -> Response:
        kind: Kind = "study" if request.path_params["kind"] == "study" else "run"
        folder = self._library.find(kind, request.path_params["name"]).resolve()
        path = (folder / request.path_params["path"]).resolve()
        if path.is_relative_to(folder) and path.is_file() and path.suffix in SUFFIXES:
            return FileResponse(path)
        if path == folder / "tables" and path.is_dir():
            names = sorted(each.name for each in path.iterdir() if each.suffix in SUFFIXES)
            return HTMLResponse(pages.files_page(folder.name, names))
        raise AnalysisError(f"there is no file {request.path_params['path']} of {folder.name}")


def _seen(request: Request) -> int:
    """Return how many lines a browser that comes back has had."""
    given = request.headers.get("last-event-id", "0")
    return int(given) if given.isdecimal() else 0


def _stream(told: AsyncIterator[bytes]) -> Response:
    return StreamingResponse(
        told, media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


async def _explained(_request: Request, error: Exception) -> Response:
    words = str(error)
    return HTMLResponse(pages.fault("That cannot be shown", words), status_code=404)


async def _missing(_request: Request, _error: Exception) -> Response:
    return HTMLResponse(pages.fault("Nothing here", "there is no such page"), status_code=404)


class _Guard:
    """Refuses foreign names of this machine, and adds the headers of security."""

    def __init__(self, app: ASGIApp, *, any_host: bool) -> None:
        self._app, self._any_host = app, any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if not self._any_host and _name(host) not in {"localhost", "127.0.0.1", "::1"}:
            refused = PlainTextResponse("this dashboard answers to this machine only\n", 421)
            await refused(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.encode(), value.encode()) for name, value in _SECURITY.items()]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await self._app(scope, receive, guarded)


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
