"""Protocols that lend dollars against collateral: loans as positions, their health, their sheet.

A market is one collateral asset. A position is collateral and debt: it is bought with dollars of
one's own first and borrowed ones then, in one call of a dealer beside the protocol, at the feed's
price.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import FEED, USDC, WAD
from floodline.protocols import events
from floodline.protocols.interface import Call, Health, SetupChain, Solvency, Unsupported
from floodline.protocols.porting.adapter import EVERYTHING, SETUP_GAS, PortedAdapter
from floodline.protocols.porting.following import Follower, Given, Place, State
from floodline.protocols.porting.parties import LENDERS, NOBODY

Floats = npt.NDArray[np.float64]

DOLLAR_WAD: Final = WAD // USDC
"""A dollar's smallest unit (6 decimals) in WAD."""


@dataclass
class Loans(State):
    """What events tell of a lending protocol; a subclass adds how it keeps debts.

    Attributes
    ----------
    collateral : dict
        In WAD, by account and market.

    """

    collateral: dict[tuple[bytes, str], int] = field(default_factory=dict)

    def held(self, account: bytes, market: str) -> int:
        """Return an account's collateral of a market, in WAD."""
        return self.collateral.get((account, market), 0)

    def is_bare(self, account: bytes) -> bool:
        """Whether an account has no collateral at all."""
        return not any(
            amount for (holder, _), amount in self.collateral.items() if holder == account
        )


LoansT = TypeVar("LoansT", bound=Loans)


@dataclass(frozen=True)
class Dealer:
    """Where dollars of traders go, and which transfers of them are the protocol's own."""

    address: bytes
    protocol: bytes
    """Lends to the dealer and is repaid by it."""


class LoanFollower(Follower[LoansT]):
    """Follows dollars that traders pay and are paid, collateral, and liquidations.

    Parameters
    ----------
    state : Loans
        A copy that may be changed.
    timestamp_s : int
        The block's.
    dealer : Dealer
        Trades for the accounts.

    """

    def __init__(self, state: LoansT, timestamp_s: int, dealer: Dealer) -> None:
        super().__init__(state, timestamp_s)
        self.dealer = dealer

    def on_dollar(self, place: Place, market: str, name: str, given: Given) -> None:
        """Tell what a trader pays the dealer out of the wallet, and what the dealer pays out."""
        del market
        if name != "Transfer":
            return
        source, to, amount = given["from"], given["to"], given["value"] * DOLLAR_WAD
        own = (self.dealer.protocol, NOBODY)
        if to == self.dealer.address and source not in own:
            self.found.append(events.Deposited(*place, source, amount))
        elif source == self.dealer.address and to not in own:
            self.found.append(events.Withdrawn(*place, to, amount, amount))

    def move(self, place: Place, account: bytes, market: str, change_wad: int) -> None:
        """Change an account's collateral."""
        held = self.state.held(account, market) + change_wad
        self.state.collateral[account, market] = held
        self.found.append(events.PositionChanged(*place, account, market, held, 0, 0, 0, 0, 0))

    def liquidated(
        self,
        place: Place,
        parties: tuple[bytes, bytes],
        market: str,
        *,
        seized_wad: int,
        repaid_units: int,
        fee_wad: int = 0,
    ) -> None:
        """Tell a liquidation whose collateral has moved already.

        Its price is what was repaid for a unit of collateral. 2 ETH at 3,000 seized for 5,700
        repaid are closed at 2,850, and are a reward of 300.

        Parameters
        ----------
        place : tuple of int and int
            Of the log.
        parties : tuple of bytes and bytes
            The account and its liquidator.
        market : str
            Of the collateral.
        seized_wad, fee_wad : int
            Collateral that went to the liquidator, and to the protocol.
        repaid_units : int
            Dollar units.

        """
        account, keeper = parties
        closed, repaid_wad = seized_wad + fee_wad, repaid_units * DOLLAR_WAD
        price = self.state.price_e8[market]
        self.found.append(
            events.Liquidated(
                *place,
                account=account,
                market=market,
                keeper=keeper,
                closed_wad=closed,
                remaining_wad=self.state.held(account, market),
                price_wad=repaid_wad * WAD // closed if closed else 0,
                reward_wad=seized_wad * price // FEED - repaid_wad,
                penalty_wad=fee_wad * price // FEED,
            )
        )


def liquidators_gain(
    value: float, debt: float, bonus: float, share: float = 1.0, fee: float = 0.0
) -> float:
    """Return what a liquidator gets beyond what it repays, in dollars.

    A share of the debt is repaid, at most what the collateral pays for with its bonus; of the
    bonus the protocol keeps a fee. Half of a debt of $4,300 against $5,000 at a bonus of 5 % with a
    fee of a tenth brings 2,150 * 0.05 * 0.9 = $96.75.

    Examples
    --------
    >>> round(liquidators_gain(5_000, 4_300, 0.05, 0.5, 0.1), 2)
    96.75

    """
    repaid = min(max(debt, 0.0) * share, value / (1 + bonus))
    return repaid * bonus * (1 - fee)


def margin_health(value: Floats, debt: Floats, threshold: Floats | float) -> Health:
    """Return the health of loans: maintenance is what a debt at the threshold leaves of the value.

    $5,000 against $4,300 at a threshold of 0.83: equity 700, maintenance 850, liquidatable.
    """
    return Health(value - debt, value * (1 - threshold), value)


class LendingAdapter(PortedAdapter[LoansT], Generic[LoansT]):
    """Dollars of 6 decimals lent against collateral, through a dealer named ``desk`` in the site.

    The site has the dollar under ``dollar``; see `PortedAdapter` for the parameters.
    """

    lending: ClassVar[bool] = True
    short_positions: ClassVar[bool] = False
    lender: ClassVar[str]
    """Name of the contract that takes a keeper's dollars."""
    keeper_usd: float = 10**9
    """What each keeper can repay with, in dollars."""

    @abstractmethod
    def loan_to_value(self, market: str) -> float:
        """Return how much may be borrowed against a dollar's worth of collateral."""

    def allowed_notional_usd(
        self, market: str, margin_usd: float, side: int, skew: float, price_usd: float
    ) -> tuple[float, float]:
        """Return what may be bought on credit: ``margin / (1 - LTV)``; nothing can be sold short.

        $1,000 at a loan to value of 0.8 buy $5,000 of collateral, $4,000 of it borrowed.
        """
        del skew, price_usd
        return 1.0, margin_usd / (1 - self.loan_to_value(market)) if side > 0 else 0.0

    # ---- setting up -----------------------------------------------------------------------------

    def fund(self, chain: SetupChain, deposits_wad: Mapping[bytes, int]) -> None:
        """Give accounts dollars, and let the dealer act for them."""
        for account, amount in deposits_wad.items():
            self.give(chain, account, amount // DOLLAR_WAD, "desk")
            for call in self.allowances():
                chain.send(account, call)

    @abstractmethod
    def allowances(self) -> Sequence[Call]:
        """Return the calls by which an account lets the dealer borrow and sell for it."""

    def fund_keepers(self, chain: SetupChain, keepers: Sequence[bytes]) -> None:
        """Give keepers the dollars that they repay with, and let the protocol take them."""
        for keeper in keepers:
            self.give(chain, keeper, round(self.keeper_usd * USDC), self.lender)

    def give(self, chain: SetupChain, to: bytes, units: int, spender: str) -> None:
        """Give an account dollars, and let a contract take them."""
        address = self.site.address(spender)
        if "dollar" not in self.site.standing:
            mint = self.site.call("dollar", "mintFor", to, units, address, gas=SETUP_GAS)
            chain.send(chain.deployer, mint)
            return
        mint = self.site.call("dollar", "mint", to, units, gas=SETUP_GAS)
        chain.send(chain.deployer, mint)
        allow = self.site.call("dollar", "approve", address, EVERYTHING, gas=SETUP_GAS)
        chain.send(to, allow)

    # ---- what actors do -------------------------------------------------------------------------

    def open(self, market: str, size_delta_wad: int, acceptable_price_wad: int) -> Call:
        """Return the purchase of collateral through the dealer."""
        if size_delta_wad < 0:
            raise Unsupported(self.name, "short positions")
        return self.buy(market, size_delta_wad, acceptable_price_wad)

    def close(self, account: bytes, market: str, acceptable_price_wad: int) -> Call | None:
        """Return the sale of all collateral of a market through the dealer; its debt is repaid."""
        held = self.state.held(account, market)
        return self.sell(market, held, acceptable_price_wad) if held else None

    @abstractmethod
    def buy(self, market: str, size_wad: int, limit_wad: int) -> Call:
        """Return a trader's purchase, at no more than a price in WAD dollars."""

    @abstractmethod
    def sell(self, market: str, size_wad: int, limit_wad: int) -> Call:
        """Return a trader's sale of all that it holds, at no less than a price in WAD dollars."""

    # ---- how things stand -----------------------------------------------------------------------

    def balance_sheet(
        self, held: int, claims: int, loans: int, lenders: int, items: Mapping[str, int]
    ) -> Solvency:
        """Return the sheet: what lenders may claim against dollars that are there or lent.

        Parameters
        ----------
        held, claims, loans, lenders : int
            Dollar units in the protocol's contracts, all that may be claimed, all that is owed,
            and what the lenders of the campaign may claim of it.
        items : Mapping[str, int]
            More amounts, in dollar units.

        """
        return Solvency(
            token_balance_wad=held * DOLLAR_WAD,
            deposits_wad=self.state.paid_in * DOLLAR_WAD,
            withdrawals_wad=self.state.paid_out * DOLLAR_WAD,
            liabilities_wad=claims * DOLLAR_WAD,
            recorded_deficit_wad=0,
            receivables_wad=loans * DOLLAR_WAD,
            counterparty_wad=lenders * DOLLAR_WAD,
            items={name: amount * DOLLAR_WAD for name, amount in items.items()},
        )

    @property
    def house_accounts(self) -> dict[str, bytes]:
        """The lenders, who stand behind every position; there is no fund."""
        return {"counterparty": LENDERS}
