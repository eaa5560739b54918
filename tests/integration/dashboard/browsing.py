"""Debian's chromium without a head, pictures that are kept, and axe-core's judgement of a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from floodline.foundation.workspace import cache_dir
from floodline.toolchain.npm import node_modules

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on PATH (Debian: apt-get install chromium)"
)
GRAVE = {"serious", "critical"}


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser for as long as the block lasts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def keep_picture(page: Any, name: str) -> Path:
    """Keep a screenshot with the results of the tests."""
    folder = cache_dir() / "results" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def grave_findings(page: Any) -> list[str]:
    """Return what axe-core calls serious or critical in a page."""
    page.add_script_tag(path=node_modules() / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{item['id']}: {item['help']} ({item['nodes'][0]['html'][:120]})"
        for item in found["violations"]
        if item["impact"] in GRAVE
    ]
