"""What a flood of a running devnet, and a deployment onto one, may be asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from floodline.foundation.errors import CampaignError
from floodline.study.devnet_deploy import PRICES_USD, devnet_url, read_address, read_prices
from floodline.study.devnet_flood import HIGHEST_RATE, LONGEST_S, FloodPlan


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0},
        {"rate": -1},
        {"rate": HIGHEST_RATE + 1},
        {"rate": float("nan")},
        {"rate": float("inf")},
        {"seconds": 0},
        {"seconds": LONGEST_S + 1},
        {"seconds": float("nan")},
        {"kind": "hail"},
        {"tip_gwei": -1},
        {"tip_gwei": float("nan")},
        {"gas": 0},
        {"gas": 2**40},
        {"rate": 0.5, "seconds": 1},
    ],
)
def test_a_flood_without_bounds_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CampaignError):
        FloodPlan(**{"rate": 10, "seconds": 2, **wrong})


def test_the_largest_flood_has_a_known_size() -> None:
    assert FloodPlan(rate=HIGHEST_RATE, seconds=LONGEST_S).count == 3_000_000


def test_the_schedule_is_absolute() -> None:
    plan = FloodPlan(rate=10, seconds=2)
    assert plan.count == 20
    assert [plan.due(elapsed) for elapsed in (-1, 0, 0.05, 0.1, 0.99, 1.95, 60)] == [
        *(0, 1, 1, 2, 10, 20, 20)
    ]


def test_a_transaction_is_due_at_its_time_whatever_the_rounding() -> None:
    for rate in (3, 7, 49, 50, 333.3):
        plan = FloodPlan(rate=rate, seconds=10)
        for number in range(plan.count):
            assert plan.due(number / rate) == number + 1


def test_prices_are_read_market_by_market() -> None:
    assert read_prices(["ETH=2500", "BTC=50000.5"]) == {"ETH": 2500.0, "BTC": 50000.5}
    assert read_prices([]) == PRICES_USD


@pytest.mark.parametrize("text", ["ETH", "ETH=", "=3000", "ETH=0", "ETH=-3", "ETH=inf", "ETH=nan"])
def test_a_price_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CampaignError, match="ETH=3000"):
        read_prices([text])


def test_an_address_is_twenty_bytes() -> None:
    assert read_address("0x" + "ab" * 20) == b"\xab" * 20
    for text in ("0x12", "ab" * 21, "0x" + "zz" * 20, ""):
        with pytest.raises(CampaignError):
            read_address(text)


def test_only_a_provider_with_an_address_can_be_deployed_to() -> None:
    anvil = SimpleNamespace(name="foundry", http_uri="http://127.0.0.1:8545")
    assert devnet_url(anvil) == "http://127.0.0.1:8545"
    for provider in (SimpleNamespace(name="test", http_uri="http://localhost:8545"), object()):
        with pytest.raises(CampaignError, match="foundry"):
            devnet_url(provider)
