"""Exact model of the spot pool: constant product, fee, shares and the price accumulator."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isqrt

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_math import ModelRevert, div_up

MAX_RESERVE = 2**112 - 1
"""Largest reserve that the pool counts, token units."""
LOCKED_SHARES = 1_000
"""Shares of the first liquidity that nobody can redeem."""
LOCK = "locked"
"""Holder of those shares."""


def amount_out_down(amount_in: int, reserve_in: int, reserve_out: int, fee: int) -> int:
    """Return what a sale gives, rounded down.

    ``R_out n / (R_in + n)`` with ``n = amount (1 - fee)`` (Uniswap v2's rule). 10 sold into
    reserves of 1,000 and 3,000,000 at 0.3 % give 29,614.741.

    Parameters
    ----------
    amount_in, reserve_in, reserve_out : int
        Token units.
    fee : int
        WAD ratio.

    """
    net = amount_in * (WAD - fee)
    return reserve_out * net // (reserve_in * WAD + net)


def arbitrage_amount(reserve_in: int, reserve_out: int, fee: int, price: float) -> int:
    """Return the sale that leaves no profit against an outside price, token units.

    Selling pays while the pool's marginal price after fee is above `price` (units of the bought
    token per unit of the sold one): ``n* = sqrt(R_in R_out (1 - f) / p) - R_in`` over ``1 - f``,
    zero inside the no-arbitrage band (Angeris et al., arXiv:1911.03380). 1,000 ETH against
    3,000,000 USDC at 0.3 % with 2,900 outside: 15.615 ETH are sold.

    Parameters
    ----------
    reserve_in, reserve_out : int
        Token units of the sold and the bought token in the pool.
    fee : int
        WAD ratio.
    price : float
        Outside price: units of the bought token per unit of the sold token.

    """
    keep = 1 - fee / WAD
    net = (reserve_in * reserve_out * keep / price) ** 0.5 - reserve_in
    return max(0, int(net / keep))


@dataclass
class AmmModel:
    """A pool, as ``SpotAmm.sol`` keeps it; tokens outside it are not counted.

    Parameters
    ----------
    base_decimals, quote_decimals : int
        Of the two tokens.
    fee : int
        Fee on what is sold, WAD ratio.

    """

    base_decimals: int
    quote_decimals: int
    fee: int
    base: int = 0
    """Reserve, token units."""
    quote: int = 0
    """Reserve, token units."""
    cumulative: int = 0
    """Price times seconds up to `accumulated_at`, WAD."""
    accumulated_at: int = 0
    """Seconds."""
    shares: dict[str, int] = field(default_factory=dict)
    """By holder."""

    @property
    def supply(self) -> int:
        """Sum of all shares."""
        return sum(self.shares.values())

    def spot_price(self) -> int:
        """Return the price of one whole base token before fee, WAD quote tokens, rounded down."""
        scale: int = 10 ** (18 + self.base_decimals - self.quote_decimals)
        return self.quote * scale // self.base if self.base else 0

    def cumulative_price(self, now_s: int) -> int:
        """Return the accumulator brought up to a time."""
        return self.cumulative + self.spot_price() * (now_s - self.accumulated_at)

    def quote_out(self, amount_in: int, *, sells_base: bool) -> int:
        """Return what a sale would give, token units."""
        if amount_in == 0:
            raise ModelRevert("ZeroAmount")
        self._require_countable(amount_in)
        if self.base == 0:
            raise ModelRevert("NoLiquidity")
        pair = (self.base, self.quote) if sells_base else (self.quote, self.base)
        return amount_out_down(amount_in, *pair, self.fee)

    def swap(self, amount_in: int, min_out: int, now_s: int, *, sells_base: bool) -> int:
        """Sell an exact amount and return what it gave, token units."""
        out = self.quote_out(amount_in, sells_base=sells_base)
        if out < min_out:
            raise ModelRevert("OutputTooSmall", out, min_out)
        if sells_base:
            self._set_reserves(self.base + amount_in, self.quote - out, now_s)
        else:
            self._set_reserves(self.base - out, self.quote + amount_in, now_s)
        return out

    def add(
        self, to: str, base_max: int, quote_max: int, min_shares: int, now_s: int
    ) -> tuple[int, int, int]:
        """Add liquidity and return shares, base and quote paid."""
        if base_max == 0 or quote_max == 0:
            raise ModelRevert("ZeroAmount")
        self._require_countable(max(base_max, quote_max))
        supply = self.supply
        base_paid, quote_paid, locked = base_max, quote_max, 0
        if supply == 0:
            created = isqrt(base_max * quote_max)
            if created <= LOCKED_SHARES:
                raise ModelRevert("LiquidityTooSmall", created, LOCKED_SHARES)
            shares, locked = created - LOCKED_SHARES, LOCKED_SHARES
        else:
            shares = min(base_max * supply // self.base, quote_max * supply // self.quote)
            base_paid = div_up(shares * self.base, supply)
            quote_paid = div_up(shares * self.quote, supply)
        if shares == 0:
            raise ModelRevert("ZeroAmount")
        if shares < min_shares:
            raise ModelRevert("SharesTooFew", shares, min_shares)
        self._set_reserves(self.base + base_paid, self.quote + quote_paid, now_s)
        self.shares[to] = self.shares.get(to, 0) + shares
        if locked:
            self.shares[LOCK] = locked
        return shares, base_paid, quote_paid

    def remove(
        self, holder: str, shares: int, min_base: int, min_quote: int, now_s: int
    ) -> tuple[int, int]:
        """Redeem shares and return the base and quote paid out."""
        if shares == 0:
            raise ModelRevert("ZeroAmount")
        if self.supply == 0:
            raise ModelRevert("NoLiquidity")
        base = shares * self.base // self.supply
        quote = shares * self.quote // self.supply
        for amount, least in ((base, min_base), (quote, min_quote)):
            if amount < least:
                raise ModelRevert("OutputTooSmall", amount, least)
        held = self.shares.get(holder, 0)
        if held < shares:
            raise ModelRevert("ERC20InsufficientBalance", holder, held, shares)
        self.shares[holder] = held - shares
        self._set_reserves(self.base - base, self.quote - quote, now_s)
        return base, quote

    def _set_reserves(self, base: int, quote: int, now_s: int) -> None:
        self._require_countable(max(base, quote))
        self.cumulative = self.cumulative_price(now_s)
        self.accumulated_at = now_s
        self.base, self.quote = base, quote

    @staticmethod
    def _require_countable(amount: int) -> None:
        if amount > MAX_RESERVE:
            raise ModelRevert("ReserveTooLarge", amount, MAX_RESERVE)
