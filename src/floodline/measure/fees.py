"""What transactions paid, summed exactly."""

from __future__ import annotations

import operator
from collections.abc import Mapping

import numpy as np
import pandas as pd

from floodline.measure.frame import from_optional


def fees_wei(transactions: pd.DataFrame, by: str) -> dict[str, int]:
    """Return the fees paid, in wei, by each word of a label column.

    Gas used times effective price, over every transaction in a block, failed ones included. The
    products are Python integers: a full transaction above 550 gwei no longer fits 64 bits.

    Parameters
    ----------
    transactions : DataFrame
        The transactions table.
    by : str
        Label column: ``role``, ``actor``, ``kind``...

    """
    prices = from_optional(transactions["effective_price_wei"], 0)
    return _summed(transactions, by, prices)


def burned_wei(
    transactions: pd.DataFrame, by: str, base_fee_by_block: Mapping[int, int]
) -> dict[str, int]:
    """Return the part of the fees that the base fee burned, in wei, by each word of a column."""
    block = from_optional(transactions["block"])
    blocks, inverse = np.unique(block, return_inverse=True)
    base = np.array([base_fee_by_block.get(int(number), 0) for number in blocks], dtype=np.int64)
    prices = base[inverse] if len(block) else block
    return _summed(transactions, by, prices)


def _summed(
    transactions: pd.DataFrame, by: str, price: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> dict[str, int]:
    gas = from_optional(transactions["gas_used"], 0)
    codes = transactions[by].cat.codes.to_numpy()
    sums: dict[str, int] = {}
    for code, word in enumerate(transactions[by].cat.categories):
        mine = (codes == code) & (gas > 0)
        sums[str(word)] = sum(map(operator.mul, gas[mine].tolist(), price[mine].tolist()))
    return sums
