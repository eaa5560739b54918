"""Closed options told as liquidations, so that spells end with them and keepers are measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from floodline.protocols import events

_WAD_PER_FEED_UNIT = 10**10


def with_closings_as_liquidations(
    found: Sequence[events.ProtocolEvent], chain_e8: Mapping[str, int]
) -> list[events.ProtocolEvent]:
    """Add a liquidation after each option that a keeper closed.

    Its price is that of the asset on the chain, so that its notional is the options': what an
    option itself was closed at stands in the event that it follows.

    Parameters
    ----------
    found : Sequence[ProtocolEvent]
        A block's events in order.
    chain_e8 : Mapping[str, int]
        Price of each market before the block, 8 decimals.

    """
    prices = dict(chain_e8)
    result: list[events.ProtocolEvent] = []
    for event in found:
        result.append(event)
        if isinstance(event, events.PriceUpdated):
            prices[event.market] = event.price_e8
        elif isinstance(event, events.OptionLiquidated):
            result.append(
                events.Liquidated(
                    event.tx_index,
                    event.log_index,
                    event.account,
                    event.market,
                    event.keeper,
                    event.closed_wad,
                    event.remaining_wad,
                    prices[event.market] * _WAD_PER_FEED_UNIT,
                    event.reward_wad,
                    event.penalty_wad,
                )
            )
    return result
