"""What each kind of liquidation uses, by legs and rule of margin: held against what keepers reckon.

Keepers judge by `expected_gas` whether a liquidation pays.
"""

import pytest
from conftest import NO_LIMIT, USDC
from option_venue import add_options
from test_portfolio_auction import RULES

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.liquidation_gas import expected_gas
from floodline.protocols.reference.profile_options import SURFACE

LARGEST_LIQUIDATION = 5_000_000
TOLERANCE = 0.05


@pytest.fixture
def floor(venue, deploy, owner, oracle_publisher, accounts, chain):
    auction = deploy("PortfolioAuction", venue.house, venue.hub, venue.waterfall, tuple(RULES))
    venue.house.setEngine(auction, True, sender=owner)
    now = chain.blocks.head.timestamp
    found = add_options(venue, deploy, owner, oracle_publisher, accounts[8], now)
    found.auction = auction
    return found


@pytest.fixture
def liquidated(floor, trader, other_trader, keeper, oracle_publisher, push_price, later, chain):
    """What each kind used of an account with a perpetual in both markets and written options.

    The bidder has written the same options.
    """

    def measured(legs, scenarios):
        floor.house.deposit((3_000 + 800 * legs) * USDC, sender=trader)
        floor.house.deposit(300_000 * USDC, sender=other_trader)
        floor.market.trade(-wad(1), 0, sender=trader)
        floor.btc_market.trade(-wad("0.05"), 0, sender=trader)
        for index in range(legs):
            floor.options.trade(index, -wad("0.5"), 0, sender=trader)
            floor.options.trade(index, -wad("0.1"), 0, sender=other_trader)
        if scenarios:
            for who in (trader, other_trader):
                floor.house.setPortfolioMargin(True, sender=who)
        push_price(5_400 if scenarios and legs else 6_000 if legs else 5_900)
        floor.surface.push(tuple(SURFACE.start()), later(), sender=oracle_publisher)
        used = {}
        with chain.isolate():
            used["liquidate"] = floor.engine.liquidate(trader, floor.market, sender=keeper).gas_used
        if legs:
            with chain.isolate():
                call = (trader, floor.options, 0)
                used["liquidate_option"] = floor.liquidator.liquidate(*call, sender=keeper).gas_used
        used["start_auction"] = floor.auction.start(trader, sender=keeper).gas_used
        later(2)
        bid = floor.auction.bid(trader, WAD, NO_LIMIT, sender=other_trader)
        used["bid_auction"] = bid.gas_used
        return used

    return measured


@pytest.mark.parametrize("scenarios", [False, True], ids=["isolated", "scenarios"])
def test_every_kind_of_liquidation_uses_what_keepers_reckon_with(liquidated, scenarios, chain):
    for legs in (0, 1, 10):
        with chain.isolate():
            used = liquidated(legs, scenarios)
        assert max(used.values()) < LARGEST_LIQUIDATION
        reckoned = {kind: expected_gas(kind, legs, scenarios=scenarios) for kind in used}
        wrong = {
            kind: (gas, reckoned[kind])
            for kind, gas in used.items()
            if abs(gas - reckoned[kind]) > TOLERANCE * gas
        }
        assert not wrong, f"{legs} options: measured and reckoned differ by more than 5 %: {wrong}"
