"""What adapters of somebody else's contracts have in common: remembering, following, reckoning."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from floodline.chain.abi import Event
from floodline.foundation.errors import CampaignError
from floodline.foundation.units import FEED, WAD
from floodline.protocols.events import Deposited, Liquidated, PositionChanged, PriceUpdated
from floodline.protocols.porting.following import Follower, Memory, Source, State
from floodline.protocols.porting.lending import (
    DOLLAR_WAD,
    Dealer,
    LoanFollower,
    Loans,
    liquidators_gain,
    margin_health,
)
from floodline.protocols.porting.options import (
    OptionColumns,
    SoldOption,
    SoldOptionFollower,
    SoldOptions,
)
from floodline.protocols.porting.standing import choose

TRADER, KEEPER, DESK, POOL, STRANGER = (bytes([number]) * 20 for number in range(1, 6))


@dataclass
class Shelf(Memory):
    goods: dict[str, int] = field(default_factory=dict)


@dataclass
class House(State):
    shelves: dict[str, Shelf] = field(default_factory=dict)


def test_a_copy_of_what_is_remembered_changes_apart_from_it_at_every_depth():
    house = House({"ETH": 1}, shelves={"a": Shelf({"x": 1})})
    other = house.copy()
    other.price_e8["ETH"] = 2
    other.shelves["a"].goods["x"] = 2
    other.pay(5)
    other.pay(-3)
    assert house == House({"ETH": 1}, shelves={"a": Shelf({"x": 1})})
    assert (other.paid_in, other.paid_out) == (5, 3)


def test_a_log_goes_to_the_method_of_its_contracts_role():
    follower = Follower(State(), 7)
    log = SimpleNamespace(tx_index=2, log_index=3)
    told = Event("PriceUpdated", {"answer": 3000 * FEED, "observedAt": 5})
    follower.take(Source("feed", None, "ETH"), log, told)
    follower.take(Source("feed", None, "ETH"), log, Event("BoundsSet", {}))
    assert follower.found == [PriceUpdated(2, 3, "ETH", 3000 * FEED, 5)]
    assert follower.state.price_e8 == {"ETH": 3000 * FEED}


def test_a_liquidation_of_a_loan_has_the_price_and_the_reward_of_what_was_seized():
    follower = LoanFollower(Loans({"ETH": 3000 * FEED}), 0, Dealer(DESK, POOL))
    follower.move((0, 0), TRADER, "ETH", 5 * WAD)
    follower.move((0, 1), TRADER, "ETH", -2 * WAD)
    follower.liquidated(
        (0, 2), (TRADER, KEEPER), "ETH", seized_wad=2 * WAD, repaid_units=5_700 * 10**6
    )
    *moves, told = follower.found
    assert [one.size_wad for one in moves if isinstance(one, PositionChanged)] == [
        5 * WAD,
        3 * WAD,
    ]
    assert isinstance(told, Liquidated)
    assert (told.price_wad, told.reward_wad) == (2_850 * WAD, 300 * WAD)
    assert told.remaining_wad == 3 * WAD
    assert not follower.state.is_bare(TRADER)


@pytest.mark.parametrize(
    ("value", "debt", "share", "fee", "gain"),
    [
        (5_000, 4_300, 0.5, 0.1, 96.75),
        (5_000, 4_300, 1.0, 0.0, 215.0),
        (1_050, 4_300, 1.0, 0.0, 50.0),  # no more than the collateral pays for
        (1_050, -10, 1.0, 0.0, 0.0),
    ],
)
def test_what_a_liquidator_gains(value, debt, share, fee, gain):
    assert liquidators_gain(value, debt, 0.05, share, fee) == pytest.approx(gain)


def test_a_loan_is_liquidatable_exactly_above_its_threshold():
    value, debt = np.full(3, 5_000.0), np.array([3_749.0, 3_750.0, 3_751.0])
    assert margin_health(value, debt, 0.75).liquidatable.tolist() == [False, False, True]


def option(owner=TRADER, collateral=100, **given):
    return SoldOption(owner, "ETH", 1, 3_000 * WAD, False, WAD, collateral, **given)


def test_a_position_is_its_owners_deposit_once_the_dealer_hands_it_over():
    inside, dealers = frozenset([POOL]), frozenset([DESK])
    follower = SoldOptionFollower(SoldOptions(), 0, inside, dealers)
    follower.hold((0, 0), 7, option(DESK), ended=False)
    assert follower.found == []
    follower.hold((0, 1), 7, option(), ended=False)
    assert follower.found[0] == Deposited(0, 1, TRADER, 100)
    follower.hold((1, 0), 7, option(collateral=40), ended=False)
    follower.hold((2, 0), 7, option(collateral=0), ended=True)
    sizes = [one.size_wad for one in follower.found if isinstance(one, PositionChanged)]
    assert sizes == [WAD, WAD, 0]
    assert sum(isinstance(one, Deposited) for one in follower.found) == 1


def test_dollars_that_stay_inside_are_neither_paid_in_nor_paid_out():
    follower = SoldOptionFollower(SoldOptions(), 0, frozenset([POOL, KEEPER]), frozenset())
    for source, to, value in ((TRADER, POOL, 9), (POOL, KEEPER, 4), (KEEPER, TRADER, 1)):
        follower.on_dollar((0, 0), "", "Transfer", {"from": source, "to": to, "value": value})
    assert (follower.state.paid_in, follower.state.paid_out) == (9, 1)
    assert follower.state.held == {POOL: 5, KEEPER: 3}


@pytest.mark.parametrize("strike", [2_500, 3_000, 3_600])
def test_puts_and_calls_of_one_strike_differ_by_the_discounted_forward(strike):
    pair = [
        SoldOption(b"", "ETH", 1, strike * WAD, is_call, 2 * WAD, 0) for is_call in (True, False)
    ]
    columns = OptionColumns.of(pair, {"ETH": 3_000.0}, 90 * 86_400)
    call, put = columns.worth(np.array([0.8, 0.8]), 0.05)
    forward = 3_000 - strike * np.exp(-0.05 * 90 / 365)
    assert call - put == pytest.approx(2 * forward)


def listed(*symbols, standing=None):
    reserves = [
        {"symbol": symbol, "tokenAddress": bytes([number]) * 20}
        for number, symbol in enumerate(symbols)
    ]
    return SimpleNamespace(outputs={"reserves": reserves}, standing=standing or {})


def test_a_token_is_found_by_its_symbol_or_taken_as_it_is_named():
    assert choose(listed("DAI", "WETH"), "ETH", ("ETH", "WETH")) == b"\x01" * 20
    named = listed("WETH", "WETH", standing={"ETH": b"\x01" * 20})
    assert choose(named, "ETH", ("ETH", "WETH")) == b"\x01" * 20


@pytest.mark.parametrize(
    ("site", "words"),
    [
        (listed("DAI"), "are not one ETH or WETH; there are: DAI 0x0000"),
        (listed("ETH", "WETH"), "are 2 one ETH or WETH"),
        (listed("ETH", standing={"ETH": STRANGER}), "are not the token 0x0505"),
        (listed(), "none at all"),
    ],
)
def test_a_token_that_is_not_there_or_there_twice_is_told_with_what_there_is(site, words):
    with pytest.raises(CampaignError, match=words) as caught:
        choose(site, "ETH", ("ETH", "WETH"))
    assert "protocol.addresses.ETH" in str(caught.value)


def test_a_dollar_of_six_decimals_is_a_million_millionths():
    assert DOLLAR_WAD * 10**6 == WAD
