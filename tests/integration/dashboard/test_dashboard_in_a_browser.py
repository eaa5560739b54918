"""The dashboard as a person meets it, in chromium: filter, compare, follow, without barriers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from browsing import grave_findings, keep_picture, needs_chromium
from served import CAMPAIGN, Served, finish, start

pytestmark = [pytest.mark.anvil, needs_chromium]
PATIENCE_MS = 90_000


def page_at(browser: Any, address: str, **options: Any) -> Any:
    """Open a page that must not report any error of its script."""
    page = browser.new_page(viewport={"width": 1200, "height": 900}, **options)
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    page.goto(address)
    return page


def shown_names(page: Any) -> set[str]:
    return set(page.locator("#entries tbody th").all_inner_texts())


def test_the_list_is_filtered_by_words_and_by_verdict(browser: Any, served: Served) -> None:
    page = page_at(browser, served.address)
    page.wait_for_selector("#entries tbody tr")
    assert shown_names(page) == {"calm", "flooded", "varied"}
    keep_picture(page, "dashboard-list")
    page.fill("#filter-text", "flood")
    assert shown_names(page) == {"flooded"}
    page.fill("#filter-text", "")
    page.select_option("#filter-objective", "met")
    assert shown_names(page) == {"calm"}
    page.select_option("#filter-objective", "")
    page.select_option("#filter-kind", "study")
    assert shown_names(page) == {"varied"}
    assert grave_findings(page) == []


def test_two_runs_are_ticked_and_compared(browser: Any, served: Served) -> None:
    page = page_at(browser, served.address)
    page.wait_for_selector("#entries tbody tr")
    assert page.locator("#compare-button").is_disabled()
    page.check("input[value=calm]")
    page.check("input[value=flooded]")
    page.click("#compare-button")
    page.wait_for_selector("html[data-drawn]")
    assert page.locator("h1").inner_text() in {"calm vs flooded", "flooded vs calm"}
    assert page.locator("#chart-price svg.marks").count() == 1
    keep_picture(page, "dashboard-compare")
    assert grave_findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "name"), [("runs/flooded", "report"), ("studies/varied", "study")]
)
def test_reports_have_no_grave_finding_in_light_or_dark(
    browser: Any, served: Served, scheme: str, path: str, name: str
) -> None:
    page = page_at(browser, served.address + path, color_scheme=scheme)
    page.wait_for_selector("html[data-drawn]")
    keep_picture(page, f"{name}-{scheme}")
    assert grave_findings(page) == []


SHRUNK = """[...document.querySelectorAll(".chart svg.marks")]
  .filter(svg => svg.clientWidth / svg.viewBox.baseVal.width < 0.8)
  .map(svg => svg.closest(".chart").id)"""


def test_a_report_does_not_make_a_phone_scroll_sideways(browser: Any, served: Served) -> None:
    page = page_at(browser, served.address + "runs/flooded")
    page.set_viewport_size({"width": 380, "height": 800})
    page.reload()
    page.wait_for_selector("html[data-drawn]")
    keep_picture(page, "report-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    shrunk = page.evaluate(SHRUNK)
    assert shrunk == [], "a figure is made narrower, not smaller: its letters stay readable"


def test_a_run_is_followed_while_it_runs_and_its_report_comes_by_itself(
    browser: Any, tmp_path: Path
) -> None:
    (tmp_path / "small.yaml").write_text(CAMPAIGN)
    flags = ("--set", "slots=90", "--progress", "none", "--allow-missed-objective")
    with Served(tmp_path) as dashboard:
        page = page_at(browser, dashboard.address)
        page.wait_for_selector("#nothing", state="visible")
        run = start(tmp_path, "run", "small.yaml", *flags, "--out", "data/runs/live")
        page.wait_for_selector("#entries th >> text=live")
        page.goto(dashboard.address + "runs/live")
        page.wait_for_function("parseInt(document.querySelector('#card-slot').textContent) > 5")
        assert page.locator("#chart-base_fee path").count() == 1
        assert "gwei" in page.locator("#card-base_fee").inner_text()
        assert page.locator("#card-identities").inner_text().startswith("hold, books of block")
        keep_picture(page, "dashboard-live")
        assert grave_findings(page) == []
        page.wait_for_selector("html[data-drawn]")
        assert page.locator("h1").inner_text() == "A small crash, to be looked at."
        finish(run, 0)
    finish(start(tmp_path, "run", "small.yaml", *flags, "--out", "alone"), 0)
    hashes = [
        json.loads((tmp_path / folder / "manifest.json").read_text())["outcome_hash"]
        for folder in ("data/runs/live", "alone")
    ]
    assert hashes[0] == hashes[1]


def test_a_study_is_followed_while_it_runs(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(CAMPAIGN)
    varied = ("--vary", "slots=20,40", "--seeds", "2", "--workers", "1", "--progress", "none")
    with Served(tmp_path) as dashboard:
        study = start(tmp_path, "sweep", "small.yaml", *varied, "--out", "data/studies/long")
        page = page_at(browser, dashboard.address)
        page.wait_for_selector("#entries th >> text=long")
        page.goto(dashboard.address + "studies/long")
        page.wait_for_function("/^[1-9]/.test(document.querySelector('#card-done').textContent)")
        keep_picture(page, "dashboard-live-study")
        assert grave_findings(page) == []
        page.wait_for_selector("html[data-drawn]")
        assert "What comes out of small" in page.locator("h1").inner_text()
        finish(study, 0)
