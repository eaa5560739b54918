"""From the pool's logs to the events that every adapter shares, and the ledger after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floodline.chain.abi import ContractInterface, Event
from floodline.chain.node import Log
from floodline.foundation.units import FEED, WAD
from floodline.protocols import events
from floodline.protocols.aave.ledger import UNIT_WAD, PoolLedger, ray_div


@dataclass(frozen=True, slots=True)
class PoolChanged(events.ProtocolEvent):
    """A block's last word: what the pool keeps after it."""

    ledger: PoolLedger


@dataclass(frozen=True)
class Contracts:
    """Addresses that logs are told apart by.

    Attributes
    ----------
    pool, dollar, desk, treasury : bytes
        The pool, what is borrowed, our dealer, and where fees go.
    claim, debt : bytes
        The dollar reserve's tokens.
    receipts, feeds, tokens : dict
        Address to market.
    decimals : dict
        Of the collateral, by market.

    """

    pool: bytes
    dollar: bytes
    desk: bytes
    treasury: bytes
    claim: bytes
    debt: bytes
    receipts: Mapping[bytes, str]
    feeds: Mapping[bytes, str]
    tokens: Mapping[bytes, str]
    decimals: Mapping[str, int]

    def to_wad(self, market: str, units: int) -> int:
        """Return token units with 18 decimals."""
        return int(units * 10 ** (18 - self.decimals[market]))


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

    def decode(
        self, logs: Sequence[Log], timestamp_s: int, before: PoolLedger
    ) -> list[events.ProtocolEvent]:
        """Return what happened in a block; the last event holds the ledger after it."""
        work = _Block(self._contracts, before.copy(), timestamp_s)
        last: Log | None = None
        for log in logs:
            interface = self._interfaces.get(log.address)
            event = interface.decode_log(log) if interface is not None else None
            if event is not None:
                work.take(log, event)
                last = log
        if last is not None:
            work.found.append(PoolChanged(last.tx_index, last.log_index, work.ledger))
        return work.found


class _Block:
    """One block's logs, one after another."""

    def __init__(self, contracts: Contracts, ledger: PoolLedger, timestamp_s: int) -> None:
        self._contracts = contracts
        self._timestamp_s = timestamp_s
        self._fee_units = 0
        self.ledger = ledger
        self.found: list[events.ProtocolEvent] = []

    def take(self, log: Log, event: Event) -> None:
        contracts, given = self._contracts, event.arguments
        place = (log.tx_index, log.log_index)
        if log.address == contracts.pool:
            self._pool(place, event.name, given)
        elif log.address == contracts.debt:
            _scale(self.ledger.debts, event.name, given)
        elif log.address == contracts.claim:
            _scale(self.ledger.claims, event.name, given)
        elif log.address in contracts.receipts:
            self._collateral(place, contracts.receipts[log.address], event.name, given)
        elif log.address == contracts.dollar and event.name == "Transfer":
            self._dollars(place, given["from"], given["to"], given["value"] * UNIT_WAD)
        elif event.name == "PriceUpdated":
            market = contracts.feeds[log.address]
            self.ledger.price_e8[market] = given["answer"]
            self.found.append(
                events.PriceUpdated(*place, market, given["answer"], given["observedAt"])
            )

    def _pool(self, place: tuple[int, int], name: str, given: Mapping[str, Any]) -> None:
        ledger, contracts = self.ledger, self._contracts
        if name == "LiquidationCall":
            ledger.paid_in += given["debtToCover"]
            self._liquidated(place, given)
        elif given.get("reserve") != contracts.dollar:
            return
        elif name in ("Supply", "Repay"):
            ledger.paid_in += given["amount"]
        elif name in ("Withdraw", "Borrow"):
            ledger.paid_out += given["amount"]
        elif name == "ReserveDataUpdated":
            ledger.liquidity_index = given["liquidityIndex"]
            ledger.borrow_index = given["variableBorrowIndex"]
            ledger.borrow_rate = given["variableBorrowRate"]
            ledger.updated_s = self._timestamp_s

    def _dollars(self, place: tuple[int, int], source: bytes, to: bytes, amount: int) -> None:
        """Take what a trader pays the dealer out of the wallet, and what the dealer pays out."""
        desk, inside = self._contracts.desk, (self._contracts.claim, bytes(20))
        if to == desk and source not in inside:
            self.found.append(events.Deposited(*place, source, amount))
        elif source == desk and to not in inside:
            self.found.append(events.Withdrawn(*place, to, amount, amount))

    def _collateral(
        self, place: tuple[int, int], market: str, name: str, given: Mapping[str, Any]
    ) -> None:
        if name == "Mint":
            self._move(place, market, given["onBehalfOf"], given["value"])
        elif name == "Burn":
            self._move(place, market, given["from"], -given["value"])
        elif name == "BalanceTransfer":
            if given["to"] == self._contracts.treasury:
                self._fee_units = given["value"]
            self._move(place, market, given["from"], -given["value"])
            self._move(place, market, given["to"], given["value"])

    def _move(self, place: tuple[int, int], market: str, account: bytes, units: int) -> None:
        contracts = self._contracts
        if account in (contracts.treasury, contracts.desk):
            return
        held = self.ledger.collateral.get((account, market), 0) + units
        self.ledger.collateral[account, market] = held
        size = contracts.to_wad(market, held)
        self.found.append(events.PositionChanged(*place, account, market, size, 0, 0, 0, 0, 0))

    def _liquidated(self, place: tuple[int, int], given: Mapping[str, Any]) -> None:
        """Tell a liquidation; a debt that nothing stands behind any more is a deficit."""
        contracts, ledger, account = self._contracts, self.ledger, given["user"]
        market = contracts.tokens[given["collateralAsset"]]
        fee, self._fee_units = contracts.to_wad(market, self._fee_units), 0
        seized = contracts.to_wad(market, given["liquidatedCollateralAmount"])
        repaid = given["debtToCover"] * UNIT_WAD
        price = ledger.price_e8[market]
        left = contracts.to_wad(market, ledger.collateral.get((account, market), 0))
        self.found.append(
            events.Liquidated(
                *place,
                account=account,
                market=market,
                keeper=given["liquidator"],
                closed_wad=seized + fee,
                remaining_wad=left,
                price_wad=repaid * WAD // (seized + fee) if seized + fee else 0,
                reward_wad=seized * price // FEED - repaid,
                penalty_wad=fee * price // FEED,
            )
        )
        owed = ledger.debt_wad(account)
        if owed and ledger.is_bare(account):
            self.found.append(events.DeficitCovered(*place, account, owed, 0, 0, 0, owed))


def _scale(balances: dict[bytes, int], name: str, given: Mapping[str, Any]) -> None:
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
