"""The checks that every adapter must pass; a pytest class to derive from, and what the verb runs.

In a test module of the adapter's package::

    from floodline.validation.adapters.suite import AdapterSuite

    class TestMyProtocol(AdapterSuite):
        adapter = "my_package.adapter:MyAdapter"

Each check begins on the same stage: four accounts with 1,000 to 5,000 dollars, each with 60 % of
the largest position that it may open; the first is short where there are shorts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from floodline.foundation.units import FEED, USDC, WAD, wad
from floodline.protocols.events import DeficitCovered, Liquidated, PriceUpdated, ProtocolEvent
from floodline.validation.adapters.stage import Done, Stage

_CLOSE: float = 1e-6
_CENT: float = 0.01


class CheckFailed(AssertionError):  # noqa: N818 - not a fault of the suite
    """An adapter does not do what every adapter must."""


def expect(holds: Any, words: str) -> None:
    """Do nothing if something holds.

    Raises
    ------
    CheckFailed
        With these words, if it does not.

    """
    if not holds:
        raise CheckFailed(words)


class AdapterSuite:
    """Checks of one adapter; its class variables say which, and on what."""

    adapter: ClassVar[str] = ""
    """A registered name, or ``module:Class``."""
    market: ClassVar[str] = "ETH"
    price_usd: ClassVar[float] = 3_000.0
    parameters: ClassVar[Mapping[str, Any]] = {}
    stage: ClassVar[Stage]

    @classmethod
    def setup_class(cls) -> None:
        """Deploy and open the book, once for all checks."""
        cls.stage = cls._new_stage()

    @classmethod
    def _new_stage(cls) -> Stage:
        stage = Stage(
            cls.adapter, market=cls.market, price_usd=cls.price_usd, parameters=cls.parameters
        )
        try:
            stage.open()
        except BaseException:
            stage.close()
            raise
        return stage

    @classmethod
    def teardown_class(cls) -> None:
        """End the node."""
        cls.stage.close()

    def setup_method(self) -> None:
        """Remember how the stage stands."""
        self._memory = self.stage.memory()

    def teardown_method(self) -> None:
        """Set the stage back."""
        self.stage.recall(self._memory)

    # ---- what it is -----------------------------------------------------------------------------

    def test_capabilities_say_what_it_is(self) -> None:
        """It says whether it is for perpetuals, options or lending."""
        told = self.stage.adapter.capabilities
        expect(
            told.perps or told.options or told.lending,
            "capabilities name neither perps, options nor lending: set the class variables",
        )

    def test_every_contract_has_its_hash_in_the_manifest(self) -> None:
        """bytecode_hashes() names each contract with a SHA-256."""
        hashes = self.stage.adapter.bytecode_hashes()
        expect(hashes, "bytecode_hashes() names no contract")
        for name, digest in hashes.items():
            expect(len(digest) == 64, f"bytecode_hashes(): {name} has '{digest}', no SHA-256")

    # ---- state ----------------------------------------------------------------------------------

    def test_positions_are_those_that_were_asked_for(self) -> None:
        """open() changes a position by exactly the signed size that it was given."""
        book = self.stage.adapter.book
        column = book.market_index[self.market]
        for holder, asked in self.stage.opened.items():
            expect(holder in book.index, "an account that opened a position is not in the book")
            size = book.size_wad[book.index[holder]][column]
            expect(size == asked, f"open({asked}) led to a size of {size}")

    def test_the_book_made_of_events_is_the_chains(self) -> None:
        """Cash, sizes and entry prices from events equal those of the contracts, exactly."""
        self._reconcile("after the setup")

    def test_health_in_python_agrees_with_the_contracts(self) -> None:
        """health_at() at the chain's price gives the contracts' equity and maintenance margin."""
        stage = self.stage
        adapter, block = stage.adapter, stage.node.block()
        for fall in (1.0, 0.97):
            if fall < 1:
                stage.set_price(stage.price_e8 / FEED * fall)
                block = stage.node.block()
            told = adapter.health(stage.node.call, stage.holders)
            prices = np.array([stage.price_e8 / FEED])
            ours = adapter.health_at(prices, float(block.timestamp))
            rows = [adapter.book.index[one] for one in stage.holders]
            for name in ("equity_usd", "maintenance_usd"):
                theirs, mine = getattr(told, name), getattr(ours, name)[rows]
                off = np.abs(theirs - mine)
                bound = np.maximum(_CENT, _CLOSE * np.abs(theirs))
                expect(
                    (off <= bound).all(),
                    f"{name}: the contracts say {theirs.tolist()}, health_at() {mine.tolist()}",
                )

    def test_the_sheet_balances(self) -> None:
        """What was paid in less what was paid out is there; assets equal liabilities."""
        self._balance()

    def test_prices_that_are_pushed_arrive(self) -> None:
        """push_price() leads to a PriceUpdated with the price, decoded from the block's logs."""
        price = self.price_usd * 0.99
        done = self.stage.set_price(price)
        updates = [one for one in done.events if isinstance(one, PriceUpdated)]
        found = [one.price_e8 for one in updates if one.market == self.market]
        expect(
            found[-1:] == [round(price * FEED)],
            f"pushed {round(price * FEED)}, decoded {found}",
        )

    # ---- liquidation ----------------------------------------------------------------------------

    def test_a_healthy_account_cannot_be_liquidated_and_the_reason_is_in_words(self) -> None:
        """A keeper's call on a healthy account reverts, and explain_revert() names the reason."""
        stage = self.stage
        call = stage.adapter.liquidate(stage.holders[-1], self.market)
        failure = stage.attempt(stage.keeper, call)
        expect(failure is not None, "a healthy account can be liquidated")
        if failure is not None:
            words = stage.adapter.explain_revert(failure.data)
            expect(
                words and not words.startswith(("0x", "no revert")),
                f"explain_revert() says '{words}' of 0x{failure.data.hex()[:72]}",
            )

    def test_an_account_under_water_is_liquidated(self) -> None:
        """A fall makes an account liquidatable by the contracts too; a keeper's call succeeds."""
        stage, adapter = self.stage, self.stage.adapter
        victim = self._sink(1)[0]
        before = adapter.book.size_wad[adapter.book.index[victim]][0]
        done = stage.perform(stage.keeper, adapter.liquidate(victim, self.market))
        if adapter.auctions is not None:
            expect(done.events, "the start of an auction is not told by any event")
            return
        found = [one for one in done.events if isinstance(one, Liquidated)]
        expect(found, "a liquidation is not decoded as Liquidated")
        event = found[-1]
        expect(event.account == victim, "Liquidated names another account")
        expect(event.keeper == stage.keeper, "Liquidated names another keeper")
        expect(event.closed_wad, "Liquidated closes nothing")
        size = adapter.book.size_wad[adapter.book.index[victim]][0]
        expect(
            event.remaining_wad == size, f"remaining {event.remaining_wad}, the book says {size}"
        )
        closed = sum(abs(one.closed_wad) for one in found)
        expect(
            abs(before) - abs(size) == closed,
            f"the position fell by {abs(before) - abs(size)}, Liquidated closed {closed}",
        )
        expect(event.price_wad > 0, "Liquidated has no price")
        self._reconcile("after a liquidation")
        self._balance()

    def test_a_crash_through_all_margin_leaves_bad_debt_that_somebody_bears(self) -> None:
        """After a fall to a fifth every shortfall is decoded, and its bearers add up to it."""
        stage, adapter = self.stage, self.stage.adapter
        if adapter.auctions is not None:
            return
        stage.set_price(self.price_usd / 5)
        sunk = stage.under_water(self.price_usd / 5)
        expect(sunk, "no account is under water after a fall to a fifth")
        events: list[ProtocolEvent] = []
        for victim in sunk:
            for _ in range(40):
                if not adapter.book.size_wad[adapter.book.index[victim]][0]:
                    break
                call = adapter.liquidate(victim, self.market)
                if stage.attempt(stage.keeper, call) is not None:
                    break
                events += stage.perform(stage.keeper, call).events
        deficits = [one for one in events if isinstance(one, DeficitCovered)]
        expect(deficits, "no shortfall is decoded as DeficitCovered after a fall to a fifth")
        for one in deficits:
            borne = one.fund_wad + one.vault_wad + one.adl_wad + one.haircut_wad
            expect(
                borne == one.shortfall_wad,
                f"a shortfall of {one.shortfall_wad} is borne by {borne} in all",
            )
        self._reconcile("after a crash")
        self._balance()

    # ---- the rest of an actor's life ------------------------------------------------------------

    def test_an_owner_can_close(self) -> None:
        """close() brings an open position to zero; without a position there is no call."""
        stage, adapter = self.stage, self.stage.adapter
        if adapter.orders is not None:
            return
        holder = stage.holders[-1]
        limit = wad(f"{stage.price_e8 / FEED * 0.8:.8f}")
        call = adapter.close(holder, self.market, limit)
        expect(call is not None, "close() of an open position gives no call")
        if call is not None:
            stage.perform(holder, call)
        row = adapter.book.index[holder]
        expect(adapter.book.size_wad[row][0] == 0, "a closed position is still in the book")
        expect(
            adapter.close(holder, self.market, limit) is None,
            "close() of a position that is closed gives a call",
        )
        self._reconcile("after a close")

    def test_a_keeper_is_told_what_it_would_earn(self) -> None:
        """expected_reward_usd() and liquidation_gas() are numbers that a keeper can reckon with."""
        adapter = self.stage.adapter
        reward = adapter.expected_reward_usd(10_000.0, 100.0, 1.0)
        expect(0 <= reward < 10_000, f"expected_reward_usd() says {reward} of $10,000")
        gas = adapter.liquidation_gas()
        expect(21_000 <= gas <= 2**24, f"liquidation_gas() says {gas}")

    # ---- what makes runs repeatable -------------------------------------------------------------

    def test_a_reorganisation_takes_the_adapter_back(self) -> None:
        """restore() returns to a checkpoint whatever happened since; the chain agrees again."""
        stage = self.stage
        memory = stage.memory()
        before = self._state(stage)
        victim = self._sink(1)[0]
        stage.perform(stage.keeper, stage.adapter.liquidate(victim, self.market))
        expect(self._state(stage) != before or stage.adapter.auctions, "nothing happened to undo")
        stage.recall(memory)
        expect(self._state(stage) == before, "restore() leaves another book than it was")
        self._reconcile("after a reorganisation")

    def test_two_setups_are_the_same(self) -> None:
        """A second deployment gives the same book and the same code."""
        other = self._new_stage()
        try:
            expect(self._state(other) == self._state(self.stage), "a second setup's book differs")
            same = other.adapter.bytecode_hashes() == self.stage.adapter.bytecode_hashes()
            expect(same, "a second setup's code differs")
        finally:
            other.close()

    def test_gas_limits_leave_room(self) -> None:
        """No operation needs more than nine tenths of the gas limit that its call gives it."""
        stage = self.stage
        victim = self._sink(1)[0]
        stage.perform(stage.keeper, stage.adapter.liquidate(victim, self.market))
        for kind, done in self.gas_by_kind().items():
            expect(
                done.gas_used <= 0.9 * done.gas_limit,
                f"{kind} took {done.gas_used} gas of a limit of {done.gas_limit}: raise the limit",
            )

    # ---- helpers --------------------------------------------------------------------------------

    def gas_by_kind(self) -> dict[str, Done]:
        """Return the dearest operation of each kind that the checks have executed so far."""
        found: dict[str, Done] = {}
        for done in self.stage.done:
            if done.kind not in found or done.gas_used > found[done.kind].gas_used:
                found[done.kind] = done
        return dict(sorted(found.items()))

    def _sink(self, count: int) -> list[bytes]:
        """Let the price fall until so many accounts are under water, by the contracts' word too."""
        stage = self.stage
        price = stage.price_that_sinks(count)
        expect(price, "no fall of the price makes any account liquidatable by health_at()")
        stage.set_price(price)
        sunk = stage.under_water(price)
        told = stage.adapter.health(stage.node.call, sunk).liquidatable
        expect(told.all(), "health_at() finds accounts under water that the contracts do not")
        return sunk

    def _reconcile(self, when: str) -> None:
        stage = self.stage
        book = stage.adapter.book
        chain = stage.adapter.accounts_on_chain(stage.node.call, book.addresses)
        for row, (address, found) in enumerate(zip(book.addresses, chain, strict=True)):
            who = f"0x{address.hex()[:8]}... {when}"
            cash = book.cash_wad[row]
            expect(cash == found.cash_wad, f"{who}: cash {cash}, on chain {found.cash_wad}")
            sizes = book.size_wad[row]
            expect(sizes == found.sizes_wad, f"{who}: sizes {sizes}, on chain {found.sizes_wad}")
            for size, mine, theirs in zip(
                sizes, book.entry_price_wad[row], found.entry_prices_wad, strict=True
            ):
                expect(not size or mine == theirs, f"{who}: entry price {mine}, on chain {theirs}")

    def _balance(self) -> None:
        sheet = self.stage.adapter.solvency(self.stage.node.call)
        off = sheet.token_balance_wad - sheet.deposits_wad + sheet.withdrawals_wad
        expect(off == 0, f"token balance is {off} WAD off deposits less withdrawals")
        rest = (
            sheet.token_balance_wad
            + sheet.receivables_wad
            + sheet.recorded_deficit_wad
            - sheet.liabilities_wad
        )
        bound = WAD // USDC * (len(self.stage.adapter.book) + 1)
        expect(
            abs(rest) <= bound,
            f"balance + receivables + deficit are {rest} WAD off liabilities (bound {bound})",
        )

    @staticmethod
    def _state(stage: Stage) -> tuple[Any, ...]:
        book = stage.adapter.book
        return (
            tuple(book.addresses),
            tuple(book.cash_wad),
            tuple(map(tuple, book.size_wad)),
            tuple(map(tuple, book.entry_price_wad)),
        )
