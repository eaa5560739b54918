"""Rows of markets, vaults and options made by hand, for records that have blocks."""

from __future__ import annotations

import math

from floodline.campaign.product_rows import (
    MarketRow,
    OptionGreeksRow,
    OptionMarkRow,
    OptionTradeRow,
    VaultRow,
)
from floodline.campaign.record import RunRecord
from floodline.foundation.units import SECOND_US, WAD

DAY_US = 86_400 * SECOND_US
STRIKES = (2_700.0, 3_000.0, 3_300.0)
ROLES = {"book": 40.0, "option_trader": -12.5, "option_vault": -27.5}


def add_products(record: RunRecord, *, markets: int = 1) -> RunRecord:
    """Two vaults, a book of options in each market; it moves from block to block."""
    names = ("ETH", "BTC")[:markets]
    for block in record.blocks:
        wave = math.sin(block.number / 7)
        for market in names:
            _market(record, market, block.number, block.time_us, wave)
        for vault in ("vault", "option_vault"):
            nav = 2_000_000 + 1_000 * wave
            record.products.vaults.append(
                VaultRow(
                    block=block.number,
                    time_us=block.time_us,
                    vault=vault,
                    nav_usd=nav,
                    locked_usd=30_000 + 500 * wave,
                    shares=1_900_000.0,
                    share_price_usd=nav / 1_900_000,
                    deposits_waiting=1,
                    deposits_waiting_usd=5_000.0,
                    redemptions_waiting=2,
                    redemptions_waiting_shares=700.0,
                )
            )
    return record


def _market(record: RunRecord, market: str, block: int, time_us: int, wave: float) -> None:
    rows = record.products
    place = (block, time_us, market)
    rows.markets.append(
        MarketRow(*place, 3_000 - block, 3_030, SECOND_US, 120 + wave, 80.0, 0.0004 * wave)
    )
    for role, units in ROLES.items():
        rows.option_greeks.append(
            OptionGreeksRow(
                *place,
                role=role,
                accounts=3,
                value_usd=150.0 * units,
                delta=units * 0.5,
                delta_true=units * 0.49,
                gamma=units * 0.001,
                vega=units * 150 * (1 + 0.1 * wave),
                theta=-units * 9,
                perpetual=3.25 if role == "option_vault" else 0.0,
            )
        )
    if block % 5 == 1:
        for number, expiry_us in enumerate((4 * DAY_US, 30 * DAY_US)):
            for step, strike in enumerate(STRIKES):
                for kind in ("call", "put"):
                    rows.option_marks.append(
                        OptionMarkRow(
                            *place,
                            series_id=number * 6 + step * 2 + (kind == "put"),
                            expiry_us=expiry_us,
                            strike_usd=strike,
                            type=kind,
                            chain_usd=3_030.0,
                            volatility=0.8 + 0.05 * wave + 0.01 * step,
                            price_usd=120.0 + 7 * step,
                            delta=0.5,
                            gamma=0.001,
                            vega=150.0 + step,
                            theta=-9.0,
                            long=12.0 + step,
                            short=4.5,
                        )
                    )
    for kind, size in (("trade", 2), ("liquidation", -1), ("settlement", -1)):
        rows.option_trades.append(
            OptionTradeRow(
                block=block,
                time_us=time_us,
                tx_id=0,
                account="trader-1",
                market=market,
                series_id=0,
                expiry_us=4 * DAY_US,
                strike_usd=3_000.0,
                type="call",
                kind=kind,
                size_delta_wad=size * WAD,
                price_wad=118 * WAD,
                fee_wad=WAD // 2,
                volatility=0.81 if kind == "trade" else float("nan"),
                surface_volatility=0.8,
                chain_usd=3_030.0,
                true_usd=3_000.0 - block,
                model_usd=121.0 + wave,
            )
        )
