"""Option traders, publishers, keepers and expiries at random."""

from __future__ import annotations

import checks
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from machines import TradingMachine, markets, sides, traders
from option_world import EXPIRIES_S, STRIKES, OptionWorld
from world import TRADERS

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_math import ModelRevert, mul_wad_up
from floodline.protocols.reference.model_portfolio import LegKind, PortfolioLeg
from floodline.protocols.reference.model_waterfall import Episode

SERIES = len(EXPIRIES_S) * len(STRIKES) * 2
series = st.integers(0, SERIES - 1)
ROUNDING = 100
"""Wei by which eighteen scenarios of two assets round."""
NOT_YET = Episode()
"""Nobody waits for winners here."""


class OptionMachine(TradingMachine):
    """Options on top of orders in perpetuals."""

    world: OptionWorld

    @initialize(
        leverages=st.lists(st.integers(20, 120), min_size=1, max_size=1),
        first=sides,
        market=markets,
    )
    def some_positions_are_open(self, leverages: list[int], first: int, market: str) -> None:
        """The first trader has a perpetual too."""
        self.deposit(TRADERS[0], 20_000)
        self.open_or_turn(TRADERS[0], market, first, leverages[0], tight=False)

    @initialize(
        indices=st.lists(series, min_size=6, max_size=6),
        tenths=st.lists(st.integers(20, 130), min_size=6, max_size=6),
    )
    def some_options_are_held(self, indices: list[int], tenths: list[int]) -> None:
        """Everybody wrote one option and bought another."""
        for place, (index, size) in enumerate(zip(indices, tenths, strict=True)):
            account, writes = TRADERS[place // 2], place % 2 == 0
            self.deposit(account, 4_000)
            self._trade(account, index, size * WAD // (-10 if writes else 40))

    @rule(
        account=traders,
        index=series,
        side=sides,
        tenths=st.integers(1, 300),
        tight=st.sampled_from([False, False, False, True]),
    )
    def trade_option(self, account: str, index: int, side: int, tenths: int, tight: bool) -> None:
        """Buy or write up to thirty options, sometimes with a limit at the mark."""
        limit = self._mark(index) if tight else None
        self._trade(account, index, side * tenths * WAD // 10, limit)

    @precondition(lambda self: self._held())
    @rule(choice=st.integers(0, 99), share=st.sampled_from([100, 100, 40]))
    def close_option(self, choice: int, share: int) -> None:
        account, index, size = self._choose(choice)
        self.world.trade_option(account, index, -size * share // 100, kind="close option")

    @rule(basis_points=st.integers(-1_500, 1_500))
    def volatility_moves(self, basis_points: int) -> None:
        surface = self.world.model.options.surface
        p, state = surface.parameters, surface.state
        base = state.base + state.base * basis_points // 10_000
        moved = state._replace(base=min(max(base, p.min_base), p.max_base))
        self.world.push_surface(moved)

    @rule(up=st.booleans(), account=traders, index=series)
    def volatility_leaps(self, up: bool, account: str, index: int) -> None:
        """Publications far apart: whoever trades next meets the breaker. Later all is as before."""
        surface = self.world.model.options.surface
        quiet, p = surface.state, surface.parameters
        base = quiet.base * (160 if up else 60) // 100
        leap = quiet._replace(base=min(max(base, p.min_base), p.max_base))
        self.heartbeat()
        for state in (quiet, leap):
            self.world.push_surface(state)
        self.world.happened["halted"] += surface.breaker.halted_until > self.world.model.now_s
        self._trade(account, index, WAD // 2)
        self.world.push_surface(quiet)
        self.world.wait(p.halt_seconds)

    @rule()
    def everything_is_fresh(self) -> None:
        self.heartbeat()
        self.world.push_surface(self.world.model.options.surface.state)

    @rule(account=traders, on=st.booleans())
    def choose_margin(self, account: str, on: bool) -> None:
        if self.world.set_portfolio_margin(account, on=on):
            checks.above_initial_margin(self.world, account)

    @rule(account=traders, capped=st.sampled_from([True, True, False]))
    def isolated_margins_cap_the_scenarios(self, account: str, capped: bool) -> None:
        """Capped, nobody needs more under scenario margin than by the sum of isolated margins."""
        world = self.world
        world.set_capped(capped=capped)
        self.everything_is_fresh()
        self.choose_margin(account, True)
        for name in TRADERS:
            asked, isolated = world.margins(name)
            world.happened["scenarios above isolated"] += asked[1] > isolated[1]
            world.happened["scenarios below isolated"] += asked[1] < isolated[1]
            if name not in world.model.portfolio_margin:
                continue
            house = ("ClearingHouse", world.deployment.house)
            address = world.deployment.addresses[name]
            needed = list(world.deployment.read(*house, "status", address, 0)[1:])
            lesser = [min(pair) for pair in zip(asked, isolated, strict=True)]
            assert needed == (lesser if capped else asked), (name, asked, isolated)
            world.happened["the cap bound"] += capped and lesser != asked

    @rule(
        source=traders,
        taker=traders,
        percent=st.sampled_from([1, 33, 100]),
        ruin_bp=st.sampled_from([0, 4_000, 4_000]),
    )
    def a_share_changes_hands(self, source: str, taker: str, percent: int, ruin_bp: int) -> None:
        """A writer may be ruined first: then a debt is left behind."""
        if ruin_bp:
            self._write_near_the_money(source, self.world.expiry_times[2])
        options = self.world.model.options
        short = [index for index, size in options.held(source).items() if size < 0]
        if short and ruin_bp:
            side = 1 if options.series[short[0]].is_call else -1
            self._move_price("ETH", side * (self._slip(source, side) + ruin_bp))
            self.everything_is_fresh()
            percent = 100
        if source != taker:
            self.world.transfer_share(source, taker, percent * WAD // 100)

    @rule(percent=st.integers(5, 35), side=sides)
    def price_jumps(self, percent: int, side: int) -> None:
        self._move_price("ETH", side * percent * 100)

    @precondition(lambda self: self._held())
    @rule(choice=st.integers(0, 99), tip_gwei=st.integers(1, 200))
    def liquidate_option(self, choice: int, tip_gwei: int) -> None:
        account, index, _ = self._choose(choice)
        self._liquidate(account, index, tip_gwei)

    @precondition(lambda self: self._held())
    @rule(
        choice=st.integers(0, 99),
        percent=st.sampled_from([3, 6, 9, 12, 20, 40]),
        calls=st.integers(1, 4),
    )
    def price_passes_a_writer(self, choice: int, percent: int, calls: int) -> None:
        """Spot runs against a writer, everything is fresh, and a keeper comes again and again."""
        writers = [held for held in self._held() if held[2] < 0]
        if not writers:
            return
        active = self.world.model.ledger.active
        writers.sort(key=lambda held: len(active.get(held[0], ())))
        account, index, _ = writers[choice % len(writers) // 2]
        is_call = self.world.model.options.series[index].is_call
        self._move_price("ETH", (1 if is_call else -1) * percent * 100)
        self.everything_is_fresh()
        for _ in range(calls):
            if index in self.world.model.options.held(account):
                self._liquidate(account, index, 2)

    @rule(percent=st.sampled_from([None, None, 30, 60]), after_s=st.sampled_from([1, 700]))
    def a_writer_is_ruined(self, percent: int | None, after_s: int) -> None:
        """The last trader writes; spot runs away; keepers close all that it holds."""
        account = TRADERS[2]
        self._write_near_the_money(account, self.world.expiry_times[2])
        options = self.world.model.options
        short = [i for i, size in options.held(account).items() if size < 0]
        if not short:
            return
        up = options.series[short[-1]].is_call
        self.world.wait(after_s)
        side = 1 if up else -1
        self._move_price("ETH", side * (100 * percent if percent else self._slip(account, side)))
        self.everything_is_fresh()
        for _ in range(2):
            held = self.world.model.options.held(account)
            for index in sorted(held, key=lambda i: held[i]):
                if index in self.world.model.options.held(account):
                    self._liquidate(account, index, 2)

    @rule(
        which=st.integers(0, 1),
        observe_s=st.sampled_from([None, 60, 700, 1_900, 1_900]),
        rounds=st.sampled_from([None, 1, 128]),
        jump_bp=st.sampled_from([37, -3_500, 4_000, 4_000]),
    )
    def an_expiry_passes(
        self, which: int, observe_s: int | None, rounds: int | None, jump_bp: int
    ) -> None:
        """Time goes to an expiry, perhaps with a price before it; perhaps it is settled at once."""
        expiry = self.world.expiry_times[which]
        now = self.world.model.now_s
        if now >= expiry:
            return
        self._write_near_the_money(TRADERS[2], expiry)
        now = self.world.model.now_s
        if observe_s is not None and now + 2 < expiry - observe_s:
            self.world.wait(expiry - observe_s - now - 1)
            self._move_price("ETH", jump_bp)
        self.world.wait(expiry + 5 - self.world.model.now_s)
        if rounds is None:
            return
        self.everything_is_fresh()
        while not self.world.fix_price(expiry, rounds):
            self.world.happened["fixed in several calls"] += 1
        self.settle(len(self.world.holders))

    @rule(which=st.integers(0, 2), rounds=st.sampled_from([0, 1, 2, 128, 128, 128]))
    def fix_price(self, which: int, rounds: int) -> None:
        self.world.fix_price(self.world.expiry_times[which], rounds)

    @rule(count=st.integers(1, len(TRADERS) + 1))
    def settle(self, count: int) -> None:
        """A batch is settled; doing it again does nothing."""
        batch = self.world.holders[:count]
        if self.world.settle(batch):
            assert self.world.settle(batch) == 0
            self.world.happened["settled again for nothing"] += 1

    @rule(first=traders, second=traders, index=series, tenths=st.integers(1, 100))
    def a_hedge_never_needs_more(self, first: str, second: str, index: int, tenths: int) -> None:
        """Merged accounts need no more than the two apart; a long option pays for itself."""
        model = self.world.model
        item = model.options.series[index]
        mark = self._mark(index)
        if mark is None or model.options.settlement(item, model.now_s) is not None:
            return
        apart = [model.legs(first), model.legs(second)]
        needs = [model.requirement_of(legs)[1] for legs in apart]
        assert model.requirement_of(apart[0] + apart[1])[1] <= sum(needs) + ROUNDING
        kind = LegKind.CALL if item.is_call else LegKind.PUT
        size = tenths * WAD // 10
        given = PortfolioLeg(kind, "ETH", size, item.strike, item.expiry)
        worth = mul_wad_up(size, mark)
        assert model.requirement_of([*apart[0], given])[1] <= needs[0] + worth + ROUNDING
        self.world.happened["merged"] += bool(apart[0] and apart[1]) and first != second

    @invariant()
    def options_agree(self) -> None:
        self.world.compare_options()

    @invariant()
    def longs_equal_shorts_with_the_vault(self) -> None:
        options = self.world.model.options
        for index, item in enumerate(options.series):
            sizes = [options.held(who).get(index, 0) for who in self.world.holders]
            assert item.long == sum(size for size in sizes if size > 0)
            assert item.short == -sum(size for size in sizes if size < 0)

    def _trade(self, account: str, index: int, delta: int, limit: int | None = None) -> None:
        before = self.world.model.options.held(account).get(index, 0)
        kind = "buy" if delta > 0 else "write"
        if not self.world.trade_option(account, index, delta, limit, kind):
            return
        assert self.world.model.now_s < self.world.model.options.series[index].expiry
        if abs(before + delta) > abs(before):
            checks.above_initial_margin(self.world, account)

    def _liquidate(self, account: str, index: int, tip_gwei: int) -> None:
        world = self.world
        before = abs(world.model.options.held(account)[index])
        fund, keeper = (world.model.ledger.cash_of(who) for who in ("insurance_fund", "keeper"))
        outcome = world.liquidate_option(account, index, tip_gwei * 10**9)
        if outcome is None:
            return
        left = abs(world.model.options.held(account).get(index, 0))
        assert left == before - outcome.size_closed < before
        assert world.model.ledger.cash_of("keeper") == keeper + outcome.reward
        share = world.deployment.setup.vault_loss_share
        checks.waterfall_is_in_order(world, outcome.covered, NOT_YET, fund, share)
        world.happened["partial close"] += left > 0
        world.happened["option shortfall"] += outcome.covered.shortfall > 0

    def _write_near_the_money(self, account: str, expiry: int) -> None:
        """Deposit a writer's margin and write calls of an expiry, as many as it lends.

        Spot comes back first from where no strike is near it.
        """
        spot = self.world.model.price("ETH")
        if not min(STRIKES) <= spot // WAD <= max(STRIKES):
            self._move_price("ETH", (STRIKES[1] * WAD - spot) * 10_000 // spot)
        self.everything_is_fresh()
        self.deposit(account, 5_000)
        model = self.world.model
        spot = model.price("ETH")
        near = [i for i, item in enumerate(model.options.series) if item.expiry == expiry]
        index = min(near, key=lambda i: abs(model.options.series[i].strike - spot))
        self._trade(account, index, -9 * WAD)

    def _slip(self, account: str, side: int) -> int:
        """Return the move of spot that takes an account just below maintenance, basis points."""
        model = self.world.model
        for basis_points in range(0, 6_000, 40):
            price = model.price("ETH") * (10_000 + side * basis_points) // 10_000
            prices = {"ETH": price, "BTC": model.price("BTC")}
            equity, _, maintenance = model.status(account, prices=prices)
            if equity < maintenance:
                return basis_points
        return 0

    def _mark(self, index: int) -> int | None:
        model = self.world.model
        try:
            found, _ = model.options.marks(
                [index], model.now_s, lambda: model.price("ETH"), fresh=False
            )
        except ModelRevert:
            return None
        return found[0].price

    def _held(self) -> list[tuple[str, int, int]]:
        options = self.world.model.options
        return [(who, i, size) for who in TRADERS for i, size in options.held(who).items()]

    def _choose(self, choice: int) -> tuple[str, int, int]:
        held = self._held()
        return held[choice % len(held)]
