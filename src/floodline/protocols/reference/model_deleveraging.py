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
MAX_NOMINEES = 4
"""Most winners of one side of a market that are remembered as pointed out."""


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
    size = model.markets[market].position(account).size
    price = model.price(market, Tolerance.STRICT) if size else 0
    profit = model.markets[market].valuation(account, model.now_s, price)[0]
    equity = model.status(account, Tolerance.STRICT)[0]
    if profit <= 0 or equity <= 0:
        return 0
    notional = mul_wad(abs(size), price)
    return profit * notional // equity


def nominate(model: ReferenceModel, account: str, market: str) -> None:
    """Point out a winner; it takes the place of the weakest of four where there is no other."""
    if market not in model.markets or model.ledger.is_counterparty(account):
        raise ModelRevert("NotOpposite", account)
    if account in model.portfolio_margin:
        raise ModelRevert("NotJudged", account)
    own = rank(model, account, market)
    if own == 0:
        raise ModelRevert("NotProfitable", account, 0)
    long = model.markets[market].position(account).size > 0
    known = model.nominees.setdefault((market, long), [])
    if account in known:
        return
    ranks = [_rank_on(model, other, market, long=long) for other in known]
    if len(known) < MAX_NOMINEES:
        known.append(account)
    elif min(ranks) >= own:
        raise ModelRevert("NotBetter", account, own, own)
    else:
        known[ranks.index(min(ranks))] = account


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
    if not model.waterfall.episode(account).until:
        raise ModelRevert("NotWaiting", account)
    equity = model.status(account, Tolerance.STRICT)[0]
    shortfall = model.waterfall.prepare(model.ledger, account, max(-equity, 0))
    if shortfall == 0:
        raise ModelRevert("NotWaiting", account)
    size = model.markets[market].position(account).size
    at = bankruptcy_price(model, account, market, shortfall)
    price = model.price(market, Tolerance.STRICT)
    taken = _against(model, account, market, candidates, rule, address_of, at)
    _require_none_better(model, account, market, rule, at, taken)
    closed = sum(amount for _, amount, _ in taken)
    model.close_at(account, market, closed, at)
    gap = at - price if size > 0 else price - at
    model.waterfall.record_deleveraging(account, mul_wad(closed, gap))
    covered = model.waterfall.cover(model.ledger, account, model.now_s)
    return Deleverage(closed, at, tuple((name, amount) for name, amount, _ in taken), covered)


def _against(
    model: ReferenceModel,
    account: str,
    market: str,
    candidates: Sequence[str],
    rule: Rule,
    address_of: dict[str, int],
    at: int,
) -> list[tuple[str, int, int]]:
    """Return winner, size and rank of each position closed."""
    long = model.markets[market].position(account).size > 0
    whole = left = abs(model.markets[market].position(account).size)
    total = 0
    if rule is Rule.PRO_RATA:
        total = sum(_opposite_size(model, market, name, long=long) for name in candidates)
    before = 2**256 - 1
    taken: list[tuple[str, int, int]] = []
    for name in candidates:
        if left == 0:
            break
        size = _opposite_size(model, market, name, long=long)
        own = rank(model, name, market)
        key = own if rule is Rule.QUEUE else 2**256 - 1 - address_of[name]
        if key > before or (key == before and rule is Rule.PRO_RATA):
            raise ModelRevert("OutOfOrder", name, key, before)
        before = key
        share = size if rule is Rule.QUEUE else min(div_up(whole * size, total), size)
        take = min(share, left)
        _reduce(model, market, name, take, at, long=long)
        left -= take
        taken.append((name, take, own))
    return taken


def _require_none_better(
    model: ReferenceModel,
    account: str,
    market: str,
    rule: Rule,
    at: int,
    taken: Sequence[tuple[str, int, int]],
) -> None:
    """Refuse a call that passes over a nominee that could have been taken."""
    lowest = taken[-1][2] if rule is Rule.QUEUE else 0
    long = model.markets[market].position(account).size > 0
    names = {name for name, _, _ in taken}
    for nominee in model.nominees.get((market, not long), []):
        if nominee in model.portfolio_margin or nominee in names:
            continue
        own = _rank_on(model, nominee, market, long=not long)
        if own > lowest and _could_be_taken(model, nominee, market, at, long=long):
            raise ModelRevert("BetterLeftOut", nominee, own, lowest)


def _could_be_taken(
    model: ReferenceModel, nominee: str, market: str, at: int, *, long: bool
) -> bool:
    price = model.price(market, Tolerance.STRICT)
    profit, _, own = model.markets[market].valuation(nominee, model.now_s, price)
    loss = _loss(abs(model.markets[market].position(nominee).size), price, at, long=long)
    if profit - loss <= 0:
        return False
    equity, _, whole = model.status(nominee, Tolerance.STRICT)
    return equity >= whole and equity - loss >= whole - own


def _rank_on(model: ReferenceModel, account: str, market: str, *, long: bool) -> int:
    size = model.markets[market].position(account).size
    return rank(model, account, market) if size and (size > 0) == long else 0


def _loss(size: int, price: int, at: int, *, long: bool) -> int:
    """Return what closing a winner's size at the bankruptcy price costs it, WAD USD."""
    return div_up(size * (at - price if long else price - at), WAD)


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
    left = profit - _loss(size, price, at, long=long)
    if left <= 0:
        raise ModelRevert("NotProfitable", name, left)
    model.close_at(name, market, take, at)
    equity, _, maintenance = model.status(name, Tolerance.STRICT)
    if equity < maintenance:
        raise ModelRevert("CandidateBelowMaintenance", name, equity, maintenance)
