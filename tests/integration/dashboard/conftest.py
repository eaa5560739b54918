"""Runs and a study made once, and dashboards that serve them for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Served, make_place


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two finished runs, ``calm`` and ``flooded``, and a study."""
    return make_place(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="session")
def served(place: Path) -> Iterator[Served]:
    with Served(place) as dashboard:
        yield dashboard


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Debian's chromium, without a head; its event loop ends with the module's tests.

    While the loop runs nothing else in the process can run one, as campaigns in real time do.
    """
    from browsing import chromium

    with chromium() as found:
        yield found
