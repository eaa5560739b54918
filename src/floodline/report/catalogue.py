"""All figures, in the order in which they tell the story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from floodline.report.figure import Figure, Run
from floodline.report.figures import (
    congestion,
    inclusion,
    liquidations,
    losses,
    markets,
    options,
    pool_book,
)

FIGURES: Final[tuple[Figure[Sequence[Run]], ...]] = (
    Figure(
        "price",
        "The price, and what the chain knew of it",
        "Where the two lines part, the protocol acts on a price that is no longer true. Shaded: "
        "the flood.",
        ("prices", "transactions"),
        congestion.price,
    ),
    Figure(
        "base-fee",
        "What it took to get into a block",
        "Base fee of each block, on a logarithmic axis: full blocks raise it by an eighth each.",
        ("blocks", "transactions"),
        congestion.base_fee,
    ),
    Figure(
        "pool",
        "How many waited",
        "Executable transactions in the pool when each block was built.",
        ("blocks", "transactions"),
        congestion.pool,
    ),
    Figure(
        "pool-book",
        "Who stood where in the pool",
        "Bids for block space at single blocks, best first, by the gas that bids more: what lies "
        "left of the dashed line fits into the block. Points: keepers and the oracle, with their "
        "rank among all that waited.",
        ("transactions", "blocks", "pool_ranks"),
        pool_book.book,
    ),
    Figure(
        "latency-parts",
        "Where the seconds went",
        "From the moment an account is under water at the true price to its liquidation, mean of "
        "those liquidated. The parts add up exactly. They say where time passed, not what caused "
        "it: `floodline attribute` does that.",
        ("liquidations",),
        liquidations.parts,
    ),
    Figure(
        "lanes",
        "The largest liquidations, one by one",
        "Each lane is an account, from under water to liquidated; colours say what it waited for.",
        ("liquidations",),
        liquidations.lanes,
    ),
    Figure(
        "liquidation-survival",
        "How long accounts stayed under water",
        "Kaplan-Meier: accounts that were never liquidated stay in, so a curve that ends high "
        "means that many were still open when the run ended.",
        ("liquidations",),
        liquidations.survival,
    ),
    Figure(
        "bad-debt",
        "Bad debt, and what still waited",
        "Bad debt is what accounts owe beyond their margin: recorded by the contracts, and latent "
        "at the true price. Dashed: notional that the contracts allowed to be liquidated.",
        ("blocks",),
        losses.bad_debt,
    ),
    Figure(
        "payers",
        "Who paid for it",
        "The waterfall: insurance fund, counterparty, deleveraging, a haircut for what is left.",
        ("deficits", "blocks"),
        losses.payers,
    ),
    Figure(
        "balances",
        "What stood behind it",
        "The cash of those who pay for losses.",
        ("blocks",),
        losses.balances,
    ),
    Figure(
        "vaults",
        "What the liquidity providers' shares were worth",
        "Net asset value and price of a share at the price on chain, the part of the capital that "
        "open positions lock, and what waits in the queues to join or to leave.",
        ("vaults",),
        markets.vaults,
    ),
    Figure(
        "open-interest",
        "How much stood open, on which side, and what funding cost",
        "Open interest and skew (long less short) at the true price. The funding rate follows the "
        "skew and is a day's share of the notional: longs pay it where it is above 0.",
        ("markets",),
        markets.open_interest,
    ),
    Figure(
        "funding",
        "Who paid funding to whom",
        "Net funding of each account over the run, added up by role: received to the right, paid "
        "to the left.",
        ("accounts",),
        losses.funding,
    ),
    Figure(
        "option-surface",
        "The option surface",
        "Volatility by strike and expiry (after genesis) of the first market, at single blocks. "
        "The larger a point, the more options are held or written there; dashed: the price on "
        "chain.",
        ("option_marks",),
        options.surface,
    ),
    Figure(
        "option-trades",
        "What options were traded at",
        "Each trade at the volatility that it was priced at, by its premium. Below, what the vault "
        "lost to trades and liquidations against the contracts' formula at the true price, added "
        "up: it rises where traders take quotes of a price that is no longer true.",
        ("option_trades",),
        options.trades,
    ),
    Figure(
        "option-greeks",
        "Who bears which greeks",
        "The vault has the other side of everybody's options. Delta is at the true price and "
        "counts perpetuals: the vault's is what its hedges have not covered yet, and gamma is what "
        "makes that demand grow.",
        ("option_greeks",),
        options.greeks,
    ),
    Figure(
        "inclusion-survival",
        "Who got into a block how soon",
        "Kaplan-Meier by role; what never got in stays in the statistic.",
        ("transactions", "blocks", "liquidations"),
        inclusion.survival_by_role,
    ),
    Figure(
        "inclusion-by-tip",
        "What a tip bought",
        "Share of intents that got into a block, by tenths of all tips offered.",
        ("transactions",),
        inclusion.by_tip,
    ),
    Figure(
        "spend",
        "Who paid for gas",
        "Base fee and tip, of included transactions, failed ones too.",
        ("transactions", "blocks"),
        inclusion.spend,
    ),
)
