"""Loss of liveness: accounts that should be liquidated and whose liquidation reverts.

The contracts say whom they allow to be liquidated; whether they then do it is tried out. At every
few blocks a keeper's call for each such account is executed on the newest state without being sent.
Where it reverts the account is stuck: since when, for what reason, and what would free it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from floodline.actors.desk import Candidate
from floodline.campaign.reasons import reason_label
from floodline.campaign.record import NONE, LivenessRow
from floodline.chain.node import ReadingNode
from floodline.chain.rpc import RpcFailure
from floodline.protocols.interface import ProtocolAdapter

Key = tuple[bytes, str]
"""An account and a market."""


class LivenessWatch:
    """Tries out the liquidation of every account that may be liquidated.

    Parameters
    ----------
    protocol : ProtocolAdapter
        The protocol under test.
    node : ReadingNode
        The node.
    labels : dict[bytes, str]
        Readable names of accounts.
    keeper : bytes
        Whose call it would be: an account with what a liquidation takes.
    every : int
        Blocks from one try of an account to the next; 0 for none at all.

    """

    def __init__(
        self,
        protocol: ProtocolAdapter,
        node: ReadingNode,
        labels: dict[bytes, str],
        keeper: bytes,
        every: int,
    ) -> None:
        self._protocol = protocol
        self._node = node
        self._labels = labels
        self._keeper = keeper
        self._every = every
        self._tried: dict[Key, int] = {}
        self._stuck: dict[Key, LivenessRow] = {}
        self.rows: list[LivenessRow] = []

    def see(self, block: int, now_us: int, candidates: Sequence[Candidate]) -> None:
        """Take the accounts that may be liquidated after a block, and try what is due."""
        if not self._every:
            return
        allowed = {
            (one.account, one.market): one
            for one in candidates
            if self._protocol.takes_liquidation(one.account, one.market)
        }
        for key in [key for key in self._stuck if key not in allowed]:
            self._free(key, now_us, "recovered" if self._holds(key) else "liquidated")
        self._tried = {key: last for key, last in self._tried.items() if key in allowed}
        due = [
            key
            for key in sorted(allowed)
            if key not in self._tried or block - self._tried[key] >= self._every
        ]
        if not due:
            return
        calls = [self._protocol.liquidate(*key) for key in due]
        answers = self._node.call_many([(call.to, call.data) for call in calls], self._keeper)
        for key, answer in zip(due, answers, strict=True):
            self._tried[key] = block
            if isinstance(answer, RpcFailure):
                self._hold(key, block, now_us, answer.data, allowed[key])
            elif key in self._stuck:
                self._free(key, now_us, "unblocked")

    def _hold(self, key: Key, block: int, now_us: int, data: bytes, one: Candidate) -> None:
        """Note that a liquidation reverts; another reason than before begins a row of its own."""
        words = self._protocol.explain_revert(data) if data else "out_of_gas"
        reason = reason_label(words)
        before = self._stuck.get(key)
        if before is not None and before.reason == reason:
            self._stuck[key] = replace(before, tries=before.tries + 1)
            return
        if before is not None:
            self._free(key, now_us, "other_reason")
        self._stuck[key] = LivenessRow(
            account=self._labels.get(one.account, "0x" + one.account.hex()),
            market=one.market,
            since_block=block,
            since_us=now_us,
            ended_us=NONE,
            end="open",
            reason=reason,
            words=words,
            unblocks=self._protocol.unblocks(self._protocol.decode_revert(data)),
            notional_usd=one.notional_usd,
            equity_usd=one.equity_usd,
            tries=1,
        )

    def _free(self, key: Key, now_us: int, end: str) -> None:
        self.rows.append(replace(self._stuck.pop(key), ended_us=now_us, end=end))

    def _holds(self, key: Key) -> bool:
        """Whether the account still has anything at risk in the market."""
        row, unit = self._protocol.book.index[key[0]], [1.0] * len(self._protocol.markets)
        return any(one.market == key[1] for one in self._protocol.exposures(row, unit))

    def all_rows(self) -> list[LivenessRow]:
        """Return what ended and what is still open, in the order of beginning."""
        rows = [*self.rows, *self._stuck.values()]
        return sorted(rows, key=lambda row: (row.since_us, row.account, row.market))

    # ---- reorganisations ------------------------------------------------------------------------

    def checkpoint(self) -> Any:
        """Return everything as it is."""
        return deepcopy((self._tried, self._stuck, self.rows))

    def restore(self, checkpoint: Any) -> None:
        """Return to a checkpoint: the blocks after it have never been."""
        self._tried, self._stuck, self.rows = deepcopy(checkpoint)
