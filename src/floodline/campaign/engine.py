"""The slot engine: virtual time, blocks at times known to nobody, executed by a real node.

Each block runs the events of the span before it (ticks, timers, arrivals), lets the builder choose
from the pool, has the node execute exactly that block, and tells everybody what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median_low

import numpy as np

from floodline.actors.desk import Candidate
from floodline.campaign.chain_view import ChainState
from floodline.campaign.execution import BlockExecutor, ExecutedBlock
from floodline.campaign.monitor import Execution, shortfalls
from floodline.campaign.progress import Progress, SlotReport
from floodline.campaign.ranks import pool_ranks
from floodline.campaign.reasons import reason_label
from floodline.campaign.record import BlockRow, DeficitRow, PriceRow, TradeRow
from floodline.campaign.recorder import Recorder
from floodline.campaign.reorgs import Head, Reorganiser
from floodline.campaign.schema import Campaign
from floodline.campaign.settlement_log import Moment
from floodline.campaign.world import World
from floodline.chain.feemarket import next_base_fee
from floodline.chain.node import ReadingNode
from floodline.chain.tracing import revert_data
from floodline.foundation.errors import SubmissionError
from floodline.foundation.units import FEED, GWEI, SECOND_US, WAD, to_us
from floodline.mempool.builder import BlockBuilder
from floodline.protocols.events import (
    DeficitCovered,
    Liquidated,
    PriceUpdated,
    ProtocolEvent,
    Traded,
)


@dataclass(frozen=True)
class Standing:
    """How the protocol stands after a block, by its contracts' own words."""

    candidates: tuple[Candidate, ...]
    liquidatable_notional_usd: float


class SlotEngine:
    """Runs a prepared campaign slot by slot.

    Parameters
    ----------
    campaign : Campaign
        What to run.
    world : World
        Its state at genesis.
    node : ReadingNode
        The node, at genesis.
    block_times_us : list of int
        Virtual times at which blocks are due, in order.
    builder : BlockBuilder
        The block building policy.
    recorder : Recorder
        Takes what happens.
    progress : Progress
        Is told how it goes.
    executor : BlockExecutor
        Makes a block of what the builder chose.
    set_base_fee : callable, optional
        Tells the node each block's base fee, where the campaign's rule is not the node's own.
    reorganiser : Reorganiser, optional
        Takes blocks back, where the campaign says so.

    """

    def __init__(
        self,
        campaign: Campaign,
        world: World,
        node: ReadingNode,
        block_times_us: list[int],
        builder: BlockBuilder,
        recorder: Recorder,
        progress: Progress,
        executor: BlockExecutor,
        set_base_fee: Callable[[int], None] | None = None,
        reorganiser: Reorganiser | None = None,
    ) -> None:
        self._campaign = campaign
        self._world = world
        self._node = node
        self._block_times_us = block_times_us
        self._builder = builder
        self._set_base_fee = set_base_fee
        self._recorder = recorder
        self._progress = progress
        self._executor = executor
        self._gas_limit = campaign.chain.gas_limit
        self._tick_us = to_us(campaign.tick_s)
        self._cutoff_us = to_us(campaign.builder.cutoff_s)
        self._base_fee = round(campaign.chain.base_fee_gwei * GWEI)
        self._shortfall_wad = 0
        self._timestamp_s = world.genesis_s
        self._reorganiser = reorganiser
        self._slots_run = 0

    def run(self) -> None:
        """Run every block, and the time after the last one."""
        self.start()
        world = self._world
        for due_us in self._block_times_us:
            self._block(due_us)
        if world.queue.now_us < world.end_us:
            world.queue.run_until(world.end_us)
            world.deliver_bulk(world.end_us)
        world.monitor.finish(world.end_us, world.true_prices_usd())

    def start(self) -> None:
        """Let time begin: the first tick is due, and every actor starts."""
        self._progress.start(len(self._block_times_us))
        self._world.queue.at(0, self._tick)
        for actor in self._world.actors:
            actor.start()
        if self._reorganiser is not None:
            self._reorganiser.remember(self._head(), None, ())

    # ---- the truth ------------------------------------------------------------------------------

    def _tick(self, now_us: int) -> None:
        world = self._world
        world.monitor.on_tick(now_us, world.clock_s(now_us), world.true_prices_usd())
        for actor in world.actors:
            actor.on_price(now_us)
        prices = world.prices
        for column, market in enumerate(world.protocol.markets):
            self._recorder.prices.append(
                PriceRow(
                    now_us,
                    market,
                    prices.true_e8(market, now_us),
                    prices.chain_e8[column],
                    prices.observed_us[column],
                    prices.updated_us[column],
                )
            )
        if now_us + self._tick_us <= world.end_us:
            world.queue.at(now_us + self._tick_us, self._tick)

    # ---- one block ------------------------------------------------------------------------------

    def _block(self, due_us: int) -> None:
        """Build and execute one block.

        It holds what reached the builder until it closes, `cutoff_s` after it is due; it exists
        once it is closed and due. What arrives between the two waits for the next block.
        """
        world = self._world
        self._slots_run += 1
        closed_us = max(due_us + self._cutoff_us, world.queue.now_us)
        sealed_us = max(due_us, closed_us)
        world.queue.run_until(closed_us)
        world.deliver_bulk(closed_us)
        self._maybe_reorganise(closed_us)
        slot = len(self._recorder.blocks) + 1
        pool = world.pool
        depth = (pool.pending_count, pool.queued_count, pool.pending_gas)
        watched = world.waiting_of(self._campaign.trace.ranks)
        self._recorder.ranks += pool_ranks(pool, watched, self._base_fee, slot)
        plan = self._builder.build(
            pool,
            base_fee=self._base_fee,
            gas_limit=self._gas_limit,
            predict=world.predictor.predict,
        )
        world.hold_arrivals()
        world.queue.run_until(sealed_us)
        timestamp_s = max(world.genesis_s + due_us // SECOND_US, self._timestamp_s + 1)
        self._timestamp_s = timestamp_s
        if self._set_base_fee is not None:
            self._set_base_fee(self._base_fee)
        block = self._executor.execute(plan.transactions, timestamp_s)
        expected = plan.predicted_gas if plan.transactions else block.sealed.gas_used
        self.conclude(slot, block, sealed_us, depth, expected, closed_us)

    def _head(self) -> Head:
        return Head(self._base_fee, self._shortfall_wad)

    def _maybe_reorganise(self, now_us: int) -> None:
        """Let the next block build on an earlier one, if that is due."""
        if self._reorganiser is None:
            return
        depth = self._reorganiser.due(now_us)
        if depth:
            head = self._reorganiser.rewind(depth, now_us)
            self._base_fee, self._shortfall_wad = head.base_fee, head.shortfall_wad

    def conclude(
        self,
        slot: int,
        block: ExecutedBlock,
        sealed_us: int,
        depth: Sequence[int],
        predicted_gas: int,
        closed_us: int | None = None,
    ) -> None:
        """Take a sealed block into the books, and tell everybody.

        Parameters
        ----------
        slot : int
            Its number, counted from the campaign's genesis.
        block : ExecutedBlock
            What the node made.
        sealed_us : int
            When it was sealed, in virtual microseconds.
        depth : sequence of int
            Pending and queued transactions and the pending ones' gas before it was built.
        predicted_gas : int
            Gas that the builder expected it to use.
        closed_us : int, optional
            When it closed for arrivals; as it was sealed by default.

        Raises
        ------
        SubmissionError
            If its base fee is not what EIP-1559 says.

        """
        world, chain = self._world, self._campaign.chain
        timestamp_s = block.sealed.timestamp
        if block.sealed.base_fee != self._base_fee:
            raise SubmissionError(
                f"block {slot}: the node's base fee is {block.sealed.base_fee} wei, the fee market "
                f"model says {self._base_fee}",
                "run `floodline doctor`: this node does not follow EIP-1559 as it should",
            )
        world.settle_block(block, slot, self._revert_reasons(block))
        base_fee, self._base_fee = (
            self._base_fee,
            next_base_fee(
                self._base_fee,
                block.sealed.gas_used,
                block.sealed.gas_limit,
                target=chain.target_gas,
                denominator=chain.base_fee_denominator,
            ),
        )
        world.after_block(block, self._base_fee, sealed_us)
        world.release_arrivals(sealed_us)
        events = world.protocol.decode(block.logs, timestamp_s)
        standing = self._follow(events, block, slot, sealed_us, timestamp_s)
        world.announce(
            ChainState(
                number=slot,
                time_us=sealed_us,
                base_fee=base_fee,
                next_base_fee=self._base_fee,
                gas_used=block.sealed.gas_used,
                gas_limit=block.sealed.gas_limit,
                tips=tuple((item.effective_tip, item.gas_used) for item in block.included),
                prices_e8=tuple(world.prices.chain_e8),
                candidates=standing.candidates,
                pool_count=world.pool.pending_count,
                pool_gas=world.pool.pending_gas,
                target_gas=chain.target_gas,
            )
        )
        times = (sealed_us, sealed_us if closed_us is None else closed_us, timestamp_s)
        row = self._block_row(slot, times, block, standing, depth, predicted_gas)
        self._recorder.block_made(row, block)
        self._report(row, block)
        if self._reorganiser is not None:
            self._reorganiser.remember(self._head(), block, events)

    def _revert_reasons(self, block: ExecutedBlock) -> dict[int, int]:
        """Return the reason code of each watched transaction that reverted."""
        ledger, protocol = self._world.ledger, self._world.protocol
        reasons: dict[int, int] = {}
        for item in block.included:
            tx_id = item.transaction.tx_id
            if item.status == 0 and ledger.is_watched(tx_id):
                data = revert_data(self._node, item.tx_hash)
                name = reason_label(protocol.explain_revert(data)) if data else "out_of_gas"
                reasons[tx_id] = ledger.reason_code(name)
        return reasons

    # ---- what the protocol did ------------------------------------------------------------------

    def _follow(
        self,
        events: Sequence[ProtocolEvent],
        block: ExecutedBlock,
        slot: int,
        now_us: int,
        timestamp_s: int,
    ) -> Standing:
        world = self._world
        world.protocol.apply(events)
        self._recorder.events_seen(events)
        true = world.true_prices_usd()
        clock_s = float(timestamp_s)
        short = shortfalls(events)
        for event in events:
            self._take(event, block, slot, now_us, short)
            self._recorder.settlement.take(event, Moment(slot, now_us))
        see = self._recorder.products.see
        see(Moment(slot, now_us), timestamp_s, events, block, self._node.call)
        if any(isinstance(event, Liquidated) for event in events):
            world.monitor.on_tick(now_us, clock_s, true)
        return self._standing(slot, now_us)

    def _take(
        self,
        event: ProtocolEvent,
        block: ExecutedBlock,
        slot: int,
        now_us: int,
        short: dict[tuple[int, bytes], int],
    ) -> None:
        world = self._world
        if isinstance(event, PriceUpdated):
            column = world.protocol.book.market_index[event.market]
            world.prices.chain_e8[column] = event.price_e8
            world.prices.observed_us[column] = (event.observed_s - world.genesis_s) * SECOND_US
            world.prices.updated_us[column] = now_us
        elif isinstance(event, Liquidated):
            tx_id = block.included[event.tx_index].transaction.tx_id
            columns = world.ledger.columns
            sent, arrived = (int(columns[f"{at}_us"][tx_id]) for at in ("created", "arrived"))
            shortfall = short.get((event.tx_index, event.account), 0)
            done = Execution(event, shortfall, sent, arrived)
            world.monitor.on_execution(now_us, done, world.true_prices_usd())
        elif isinstance(event, DeficitCovered):
            self._shortfall_wad += event.shortfall_wad
            self._recorder.deficits.append(
                DeficitRow(
                    slot,
                    now_us,
                    self._recorder.label(event.account),
                    event.shortfall_wad,
                    event.fund_wad,
                    event.vault_wad,
                    event.adl_wad,
                    event.haircut_wad,
                )
            )
        elif isinstance(event, Traded):
            self._recorder.trades.append(self._trade_row(event, block, slot, now_us))

    def _trade_row(self, event: Traded, block: ExecutedBlock, slot: int, now_us: int) -> TradeRow:
        world = self._world
        column = world.protocol.book.market_index[event.market]
        return TradeRow(
            block=slot,
            time_us=now_us,
            tx_id=block.included[event.tx_index].transaction.tx_id,
            account=self._recorder.label(event.account),
            market=event.market,
            size_delta_wad=event.size_delta_wad,
            fill_price_wad=event.fill_price_wad,
            chain_price_wad=event.oracle_price_wad,
            true_price_e8=world.prices.true_e8(event.market, now_us),
            price_age_us=now_us - world.prices.observed_us[column],
            fee_wad=event.fee_wad,
        )

    def _standing(self, slot: int, now_us: int) -> Standing:
        """Ask the contracts how every account with a position stands."""
        world = self._world
        book = world.protocol.book
        rows = world.protocol.exposed_rows()
        addresses = [book.addresses[row] for row in rows]
        health = world.protocol.health(self._node.call, addresses)
        under = health.liquidatable.tolist()
        world.monitor.on_chain_health(now_us, rows, under)
        prices = [price / FEED for price in world.prices.chain_e8]
        found = [
            Candidate(
                book.addresses[row],
                exposure.market,
                exposure.notional_usd,
                float(health.equity_usd[place]),
            )
            for place, row in enumerate(rows)
            if under[place]
            for exposure in world.protocol.exposures(row, prices)
        ]
        found.sort(key=lambda candidate: (-candidate.notional_usd, candidate.account))
        self._recorder.liveness.see(slot, now_us, found)
        total = sum(candidate.notional_usd for candidate in found)
        return Standing(tuple(found), total)

    # ---- what is written down -------------------------------------------------------------------

    def _block_row(
        self,
        slot: int,
        times: tuple[int, int, int],
        block: ExecutedBlock,
        standing: Standing,
        depth: Sequence[int],
        predicted_gas: int,
    ) -> BlockRow:
        world = self._world
        now_us, closed_us, unix_s = times
        gas_by_role: dict[str, int] = dict.fromkeys(self._recorder.roles, 0)
        actors = world.ledger.columns["actor"]
        for item in block.included:
            role = world.ledger.actors[actors[item.transaction.tx_id]].role
            gas_by_role[role] += item.gas_used
        health = world.monitor.health
        latent = 0.0
        if health is not None:
            held = health.notional_usd > 0
            held[[row for row in world.protocol.debtors() if row < len(held)]] = True
            latent = float(np.maximum(-health.equity_usd[held], 0).sum())
        house = self._recorder.house_cash_usd()
        true = world.true_prices_usd()
        sizes = world.protocol.book.size
        evicted, world.evicted = world.evicted, 0
        replaced, world.replaced = world.replaced, 0
        market = world.protocol.markets[0]
        vault, amm = world.protocol.vault, world.protocol.amm
        return BlockRow(
            number=slot,
            time_us=now_us,
            closed_us=closed_us,
            unix_s=unix_s,
            base_fee_wei=block.sealed.base_fee,
            gas_used=block.sealed.gas_used,
            gas_limit=block.sealed.gas_limit,
            target_gas=self._campaign.chain.target_gas,
            base_fee_denominator=self._campaign.chain.base_fee_denominator,
            tx_count=len(block.included),
            pool_pending=depth[0],
            pool_queued=depth[1],
            pool_gas=depth[2],
            pool_private=0 if world.private_pool is None else len(world.private_pool),
            marginal_tip_wei=min((item.effective_tip for item in block.included), default=0),
            evicted=evicted,
            replaced=replaced,
            gas_by_role=gas_by_role,
            price_true_usd=world.prices.true_e8(market, now_us) / FEED,
            price_chain_usd=world.prices.chain_e8[0] / FEED,
            price_age_us=now_us - world.prices.observed_us[0],
            liquidatable_notional_usd=standing.liquidatable_notional_usd,
            liquidatable_accounts=len({candidate.account for candidate in standing.candidates}),
            shortfall_usd=self._shortfall_wad / WAD,
            latent_bad_debt_usd=latent,
            insurance_usd=house.get("fund", float("nan")),
            counterparty_usd=house.get("counterparty", float("nan")),
            vault_nav_usd=vault.net_asset_value(self._node.call) if vault else float("nan"),
            amm_price_usd=amm.price(self._node.call, market) if amm else float("nan"),
            open_interest_usd=float((np.abs(sizes) * true).sum()),
            skew=float(sizes[:, 0].sum()) if len(sizes) else 0.0,
            predicted_gas=predicted_gas,
        )

    def _report(self, row: BlockRow, block: ExecutedBlock) -> None:
        books = self._recorder.books_so_far(block, self._node.call)
        created = self._world.ledger.columns["created_us"]
        waits = sorted(
            row.time_us - int(created[item.transaction.tx_id]) for item in block.included
        )
        self._progress.slot(
            SlotReport(
                slot=max(row.number, self._slots_run),
                slots=len(self._block_times_us),
                base_fee_wei=row.base_fee_wei,
                pool_pending=row.pool_pending,
                liquidatable_notional_usd=row.liquidatable_notional_usd,
                bad_debt_usd=row.shortfall_usd + row.latent_bad_debt_usd,
                price_age_s=row.price_age_us / SECOND_US,
                inclusion_p50_s=median_low(waits) / SECOND_US if waits else None,
                included=row.tx_count,
                inclusion_p95_s=waits[-(-95 * len(waits) // 100) - 1] / SECOND_US
                if waits
                else None,
                time_s=row.time_us / SECOND_US,
                gas_used=row.gas_used,
                gas_limit=row.gas_limit,
                price_true_usd=row.price_true_usd,
                price_chain_usd=row.price_chain_usd,
                open_interest_usd=row.open_interest_usd,
                broken=books.broken,
                books_block=books.read_at,
            )
        )
