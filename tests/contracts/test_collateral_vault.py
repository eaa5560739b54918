"""CollateralVault: tokens that raise equity by their haircut value, and are sold for a debt."""

from types import SimpleNamespace

import pytest
from conftest import ANY, BTC, ETH, NO_LIMIT, USDC, event_of, reverts
from test_portfolio_auction import RULES

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_parameters import CollateralParameters

ETHER = 10**18


@pytest.fixture
def collateral(venue, deploy, owner, liquidity_provider):
    """Ether against a pool of 1,000 ether and 3,000,000 dollars; the vault takes 2,000 ether."""
    weth = deploy("MockWETH")
    pool = deploy("SpotAmm", weth, venue.usdc, wad("0.003"))
    weth.mint(liquidity_provider, 1_000 * ETHER, sender=owner)
    weth.approve(pool, 2**256 - 1, sender=liquidity_provider)
    venue.usdc.approve(pool, 2**256 - 1, sender=liquidity_provider)
    pool.addLiquidity(
        1_000 * ETHER, 3_000_000 * USDC, 0, liquidity_provider, sender=liquidity_provider
    )
    vault = deploy("CollateralVault", venue.house, venue.hub)
    venue.house.registerCollateral(vault, sender=owner)
    rules = CollateralParameters(
        ETH, pool.address, wad(2_000), wad("0.0001"), wad("0.05"), wad("0.1"), wad("0.05")
    )
    vault.setCollateral(weth, tuple(rules), sender=owner)
    return SimpleNamespace(vault=vault, weth=weth, pool=pool, rules=rules)


@pytest.fixture
def holder(venue, collateral, trader, owner):
    """The trader with 4 ether of collateral and 100 dollars: 11,500 of equity."""
    collateral.weth.mint(trader, 10 * ETHER, sender=owner)
    collateral.weth.approve(collateral.vault, 2**256 - 1, sender=trader)
    collateral.vault.depositFor(trader, collateral.weth, 4 * ETHER, sender=trader)
    venue.house.deposit(100 * USDC, sender=trader)
    return trader


@pytest.fixture
def indebted(venue, holder, push_price):
    """30 ether long from 3,000, closed at 2,850: without a position, and about 4,500 in debt."""
    venue.market.trade(wad(30), NO_LIMIT, sender=holder)
    push_price(2_850)
    venue.market.trade(-wad(30), 0, sender=holder)
    assert venue.house.cashOf(holder) < -wad(4_000)
    return holder


def test_collateral_raises_equity_by_its_haircut_value_and_nothing_else(venue, collateral, holder):
    assert venue.house.status(holder, ANY) == (wad(11_500), 0, 0)
    assert collateral.vault.valuation(holder, ANY) == (wad(11_400), 0, 0)
    assert collateral.vault.exposure(ANY) == (0, 0)
    assert len(collateral.vault.legs(holder)) == 0
    assert not venue.house.hasPositions(holder)
    venue.market.trade(wad(30), NO_LIMIT, sender=holder)
    assert venue.house.hasPositions(holder)


def test_the_haircut_grows_with_the_holding_inside_its_bounds(collateral):
    haircuts = [
        collateral.vault.haircut(collateral.weth, amount * ETHER) for amount in (200, 800, 5_000)
    ]
    assert haircuts == [wad("0.05"), wad("0.08"), wad("0.1")]


def test_what_comes_out_must_leave_initial_margin(venue, collateral, holder):
    venue.market.trade(wad(30), NO_LIMIT, sender=holder)
    with reverts(collateral.vault.InsufficientMargin):
        collateral.vault.withdraw(collateral.weth, 3 * ETHER, sender=holder)
    collateral.vault.withdraw(collateral.weth, ETHER, sender=holder)
    assert collateral.vault.amountOf(holder, collateral.weth) == 3 * ETHER
    with reverts(collateral.vault.InsufficientCollateral, held=3 * ETHER, asked=4 * ETHER):
        collateral.vault.withdraw(collateral.weth, 4 * ETHER, sender=holder)


def test_a_debt_keeps_collateral_in(venue, collateral, indebted):
    with reverts(collateral.vault.InsufficientMargin):
        collateral.vault.withdraw(collateral.weth, 4 * ETHER, sender=indebted)


def test_a_debt_is_paid_by_a_sale_through_the_pool(venue, collateral, indebted, keeper):
    debt = -venue.house.cashOf(indebted)
    held, tokens = 4 * ETHER, venue.usdc.balanceOf(venue.house)
    receipt = venue.engine.sellCollateral(
        collateral.vault, indebted, collateral.weth, NO_LIMIT, sender=keeper
    )
    sold = event_of(receipt, collateral.vault.CollateralSold)
    paid = event_of(receipt, venue.engine.KeeperPaid)
    due = debt + paid.due
    wanted = -(-due * WAD // (2_850 * wad("0.95")))
    assert sold.amount == pytest.approx(wanted, abs=2)
    assert sold.oracleValue == pytest.approx(sold.amount * 2_850, abs=WAD)
    assert sold.oracleValue * 0.95 <= sold.proceeds <= sold.oracleValue * 1.06
    assert venue.usdc.balanceOf(venue.house) == tokens + sold.proceeds // 10**12
    assert collateral.vault.amountOf(indebted, collateral.weth) == held - sold.amount
    assert venue.house.cashOf(indebted) == sold.proceeds - debt - paid.fromMargin >= 0
    assert venue.house.cashOf(keeper) == paid.fromMargin + paid.fromFund > 0
    with reverts(venue.engine.NothingOwed):
        venue.engine.sellCollateral(
            collateral.vault, indebted, collateral.weth, NO_LIMIT, sender=keeper
        )


def test_a_sale_never_ends_below_the_floor(venue, collateral, indebted, owner, keeper):
    """Somebody pushed the pool's price far below the oracle's: nothing is sold to them."""
    collateral.weth.mint(owner, 200 * ETHER, sender=owner)
    collateral.weth.approve(collateral.pool, 200 * ETHER, sender=owner)
    collateral.pool.swapExactIn(collateral.weth, 200 * ETHER, 0, owner, sender=owner)
    with reverts(collateral.pool.OutputTooSmall):
        venue.engine.sellCollateral(
            collateral.vault, indebted, collateral.weth, NO_LIMIT, sender=keeper
        )


def test_with_positions_only_an_account_below_maintenance_is_sold(
    venue, collateral, holder, push_price, keeper
):
    venue.market.trade(wad(30), NO_LIMIT, sender=holder)
    push_price(2_850)
    venue.market.trade(-wad(15), 0, sender=holder)
    with reverts(venue.engine.NotLiquidatable):
        venue.engine.sellCollateral(collateral.vault, holder, collateral.weth, ETHER, sender=keeper)


def test_a_debt_beyond_all_collateral_goes_down_the_waterfall(
    venue, collateral, holder, push_price, keeper
):
    venue.market.trade(wad(30), NO_LIMIT, sender=holder)
    push_price(2_600)
    receipt = venue.engine.liquidate(holder, venue.market, sender=keeper)
    assert not receipt.decode_logs(venue.waterfall.DeficitCovered), "collateral comes first"
    collateral.weth.mint(keeper, 0, sender=keeper)
    receipt = venue.engine.sellCollateral(
        collateral.vault, holder, collateral.weth, NO_LIMIT, sender=keeper
    )
    covered = event_of(receipt, venue.waterfall.DeficitCovered)
    assert covered.shortfall > 0
    assert collateral.vault.amountOf(holder, collateral.weth) == 0
    assert venue.house.activeProducts(holder) == 0
    assert venue.house.cashOf(holder) >= 0


def test_collateral_stays_behind_and_is_sold_for_what_a_bidder_was_paid(
    venue, collateral, holder, keeper, other_trader, push_price, deploy, owner
):
    """The equity that a bidder takes is cash; the collateral that backed it is sold afterwards."""
    auction = deploy("PortfolioAuction", venue.house, venue.hub, venue.waterfall, tuple(RULES))
    venue.house.setEngine(auction, True, sender=owner)
    venue.house.deposit(100_000 * USDC, sender=other_trader)
    venue.market.trade(wad(30), NO_LIMIT, sender=holder)
    push_price(2_600)
    auction.start(holder, sender=keeper)
    receipt = auction.bid(holder, WAD, NO_LIMIT, sender=other_trader)
    assert venue.market.positionOf(holder).size == 0
    assert event_of(receipt, auction.AuctionEnded).emptied
    assert venue.house.cashOf(holder) < 0
    assert not receipt.decode_logs(venue.waterfall.DeficitCovered), "collateral comes first"
    sold = venue.engine.sellCollateral(
        collateral.vault, holder, collateral.weth, NO_LIMIT, sender=keeper
    )
    paid = sum(one.amount for one in sold.decode_logs(venue.waterfall.StagePaid))
    covered = [one.shortfall for one in sold.decode_logs(venue.waterfall.DeficitCovered)]
    assert paid == sum(covered)
    assert venue.house.cashOf(holder) >= 0


def test_the_vault_takes_known_tokens_up_to_their_cap(collateral, venue, holder, owner):
    with reverts(collateral.vault.UnknownCollateral, token=venue.usdc.address):
        collateral.vault.depositFor(holder, venue.usdc, 1, sender=holder)
    tight = collateral.rules._replace(cap=wad(5))
    collateral.vault.setCollateral(collateral.weth, tuple(tight), sender=owner)
    with reverts(collateral.vault.CollateralCapExceeded, held=wad(6), cap=wad(5)):
        collateral.vault.depositFor(holder, collateral.weth, 2 * ETHER, sender=holder)


def test_only_engines_sell_and_only_the_owner_sets_rules(collateral, venue, stranger, owner):
    with reverts(collateral.vault.Unauthorized, caller=stranger.address):
        collateral.vault.sell(stranger, collateral.weth, 1, 1, sender=stranger)
    with reverts(collateral.vault.OwnableUnauthorizedAccount):
        collateral.vault.setCollateral(collateral.weth, tuple(collateral.rules), sender=stranger)
    loose = collateral.rules._replace(max_slippage=wad("0.06"))
    with reverts(collateral.vault.OutOfBounds, value=wad("0.06"), upper=wad("0.05")):
        collateral.vault.setCollateral(collateral.weth, tuple(loose), sender=owner)
    wrong = collateral.rules._replace(asset=BTC, pool=collateral.pool.address)
    with reverts(collateral.vault.WrongPool):
        collateral.vault.setCollateral(venue.usdc, tuple(wrong), sender=owner)
