"""One campaign from nothing to genesis, and through its slots: node, contracts, book, actors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from floodline.campaign.attach import fork_of
from floodline.campaign.chain_view import ChainState
from floodline.campaign.desk import EngineDesk
from floodline.campaign.distortions import distortions
from floodline.campaign.engine import SlotEngine
from floodline.campaign.execution import BlockExecutor, Executor
from floodline.campaign.gateway import Gateway
from floodline.campaign.ledger import Ledger
from floodline.campaign.live.clock import LateQueue, ScheduleLag, WallClock
from floodline.campaign.live.engine import LiveEngine, LiveParts
from floodline.campaign.live.pool import LivePool
from floodline.campaign.live.reverts import ForeseenReverts
from floodline.campaign.liveness import LivenessWatch
from floodline.campaign.monitor import Monitor
from floodline.campaign.network import Network
from floodline.campaign.node_pool import NodeBuilder, NodeExecutor, NodePool
from floodline.campaign.nodes import anvil_at_genesis, geth_at_genesis, hardhat_at_genesis
from floodline.campaign.open_book import Opening, open_book, setup_blocks, tokens_usd
from floodline.campaign.open_imported import open_imported_book
from floodline.campaign.progress import Progress
from floodline.campaign.record import ActorLabel, RunRecord
from floodline.campaign.recorder import Recorder
from floodline.campaign.reorgs import Reorganiser
from floodline.campaign.schema import (
    Campaign,
    actor_lane,
    actor_name,
    actor_region,
    actor_role,
)
from floodline.campaign.setup import (
    GENESIS_S,
    LOAD_CONTRACTS,
    SetupDriver,
    book_margins,
    deposits_wad,
    draw_block_times_us,
    keeper_addresses,
    lead_s,
    slot_time_us,
    wallets_usd,
)
from floodline.campaign.setup_store import SetupJournal, SetupStore, StoredSetup, setup_key
from floodline.campaign.tracer import BlockTracer
from floodline.campaign.traits import LedgerTraits
from floodline.campaign.world import GENESIS_BALANCE_WEI, Prices, World
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.geth import GethNode
from floodline.chain.hardhat import HardhatNode
from floodline.foundation.closing import Closing
from floodline.foundation.seeds import Streams
from floodline.foundation.units import GWEI, to_us
from floodline.market.process import draw_path_e8
from floodline.mempool.builder import BlockBuilder, Surroundings
from floodline.mempool.builders.lanes import PrivateLaneParameters
from floodline.mempool.pool import TransactionPool
from floodline.protocols.registry import PROTOCOLS
from floodline.toolchain.compile import Artifacts


class Session(Closing):
    """A campaign and the node that it runs on; a context manager that leaves no node behind.

    Parameters
    ----------
    campaign : Campaign
        What to run.
    anvil : Path
        The node's executable.
    artifacts : Artifacts
        The compiled contracts.
    node_log : Path
        Takes the node's output.
    progress : Progress
        Is told how it goes.
    setups : SetupStore, optional
        Keeps the setup, and brings it back where it was kept before; without it each session sets
        up its own.

    """

    def __init__(
        self,
        campaign: Campaign,
        *,
        anvil: Path,
        artifacts: Artifacts,
        node_log: Path,
        progress: Progress,
        setups: SetupStore | None = None,
    ) -> None:
        self.campaign = campaign
        self._fork = fork_of(campaign.chain)
        genesis_s = GENESIS_S if self._fork is None else self._fork.genesis_s(GENESIS_S)
        self._setups = setups if self._fork is None else None
        self._artifacts = artifacts
        self._progress = progress
        enabled = campaign.cast()
        labels = [
            ActorLabel(actor_name(chosen), actor_role(chosen.name), chosen.name)
            for chosen in enabled
        ]
        tick_us = to_us(campaign.tick_s)
        end_us = slot_time_us(campaign.slots, campaign.chain.slot_s)
        last_us = end_us + max(0, to_us(campaign.builder.cutoff_s))
        streams = Streams(campaign.seed, campaign.replicate)
        self._block_times_us = draw_block_times_us(campaign, streams)
        paths = {
            market: draw_path_e8(
                chosen.build(),
                streams.stream(f"market.{market}"),
                tick_us=tick_us,
                ticks=last_us // tick_us + 1,
            )
            for market, chosen in campaign.market.items()
        }
        start_e8 = {market: path[0] for market, path in paths.items()}
        protocol = PROTOCOLS.create(
            campaign.protocol.adapter,
            campaign.protocol.adapter_parameters(),
            markets=list(campaign.market),
            artifacts=artifacts,
        )
        accounts = AccountBook(campaign.seed)
        self._imported = campaign.imported_book()
        held = campaign.book.accounts if self._imported is None else len(self._imported.accounts)
        self._holders = accounts.accounts("book", held)
        self._sink = accounts.account("sink")
        accounts.account("deployer")
        count = len(paths)
        self.world = World(
            streams=streams,
            accounts=accounts,
            protocol=protocol,
            ledger=Ledger(labels),
            prices=Prices(paths, tick_us, list(start_e8.values()), [0] * count, [0] * count),
            network=Network(campaign.network, streams),
            genesis_s=genesis_s,
            end_us=end_us,
            target_gas_per_s=campaign.chain.target_gas / campaign.chain.slot_s,
        )
        self._start_e8 = start_e8
        for number, (chosen, label) in enumerate(zip(enabled, labels, strict=True)):
            desk = EngineDesk(
                self.world, number, label.name, actor_region(chosen), actor_lane(chosen)
            )
            actor = chosen.build(desk=desk)
            desk.open_accounts(actor.sender_count)
            self.world.desks.append(desk)
            self.world.actors.append(actor)
        more = setup_blocks(campaign.book, campaign.chain.gas_limit)
        self.lead_s = lead_s(len(accounts), more)
        self._anvil = anvil
        self._node_log = node_log
        self._setup_node = AnvilNode.start(
            anvil,
            gas_limit=campaign.chain.gas_limit,
            base_fee=GWEI,
            timestamp=genesis_s - self.lead_s,
            log_path=node_log,
            fork=self._fork,
        )
        self.node: AnvilNode | GethNode | HardhatNode = self._setup_node
        """The node that runs the campaign; until genesis the one that sets it up."""
        self.recorder: Recorder | None = None
        self._database_bytes = 0
        self._live: LiveParts | None = None
        self._generator: dict[str, Any] = {}
        if campaign.chain.clock == "wall":
            self.world.queue = LateQueue()

    # ---- to genesis -----------------------------------------------------------------------------

    def prepare(self) -> None:
        """Deploy, fund, open the book, and stand at genesis."""
        world, campaign, node = self.world, self.campaign, self._setup_node
        protocol, accounts = world.protocol, world.accounts
        margins = (
            book_margins(campaign.book, world.streams)
            if self._imported is None
            else self._imported.margins_usd(self._start_e8)
        )
        book = (campaign.book, protocol.markets, self._holders, margins, world.streams)
        tokens = tokens_usd(*book)
        deposits = deposits_wad(self._holders, margins, world.actors, tokens)
        wallets = wallets_usd(world.actors)
        publishers = [
            sender.address for actor in world.actors if actor.publishes for sender in actor.accounts
        ]
        stewards = [actor.accounts[0].address for actor in world.actors if actor.governs]
        key = self._setup_key(deposits, wallets, [*publishers, *stewards])
        stored = self._setups.find(key) if self._setups is not None else None
        first_block = node.block().number + 1
        if stored is None:
            self._progress.phase("deploying the protocol")
            node.set_balances([(account.address, GENESIS_BALANCE_WEI) for account in accounts])
        else:
            self._progress.phase("loading a setup made before")
            node.load_state(stored.node_state)
        journal = SetupJournal(stored.entries if stored is not None else None)
        driver = SetupDriver(
            node,
            accounts,
            self._artifacts,
            world.genesis_s - self.lead_s,
            campaign.chain.gas_limit,
            protocol.explain_revert,
            journal,
            nonces=self._nonces_before(),
        )
        protocol.deploy(driver, self._start_e8, publishers)
        world.load_contracts = {name: driver.deploy(name) for name in LOAD_CONTRACTS}
        world.load_contracts["Sink"] = self._sink.address
        self._progress.phase("opening the book")
        protocol.fund(driver, deposits)
        protocol.fund_keepers(driver, keeper_addresses(world.actors))
        if tokens and protocol.collateral is not None:
            protocol.collateral.post(driver, tokens)
        protocol.fund_wallets(driver, wallets)
        driver.flush()
        if self._imported is None:
            opening = (driver, protocol, campaign.book, self._holders, margins, world.streams)
            open_book(Opening(*opening, self._start_e8))
        else:
            open_imported_book(
                driver, protocol, self._imported, self._holders, margins, self._start_e8
            )
        driver.flush()
        protocol.finish_setup(driver)
        if stewards:
            protocol.hand_over(driver, stewards[0])
        for market, price_e8 in self._start_e8.items():
            for call in protocol.confirm_price(market, price_e8, world.genesis_s):
                driver.send(driver.deployer, call)
        driver.finish(world.genesis_s)
        if self._setups is not None and stored is None:
            self._setups.keep(key, StoredSetup(node.dump_state(), tuple(journal.entries)))
        self._replay_setup(first_block)
        node.set_next_base_fee(round(campaign.chain.base_fee_gwei * GWEI))
        if campaign.chain.mempool == "node":
            self._hand_over()
        self._open_world(driver.sent)

    def _nonces_before(self) -> dict[bytes, int]:
        """Return the nonces of accounts that acted on the devnet that the campaign goes on from."""
        if self._fork is None:
            return {}
        addresses = [account.address for account in self.world.accounts]
        found = self._setup_node.nonces(addresses, self._fork.block)
        return {address: nonce for address, nonce in zip(addresses, found, strict=True) if nonce}

    def _hand_over(self) -> None:
        """Let another node, whose own pool is used, go on from the state of the setup."""
        campaign, setup = self.campaign, self._setup_node
        self._progress.phase(f"handing over to {campaign.chain.node}")
        if campaign.chain.node == "geth":
            geth = geth_at_genesis(campaign, setup, self._node_log.with_name("geth.log"))
            self._database_bytes = geth.database_bytes()
            self.node = geth
        elif campaign.chain.node == "hardhat":
            log = self._node_log.with_name("hardhat.log")
            self.node = hardhat_at_genesis(campaign, setup, log)
        else:
            log = self._node_log.with_name("anvil-live.log")
            self.node = anvil_at_genesis(campaign, setup, self._anvil, log)
        setup.close()

    def _setup_key(
        self, deposits: dict[bytes, int], wallets: dict[bytes, float], publishers: list[bytes]
    ) -> str:
        return setup_key(
            self.campaign.canonical(),
            start_e8=self._start_e8,
            addresses=[account.address for account in self.world.accounts],
            deposits_wad=deposits,
            wallets_usd=wallets,
            publishers=publishers,
            versions=[
                self._artifacts.digest,
                self.world.protocol.code_digest,
                repr(self._imported),
                *(keeper.hex() for keeper in keeper_addresses(self.world.actors)),
                *self._setup_node.flags,
            ],
        )

    def _replay_setup(self, first_block: int) -> None:
        """Let the book take the setup's events, as it will take the campaign's."""
        protocol, node = self.world.protocol, self._setup_node
        for number in range(first_block, node.block().number + 1):
            sealed = node.block(number)
            if sealed.transaction_hashes:
                protocol.apply(protocol.decode(node.logs(number), sealed.timestamp))

    def _open_world(self, sent: Mapping[bytes, int]) -> None:
        world, campaign = self.world, self.campaign
        world.open_books(sent)
        base_fee = round(campaign.chain.base_fee_gwei * GWEI)
        make_pool = partial(
            self._kind_of_pool(),
            campaign.chain.pool,
            base_fee=base_fee,
            block_gas_limit=campaign.chain.gas_limit,
            balance_of=world.balances.__getitem__,
            nonce_of=world.nonces.__getitem__,
        )
        world.pool = make_pool()
        if campaign.chain.gateway is not None:
            world.gateway = Gateway(campaign.chain.gateway, world.ledger, campaign.chain.target_gas)
        if isinstance(campaign.builder.policy.parameters, PrivateLaneParameters):
            world.private_pool = make_pool()
        world.genesis_state = ChainState(
            number=0,
            time_us=0,
            base_fee=base_fee,
            next_base_fee=base_fee,
            gas_used=0,
            gas_limit=campaign.chain.gas_limit,
            tips=(),
            prices_e8=tuple(world.prices.chain_e8),
            target_gas=campaign.chain.target_gas,
        )
        labels, roles = self._names()
        world.monitor = Monitor(world.protocol, labels)
        tracer = BlockTracer(campaign.trace, self._setup_node, world.ledger)
        self.recorder = Recorder(
            campaign, world, labels, roles, tracer, liveness=self._liveness(labels)
        )

    def _liveness(self, labels: dict[bytes, str]) -> LivenessWatch:
        """Return what tries liquidations out; in real time nothing does, for it would disturb."""
        keepers = keeper_addresses(self.world.actors)
        every = self.campaign.trace.liveness_every if self.campaign.chain.clock == "slot" else 0
        keeper = keepers[0] if keepers else self._sink.address
        return LivenessWatch(self.world.protocol, self.node, labels, keeper, every)

    def _kind_of_pool(self) -> Callable[..., TransactionPool]:
        """Return what makes the pool: a model, or a node's own."""
        chain, world = self.campaign.chain, self.world
        if chain.mempool == "model":
            return TransactionPool
        own = (self.node, world.accounts, world.ledger)
        if chain.clock == "slot":
            return partial(NodePool, *own)
        parts = LiveParts(WallClock(), ScheduleLag(round(chain.live.lag_limit_ms * 1000)))
        self._live = parts
        return partial(
            LivePool,
            *own,
            now_us=parts.clock.now_us,
            send=parts.send,
            lag=parts.lag,
            drop_after_us=to_us(chain.live.drop_after_s),
        )

    def _names(self) -> tuple[dict[bytes, str], dict[bytes, str]]:
        given = None if self._imported is None else self._imported.accounts
        labels = {
            holder.address: f"book-{n:04d}" if given is None else given[n]
            for n, holder in enumerate(self._holders)
        }
        roles = dict.fromkeys(labels, "book")
        for desk, label in zip(self.world.desks, self.world.ledger.actors, strict=True):
            for number, sender in enumerate(desk.senders()):
                labels[sender.address] = f"{desk.name}-{number:04d}"
                roles[sender.address] = label.role
        for name, address in self.world.protocol.house_accounts.items():
            labels[address] = name
            roles[address] = name
        return labels, roles

    # ---- through the slots ----------------------------------------------------------------------

    def run(self) -> None:
        """Run every slot."""
        if self.recorder is None:
            raise RuntimeError("prepare() comes before run()")
        chain = self.campaign.chain
        view = ForeseenReverts(self.node)
        engine = SlotEngine(
            self.campaign,
            self.world,
            view if self._live is not None else self.node,
            self._block_times_us,
            self._builder(),
            self.recorder,
            self._progress,
            executor=self._executor(),
            set_base_fee=self._setup_node.set_next_base_fee if chain.has_own_fee_rule else None,
            reorganiser=None
            if chain.reorgs is None
            else Reorganiser(chain.reorgs, self.world, self._setup_node, self.recorder),
        )
        if self._live is None:
            engine.run()
            return
        live = LiveEngine(self.campaign, self.world, self.node, engine, self._live, view)
        live.run()
        self._generator = live.report()

    def _builder(self) -> BlockBuilder:
        if self.campaign.chain.mempool == "node":
            return NodeBuilder()
        surroundings = Surroundings(
            self.world.streams.stream("builder"),
            LedgerTraits(self.world.ledger, self.world.accounts),
            self.world.private_pool,
        )
        return self.campaign.builder.policy.build(surroundings=surroundings)

    def _executor(self) -> BlockExecutor:
        """Return what makes blocks: the node executes ours, or builds its own."""
        world = self.world
        if isinstance(self.node, GethNode) and isinstance(world.pool, NodePool):
            return NodeExecutor(self.node, self.node.seal, world.pool)
        return Executor(self._setup_node, world.accounts, world.ledger, world.predictor)

    def record(self, status: str) -> RunRecord | None:
        """Return what there is to tell: all of it after a complete run; None before genesis."""
        if self.recorder is None:
            return None
        complete = status == "complete"
        return self.recorder.record(status, self.node.call if complete else None)

    def facts(self) -> dict[str, Any]:
        """Return what the manifest says of node and contracts."""
        return {
            "node_flags": list(self.node.flags),
            "contracts": self.world.protocol.bytecode_hashes(),
            "artifacts_digest": self._artifacts.digest,
        }

    def node_report(self) -> dict[str, Any]:
        """Return what the summary says of a node whose own pool was used; nothing of a model."""
        chain = self.campaign.chain
        if chain.mempool == "model":
            return {}
        report: dict[str, Any] = {
            "name": chain.node_name,
            "version": self.node.version,
            "distortions": list(distortions(chain.node_name)),
        }
        if isinstance(self.node, GethNode):
            report["database_genesis_bytes"] = self._database_bytes
            report["database_end_bytes"] = self.node.database_bytes()
        if self._generator:
            report["generator"] = self._generator
        return report

    def close(self) -> None:
        """End the node."""
        self.node.close()
        self._setup_node.close()
