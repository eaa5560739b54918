"""What searchers share: capital, a look at the pool every half second, and an orderly way out."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from pydantic import Field

from floodline.actors.base import Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import FeeChoice, Fees
from floodline.foundation.units import ETHER, SECOND_US, to_us, wad
from floodline.protocols.interface import Call

_WIDE: Final = 0.1
"""Distance from the chain's price at which a way out is still accepted."""


class SearcherParameters(ActorParameters):
    """Parameters that every searcher has."""

    accounts: int = Field(
        default=2, ge=1, le=100, description="Accounts; each holds one position at a time."
    )
    margin_usd: float = Field(
        default=1_000_000.0, gt=0, description="Collateral of each account, in dollars."
    )
    leverage: float = Field(
        default=10.0, gt=0, le=100, description="Largest notional over an account's collateral."
    )
    min_profit_usd: float = Field(
        default=1.0, ge=0, description="Least expected profit after gas and fees, in dollars."
    )
    watch_s: float = Field(
        default=0.5, gt=0, description="Seconds between looks at the pool and at prices."
    )
    fee: FeeChoice = Field(
        default="percentile",
        validate_default=True,
        description="How it bids where its place does not hang on somebody else's.",
    )


class Searcher(Actor):
    """Looks at the public pool, trades from accounts of its own, and closes what is left over.

    What it knows of its positions is what the chain's events say, so that an orphaned block leaves
    it with no wrong belief. The tally counts what it tried (``tried``) and what came of it
    (``got``).
    """

    role: ClassVar[str] = "searcher"

    def __init__(self, parameters: Any, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._given: SearcherParameters = parameters
        self._bidder = Bidder(desk, parameters.fee.build())
        self._waiting: dict[int, int] = {}
        self._judged: set[tuple[int, int]] = set()
        self._watch_us = to_us(parameters.watch_s)

    @property
    def sender_count(self) -> int:
        """As many as the campaign says."""
        return self._given.accounts

    def deposits_usd(self) -> list[float]:
        """Everybody has the capital that the file gives."""
        return [self._given.margin_usd] * self._given.accounts

    # ---- looking --------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to watch, where calldata can be read at all."""
        if self.desk.protocol.calldata is not None:
            self.desk.at(self.desk.now_us + self._watch_us, self._watch)

    def _watch(self, now_us: int) -> None:
        self.look()
        if now_us + self._watch_us < self.desk.end_us:
            self.desk.at(now_us + self._watch_us, self._watch)

    def look(self) -> None:
        """Look at the pool or at prices and act; nothing by default."""

    def first_sight(self, sender: int, nonce: int) -> bool:
        """Return whether a transaction of somebody else is seen for the first time."""
        mine = range(self.accounts[0].index, self.accounts[-1].index + 1)
        if sender in mine or (sender, nonce) in self._judged:
            return False
        self._judged.add((sender, nonce))
        return True

    def moves(self, market: str) -> bool:
        """Whether an update of a market's price is seen pending: what is reckoned now is off."""
        return any(seen.call.market == market for seen in self.desk.pending("push_price"))

    # ---- accounts -------------------------------------------------------------------------------

    def free_account(self) -> Sender | None:
        """Return an account without position, waiting order or pending transaction."""
        for sender in self.accounts:
            if not self.is_busy(sender) and not self.position(sender):
                return sender
        self.count("no_account_free")
        return None

    def is_busy(self, sender: Sender) -> bool:
        """Whether something of an account is pending, or an order of it waits on chain."""
        orders = self.desk.protocol.orders
        if self._waiting.get(sender.index, 0):
            return True
        order = None if orders is None else orders.waits_for(sender.address)
        now_s = self.desk.genesis_s + self.desk.now_us // SECOND_US
        return order is not None and now_s <= order.expires_s

    def position(self, sender: Sender, market: str = "") -> float:
        """Return an account's signed size in a market, or in the one that it has a position in."""
        book = self.desk.protocol.book
        row = book.index.get(sender.address)
        if row is None:
            return 0.0
        columns = range(len(book.markets)) if not market else [book.market_index[market]]
        return next((float(book.size[row, c]) for c in columns if book.size_wad[row][c]), 0.0)

    def most_units(self, sender: Sender, market: str, side: int) -> float:
        """Return the largest size that an account's capital allows, in units of the asset."""
        protocol = self.desk.protocol
        price = self.desk.chain_price_usd(market)
        row = protocol.book.index.get(sender.address)
        cash = 0.0 if row is None else float(protocol.book.cash[row])
        skew = float(protocol.book.size[:, protocol.book.market_index[market]].sum())
        least, most = protocol.allowed_notional_usd(market, cash, side, skew, price)
        notional = min(cash * self._given.leverage, 0.9 * most)
        return notional / price if notional > least else 0.0

    # ---- sending --------------------------------------------------------------------------------

    def order(self, market: str, size: float, limit_usd: float) -> Call:
        """Return an order for a signed size, as the venue takes orders."""
        return self.desk.protocol.open(market, wad(f"{size:.6f}"), wad(f"{limit_usd:.8f}"))

    def send(self, sender: Sender, call: Call, fees: Fees | None = None) -> Sent:
        """Send a call at a bid of its own, or as the strategy says."""
        self._waiting[sender.index] = self._waiting.get(sender.index, 0) + 1
        return self._bidder.send(sender.index, call, fees=fees).current

    def gas_usd(self, call: Call, fees: Fees, calls: int = 1) -> float:
        """Return what calls cost at a bid, dollars; half of the gas limit is reckoned as used."""
        price = min(fees.max_fee, self.desk.fee_view().next_base_fee + fees.tip)
        ether_usd = self.desk.chain_price_usd(self.desk.protocol.gas_market)
        return calls * call.gas_limit / 2 * price / ETHER * ether_usd

    # ---- the way out ----------------------------------------------------------------------------

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits, and close what has no reason to be open."""
        self.count("bumped", self._bidder.bump(block))
        for sender in self.accounts:
            if not self.is_busy(sender) and self.position(sender) and self.leaves(sender):
                self._leave(sender)

    def leaves(self, sender: Sender) -> bool:
        """Whether an account's open position should be closed now; by default at once."""
        del sender
        return True

    def _leave(self, sender: Sender) -> None:
        protocol = self.desk.protocol
        for market in protocol.markets:
            size = self.position(sender, market)
            if size:
                limit = self.desk.chain_price_usd(market) * (1 - _WIDE if size > 0 else 1 + _WIDE)
                call = protocol.close(sender.address, market, wad(f"{limit:.8f}"))
                if call is not None:
                    self.send(sender, call)
                    self.count("closed")
                return

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the account once nothing of it is pending."""
        ended = self._bidder.settle(sent, outcome)
        if ended is None:
            return
        self._waiting[sent.sender] -= 1
        self.ended(ended.call, sent, outcome)

    def ended(self, call: Call, sent: Sent, outcome: Outcome) -> None:
        """Take note of how a call ended."""
        del sent
        self.count(f"{call.kind}_{outcome.state}")
