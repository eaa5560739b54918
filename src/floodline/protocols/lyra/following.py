"""From the contracts' logs to the events that every adapter shares, and what stands after them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from floodline.foundation.units import WAD
from floodline.protocols.events import DeficitCovered, Liquidated
from floodline.protocols.porting.following import Given, Place
from floodline.protocols.porting.options import SoldOption, SoldOptionFollower, SoldOptions

SHORT_CALL: Final = 3
SHORT_PUT: Final = 4

_LIQUIDATE: Final = 2
_ENDS: Final = {"CLOSED": 2, "SETTLED": 7, "LIQUIDATED": 8}


class MarketFollower(SoldOptionFollower):
    """Follows a market's trades and the tokens that positions are.

    Parameters
    ----------
    state : SoldOptions
        A copy that may be changed.
    timestamp_s : int
        The block's.
    inside, dealers : frozenset of bytes
        Contracts whose dollars are the protocol's, and those that trade for accounts.
    strikes : Mapping
        Strikes in WAD by market and number; positions of other strikes are somebody else's.

    """

    def __init__(
        self,
        state: SoldOptions,
        timestamp_s: int,
        inside: frozenset[bytes],
        dealers: frozenset[bytes],
        strikes: Mapping[tuple[str, int], int],
    ) -> None:
        super().__init__(state, timestamp_s, inside, dealers)
        self._strikes = strikes

    def on_positions(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take a log of the positions' token."""
        if name != "PositionUpdated":
            return
        told = given["position"]
        strike = self._strikes.get((market, told["strikeId"]))
        if strike is None:
            return
        option = SoldOption(
            given["owner"],
            market,
            told["strikeId"],
            strike,
            told["optionType"] == SHORT_CALL,
            told["amount"],
            told["collateral"],
        )
        ended = given["updatedType"] in _ENDS.values()
        self.hold(place, given["positionId"], option, ended=ended)

    def on_market(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take a trade: where volatility is after it, and what a liquidation took."""
        if name != "Trade":
            return
        trade, liquidation = given["trade"], given["liquidation"]
        for result in given["tradeResults"]:
            moved = result["newBaseIv"] / WAD * result["newSkew"] / WAD
            self.state.volatility[market, given["strikeId"]] = moved
        if trade["tradeDirection"] != _LIQUIDATE:
            return
        account, lost = given["trader"], liquidation["insolventAmount"]
        sign = 1 if trade["optionType"] == SHORT_PUT else -1
        self.found.append(
            Liquidated(
                *place,
                account=account,
                market=market,
                keeper=liquidation["caller"],
                closed_wad=sign * trade["amount"],
                remaining_wad=self.state.size_of(account, market),
                price_wad=trade["spotPrice"],
                reward_wad=liquidation["liquidatorFee"],
                penalty_wad=liquidation["lpFee"] + liquidation["smFee"],
            )
        )
        if lost:
            self.found.append(DeficitCovered(*place, account, lost, 0, lost, 0, 0))
