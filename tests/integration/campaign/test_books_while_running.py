"""Identities while a campaign runs: each one that can break is told at the block that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_campaign import prepared, small

from floodline.campaign.live_books import BOOKS_EVERY, LiveBooks
from floodline.campaign.progress import Silent, SlotReport
from floodline.campaign.session import Session
from floodline.foundation.units import WAD

pytestmark = pytest.mark.anvil


class Kept(Silent):
    """Keeps the reports."""

    def __init__(self) -> None:
        self.reports: list[SlotReport] = []

    def slot(self, report: SlotReport) -> None:
        self.reports.append(report)


def test_in_a_sound_run_they_hold_and_the_balance_sheet_is_read_now_and_then(
    tmp_path: Path,
) -> None:
    kept = Kept()
    switches = {"options": True, "vault": True, "orders": "delayed"}
    plain = small(protocol={"insurance_usd": 5_000, "switches": switches})
    plain["chain"] = {"reorgs": {"at": [{"at_s": 90, "depth": 2}]}}
    plain["actors"] = [*plain["actors"], {"order_keepers": {}}]
    with prepared(plain, tmp_path, kept) as session:
        session.run()
    assert [report.broken for report in kept.reports] == [()] * len(kept.reports)
    read = [report.books_block for report in kept.reports]
    assert (read[0], read[-1]) == (1, 1 + BOOKS_EVERY)


@pytest.mark.parametrize("adapter", ["aave", "lyra", "morpho"])
def test_other_protocols_books_are_read_too(adapter: str, tmp_path: Path) -> None:
    kept = Kept()
    plain = small(slots=2, protocol={"adapter": adapter})
    plain["book"] = {"accounts": 6, "leverage": {"constant": 2}}
    plain["actors"] = [one for one in plain["actors"] if {"oracle", "keepers"} & set(one)]
    with prepared(plain, tmp_path, kept) as session:
        session.run()
    assert [(report.broken, report.books_block) for report in kept.reports] == [((), 1), ((), 1)]


Spoil = Callable[[Session, dict[str, Any]], None]


def _cash(session: Session, told: dict[str, Any]) -> None:
    session.world.protocol.book.cash_wad[0] += 1


def _deposit(session: Session, told: dict[str, Any]) -> None:
    session.world.protocol.book.tallies[0].deposited += WAD


def _flow(session: Session, told: dict[str, Any]) -> None:
    told["flows"] = {**told["flows"], "fund_flow": told["flows"]["fund_flow"] + WAD}


def _gas(session: Session, told: dict[str, Any]) -> None:
    row = told["rows"][-1]
    told["rows"] = [*told["rows"][:-1], replace(row, gas_used=row.gas_limit + 1)]


def _roles(session: Session, told: dict[str, Any]) -> None:
    row = told["rows"][-1]
    told["rows"] = [*told["rows"][:-1], replace(row, gas_by_role={})]


def _debt(session: Session, told: dict[str, Any]) -> None:
    row = told["rows"][-1]
    told["rows"] = [*told["rows"][:-1], replace(row, shortfall_usd=row.shortfall_usd + 1)]


def _state(session: Session, told: dict[str, Any]) -> None:
    item = told["block"].included[0]
    session.world.ledger.columns["block"][item.transaction.tx_id] = 999


def _count(session: Session, told: dict[str, Any]) -> None:
    row = told["rows"][0]
    told["rows"] = [replace(row, tx_count=row.tx_count + 1), *told["rows"][1:]]


SPOILED: dict[str, Spoil] = {
    "cash by the events = liabilities": _cash,
    "token balance = deposits - withdrawals": _deposit,
    "flows sum to zero": _flow,
    "gas within the limit": _gas,
    "gas of the roles": _roles,
    "bad debt = sum of deficits": _debt,
    "its transactions are entered as included": _state,
    "transactions in blocks": _count,
}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run that has come to the block after which the balance sheet is read, and that block."""
    last: dict[str, Any] = {}
    plain = small(slots=1 + BOOKS_EVERY, protocol={"insurance_usd": 5_000})
    plain["actors"] = [one for one in plain["actors"] if "flood" not in one]
    with prepared(plain, tmp_path_factory.mktemp("ended")) as session:
        recorder = session.recorder
        assert recorder is not None
        see = recorder._books.see

        def keep(rows: Any, block: Any, flows: Any, view: Any) -> Any:
            last.update(rows=list(rows), block=block, flows=dict(flows), view=view)
            return see(rows, block, flows, view)

        recorder._books.see = keep  # type: ignore[method-assign]
        session.run()
        yield session, last


@pytest.mark.parametrize("name", sorted(SPOILED))
def test_what_is_spoiled_is_told_with_its_block(name: str, ended: Any) -> None:
    session, last = ended
    recorder, book = session.recorder, session.world.protocol.book
    columns = session.world.ledger.columns["block"]
    before = (list(book.cash_wad), book.tallies[0].deposited, np.array(columns))
    told = dict(last)
    SPOILED[name](session, told)
    try:
        found = LiveBooks(session.world, recorder.deficits, reads=True).see(**told)
    finally:
        book.cash_wad[:], book.tallies[0].deposited = before[0], before[1]
        columns[:] = before[2]
    names = {one.rpartition(" (block ")[0] for one in found.broken}
    assert name in names
    assert names <= {name, "gas of its transactions", "gas of the roles", "gas within the limit"}
    assert all(one.endswith("(block 21)") for one in found.broken)


def test_what_was_broken_once_stays_told(ended: Any) -> None:
    session, last = ended
    books = LiveBooks(session.world, session.recorder.deficits, reads=False)
    spoiled = dict(last)
    _debt(session, spoiled)
    assert books.see(**spoiled).broken == ("bad debt = sum of deficits (block 21)",)
    after = books.see(**last)
    assert after.broken == ("bad debt = sum of deficits (block 21)",)
    assert after.read_at == 0, "in real time the balance sheet is left alone"
