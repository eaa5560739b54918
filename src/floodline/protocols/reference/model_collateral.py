"""Exact model of ``CollateralVault.sol``: tokens that count as margin, sold for a debt.

It joins with the options' model by inheritance: an account may hold tokens, perpetuals and options.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from floodline.foundation.units import WAD
from floodline.protocols.reference.model import ReferenceModel, Tolerance
from floodline.protocols.reference.model_amm import AmmModel
from floodline.protocols.reference.model_ledger import TOKEN_SCALE
from floodline.protocols.reference.model_math import (
    ModelRevert,
    div_up,
    mul_wad,
    mul_wad_up,
    reward_due,
)
from floodline.protocols.reference.model_parameters import CollateralParameters
from floodline.protocols.reference.model_waterfall import Covered

PRODUCT = "collateral"
"""The vault's name among the products an account is active in."""


@dataclass
class TokenModel:
    """One token that counts as margin, and who holds how much of it.

    Parameters
    ----------
    asset : str
        The feed that prices it.
    decimals : int
        Of the token.
    rules : CollateralParameters
        Haircut, cap and slippage.
    pool : AmmModel
        Spot pool that it is sold through, as its base.

    """

    asset: str
    decimals: int
    rules: CollateralParameters
    pool: AmmModel
    amounts: dict[str, int] = field(default_factory=dict)
    """Token units by account."""

    @property
    def scale(self) -> int:
        """WAD per token unit."""
        return int(10 ** (18 - self.decimals))

    def haircut(self, amount: int) -> int:
        """Return the share of a holding that does not count, WAD.

        200 at 0.0001 a token within 5 and 10 %: 5 %; 800: 8 %.
        """
        bare = mul_wad_up(amount * self.scale, self.rules.haircut_slope)
        return min(max(bare, self.rules.min_haircut), self.rules.max_haircut)

    def value(self, account: str, price: int) -> int:
        """Return what an account's holding counts for, WAD USD."""
        held = self.amounts.get(account, 0)
        return mul_wad(mul_wad(held * self.scale, price), WAD - self.haircut(held))


@dataclass(kw_only=True)
class CollateralModel(ReferenceModel):
    """The whole protocol where tokens count as margin beside cash.

    Parameters
    ----------
    tokens : dict of str to TokenModel
        By the token's name in errors, in the order in which the vault admitted them.

    """

    tokens: dict[str, TokenModel]

    def __post_init__(self) -> None:
        """Let the ledger know that tokens are no position."""
        self.ledger.collateral = {PRODUCT}

    # ---- actions --------------------------------------------------------------------------------

    def deposit_token(self, account: str, name: str, amount: int) -> None:
        """Pay units of a token in."""
        with self.atomic("deposit token"):
            token = self.tokens[name]
            if amount == 0:
                raise ModelRevert("InsufficientCollateral", name, 0, 0)
            total = (sum(token.amounts.values()) + amount) * token.scale
            if total > token.rules.cap:
                raise ModelRevert("CollateralCapExceeded", name, total, token.rules.cap)
            token.amounts[account] = token.amounts.get(account, 0) + amount
            self.ledger.active.setdefault(account, set()).add(PRODUCT)

    def withdraw_token(self, account: str, name: str, amount: int) -> None:
        """Take units out, if what is left covers initial margin and any debt."""
        with self.atomic("withdraw token"):
            self._take(account, name, amount)
            if self.ledger.has_positions(account) or self.ledger.cash_of(account) < 0:
                self._require_initial_margin(account, Tolerance.STRICT)

    def sell_collateral(
        self, account: str, name: str, keeper: str, max_amount: int, gas_price: int
    ) -> tuple[int, int, Covered]:
        """Sell a token for a debt; return proceeds and reward, WAD USD, and what was covered.

        A debt of 2,850 at 3,000 with a haircut of 5 % takes one token; the pool must give at least
        the value less the largest slippage.
        """
        with self.atomic("sell token"):
            cash = self.ledger.cash_of(account)
            if cash >= 0:
                raise ModelRevert("NothingOwed", account, cash)
            if self.ledger.has_positions(account):
                self._require_below(account)
            gas = self.price(self.gas_asset)
            due = reward_due(0, 0, gas_price, gas, self.keeper)
            proceeds = self._sell(account, name, -cash + due, max_amount)
            limit = mul_wad(proceeds, self.keeper.margin_scaling)
            from_margin = min(due, limit)
            self.ledger.move(account, keeper, from_margin)
            reward = from_margin + self.ledger.cover(keeper, due - from_margin)
            return proceeds, reward, self.waterfall.cover(self.ledger, account, self.now_s)

    # ---- reads ----------------------------------------------------------------------------------

    def status(
        self,
        account: str,
        tolerance: Tolerance = Tolerance.ANY,
        prices: Mapping[str, int] | None = None,
    ) -> tuple[int, int, int]:
        """Return equity, initial and maintenance margin, tokens included, WAD USD."""
        equity, initial, maintenance = super().status(account, tolerance, prices)
        for token in self.tokens.values():
            if token.amounts.get(account, 0):
                asset = token.asset
                price = prices[asset] if prices is not None else self.price(asset, tolerance)
                equity += token.value(account, price)
        return equity, initial, maintenance

    # ---- internal -------------------------------------------------------------------------------

    @contextmanager
    def atomic(self, action: str) -> Iterator[None]:
        """Undo everything after a revert, tokens and pools included."""
        before = copy.deepcopy(self.tokens)
        try:
            with super().atomic(action):
                yield
        except ModelRevert:
            self.tokens = before
            raise

    def _require_below(self, account: str) -> None:
        equity, _, maintenance = self.status(account, Tolerance.STRICT)
        if equity >= maintenance:
            raise ModelRevert("NotLiquidatable", account, equity, maintenance)

    def _sell(self, account: str, name: str, debt: int, max_amount: int) -> int:
        token = self.tokens[name]
        held = token.amounts.get(account, 0)
        price = self.price(token.asset, Tolerance.STRICT)
        worth = mul_wad(price, WAD - token.haircut(held))
        amount = min(div_up(div_up(debt * WAD, worth), token.scale), held, max_amount)
        if amount == 0:
            raise ModelRevert("NothingToSell", account, name)
        value = mul_wad(amount * token.scale, price)
        self._take(account, name, amount)
        least = mul_wad(value, WAD - token.rules.max_slippage) // TOKEN_SCALE
        if least == 0 and token.pool.quote_out(amount, sells_base=True) == 0:
            return 0
        out = token.pool.swap(amount, least, self.now_s, sells_base=True)
        self.ledger.deposit(account, out)
        return out * TOKEN_SCALE

    def _take(self, account: str, name: str, amount: int) -> None:
        token = self.tokens[name]
        held = token.amounts.get(account, 0)
        if amount == 0 or amount > held:
            raise ModelRevert("InsufficientCollateral", name, held, amount)
        token.amounts[account] = held - amount
        if not any(other.amounts.get(account, 0) for other in self.tokens.values()):
            self.ledger.active[account].discard(PRODUCT)
