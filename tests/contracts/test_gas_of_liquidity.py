"""What feeds, pools and vaults cost and how large they are, held against committed tables.

`FLOODLINE_RECORD=1 ape test tests/contracts/test_gas_of_liquidity.py` writes the tables anew.
"""

from conftest import ETH, ETH_PRICE, USDC
from test_gas_and_size import MAX_RUNTIME, compare

from floodline.chain.accounts import AccountBook
from floodline.foundation.units import FEED, wad
from floodline.protocols.reference.signed_prices import PriceSigners, SignedPrice

ETHER = 10**18
VAULT = (0, 0, wad("0.01"), wad("0.01"), 3_600)


def test_runtime_sizes_fit_a_block_and_have_not_moved(project):
    sizes = {
        name: len(project.load_contracts()[name].get_runtime_bytecode() or b"")
        for name in (
            "CarryingAsyncOrders",
            "CarryingLens",
            "CarryingLiquidationEngine",
            "CarryingPerpMarket",
            "ClampedPushFeed",
            "DelayedFeed",
            "GuardedOracleHub",
            "HedgedVault",
            "LPVault",
            "MedianFeed",
            "OptionDelta",
            "PullFeed",
            "SpotAmm",
            "TwapFeed",
        )
    }
    assert all(0 < size <= MAX_RUNTIME for size in sizes.values())
    compare("code_size_liquidity.csv", ("contract", "runtime_bytes"), sizes)


def test_gas_of_every_entry_point_has_not_moved(
    chain, deploy, venue, owner, trader, oracle_publisher, keeper, stranger, liquidity_provider
):
    gas = {}

    def measure(entry, receipt):
        gas[entry] = receipt.gas_used

    def at(seconds):
        """Let the next transaction land so many seconds later."""
        now = chain.blocks.head.timestamp + seconds
        chain.pending_timestamp = now
        return now

    base, quote = deploy("MockWETH"), deploy("MockUSDC")
    pool = deploy("SpotAmm", base, quote, 3 * 10**15)
    for token in (base, quote):
        token.mintFor(owner, 10**26, pool, sender=owner)
    added = pool.addLiquidity(1_000 * ETHER, 3_000_000 * USDC, 0, owner, sender=owner)
    measure("SpotAmm.addLiquidity first", added)
    at(12)
    measure("SpotAmm.swapExactIn", pool.swapExactIn(base, ETHER, 0, owner, sender=owner))
    shares = pool.balanceOf(owner) // 2
    at(12)
    measure("SpotAmm.removeLiquidity", pool.removeLiquidity(shares, 0, 0, owner, sender=owner))

    twap = deploy("TwapFeed", "ETH / USD", pool, 900, 60)
    for step in range(4):
        at(600)
        measure("TwapFeed.poke first" if step == 0 else "TwapFeed.poke", twap.poke(sender=stranger))

    delayed = deploy("DelayedFeed", "ETH / USD", venue.feed, 3_600)
    delayed.poke(sender=stranger)
    venue.feed.transmit(ETH_PRICE + 1, at(12), sender=oracle_publisher)
    at(3_700)
    delayed.poke(sender=stranger)
    at(3_700)
    measure("DelayedFeed.poke", delayed.poke(sender=stranger))

    reporters = [oracle_publisher, keeper, trader]
    median = deploy("MedianFeed", "ETH / USD", reporters, 2, 60)
    for _ in range(2):
        now = at(30)
        waiting = median.transmit(ETH_PRICE, now, sender=oracle_publisher)
        complete = median.transmit(ETH_PRICE, now, sender=keeper)
    measure("MedianFeed.transmit waiting", waiting)
    measure("MedianFeed.transmit completing", complete)

    signers = AccountBook(5).accounts("price signer", 13)
    pull = deploy("PullFeed", "ETH / USD", [one.address for one in signers], 13, 1, 180)
    desk = PriceSigners(signers, bytes.fromhex(pull.address[2:]), chain.chain_id)
    for _ in range(2):
        now = at(12)
        price = SignedPrice(ETH_PRICE, FEED, now, now - 2)
        arguments = (tuple(price), desk.sign(price))
        stored = pull.update(*arguments, sender=keeper, value=10)
    measure("PullFeed.update thirteen signatures", stored)
    measure("PullFeed.update already stored", pull.update(*arguments, sender=keeper))

    vault = deploy("HedgedVault", venue.house, venue.hub, "Pool", "POOL", VAULT)
    source = deploy("DeltaDouble")
    venue.usdc.approve(vault, 2**256 - 1, sender=liquidity_provider)
    venue.feed.transmit(ETH_PRICE, at(12), sender=oracle_publisher)
    asked = vault.requestDeposit(200_000 * USDC, liquidity_provider, sender=liquidity_provider)
    measure("LPVault.requestDeposit", asked)
    measure("LPVault.process deposit", vault.process(1, sender=stranger))
    vault.setHedge(venue.market, source, (60, wad(25), wad("0.01")), sender=owner)
    source.set(-wad(10), sender=stranger)
    venue.feed.transmit(ETH_PRICE, at(120), sender=oracle_publisher)
    measure("HedgedVault.hedge first", vault.hedge(venue.market, sender=stranger))
    asked = vault.requestRedeem(wad(1_000), liquidity_provider, sender=liquidity_provider)
    measure("LPVault.requestRedeem", asked)
    measure("LPVault.process redemption", vault.process(1, sender=stranger))
    assert venue.hub.configurationOf(ETH).feed == venue.feed.address
    compare("gas_liquidity.csv", ("entry_point", "gas"), gas)
