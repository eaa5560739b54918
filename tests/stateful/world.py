"""Chain and model side by side: every action goes to both, and both must agree exactly."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

from driver import Deployment, Outcome, Setup

from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.reference.model import ModelFeed, ReferenceModel, Tolerance
from floodline.protocols.reference.model_deleveraging import Rule
from floodline.protocols.reference.model_ledger import TOKEN_SCALE, Ledger
from floodline.protocols.reference.model_market import FLAT, MarketModel
from floodline.protocols.reference.model_math import ModelRevert
from floodline.protocols.reference.model_parameters import LiquidationParameters, MarketParameters
from floodline.protocols.reference.model_waterfall import Covered, Waterfall
from floodline.protocols.reference.profiles import BASE, Profile, asset_id
from floodline.protocols.reference.switches import Deleveraging

TRADERS = ("first_trader", "second_trader", "third_trader")
LEDGER_ACCOUNTS = (*TRADERS, "keeper", "liquidity_provider", "insurance_fund")
MAX_CALL_GAS = 5_000_000
"""No call, whatever the state, uses more."""
START_PRICES_E8 = {"ETH": 3_000 * FEED, "BTC": 60_000 * FEED}


def small_setup(profile: Profile = BASE) -> Setup:
    """Return a profile scaled down so that a few traders reach its caps, windows and deficits."""

    def market(name: str, scale: str) -> MarketParameters:
        parameters = profile.market_parameters(name)
        small = parameters._replace(
            skew_scale=wad(scale), max_side_size=wad(scale) // 3, maker_fee=wad("0.0001")
        )
        if parameters.oi_scale_full == 0:
            return small
        return small._replace(oi_scale_start=wad(100_000), oi_scale_full=wad(2_000_000))

    liquidation: LiquidationParameters = profile.liquidation.parameters()._replace(
        capacity_multiplier=wad("0.5")
    )
    adl = profile.switches.adl
    return Setup(
        markets={"ETH": market("ETH", "3000"), "BTC": market("BTC", "150")},
        liquidation=liquidation,
        keeper=profile.keeper.parameters(asset_id("ETH"))._replace(reimburse_tip=True),
        start_prices_e8=START_PRICES_E8,
        max_age_default=7_200,
        max_age_strict=3_660,
        gate_seconds=600,
        vault_loss_share=profile.vault_loss_share.value,
        deleveraging_rule=None if adl is Deleveraging.NONE else adl.rule,
        deleveraging_seconds=profile.deleveraging_seconds.value,
    )


class World:
    """One deployment and its model, in step.

    Parameters
    ----------
    deployment : Deployment
        The protocol on a chain of its own.

    """

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.chain = deployment.chain
        self.ledger_accounts = (*LEDGER_ACCOUNTS, *deployment.modules)
        self.names = {address: name for name, address in deployment.addresses.items()}
        self.names |= {address: name for name, address in deployment.markets.items()}
        self.happened: Counter[str] = Counter()
        self.reverts: Counter[str] = Counter()
        self.compared = 0
        """Actions whose success, or error with all its values, was the model's."""
        self.model = self._fresh_model(deployment.setup)
        for name, price in START_PRICES_E8.items():
            self.push_price(name, price)
        for name in ("liquidity_provider", "insurance_fund"):
            amount = (4_000_000 if name == "liquidity_provider" else 500) * 10**6
            deployment.deposit_for(deployment.addresses[name], amount)
            self._sync_time(deployment.chain.node.block())
            self.model.deposit(name, amount)
        self.compare()
        self.remember()

    def remember(self) -> None:
        """Take the present state for the one that `restart` goes back to."""
        self._start = copy.deepcopy(self.model)
        self._snapshot = self.chain.node.snapshot()
        self._start_s = self.chain.now_s

    def restart(self) -> None:
        """Go back to the remembered state."""
        self.chain.node.revert(self._snapshot)
        self._snapshot = self.chain.node.snapshot()
        self.chain.now_s = self._start_s
        self.model = copy.deepcopy(self._start)

    # ---- actions --------------------------------------------------------------------------------

    def push_price(self, market: str, price_e8: int, after_s: int = 1) -> bool:
        observed = self.chain.now_s + after_s
        feed = self.deployment.feeds[market]
        outcome = self.deployment.call(
            "oracle_publisher", "PushFeed", feed, "transmit", price_e8, observed, after_s=after_s
        )
        return self._agree(
            "price", outcome, lambda: self.model.transmit(market, price_e8, observed)
        )

    def wait(self, seconds: int) -> None:
        """Let time pass without any action of the protocol."""
        self.chain.now_s += seconds
        self._sync_time(self.chain.node.seal(self.chain.now_s))
        self.happened["wait"] += 1

    def deposit(self, account: str, amount: int) -> bool:
        outcome = self._house(account, "deposit", amount)
        return self._agree("deposit", outcome, lambda: self.model.deposit(account, amount))

    def withdraw(self, account: str, amount: int) -> bool:
        outcome = self._house(account, "withdraw", amount)
        return self._agree("withdraw", outcome, lambda: self.model.withdraw(account, amount))

    def trade(
        self, account: str, market: str, delta: int, limit: int | None = None, kind: str = "trade"
    ) -> bool:
        limit = limit if limit is not None else (2**200 if delta > 0 else 0)
        address = self.deployment.markets[market]
        outcome = self.deployment.call(account, "PerpMarket", address, "trade", delta, limit)
        return self._agree(kind, outcome, lambda: self.model.trade(account, market, delta, limit))

    def poke(self, market: str) -> bool:
        address = self.deployment.markets[market]
        outcome = self.deployment.call("keeper", "PerpMarket", address, "pokeFunding")
        return self._agree("poke", outcome, lambda: self.model.poke_funding(market))

    def liquidate(self, account: str, market: str, tip: int = 10**9, after_s: int = 1) -> Any:
        """Liquidate on both sides; return the model's outcome, None after a revert."""
        deployment = self.deployment
        outcome = deployment.call(
            *("keeper", "LiquidationEngine", deployment.engine, "liquidate"),
            *(deployment.addresses[account], deployment.markets[market]),
            tip=tip,
            after_s=after_s,
        )
        gas_price = outcome.block.base_fee + tip
        result: list[Any] = []

        def on_model() -> None:
            result.append(self.model.liquidate("keeper", account, market, gas_price))

        if not self._agree("liquidate", outcome, on_model):
            return None
        if result[0].waits:
            assert not [event for event in outcome.events if event.name == "Liquidated"]
            self.happened["waits"] += 1
            return None
        paid = outcome.event("KeeperPaid")
        assert paid["fromMargin"] + paid["fromFund"] == result[0].reward <= paid["due"]
        event = outcome.event("Liquidated")
        assert (event["sizeClosed"], event["reward"], event["penalty"]) == result[0][:3]
        self._covered_as(outcome, result[0].covered)
        return result[0]

    def deleverage(self, account: str, market: str, candidates: list[str]) -> Any:
        """Deleverage on both sides; return the model's outcome, None after a revert."""
        deployment = self.deployment
        rule = Rule(deployment.setup.deleveraging_rule)
        addresses = deployment.addresses
        outcome = deployment.call(
            *("keeper", "AutoDeleverager", deployment.deleverager, "deleverage"),
            *(addresses[account], deployment.markets[market]),
            [addresses[name] for name in candidates],
        )
        numbers = {name: int.from_bytes(address) for name, address in addresses.items()}
        result: list[Any] = []

        def on_model() -> None:
            result.append(self.model.deleverage(account, market, candidates, rule, numbers))

        if not self._agree("deleverage", outcome, on_model):
            return None
        taken = [
            (self.names[event.arguments["counterparty"]], event.arguments["size"])
            for event in outcome.events
            if event.name == "Deleveraged"
        ]
        assert taken == list(result[0].taken)
        self._covered_as(outcome, result[0].covered)
        return result[0]

    def nominate(self, account: str, market: str) -> bool:
        """Point out a winner on both sides; the lists of the market are compared."""
        deployment = self.deployment
        deleverager, address = deployment.deleverager, deployment.markets[market]
        outcome = deployment.call(
            *("keeper", "AutoDeleverager", deleverager, "nominate"),
            *(deployment.addresses[account], address),
        )
        done = self._agree("nominate", outcome, lambda: self.model.nominate(account, market))
        for long in (True, False):
            found = deployment.read("AutoDeleverager", deleverager, "nominees", address, long)
            expected = self.model.nominees.get((market, long), [])
            assert [self.names[one] for one in found] == expected
        return done

    @staticmethod
    def _covered_as(outcome: Outcome, covered: Covered) -> None:
        """Hold the waterfall's event against the model: none without a shortfall."""
        found = [event for event in outcome.events if event.name == "DeficitCovered"]
        assert bool(found) == bool(covered.shortfall)
        if found:
            names = ("shortfall", "fund", "vault", "adl", "haircut")
            assert tuple(found[0].arguments[name] for name in names) == tuple(covered)

    # ---- agreement ------------------------------------------------------------------------------

    def compare(self) -> None:
        """Hold every number of the chain against the model."""
        deployment, model = self.deployment, self.model
        accounts = [deployment.addresses[name] for name in self.ledger_accounts]
        lens = ("Lens", deployment.lens)
        calls: list[tuple[str, bytes, str, tuple[object, ...]]] = [
            (*lens, "health", (accounts,)),
            (*lens, "solvency", ()),
        ]
        for market in deployment.markets.values():
            calls.append((*lens, "market", (market,)))
            calls.append((*lens, "positions", (accounts, market)))
            calls.append(("PerpMarket", market, "marketDebtExact", ()))
            calls.append(("PerpMarket", market, "storedFunding", ()))
        health, solvency, *rest = deployment.read_many(calls)
        self._compare_health(health)
        self._compare_solvency(solvency)
        for index, name in enumerate(deployment.markets):
            report, positions, debt_exact, stored = rest[4 * index : 4 * index + 4]
            self._compare_market(name, report, positions)
            market = model.markets[name]
            assert debt_exact == market.debt_exact(model.now_s, model.price(name))
            assert stored == (
                market.funding_rate,
                market.funding_accumulator,
                market.funding_updated_at,
            )

    def _compare_health(self, health: Any) -> None:
        expected = [self.model.status(name) for name in self.ledger_accounts]
        equity, maintenance, initial, cash = (list(column) for column in health)
        assert equity == [status[0] for status in expected]
        assert initial == [status[1] for status in expected]
        assert maintenance == [status[2] for status in expected]
        assert cash == [self.model.ledger.cash_of(name) for name in self.ledger_accounts]

    def _compare_solvency(self, solvency: dict[str, int]) -> None:
        ledger = self.model.ledger
        equity, locked = self.model.counterparty_status()
        assert solvency == {
            "tokenBalance": ledger.token_balance,
            "totalCash": ledger.total_cash,
            "recordedDeficit": ledger.recorded_deficit,
            "fundCash": ledger.cash_of("insurance_fund"),
            "counterpartyCash": ledger.cash_of("liquidity_provider"),
            "counterpartyEquity": equity,
            "counterpartyLocked": locked,
            "exchangeRate": ledger.exchange_rate(),
            "gatedUntil": ledger.gated_until,
        }

    def _compare_market(self, name: str, report: dict[str, int], positions: Any) -> None:
        model, market = self.model, self.model.markets[name]
        price = model.price(name)
        rate, accumulator = market.accrued(model.now_s, price)
        debt = -(-market.debt_exact(model.now_s, price) // WAD)
        found = {key: value for key, value in report.items() if key != "roundId"}
        assert found == {
            "price": price,
            "observedAt": model.feeds[name].observed_at,
            "skew": market.skew,
            "totalSize": market.total_size,
            "longSize": market.side_size(long=True),
            "shortSize": market.side_size(long=False),
            "fundingRate": rate,
            "fundingAccumulator": accumulator,
            "debtCorrection": market.debt_correction,
            "marketDebt": debt,
            "windowUsed": market.window_used(model.now_s),
            "windowCap": market.window_cap(),
        }
        held = [tuple(row) for row in zip(*positions, strict=True)]
        assert held == [tuple(market.positions.get(who, FLAT)) for who in self.ledger_accounts]

    def _agree(self, kind: str, outcome: Outcome, on_model: Callable[[], object]) -> bool:
        """Run the action on the model and compare success, or the error with its values."""
        self._sync_time(outcome.block)
        assert outcome.receipt.gas_used < MAX_CALL_GAS, kind
        revert = _revert_of(on_model)
        self.compared += 1
        if revert is not None:
            assert outcome.error == revert.name, f"{kind}: chain {outcome.error}, model {revert}"
            if revert.name != "ERC20InsufficientBalance":
                found = tuple(self._named(value) for value in outcome.arguments)
                assert found == revert.arguments, f"{kind}: {revert.name}"
            self.reverts[revert.name] += 1
            return False
        assert outcome.ok, f"{kind}: chain reverted with {outcome.error}{outcome.arguments}"
        self.happened[kind] += 1
        return True

    def _named(self, value: object) -> object:
        if isinstance(value, bytes):
            return self.names.get(value, value.rstrip(b"\0").decode("latin-1"))
        return value

    def _sync_time(self, block: Any) -> None:
        self.model.now_s = block.timestamp
        self.model.block = block.number

    def _house(self, sender: str, function: str, *arguments: object) -> Outcome:
        deployment = self.deployment
        return deployment.call(sender, "ClearingHouse", deployment.house, function, *arguments)

    def _fresh_model(self, setup: Setup) -> ReferenceModel:
        feeds = {
            name: ModelFeed(
                price // 100 * 10**10,
                price * 100 * 10**10,
                setup.max_age_default,
                setup.max_age_strict,
            )
            for name, price in setup.start_prices_e8.items()
        }
        markets = {
            name: MarketModel(
                parameters,
                setup.liquidation,
                self.deployment.read("PerpMarket", self.deployment.markets[name], "storedFunding")[
                    2
                ],
            )
            for name, parameters in setup.markets.items()
        }
        return ReferenceModel(
            ledger=Ledger("liquidity_provider", "insurance_fund", setup.gate_seconds),
            markets=markets,
            feeds=feeds,
            keeper=setup.keeper,
            gas_asset="ETH",
            waterfall=Waterfall(
                setup.vault_loss_share,
                0 if setup.deleveraging_rule is None else setup.deleveraging_seconds,
            ),
        )


def _revert_of(action: Callable[[], object]) -> ModelRevert | None:
    try:
        action()
    except ModelRevert as revert:
        return revert
    return None


__all__ = ["LEDGER_ACCOUNTS", "START_PRICES_E8", "TOKEN_SCALE", "TRADERS", "Tolerance", "World"]
