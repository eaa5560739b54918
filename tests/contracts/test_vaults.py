"""LPVault and HedgedVault: coming, going, hedging, and whose settings they are."""

from types import SimpleNamespace

import pytest
from conftest import DEFAULT, NO_LIMIT, USDC, event_of, reverts

from floodline.foundation.units import wad

PARAMETERS = (600, 1_200, wad("0.01"), wad("0.01"), 3_600)
AT_ONCE = (0, 0, *PARAMETERS[2:])
HEDGE = (3_600, wad(25), wad("0.01"))


@pytest.fixture
def vault(deploy, venue, owner, liquidity_provider, other_trader):
    """A hedged vault, worth a million, all of it the liquidity provider's."""
    found = deploy("HedgedVault", venue.house, venue.hub, "Option pool", "OPT", AT_ONCE)
    source = deploy("DeltaDouble")
    for person in (liquidity_provider, other_trader):
        venue.usdc.approve(found, 2**256 - 1, sender=person)
    found.requestDeposit(1_000_000 * USDC, liquidity_provider, sender=liquidity_provider)
    found.process(1, sender=owner)
    found.setParameters(PARAMETERS, sender=owner)
    found.setHedge(venue.market, source, HEDGE, sender=owner)
    return SimpleNamespace(contract=found, source=source)


def test_a_deposit_waits_apart_from_the_ledger_and_then_becomes_shares(
    chain, vault, venue, push_price, other_trader, stranger
):
    pool = vault.contract
    pool.requestDeposit(50_000 * USDC, other_trader, sender=other_trader)
    assert (pool.queuedAssets(), pool.totalAssets()) == (50_000 * USDC, 1_000_000 * USDC)
    assert not pool.process(32, sender=stranger).decode_logs(pool.DepositProcessed)
    chain.mine(timestamp=chain.blocks.head.timestamp + 600)
    push_price(3_000)
    log = event_of(pool.process(32, sender=stranger), pool.DepositProcessed)
    assert log.shares == wad(50_000) == pool.balanceOf(other_trader)
    assert pool.totalAssets() == 1_050_000 * USDC
    assert venue.house.cashOf(pool) == wad(1_050_000)
    assert (pool.queuedAssets(), tuple(pool.depositQueue())) == (0, (2, 2))


def test_a_redemption_waits_takes_part_in_losses_and_pays_a_fee(
    chain, vault, venue, push_price, liquidity_provider, stranger, trader
):
    pool = vault.contract
    pool.requestRedeem(wad(100_000), liquidity_provider, sender=liquidity_provider)
    vault.source.set(-wad(20), sender=stranger)
    chain.mine(timestamp=chain.blocks.head.timestamp + 3_600)
    push_price(3_000)
    pool.hedge(venue.market, sender=stranger)
    push_price(2_900)
    value = pool.netAssetValue(DEFAULT)
    assert value < wad(998_100), "20 ETH lost 100 each, and the trade cost a fee"
    before = venue.usdc.balanceOf(liquidity_provider)
    log = event_of(pool.process(1, sender=stranger), pool.RedemptionProcessed)
    worth = value // 10
    assert log.assets == pytest.approx(worth * 0.99 / 10**12, rel=1e-6)
    assert log.fee == pytest.approx(worth / 100, rel=1e-6)
    assert venue.usdc.balanceOf(liquidity_provider) - before == log.assets
    assert pool.sharePrice(DEFAULT) > value // 10**6, "the fee stays with those who stay"


def test_a_hedge_is_due_once_an_interval_capped_and_says_how_late_it_is(
    chain, vault, venue, push_price, stranger
):
    pool, market = vault.contract, venue.market
    due = pool.hedgeDueAt(market)
    vault.source.set(-wad(40), sender=stranger)
    with reverts(pool.HedgedTooEarly, dueAt=due):
        pool.hedge(market, sender=stranger)
    chain.mine(timestamp=due + 500)
    push_price(3_000)
    log = event_of(pool.hedge(market, sender=stranger), pool.VaultHedged)
    assert (log.target, log.executed) == (wad(40), wad(25))
    assert 500 <= log.lagSeconds <= 510
    assert market.positionOf(pool).size == wad(25)
    with reverts(pool.HedgedTooEarly):
        pool.hedge(market, sender=stranger)
    vault.source.set(0, sender=stranger)
    assert pool.hedgeTarget(market) == 0
    event_of(pool.hedge(market, sender=stranger), pool.VaultHedged)
    assert market.positionOf(pool).size == 0, "what hedges nothing may close at any time"


def test_a_hedge_does_not_fill_far_from_the_oracle(
    chain, vault, venue, push_price, other_trader, stranger, owner
):
    vault.contract.setHedge(venue.market, vault.source, (60, wad(25), 0), sender=owner)
    vault.source.set(-wad(20), sender=stranger)
    chain.mine(timestamp=chain.blocks.head.timestamp + 60)
    push_price(3_000)
    with reverts(venue.market.AcceptablePriceExceeded, limit=wad(3_000)):
        vault.contract.hedge(venue.market, sender=stranger)


def test_capital_that_open_interest_locks_cannot_leave(
    chain, deploy, venue, owner, trader, push_price, liquidity_provider, stranger
):
    """A vault as the counterparty of a market: the breaker stops what would strip it bare."""
    pool = deploy("LPVault", venue.house, "Pool", "POOL", (*AT_ONCE[:3], wad("0.5"), 3_600))
    market = deploy(
        "PerpMarket", venue.house, venue.hub, venue.market.asset(), tuple(venue.market.parameters())
    )
    venue.house.registerProduct(market, pool, sender=owner)
    venue.usdc.approve(pool, 2**256 - 1, sender=liquidity_provider)
    pool.requestDeposit(20_000 * USDC, liquidity_provider, sender=liquidity_provider)
    pool.process(1, sender=stranger)
    venue.house.deposit(100_000 * USDC, sender=trader)
    market.trade(wad(30), NO_LIMIT, sender=trader)
    assert pool.freeCapital(DEFAULT) == pytest.approx(wad(11_000), rel=0.01)
    pool.requestRedeem(wad(8_000), liquidity_provider, sender=liquidity_provider)
    receipt = pool.process(1, sender=stranger)
    paused = event_of(receipt, pool.RedemptionsPaused)
    assert paused.free < paused.required
    assert paused.until == pool.pausedUntil() == receipt.timestamp + 3_600
    market.trade(-wad(30), 0, sender=trader)
    assert not pool.process(1, sender=stranger).logs
    chain.mine(timestamp=paused.until)
    push_price(3_000)
    assert event_of(pool.process(1, sender=stranger), pool.RedemptionProcessed).shares == wad(8_000)


def test_nothing_is_asked_for_nothing(vault, liquidity_provider):
    pool, nobody = vault.contract, "0x" + "00" * 20
    with reverts(pool.ZeroAmount):
        pool.requestDeposit(0, liquidity_provider, sender=liquidity_provider)
    with reverts(pool.ZeroAmount):
        pool.requestRedeem(0, liquidity_provider, sender=liquidity_provider)
    with reverts(pool.ZeroAddress):
        pool.requestDeposit(1, nobody, sender=liquidity_provider)
    for limit in (0, 33):
        with reverts(pool.OutOfBounds, value=limit):
            pool.process(limit, sender=liquidity_provider)


def test_settings_are_the_owners_and_must_make_sense(vault, venue, owner, stranger):
    pool = vault.contract
    for forbidden in (
        lambda: pool.setParameters(PARAMETERS, sender=stranger),
        lambda: pool.setHedge(venue.market, vault.source, HEDGE, sender=stranger),
    ):
        with reverts(pool.OwnableUnauthorizedAccount):
            forbidden()
    month = 30 * 86_400
    for place, limit in enumerate((month, month, wad("0.1"), wad(1), month)):
        bad = (*PARAMETERS[:place], limit + 1, *PARAMETERS[place + 1 :])
        with reverts(pool.OutOfBounds, value=limit + 1):
            pool.setParameters(bad, sender=owner)
    for bad in ((0, 1, 0), (7 * 86_400 + 1, 1, 0), (1, 0, 0), (1, 1, wad("0.5") + 1)):
        with reverts(pool.OutOfBounds):
            pool.setHedge(venue.market, vault.source, bad, sender=owner)
    with reverts(pool.NothingToHedge):
        pool.setHedge(venue.usdc, vault.source, HEDGE, sender=owner)
    with reverts(pool.NothingToHedge):
        pool.hedge(venue.btc_market, sender=stranger)
