"""The protocol where ether tokens count as margin, and its model."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from driver import Chain, Deployment, Setup
from world import TRADERS, World

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model import ReferenceModel
from floodline.protocols.reference.model_amm import AmmModel
from floodline.protocols.reference.model_collateral import CollateralModel
from floodline.protocols.reference.model_parameters import CollateralParameters

USDC = 10**6
NO_LIMIT = 2**256 - 1
POOL_ETHER = 1_000 * WAD
POOL_DOLLARS = 3_000_000 * USDC
FEE = wad("0.003")
PLENTY = 10**30


class CollateralDeployment(Deployment):
    """A spot pool and a vault of ether tokens beside the ledger."""

    def __init__(self, chain: Chain, setup: Setup, traders: Sequence[str] = TRADERS) -> None:
        super().__init__(chain, setup, traders)
        self.weth = chain.deploy(self.owner, "MockWETH")
        self.pool = chain.deploy(self.owner, "SpotAmm", self.weth, self.token, FEE)
        for token, amount in ((self.weth, POOL_ETHER), (self.token, POOL_DOLLARS)):
            self._own("MockUSDC", token, "mint", self.owner.address, amount)
            self._own("MockUSDC", token, "approve", self.pool, NO_LIMIT)
        self._own(
            "SpotAmm", self.pool, "addLiquidity", POOL_ETHER, POOL_DOLLARS, 0, self.owner.address
        )
        self.vault = chain.deploy(self.owner, "CollateralVault", self.house, self.hub)
        self._own("ClearingHouse", self.house, "registerCollateral", self.vault)
        self.rules = CollateralParameters(
            *(self.asset("ETH"), self.pool, wad(150), wad("0.001")),
            *(wad("0.05"), wad("0.1"), wad("0.04")),
        )
        self._own("CollateralVault", self.vault, "setCollateral", self.weth, tuple(self.rules))
        for person in self.people.values():
            self._own("MockUSDC", self.weth, "mint", person.address, PLENTY)
            for token, spender in ((self.weth, self.vault), (self.weth, self.pool)):
                approve = chain.interfaces["MockUSDC"].encode("approve", spender, NO_LIMIT)
                assert chain.send(person, token, approve).ok
        self.addresses["token"] = self.weth


class CollateralWorld(World):
    """Adds what tokens do, and holds vault and pool against the model."""

    deployment: CollateralDeployment
    model: CollateralModel

    def deposit_token(self, account: str, amount: int) -> bool:
        outcome = self._vault(account, "depositFor", self.deployment.addresses[account], amount)
        return self._agree(
            "deposit token", outcome, lambda: self.model.deposit_token(account, amount)
        )

    def withdraw_token(self, account: str, amount: int) -> bool:
        outcome = self.deployment.call(
            *(account, "CollateralVault", self.deployment.vault, "withdraw"),
            *(self.deployment.weth, amount),
        )
        return self._agree(
            "withdraw token", outcome, lambda: self.model.withdraw_token(account, amount)
        )

    def sell(self, account: str, max_amount: int = NO_LIMIT, tip: int = 10**9) -> Any:
        """Sell for a debt on both sides; return the model's outcome, None after a revert."""
        deployment = self.deployment
        outcome = deployment.call(
            *("keeper", "LiquidationEngine", deployment.engine, "sellCollateral"),
            *(deployment.vault, deployment.addresses[account], deployment.weth, max_amount),
            tip=tip,
        )
        gas_price = outcome.block.base_fee + tip
        result: list[Any] = []

        def on_model() -> None:
            result.append(self.model.sell_collateral(account, "keeper", max_amount, gas_price))

        if not self._agree("sell token", outcome, on_model):
            return None
        proceeds, reward, covered = result[0]
        assert outcome.event("CollateralSold")["proceeds"] == proceeds
        paid = outcome.event("KeeperPaid")
        assert paid["fromMargin"] + paid["fromFund"] == reward
        self._covered_as(outcome, covered)
        return result[0]

    def swap(self, amount: int) -> bool:
        """Let the keeper sell ether to the pool, for reasons of his own."""
        to = self.deployment.addresses["keeper"]
        outcome = self.deployment.call(
            *("keeper", "SpotAmm", self.deployment.pool, "swapExactIn"),
            *(self.deployment.weth, amount, 0, to),
        )
        return self._agree(
            "swap",
            outcome,
            lambda: self.model.pool.swap(amount, 0, self.model.now_s, sells_base=True),
        )

    def compare(self) -> None:
        """Hold every number of the chain against the model, tokens and pool included."""
        super().compare()
        deployment, model = self.deployment, self.model
        base, quote = deployment.read("SpotAmm", deployment.pool, "reserves")
        assert (base, quote) == (model.pool.base, model.pool.quote)
        for name in TRADERS:
            held = model.amounts.get(name, 0)
            given = (deployment.addresses[name], deployment.weth)
            vault = ("CollateralVault", deployment.vault)
            assert deployment.read(*vault, "amountOf", *given) == held
            assert deployment.read(*vault, "haircut", given[1], held) == model.haircut(held)

    def _vault(self, sender: str, function: str, account: bytes, amount: int) -> Any:
        deployment = self.deployment
        given = (account, deployment.weth, amount)
        return deployment.call(sender, "CollateralVault", deployment.vault, function, *given)

    def _fresh_model(self, setup: Setup) -> ReferenceModel:
        plain = super()._fresh_model(setup)
        pool = AmmModel(18, 6, FEE)
        pool.add("owner", POOL_ETHER, POOL_DOLLARS, 0, self.chain.now_s)
        return CollateralModel(
            **{name: copy.copy(value) for name, value in vars(plain).items()},
            name="token",
            asset="ETH",
            rules=self.deployment.rules,
            pool=pool,
        )
