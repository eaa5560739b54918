"""A node's JSON answers turned into plain data; anything unexpected in them is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from floodline.chain.hexadecimal import from_data, from_quantity
from floodline.chain.node import Log, Receipt, SealedBlock
from floodline.foundation.errors import NodeError

T = TypeVar("T")


def parse(reader: Callable[[Any], T], answer: Any, what: str) -> T:
    """Read an answer.

    Raises
    ------
    NodeError
        If a field is missing or not of its kind.

    """
    try:
        return reader(answer)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NodeError(
            f"the node's {what} cannot be read ({type(error).__name__}: {error}): "
            f"{str(answer)[:300]}",
            "use a node of the pinned version; `floodline doctor` shows it",
        ) from error


def block(answer: Any) -> SealedBlock:
    """Read the answer of ``eth_getBlockByNumber(n, false)``."""
    return SealedBlock(
        number=from_quantity(answer["number"]),
        timestamp=from_quantity(answer["timestamp"]),
        base_fee=from_quantity(answer["baseFeePerGas"]),
        gas_used=from_quantity(answer["gasUsed"]),
        gas_limit=from_quantity(answer["gasLimit"]),
        transaction_hashes=tuple(map(from_data, answer["transactions"])),
    )


def log(answer: Any) -> Log:
    """Read one item of ``eth_getLogs`` or of a receipt's logs."""
    return Log(
        address=from_data(answer["address"]),
        topics=tuple(map(from_data, answer["topics"])),
        data=from_data(answer["data"]),
        tx_hash=from_data(answer["transactionHash"]),
        tx_index=from_quantity(answer["transactionIndex"]),
        log_index=from_quantity(answer["logIndex"]),
    )


def logs(answer: Any) -> list[Log]:
    """Read the answer of ``eth_getLogs``, in the order of emission."""
    return sorted(map(log, answer), key=lambda item: item.log_index)


def receipt(answer: Any) -> Receipt:
    """Read the answer of ``eth_getTransactionReceipt``."""
    created = answer.get("contractAddress")
    return Receipt(
        tx_hash=from_data(answer["transactionHash"]),
        index=from_quantity(answer["transactionIndex"]),
        status=from_quantity(answer["status"]),
        gas_used=from_quantity(answer["gasUsed"]),
        effective_price=from_quantity(answer["effectiveGasPrice"]),
        logs=tuple(map(log, answer["logs"])),
        contract_address=from_data(created) if created else None,
    )


def receipts(answer: Any) -> list[Receipt]:
    """Read the answer of ``eth_getBlockReceipts``, in the block's order."""
    return sorted(map(receipt, answer), key=lambda item: item.index)
