"""The data dictionary's tables of markets, vaults and options."""

from __future__ import annotations

from typing import Final

from floodline.measure.column import Column, Table

_C = Column

_BLOCK: Final = (
    _C("block", "int", "", "block"),
    _C("time_s", "seconds", "s", "virtual time of that block"),
)
_SERIES: Final = (
    _C("market", "label", "", "market"),
    _C("series_id", "int", "", "number of the series in its market, from 0"),
    _C("expiry_s", "seconds", "s", "virtual time at which it expires"),
    _C("strike_usd", "float", "USD", "strike"),
    _C("type", "label", "", "call or put"),
)

MARKETS: Final = Table(
    "markets",
    "one market after one block",
    (
        *_BLOCK,
        _C("market", "label", "", "market"),
        _C("true_usd", "float", "USD", "true price"),
        _C("chain_usd", "float", "USD", "price on chain"),
        _C("price_age_s", "seconds", "s", "time since the price on chain was observed"),
        _C("long", "float", "asset units", "sum of the long positions"),
        _C("short", "float", "asset units", "sum of the short positions, without sign"),
        _C("skew", "float", "asset units", "long - short"),
        _C("skew_usd", "float", "USD", "skew at the true price"),
        _C("open_interest_usd", "float", "USD", "(long + short) at the true price"),
        _C(
            "funding_rate",
            "float",
            "per day",
            "funding in force, a day's share of the notional: longs pay it where it is positive; "
            "empty without funding",
        ),
    ),
)

VAULTS: Final = Table(
    "vaults",
    "one vault of liquidity providers after one block, at the newest price on chain",
    (
        *_BLOCK,
        _C("vault", "label", "", "vault (behind the markets) or option_vault (behind options)"),
        _C("nav_usd", "float", "USD", "its worth: own equity less what it owes to traders"),
        _C("locked_usd", "float", "USD", "capital that open positions lock"),
        _C("utilisation", "float", "", "locked_usd / nav_usd; empty where it is worth nothing"),
        _C("shares", "float", "shares", "in existence, those that wait for redemption too"),
        _C("share_price_usd", "float", "USD", "worth of one share; 0 where the vault owes more"),
        _C("deposits_waiting", "int", "", "deposits in the queue"),
        _C("deposits_waiting_usd", "float", "USD", "their amount, which is not yet in nav_usd"),
        _C("redemptions_waiting", "int", "", "redemptions in the queue"),
        _C("redemptions_waiting_shares", "float", "shares", "their shares"),
        _C("redemptions_waiting_usd", "float", "USD", "their shares at share_price_usd"),
    ),
)

OPTION_MARKS: Final = Table(
    "option_marks",
    "one series of options at one sampled block (trace.surface_every), by the contracts' formula "
    "at the price on chain; from its expiry on only while somebody has it",
    (
        *_BLOCK,
        *_SERIES,
        _C("chain_usd", "float", "USD", "price on chain of the asset"),
        _C("volatility", "float", "", "of the surface (0.8 = 80 %); empty from expiry on"),
        _C("price_usd", "float", "USD", "of one option, without spread and fee"),
        _C("delta", "float", "asset units", "change of the price per dollar"),
        _C("gamma", "float", "asset units per USD", "change of delta per dollar"),
        _C("vega", "float", "USD", "change of the price per 1.00 of volatility"),
        _C("theta", "float", "USD per day", "change of the price as a day passes"),
        _C("long", "float", "options", "owned by accounts"),
        _C("short", "float", "options", "written by accounts"),
    ),
)

OPTION_GREEKS: Final = Table(
    "option_greeks",
    "what the options of one role add up to in one market after one block, at the price on chain",
    (
        *_BLOCK,
        _C("market", "label", "", "market"),
        _C(
            "role",
            "label",
            "",
            "role of the accounts; option_vault has the other side of everybody's options",
        ),
        _C("accounts", "int", "", "how many of the role have options"),
        _C(
            "value_usd", "float", "USD", "worth of their options; negative where written ones weigh"
        ),
        _C("delta", "float", "asset units", "of the options alone"),
        _C("delta_true", "float", "asset units", "the same at the true price"),
        _C("gamma", "float", "asset units per USD", "gamma"),
        _C("vega", "float", "USD", "per 1.00 of volatility"),
        _C("theta", "float", "USD per day", "theta"),
        _C("perpetual", "float", "asset units", "their positions in the market's perpetual"),
        _C(
            "net_delta",
            "float",
            "asset units",
            "delta_true + perpetual: what a move of the true price by a dollar gains them",
        ),
    ),
)

OPTION_TRADES: Final = Table(
    "option_trades",
    "options that changed hands between an account and the option vault",
    (
        *_BLOCK,
        _C("tx_id", "int?", "", "transaction that carried it"),
        _C("account", "label", "", "account"),
        *_SERIES,
        _C(
            "kind",
            "label",
            "",
            "trade, liquidation (a keeper closed it) or settlement (paid out after expiry)",
        ),
        _C(
            "size_delta_wad",
            "exact",
            "WAD options",
            "options bought; negative where sold, or where owned ones were closed or paid out",
        ),
        _C("price_wad", "exact", "WAD USD", "price of one option, or its payoff"),
        _C("fee_wad", "exact", "WAD USD", "fee"),
        _C("premium_usd", "float", "USD", "size * price: paid, or received where negative"),
        _C("volatility", "float", "", "that a trade was priced at; empty for other kinds"),
        _C(
            "surface_volatility",
            "float",
            "",
            "of the series after the block, at the price on chain; empty from expiry on",
        ),
        _C("chain_usd", "float", "USD", "price on chain of the asset"),
        _C("true_usd", "float", "USD", "true price of the asset"),
        _C(
            "model_usd",
            "float",
            "USD",
            "one option at the true price: by the formula and the surface after the block; of a "
            "settlement the payoff at the true price at expiry, from which an average over a "
            "window differs by design",
        ),
        _C(
            "toxic_usd",
            "float",
            "USD",
            "size * (model - price): what the vault lost to the price, before fees, if above 0",
        ),
    ),
)
