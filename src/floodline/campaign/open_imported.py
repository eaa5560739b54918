"""Opening an existing book, read from a file, at the campaign's start prices."""

from __future__ import annotations

from collections.abc import Mapping

from floodline.campaign.book_file import BookFileError, ImportedBook
from floodline.campaign.setup import SetupDriver
from floodline.chain.accounts import Account
from floodline.foundation.units import FEED, wad
from floodline.protocols.interface import ProtocolAdapter


def open_imported_book(
    driver: SetupDriver,
    protocol: ProtocolAdapter,
    book: ImportedBook,
    holders: list[Account],
    margins_usd: list[float],
    start_e8: Mapping[str, int],
) -> None:
    """Open the positions of a file at the start price, in its order.

    Raises
    ------
    BookFileError
        If the protocol does not allow a position: each with its line.

    """
    holder_of = dict(zip(book.accounts, holders, strict=True))
    margin_of = dict(zip(book.accounts, margins_usd, strict=True))
    skews = dict.fromkeys(protocol.markets, 0.0)
    problems: list[tuple[int, str]] = []
    for one in book.holdings:
        price, sign = start_e8[one.market] / FEED, 1 if one.size > 0 else -1
        least, most = protocol.allowed_notional_usd(
            one.market, margin_of[one.account], sign, skews[one.market], price
        )
        notional = abs(one.size) * price
        if not least <= notional <= most:
            side = "a long" if sign > 0 else "a short"
            words = (
                f"'{protocol.name}' allows a margin of ${margin_of[one.account]:,.2f} "
                f"{side} of ${least:,.2f} to ${most:,.2f}, it is ${notional:,.2f}"
                if most >= least
                else f"'{protocol.name}' has no {side[2:]} positions for this margin"
            )
            problems.append((one.line, words))
            continue
        skews[one.market] += one.size
        limit = wad(f"{price * (1 + 0.2 * sign):.8f}")
        driver.send(holder_of[one.account].address, protocol.open(one.market, one.size_wad, limit))
    if problems:
        raise BookFileError(book.path, problems)
