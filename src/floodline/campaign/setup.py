"""Before genesis: deploying, funding, and opening the book, in blocks of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from floodline.actors.base import Actor
from floodline.campaign.book_section import BookSection
from floodline.campaign.schema import Campaign
from floodline.campaign.setup_store import SetupJournal
from floodline.chain.abi import ContractInterface
from floodline.chain.accounts import Account, AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.node import Log, Receipt
from floodline.chain.rpc import RpcFailure
from floodline.chain.tracing import revert_data
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.foundation.errors import CampaignError, NodeError
from floodline.foundation.seeds import Streams
from floodline.foundation.units import ETHER, GWEI, SECOND_US, to_us, wad
from floodline.protocols.interface import Call
from floodline.toolchain.compile import Artifacts

GENESIS_S: Final = 1_767_225_600
"""Virtual time zero: 2026-01-01 00:00:00 UTC, in Unix seconds."""

_CAP: Final = 100_000 * GWEI
_DEPLOY_GAS: Final = 16_000_000
LOAD_CONTRACTS: Final = (
    "StorageWriter",
    "ComputeBurner",
    "GasBurner",
    "StorageReader",
    "HotStorage",
)


class SetupDriver:
    """Runs the adapter's setup on the node, block by block; every transaction must succeed.

    Parameters
    ----------
    node : AnvilNode
        A fresh node whose genesis lies some time before the campaign's.
    accounts : AccountBook
        Keys of everybody who acts in the setup.
    artifacts : Artifacts
        The compiled contracts.
    start_s : int
        Timestamp of the node's genesis.
    gas_limit : int
        Gas limit of a block.
    explain : callable
        Puts revert data into words.
    journal : SetupJournal, optional
        Takes down what is asked of the chain; where it is a stored setup's, whose state the node
        already holds, nothing is run again and the answers are the node's of then.
    nonces : Mapping, optional
        How many transactions accounts have sent before; none by default.

    """

    def __init__(
        self,
        node: AnvilNode,
        accounts: AccountBook,
        artifacts: Artifacts,
        start_s: int,
        gas_limit: int,
        explain: Callable[[bytes], str],
        journal: SetupJournal | None = None,
        *,
        nonces: Mapping[bytes, int] | None = None,
    ) -> None:
        self._explain = explain
        self._journal = journal or SetupJournal()
        self._number = 0
        self._node = node
        self._accounts = accounts
        self._artifacts = artifacts
        self._time_s = start_s
        self._gas_limit = gas_limit
        self._deployer = accounts.account("deployer")
        self._nonces: dict[bytes, int] = dict(nonces or {})
        self._queue: list[tuple[Account, Call]] = []
        self.sent: dict[bytes, int] = dict(nonces or {})
        """How many transactions each account has sent, those of the setup's blocks included."""

    @property
    def chain_id(self) -> int:
        """Id of the chain."""
        return self._node.chain_id

    @property
    def deployer(self) -> bytes:
        """Address of the account that deploys and owns the protocol."""
        return self._deployer.address

    @property
    def now_s(self) -> int:
        """Timestamp that the next block will carry at the earliest."""
        return self._time_s + 1

    def view(self, to: bytes, data: bytes) -> bytes:
        """Read the chain at its latest block."""
        answer = None if self._journal.is_stored else self._node.call(to, data)
        return self._journal.view(to, data, answer)

    def deploy(self, artifact: str, *arguments: object) -> bytes:
        """Deploy a compiled contract and return its address."""
        compiled = self._artifacts[artifact]
        arguments_data = ContractInterface(compiled.abi).encode_constructor(*arguments)
        return self.create(compiled.bytecode + arguments_data, artifact)

    def create(self, code: bytes, what: str) -> bytes:
        """Deploy any creation code and return its address."""
        self.flush()
        creation = Call(b"", code, min(_DEPLOY_GAS, self._gas_limit), f"deploy {what}")
        (receipt,) = self._block([(self._deployer, creation)])
        if receipt.contract_address is None:
            raise NodeError(f"deploying {what} created no contract", "run `floodline doctor`")
        return receipt.contract_address

    def send(self, sender: bytes, call: Call) -> None:
        """Queue a call from a known account."""
        account = self._accounts.by_address(sender)
        if account is None:
            raise ValueError(f"no key for sender 0x{sender.hex()}")
        self._queue.append((account, call))

    def send_as(self, sender: bytes, call: Call) -> None:
        """Execute a call of any account in a block of its own; the node asks for no key."""
        if self._accounts.by_address(sender) is not None:
            self.send(sender, call)
            return
        self.flush()
        self._pass([])
        self._node.set_balances([(sender, max(ETHER, self._node.balance(sender)))])
        answer = self._node.submit_as(sender, call.to, call.data, call.gas_limit)
        self._sealed([call], [answer])

    def flush(self) -> list[Log]:
        """Run all queued calls, as many a block as their gas limits allow."""
        logs: list[Log] = []
        queue, self._queue = self._queue, []
        block: list[tuple[Account, Call]] = []
        gas = 0
        for item in queue:
            if gas + item[1].gas_limit > self._gas_limit:
                logs += self._logs(block)
                block, gas = [], 0
            block.append(item)
            gas += item[1].gas_limit
        if block:
            logs += self._logs(block)
        return logs

    def memory(self) -> tuple[dict[bytes, int], int]:
        """Return nonces and time, for `recall` once the node is back where it is now."""
        self.flush()
        return dict(self._nonces), self._time_s

    def recall(self, memory: tuple[dict[bytes, int], int]) -> None:
        """Go on from a memory: the node was set back to where it was then."""
        self._queue.clear()
        self._nonces, self._time_s = dict(memory[0]), memory[1]

    def finish(self, time_s: int) -> list[Log]:
        """Run what is queued in one last block, at the campaign's genesis."""
        if self.now_s > time_s:
            raise NodeError(
                f"the setup took more blocks than the {time_s} s before genesis leave room for",
                "this is a fault of Floodline; report it with the campaign file",
            )
        self._time_s = time_s - 1
        queue, self._queue = self._queue, []
        logs = self._logs(queue)
        self._journal.end()
        return logs

    def _logs(self, items: list[tuple[Account, Call]]) -> list[Log]:
        if self._journal.is_stored:
            self._pass(items)
            return self._node.logs(self._number)
        return [log for receipt in self._block(items) for log in receipt.logs]

    def _pass(self, items: list[tuple[Account, Call]]) -> None:
        """Move on by one block, which a stored setup holds already."""
        self._time_s += 1
        self._number += 1
        for account, _ in items:
            self.sent[account.address] = self.sent.get(account.address, 0) + 1
        self._journal.block(items, self._time_s)

    def _block(self, items: list[tuple[Account, Call]]) -> list[Receipt]:
        self._pass(items)
        if self._journal.is_stored:
            return self._node.receipts(self._number)
        raws = []
        for account, call in items:
            nonce = self._nonces.get(account.address, 0)
            self._nonces[account.address] = nonce + 1
            transaction = DynamicFeeTransaction(
                self._node.chain_id, nonce, 1, _CAP, call.gas_limit, call.to, call.value, call.data
            )
            raws.append(account.sign(transaction).raw)
        return self._sealed([call for _, call in items], self._node.submit_ordered(raws))

    def _sealed(self, calls: list[Call], answers: list[bytes | RpcFailure]) -> list[Receipt]:
        """Seal a block of what was handed over, and make sure that all of it succeeded."""
        for call, answer in zip(calls, answers, strict=True):
            if isinstance(answer, RpcFailure):
                raise NodeError(
                    f"setup: the node refused '{call.kind}': {answer}", "run `floodline doctor`"
                )
        sealed = self._node.seal(self._time_s)
        receipts = self._node.receipts(sealed.number)
        if len(receipts) != len(calls):
            raise NodeError(
                f"setup: a block holds {len(receipts)} of {len(calls)} transactions",
                "raise chain.gas_limit, or run `floodline doctor`",
            )
        for call, receipt in zip(calls, receipts, strict=True):
            if receipt.status != 1:
                data = revert_data(self._node, receipt.tx_hash)
                raise CampaignError(
                    f"setup: '{call.kind}' reverted ({self._explain(data)})",
                    "the profile does not allow the book or the amounts of this campaign; lower "
                    "book.leverage or book.margin_usd, or raise protocol.liquidity_usd",
                )
        return receipts


def book_margins(section: BookSection, streams: Streams) -> list[float]:
    """Draw the collateral of each account of the book, in dollars."""
    drawn = section.margin_usd.build().sample(streams.stream("book.margins"), section.accounts)
    return [float(margin) for margin in drawn]


def deposits_wad(
    holders: list[Account],
    margins_usd: list[float],
    actors: list[Actor],
    tokens_usd: Mapping[bytes, Mapping[str, float]],
) -> dict[bytes, int]:
    """Return what cash each account has inside the protocol at genesis, in whole cents.

    What an account of the book has in tokens is taken off.
    """
    found: dict[bytes, int] = {
        holder.address: wad(f"{margin - sum(tokens_usd.get(holder.address, {}).values()):.2f}")
        for holder, margin in zip(holders, margins_usd, strict=True)
    }
    for actor in actors:
        for sender, margin in zip(actor.accounts, actor.deposits_usd(), strict=False):
            found[sender.address] = wad(f"{margin:.2f}")
    return {address: amount for address, amount in found.items() if amount > 0}


def keeper_addresses(actors: list[Actor]) -> list[bytes]:
    """Return the accounts that liquidate, in the order of the actors."""
    return [
        sender.address for actor in actors if actor.role == "keeper" for sender in actor.accounts
    ]


def wallets_usd(actors: list[Actor]) -> dict[bytes, float]:
    """Return the dollars of each token that accounts have outside the protocol at genesis."""
    return {
        sender.address: usd
        for actor in actors
        for sender, usd in zip(actor.accounts, actor.wallets_usd(), strict=False)
        if usd > 0
    }


def lead_s(accounts: int, more_blocks: int = 0) -> int:
    """Return how many seconds before genesis the node starts: one for each block of the setup."""
    return 200 + accounts // 20 + more_blocks


def to_chain_s(now_us: int) -> int:
    """Return the Unix time of a virtual time at a block."""
    return GENESIS_S + now_us // SECOND_US


def slot_time_us(slot: int, slot_s: float) -> int:
    """Return the virtual time at which a slot's block is due; slot 1 comes first."""
    return slot * to_us(slot_s)


def draw_block_times_us(campaign: Campaign, streams: Streams) -> list[int]:
    """Return the virtual times at which the campaign's blocks are due, in order.

    Raises
    ------
    CampaignError
        If no block at all falls into the campaign.

    """
    chain = campaign.chain
    times: list[int] = (
        chain.block_time.build()
        .times_us(streams.stream("chain.block_time"), to_us(chain.slot_s), campaign.slots)
        .tolist()
    )
    if not times:
        raise CampaignError(
            f"chain.block_time '{chain.block_time.name}' brings no block at all within "
            f"{campaign.slots} slots",
            "raise slots, change the seed, or miss fewer slots",
        )
    return times
