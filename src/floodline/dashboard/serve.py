"""Serve the dashboard until Ctrl-C: one process, on this machine unless told otherwise."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final

import uvicorn

from floodline.dashboard.app import make_app
from floodline.dashboard.library import Library
from floodline.foundation.errors import CampaignError

_GRACE_S: Final = 2
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def serve(library: Library, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; then let go of the port and return.

    Parameters
    ----------
    library : Library
        What is shown.
    host : str
        Address or name to listen at.
    port : int
        Port; 0 for any that is free.
    on_ready : callable
        Is told the address once the port is taken.

    Raises
    ------
    CampaignError
        If the port is in use, or the address is not this machine's.

    """
    with closing(_listen(host, port)) as sockets:
        address, taken = sockets.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        server = _Server(library, any_host=not _is_loopback(address))
        on_ready(f"http://{shown}:{taken}/")
        asyncio.run(server.serve(sockets=[sockets]))


class _Server(uvicorn.Server):
    """A server that ends at the first signal, without raising it again."""

    def __init__(self, library: Library, *, any_host: bool) -> None:
        app = make_app(library, is_ending=lambda: self.should_exit, any_host=any_host)
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._end)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    def _end(self) -> None:
        self.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, OverflowError) as error:
        raise CampaignError(
            f"--host {host} --port {port}: {error}", "leave both away for http://127.0.0.1:8765"
        ) from error
    found = socket.socket(family, kind, protocol)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(address)
        found.listen(64)
    except OSError as error:
        found.close()
        raise CampaignError(
            f"port {port} of {host} cannot be had: {error.strerror}",
            f"another dashboard may be running; name another port: --port {port + 1}, or 0 for any",
        ) from error
    return found


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback
