"""From the contracts' logs to the events that every adapter shares, and what stands after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from floodline.chain.abi import ContractInterface, Event
from floodline.chain.node import Log
from floodline.foundation.units import WAD
from floodline.protocols import events

SHORT_CALL: Final = 3
SHORT_PUT: Final = 4

UNBLOCKED_BY: Final = {
    "PositionNotLiquidatable": "a price at which the position's collateral does not suffice",
    "RateIsInvalid": "a newer price: the last one counts as none",
    "BoardExpired": "settlement: the options have expired",
    "BoardIsFrozen": "an end of the board's freeze",
    "ERC721: owner query for nonexistent token": "nothing: the position is gone",
}
"""What would let a liquidation succeed that fails for a reason."""

_LIQUIDATE: Final = 2
_ENDS: Final = {"CLOSED": 2, "SETTLED": 7, "LIQUIDATED": 8}


@dataclass(frozen=True, slots=True)
class Position:
    """A short option position with its collateral, in WAD."""

    owner: bytes
    market: str
    strike_id: int
    kind: int
    amount_wad: int
    collateral_wad: int

    @property
    def size_wad(self) -> int:
        """Options, positive where the position gains with the price: a put that was sold."""
        return self.amount_wad if self.kind == SHORT_PUT else -self.amount_wad


@dataclass
class Positions:
    """Everything that events tell: positions, dollars inside, volatilities.

    Attributes
    ----------
    open : dict
        By market and the position's token.
    held : dict
        Dollars in WAD by the contract that holds them.
    paid_in, paid_out : int
        Dollars in WAD that came into the contracts and went out of them.
    volatility : dict
        By market and strike.

    """

    open: dict[tuple[str, int], Position] = field(default_factory=dict)
    held: dict[bytes, int] = field(default_factory=dict)
    volatility: dict[tuple[str, int], float] = field(default_factory=dict)
    paid_in: int = 0
    paid_out: int = 0

    def copy(self) -> Positions:
        """Return one that changes apart from this."""
        return Positions(
            dict(self.open), dict(self.held), dict(self.volatility), self.paid_in, self.paid_out
        )

    def of(self, account: bytes, market: str) -> list[tuple[int, Position]]:
        """Return an account's positions in a market with their tokens, oldest first."""
        return [
            (token, position)
            for (name, token), position in sorted(self.open.items())
            if position.owner == account and name == market
        ]


@dataclass(frozen=True, slots=True)
class PositionsChanged(events.ProtocolEvent):
    """A block's last word: what stands after it."""

    positions: Positions


@dataclass(frozen=True)
class Contracts:
    """Addresses that logs are told apart by, market by market."""

    quote: bytes
    markets: Mapping[bytes, str]
    tokens: Mapping[bytes, str]
    feeds: Mapping[bytes, str]
    desks: frozenset[bytes]
    inside: frozenset[bytes]
    """Contracts whose dollars are the protocol's."""


class Decoder:
    """Decodes the logs of one deployment; logs of other contracts are passed over.

    Parameters
    ----------
    contracts : Contracts
        Where the logs come from.
    interfaces : Mapping[bytes, ContractInterface]
        By address.

    """

    def __init__(self, contracts: Contracts, interfaces: Mapping[bytes, ContractInterface]) -> None:
        self._contracts = contracts
        self._interfaces = interfaces

    def decode(self, logs: Sequence[Log], before: Positions) -> list[events.ProtocolEvent]:
        """Return what happened in a block; the last event holds the positions after it."""
        work = _Block(self._contracts, before.copy())
        last: Log | None = None
        for log in logs:
            interface = self._interfaces.get(log.address)
            event = interface.decode_log(log) if interface is not None else None
            if event is not None:
                work.take(log, event)
                last = log
        if last is not None:
            work.found.append(PositionsChanged(last.tx_index, last.log_index, work.now))
        return work.found


class _Block:
    """One block's logs, one after another."""

    def __init__(self, contracts: Contracts, now: Positions) -> None:
        self._contracts = contracts
        self.now = now
        self.found: list[events.ProtocolEvent] = []

    def take(self, log: Log, event: Event) -> None:
        contracts, given = self._contracts, event.arguments
        place = (log.tx_index, log.log_index)
        if log.address in contracts.tokens and event.name == "PositionUpdated":
            self._position(place, contracts.tokens[log.address], given)
        elif log.address in contracts.markets and event.name == "Trade":
            self._trade(place, contracts.markets[log.address], given)
        elif log.address == contracts.quote and event.name == "Transfer":
            self._dollars(given["from"], given["to"], given["value"])
        elif log.address in contracts.feeds and event.name == "PriceUpdated":
            market = contracts.feeds[log.address]
            self.found.append(
                events.PriceUpdated(*place, market, given["answer"], given["observedAt"])
            )

    def _dollars(self, source: bytes, to: bytes, amount: int) -> None:
        inside, now = self._contracts.inside, self.now
        for holder, change in ((source, -amount), (to, amount)):
            if holder in inside:
                now.held[holder] = now.held.get(holder, 0) + change
        if source not in inside and to in inside:
            now.paid_in += amount
        elif source in inside and to not in inside:
            now.paid_out += amount

    def _position(self, place: tuple[int, int], market: str, given: Mapping[str, Any]) -> None:
        token, told, owner = given["positionId"], given["position"], given["owner"]
        before = self.now.open.get((market, token))
        if given["updatedType"] in _ENDS.values():
            self.now.open.pop((market, token), None)
        else:
            self.now.open[market, token] = Position(
                owner,
                market,
                told["strikeId"],
                told["optionType"],
                told["amount"],
                told["collateral"],
            )
        if owner in self._contracts.desks:
            return
        put_up = before is None or before.owner in self._contracts.desks
        if put_up and (market, token) in self.now.open:
            self.found.append(events.Deposited(*place, owner, told["collateral"]))
        self.found.append(
            events.PositionChanged(*place, owner, market, self._size(owner, market), 0, 0, 0, 0, 0)
        )

    def _size(self, account: bytes, market: str) -> int:
        return sum(position.size_wad for _, position in self.now.of(account, market))

    def _trade(self, place: tuple[int, int], market: str, given: Mapping[str, Any]) -> None:
        trade, liquidation = given["trade"], given["liquidation"]
        for result in given["tradeResults"]:
            moved = result["newBaseIv"] / WAD * result["newSkew"] / WAD
            self.now.volatility[market, given["strikeId"]] = moved
        if trade["tradeDirection"] != _LIQUIDATE:
            return
        account = given["trader"]
        sign = 1 if trade["optionType"] == SHORT_PUT else -1
        self.found.append(
            events.Liquidated(
                *place,
                account=account,
                market=market,
                keeper=liquidation["caller"],
                closed_wad=sign * trade["amount"],
                remaining_wad=self._size(account, market),
                price_wad=trade["spotPrice"],
                reward_wad=liquidation["liquidatorFee"],
                penalty_wad=liquidation["lpFee"] + liquidation["smFee"],
            )
        )
        if liquidation["insolventAmount"]:
            lost = liquidation["insolventAmount"]
            self.found.append(events.DeficitCovered(*place, account, lost, 0, lost, 0, 0))
