"""The protocol with a vault as counterparty and a hedged vault beside it, and their models."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from driver import Chain, Deployment, Outcome, Setup
from world import TRADERS, Tolerance, World

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_math import ModelRevert, mul_wad
from floodline.protocols.reference.model_vault import (
    MAX_BATCH,
    HedgeParameters,
    Paid,
    Standing,
    VaultModel,
    VaultParameters,
    hedge_target,
    hedge_trade,
)

PROVIDERS = ("first_provider", "second_provider")
POOL = "liquidity_provider"
HEDGED = "hedged_vault"
USDC = 10**6
SEED = 4_000_000 * USDC
HEDGED_SEED = 400_000 * USDC
PARAMETERS = VaultParameters(60, 120, wad("0.01"), wad("0.996"), 600)
"""So much must stay free that the traders' open interest alone can trip the breaker."""
HEDGE = HedgeParameters(300, wad(12), wad("0.02"))


class VaultDeployment(Deployment):
    """The counterparty is an LPVault; a HedgedVault trades beside it."""

    def __init__(self, chain: Chain, setup: Setup) -> None:
        super().__init__(chain, setup, (*TRADERS, *PROVIDERS))
        self.addresses[POOL] = self.vaults[POOL]
        self.addresses["owner"] = self.owner.address
        hedged = chain.deploy(
            self.owner, "HedgedVault", self.house, self.hub, "Hedged", "HDG", self._at_once()
        )
        self.vaults[HEDGED] = self.modules[HEDGED] = self.addresses[HEDGED] = hedged
        self.delta = chain.deploy(self.owner, "DeltaDouble")
        self._own("HedgedVault", hedged, "setHedge", self.markets["ETH"], self.delta, HEDGE)
        for vault in self.vaults.values():
            for person in (self.owner, *(self.people[name] for name in PROVIDERS)):
                approve = chain.interfaces["MockUSDC"].encode("approve", vault, 2**256 - 1)
                assert chain.send(person, self.token, approve).ok

    @property
    def kinds(self) -> dict[str, str]:
        return {POOL: "LPVault", HEDGED: "HedgedVault"}

    def deposit_for(self, account: bytes, amount: int) -> None:
        """Capital comes in through the queue, as everybody's."""
        if account != self.vaults[POOL]:
            super().deposit_for(account, amount)
            return
        self.seed(POOL, amount)

    def seed(self, name: str, amount: int) -> None:
        """Let the owner deposit while nothing has to wait, and switch waiting on."""
        kind, vault = self.kinds[name], self.vaults[name]
        self._own(kind, vault, "requestDeposit", amount, self.owner.address)
        self._own(kind, vault, "process", 1)
        self._own(kind, vault, "setParameters", PARAMETERS)

    def _counterparty(self) -> bytes:
        vault = self.chain.deploy(
            self.owner, "LPVault", self.house, "Pool", "POOL", self._at_once()
        )
        self.vaults = {POOL: vault}
        return vault

    @staticmethod
    def _at_once() -> VaultParameters:
        return PARAMETERS._replace(deposit_delay=0)


@dataclass
class HedgeState:
    """What the hedged vault keeps beside its queues."""

    hedged_at: int
    delta: int = 0
    last: dict[str, int] = field(default_factory=dict)


class VaultWorld(World):
    """Adds the vaults' actions and holds their state against the models."""

    deployment: VaultDeployment

    def __init__(self, deployment: VaultDeployment) -> None:
        super().__init__(deployment)
        deployment.seed(HEDGED, HEDGED_SEED)
        self._sync_time(deployment.chain.node.block())
        self.model.deposit(HEDGED, HEDGED_SEED)
        self.vaults = {name: VaultModel(PARAMETERS) for name in deployment.vaults}
        for name, amount in ((POOL, SEED), (HEDGED, HEDGED_SEED)):
            self.vaults[name].request_deposit("owner", amount, 0)
            self.vaults[name].process_deposits(1, 0, self.model.now_s)
        _, hedged_at, _ = deployment.read(
            "HedgedVault", deployment.vaults[HEDGED], "hedgeOf", deployment.markets["ETH"]
        )
        self.hedge_state = HedgeState(hedged_at)
        self.compare()
        self._start = copy.deepcopy(self.model)
        self._vaults_start = copy.deepcopy((self.vaults, self.hedge_state))
        self._snapshot = self.chain.node.snapshot()
        self._start_s = self.chain.now_s

    def restart(self) -> None:
        super().restart()
        self.vaults, self.hedge_state = copy.deepcopy(self._vaults_start)

    # ---- actions --------------------------------------------------------------------------------

    def request_deposit(self, provider: str, name: str, amount: int) -> bool:
        address = self.deployment.addresses[provider]
        outcome = self._vault(provider, name, "requestDeposit", amount, address)
        return self._agree(
            "request deposit",
            outcome,
            lambda: self.vaults[name].request_deposit(provider, amount, self.model.now_s),
        )

    def request_redeem(self, provider: str, name: str, shares: int) -> bool:
        address = self.deployment.addresses[provider]
        outcome = self._vault(provider, name, "requestRedeem", shares, address)
        return self._agree(
            "request redemption",
            outcome,
            lambda: self.vaults[name].request_redeem(provider, shares, self.model.now_s),
        )

    def process(self, name: str, limit: int) -> list[Paid] | None:
        """Process on both sides; return what redemptions were paid, None after a revert."""
        outcome = self._vault("keeper", name, "process", limit)
        before = copy.deepcopy((self.model, self.vaults))
        self._sync_time(outcome.block)
        result: list[Paid] = []

        def on_model() -> None:
            try:
                result.extend(self._process(name, limit))
            except ModelRevert:
                self.model, self.vaults = before
                self._sync_time(outcome.block)
                raise

        if not self._agree("process", outcome, on_model):
            return None
        paid = [event for event in outcome.events if event.name == "RedemptionProcessed"]
        assert [
            (self.names[one.arguments["receiver"]], one.arguments["shares"]) for one in paid
        ] == [(one.receiver, one.shares) for one in result]
        assert [(one.arguments["assets"], one.arguments["fee"]) for one in paid] == [
            (one.units, one.fee) for one in result
        ]
        return result

    def set_delta(self, delta: int) -> None:
        deployment = self.deployment
        outcome = deployment.call("keeper", "DeltaDouble", deployment.delta, "set", delta)

        def on_model() -> None:
            self.hedge_state.delta = delta

        self._agree("delta", outcome, on_model)

    def hedge(self, after_s: int) -> int | None:
        """Hedge on both sides; return the size traded, None after a revert."""
        outcome = self._vault(
            "keeper", HEDGED, "hedge", self.deployment.markets["ETH"], after_s=after_s
        )
        self._sync_time(outcome.block)
        result: list[int] = []
        if not self._agree("hedge", outcome, lambda: result.append(self._hedge())):
            return None
        event = outcome.event("VaultHedged")
        found = {key: event[key] for key in ("target", "executed", "lagSeconds")}
        assert found == self.hedge_state.last
        return result[0]

    # ---- the models -----------------------------------------------------------------------------

    def standing(self, name: str, tolerance: Tolerance) -> Standing:
        """Return how a vault's ledger account stands, by the protocol's model."""
        model = self.model
        own, initial, _ = model.status(name, tolerance)
        value, locked = own, 0
        if name == POOL:
            value, locked = model.counterparty_status(tolerance)
        free = min(value - locked, own - initial, model.ledger.cash_of(name))
        return Standing(value, free, model.ledger.exchange_rate(), model.ledger.gated_until)

    def _process(self, name: str, limit: int) -> list[Paid]:
        if not 1 <= limit <= MAX_BATCH:
            raise ModelRevert("OutOfBounds", "limit", limit, 1, MAX_BATCH)
        vault, now_s = self.vaults[name], self.model.now_s
        done = 0
        if vault.is_due(vault.deposits, vault.parameters.deposit_delay, now_s):
            value = self.standing(name, Tolerance.DEFAULT).value
            accepted = vault.process_deposits(limit, value, now_s)
            done = len(accepted)
            if accepted:
                self.model.deposit(name, sum(request.amount for request, _ in accepted))
                self.happened["deposit processed"] += 1
        due = vault.is_due(vault.redemptions, vault.parameters.redemption_delay, now_s)
        gated = now_s < max(self.model.ledger.gated_until, vault.paused_until)
        if done == limit or not due or gated:
            return []
        paid = vault.process_redemptions(limit - done, self.standing(name, Tolerance.STRICT), now_s)
        if sum(one.units for one in paid):
            self.model.withdraw(name, sum(one.units for one in paid))
        return paid

    def _hedge(self) -> int:
        model, state = self.model, self.hedge_state
        market = model.markets["ETH"]
        price = model.price("ETH", Tolerance.DEFAULT)
        size = market.position(HEDGED).size
        least = market.parameters.min_notional
        target = hedge_target(state.delta, price, least)
        due_at = state.hedged_at + HEDGE.interval
        if model.now_s < due_at and not (target == 0 and size):
            raise ModelRevert("HedgedTooEarly", due_at)
        executed = hedge_trade(state.delta, size, price, least, HEDGE.max_trade)
        slippage = mul_wad(price, HEDGE.max_slippage)
        if executed:
            limit = price + slippage if executed > 0 else price - slippage
            model.trade(HEDGED, "ETH", executed, limit)
        state.hedged_at = model.now_s
        state.last = {
            "target": target,
            "executed": executed,
            "lagSeconds": max(model.now_s - due_at, 0),
        }
        return executed

    # ---- agreement ------------------------------------------------------------------------------

    def compare_vaults(self) -> None:
        """Every number of both vaults; deposits that wait are in the vault, not in its worth."""
        deployment = self.deployment
        for name, model in self.vaults.items():
            kind, vault = deployment.kinds[name], deployment.vaults[name]
            value, price, supply, queued, paused, tokens, *held = deployment.read_many(
                [
                    (kind, vault, "netAssetValue", (0,)),
                    (kind, vault, "sharePrice", (0,)),
                    (kind, vault, "totalSupply", ()),
                    (kind, vault, "queuedAssets", ()),
                    (kind, vault, "pausedUntil", ()),
                    ("MockUSDC", deployment.token, "balanceOf", (vault,)),
                    *(
                        (kind, vault, "balanceOf", (deployment.addresses[who],))
                        for who in PROVIDERS
                    ),
                ]
            )
            expected = self.standing(name, Tolerance.ANY).value
            assert value == expected
            assert price == model.to_assets(WAD, expected)
            assert supply == model.supply
            assert queued == tokens == model.queued_assets
            assert paused == model.paused_until
            assert held == [model.shares.get(who, 0) for who in PROVIDERS]

    def _vault(
        self, sender: str, name: str, function: str, *arguments: object, **how: Any
    ) -> Outcome:
        deployment = self.deployment
        to = deployment.vaults[name]
        return deployment.call(sender, deployment.kinds[name], to, function, *arguments, **how)
