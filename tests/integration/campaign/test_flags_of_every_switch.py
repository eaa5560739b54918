"""What a deployment says that it has is what was deployed, for every profile and switch."""

from __future__ import annotations

from typing import Any

import pytest

from floodline.foundation.units import FEED, WAD
from floodline.protocols.capabilities import Capabilities
from floodline.protocols.interface import Call
from floodline.protocols.reference.adapter import ReferenceAdapter
from floodline.protocols.reference.parameters import ReferenceParameters
from floodline.protocols.reference.profiles import PROFILES
from floodline.protocols.reference.switches import Switches, choices
from floodline.toolchain.compile import load_artifacts

NEEDS = {
    ("margin", "portfolio"): {"options": "true"},
    ("margin", "capped"): {"options": "true"},
    ("expiry_price", "landing"): {"options": "true"},
}
"""Switches without which a value means nothing."""


class Ledger:
    """A chain that only remembers what was deployed."""

    chain_id = 31_337
    deployer = b"d" * 20
    now_s = 1_767_225_600

    def __init__(self) -> None:
        self.deployed: list[str] = []
        self.sent: list[str] = []

    def deploy(self, artifact: str, *arguments: object) -> bytes:
        self.deployed.append(artifact)
        return len(self.deployed).to_bytes(20, "big")

    def send(self, sender: bytes, call: Call) -> None:
        self.sent.append(call.kind)


def values() -> list[tuple[str, str]]:
    return [(name, value) for name in Switches.model_fields for value in choices(name)]


def deployed(profile: str, **switches: str) -> tuple[ReferenceAdapter, set[str]]:
    parameters = ReferenceParameters(profile=profile, switches=switches)
    adapter = ReferenceAdapter(parameters, markets=["ETH"], artifacts=load_artifacts())
    chain: Any = Ledger()
    adapter.deploy(chain, {"ETH": 3_000 * FEED}, [b"p" * 20])
    return adapter, {name.removeprefix("Carrying") for name in chain.deployed}


@pytest.mark.parametrize("profile", list(PROFILES))
def test_the_flags_are_true_to_what_was_deployed(profile: str) -> None:
    seen: set[Capabilities] = set()
    for name, value in values():
        adapter, contracts = deployed(profile, **{name: value}, **NEEDS.get((name, value), {}))
        sections = adapter.profile
        expected = Capabilities(
            perps="PerpMarket" in contracts,
            options="OptionMarket" in contracts,
            short_positions=True,
            funding_payments=True,
            insurance_fund=bool({"InsuranceFund", "AllOrNothingFund"} & contracts),
            counterparty=True,
            partial_liquidation="PortfolioAuction" in contracts
            or sections.liquidation.close_factor.value < WAD,
            auction="PortfolioAuction" in contracts,
            async_orders="AsyncOrders" in contracts,
            adl="AutoDeleverager" in contracts,
            pull_oracle="PullFeed" in contracts,
            vault="LPVault" in contracts,
            spot_amm="SpotAmm" in contracts,
            portfolio_margin="PortfolioMargin" in contracts and value in ("portfolio", "capped"),
            multi_collateral="CollateralVault" in contracts,
        )
        assert adapter.capabilities == expected, f"{name}: {value}"
        seen.add(adapter.capabilities)
    assert len(seen) >= 9, "each mechanism changes a flag"


def test_a_whole_suite_has_every_flag_of_the_reference_protocol() -> None:
    adapter, _ = deployed(
        "base",
        options="true",
        margin="portfolio",
        collateral="multi",
        liquidation="auction",
        orders="delayed",
        adl="queue",
        oracle="pull",
        vault="true",
    )
    flags = adapter.capabilities
    off = [name for name in Capabilities.__dataclass_fields__ if not getattr(flags, name)]
    assert off == ["lending"]


@pytest.mark.parametrize("margin", ["portfolio", "capped"])
def test_scenario_margin_without_options_is_refused_in_words(margin: str) -> None:
    with pytest.raises(ValueError, match=f"'{margin}' without .* set 'options' to true"):
        ReferenceParameters(switches={"margin": margin})
