"""A desk without an engine: a clock, a price, and a list of what was sent."""

from floodline.actors.desk import BlockSeen, Candidate, Outcome, PendingSeen, Sender, Sent
from floodline.actors.fees import FeeHistory, FeeView
from floodline.foundation.event_queue import EventQueue
from floodline.foundation.seeds import Streams
from floodline.foundation.units import GWEI, SECOND_US
from floodline.protocols.book import Book
from floodline.protocols.interface import Call


class FakeProtocol:
    """Calls that say what they are; a book that tests fill by hand."""

    gas_market = "ETH"

    def __init__(self, markets=("ETH",)):
        self.markets = list(markets)
        self.book = Book(markets)
        self.reward_usd = 100.0
        self.oracle_updates = None
        self.pokes = {}

        self.orders = None
        self.auctions = None
        self.calldata = None
        self.cash = None
        self.margins = None
        self.options = None

    def oracle_upkeep(self, market, now_s):
        return self.pokes.get(market)

    def open(self, market, size_delta_wad, acceptable_price_wad):
        return Call(b"m" * 20, b"", 500_000, "open", market=market)

    def close(self, account, market, acceptable_price_wad):
        return Call(b"m" * 20, b"", 500_000, "close", market=market)

    def liquidate(self, account, market):
        return Call(b"e" * 20, b"", 900_000, "liquidate", 0, account, market)

    def takes_liquidation(self, account, market):
        return self.auctions is None or not self.auctions.is_live(account)

    def push_price(self, market, price_e8, observed_s):
        data = f"{price_e8}@{observed_s}".encode()
        return Call(b"f" * 20, data, 200_000, "push_price", market=market)

    def allowed_notional_usd(self, market, margin_usd, side, skew, price_usd):
        return 100.0, 18 * margin_usd

    def expected_reward_usd(self, notional_usd, equity_usd, gas_usd):
        return self.reward_usd

    def liquidation_gas(self):
        return 400_000


class FakeDesk:
    """Implements `floodline.actors.desk.Desk` in memory."""

    genesis_s = 1_000_000
    target_gas_per_s = 1_250_000.0

    def __init__(self, accounts=1, markets=("ETH",), end_s=1_000):
        self.queue = EventQueue()
        self.protocol = FakeProtocol(markets)
        self.end_us = end_s * SECOND_US
        self.price = dict.fromkeys(markets, 3000.0)
        self.chain_price = dict.fromkeys(markets, 3000.0)
        self.next_base_fee = GWEI
        self.history = FeeHistory()
        self.pool_gas = 0
        self.gossip: list[PendingSeen] = []
        self.mined: dict[int, int] = {}
        self.sent: list[Sent] = []
        self.replaced: dict[int, int] = {}
        self.batches = []
        self.decisions = []
        self.updates = []
        self.block = 0
        self._accounts = [Sender(n, n.to_bytes(2, "big") * 10) for n in range(accounts)]
        self._nonces = dict.fromkeys(range(accounts), 0)

    @property
    def now_us(self):
        return self.queue.now_us

    def stream(self, purpose):
        return Streams(1).stream(f"actors.test.{purpose}")

    def senders(self):
        return self._accounts

    def true_price_usd(self, market):
        return self.price[market]

    def chain_price_usd(self, market):
        return self.chain_price[market]

    def fee_view(self):
        return FeeView(self.next_base_fee, self.history, self.pool_gas)

    def pending(self, kind="", subject=b""):
        return [
            seen
            for seen in self.gossip
            if seen.seen_us <= self.now_us
            and (not kind or seen.call.kind == kind)
            and (not subject or seen.call.subject == subject)
        ]

    def address_of(self, sender):
        return self._accounts[sender].address

    def account_nonce(self, sender):
        return self.mined.get(sender, 0)

    def send(self, sender, call, fees):
        nonce = self._nonces[sender]
        self._nonces[sender] += 1
        sent = Sent(len(self.sent), sender, nonce, call, fees, self.now_us, self.block)
        self.sent.append(sent)
        return sent

    def replace(self, sent, fees, call=None):
        new = Sent(
            len(self.sent),
            sent.sender,
            sent.nonce,
            call or sent.call,
            fees,
            self.now_us,
            self.block,
        )
        self.sent.append(new)
        self.replaced[new.tx_id] = sent.tx_id
        return new

    def offer(self, batch):
        self.batches.append(batch)

    def at(self, time_us, callback):
        self.queue.at(time_us, callback)

    def note_decision(self, account):
        self.decisions.append((self.now_us, account))

    def note_update(self, market, price_e8):
        self.updates.append((self.now_us, market, price_e8))

    def load_contract(self, name):
        return name.encode().ljust(20, b"\0")[:20]

    # ---- for tests ----

    def seconds(self, until_s):
        """Let virtual time run."""
        self.queue.run_until(int(until_s * SECOND_US))

    def seal(self, actor, candidates=()):
        """Let the actor see a block."""
        self.block += 1
        actor.on_block(
            BlockSeen(self.block, self.now_us, GWEI, GWEI, 0, 30_000_000, tuple(candidates))
        )


def candidate(number, notional=50_000.0):
    """An account that may be liquidated."""
    return Candidate(bytes([100 + number]) * 20, "ETH", notional, 10.0)


def included(block=1):
    """A good end."""
    return Outcome("included", "", block, 100_000)


def lost(state="rejected", reason="underpriced"):
    """A bad end."""
    return Outcome(state, reason, -1, 0)


def made(kind, desk, **parameters):
    """Build a registered actor on a desk."""
    from floodline.actors.catalogue import ACTORS

    entry = ACTORS[kind]
    return entry.build(entry.parameters(**parameters), desk=desk)
