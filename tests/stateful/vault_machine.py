"""Providers come and go while traders win and lose, and one vault hedges."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from machines import TradingMachine
from vault_world import HEDGED, POOL, PROVIDERS, USDC, VaultWorld
from world import Tolerance

from floodline.foundation.units import WAD

providers = st.sampled_from(PROVIDERS)
vaults = st.sampled_from([POOL, POOL, HEDGED])


class VaultMachine(TradingMachine):
    """Queues, processing and hedges on top of trading."""

    world: VaultWorld

    provider_withdraws = None
    """The counterparty is a contract now: capital leaves by redemption only."""

    @initialize()
    def everybody_has_shares(self) -> None:
        """Both providers have shares of both vaults, and have asked for some of them back."""
        for vault in (POOL, HEDGED):
            for provider in PROVIDERS:
                self.world.request_deposit(provider, vault, 60_000 * USDC)
        self.world.wait(61)
        self.heartbeat()
        for vault in (POOL, HEDGED):
            self.world.process(vault, 2)
            self.ask_to_redeem(PROVIDERS[0], vault, 30)

    @rule(
        provider=providers, vault=vaults, dollars=st.integers(0, 900_000), dust=st.integers(0, 999)
    )
    def ask_to_deposit(self, provider: str, vault: str, dollars: int, dust: int) -> None:
        self.world.request_deposit(provider, vault, dollars * USDC + dust)

    @rule(provider=providers, vault=vaults, percent=st.sampled_from([1, 30, 100, 101]))
    def ask_to_redeem(self, provider: str, vault: str, percent: int) -> None:
        held = self.world.vaults[vault].shares.get(provider, 0)
        self.world.request_redeem(provider, vault, held * percent // 100)

    @rule(
        vault=vaults,
        limit=st.sampled_from([1, 1, 2, 5, 32, 0, 33]),
        wait_s=st.sampled_from([0, 130, 130]),
    )
    def process(self, vault: str, limit: int, wait_s: int) -> None:
        """The price of a share never falls by it, and rises by no more than fees and rounding."""
        world = self.world
        if wait_s:
            world.wait(wait_s)
        self.heartbeat()
        model = world.vaults[vault]
        queued = model.queued_assets
        held = dict(model.shares)
        paid = world.process(vault, limit)
        if paid is None:
            return
        world.happened["redeemed"] += len(paid)
        world.happened["refused by the breaker"] += model.paused_until > world.model.now_s
        assert world.vaults[vault].queued_assets <= queued
        for who, shares in held.items():
            assert world.vaults[vault].shares[who] >= shares

    @rule(units=st.integers(-40, 40), rest=st.integers(0, WAD - 1))
    def delta_moves(self, units: int, rest: int) -> None:
        self.world.set_delta(units * WAD + rest if units else 0)

    @rule(after_s=st.sampled_from([1, 301, 301, 900]))
    def hedge(self, after_s: int) -> None:
        world = self.world
        market = world.model.markets["ETH"]
        before = market.position(HEDGED).size
        executed = world.hedge(after_s)
        if executed is None:
            return
        target = world.hedge_state.last["target"]
        after = world.model.markets["ETH"].position(HEDGED).size
        assert after == before + executed
        if executed:
            assert abs(target - after) < abs(target - before)
            world.happened["cap bit"] += after != target

    @invariant()
    def vaults_and_models_agree(self) -> None:
        self.world.compare_vaults()

    @invariant()
    def those_who_stay_never_pay_for_those_who_go(self) -> None:
        """Coming or going at the present price would not lower it, whatever the price is."""
        world = self.world
        for name, model in world.vaults.items():
            value = world.standing(name, Tolerance.ANY).value
            if value <= 0:
                continue
            price = model.to_assets(10**36, value)
            for assets in (1, 10**18 + 7, value // 3):
                shares = model.to_shares(assets, value)
                grown = (10**36 * (value + assets + 10**12)) // (model.supply + shares + 10**12)
                assert grown >= price
