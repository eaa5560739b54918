"""SpotAmm: sales, liquidity, the price accumulator."""

from types import SimpleNamespace

import pytest
from conftest import USDC, event_of, reverts

from floodline.foundation.units import wad
from floodline.protocols.reference.model_amm import LOCKED_SHARES, AmmModel

ETHER = 10**18
FEE = 3 * 10**15
DEEP = (1_000 * ETHER, 3_000_000 * USDC)


@pytest.fixture(scope="session")
def empty_spot(deploy, owner, trader, liquidity_provider):
    weth, usdc = deploy("MockWETH"), deploy("MockUSDC")
    amm = deploy("SpotAmm", weth, usdc, FEE)
    for person in (trader, liquidity_provider):
        for token in (weth, usdc):
            token.mint(person, 10**26, sender=owner)
            token.approve(amm, 2**256 - 1, sender=person)
    return SimpleNamespace(weth=weth, usdc=usdc, amm=amm)


@pytest.fixture
def spot(empty_spot, liquidity_provider):
    receipt = empty_spot.amm.addLiquidity(*DEEP, 0, liquidity_provider, sender=liquidity_provider)
    model = AmmModel(18, 6, FEE)
    model.add("provider", *DEEP, 0, receipt.timestamp)
    return SimpleNamespace(**vars(empty_spot), model=model)


@pytest.mark.parametrize("sells_base", [True, False])
def test_a_sale_pays_what_was_quoted_and_moves_the_price(
    spot, trader, keeper, sells_base, liquidity_provider
):
    sold, bought = (spot.weth, spot.usdc) if sells_base else (spot.usdc, spot.weth)
    amount = 10 * ETHER if sells_base else 30_000 * USDC
    quoted = spot.amm.quote(sold, amount)
    receipt = spot.amm.swapExactIn(sold, amount, quoted, keeper, sender=trader)
    assert quoted == spot.model.swap(amount, 0, receipt.timestamp, sells_base=sells_base)
    assert bought.balanceOf(keeper) == quoted
    assert tuple(spot.amm.reserves()) == (spot.model.base, spot.model.quote)
    log = event_of(receipt, spot.amm.Swapped)
    assert (log.amountIn, log.amountOut) == (amount, quoted)
    assert log.priceAfter == spot.amm.spotPrice() == spot.model.spot_price()
    assert (log.priceAfter < wad(3_000)) == sells_base


def test_the_accumulator_is_the_integral_of_the_price(chain, spot, trader):
    spot.amm.swapExactIn(spot.weth, 50 * ETHER, 0, trader, sender=trader)
    first = chain.blocks.head.timestamp
    spot.model.swap(50 * ETHER, 0, first, sells_base=True)
    chain.mine(timestamp=first + 600)
    assert spot.amm.cumulativePrice() == spot.model.cumulative_price(first + 600)


def test_liquidity_joins_and_leaves_at_the_pools_price(spot, trader, liquidity_provider):
    receipt = spot.amm.addLiquidity(10 * ETHER, 10**12, 1, trader, sender=trader)
    log = event_of(receipt, spot.amm.LiquidityAdded)
    found = (log.shares, log.baseAmount, log.quoteAmount)
    assert found == spot.model.add("trader", 10 * ETHER, 10**12, 1, receipt.timestamp)
    assert spot.amm.totalSupply() == spot.model.supply
    back = spot.amm.removeLiquidity(log.shares, 0, 0, trader, sender=trader)
    gone = event_of(back, spot.amm.LiquidityRemoved)
    expected = spot.model.remove("trader", log.shares, 0, 0, back.timestamp)
    assert (gone.baseAmount, gone.quoteAmount) == expected
    assert spot.amm.balanceOf(trader) == 0


def test_tokens_sent_by_hand_change_neither_price_nor_shares(spot, trader):
    before = spot.amm.reserves(), spot.amm.spotPrice()
    spot.weth.transfer(spot.amm, 500 * ETHER, sender=trader)
    assert (spot.amm.reserves(), spot.amm.spotPrice()) == before


def test_an_order_below_its_limit_is_refused(spot, trader):
    quoted = spot.amm.quote(spot.weth, ETHER)
    with reverts(spot.amm.OutputTooSmall, amountOut=quoted, minOut=quoted + 1):
        spot.amm.swapExactIn(spot.weth, ETHER, quoted + 1, trader, sender=trader)
    with reverts(spot.amm.SharesTooFew):
        spot.amm.addLiquidity(ETHER, 3_000 * USDC, 2**200, trader, sender=trader)
    held = 10**15
    spot.amm.addLiquidity(ETHER, 3_000 * USDC, 0, trader, sender=trader)
    assert spot.amm.balanceOf(trader) < held
    with reverts(spot.amm.OutputTooSmall):
        spot.amm.removeLiquidity(1_000, 10**20, 0, trader, sender=trader)
    with reverts(spot.amm.OutputTooSmall):
        spot.amm.removeLiquidity(1_000, 0, 10**20, trader, sender=trader)


def test_nothing_strange_is_traded(spot, trader, venue):
    with reverts(spot.amm.UnknownToken, token=venue.usdc.address):
        spot.amm.quote(venue.usdc, 1)
    for nothing in (
        lambda: spot.amm.swapExactIn(spot.weth, 0, 0, trader, sender=trader),
        lambda: spot.amm.addLiquidity(0, 1, 0, trader, sender=trader),
        lambda: spot.amm.removeLiquidity(0, 0, 0, trader, sender=trader),
    ):
        with reverts(spot.amm.ZeroAmount):
            nothing()
    with reverts(spot.amm.ReserveTooLarge, reserve=2**112, limit=2**112 - 1):
        spot.amm.quote(spot.weth, 2**112)


def test_an_empty_pool_has_no_price_and_locks_its_first_shares(
    empty_spot, trader, liquidity_provider
):
    amm = empty_spot.amm
    assert amm.spotPrice() == 0
    with reverts(amm.NoLiquidity):
        amm.quote(empty_spot.weth, 1)
    with reverts(amm.NoLiquidity):
        amm.removeLiquidity(1, 0, 0, trader, sender=trader)
    with reverts(amm.LiquidityTooSmall, shares=1_000, locked=LOCKED_SHARES):
        amm.addLiquidity(1_000, 1_000, 0, trader, sender=trader)
    amm.addLiquidity(1_001, 1_001, 0, trader, sender=trader)
    assert (amm.balanceOf(trader), amm.totalSupply()) == (1, 1_001)


def test_a_pool_needs_two_tokens_and_a_modest_fee(empty_spot, accounts, project):
    newcomer = accounts[9]  # at the owner's next address ape may remember an earlier contract
    with reverts(empty_spot.amm.InvalidConfiguration):
        newcomer.deploy(project.SpotAmm, empty_spot.weth, empty_spot.weth, FEE)
    with reverts(empty_spot.amm.InvalidConfiguration):
        newcomer.deploy(project.SpotAmm, empty_spot.weth, empty_spot.usdc, wad("0.1") + 1)


def test_eight_decimals_are_priced_as_well(deploy, owner):
    wbtc, usdc = deploy("MockWBTC"), deploy("MockUSDC")
    amm = deploy("SpotAmm", wbtc, usdc, FEE)
    for token, amount in ((wbtc, 50 * 10**8), (usdc, 3_000_000 * USDC)):
        token.mint(owner, amount, sender=owner)
        token.approve(amm, amount, sender=owner)
    amm.addLiquidity(50 * 10**8, 3_000_000 * USDC, 0, owner, sender=owner)
    assert amm.spotPrice() == wad(60_000)
