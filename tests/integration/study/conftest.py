"""Workers that a whole module shares, since a process takes a second or two to begin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from floodline.study.processes import Processes


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with Processes(2) as workers:
        yield workers
