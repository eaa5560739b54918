"""Collects what happens, and makes the record of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from floodline.campaign.execution import ExecutedBlock
from floodline.campaign.ledger import STATES
from floodline.campaign.live_books import BooksSoFar, LiveBooks
from floodline.campaign.liveness import LivenessWatch
from floodline.campaign.option_flows import OPTION_FLOWS, VAULT_ROLE, option_cash_wad
from floodline.campaign.product_log import ProductLog
from floodline.campaign.record import (
    AccountRow,
    ActorRow,
    BlockRow,
    CapabilityRow,
    DeficitRow,
    PositionRow,
    PriceRow,
    RankRow,
    ReorgRow,
    RunRecord,
    SolvencyRow,
    TradeRow,
)
from floodline.campaign.schema import Campaign
from floodline.campaign.settlement_log import SettlementLog, SettlementState
from floodline.campaign.tracer import BlockTracer
from floodline.campaign.world import World
from floodline.foundation.units import WAD, to_us
from floodline.mempool.states import TxState
from floodline.protocols.events import (
    CashMoved,
    DeficitRecorded,
    DeficitRepaired,
    OptionTraded,
    PositionChanged,
    ProtocolEvent,
)

View = Callable[[bytes, bytes], bytes]
RecorderState = tuple[int, int, int, dict[str, int], SettlementState, Any, tuple[int, ...]]
"""Numbers of rows, flows, and what the recorder's parts remember."""


class Recorder:
    """Rows as they come; the record at the end.

    Parameters
    ----------
    campaign : Campaign
        What is run.
    world : World
        Its state.
    labels : dict[bytes, str]
        Readable names of accounts.
    roles_of : dict[bytes, str]
        Roles of accounts inside the protocol: "book", "trader", "keeper", "fund", "counterparty".
    tracer : BlockTracer, optional
        Looks closely at some blocks.
    liveness : LivenessWatch
        Tries out the liquidations that the contracts allow.

    """

    def __init__(
        self,
        campaign: Campaign,
        world: World,
        labels: dict[bytes, str],
        roles_of: dict[bytes, str],
        tracer: BlockTracer | None = None,
        *,
        liveness: LivenessWatch,
    ) -> None:
        self._campaign = campaign
        self._world = world
        self._labels = labels
        self._roles_of = roles_of
        self._tracer = tracer
        self.liveness = liveness
        self.roles = sorted({actor.role for actor in world.ledger.actors})
        self.blocks: list[BlockRow] = []
        self.prices: list[PriceRow] = []
        self.deficits: list[DeficitRow] = []
        self.trades: list[TradeRow] = []
        self.ranks: list[RankRow] = []
        self.reorgs: list[ReorgRow] = []
        self.settlement = SettlementLog(self.label, world.prices.true_e8)
        self.products = ProductLog(world, self.label, roles_of, campaign.trace.surface_every)
        self._books = LiveBooks(world, self.deficits, reads=campaign.chain.clock == "slot")
        self.receipts_read = 0
        self._flows = dict.fromkeys(
            (
                "counterparty_flow",
                "fund_flow",
                "haircut_flow",
                "keeper_flow",
                "trader_fees",
                "trader_funding",
                "trader_other",
                "trader_pnl",
                *(OPTION_FLOWS if world.protocol.options is not None else ()),
            ),
            0,
        )

    def block_made(self, row: BlockRow, block: ExecutedBlock) -> None:
        """Take down a block; trace it, if it is its turn."""
        self.blocks.append(row)
        self.receipts_read += block.receipts_read
        if self._tracer is not None:
            self._tracer.see(row.number, block)

    def books_so_far(self, block: ExecutedBlock, view: View) -> BooksSoFar:
        """Check what can be checked after the block that was taken down last."""
        return self._books.see(self.blocks, block, self._flows, view)

    def label(self, address: bytes) -> str:
        """Return an account's readable name, or its address."""
        return self._labels.get(address, "0x" + address.hex())

    def house_cash_usd(self) -> dict[str, float]:
        """Return the cash of the protocol's own accounts in dollars."""
        book = self._world.protocol.book
        return {
            name: book.cash_wad[book.index[address]] / WAD
            for name, address in sorted(self._world.protocol.house_accounts.items())
            if address in book.index
        }

    # ---- flows of money during the campaign -----------------------------------------------------

    def events_seen(self, events: Sequence[ProtocolEvent]) -> None:
        """Add up who gained and who lost, from two independent kinds of events.

        What traders realised, paid in funding and in fees is taken from their positions' changes;
        what everybody received is taken from the movements of cash. The two must cancel out.
        """
        flows = self._flows
        charged = {
            (event.tx_index, event.account)
            for event in events
            if isinstance(event, PositionChanged | OptionTraded) and event.fee_wad
        }
        for event in events:
            if "trader_options" in flows:
                flows["trader_options"] += option_cash_wad(event)
            if isinstance(event, PositionChanged):
                if self._roles_of.get(event.account) == VAULT_ROLE:
                    continue  # a hedge: all of the vault's cash counts as its flow
                flows["trader_pnl"] += event.realised_pnl_wad
                flows["trader_funding"] += event.funding_wad
                flows["trader_fees"] -= event.fee_wad
            elif isinstance(event, CashMoved):
                self._flow(event.source, -event.amount_wad, event.reason)
                self._flow(event.destination, event.amount_wad, event.reason)
            elif isinstance(event, DeficitRecorded):
                self._flow(event.account, event.amount_wad, "deficit")
                flows["haircut_flow"] -= event.amount_wad
            elif isinstance(event, DeficitRepaired):
                paid_by_fee = (event.tx_index, event.account) in charged
                self._flow(event.account, -event.amount_wad, "fee" if paid_by_fee else "repair")
                flows["haircut_flow"] += event.amount_wad

    def _flow(self, account: bytes, amount_wad: int, reason: str) -> None:
        role = self._roles_of.get(account, "trader")
        if role in {"counterparty", "fund", "keeper", VAULT_ROLE}:
            self._flows[f"{role}_flow"] += amount_wad
        elif reason not in {"pnl", "fee"}:
            self._flows["trader_other"] += amount_wad

    # ---- reorganisations ------------------------------------------------------------------------

    def checkpoint(self) -> RecorderState:
        """Return where the rows that follow from blocks stand."""
        return (
            len(self.blocks),
            len(self.deficits),
            len(self.trades),
            dict(self._flows),
            self.settlement.checkpoint(),
            self.liveness.checkpoint(),
            self.products.rows.counts(),
        )

    def restore(self, checkpoint: RecorderState) -> None:
        """Forget what followed from orphaned blocks."""
        blocks, deficits, trades, flows, settlement, liveness, products = checkpoint
        self.products.rows.cut(products)
        self.liveness.restore(liveness)
        self.settlement.restore(settlement)
        del self.blocks[blocks:], self.deficits[deficits:], self.trades[trades:]
        self.ranks = [row for row in self.ranks if row.block <= blocks]
        self._flows = dict(flows)
        if self._tracer is not None:
            self._tracer.forget_after(blocks)

    def _reorgs_at_the_end(self) -> list[ReorgRow]:
        """Return the reorganisations with what became of their transactions since."""
        columns = self._world.ledger.columns
        found = []
        for row in self.reorgs:
            states = [
                (before, int(columns["status"][tx_id]))
                for tx_id, before in row.outcomes
                if columns["block"][tx_id] >= 0
            ]
            same = sum((state == TxState.INCLUDED) == bool(before) for before, state in states)
            found.append(replace(row, included_again=len(states), same_outcome=same))
        return found

    # ---- the record -----------------------------------------------------------------------------

    def record(self, status: str, view: View | None) -> RunRecord:
        """Return the record; without a view of the chain, without what only the chain can tell."""
        world = self._world
        if world.protocol.orders is not None:
            pending = world.protocol.orders.pending()
            self.settlement.close(pending, world.genesis_s, world.queue.now_us)
        record = RunRecord(
            campaign=self._campaign.name,
            seed=self._campaign.seed,
            slot_us=to_us(self._campaign.chain.slot_s),
            slots_planned=self._campaign.slots,
            slots_done=len(self.blocks),
            genesis_s=world.genesis_s,
            gas_limit=self._campaign.chain.gas_limit,
            actors=list(world.ledger.actors),
            kinds=list(world.ledger.kinds),
            states=list(STATES),
            reasons=list(world.ledger.reasons),
            senders=["0x" + account.address.hex() for account in world.accounts],
            transactions=world.ledger.trimmed(),
            blocks=self.blocks,
            episodes=world.monitor.episodes,
            prices=self.prices,
            deficits=self.deficits,
            trades=self.trades,
            orders=list(self.settlement.orders.values()),
            auctions=self.settlement.auctions,
            capabilities=[
                CapabilityRow(*listed) for listed in world.protocol.capabilities.listed()
            ],
            actor_rows=[
                ActorRow(desk.name, dict(sorted(actor.tally.items())), dict(desk.route.counts))
                for desk, actor in zip(world.desks, world.actors, strict=True)
            ],
            ranks=self.ranks,
            liveness=self.liveness.all_rows(),
            reorgs=self._reorgs_at_the_end(),
            products=self.products.rows,
            finality_blocks=self._campaign.chain.finality_blocks,
            status=status,
        )
        if self._tracer is not None:
            record.growth, record.conflicts = self._tracer.growth, self._tracer.conflicts
        if view is not None:
            record.accounts, record.positions = self._accounts(view)
            record.solvency = self._solvency(view)
        return record

    def _accounts(self, view: View) -> tuple[list[AccountRow], list[PositionRow]]:
        world = self._world
        protocol, book = world.protocol, world.protocol.book
        now_us = world.queue.now_us
        clock_s = world.clock_s(now_us)
        true = protocol.health_at(world.true_prices_usd(), clock_s)
        chain = protocol.health_at(world.chain_prices_usd(), clock_s)
        on_chain = protocol.accounts_on_chain(view, book.addresses)
        accounts: list[AccountRow] = []
        positions: list[PositionRow] = []
        for row, (address, found) in enumerate(zip(book.addresses, on_chain, strict=True)):
            tally = book.tallies[row]
            label = self.label(address)
            accounts.append(
                AccountRow(
                    account=label,
                    address="0x" + address.hex(),
                    role=self._roles_of.get(address, "other"),
                    deposited_wad=tally.deposited,
                    withdrawn_wad=tally.withdrawn,
                    cash_replayed_wad=book.cash_wad[row],
                    cash_chain_wad=found.cash_wad,
                    equity_true_usd=float(true.equity_usd[row]),
                    equity_chain_usd=float(chain.equity_usd[row]),
                    maintenance_usd=float(true.maintenance_usd[row]),
                    realised_pnl_wad=tally.realised_pnl,
                    funding_wad=tally.funding,
                    fees_wad=tally.fees,
                    trades=tally.trades,
                    liquidations=tally.liquidations,
                )
            )
            for column, market in enumerate(book.markets):
                if book.size_wad[row][column] or found.sizes_wad[column]:
                    positions.append(
                        PositionRow(
                            account=label,
                            market=market,
                            size_replayed_wad=book.size_wad[row][column],
                            size_chain_wad=found.sizes_wad[column],
                            entry_price_replayed_wad=book.entry_price_wad[row][column],
                            entry_price_chain_wad=found.entry_prices_wad[column],
                        )
                    )
            replayed = protocol.instruments(address)
            for name in sorted(replayed.keys() | found.others_wad.keys()):
                size = replayed.get(name, 0)
                chain_size = found.others_wad.get(name, 0)
                positions.append(PositionRow(label, name, size, chain_size, 0, 0))
        return accounts, positions

    def _solvency(self, view: View) -> list[SolvencyRow]:
        sheet = self._world.protocol.solvency(view)
        amounts = {
            "token_balance": sheet.token_balance_wad,
            "deposits": sheet.deposits_wad,
            "withdrawals": sheet.withdrawals_wad,
            "liabilities": sheet.liabilities_wad,
            "recorded_deficit": sheet.recorded_deficit_wad,
            **sheet.items,
        }
        capabilities = self._world.protocol.capabilities
        if capabilities.lending:
            amounts["receivables"] = sheet.receivables_wad
        if capabilities.perps:
            amounts |= self._flows
        return [SolvencyRow(item, amount) for item, amount in sorted(amounts.items())]
