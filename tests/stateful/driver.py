"""The reference protocol on a real Anvil, driven one block an action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floodline.chain.abi import ContractInterface, Event
from floodline.chain.accounts import Account, AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.node import Receipt, SealedBlock
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.protocols.reference.model_hub import GuardParameters
from floodline.protocols.reference.model_parameters import (
    AssetConfiguration,
    KeeperParameters,
    LiquidationParameters,
    MarketParameters,
)
from floodline.toolchain.compile import Artifacts

ETHER = 10**18
GAS_LIMIT = 6_000_000
MAX_FEE = 1_000 * 10**9


@dataclass(frozen=True)
class Outcome:
    """What one action did on chain."""

    receipt: Receipt
    block: SealedBlock
    error: str
    """Name of the custom error; empty on success."""
    arguments: tuple[Any, ...]
    """The error's arguments."""
    events: tuple[Event, ...]

    @property
    def ok(self) -> bool:
        return self.receipt.status == 1

    def event(self, name: str) -> dict[str, Any]:
        """Return the arguments of the only event of a name."""
        (found,) = [event for event in self.events if event.name == name]
        return found.arguments


class OnceReadNode:
    """The node, asked for the same view once until it is asked for anything that could change it.

    The invariants after a step look at the same state; all but views and the reads named here
    forget what was seen.
    """

    _HARMLESS = frozenset({"nonce", "block", "chain_id"})

    def __init__(self, node: AnvilNode) -> None:
        self._node = node
        self._seen: dict[tuple[bytes, bytes], Any] = {}
        self.decoded: dict[tuple[str, str, bytes], Any] = {}
        """What answers meant, by contract, function and answer; nobody changes it."""

    def __getattr__(self, name: str) -> Any:
        if name not in self._HARMLESS:
            self._seen.clear()
            self.decoded.clear()
        return getattr(self._node, name)

    def call(self, to: bytes, data: bytes) -> bytes:
        """Return what a view answers at the latest block."""
        if (to, data) not in self._seen:
            self._seen[to, data] = self._node.call(to, data)
        return self._seen[to, data]

    def call_many(self, calls: Sequence[tuple[bytes, bytes]]) -> list[Any]:
        """Return what several views answer, with one request for what is not known."""
        missing = [call for call in dict.fromkeys(calls) if call not in self._seen]
        if missing:
            self._seen.update(zip(missing, self._node.call_many(missing), strict=True))
        return [self._seen[call] for call in calls]


class Chain:
    """Signs, submits and seals; decodes events and reverts of any of our contracts."""

    def __init__(self, node: AnvilNode, artifacts: Artifacts) -> None:
        self.node: Any = OnceReadNode(node)
        self.artifacts = artifacts
        self.accounts = AccountBook(seed=20_240_601)
        self.interfaces = {name: ContractInterface(item.abi) for name, item in artifacts.items()}
        known = [
            item
            for name in sorted(artifacts)
            for item in artifacts[name].abi
            if item["type"] in ("error", "event")
        ]
        self.everything = ContractInterface(known)
        self.now_s = node.block().timestamp

    def fund(self, accounts: Sequence[Account]) -> None:
        self.node.set_balances([(account.address, 10**6 * ETHER) for account in accounts])

    def deploy(self, deployer: Account, name: str, *arguments: object) -> bytes:
        artifact = self.artifacts[name]
        code = artifact.bytecode + self.interfaces[name].encode_constructor(*arguments)
        outcome = self.send(deployer, b"", code)
        assert outcome.ok, f"{name} did not deploy: {outcome.error}{outcome.arguments}"
        assert outcome.receipt.contract_address is not None
        return outcome.receipt.contract_address

    def send(
        self,
        sender: Account,
        to: bytes,
        data: bytes,
        *,
        after_s: int = 1,
        tip: int = 10**9,
        value: int = 0,
    ) -> Outcome:
        """Run one transaction alone in a block `after_s` seconds after the last."""
        transaction = DynamicFeeTransaction(
            chain_id=self.node.chain_id,
            nonce=self.node.nonce(sender.address),
            max_priority_fee=tip,
            max_fee=MAX_FEE,
            gas_limit=GAS_LIMIT,
            to=to,
            data=data,
            value=value,
        )
        (outcome,) = self._seal([sender.sign(transaction).raw], after_s)
        return outcome

    def send_together(
        self, sender: Account, to: bytes, calls: Sequence[bytes], *, after_s: int = 1
    ) -> list[Outcome]:
        """Run several of one account's transactions, in their order, in one block."""
        nonce = self.node.nonce(sender.address)
        raws = [
            sender.sign(
                DynamicFeeTransaction(
                    chain_id=self.node.chain_id,
                    nonce=nonce + place,
                    max_priority_fee=10**9,
                    max_fee=MAX_FEE,
                    gas_limit=GAS_LIMIT,
                    to=to,
                    data=data,
                )
            ).raw
            for place, data in enumerate(calls)
        ]
        return self._seal(raws, after_s)

    def _seal(self, raws: Sequence[bytes], after_s: int) -> list[Outcome]:
        hashes = self.node.submit_ordered(raws)
        assert all(isinstance(one, bytes) for one in hashes), hashes
        self.now_s += after_s
        block = self.node.seal(self.now_s)
        receipts = self.node.receipts_for([one for one in hashes if isinstance(one, bytes)])
        return [self._outcome(receipt, block) for receipt in receipts]

    def _outcome(self, receipt: Receipt, block: SealedBlock) -> Outcome:
        decoded = (self.everything.decode_log(log) for log in receipt.logs)
        events = tuple(event for event in decoded if event is not None)
        if receipt.status == 1:
            return Outcome(receipt, block, "", (), events)
        trace = self.node.rpc.call(
            "debug_traceTransaction", "0x" + receipt.tx_hash.hex(), {"tracer": "callTracer"}
        )
        revert = self.everything.decode_revert(bytes.fromhex(trace.get("output", "0x")[2:]))
        return Outcome(receipt, block, str(revert.name), tuple(revert.arguments.values()), ())


@dataclass(frozen=True)
class Setup:
    """Parameters of a deployment."""

    markets: dict[str, MarketParameters]
    liquidation: LiquidationParameters
    keeper: KeeperParameters
    start_prices_e8: dict[str, int]
    max_age_default: int
    max_age_strict: int
    gate_seconds: int
    vault_loss_share: int
    fund: str = "InsuranceFund"
    deleveraging_rule: int | None = None
    """None where deleveraging is off."""
    deleveraging_seconds: int = 0
    guards: GuardParameters | None = None
    """The hub's circuit breakers; None for a hub without."""


class Deployment:
    """The whole protocol, deployed and wired, with its people."""

    def __init__(self, chain: Chain, setup: Setup, traders: Sequence[str]) -> None:
        self.chain = chain
        self.setup = setup
        account = chain.accounts.account
        self.owner = account("owner")
        self.people = {
            name: account(name)
            for name in (*traders, "keeper", "liquidity_provider", "oracle_publisher")
        }
        chain.fund([self.owner, *self.people.values()])
        self._deploy()
        self.modules: dict[str, bytes] = {}
        """Ledger accounts of the protocol's own contracts, by name."""
        self.addresses = {name: person.address for name, person in self.people.items()}
        self.addresses["insurance_fund"] = self.fund

    def asset(self, market: str) -> bytes:
        return market.encode().ljust(32, b"\0")

    def call(
        self, sender: str, contract: str, to: bytes, function: str, *arguments: object, **how: Any
    ) -> Outcome:
        """Send one person's transaction and seal its block."""
        data = self.chain.interfaces[contract].encode(function, *arguments)
        return self.chain.send(self.people[sender], to, data, **how)

    def read(self, contract: str, to: bytes, function: str, *arguments: object) -> Any:
        """Call a view at the latest block."""
        interface = self.chain.interfaces[contract]
        data = self.chain.node.call(to, interface.encode(function, *arguments))
        return interface.decode_output(function, data)

    def read_many(self, calls: Sequence[tuple[str, bytes, str, tuple[object, ...]]]) -> list[Any]:
        """Call several views in one request."""
        interfaces = self.chain.interfaces
        answers = self.chain.node.call_many(
            [(to, interfaces[kind].encode(function, *given)) for kind, to, function, given in calls]
        )
        return [
            self._decoded(kind, function, answer)
            for (kind, _, function, _), answer in zip(calls, answers, strict=True)
            if isinstance(answer, bytes)
        ]

    def _decoded(self, kind: str, function: str, answer: bytes) -> Any:
        known, key = self.chain.node.decoded, (kind, function, answer)
        if key not in known:
            known[key] = self.chain.interfaces[kind].decode_output(function, answer)
        return known[key]

    def deposit_for(self, account: bytes, amount: int) -> None:
        """Mint tokens and pay them into a ledger account; 6 decimals."""
        self._own("ClearingHouse", self.house, "depositFor", account, amount)

    def module(self, name: str, address: bytes) -> None:
        """Admit a contract as an engine that holds cash of its own."""
        self._own("ClearingHouse", self.house, "setEngine", address, True)
        self.modules[name] = address
        self.addresses[name] = address

    def _counterparty(self) -> bytes:
        """Return the ledger account behind the markets; the house is there already."""
        return self.people["liquidity_provider"].address

    def _own(self, contract: str, to: bytes, function: str, *arguments: object) -> None:
        data = self.chain.interfaces[contract].encode(function, *arguments)
        outcome = self.chain.send(self.owner, to, data)
        assert outcome.ok, f"{contract}.{function}: {outcome.error}{outcome.arguments}"

    def _deploy(self) -> None:
        chain, setup, owner = self.chain, self.setup, self.owner
        self.token = chain.deploy(owner, "MockUSDC")
        hub = "OracleHub" if setup.guards is None else "GuardedOracleHub"
        self.hub = chain.deploy(owner, hub)
        self.feeds: dict[str, bytes] = {}
        publisher = self.people["oracle_publisher"].address
        for name, price in setup.start_prices_e8.items():
            bounds = (price // 100, price * 100)
            feed = chain.deploy(
                owner, "PushFeed", f"{name} / USD", *bounds, 3_600, 5 * 10**15, [publisher]
            )
            self.feeds[name] = feed
            configuration = AssetConfiguration(
                feed,
                bounds[0] * 10**10,
                bounds[1] * 10**10,
                setup.max_age_default,
                setup.max_age_strict,
            )
            self._own(hub, self.hub, "configureAsset", self.asset(name), configuration)
            if setup.guards is not None:
                self._own(hub, self.hub, "setGuards", self.asset(name), setup.guards)
        self.house = chain.deploy(owner, "ClearingHouse", self.token, setup.gate_seconds)
        self.fund = chain.deploy(owner, setup.fund, self.house)
        self.waterfall = chain.deploy(owner, "LossWaterfall", self.house, setup.vault_loss_share)
        self.engine = chain.deploy(
            owner, "LiquidationEngine", self.house, self.hub, self.waterfall, setup.keeper
        )
        self._own("ClearingHouse", self.house, "setCounterparty", self._counterparty())
        self._own("ClearingHouse", self.house, "setInsuranceFund", self.fund)
        for engine in (self.waterfall, self.engine):
            self._own("ClearingHouse", self.house, "setEngine", engine, True)
        self.markets: dict[str, bytes] = {}
        for name, parameters in setup.markets.items():
            market = chain.deploy(
                owner, "PerpMarket", self.house, self.hub, self.asset(name), parameters
            )
            self.markets[name] = market
            self._own("ClearingHouse", self.house, "registerProduct", market, bytes(20))
            self._own(
                "LiquidationEngine",
                self.engine,
                "setLiquidationParameters",
                market,
                setup.liquidation,
            )
        if setup.deleveraging_rule is not None:
            self.deleverager = chain.deploy(
                owner,
                "AutoDeleverager",
                *(self.house, self.hub, self.waterfall, setup.deleveraging_rule),
            )
            self._own("ClearingHouse", self.house, "setEngine", self.deleverager, True)
            length = setup.deleveraging_seconds
            self._own("LossWaterfall", self.waterfall, "setDeleveragingSeconds", length)
        self.lens = chain.deploy(owner, "Lens", self.house, self.hub, self.engine)
        for person in (owner, *self.people.values()):
            mint = chain.interfaces["MockUSDC"].encode("mint", person.address, 10**15)
            assert chain.send(owner, self.token, mint).ok
            approve = chain.interfaces["MockUSDC"].encode("approve", self.house, 2**256 - 1)
            assert chain.send(person, self.token, approve).ok
