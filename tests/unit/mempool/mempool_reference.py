"""The pool and the builder once more: slow, by linear search, and plain to see.

No heap order, no index arithmetic, no short cuts: everything is sorted or searched each time it is
needed. The real ones must agree with these in every observable.
"""

from floodline.mempool import Reason, TxState

CAP = 2**24
MAX_BYTES = 128 * 1024


class NaivePool:
    def __init__(self, limits, base_fee, block_gas_limit, balances, nonces, rich):
        self.limits = limits
        self.base_fee = base_fee
        self.gas_limit = block_gas_limit
        self.balance = lambda sender: balances.get(sender, rich)
        self.nonce = lambda sender: nonces.get(sender, 0)
        self.all = {}
        self.pending = {}  # sender -> nonce -> transaction
        self.queue = {}
        self.beats = {}  # sender -> (time, sequence)
        self.sequence = 0
        self.urgent = []  # with the dead
        self.floating = []
        self.stale = 0
        self.changes = 0
        self.departed = []

    # --- observables ---

    def slots(self):
        return sum(tx.slots for tx in self.all.values())

    def pending_nonce(self, sender):
        held = self.pending.get(sender)
        return max(held) + 1 if held else self.nonce(sender)

    # --- the price lists ---

    def urgent_key(self, tx):
        effective = min(tx.tip, tx.max_fee - self.base_fee)
        return (effective, tx.max_fee, tx.tip, -tx.nonce, -tx.order)

    @staticmethod
    def floating_key(tx):
        return (tx.max_fee, tx.tip, -tx.nonce, -tx.order)

    def alive(self, tx):
        return tx.tx_id in self.all

    def pop_worst(self, listed, key):
        worst = min(listed, key=key)
        listed.remove(worst)
        return worst

    def removed(self, count):
        self.stale += count
        if self.stale > (len(self.urgent) + len(self.floating)) // 4:
            self.reheap()

    def reheap(self):
        self.stale = 0
        ranked = sorted(self.all.values(), key=self.urgent_key)
        self.floating = ranked[: len(ranked) // 5]
        self.urgent = ranked[len(ranked) // 5 :]

    def no_better(self, listed, key, prices, newcomer):
        while listed:
            worst = min(listed, key=key)
            if self.alive(worst):
                return prices(worst) >= newcomer
            listed.remove(worst)
            self.stale -= 1
        return False

    def underpriced(self, max_fee, tip):
        urgent = self.no_better(
            self.urgent,
            self.urgent_key,
            lambda tx: self.urgent_key(tx)[:3],
            (min(tip, max_fee - self.base_fee), max_fee, tip),
        )
        if not urgent and self.urgent:
            return False
        floating = self.no_better(
            self.floating, self.floating_key, lambda tx: self.floating_key(tx)[:2], (max_fee, tip)
        )
        return (floating or not self.floating) and bool(self.urgent or self.floating)

    def discard(self, slots):
        dropped = []
        while slots > 0:
            if len(self.urgent) > 4 * len(self.floating):
                tx = self.pop_worst(self.urgent, self.urgent_key)
                if self.alive(tx):
                    self.floating.append(tx)
                else:
                    self.stale -= 1
            elif self.floating:
                tx = self.pop_worst(self.floating, self.floating_key)
                if self.alive(tx):
                    dropped.append(tx)
                    slots -= tx.slots
                else:
                    self.stale -= 1
            else:
                self.urgent.extend(dropped)
                return None
        return dropped

    # --- arrivals ---

    def validate(self, tx):  # noqa: PLR0911 - one return for each rule
        if tx.tx_id in self.all:
            return Reason.ALREADY_KNOWN
        if tx.size_bytes > MAX_BYTES:
            return Reason.OVERSIZED
        if tx.gas_limit > CAP:
            return Reason.GAS_ABOVE_TRANSACTION_CAP
        if tx.gas_limit > self.gas_limit:
            return Reason.GAS_ABOVE_BLOCK_LIMIT
        if tx.tip > tx.max_fee:
            return Reason.TIP_ABOVE_MAX_FEE
        if tx.gas_limit < tx.minimum_gas:
            return Reason.INTRINSIC_GAS
        if tx.tip < self.limits.price_limit:
            return Reason.TIP_BELOW_MINIMUM
        if tx.nonce < self.nonce(tx.sender):
            return Reason.NONCE_TOO_LOW
        run = dict(self.pending.get(tx.sender, {}))
        run[tx.nonce] = tx
        together = sum(other.cost for other in run.values())
        if max(tx.cost, together) > self.balance(tx.sender):
            return Reason.INSUFFICIENT_FUNDS
        return None

    def offer(self, transactions, now):
        answers, dirty = [], []
        for tx in transactions:
            answer = self.validate(tx)
            if answer is None:
                answer, promote = self.insert(tx, now)
                if promote and tx.sender not in dirty:
                    dirty.append(tx.sender)
            answers.append(answer)
        gone = sum(self.promote(s, self.pending_nonce(s), now, ()) for s in dirty)
        self.removed(gone)
        self.trim()
        return answers

    def insert(self, tx, now):  # noqa: C901 - geth's admission from top to bottom
        over = self.slots() + tx.slots - self.limits.global_slots - self.limits.global_queue
        if over > 0:
            if self.underpriced(tx.max_fee, tx.tip):
                return Reason.UNDERPRICED, False
            if self.changes > self.limits.global_slots // 4:
                return Reason.POOL_OVERFLOW, False
            dropped = self.discard(over)
            if dropped is None:
                return Reason.POOL_OVERFLOW, False
            executable = [d for d in dropped if d.nonce in self.pending.get(d.sender, {})]
            if executable and self.gapped(tx):
                self.urgent.extend(dropped)
                return Reason.GAPPED_WOULD_EVICT_EXECUTABLE, False
            for victim in dict.fromkeys(dropped):
                self.leave(victim, TxState.EVICTED, Reason.UNDERPRICED, tx.tx_id)
                self.changes += self.take_out(victim, now)
        held = self.pending.get(tx.sender, {})
        if tx.nonce not in held:
            held = self.queue.setdefault(tx.sender, {})
            if tx.sender not in self.beats:
                self.beat(tx.sender, now)
        old = held.get(tx.nonce)
        if old is not None:
            least = 100 + self.limits.price_bump
            if (
                tx.max_fee <= old.max_fee
                or tx.tip <= old.tip
                or tx.max_fee < old.max_fee * least // 100
                or tx.tip < old.tip * least // 100
            ):
                return Reason.REPLACEMENT_UNDERPRICED, False
            if held is self.pending.get(tx.sender):
                self.beat(tx.sender, now)
        held[tx.nonce] = tx
        if old is not None:
            self.leave(old, TxState.REPLACED, Reason.OUTBID, tx.tx_id)
            self.removed(1)
        self.all[tx.tx_id] = tx
        self.urgent.append(tx)
        return None, old is None

    def gapped(self, tx):
        held = self.queue.get(tx.sender, {})
        following = self.pending_nonce(tx.sender)
        return any(nonce not in held for nonce in range(following, tx.nonce))

    def beat(self, sender, now):
        self.sequence += 1
        self.beats[sender] = (now, self.sequence)

    def leave(self, tx, state, reason, other=-1):
        del self.all[tx.tx_id]
        self.departed.append((tx.tx_id, state, reason, other))

    def take_out(self, tx, now):
        run = self.pending.get(tx.sender, {})
        if tx.nonce not in run:
            del self.queue[tx.sender][tx.nonce]
            self.sweep()
            return 0
        later = sorted(nonce for nonce in run if nonce >= tx.nonce)
        for nonce in later:
            moved = run.pop(nonce)
            if nonce > tx.nonce:
                self.enqueue(moved, now)
        self.sweep()
        return len(later)

    def enqueue(self, tx, now):
        self.queue.setdefault(tx.sender, {})[tx.nonce] = tx
        if tx.sender not in self.beats:
            self.beat(tx.sender, now)

    def sweep(self):
        for table in (self.pending, self.queue):
            for sender in [s for s, held in table.items() if not held]:
                del table[sender]
                if table is self.queue:
                    self.beats.pop(sender, None)

    # --- promotion and trimming ---

    def unpayable(self, tx):
        if tx.gas_limit > self.gas_limit:
            return Reason.GAS_ABOVE_BLOCK_LIMIT
        return Reason.INSUFFICIENT_FUNDS if tx.cost > self.balance(tx.sender) else None

    def pass_nonce(self, tx, included):
        if tx.tx_id in included:
            del self.all[tx.tx_id]
        else:
            self.leave(tx, TxState.DROPPED, Reason.NONCE_PASSED)

    def promote(self, sender, start, now, included):
        held = self.queue.get(sender, {})
        gone = 0
        for nonce in sorted(held):
            tx = held[nonce]
            if nonce < self.nonce(sender):
                self.pass_nonce(held.pop(nonce), included)
                gone += 1
            elif self.unpayable(tx):
                self.leave(held.pop(nonce), TxState.EVICTED, self.unpayable(tx))
                gone += 1
        ready = []
        if held and min(held) <= start:
            nonce = min(held)
            while nonce in held:
                ready.append(held.pop(nonce))
                nonce += 1
        while len(held) > self.limits.account_queue:
            self.leave(held.pop(max(held)), TxState.EVICTED, Reason.ACCOUNT_QUEUE)
            gone += 1
        self.sweep()
        for tx in ready:
            self.pending.setdefault(sender, {})[tx.nonce] = tx
        if ready:
            self.beat(sender, now)
        return gone

    def trim(self):
        limits = self.limits
        sizes = {s: len(run) for s, run in self.pending.items()}
        large = [sender for sender in sizes if sizes[sender] > limits.account_slots]
        waiting = sorted(large, key=lambda sender: (sizes[sender], -sender))
        offenders = []
        while self.count(self.pending) > limits.global_slots and waiting:
            newest = waiting.pop()
            while (
                offenders
                and self.count(self.pending) > limits.global_slots
                and len(self.pending[offenders[-1]]) > len(self.pending[newest])
            ):
                self.shorten(offenders)
            offenders.append(newest)
        while (
            offenders
            and self.count(self.pending) > limits.global_slots
            and len(self.pending[offenders[-1]]) > limits.account_slots
        ):
            self.shorten(offenders)
        surplus = self.count(self.queue) - limits.global_queue
        gone = 0
        for sender in sorted(self.queue, key=self.beats.get):
            held = self.queue[sender]
            for nonce in sorted(held, reverse=True):
                if surplus > 0:
                    self.leave(held.pop(nonce), TxState.EVICTED, Reason.GLOBAL_QUEUE)
                    surplus -= 1
                    gone += 1
        self.sweep()
        self.removed(gone)
        self.changes = 0

    @staticmethod
    def count(table):
        return sum(len(held) for held in table.values())

    def shorten(self, offenders):
        for sender in offenders:
            run = self.pending[sender]
            self.leave(run.pop(max(run)), TxState.EVICTED, Reason.GLOBAL_SLOTS)
            self.removed(1)

    # --- blocks and time ---

    def on_block(self, included, base_fee, now, gas_limit):
        included = {tx.tx_id for tx in included}
        self.gas_limit = gas_limit
        for sender in list(self.queue):
            for nonce in sorted(self.pending.get(sender, {})):
                if nonce < self.nonce(sender):
                    self.pass_nonce(self.pending[sender].pop(nonce), included)
            self.sweep()
            self.promote(sender, self.nonce(sender), now, included)
        for sender in list(self.pending):
            run = self.pending[sender]
            stop = False
            for nonce in sorted(run):
                tx = run[nonce]
                if nonce < self.nonce(sender):
                    self.pass_nonce(run.pop(nonce), included)
                elif self.unpayable(tx):
                    stop = True
                    self.leave(run.pop(nonce), TxState.EVICTED, self.unpayable(tx))
                elif stop or self.nonce(sender) not in run:
                    self.enqueue(run.pop(nonce), now)
                    stop = True
            self.sweep()
        self.base_fee = base_fee
        self.reheap()
        self.trim()

    def expire(self, now):
        limit = self.limits.lifetime_s * 1_000_000
        late = [s for s in self.queue if now - self.beats[s][0] > limit]
        for sender in sorted(late, key=self.beats.get):
            for nonce in sorted(self.queue[sender]):
                self.leave(self.queue[sender].pop(nonce), TxState.EXPIRED, Reason.LIFETIME)
                self.removed(1)
            self.sweep()


def naive_block(pending, base_fee, gas_limit, min_tip, used):
    """Fill a block as geth's miner does, knowing what each transaction uses.

    `pending` maps senders to lists in nonce order.
    """
    waiting = {sender: list(run) for sender, run in pending.items() if run}
    block = []
    while gas_limit >= 21_000 and waiting:
        for sender in list(waiting):
            if waiting[sender][0].effective_tip(base_fee) < min_tip:
                del waiting[sender]
        if not waiting:
            break
        best = min(
            waiting, key=lambda s: (-waiting[s][0].effective_tip(base_fee), waiting[s][0].order)
        )
        tx = waiting[best][0]
        if tx.gas_limit > gas_limit:
            del waiting[best]
            continue
        block.append(tx)
        gas_limit -= used(tx)
        waiting[best].pop(0)
        if not waiting[best]:
            del waiting[best]
    return block


def executed(plan, gas_limit, used, nonces):
    """Return what a node includes that skips what does not fit, and goes on."""
    block = []
    following = dict(nonces)
    for tx in plan:
        if following.get(tx.sender, 0) == tx.nonce and tx.gas_limit <= gas_limit:
            block.append(tx)
            gas_limit -= used(tx)
            following[tx.sender] = tx.nonce + 1
    return block
