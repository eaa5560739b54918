"""How much of the default campaign's wall time passes while the node has nothing to do.

A request counts as the node's from its sending to its parsed answer, whichever thread waits for it;
all other time is the engine's own: signing, the pool, the actors, the measures, the tables.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from floodline.campaign.load import load_campaign
from floodline.campaign.progress import Silent
from floodline.chain.rpc import RpcClient
from floodline.foundation.bench import Measurement
from floodline.foundation.workspace import project_root
from floodline.study.run import run_campaign


class RequestClock:
    """Wall seconds during which at least one request was under way."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.requests = 0
        self._lock = threading.Lock()
        self._open = 0
        self._began = 0.0

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request."""
        with self._lock:
            if not self._open:
                self._began = time.perf_counter()
            self._open += 1
            self.requests += 1
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1
                if not self._open:
                    self.seconds += time.perf_counter() - self._began

    def around(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """Return a client's method with the clock running while it waits."""

        def counted(*arguments: Any, **named: Any) -> Any:
            with self.request():
                return method(*arguments, **named)

        return counted


def engine_share() -> Measurement:
    """Run the flash crash, tables and all, and tell the engine's share of its wall time."""
    given = load_campaign(project_root() / "data/campaigns/flash-crash.yaml")
    clock = RequestClock()
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(RpcClient, "call", clock.around(RpcClient.call)),
        patch.object(RpcClient, "batch", clock.around(RpcClient.batch)),
    ):
        began = time.perf_counter()
        run_campaign(given, out=Path(folder) / "run", progress=Silent(), command_line=["bench"])
        seconds = time.perf_counter() - began
    return Measurement(
        "engine's share of the default campaign",
        1 - clock.seconds / seconds,
        "x wall time",
        0.5,
        "at most",
        f"{seconds:.1f} s, {clock.seconds:.1f} s of them in {clock.requests:,} requests",
    )


def run() -> list[Measurement]:
    """Measure everything."""
    return [engine_share()]
