"""``floodline dashboard``: the local web page, until Ctrl-C."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from floodline.cli.output import DIM, YELLOW, note, say


def dashboard(place: Path | None, host: str, port: int) -> None:
    """Serve runs and studies.

    Raises
    ------
    AnalysisError
        If there is no such place.
    CampaignError
        If the port cannot be had.

    """
    from floodline.dashboard.library import Library  # noqa: PLC0415 - heavy
    from floodline.dashboard.serve import serve  # noqa: PLC0415

    library = Library(place)
    if not _is_loopback(host):
        note(f"everyone who reaches {host} can read {library.place}", YELLOW)
    serve(library, host, port, _ready)
    note("the dashboard has ended")


def _ready(address: str) -> None:
    say(address)
    note("Ctrl-C ends it", DIM)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
