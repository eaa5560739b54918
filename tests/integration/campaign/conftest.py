"""Runs a campaign and keeps its node until the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from small_campaign import prepared

from floodline.campaign.session import Session


@pytest.fixture
def finished(tmp_path: Path) -> Iterator[Callable[[dict[str, Any]], Session]]:
    """Run a campaign to its end; the session that is returned still has its node."""
    with ExitStack() as stack:

        def run(plain: dict[str, Any]) -> Session:
            session = stack.enter_context(prepared(plain, tmp_path))
            session.run()
            return session

        yield run
