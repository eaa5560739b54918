"""Exact model of deleveraging: winners close against a bankrupt account, ``AutoDeleverager.sol``.

The functions take the whole model; `ReferenceModel.deleverage` calls them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_math import ModelRevert, div_up, mul_wad
from floodline.protocols.reference.model_prices import Tolerance
from floodline.protocols.reference.model_waterfall import Covered

if TYPE_CHECKING:
    from floodline.protocols.reference.model import ReferenceModel

MAX_CANDIDATES = 10
"""Most winners that one call may name."""


class Rule(IntEnum):
    """Whose positions go first, numbered as in Solidity."""

    QUEUE = 0
    PRO_RATA = 1


class Deleverage(NamedTuple):
    """What one call did."""

    closed: int
    """Size closed on both sides, WAD units."""
    bankruptcy_price: int
    """WAD USD."""
    taken: tuple[tuple[str, int], ...]
    """Size by winner, WAD units."""
    covered: Covered
    """How the shortfall was borne, once the account is flat."""


def bankruptcy_price(model: ReferenceModel, account: str, market: str, left: int) -> int:
    """Return the price at which a shortfall's part in one market is nothing, WAD USD.

    Oracle price plus, for a long, ``shortfall * MM_market / MM_account / |size|`` (dYdX v4): 10
    long at 2,700, 500 below zero, are bankrupt at 2,750.
    """
    position = model.markets[market].position(account)
    if position.size == 0:
        raise ModelRevert("NoPosition", account, market)
    price = model.price(market, Tolerance.STRICT)
    own = model.markets[market].valuation(account, model.now_s, price)[2]
    whole = model.status(account, Tolerance.STRICT)[2]
    part = div_up(left * own, whole) if own < whole else left
    gap = div_up(part * WAD, abs(position.size))
    return price + gap if position.size > 0 else max(price - gap, 0)


def rank(model: ReferenceModel, account: str, market: str) -> int:
    """Return profit times leverage of a position, WAD USD; zero without profit.

    2,000 of profit on 60,000 of notional with 10,000 of equity rank 12,000.
    """
    price = model.price(market, Tolerance.STRICT)
    profit = model.markets[market].valuation(account, model.now_s, price)[0]
    equity = model.status(account, Tolerance.STRICT)[0]
    if profit <= 0 or equity <= 0:
        return 0
    notional = mul_wad(abs(model.markets[market].position(account).size), price)
    return profit * notional // equity


def deleverage(
    model: ReferenceModel,
    account: str,
    market: str,
    candidates: Sequence[str],
    rule: Rule,
    address_of: dict[str, int],
) -> Deleverage:
    """Close a waiting account's position against winners; see the contract.

    Parameters
    ----------
    model : ReferenceModel
        Changed in place; the caller undoes it after a revert.
    account, market : str
        Whose position, where.
    candidates : Sequence[str]
        Winners in the rule's order.
    rule : Rule
        The deployment's.
    address_of : dict of str to int
        Addresses as numbers: pro rata takes them ascending.

    """
    if not 0 < len(candidates) <= MAX_CANDIDATES:
        raise ModelRevert("CandidateCount", len(candidates), MAX_CANDIDATES)
    equity = model.status(account, Tolerance.STRICT)[0]
    shortfall = model.waterfall.prepare(model.ledger, account, max(-equity, 0))
    if shortfall == 0:
        raise ModelRevert("NotWaiting", account)
    size = model.markets[market].position(account).size
    at = bankruptcy_price(model, account, market, shortfall)
    price = model.price(market, Tolerance.STRICT)
    taken = _against(model, account, market, candidates, rule, address_of, at)
    closed = sum(amount for _, amount in taken)
    model.close_at(account, market, closed, at)
    gap = at - price if size > 0 else price - at
    model.waterfall.record_deleveraging(account, mul_wad(closed, gap))
    covered = model.waterfall.cover(model.ledger, account, model.now_s)
    return Deleverage(closed, at, tuple(taken), covered)


def _against(
    model: ReferenceModel,
    account: str,
    market: str,
    candidates: Sequence[str],
    rule: Rule,
    address_of: dict[str, int],
    at: int,
) -> list[tuple[str, int]]:
    long = model.markets[market].position(account).size > 0
    whole = left = abs(model.markets[market].position(account).size)
    total = 0
    if rule is Rule.PRO_RATA:
        total = sum(_opposite_size(model, market, name, long=long) for name in candidates)
    before = 2**256 - 1
    taken: list[tuple[str, int]] = []
    for name in candidates:
        if left == 0:
            break
        size = _opposite_size(model, market, name, long=long)
        key = rank(model, name, market) if rule is Rule.QUEUE else 2**256 - 1 - address_of[name]
        if key > before or (key == before and rule is Rule.PRO_RATA):
            raise ModelRevert("OutOfOrder", name, key, before)
        before = key
        share = size if rule is Rule.QUEUE else min(div_up(whole * size, total), size)
        take = min(share, left)
        _reduce(model, market, name, take, at, long=long)
        left -= take
        taken.append((name, take))
    return taken


def _opposite_size(model: ReferenceModel, market: str, name: str, *, long: bool) -> int:
    size = model.markets[market].position(name).size
    if name == model.ledger.counterparty or (size >= 0 if long else size <= 0):
        raise ModelRevert("NotOpposite", name)
    return abs(size)


def _reduce(
    model: ReferenceModel, market: str, name: str, take: int, at: int, *, long: bool
) -> None:
    price = model.price(market, Tolerance.STRICT)
    profit = model.markets[market].valuation(name, model.now_s, price)[0]
    size = abs(model.markets[market].position(name).size)
    left = profit - div_up(size * (at - price if long else price - at), WAD)
    if left <= 0:
        raise ModelRevert("NotProfitable", name, left)
    model.close_at(name, market, take, at)
    equity, _, maintenance = model.status(name, Tolerance.STRICT)
    if equity < maintenance:
        raise ModelRevert("CandidateBelowMaintenance", name, equity, maintenance)
