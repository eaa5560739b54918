"""What must hold between two ways to the same end, tried on chain from whatever trading reached.

Each rule does something on chain, reads what came of it, and takes it back; the model goes on as if
nothing had happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from driver import Outcome
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from machines import TradingMachine, markets, sides, traders

from floodline.foundation.units import WAD
from floodline.protocols.reference.model import Tolerance

Found = TypeVar("Found")
USDC = 10**6


class Status(NamedTuple):
    """How an account stands on chain, WAD USD."""

    equity: int
    initial: int
    maintenance: int


class PropertyMachine(TradingMachine):
    """Orders split and taken back, funding poked often or once, margin of larger positions."""

    @rule(
        account=traders,
        market=markets,
        side=sides,
        tenths=st.integers(1, 40),
        cuts=st.lists(st.integers(1, 97), min_size=1, max_size=3),
    )
    def an_order_is_split(
        self, account: str, market: str, side: int, tenths: int, cuts: list[int]
    ) -> None:
        """The parts cost what the whole costs: a premium is an integral over the skew."""
        whole = self._size(account, market, side, tenths)
        parts = [whole * cut // 300 for cut in cuts]
        parts.append(whole - sum(parts))
        at_once = self._what_if(lambda: self._orders(account, market, [whole]))
        split = self._what_if(lambda: self._orders(account, market, parts))
        if at_once is None or split is None:
            return
        slack = sum(map(abs, parts)) + WAD  # each fill is rounded by less than a wei a unit
        assert abs(self._paid(split) - self._paid(at_once)) <= slack
        self.world.happened["split"] += 1

    @rule(account=traders, market=markets, side=sides, tenths=st.integers(1, 40))
    def an_order_is_taken_back(self, account: str, market: str, side: int, tenths: int) -> None:
        """A round trip inside one block never gains."""
        size = self._size(account, market, side, tenths)
        trip = self._what_if(lambda: self._orders(account, market, [size, -size]))
        if trip is None:
            return
        assert self._paid(trip) >= 0
        assert all(outcome.event("Traded")["fee"] >= 0 for outcome in trip)
        self.world.happened["round trip"] += 1

    @precondition(lambda self: self.open_positions())
    @rule(choice=st.integers(0, 99), pokes=st.integers(2, 5), seconds=st.integers(6, 900))
    def funding_is_poked(self, choice: int, pokes: int, seconds: int) -> None:
        """Funding does not depend on how often somebody brings it up to now."""
        held = self.open_positions()
        account, market = held[choice % len(held)]
        self.heartbeat()
        steps = [seconds // pokes] * (pokes - 1)
        steps.append(seconds - sum(steps))
        once = self._what_if(lambda: self._poked(account, market, [seconds]))
        often = self._what_if(lambda: self._poked(account, market, steps))
        assert abs(often[0] - once[0]) <= pokes * ROUNDED_RATE
        size = self.world.model.markets[market].position(account).size
        assert abs(often[1] - once[1]) <= pokes * ROUNDED_RATE * abs(size) // WAD + pokes
        self.world.happened["poked often"] += 1

    @rule(
        account=traders,
        market=markets,
        side=sides,
        tenths=st.integers(1, 20),
        more=st.integers(1, 200),
    )
    def a_larger_order_needs_no_less_margin(
        self, account: str, market: str, side: int, tenths: int, more: int
    ) -> None:
        """Requirements grow with size, and maintenance is never above initial margin."""
        held = self.world.model.markets[market].position(account).size
        small = (1 if held > 0 else -1 if held < 0 else side) * abs(
            self._size(account, market, side, tenths)
        )
        large = small + small * more // 100
        found = [self._after(account, market, size) for size in (small, large)]
        if None in found:
            return
        less, greater = found
        assert less.initial <= greater.initial
        assert less.maintenance <= greater.maintenance
        assert greater.maintenance <= greater.initial
        self.world.happened["margin grew"] += 1

    @rule(account=traders, dollars=st.integers(1, 50_000))
    def cash_is_added(self, account: str, dollars: int) -> None:
        """Cash raises equity by itself and no requirement."""
        idle = self._what_if(lambda: self._idle(account))
        richer = self._what_if(lambda: self._deposited(account, dollars))
        assert richer.equity - idle.equity == dollars * WAD
        assert richer[1:] == idle[1:]
        self.world.happened["cash added"] += 1

    # ---- doing something and taking it back -----------------------------------------------------

    def _what_if(self, action: Callable[[], Found]) -> Found:
        chain = self.world.chain
        snapshot, now_s = chain.node.snapshot(), chain.now_s
        try:
            return action()
        finally:
            chain.node.revert(snapshot)
            chain.now_s = now_s

    def _orders(self, account: str, market: str, sizes: Sequence[int]) -> list[Outcome] | None:
        """Send orders in one block; None where one of them is refused."""
        deployment = self.world.deployment
        interface = deployment.chain.interfaces["PerpMarket"]
        calls = [
            interface.encode("trade", size, 2**200 if size > 0 else 0) for size in sizes if size
        ]
        person, address = deployment.people[account], deployment.markets[market]
        outcomes = deployment.chain.send_together(person, address, calls)
        return outcomes if all(outcome.ok for outcome in outcomes) else None

    @staticmethod
    def _paid(outcomes: list[Outcome]) -> int:
        """Return what the fills cost without fees, WAD * WAD USD; negative was received."""
        traded = [outcome.event("Traded") for outcome in outcomes]
        return sum(event["sizeDelta"] * event["fillPrice"] for event in traded)

    def _after(self, account: str, market: str, size: int) -> Status | None:
        return self._what_if(
            lambda: self._status(account) if self._orders(account, market, [size]) else None
        )

    def _poked(self, account: str, market: str, steps: Sequence[int]) -> tuple[int, int]:
        """Poke after each of some waits; return accumulator and the account's equity."""
        for seconds in steps:
            self._poke(market, after_s=seconds)
        address = self.world.deployment.markets[market]
        _, accumulator, _ = self.world.deployment.read("PerpMarket", address, "storedFunding")
        return accumulator, self._status(account).equity

    def _poke(self, market: str, after_s: int) -> None:
        deployment = self.world.deployment
        address = deployment.markets[market]
        assert deployment.call("keeper", "PerpMarket", address, "pokeFunding", after_s=after_s).ok

    def _idle(self, account: str) -> Status:
        chain = self.world.chain
        chain.now_s += 1
        chain.node.seal(chain.now_s)
        return self._status(account)

    def _deposited(self, account: str, dollars: int) -> Status:
        deployment = self.world.deployment
        house = ("ClearingHouse", deployment.house)
        assert deployment.call(account, *house, "deposit", dollars * USDC).ok
        return self._status(account)

    def _status(self, account: str) -> Status:
        deployment = self.world.deployment
        address = deployment.addresses[account]
        house = deployment.house
        return Status(
            *deployment.read("ClearingHouse", house, "status", address, int(Tolerance.ANY))
        )

    def _size(self, account: str, market: str, side: int, tenths: int) -> int:
        model = self.world.model
        equity = max(model.status(account)[0], 1_000 * WAD)
        return side * (equity * tenths * WAD // (10 * model.price(market)))


ROUNDED_RATE = 10**10
"""What one poke can round away: a wei of the rate, times the price of the asset, over its time."""
