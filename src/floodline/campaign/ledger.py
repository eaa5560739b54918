"""The ledger of transactions: every one that was ever offered, and what became of it."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

import numpy as np
import numpy.typing as npt

from floodline.actors.desk import Batch, Payload
from floodline.actors.fees import Fees
from floodline.campaign.record import NONE, TRANSACTION_COLUMNS, ActorLabel
from floodline.foundation.columns import Columns
from floodline.mempool.states import Reason, TxState
from floodline.mempool.transaction import Lane
from floodline.protocols.interface import Call

_BLANK: Final = {
    "arrived_us": NONE,
    "nonce": NONE,
    "block": NONE,
    "index": NONE,
    "gas_used": NONE,
    "effective_price_wei": NONE,
    "replaced_by": NONE,
    "replaces": NONE,
    "evicted_by": NONE,
    "ended_us": NONE,
}

STATES: Final = tuple(state.label for state in TxState)
"""Names of the states by their codes in the column ``status``."""


class Ledger:
    """Columns of transactions; the row number is the transaction's id.

    Transactions of actors that watch what they send hold their call; those offered in bulk hold
    only their columns, and their call is made when a block takes them.
    """

    def __init__(self, actors: list[ActorLabel]) -> None:
        self.actors = actors
        self.kinds: list[str] = []
        self._kind_code: dict[str, int] = {}
        self.reasons: list[str] = [reason.label for reason in Reason]
        self._reason_code = {name: code for code, name in enumerate(self.reasons)}
        self._columns = Columns(TRANSACTION_COLUMNS, _BLANK)
        self._calls: dict[int, Call] = {}
        self._batch_starts: list[int] = []
        self._batches: list[tuple[int, Payload]] = []

    @property
    def columns(self) -> dict[str, npt.NDArray[np.int64]]:
        """The columns as they stand, with room to spare at the end."""
        return self._columns.data

    def __len__(self) -> int:
        return self._columns.length

    def kind_code(self, kind: str) -> int:
        """Return the code of a kind of call; a new kind gets the next."""
        if kind not in self._kind_code:
            self._kind_code[kind] = len(self.kinds)
            self.kinds.append(kind)
        return self._kind_code[kind]

    def reason_code(self, reason: str) -> int:
        """Return the code of a reason; a new one (a revert's name) gets the next."""
        if reason not in self._reason_code:
            self._reason_code[reason] = len(self.reasons)
            self.reasons.append(reason)
        return self._reason_code[reason]

    def add(
        self, actor: int, call: Call, sender: int, nonce: int, fees: Fees, created_us: int
    ) -> int:
        """Enter one transaction and return its id."""
        tx_id = self._columns.extend(1).start
        data = self._columns.data
        data["actor"][tx_id] = actor
        data["kind"][tx_id] = self.kind_code(call.kind)
        data["sender"][tx_id] = sender
        data["nonce"][tx_id] = nonce
        data["created_us"][tx_id] = created_us
        data["gas_limit"][tx_id] = call.gas_limit
        data["max_fee_wei"][tx_id] = fees.max_fee
        data["tip_wei"][tx_id] = fees.tip
        data["lane"][tx_id] = fees.lane
        self._calls[tx_id] = call
        return int(tx_id)

    def add_batch(self, actor: int, batch: Batch, lane: Lane = Lane.PUBLIC) -> int:
        """Enter many transactions and return the id of the first."""
        rows = self._columns.extend(len(batch.created_us))
        data = self._columns.data
        data["actor"][rows] = actor
        data["kind"][rows] = self.kind_code(batch.kind)
        data["sender"][rows] = batch.sender
        data["created_us"][rows] = batch.created_us
        data["gas_limit"][rows] = batch.gas_limit
        data["max_fee_wei"][rows] = batch.max_fee
        data["tip_wei"][rows] = batch.tip
        data["lane"][rows] = lane
        if batch.nonce is not None:
            data["nonce"][rows] = batch.nonce
        self._batch_starts.append(rows.start)
        self._batches.append((rows.start, batch.payload))
        return int(rows.start)

    def actor_of(self, tx_id: int) -> ActorLabel:
        """Return who sent a transaction."""
        return self.actors[int(self._columns.data["actor"][tx_id])]

    def is_watched(self, tx_id: int) -> bool:
        """Whether the transaction was sent one by one, by an actor that wants to know its fate."""
        return tx_id in self._calls

    def call_of(self, tx_id: int) -> Call:
        """Return what a transaction calls, made now if it was offered in bulk."""
        call = self._calls.get(tx_id)
        if call is not None:
            return call
        start, payload = self._batches[bisect_right(self._batch_starts, tx_id) - 1]
        return payload.call(tx_id - start)

    def end(self, tx_id: int, now_us: int, state: TxState, reason: int = Reason.NONE) -> None:
        """Write down when and in which one state a transaction ended, and the code of the reason.

        Raises
        ------
        ValueError
            If it has ended before: a transaction ends once.

        """
        status = self._columns.data["status"]
        if status[tx_id] != TxState.PENDING:
            raise ValueError(f"transaction {tx_id} ended as {STATES[status[tx_id]]} before")
        status[tx_id] = state
        self._columns.data["reason"][tx_id] = reason
        self._columns.data["ended_us"][tx_id] = now_us

    def reopen(self, tx_id: int) -> None:
        """Take back the end of a transaction whose block was orphaned: it waits again."""
        data = self._columns.data
        data["status"][tx_id] = TxState.PENDING
        data["reason"][tx_id] = Reason.NONE
        for name in ("ended_us", "block", "index", "gas_used", "effective_price_wei"):
            data[name][tx_id] = NONE
        data["orphaned"][tx_id] += 1

    def reject_many(self, tx_ids: list[int], reason: Reason) -> None:
        """Write down that transactions were refused on arrival, all for one reason."""
        rows = np.array(tx_ids, dtype=np.int64)
        self._columns.data["status"][rows] = TxState.REJECTED
        self._columns.data["reason"][rows] = reason
        self._columns.data["ended_us"][rows] = self._columns.data["arrived_us"][rows]

    def trimmed(self) -> dict[str, npt.NDArray[np.int64]]:
        """Return the filled columns."""
        return self._columns.trimmed()
