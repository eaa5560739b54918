"""State machines in layers, so that a failure names the smallest model that shows it."""

from __future__ import annotations

import checks
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from world import TRADERS, Tolerance, World

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_deleveraging import Rule, rank

USDC = 10**6
traders = st.sampled_from(TRADERS)
markets = st.sampled_from(["ETH", "BTC"])
sides = st.sampled_from([1, -1])
ORDERS = ("right", "reversed", "all", "passes over")
"""In which winners are named: as the rule says, or not, or everybody, or without the best."""
HALVINGS = 12
"""Chunks of half a position until the rest is dust, and the wait for winners."""


class LedgerMachine(RuleBasedStateMachine):
    """Deposits, withdrawals, prices and time."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        world.restart()

    @rule(account=traders, dollars=st.integers(1, 200_000))
    def deposit(self, account: str, dollars: int) -> None:
        self.world.deposit(account, dollars * USDC + 7)

    @rule(account=traders, share=st.sampled_from([3, 20, 60, 100, 150]))
    def withdraw(self, account: str, share: int) -> None:
        cash = max(self.world.model.ledger.cash_of(account), 0)
        self._withdraw(account, cash * share // 100 // 10**12)

    @rule(dollars=st.integers(1, 3_000_000))
    def provider_withdraws(self, dollars: int) -> None:
        """The counterparty too takes money out, as far as it is free."""
        self._withdraw("liquidity_provider", dollars * USDC)

    @rule(market=markets, basis_points=st.integers(-300, 300))
    def price_moves(self, market: str, basis_points: int) -> None:
        self._move_price(market, basis_points)

    @rule(seconds=st.sampled_from([1, 12, 300, 3_500, 5_000]))
    def wait(self, seconds: int) -> None:
        self.world.wait(seconds)

    @invariant()
    def chain_and_model_agree(self) -> None:
        self.world.compare()

    @invariant()
    def the_books_balance(self) -> None:
        checks.books_balance(self.world)
        checks.nobody_flat_owes(self.world)

    def _withdraw(self, account: str, amount: int) -> None:
        if self.world.withdraw(account, amount):
            ledger = self.world.model.ledger
            assert ledger.cash_of(account) >= 0
            if ledger.has_positions(account):
                checks.above_initial_margin(self.world, account)

    def _move_price(self, market: str, basis_points: int) -> None:
        start = self.world.deployment.setup.start_prices_e8[market]
        price = self.world.model.price(market) // 10**10
        moved = price + price * basis_points // 10_000
        self.world.push_price(market, min(max(moved, start // 20), start * 20))


class TradingMachine(LedgerMachine):
    """Orders and funding on top."""

    @initialize(
        leverages=st.lists(st.integers(20, 190), min_size=len(TRADERS), max_size=len(TRADERS)),
        first=sides,
        market=markets,
    )
    def some_positions_are_open(self, leverages: list[int], first: int, market: str) -> None:
        """Every trader starts with 20,000 dollars and a leveraged position, long and short."""
        side = first
        for account, tenths in zip(TRADERS, leverages, strict=True):
            self.deposit(account, 20_000)
            self.open_or_turn(account, market, side, tenths, tight=False)
            side = -side

    @rule()
    def heartbeat(self) -> None:
        """The publisher confirms every price."""
        for market in self.world.model.markets:
            self._move_price(market, 0)

    @rule(
        account=traders,
        market=markets,
        side=sides,
        tenths=st.integers(1, 220),
        tight=st.sampled_from([False, False, True]),
    )
    def open_or_turn(self, account: str, market: str, side: int, tenths: int, tight: bool) -> None:
        """Order up to 22 times one's equity, sometimes with a limit at the oracle price."""
        price = self.world.model.price(market)
        equity = max(self.world.model.status(account)[0], 10**18)
        size = side * (equity * tenths * WAD // (10 * price))
        limit = price if tight else None
        before = self.world.model.markets[market].position(account).size
        if self.world.trade(account, market, size, limit, kind="open"):
            self._fresh_price_was_used(market, Tolerance.DEFAULT)
            if abs(before + size) > abs(before):
                checks.above_initial_margin(self.world, account)

    @precondition(lambda self: self.open_positions())
    @rule(choice=st.integers(0, 99), share=st.sampled_from([100, 100, 60, 10]))
    def close(self, choice: int, share: int) -> None:
        held = self.open_positions()
        account, market = held[choice % len(held)]
        size = self.world.model.markets[market].position(account).size
        self.world.trade(account, market, -size * share // 100, kind="close")

    @rule(market=markets)
    def poke_funding(self, market: str) -> None:
        equity = {name: self.world.model.status(name)[0] for name in TRADERS}
        seconds_ago = self.world.model.now_s
        if self.world.poke(market) and self.world.model.now_s == seconds_ago:
            assert equity == {name: self.world.model.status(name)[0] for name in TRADERS}

    @invariant()
    def debt_is_the_sum_over_traders(self) -> None:
        checks.market_debt_is_the_sum_over_traders(self.world)

    def open_positions(self) -> list[tuple[str, str]]:
        model = self.world.model
        return [
            (account, name)
            for name, market in model.markets.items()
            for account in TRADERS
            if market.position(account).size
        ]

    def _is_fresh(self, market: str) -> bool:
        """Whether every strict price that a rank may need can be read."""
        model = self.world.model
        ages = [model.now_s - feed.observed_at for feed in model.feeds.values()]
        return max(ages) <= model.feeds[market].max_age_strict

    def _fresh_price_was_used(self, market: str, tolerance: Tolerance) -> None:
        feed = self.world.model.feeds[market]
        strict = tolerance is Tolerance.STRICT
        max_age = feed.max_age_strict if strict else feed.max_age_default
        assert self.world.model.now_s - feed.observed_at <= max_age


class LiquidationMachine(TradingMachine):
    """Crashes and keepers on top."""

    @rule(market=markets, percent=st.integers(5, 40), side=sides)
    def price_jumps(self, market: str, percent: int, side: int) -> None:
        self._move_price(market, side * percent * 100)

    @precondition(lambda self: self.open_positions())
    @rule(choice=st.integers(0, 99), tip_gwei=st.integers(1, 400))
    def liquidate(self, choice: int, tip_gwei: int) -> None:
        held = self.open_positions()
        self._liquidate(*held[choice % len(held)], tip_gwei)

    @precondition(lambda self: self.open_positions())
    @rule(
        choice=st.integers(0, 99),
        beyond_bp=st.sampled_from([10, 100, 400, 1_500, 3_000]),
        calls=st.integers(1, 6),
        gap_s=st.sampled_from([1, 12, 31]),
    )
    def price_passes_somebody(self, choice: int, beyond_bp: int, calls: int, gap_s: int) -> None:
        """The price moves against one trader past maintenance, and a keeper comes again and again.

        Another market may be stale meanwhile; then the liquidation must wait, as on chain.
        """
        held = self.open_positions()
        account, market = held[choice % len(held)]
        self.heartbeat()
        model = self.world.model
        position = model.markets[market].position(account)
        equity, _, maintenance = model.status(account)
        price = model.price(market)
        against = (equity - maintenance) * WAD // abs(position.size) + price * beyond_bp // 10_000
        move = -against if position.size > 0 else against
        self._move_price(market, move * 10_000 // price)
        for _ in range(calls):
            if not model.markets[market].position(account).size:
                break
            self._liquidate(account, market, 2, gap_s)

    @rule()
    def everybody_below_maintenance_can_be_liquidated(self) -> None:
        """Liveness: at fresh prices a bounded number of calls takes any account out of danger."""
        if not any(self._is_below(account) for account, _ in self.open_positions()):
            return
        self.heartbeat()
        for account, market in self.open_positions():
            model = self.world.model
            size = abs(model.markets[market].position(account).size)
            gap_s = model.markets[market].liquidation.window_seconds
            calls = HALVINGS + size // max(model.markets[market].window_cap(), 1)
            for call in range(calls + 1):
                model = self.world.model
                if not self._is_below(account) or not model.markets[market].position(account).size:
                    self.world.happened["danger passed"] += call > 0
                    break
                self._liquidate(account, market, 2, gap_s)
                waits = model.waterfall.episode(account).until - model.now_s
                if waits > 0:
                    self.world.wait(waits)
            else:
                raise AssertionError(f"{account} is still below maintenance after {calls} calls")

    def _is_below(self, account: str) -> bool:
        equity, _, maintenance = self.world.model.status(account)
        return equity < maintenance

    def _liquidate(self, account: str, market: str, tip_gwei: int, after_s: int = 1) -> None:
        world = self.world
        size_before = abs(world.model.markets[market].position(account).size)
        fund_before = world.model.ledger.cash_of("insurance_fund")
        paid_before = world.model.waterfall.episode(account)
        keeper_before = world.model.ledger.cash_of("keeper")
        outcome = world.liquidate(account, market, tip_gwei * 10**9, after_s)
        if outcome is None:
            return
        self._fresh_price_was_used(market, Tolerance.STRICT)
        after = world.model.markets[market]
        assert abs(after.position(account).size) == size_before - outcome.size_closed < size_before
        assert world.model.ledger.cash_of("keeper") == keeper_before + outcome.reward
        assert outcome.size_closed <= after.window_cap()
        share = world.deployment.setup.vault_loss_share
        covered = outcome.covered
        checks.waterfall_is_in_order(world, covered, paid_before, fund_before, share)
        world.happened["shortfall"] += covered.shortfall > 0
        world.happened["paid by fund"] += covered.by_fund > 0
        world.happened["paid by counterparty"] += covered.by_backer > 0
        world.happened["recorded deficit"] += covered.haircut > 0
        world.happened["partial"] += outcome.size_closed < size_before


class Winners(TradingMachine):
    """Who is bankrupt, and who could be closed against them."""

    def bankrupt(self) -> list[tuple[str, str]]:
        model = self.world.model
        return [held for held in self.open_positions() if model.status(held[0])[0] < 0]

    def call_winners(self, account: str, market: str, order: str) -> None:
        """Deleverage, and hold what it did to the winners against what it may do."""
        before = checks.Before.of(self.world, market)
        candidates = self._candidates(account, market, order)
        if self.world.deleverage(account, market, candidates) is not None:
            checks.deleveraging_was_fair(self.world, account, market, before)

    def _candidates(self, account: str, market: str, order: str) -> list[str]:
        """Name the opposite side in the rule's order or reversed, or everybody else."""
        model, addresses = self.world.model, self.world.deployment.addresses
        positions = model.markets[market].positions
        size = positions[account].size
        others = [name for name in TRADERS if name != account]
        if order == "all":
            return others
        opposite = [n for n in others if n in positions and positions[n].size * size < 0]
        if not opposite:
            return others
        if self.world.deployment.setup.deleveraging_rule == Rule.PRO_RATA:
            opposite.sort(key=addresses.__getitem__)
        elif self._is_fresh(market):  # else nobody has a rank, and the call is refused
            opposite.sort(key=lambda name: -rank(model, name, market))
        if order == "passes over":
            return opposite[1:] or opposite
        return opposite if order == "right" else opposite[::-1]


class DeleveragingMachine(Winners, LiquidationMachine):
    """Winners are closed against bankrupt accounts, in the order of the deployment's rule."""

    @rule(account=traders, market=markets)
    def nominate(self, account: str, market: str) -> None:
        self.world.nominate(account, market)

    @precondition(lambda self: self.bankrupt())
    @rule(choice=st.integers(0, 99), order=st.sampled_from(ORDERS))
    def deleverage(self, choice: int, order: str) -> None:
        waiting = self.bankrupt()
        account, market = waiting[choice % len(waiting)]
        self._liquidate(account, market, 1)  # a keeper's call makes it wait
        if not self.world.model.markets[market].position(account).size:
            return
        self.call_winners(account, market, order)

    @rule(market=markets, beyond_bp=st.sampled_from([400, 1_500]))
    def the_best_winner_is_passed_over(self, market: str, beyond_bp: int) -> None:
        """One long against two shorts is ruined; the worse short alone is named."""
        self.heartbeat()
        loser, *others = TRADERS
        for account, side, tenths in ((loser, 1, 150), (others[0], -1, 80), (others[1], -1, 40)):
            size = self.world.model.markets[market].position(account).size
            if size * side < 0:
                self.world.trade(account, market, -size, kind="close")
            self.deposit(account, 20_000)
            self.open_or_turn(account, market, side, tenths, tight=False)
        if (loser, market) in self.open_positions():
            choice = self.open_positions().index((loser, market))
            self.price_gaps_past_bankruptcy(choice, beyond_bp, "passes over")

    @precondition(lambda self: self.open_positions())
    @rule(choice=st.integers(0, 99))
    def deleverage_too_soon(self, choice: int) -> None:
        """Winners are called against an account that nobody let wait, or that needs none."""
        held = self.open_positions()
        account, market = held[choice % len(held)]
        if not self.world.model.waterfall.episode(account).until:
            self.call_winners(account, market, "right")

    @precondition(lambda self: self.open_positions())
    @rule(
        choice=st.integers(0, 99),
        beyond_bp=st.sampled_from([400, 1_500]),
        order=st.sampled_from(["right", "right", "passes over"]),
    )
    def price_gaps_past_bankruptcy(self, choice: int, beyond_bp: int, order: str) -> None:
        """The price jumps past somebody's bankruptcy, and the winners are called upon."""
        held = self.open_positions()
        account, market = held[choice % len(held)]
        self.heartbeat()
        model = self.world.model
        position = model.markets[market].position(account)
        price = model.price(market)
        against = model.status(account)[0] * WAD // abs(position.size) + price * beyond_bp // 10_000
        self._move_price(market, (-against if position.size > 0 else against) * 10_000 // price)
        if order == "passes over":
            for winner in self._candidates(account, market, "right")[:1]:
                self.nominate(winner, market)
        if (account, market) in self.bankrupt():
            self.deleverage(self.bankrupt().index((account, market)), order)
