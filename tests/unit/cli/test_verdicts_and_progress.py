"""The words about a run: its verdicts, its exit code, its progress."""

from __future__ import annotations

from typing import Any

import pytest

from floodline.cli.progress import PlainProgress, describe, make_progress
from floodline.cli.run import exit_code
from floodline.cli.verdict import verdicts
from floodline.study.progress import SlotReport


def summary(*, met: bool | None = True, broken: bool = False) -> dict[str, Any]:
    objective = {
        "metric": "bad_debt_ratio",
        "value": 0.25,
        "unit": "ratio",
        "side": "below",
        "bound": 0.01,
        "met": met,
        "note": "",
    }
    identity = {"name": "token", "ok": not broken, "residual": "7", "unit": "wei", "where": "end"}
    return {
        "status": "complete",
        "objective": objective if met is not None else None,
        "identities": [identity],
        "identities_ok": not broken,
    }


@pytest.mark.parametrize(
    ("given", "strict", "allowing"),
    [
        (summary(met=True), 0, 0),
        (summary(met=None), 0, 0),
        (summary(met=False), 1, 0),
        (summary(met=True, broken=True), 1, 1),
        (summary(met=False, broken=True), 1, 1),
        (summary(met=None, broken=True), 1, 1),
    ],
)
def test_a_missed_objective_may_be_allowed_and_a_broken_identity_never(
    given: dict[str, Any], strict: int, allowing: int
) -> None:
    assert exit_code(given, allow_missed_objective=False) == strict
    assert exit_code(given, allow_missed_objective=True) == allowing


def test_the_verdicts_say_what_was_wanted_and_what_was_found() -> None:
    told = [str(verdict) for verdict in verdicts(summary(met=False))]
    assert told == [
        "objective  MISSED  bad_debt_ratio is 0.25, wanted below 0.01",
        "identities HOLD  all 1 conservation identities balance",
    ]


def test_a_broken_identity_is_named_with_its_residual() -> None:
    (_, broken) = verdicts(summary(broken=True))
    assert not broken.good
    assert str(broken) == "identities BROKEN  token: residual 7 wei end"


def test_a_run_that_did_not_end_says_so_first() -> None:
    first = verdicts({**summary(), "status": "interrupted"})[0]
    assert (first.good, str(first)) == (False, "run        INTERRUPTED")


def report(slot: int, slots: int = 100) -> SlotReport:
    return SlotReport(
        slot=slot,
        slots=slots,
        base_fee_wei=1_500_000_000,
        pool_pending=4_321,
        liquidatable_notional_usd=1_234_567.0,
        bad_debt_usd=0.0,
        price_age_s=42.0,
        inclusion_p50_s=None,
        included=10,
    )


def test_a_line_of_progress_tells_how_the_run_stands() -> None:
    line = describe(report(3), 61.4)
    for part in ("slot 3/100", "1.5 gwei", "pool 4,321", "p50 -", "$1,234,567", "61 s to go"):
        assert part in line
    assert "to go" not in describe(report(3), None)


def test_plain_progress_is_about_ten_lines_and_the_last_slot_is_one_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = PlainProgress()
    progress.start(100)
    for slot in range(1, 101):
        progress.slot(report(slot))
    progress.stop()
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert len(lines) == 10
    assert lines[-1].startswith("slot 100/100")


def test_no_progress_is_silent_and_no_terminal_means_plain(
    capsys: pytest.CaptureFixture[str],
) -> None:
    silent = make_progress("none")
    silent.start(3)
    silent.phase("waiting")
    silent.slot(report(1))
    silent.stop()
    assert capsys.readouterr() == ("", "")
    assert isinstance(make_progress("auto"), PlainProgress)
