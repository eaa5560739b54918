"""Accounts sold by auction told as liquidations, so that spells end with the sale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from floodline.protocols import events
from floodline.protocols.book import Book
from floodline.protocols.reference.option_state import OptionState

_WAD_PER_FEED_UNIT: Final = 10**10
_PERPETUAL: Final = -1
"""Stands where a series' number would."""


class _Change(NamedTuple):
    """A leg that a block changed: what it was, and the price that it moved at."""

    event: events.PositionChanged | events.OptionPositionChanged
    before: int
    price_wad: int


def with_sales_as_liquidations(
    found: Sequence[events.ProtocolEvent],
    book: Book,
    options: OptionState,
    chain_e8: Mapping[str, int],
) -> list[events.ProtocolEvent]:
    """Add a liquidation for each leg that a bid took, so that its account's spell ends with it.

    Parameters
    ----------
    found : Sequence[ProtocolEvent]
        A block's events; the book has not taken them yet.
    book : Book
        Positions before the block.
    options : OptionState
        Options before the block.
    chain_e8 : Mapping[str, int]
        Price of each market before the block, 8 decimals; options are told at the asset's.

    """
    result: list[events.ProtocolEvent] = []
    sizes: dict[tuple[bytes, str, int], int] = {}
    changes: list[_Change] = []
    prices = dict(chain_e8)
    for event in found:
        result.append(event)
        if isinstance(event, events.PriceUpdated):
            prices[event.market] = event.price_e8
        elif isinstance(event, events.PositionChanged):
            key = (event.account, event.market, _PERPETUAL)
            before = sizes.get(key, _size(book, event.account, event.market))
            sizes[key] = event.size_wad
            changes.append(_Change(event, before, event.entry_price_wad))
        elif isinstance(event, events.OptionPositionChanged):
            key = (event.account, event.market, event.series_id)
            held = options.sizes.get(event.market, {}).get(event.account, {})
            before = sizes.get(key, held.get(event.series_id, 0))
            sizes[key] = event.size_wad
            changes.append(_Change(event, before, prices[event.market] * _WAD_PER_FEED_UNIT))
        elif isinstance(event, events.AuctionBid):
            mine = [change for change in changes if change.event.tx_index == event.tx_index]
            result += _liquidations(event, mine)
    return result


def _liquidations(sale: events.AuctionBid, changes: Sequence[_Change]) -> list[events.Liquidated]:
    """Return one liquidation a leg; what bidder and fund got stands with the first."""
    marks = {
        change.event.market: change.price_wad
        for change in changes
        if change.event.size_wad and isinstance(change.event, events.PositionChanged)
    }
    gain, fee = sale.given_wad - sale.price_wad, sale.fee_wad
    found = []
    for change in changes:
        event, before, price = change
        if event.account != sale.account or before == event.size_wad:
            continue
        perpetual = isinstance(event, events.PositionChanged)
        found.append(
            events.Liquidated(
                sale.tx_index,
                sale.log_index,
                sale.account,
                event.market,
                sale.bidder,
                abs(before) - abs(event.size_wad),
                event.size_wad,
                marks.get(event.market, 0) if perpetual else price,
                gain,
                fee,
            )
        )
        gain = fee = 0
    return found


def _size(book: Book, account: bytes, market: str) -> int:
    row = book.index.get(account)
    return 0 if row is None else book.size_wad[row][book.market_index[market]]
