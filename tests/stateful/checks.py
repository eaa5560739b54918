"""The protocol's invariants, computed from the chain's own answers."""

from __future__ import annotations

from typing import NamedTuple

from world import TRADERS, Tolerance, World

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_ledger import TOKEN_SCALE
from floodline.protocols.reference.model_waterfall import Covered, Episode


def books_balance(world: World) -> None:
    """Tokens equal the sum of cash minus the recorded deficit, to the wei."""
    deployment = world.deployment
    accounts = [deployment.addresses[name] for name in world.ledger_accounts]
    health, solvency = deployment.read_many(
        [
            ("Lens", deployment.lens, "health", (accounts,)),
            ("Lens", deployment.lens, "solvency", ()),
        ]
    )
    assert sum(health[3]) == solvency["totalCash"]
    tokens = deployment.read("MockUSDC", deployment.token, "balanceOf", deployment.house)
    assert tokens * TOKEN_SCALE == sum(health[3]) - solvency["recordedDeficit"]
    assert solvency["fundCash"] >= 0
    assert all(maintenance <= initial for maintenance, initial in zip(*health[1:3], strict=True))


def market_debt_is_the_sum_over_traders(world: World) -> None:
    """The O(1) debt equals the loop; signed and absolute sizes add up to skew and open interest."""
    deployment = world.deployment
    accounts = [deployment.addresses[name] for name in world.ledger_accounts]
    for market in deployment.markets.values():
        report, (sizes, prices, fundings), debt = deployment.read_many(
            [
                ("Lens", deployment.lens, "market", (market,)),
                ("Lens", deployment.lens, "positions", (accounts, market)),
                ("PerpMarket", market, "marketDebtExact", ()),
            ]
        )
        level = report["price"] + report["fundingAccumulator"]
        owed = [
            size * (level - price - funding)
            for size, price, funding in zip(sizes, prices, fundings, strict=True)
        ]
        assert debt == sum(owed)
        assert report["skew"] == sum(sizes)
        assert report["totalSize"] == sum(map(abs, sizes))
        assert report["longSize"] + report["shortSize"] == report["totalSize"]


def nobody_flat_owes(world: World) -> None:
    """An account without positions, and without tokens to sell, never has negative cash."""
    deployment, active = world.deployment, world.model.ledger.active
    flat = [
        deployment.addresses[name]
        for name in world.ledger_accounts
        if name != "liquidity_provider" and not active.get(name)
    ]
    house = ("ClearingHouse", deployment.house)
    cash = deployment.read_many([(*house, "cashOf", (address,)) for address in flat])
    assert len(cash) == len(flat)
    assert min(cash, default=0) >= 0


def above_initial_margin(world: World, account: str) -> None:
    """No self-made liquidation: a grown position or a withdrawal leaves initial margin."""
    address = world.deployment.addresses[account]
    equity, initial, maintenance = world.deployment.read(
        "ClearingHouse", world.deployment.house, "status", address, 1
    )
    assert equity >= initial >= maintenance


def waterfall_is_in_order(
    world: World, covered: Covered, before: Episode, fund_before: int, share: int
) -> None:
    """Fund first and to its last wei, the backer's share, winners, and the rest is recorded.

    An account that waited may have been paid for while its shortfall was larger than at its end,
    and the fund may have been filled since: what counts is who paid more than before.

    Parameters
    ----------
    world : World
        After the call.
    covered : Covered
        What the call reported.
    before : Episode
        What had been paid for the account before.
    fund_before : int
        What the fund had, WAD USD.
    share : int
        The backer's share, WAD.

    """
    assert covered.shortfall == sum(covered[1:])
    now_paid = (
        covered.by_backer - before.by_backer,
        covered.by_deleveraging - before.by_deleveraging,
        covered.haircut,
    )
    if max(now_paid) > 0:
        assert world.model.ledger.cash_of("insurance_fund") == 0
    assert covered.by_fund <= fund_before + before.by_fund
    if not before.backer_paid:
        assert covered.by_backer <= (covered.shortfall - covered.by_fund) * share // WAD


def deleveraging_was_fair(world: World, account: str, market: str, before: Before) -> None:
    """Both sides shrank alike; every winner that gave was opposite, in profit, and is still safe.

    Parameters
    ----------
    world : World
        After the call.
    account, market : str
        Whose position was closed, where.
    before : Before
        Skew, open interest and sizes before the call.

    """
    after = world.model.markets[market]
    closed = abs(before.sizes[account]) - abs(after.position(account).size)
    assert closed > 0
    assert after.skew == before.skew
    assert after.total_size == before.total_size - 2 * closed
    for name, size in before.sizes.items():
        if name == account or after.position(name).size == size:
            continue
        assert size * before.sizes[account] < 0
        assert before.profits[name] > 0
        equity, _, maintenance = world.model.status(name, Tolerance.STRICT)
        assert equity >= maintenance


class Before(NamedTuple):
    """A market before a call."""

    skew: int
    total_size: int
    sizes: dict[str, int]
    profits: dict[str, int]

    @classmethod
    def of(cls, world: World, market: str) -> Before:
        model = world.model.markets[market]
        price, now = world.model.price(market), world.model.now_s
        return cls(
            model.skew,
            model.total_size,
            {name: model.position(name).size for name in TRADERS},
            {name: model.valuation(name, now, price)[0] for name in TRADERS},
        )
