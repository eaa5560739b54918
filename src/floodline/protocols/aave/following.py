"""From the pool's logs to the events that every adapter shares, and the ledger after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from floodline.protocols.aave.ledger import PoolLedger, ray_div
from floodline.protocols.events import DeficitCovered
from floodline.protocols.porting.following import Given, Place
from floodline.protocols.porting.lending import Dealer, LoanFollower


@dataclass(frozen=True)
class Reserves:
    """What addresses in the pool's events mean.

    Attributes
    ----------
    dollar : bytes
        What is borrowed.
    markets : dict
        Collateral tokens' markets.
    decimals : dict
        Of the collateral, by market.
    houses : set
        Holders of collateral that have no position: the dealer, and treasuries.

    """

    dollar: bytes
    markets: Mapping[bytes, str]
    decimals: Mapping[str, int]
    houses: frozenset[bytes]

    def to_wad(self, market: str, units: int) -> int:
        """Return token units with 18 decimals."""
        return int(units * 10 ** (18 - self.decimals[market]))


class PoolFollower(LoanFollower[PoolLedger]):
    """Follows the pool, and the tokens that it keeps debts, claims and collateral in.

    Parameters
    ----------
    state : PoolLedger
        A copy that may be changed.
    timestamp_s : int
        The block's.
    dealer : Dealer
        Trades for the accounts.
    reserves : Reserves
        What addresses mean.

    """

    def __init__(
        self, state: PoolLedger, timestamp_s: int, dealer: Dealer, reserves: Reserves
    ) -> None:
        super().__init__(state, timestamp_s, dealer)
        self._reserves = reserves
        self._fee_units = 0

    def on_pool(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take dollars that come and go, interest, and liquidations."""
        del market
        ledger = self.state
        if name == "LiquidationCall":
            ledger.pay(given["debtToCover"])
            self._liquidation(place, given)
        elif given.get("reserve") != self._reserves.dollar:
            return
        elif name in ("Supply", "Repay"):
            ledger.pay(given["amount"])
        elif name in ("Withdraw", "Borrow"):
            ledger.pay(-given["amount"])
        elif name == "ReserveDataUpdated":
            ledger.liquidity_index = given["liquidityIndex"]
            ledger.borrow_index = given["variableBorrowIndex"]
            ledger.borrow_rate = given["variableBorrowRate"]
            ledger.updated_s = self.timestamp_s

    def on_debt(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take a log of the dollar's debt token."""
        del place, market
        _scale(self.state.debts, name, given)

    def on_claim(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take a log of what lenders hold."""
        del place, market
        _scale(self.state.claims, name, given)

    def on_receipt(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take a log of what stands for a collateral inside the pool."""
        if name == "Mint":
            self._hold(place, market, given["onBehalfOf"], given["value"])
        elif name == "Burn":
            self._hold(place, market, given["from"], -given["value"])
        elif name == "BalanceTransfer":
            if given["to"] in self._reserves.houses:
                self._fee_units = given["value"]
            self._hold(place, market, given["from"], -given["value"])
            self._hold(place, market, given["to"], given["value"])

    def _hold(self, place: Place, market: str, account: bytes, units: int) -> None:
        if account not in self._reserves.houses:
            self.move(place, account, market, self._reserves.to_wad(market, units))

    def _liquidation(self, place: Place, given: Given) -> None:
        """Tell a liquidation; a debt that nothing stands behind any more is a deficit."""
        reserves, account = self._reserves, given["user"]
        market = reserves.markets[given["collateralAsset"]]
        fee, self._fee_units = self._fee_units, 0
        self.liquidated(
            place,
            (account, given["liquidator"]),
            market,
            seized_wad=reserves.to_wad(market, given["liquidatedCollateralAmount"]),
            repaid_units=given["debtToCover"],
            fee_wad=reserves.to_wad(market, fee),
        )
        owed = self.state.debt_wad(account)
        if owed and self.state.is_bare(account):
            self.found.append(DeficitCovered(*place, account, owed, 0, 0, 0, owed))


def _scale(balances: dict[bytes, int], name: str, given: Given) -> None:
    """Change a scaled balance as the token did.

    ``Mint`` and ``Burn`` tell the amount with the interest since the holder's last change added, or
    deducted, so that the amount itself is what is left of both.
    """
    if name == "Mint":
        holder, amount = given["onBehalfOf"], given["value"] - given["balanceIncrease"]
    elif name == "Burn":
        holder, amount = given["from"], -given["value"] - given["balanceIncrease"]
    else:
        return
    scaled = ray_div(abs(amount), given["index"])
    balances[holder] = balances.get(holder, 0) + (scaled if amount > 0 else -scaled)
