"""Liquidations that the contracts allow and refuse: who is stuck, since when, why, until when."""

from types import SimpleNamespace

import pytest

from floodline.actors.desk import Candidate
from floodline.campaign.liveness import LivenessWatch
from floodline.campaign.reasons import reason_label
from floodline.chain.abi import ContractInterface, Revert, encode_call
from floodline.chain.rpc import RpcFailure
from floodline.foundation.units import WAD
from floodline.protocols.interface import Exposure
from floodline.protocols.reference.unblocking import unblocks

STUCK, OTHER = b"\x01" * 20, b"\x02" * 20
SLOT_US = 12_000_000


class Chain:
    """Refuses what it is told to refuse, and counts what it is asked."""

    def __init__(self):
        self.reasons = {}
        self.asked = 0

    def call_many(self, calls, sender=b""):
        assert sender == b"keeper"
        self.asked += len(calls)
        return [
            RpcFailure(3, "reverted", encode_call("Error(string)", self.reasons[to]))
            if to in self.reasons
            else b""
            for to, _ in calls
        ]


class Protocol:
    """Every account is its own contract."""

    def __init__(self):
        self.book = SimpleNamespace(
            index={STUCK: 0, OTHER: 1}, market_index={"ETH": 0}, size_wad=[[5], [5]]
        )

    markets = ("ETH",)

    def exposures(self, row, prices_usd):
        size = self.book.size_wad[row][0]
        return [Exposure("ETH", size * prices_usd[0])] if size else []

    def takes_liquidation(self, account, market):
        return True

    def liquidate(self, account, market):
        return SimpleNamespace(to=account, data=b"")

    def explain_revert(self, data):
        return str(self.decode_revert(data))

    def decode_revert(self, data):
        return ContractInterface([]).decode_revert(data)

    def unblocks(self, revert):
        return "more money" if revert.arguments["reason"] == "no money" else ""


@pytest.fixture
def watch():
    chain, protocol = Chain(), Protocol()
    watch = LivenessWatch(protocol, chain, {STUCK: "book-1"}, b"keeper", 3)
    return SimpleNamespace(watch=watch, chain=chain, book=protocol.book)


def see(watch, block, *accounts):
    found = [Candidate(account, "ETH", 100.0, 4.0) for account in accounts]
    watch.watch.see(block, block * SLOT_US, found)


def test_an_account_whose_liquidation_reverts_is_told_with_reason_and_remedy(watch):
    watch.chain.reasons[STUCK] = "no money"
    see(watch, 1, STUCK, OTHER)
    (row,) = watch.watch.all_rows()
    assert (row.account, row.since_block, row.since_us) == ("book-1", 1, SLOT_US)
    assert (row.end, row.reason, row.unblocks) == ("open", "no money", "more money")
    assert (row.notional_usd, row.equity_usd) == (100.0, 4.0)


def test_an_account_is_tried_when_it_appears_and_every_n_blocks_after(watch):
    for block in range(1, 8):
        see(watch, block, OTHER)
    assert watch.chain.asked == 3
    assert watch.watch.all_rows() == []


@pytest.mark.parametrize(("size", "end"), [(0, "liquidated"), (5, "recovered")])
def test_what_leaves_the_candidates_was_liquidated_or_recovered(watch, size, end):
    watch.chain.reasons[STUCK] = "no money"
    see(watch, 1, STUCK)
    watch.book.size_wad[0][0] = size
    see(watch, 2)
    (row,) = watch.watch.all_rows()
    assert (row.end, row.ended_us) == (end, 2 * SLOT_US)


def test_a_call_that_would_succeed_again_frees_the_account(watch):
    watch.chain.reasons[STUCK] = "no money"
    see(watch, 1, STUCK)
    del watch.chain.reasons[STUCK]
    see(watch, 2, STUCK)
    assert watch.watch.all_rows()[0].end == "open"
    see(watch, 4, STUCK)
    assert watch.watch.all_rows()[0].end == "unblocked"


def test_another_reason_begins_a_row_of_its_own(watch):
    watch.chain.reasons[STUCK] = "no money"
    see(watch, 1, STUCK)
    watch.chain.reasons[STUCK] = "no price"
    see(watch, 4, STUCK)
    first, second = watch.watch.all_rows()
    assert (first.end, second.end) == ("other_reason", "open")
    assert (first.reason, second.reason) == ("no money", "no price")


def test_orphaned_blocks_are_forgotten(watch):
    see(watch, 1, STUCK)
    memory = watch.watch.checkpoint()
    watch.chain.reasons[STUCK] = "no money"
    see(watch, 4, STUCK)
    watch.watch.restore(memory)
    assert watch.watch.all_rows() == []
    see(watch, 4, STUCK)
    assert len(watch.watch.all_rows()) == 1


def test_reverts_are_labelled_by_name_reason_or_panic():
    assert reason_label("NotLiquidatable(0x12, 3)") == "NotLiquidatable"
    assert reason_label("Error(position is healthy)") == "position is healthy"
    assert reason_label("Panic(0x11: overflow)") == "Panic(0x11: overflow)"


def test_an_empty_fund_says_how_much_is_missing():
    revert = Revert("InsufficientFund", {"requested": 3000 * WAD, "available": 1000 * WAD}, b"1234")
    assert "$2,000.00 more" in unblocks(revert)
    assert unblocks(Revert("NotLiquidatable", {}, b"1234")) == ""
