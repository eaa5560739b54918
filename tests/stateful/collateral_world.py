"""The protocol where ether and bitcoin tokens count as margin beside options, and its model."""

from __future__ import annotations

import copy
from dataclasses import dataclass, fields
from typing import Any

from driver import Deployment, Setup
from option_world import OptionWorld
from world import TRADERS

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_amm import AmmModel, arbitrage_amount
from floodline.protocols.reference.model_collateral import CollateralModel, TokenModel
from floodline.protocols.reference.model_option_trading import OptionModel
from floodline.protocols.reference.model_parameters import CollateralParameters

USDC = 10**6
NO_LIMIT = 2**256 - 1
FEE = wad("0.003")
PLENTY = 10**30


@dataclass(frozen=True)
class Token:
    """One token of the deployment; amounts in whole tokens and dollars."""

    contract: str
    asset: str
    decimals: int
    pool_base: int
    pool_dollars: int
    cap: str
    slope: str
    """Of the haircut, per token."""

    @property
    def unit(self) -> int:
        return int(10**self.decimals)


TOKENS = {
    "WETH": Token("MockWETH", "ETH", 18, 1_000, 3_000_000, "60", "0.001"),
    "WBTC": Token("MockWBTC", "BTC", 8, 50, 3_000_000, "3", "0.02"),
}
"""In the order in which the vault admits them."""


@dataclass(kw_only=True)
class CollateralOptionModel(CollateralModel, OptionModel):
    """Tokens, perpetuals and options in one account."""


class CollateralWorld(OptionWorld):
    """Adds what tokens do, and holds vault and pools against the model."""

    model: CollateralOptionModel

    # ---- actions --------------------------------------------------------------------------------

    def deposit_token(self, account: str, token: str, amount: int) -> bool:
        outcome = self.deployment.call(
            *(account, "CollateralVault", self.collateral, "depositFor"),
            *(self.deployment.addresses[account], self.tokens[token], amount),
        )
        done = self._agree(
            "deposit token", outcome, lambda: self.model.deposit_token(account, token, amount)
        )
        self.happened[f"deposit {token}"] += done
        return done

    def withdraw_token(self, account: str, token: str, amount: int) -> bool:
        outcome = self.deployment.call(
            *(account, "CollateralVault", self.collateral, "withdraw"),
            *(self.tokens[token], amount),
        )
        return self._agree(
            "withdraw token", outcome, lambda: self.model.withdraw_token(account, token, amount)
        )

    def sell(self, account: str, token: str, max_amount: int = NO_LIMIT, tip: int = 10**9) -> Any:
        """Sell for a debt on both sides; return the model's outcome, None after a revert."""
        deployment = self.deployment
        outcome = deployment.call(
            *("keeper", "LiquidationEngine", deployment.engine, "sellCollateral"),
            *(self.collateral, deployment.addresses[account], self.tokens[token], max_amount),
            tip=tip,
        )
        gas_price = outcome.block.base_fee + tip
        result: list[Any] = []

        def on_model() -> None:
            result.append(
                self.model.sell_collateral(account, token, "keeper", max_amount, gas_price)
            )

        if not self._agree("sell token", outcome, on_model):
            return None
        self.happened[f"sell {token}"] += 1
        proceeds, reward, covered = result[0]
        assert outcome.event("CollateralSold")["proceeds"] == proceeds
        paid = outcome.event("KeeperPaid")
        assert paid["fromMargin"] + paid["fromFund"] == reward
        self._covered_as(outcome, covered)
        return result[0]

    def swap(self, token: str, amount: int, *, sells_base: bool = True) -> bool:
        """Let the keeper trade with a token's pool, for reasons of his own."""
        to = self.deployment.addresses["keeper"]
        sold = self.tokens[token] if sells_base else self.deployment.token
        outcome = self.deployment.call(
            *("keeper", "SpotAmm", self.pools[token], "swapExactIn"), *(sold, amount, 0, to)
        )
        pool = self.model.tokens[token].pool
        return self._agree(
            "swap", outcome, lambda: pool.swap(amount, 0, self.model.now_s, sells_base=sells_base)
        )

    def arbitrage(self, token: str) -> None:
        """Bring a token's pool to the feed's price, as far as its fee lets that pay."""
        item, pool = TOKENS[token], self.model.tokens[token].pool
        price = self.model.price(item.asset) / WAD * USDC / item.unit
        down = arbitrage_amount(pool.base, pool.quote, FEE, price)
        up = arbitrage_amount(pool.quote, pool.base, FEE, 1 / price)
        if down or up:
            self.swap(token, down or up, sells_base=bool(down))

    # ---- agreement ------------------------------------------------------------------------------

    def compare(self) -> None:
        """Hold every number of the chain against the model, tokens and pools included."""
        super().compare()
        vault = ("CollateralVault", self.collateral)
        calls: list[Any] = []
        expected: list[Any] = []
        for name, token in self.model.tokens.items():
            address = self.tokens[name]
            calls.append(("SpotAmm", self.pools[name], "reserves", ()))
            expected.append((token.pool.base, token.pool.quote))
            calls.append((*vault, "totalOf", (address,)))
            expected.append(sum(token.amounts.values()))
            for who in TRADERS:
                held = token.amounts.get(who, 0)
                calls.append((*vault, "amountOf", (self.deployment.addresses[who], address)))
                calls.append((*vault, "haircut", (address, held)))
                expected += [held, token.haircut(held)]
        assert self.deployment.read_many(calls) == expected

    # ---- setting up -----------------------------------------------------------------------------

    def _deploy(self, deployment: Deployment) -> None:
        """Deploy a spot pool for each token, and the vault as the last product."""
        super()._deploy(deployment)
        chain, owner = deployment.chain, deployment.owner
        self.collateral = chain.deploy(owner, "CollateralVault", deployment.house, deployment.hub)
        deployment._own("ClearingHouse", deployment.house, "registerCollateral", self.collateral)
        self.tokens: dict[str, bytes] = {}
        self.pools: dict[str, bytes] = {}
        self.rules: dict[str, CollateralParameters] = {}
        for name, token in TOKENS.items():
            self._admit(deployment, name, token)

    def _admit(self, deployment: Deployment, name: str, token: Token) -> None:
        chain, owner = deployment.chain, deployment.owner
        address = chain.deploy(owner, token.contract)
        pool = chain.deploy(owner, "SpotAmm", address, deployment.token, FEE)
        base, dollars = token.pool_base * token.unit, token.pool_dollars * USDC
        for what, amount in ((address, base), (deployment.token, dollars)):
            deployment._own("MockUSDC", what, "mint", owner.address, amount)
            deployment._own("MockUSDC", what, "approve", pool, NO_LIMIT)
        deployment._own("SpotAmm", pool, "addLiquidity", base, dollars, 0, owner.address)
        self.rules[name] = CollateralParameters(
            *(deployment.asset(token.asset), pool, wad(token.cap), wad(token.slope)),
            *(wad("0.05"), wad("0.1"), wad("0.04")),
        )
        rules = tuple(self.rules[name])
        deployment._own("CollateralVault", self.collateral, "setCollateral", address, rules)
        for person in deployment.people.values():
            deployment._own("MockUSDC", address, "mint", person.address, PLENTY)
            approvals = ((address, self.collateral), (address, pool), (deployment.token, pool))
            for what, spender in approvals:
                approve = chain.interfaces["MockUSDC"].encode("approve", spender, NO_LIMIT)
                assert chain.send(person, what, approve).ok
        self.tokens[name], self.pools[name] = address, pool
        deployment.addresses[name] = address

    def _fresh_model(self, setup: Setup) -> CollateralOptionModel:
        plain = super()._fresh_model(setup)
        tokens: dict[str, TokenModel] = {}
        for name, token in TOKENS.items():
            pool = AmmModel(token.decimals, 6, FEE)
            base, dollars = token.pool_base * token.unit, token.pool_dollars * USDC
            pool.add("owner", base, dollars, 0, self.chain.now_s)
            tokens[name] = TokenModel(token.asset, token.decimals, self.rules[name], pool)
        known = {item.name: copy.copy(getattr(plain, item.name)) for item in fields(plain)}
        return CollateralOptionModel(**known, tokens=tokens)
