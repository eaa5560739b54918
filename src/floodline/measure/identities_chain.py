"""Identities of the chain's side of the books: states, gas, base fee, order and nonces."""

from __future__ import annotations

import numpy as np
import pandas as pd

from floodline.chain.feemarket import next_base_fee
from floodline.measure.frame import Flags, Integers, from_optional
from floodline.measure.identity import NOTHING, Identity
from floodline.measure.inclusion import STATES, state_counts
from floodline.measure.tables import Tables


def chain_identities(tables: Tables) -> list[Identity]:
    """Return the identities that transactions and blocks must keep."""
    transactions, blocks = tables["transactions"], tables["blocks"]
    return [
        _states(transactions),
        _gas_limit(blocks),
        _base_fee(blocks),
        _gas_of_transactions(transactions, blocks),
        _gas_of_roles(blocks),
        _transactions_of_block(transactions, blocks),
        _order(transactions),
        _nonces(transactions),
    ]


def _states(transactions: pd.DataFrame) -> Identity:
    """Offered is the highest tx_id plus one, so that a row that went missing shows."""
    number = transactions["tx_id"].to_numpy()
    offered = int(number.max()) + 1 if len(number) else 0
    named = sum(state_counts(transactions).values())
    where = ""
    if named != offered:
        stray = ~transactions["status"].isin(STATES).to_numpy()
        where = f"tx_id {number[stray][0]}" if stray.any() else "a tx_id that has no row"
    name = "offered = included + reverted + replaced + evicted + rejected + expired + dropped + "
    return Identity(name + "pending", abs(offered - named), 0, "transactions", where)


def _gas_limit(blocks: pd.DataFrame) -> Identity:
    over = np.maximum((blocks["gas_used"] - blocks["gas_limit"]).to_numpy(), 0)
    return Identity(
        "gas used in a block <= its gas limit", int(over.sum()), 0, "gas", _block(blocks, over > 0)
    )


def _base_fee(blocks: pd.DataFrame) -> Identity:
    number = blocks["block"].tolist()
    fee = blocks["base_fee_wei"].tolist()
    used = blocks["gas_used"].tolist()
    limit = blocks["gas_limit"].tolist()
    target = blocks["target_gas"].tolist()
    denominator = blocks["base_fee_denominator"].tolist()
    residual, where = 0, "" if len(number) > 1 else NOTHING
    for place in range(1, len(number)):
        before = place - 1
        expected = next_base_fee(
            fee[before],
            used[before],
            limit[before],
            target=target[before],
            denominator=denominator[before],
        )
        gap = abs(number[place] - number[before] - 1)  # a missing block breaks the recursion too
        off = abs(fee[place] - expected) + gap
        if off and not residual:
            where = f"block {number[place]}"
        residual += off
    return Identity("base fee follows EIP-1559 from block to block", residual, 0, "wei", where)


def _sum_by_block(transactions: pd.DataFrame, blocks: pd.DataFrame, gas: Integers) -> Integers:
    """Return sums over each block's transactions; those in no known block come last."""
    number = blocks["block"].to_numpy()
    block = from_optional(transactions["block"])
    inside = block >= 0
    place = np.searchsorted(number, block[inside])
    known = np.append(number, -1)[place] == block[inside]
    place = np.where(known, place, len(number))
    sums = np.zeros(len(number) + 1, dtype=np.int64)
    np.add.at(sums, place, gas[inside])
    return sums


def _gas_of_transactions(transactions: pd.DataFrame, blocks: pd.DataFrame) -> Identity:
    sums = _sum_by_block(transactions, blocks, from_optional(transactions["gas_used"], 0))
    off = np.abs(sums - np.append(blocks["gas_used"].to_numpy(), 0))
    return Identity(
        "gas used by a block's transactions = gas used by the block",
        int(off.sum()),
        0,
        "gas",
        _block(blocks, off > 0),
    )


def _gas_of_roles(blocks: pd.DataFrame) -> Identity:
    own = {"gas_used", "gas_limit"}
    roles = [name for name in blocks.columns if name.startswith("gas_") and name not in own]
    sums = blocks[roles].to_numpy(dtype=np.int64).sum(axis=1)
    off = np.abs(sums - blocks["gas_used"].to_numpy())
    return Identity(
        "gas used by the roles = gas used by the block",
        int(off.sum()),
        0,
        "gas",
        _block(blocks, off > 0),
    )


def _transactions_of_block(transactions: pd.DataFrame, blocks: pd.DataFrame) -> Identity:
    ones = np.ones(len(transactions), dtype=np.int64)
    off = np.abs(
        _sum_by_block(transactions, blocks, ones) - np.append(blocks["tx_count"].to_numpy(), 0)
    )
    return Identity(
        "transactions with a block = transactions that the block counts",
        int(off.sum()),
        0,
        "transactions",
        _block(blocks, off > 0),
    )


def _order(transactions: pd.DataFrame) -> Identity:
    block = from_optional(transactions["block"])
    inside = block >= 0
    block, index = block[inside], from_optional(transactions["index"])[inside]
    order = np.lexsort((index, block))
    block, index = block[order], index[order]
    starts = np.flatnonzero(np.append(True, block[1:] != block[:-1])) if len(block) else block
    lengths = np.diff(np.append(starts, len(block)))
    expected = np.arange(len(block)) - np.repeat(starts, lengths)
    wrong = index != expected
    where = f"block {block[wrong][0]}, index {index[wrong][0]}" if wrong.any() else ""
    return Identity(
        "positions in a block are 0, 1, 2, ... without holes",
        int(wrong.sum()),
        0,
        "transactions",
        where,
    )


def _nonces(transactions: pd.DataFrame) -> Identity:
    """Nonces of a sender's transactions in blocks rise by one, in the order of execution."""
    inside = transactions["block"].notna().to_numpy()
    sender = transactions["sender"].cat.codes.to_numpy()[inside]
    nonce = from_optional(transactions["nonce"])[inside]
    block = from_optional(transactions["block"])[inside]
    index = from_optional(transactions["index"])[inside]
    order = np.lexsort((index, block, sender))
    sender, nonce = sender[order], nonce[order]
    wrong = (sender[1:] == sender[:-1]) & (nonce[1:] != nonce[:-1] + 1)
    where = ""
    if wrong.any():
        first = int(np.argmax(wrong)) + 1
        who = transactions["sender"].cat.categories[sender[first]]
        where = f"sender {who}, nonce {nonce[first]}"
    return Identity(
        "nonces of a sender's executed transactions are consecutive",
        int(wrong.sum()),
        0,
        "transactions",
        where,
    )


def _block(blocks: pd.DataFrame, wrong: Flags) -> str:
    """Return the first block that a mask marks, in words."""
    if not wrong.any():
        return ""
    place = int(np.argmax(wrong))
    return f"block {blocks['block'].iloc[place]}" if place < len(blocks) else "a block without row"
