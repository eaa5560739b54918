"""Signing against eth_account, and the JSON-RPC client against the node it speaks to."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import orjson
from eth_account import Account as EthAccount
from eth_utils.address import to_checksum_address

from floodline.chain.accounts import Account, AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.foundation.bench import Measurement
from floodline.toolchain.anvil import find_anvil

GENESIS = 1_700_000_000
BLOCK = 1_400
ROUNDS = 8


def run() -> list[Measurement]:
    """Measure; every bound is a ratio of two figures taken one after the other."""
    return [_signing(), *_sending()]


def _signing() -> Measurement:
    account = AccountBook(7).account("flood")
    transaction = DynamicFeeTransaction(31337, 5, 10**9, 10**11, 100_000, bytes(20), 1, bytes(68))
    fields = {
        "type": 2,
        "chainId": 31337,
        "nonce": 5,
        "maxPriorityFeePerGas": 10**9,
        "maxFeePerGas": 10**11,
        "gas": 100_000,
        "to": to_checksum_address(bytes(20)),
        "value": 1,
        "data": bytes(68),
    }
    theirs_account = EthAccount.from_key(account.private_key)
    assert bytes(theirs_account.sign_transaction(fields).raw_transaction) == (
        account.sign(transaction).raw
    )
    ours = _best(lambda: _repeat(lambda: account.sign(transaction), 1_000)) / 1_000
    theirs = _best(lambda: _repeat(lambda: theirs_account.sign_transaction(fields), 100)) / 100
    return Measurement(
        "signing, against eth_account",
        theirs / ours,
        "x",
        5.0,
        "at least",
        f"{ours * 1e6:.0f} us and {theirs * 1e6:.0f} us a transaction, both on coincurve",
    )


def _sending() -> list[Measurement]:
    """Send the same blocks pre-signed over a bare socket, and signed on the way through `Node`."""
    with AnvilNode.start(find_anvil().path, timestamp=GENESIS) as node:
        book = AccountBook(7)
        accounts = book.accounts("flood", 100)
        node.set_balances([(account.address, 10**24) for account in accounts])
        bare, through = [], []
        nonces = [0] * len(accounts)
        bare_client = _BareClient(node.url)
        for number in range(2 * ROUNDS):
            if number % 2:
                raws = [_sign(accounts, nonces, index) for index in range(BLOCK)]
                bare.append(_seconds(lambda raws=raws: bare_client.send(raws)))  # type: ignore[misc]
            else:
                through.append(
                    _seconds(
                        lambda: node.submit_ordered(
                            _sign(accounts, nonces, index) for index in range(BLOCK)
                        )
                    )
                )
            sealed = node.seal(GENESIS + 12 * (number + 1))
            assert len(sealed.transaction_hashes) == BLOCK
        bare_client.close()
        reading = _reading(node, accounts)
    rate, bare_rate = BLOCK / min(through), BLOCK / min(bare)
    return [
        Measurement(
            "signing and sending in order, against a bare socket with signed transactions",
            rate / bare_rate,
            "x",
            0.7,
            "at least",
            f"{rate:,.0f} and {bare_rate:,.0f} transactions/s into one Anvil",
        ),
        reading,
    ]


def _reading(node: AnvilNode, accounts: list[Account]) -> Measurement:
    addresses = [account.address for account in accounts] * 5
    batched = _best(lambda: node.balances(addresses))
    single = _best(lambda: [node.balance(address) for address in addresses])
    return Measurement(
        "reading in batches, against one call at a time",
        single / batched,
        "x",
        2.0,
        "at least",
        f"{len(addresses) / batched:,.0f} and {len(addresses) / single:,.0f} balances/s",
    )


class _BareClient:
    """The least that can send: one connection, one prepared body for each batch."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port)

    def send(self, raws: list[bytes]) -> None:
        for start in range(0, len(raws), 30):
            body = [
                {
                    "jsonrpc": "2.0",
                    "id": index,
                    "method": "eth_sendRawTransaction",
                    "params": ["0x" + raw.hex()],
                }
                for index, raw in enumerate(raws[start : start + 30])
            ]
            self._connection.request(
                "POST", "/", orjson.dumps(body), {"Content-Type": "application/json"}
            )
            self._connection.getresponse().read()

    def close(self) -> None:
        self._connection.close()


def _sign(accounts: list[Account], nonces: list[int], index: int) -> bytes:
    place = index % len(accounts)
    transaction = DynamicFeeTransaction(
        31337, nonces[place], 10**9, 10**12, 21_000, accounts[0].address, 1
    )
    nonces[place] += 1
    return accounts[place].sign(transaction).raw


def _repeat(work: Callable[[], object], times: int) -> None:
    for _ in range(times):
        work()


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _best(work: Callable[[], object], rounds: int = 3) -> float:
    return min(_seconds(work) for _ in range(rounds))


if __name__ == "__main__":
    for measurement in run():
        verdict = "ok" if measurement.met else "MISSED"
        print(
            f"{verdict}: {measurement.name}: {measurement.value:.2f} {measurement.unit} "
            f"({measurement.comparison} {measurement.bound}; {measurement.detail})"
        )
