"""The live panels: what they show of a run and of a study, and that any terminal can show it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from floodline.cli.panel import BLOCKS, PLAIN, Standing, marks_for, panel, spark
from floodline.cli.study_panel import StudyStanding
from floodline.cli.study_panel import panel as study_panel
from floodline.study.progress import SlotReport
from floodline.study.trial import TrialResult


def report(slot: int = 3, **changes: Any) -> SlotReport:
    told = {
        "base_fee_wei": 12_500_000_000,
        "pool_pending": 1_234,
        "liquidatable_notional_usd": 98_765.4,
        "bad_debt_usd": 4_321.0,
        "price_age_s": 42.0,
        "inclusion_p50_s": 6.5,
        "inclusion_p95_s": 130.0,
        "included": 77,
        "gas_used": 29,
        "gas_limit": 30,
        **changes,
    }
    return SlotReport(slot=slot, slots=10, **told)


def shown(renderable: object, **options: object) -> str:
    console = Console(file=io.StringIO(), width=100, **options)  # type: ignore[arg-type]
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_the_panel_of_a_run_has_every_figure_that_matters() -> None:
    standing = Standing()
    standing.take(report(), 12.0)
    text = shown(panel(standing))
    for words in (
        "slot 3/10",
        "12 s to go",
        "12.50 gwei",
        "1,234",
        "6.5 s",
        "p95 130 s",
        "oracle age",
        "42.0 s",
        "$98,765",
        "$4,321",
        "hold so far",
    ):
        assert words in text


def test_an_identity_that_broke_is_named_with_its_block() -> None:
    standing = Standing()
    standing.take(report(broken=("gas within the limit (block 2)",)), None)
    text = shown(panel(standing))
    assert "BROKEN" in text
    assert "gas within the limit (block 2)" in text
    assert "hold" not in text


def test_what_holds_says_how_far_the_books_were_read() -> None:
    standing = Standing()
    standing.take(report(), None)
    assert "gas and transactions of each block" in shown(panel(standing))
    standing.take(report(books_block=21), None)
    assert "balance sheet as of block 21" in shown(panel(standing))


def test_nobody_included_has_no_median() -> None:
    standing = Standing()
    standing.take(report(inclusion_p50_s=None, inclusion_p95_s=None), None)
    assert "p95 -" in shown(panel(standing))


def test_before_the_first_slot_the_panel_says_what_is_being_done() -> None:
    assert "opening the book ..." in shown(panel(Standing(phase="opening the book")))


@pytest.mark.parametrize(
    ("values", "line"), [([], ""), ([1, 2, 3], "▁▅█"), ([5, 5], "▁▁"), ([0, 10], "▁█")]
)
def test_a_sparkline_goes_from_the_lowest_to_the_highest(values: list[float], line: str) -> None:
    assert spark(values) == line


def test_a_terminal_without_blocks_gets_plain_marks() -> None:
    class Ascii(io.StringIO):
        encoding = "ascii"

    assert marks_for(Console(file=Ascii())) == PLAIN
    assert marks_for(Console(file=io.StringIO())) == BLOCKS
    assert spark([0, 1], PLAIN).isascii()


def test_no_colour_leaves_a_terminal_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = Standing()
    standing.take(report(), 1.0)
    coloured = shown(panel(standing), force_terminal=True, color_system="standard")
    assert "\x1b[36m" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    plain = shown(panel(standing), force_terminal=True, color_system="standard")
    assert "\x1b[36m" not in plain
    assert "12.50 gwei" in plain


def result(number: int, *, status: str = "complete", met: bool = True) -> TrialResult:
    objective = {"metric": "bad_debt_ratio", "value": number / 100, "met": met}
    return TrialResult(str(number), status, identities_ok=True, objective=objective)


def test_the_panel_of_a_study_counts_runs_failures_and_missed_objectives() -> None:
    standing = StudyStanding()
    standing.begin(20, 4)
    for each in (result(1), result(2, met=False), result(3, status="failed")):
        standing.take(each)
    standing.remaining_s = 33.0
    text = shown(study_panel(standing))
    for words in ("7/20 runs", "33 s to go", "1 of 2", "bad_debt_ratio", "hold in all"):
        assert words in text
    assert "failed" in text


def test_books_that_do_not_balance_show_in_the_panel_of_a_study() -> None:
    standing = StudyStanding()
    standing.begin(2, 0)
    standing.take(TrialResult("1", "complete", identities_ok=False))
    assert "BROKEN in 1" in shown(study_panel(standing))
