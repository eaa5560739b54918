"""The transaction pool, by the rules of geth's legacy pool, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from floodline.mempool.executable import ExecutableRuns
from floodline.mempool.gapped_queue import GappedQueue
from floodline.mempool.limits import PoolLimits
from floodline.mempool.priced import PricedHeaps
from floodline.mempool.states import Departure, Reason, TxState
from floodline.mempool.transaction import PooledTransaction
from floodline.mempool.validation import may_replace, standalone_fault


class TransactionPool:
    """Pending (executable) and queued (gapped) transactions, their admission and eviction.

    geth admits transactions in batches and tidies the pool (promotes, trims) after each batch.
    `add` is a batch of one; `add_batch` is a larger one. Times given to the pool never run
    backwards.

    Parameters
    ----------
    limits : PoolLimits
        Capacity and prices.
    base_fee : int
        Base fee of the next block, wei.
    block_gas_limit : int
        Gas limit of the latest block.
    balance_of, nonce_of : callable
        Take a sender and return its balance (wei) and nonce after the latest block.

    Attributes
    ----------
    slots_used : int
        Slots of 32 KiB in use, of `PoolLimits.capacity`.

    """

    def __init__(
        self,
        limits: PoolLimits,
        *,
        base_fee: int,
        block_gas_limit: int,
        balance_of: Callable[[int], int],
        nonce_of: Callable[[int], int],
    ) -> None:
        self.limits = limits
        self.block_gas_limit = block_gas_limit
        self.slots_used = 0
        self._balance_of = balance_of
        self._nonce_of = nonce_of
        self._capacity = limits.capacity
        self._price_limit = limits.price_limit
        self._price_bump = limits.price_bump
        self._global_slots = limits.global_slots
        self._global_queue = limits.global_queue
        self._all: dict[int, PooledTransaction] = {}
        self._pending = ExecutableRuns(limits.account_slots)
        self._queue = GappedQueue(limits.price_bump)
        self._priced = PricedHeaps(self._all, base_fee, wraps=limits.below_base_fee == "wrapped")
        self._evicted_in_batch = 0
        self._departures: list[Departure] = []

    # --- What the pool holds -------------------------------------------------------------------

    @property
    def base_fee(self) -> int:
        """Base fee of the next block, wei."""
        return self._priced.base_fee

    @property
    def pending_count(self) -> int:
        """Executable transactions."""
        return self._pending.count

    @property
    def pending_gas(self) -> int:
        """Sum of the executable transactions' gas limits."""
        return self._pending.gas

    @property
    def queued_count(self) -> int:
        """Transactions behind a nonce gap."""
        return self._queue.count

    def pending_nonce(self, sender: int) -> int:
        """Return the sender's next free nonce, as ``eth_getTransactionCount`` at "pending"."""
        run = self._pending.runs.get(sender)
        return self._nonce_of(sender) if run is None else run.transactions[-1].nonce + 1

    def get(self, tx_id: int) -> PooledTransaction | None:
        """Return a pooled transaction, or None."""
        return self._all.get(tx_id)

    def contains(self, tx_id: int) -> bool:
        """Return whether a transaction is pooled, executable or gapped."""
        return tx_id in self._all

    def heads(self) -> list[PooledTransaction]:
        """Return each account's next executable transaction, in a deterministic order."""
        return [run.transactions[0] for run in self._pending.runs.values()]

    def pending_of(self, sender: int) -> Sequence[PooledTransaction]:
        """Return a sender's executable transactions in nonce order; do not change the answer."""
        return self._pending.of(sender)

    def queued_of(self, sender: int) -> Sequence[PooledTransaction]:
        """Return a sender's gapped transactions in nonce order."""
        held = self._queue.sets.get(sender)
        return () if held is None else held.in_order()

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[PooledTransaction]:
        yield from self._pending
        yield from self._queue

    def take_departures(self) -> list[Departure]:
        """Return who left since the last call, other than by inclusion, and forget it."""
        departures = self._departures
        self._departures = []
        return departures

    # --- Arrivals ------------------------------------------------------------------------------

    def would_reject(self, max_fee: int, tip: int) -> bool:
        """Return whether the pool is full and nothing of up to 32 KiB enters at this price.

        A quick answer for bulk arrivals of senders that have nothing in the pool: `add` would
        refuse such a transaction as underpriced, or earlier for another fault.

        Parameters
        ----------
        max_fee, tip : int
            Wei per gas.

        """
        return self.slots_used >= self._capacity and self._priced.underpriced(max_fee, tip)

    def add(self, tx: PooledTransaction, now_us: int) -> Reason | None:
        """Offer one transaction.

        Parameters
        ----------
        tx : PooledTransaction
            The newcomer.
        now_us : int
            Virtual microseconds.

        Returns
        -------
        Reason or None
            None if the pool took it, else why it refused.

        """
        fault = self._fault(tx)
        if fault is not None:
            return fault
        full = self.slots_used + tx.slots > self._capacity
        if full:
            fault = self._make_room(tx, now_us)
            if fault is not None:
                return fault
        sender = tx.sender
        run = self._pending.runs.get(sender)
        following = self._nonce_of(sender) if run is None else run.transactions[-1].nonce + 1
        if tx.nonce == following and sender not in self._queue.sets:
            self._enter(tx)
            self._pending.append(tx)
            self._queue.beat(sender, now_us)
            dirty: tuple[int, ...] = ()
        else:
            fault, dirty = self._place(tx, now_us)
        if dirty or full or self._pending.count > self._global_slots:
            self._tidy(dirty, now_us)
        return fault

    def add_batch(
        self, transactions: Sequence[PooledTransaction], now_us: int
    ) -> list[Reason | None]:
        """Offer several transactions that arrive together; the pool is tidied once, at the end.

        Within a batch nothing becomes executable, and no more than a quarter of `global_slots`
        executable transactions are pushed out.

        Returns
        -------
        list of Reason or None
            One answer for each, as of `add`.

        """
        answers: list[Reason | None] = []
        dirty: dict[int, None] = {}
        for tx in transactions:
            fault = self._fault(tx)
            if fault is None and self.slots_used + tx.slots > self._capacity:
                fault = self._make_room(tx, now_us)
            if fault is None:
                fault, touched = self._place(tx, now_us)
                dirty.update(dict.fromkeys(touched))
            answers.append(fault)
        self._tidy(dirty, now_us)
        return answers

    def _fault(self, tx: PooledTransaction) -> Reason | None:
        """Return why a newcomer is invalid by itself or for its sender's account."""
        if tx.tx_id in self._all:
            return Reason.ALREADY_KNOWN
        fault = standalone_fault(
            tx, price_limit=self._price_limit, block_gas_limit=self.block_gas_limit
        )
        if fault is not None:
            return fault
        sender = tx.sender
        if tx.nonce < self._nonce_of(sender):
            return Reason.NONCE_TOO_LOW
        needed = tx.cost
        run = self._pending.runs.get(sender)
        if run is not None:
            old = run.at(tx.nonce)
            needed = max(needed, run.total_cost + needed - (0 if old is None else old.cost))
        return None if needed <= self._balance_of(sender) else Reason.INSUFFICIENT_FUNDS

    def _make_room(self, tx: PooledTransaction, now_us: int) -> Reason | None:
        """Evict the worst transactions for a better newcomer, or say why not."""
        if self._priced.underpriced(tx.max_fee, tx.tip):
            return Reason.UNDERPRICED
        if self._evicted_in_batch > self._global_slots // 4:
            return Reason.POOL_OVERFLOW
        worst = self._priced.discard(self.slots_used - self._capacity + tx.slots)
        if worst is None:
            return Reason.POOL_OVERFLOW
        if self._is_gapped(tx) and any(self._is_pending(other) for other in worst):
            for other in worst:
                self._priced.put(other)
            return Reason.GAPPED_WOULD_EVICT_EXECUTABLE
        for other in worst:
            if other.tx_id not in self._all:
                continue  # named twice: offered again while an old price entry was still there
            self._depart(other, TxState.EVICTED, Reason.UNDERPRICED, tx.tx_id)
            self._evicted_in_batch += self._withdraw(other, now_us)
        return None

    def _is_gapped(self, tx: PooledTransaction) -> bool:
        following = self.pending_nonce(tx.sender)
        return tx.nonce > following and not self._queue.fills_gap(tx.sender, following, tx.nonce)

    def _is_pending(self, tx: PooledTransaction) -> bool:
        return self._pending.at(tx.sender, tx.nonce) is not None

    def _place(self, tx: PooledTransaction, now_us: int) -> tuple[Reason | None, tuple[int, ...]]:
        """Let a valid newcomer replace a transaction or join the queue; name whom to promote."""
        old = self._pending.at(tx.sender, tx.nonce)
        if old is not None:
            if not may_replace(old, tx, self._price_bump):
                return Reason.REPLACEMENT_UNDERPRICED, ()
            self._pending.put(tx)
            self._queue.beat(tx.sender, now_us)
        else:
            taken, old = self._queue.put(tx, now_us)
            if not taken:
                return Reason.REPLACEMENT_UNDERPRICED, ()
        if old is not None:
            self._depart(old, TxState.REPLACED, Reason.OUTBID, tx.tx_id)
            self._priced.left(1)
        self._enter(tx)
        return None, (tx.sender,) if old is None else ()

    # --- A new block and the passing of time ---------------------------------------------------

    def on_block(
        self,
        included: Sequence[PooledTransaction],
        *,
        base_fee: int,
        now_us: int,
        block_gas_limit: int | None = None,
    ) -> None:
        """Follow a new block; `nonce_of` and `balance_of` already tell the state after it.

        Parameters
        ----------
        included : sequence of PooledTransaction
            The transactions of ours that the block holds.
        base_fee : int
            Base fee of the block after this one, wei.
        now_us : int
            Virtual microseconds.
        block_gas_limit : int, optional
            The new block's gas limit, if it changed.

        """
        included_ids = frozenset(tx.tx_id for tx in included)
        new_limit = self.block_gas_limit if block_gas_limit is None else block_gas_limit
        limit_fell = new_limit < self.block_gas_limit
        self.block_gas_limit = new_limit
        for sender in tuple(self._queue.sets):
            self._forward_run(sender, self._nonce_of(sender), included_ids)
            self._promote(sender, self._nonce_of(sender), now_us, included_ids)
        for sender in tuple(self._pending.runs):
            self._demote(sender, now_us, included_ids, limit_fell=limit_fell)
        self._priced.set_base_fee(base_fee)
        self._tidy((), now_us)

    def on_reorg(
        self, orphaned: Sequence[PooledTransaction], *, base_fee: int, now_us: int
    ) -> list[tuple[PooledTransaction, Reason]]:
        """Take back the transactions of blocks that are no longer part of the chain.

        `nonce_of` and `balance_of` already tell the state before those blocks. As geth does when it
        resets to another branch, they are offered anew all together; what waited behind them is
        executable again once they are in.

        Parameters
        ----------
        orphaned : sequence of PooledTransaction
            In the order of the chain.
        base_fee : int
            Base fee of the block that will replace the first of them, wei.
        now_us : int
            Virtual microseconds.

        Returns
        -------
        list of tuple
            Those that the pool does not take, each with the reason.

        """
        for sender in dict.fromkeys(tx.sender for tx in orphaned):
            run = self._pending.runs.get(sender)
            if run is not None:
                for tx in self._pending.cut_from(sender, run.transactions[0].nonce):
                    self._queue.put(tx, now_us)
        self._priced.set_base_fee(base_fee)
        answers = self.add_batch(orphaned, now_us)
        return [
            (tx, reason) for tx, reason in zip(orphaned, answers, strict=True) if reason is not None
        ]

    def expire(self, now_us: int) -> None:
        """Drop the gapped transactions of accounts that were silent for the lifetime.

        geth looks once a minute.
        """
        for tx in self._queue.silent_since(now_us - self.limits.lifetime_us):
            self._queue.remove(tx)
            self._depart(tx, TxState.EXPIRED, Reason.LIFETIME)
            self._priced.left(1)

    def _forward_run(self, sender: int, nonce: int, included_ids: frozenset[int]) -> None:
        """Take used nonces out of an account's executable run."""
        for tx in self._pending.cut_below(sender, nonce):
            self._pass_nonce(tx, included_ids)

    def _demote(
        self, sender: int, now_us: int, included_ids: frozenset[int], *, limit_fell: bool
    ) -> None:
        """Take out what a new block used up or made unpayable; what follows waits in the queue."""
        nonce = self._nonce_of(sender)
        self._forward_run(sender, nonce, included_ids)
        run = self._pending.runs.get(sender)
        if run is None:
            return
        balance = self._balance_of(sender)
        starts = run.transactions[0].nonce <= nonce
        if starts and run.total_cost <= balance and not limit_fell:
            return
        unpayable, later = self._pending.cut_unpayable(sender, nonce, balance, self.block_gas_limit)
        for tx in later:
            self._queue.put(tx, now_us)
        for tx in unpayable:
            self._depart_unpayable(tx)

    # --- Tidying -------------------------------------------------------------------------------

    def _tidy(self, dirty: Sequence[int] | dict[int, None], now_us: int) -> None:
        """Promote what became executable, then trim; what geth does after a batch or a block."""
        dropped = 0
        for sender in dirty:
            dropped += self._promote(sender, self.pending_nonce(sender), now_us, frozenset())
        self._priced.left(dropped)
        surplus = self._pending.count - self._global_slots
        if surplus > 0:
            self._pending.large.trim(surplus, self._drop_last)
        trimmed = 0
        if self._queue.count > self._global_queue:
            for tx in self._queue.truncate(self._global_queue):
                self._depart(tx, TxState.EVICTED, Reason.GLOBAL_QUEUE)
                trimmed += 1
        self._priced.left(trimmed)
        self._evicted_in_batch = 0

    def _promote(self, sender: int, start: int, now_us: int, included_ids: frozenset[int]) -> int:
        """Move an account's executable transactions out of the queue; count those that left."""
        held = self._queue.sets.get(sender)
        if held is None:
            return 0
        before = len(held.by_nonce)
        passed = held.take_below(self._nonce_of(sender))
        unpayable = held.take_unpayable(self._balance_of(sender), self.block_gas_limit)
        ready = held.take_ready(start)
        surplus = held.take_above(self.limits.account_queue)
        self._queue.removed(sender, before - len(held.by_nonce))
        for tx in passed:
            self._pass_nonce(tx, included_ids)
        for tx in unpayable:
            self._depart_unpayable(tx)
        for tx in surplus:
            self._depart(tx, TxState.EVICTED, Reason.ACCOUNT_QUEUE)
        for tx in ready:
            self._pending.append(tx)
        if ready:
            self._queue.beat(sender, now_us)
        return len(passed) + len(unpayable) + len(surplus)

    def _drop_last(self, sender: int) -> None:
        """Evict an account's executable transaction with the highest nonce."""
        last = self._pending.of(sender)[-1]
        self._pending.cut_from(sender, last.nonce)
        self._depart(last, TxState.EVICTED, Reason.GLOBAL_SLOTS)
        self._priced.left(1)

    # --- Bookkeeping ---------------------------------------------------------------------------

    def _enter(self, tx: PooledTransaction) -> None:
        self._all[tx.tx_id] = tx
        self.slots_used += tx.slots
        self._priced.put(tx)

    def _forget(self, tx: PooledTransaction) -> None:
        del self._all[tx.tx_id]
        self.slots_used -= tx.slots

    def _depart(
        self, tx: PooledTransaction, state: TxState, reason: Reason, other_tx_id: int = -1
    ) -> None:
        self._forget(tx)
        self._departures.append(Departure(tx.tx_id, state, reason, other_tx_id))

    def _depart_unpayable(self, tx: PooledTransaction) -> None:
        too_much_gas = tx.gas_limit > self.block_gas_limit
        reason = Reason.GAS_ABOVE_BLOCK_LIMIT if too_much_gas else Reason.INSUFFICIENT_FUNDS
        self._depart(tx, TxState.EVICTED, reason)

    def _pass_nonce(self, tx: PooledTransaction, included_ids: frozenset[int]) -> None:
        if tx.tx_id in included_ids:
            self._forget(tx)
        else:
            self._depart(tx, TxState.DROPPED, Reason.NONCE_PASSED)

    def _withdraw(self, tx: PooledTransaction, now_us: int) -> int:
        """Take one transaction out of its place; return how many stopped being executable."""
        if self._pending.at(tx.sender, tx.nonce) is None:
            self._queue.remove(tx)
            return 0
        cut = self._pending.cut_from(tx.sender, tx.nonce)
        for later in cut[1:]:
            self._queue.put(later, now_us)
        return len(cut)
