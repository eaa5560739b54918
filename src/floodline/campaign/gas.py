"""Predicted gas use: what a kind of call used the last time."""

from __future__ import annotations

from typing import Final

from floodline.mempool.transaction import PooledTransaction

_LEAST: Final = 21_000


class GasPredictor:
    """Learns gas use by (kind of call, gas limit).

    Calls offered in bulk use the same gas each time, to the unit; so that they need no receipt of
    their own, their outcome is inferred from the first of their kind, and the sum over the block is
    held against what the node says the block used. Other calls vary: the expectation is the last
    observation, and the least plausible use the smallest seen so far.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], int] = {}
        self._least: dict[tuple[int, int], int] = {}
        self._bulk: dict[tuple[int, int], tuple[int, int]] = {}

    def predict(self, transaction: PooledTransaction) -> tuple[int, int]:
        """Return the expected and the lowest plausible gas use."""
        key = (transaction.call_kind, transaction.gas_limit)
        known = self._bulk.get(key)
        if known is not None:
            return known[1], known[1]
        expected = self._last.get(key, transaction.gas_limit)
        return expected, min(self._least.get(key, _LEAST), expected)

    def observe(self, call_kind: int, gas_limit: int, gas_used: int) -> None:
        """Learn from a receipt."""
        key = (call_kind, gas_limit)
        self._last[key] = gas_used
        self._least[key] = min(self._least.get(key, gas_used), gas_used)

    def observe_bulk(self, call_kind: int, gas_limit: int, status: int, gas_used: int) -> None:
        """Learn what every call of a bulk kind does."""
        self._bulk[call_kind, gas_limit] = (status, gas_used)

    def bulk(self, call_kind: int, gas_limit: int) -> tuple[int, int] | None:
        """Return (status, gas used) of a bulk kind, or None before its first receipt."""
        return self._bulk.get((call_kind, gas_limit))
