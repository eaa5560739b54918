"""Exact model of ``CollateralVault.sol``: tokens that count as margin, sold for a debt."""

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


@dataclass(kw_only=True)
class CollateralModel(ReferenceModel):
    """The whole protocol where one token counts as margin.

    Parameters
    ----------
    name : str
        The token's name in errors.
    asset : str
        The feed that prices it.
    rules : CollateralParameters
        Haircut, cap and slippage.
    pool : AmmModel
        Spot pool that it is sold through; its base token has 18 decimals.

    """

    name: str
    asset: str
    rules: CollateralParameters
    pool: AmmModel
    amounts: dict[str, int] = field(default_factory=dict)
    """Token units by account."""

    def __post_init__(self) -> None:
        """Let the ledger know that tokens are no position."""
        self.ledger.collateral = {self.name}

    # ---- actions --------------------------------------------------------------------------------

    def deposit_token(self, account: str, amount: int) -> None:
        """Pay tokens in."""
        with self.atomic("deposit token"):
            if amount == 0:
                raise ModelRevert("InsufficientCollateral", self.name, 0, 0)
            total = sum(self.amounts.values()) + amount
            if total > self.rules.cap:
                raise ModelRevert("CollateralCapExceeded", self.name, total, self.rules.cap)
            self.amounts[account] = self.amounts.get(account, 0) + amount
            self.ledger.active.setdefault(account, set()).add(self.name)

    def withdraw_token(self, account: str, amount: int) -> None:
        """Take tokens out, if what is left covers initial margin and any debt."""
        with self.atomic("withdraw token"):
            self._take(account, amount)
            if self.ledger.has_positions(account) or self.ledger.cash_of(account) < 0:
                self._require_initial_margin(account, Tolerance.STRICT)

    def sell_collateral(
        self, account: str, keeper: str, max_amount: int, gas_price: int
    ) -> tuple[int, int, Covered]:
        """Sell for an account in debt; return proceeds and reward, WAD USD, and what was covered.

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
            proceeds = self._sell(account, -cash + due, max_amount)
            limit = mul_wad(proceeds, self.keeper.margin_scaling)
            from_margin = min(due, limit)
            self.ledger.move(account, keeper, from_margin)
            reward = from_margin + self.ledger.cover(keeper, due - from_margin)
            return proceeds, reward, self.waterfall.cover(self.ledger, account, self.now_s)

    # ---- reads ----------------------------------------------------------------------------------

    def haircut(self, amount: int) -> int:
        """Return the share of a holding that does not count, WAD.

        200 at 0.0001 a token within 5 and 10 %: 5 %; 800: 8 %.
        """
        bare = mul_wad_up(amount, self.rules.haircut_slope)
        return min(max(bare, self.rules.min_haircut), self.rules.max_haircut)

    def status(
        self,
        account: str,
        tolerance: Tolerance = Tolerance.ANY,
        prices: Mapping[str, int] | None = None,
    ) -> tuple[int, int, int]:
        """Return equity, initial and maintenance margin, tokens included, WAD USD."""
        equity, initial, maintenance = super().status(account, tolerance, prices)
        held = self.amounts.get(account, 0)
        if held:
            asset = self.asset
            price = prices[asset] if prices is not None else self.price(asset, tolerance)
            equity += mul_wad(mul_wad(held, price), WAD - self.haircut(held))
        return equity, initial, maintenance

    # ---- internal -------------------------------------------------------------------------------

    @contextmanager
    def atomic(self, action: str) -> Iterator[None]:
        """Undo everything after a revert, tokens and pool included."""
        before = copy.deepcopy((self.amounts, self.pool))
        try:
            with super().atomic(action):
                yield
        except ModelRevert:
            self.amounts, self.pool = before
            raise

    def _require_below(self, account: str) -> None:
        equity, _, maintenance = self.status(account, Tolerance.STRICT)
        if equity >= maintenance:
            raise ModelRevert("NotLiquidatable", account, equity, maintenance)

    def _sell(self, account: str, debt: int, max_amount: int) -> int:
        held = self.amounts.get(account, 0)
        price = self.price(self.asset, Tolerance.STRICT)
        worth = mul_wad(price, WAD - self.haircut(held))
        amount = min(div_up(debt * WAD, worth), held, max_amount)
        if amount == 0:
            raise ModelRevert("NothingToSell", account, self.name)
        value = mul_wad(amount, price)
        self._take(account, amount)
        least = mul_wad(value, WAD - self.rules.max_slippage) // TOKEN_SCALE
        if least == 0 and self.pool.quote_out(amount, sells_base=True) == 0:
            return 0
        out = self.pool.swap(amount, least, self.now_s, sells_base=True)
        self.ledger.deposit(account, out)
        return out * TOKEN_SCALE

    def _take(self, account: str, amount: int) -> None:
        held = self.amounts.get(account, 0)
        if amount == 0 or amount > held:
            raise ModelRevert("InsufficientCollateral", self.name, held, amount)
        self.amounts[account] = held - amount
        if held == amount:
            self.ledger.active[account].discard(self.name)
