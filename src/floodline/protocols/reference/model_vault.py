"""Exact model of the liquidity providers' vault: queues, shares, breaker and hedge size."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_ledger import TOKEN_SCALE
from floodline.protocols.reference.model_math import ModelRevert, mul_wad, mul_wad_up

VIRTUAL = 10**12
"""Shares and assets that nobody owns."""
MAX_BATCH = 32
"""Most requests in one call."""


class VaultParameters(NamedTuple):
    """Everything that can be tuned on a vault (Solidity ``VaultParameters``)."""

    deposit_delay: int
    """Seconds that a deposit waits."""
    redemption_delay: int
    """Seconds that a redemption waits."""
    redemption_fee: int
    """What a redemption leaves to those who stay, WAD ratio."""
    min_free_ratio: int
    """Free capital over net asset value below which redemptions stop, WAD."""
    breaker_seconds: int
    """For how long they then stop."""


class HedgeParameters(NamedTuple):
    """Everything that can be tuned on a hedge (Solidity ``HedgeParameters``)."""

    interval: int
    """Least seconds between two hedges."""
    max_trade: int
    """Largest trade of one hedge, WAD units."""
    max_slippage: int
    """Largest distance of the fill from the oracle price, WAD ratio."""


class Request(NamedTuple):
    """A deposit or a redemption that waits."""

    receiver: str
    requested_at: int
    """Seconds."""
    amount: int
    """Token units of a deposit, shares of a redemption."""


class Standing(NamedTuple):
    """How the vault's ledger account stands, by the house."""

    value: int
    """Net asset value, WAD USD."""
    free: int
    """Capital that could leave, WAD USD."""
    rate: int = WAD
    """What a unit of claims is paid, WAD."""
    gated_until: int = 0
    """Until when the house pays nothing out, seconds."""


class Paid(NamedTuple):
    """What one redemption got."""

    receiver: str
    shares: int
    units: int
    """Token units."""
    fee: int
    """WAD USD."""


@dataclass
class VaultModel:
    """``LPVault.sol`` without its ledger account, which the caller tells and changes.

    Parameters
    ----------
    parameters : VaultParameters
        The vault's.

    """

    parameters: VaultParameters
    deposits: deque[Request] = field(default_factory=deque)
    redemptions: deque[Request] = field(default_factory=deque)
    shares: dict[str, int] = field(default_factory=dict)
    """By holder, without those that wait for redemption."""
    paused_until: int = 0
    """Seconds."""

    @property
    def supply(self) -> int:
        """All shares, those that wait included."""
        return sum(self.shares.values()) + sum(one.amount for one in self.redemptions)

    @property
    def queued_assets(self) -> int:
        """Token units of all deposits that wait."""
        return sum(one.amount for one in self.deposits)

    def to_shares(self, assets: int, value: int) -> int:
        """Return shares for assets, WAD, rounded down: 300 into 1,000 worth 1,500 become 200."""
        return assets * (self.supply + VIRTUAL) // (value + VIRTUAL)

    def to_assets(self, shares: int, value: int) -> int:
        """Return assets for shares, WAD, rounded down; nothing while the vault is insolvent."""
        return shares * (value + VIRTUAL) // (self.supply + VIRTUAL) if value > 0 else 0

    def request_deposit(self, receiver: str, amount: int, now_s: int) -> None:
        """Queue token units."""
        if amount == 0:
            raise ModelRevert("ZeroAmount")
        self.deposits.append(Request(receiver, now_s, amount))

    def request_redeem(self, holder: str, amount: int, now_s: int) -> None:
        """Queue shares of a holder, who is also the receiver."""
        if amount == 0:
            raise ModelRevert("ZeroAmount")
        held = self.shares.get(holder, 0)
        if held < amount:
            raise ModelRevert("ERC20InsufficientBalance", holder, held, amount)
        self.shares[holder] = held - amount
        self.redemptions.append(Request(holder, now_s, amount))

    def process_deposits(self, limit: int, value: int, now_s: int) -> list[tuple[Request, int]]:
        """Turn deposits that are due into shares; return them with their shares."""
        found: list[tuple[Request, int]] = []
        if value < 0 or (value == 0 and self.supply):
            return found
        while len(found) < limit and self.is_due(
            self.deposits, self.parameters.deposit_delay, now_s
        ):
            request = self.deposits.popleft()
            shares = self.to_shares(request.amount * TOKEN_SCALE, value)
            value += request.amount * TOKEN_SCALE
            self.shares[request.receiver] = self.shares.get(request.receiver, 0) + shares
            found.append((request, shares))
        return found

    def process_redemptions(self, limit: int, standing: Standing, now_s: int) -> list[Paid]:
        """Pay redemptions that are due; pause where too little capital would stay free.

        100 of 1,000 shares worth 2,000 at a fee of 1 % are worth 200 and paid 198.
        """
        found: list[Paid] = []
        if now_s < self.paused_until or now_s < standing.gated_until or standing.value <= 0:
            return found
        value, free = standing.value, standing.free
        while len(found) < limit and self.is_due(
            self.redemptions, self.parameters.redemption_delay, now_s
        ):
            request = self.redemptions[0]
            worth = self.to_assets(request.amount, value)
            fee = mul_wad_up(worth, self.parameters.redemption_fee)
            claim = worth - fee
            if free - claim < mul_wad_up(value - claim, self.parameters.min_free_ratio):
                self.paused_until = now_s + self.parameters.breaker_seconds
                break
            value, free = value - claim, free - claim
            self.redemptions.popleft()
            units = mul_wad(claim, standing.rate) // TOKEN_SCALE
            found.append(Paid(request.receiver, request.amount, units, fee))
        return found

    @staticmethod
    def is_due(queue: deque[Request], delay: int, now_s: int) -> bool:
        """Tell whether the first of a queue has waited long enough."""
        return bool(queue) and now_s >= queue[0].requested_at + delay


def hedge_trade(delta: int, size: int, price: int, min_notional: int, max_trade: int) -> int:
    """Return the signed size that one hedge trades, WAD units.

    Towards minus the delta by at most `max_trade`; a target or a remainder that the market would
    refuse as dust is zero. A delta of -40 with 10 held and a cap of 25 buys 25.

    Parameters
    ----------
    delta, size : int
        The vault's delta and its position, WAD units.
    price, min_notional : int
        WAD USD.
    max_trade : int
        WAD units.

    """
    target = hedge_target(delta, price, min_notional)
    traded = max(-max_trade, min(max_trade, target - size))
    left = size + traded
    return -size if mul_wad(abs(left), price) < min_notional else traded


def hedge_target(delta: int, price: int, min_notional: int) -> int:
    """Return the position that leaves no delta, WAD units; zero where it would be dust."""
    return 0 if mul_wad(abs(delta), price) < min_notional else -delta
