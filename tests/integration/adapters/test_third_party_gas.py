"""Gas of each operation of Aave, Lyra and Morpho, measured; `FLOODLINE_RECORD=1` writes it anew."""

from __future__ import annotations

import csv
import os

from floodline.foundation.units import WAD
from floodline.foundation.workspace import project_root

TOLERANCE = 0.05
LIMIT = 10_000 * WAD
RECORDED = project_root() / "data" / "reference" / "third_party_gas.csv"


def used(stage, sender, call):
    """Make a call and return the gas of its block, in which it is alone."""
    stage.act(sender, call)
    return stage.node.block().gas_used


def measured_on_aave(stage):
    protocol, (first, second, third) = stage.protocol, stage.traders
    found = {
        "open": used(stage, first, protocol.open("ETH", 15 * WAD // 10, LIMIT)),
        "open again": used(stage, first, protocol.open("ETH", WAD // 100, LIMIT)),
    }
    for trader in (second, third):
        stage.act(trader, protocol.open("ETH", 15 * WAD // 10, LIMIT))
    found["push_price"] = used(
        stage, stage.driver.deployer, protocol.push_price("ETH", 2800 * 10**8, stage.driver.now_s)
    )
    half = protocol.liquidate(second, "ETH")
    found["liquidate half"] = used(stage, stage.keeper, half)
    found["close"] = used(stage, third, protocol.close(third, "ETH", WAD))
    stage.price(2000)
    found["liquidate to bad debt"] = used(stage, stage.keeper, protocol.liquidate(first, "ETH"))
    return found


def measured_on_lyra(stage):
    protocol, (first, second, third) = stage.protocol, stage.traders
    found = {
        "open short put": used(stage, first, protocol.open("ETH", 6 * WAD // 10, 0)),
        "open short call": used(stage, second, protocol.open("ETH", -6 * WAD // 10, 0)),
    }
    stage.act(third, protocol.open("ETH", 6 * WAD // 10, 0))
    found["close"] = used(stage, third, protocol.close(third, "ETH", 0))
    found["push_price"] = used(
        stage, stage.driver.deployer, protocol.push_price("ETH", 900 * 10**8, stage.driver.now_s)
    )
    found["liquidate to bad debt"] = used(stage, stage.keeper, protocol.liquidate(first, "ETH"))
    return found


def measured_on_morpho(stage):
    protocol, (first, second, third) = stage.protocol, stage.traders
    found = {"open": used(stage, first, protocol.open("ETH", 15 * WAD // 10, LIMIT))}
    for trader in (second, third):
        stage.act(trader, protocol.open("ETH", 15 * WAD // 10, LIMIT))
    found["close"] = used(stage, third, protocol.close(third, "ETH", WAD))
    found["push_price"] = used(
        stage, stage.driver.deployer, protocol.push_price("ETH", 2700 * 10**8, stage.driver.now_s)
    )
    found["liquidate"] = used(stage, stage.keeper, protocol.liquidate(first, "ETH"))
    stage.price(2000)
    found["liquidate to bad debt"] = used(stage, stage.keeper, protocol.liquidate(second, "ETH"))
    return found


MEASURES = {"aave": measured_on_aave, "lyra": measured_on_lyra, "morpho": measured_on_morpho}


def test_no_operation_takes_much_more_or_less_gas_than_recorded(stage):
    measured = {
        f"{name}: {operation}": gas
        for name, measure in MEASURES.items()
        for operation, gas in measure(stage(name, liquidity_usd=1_000_000)).items()
    }
    if os.environ.get("FLOODLINE_RECORD"):
        with RECORDED.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("operation", "gas"))
            writer.writerows(sorted(measured.items()))
    with RECORDED.open(encoding="utf-8") as file:
        recorded = {row["operation"]: int(row["gas"]) for row in csv.DictReader(file)}
    assert recorded.keys() == measured.keys()
    moved = {
        key: (recorded[key], gas)
        for key, gas in measured.items()
        if abs(gas - recorded[key]) > TOLERANCE * recorded[key]
    }
    assert not moved, f"moved by more than 5 %: {moved}; record anew if that is meant"


def test_what_the_how_to_says_is_what_was_measured():
    with RECORDED.open(encoding="utf-8") as file:
        recorded = [int(row["gas"]) for row in csv.DictReader(file)]
    told = (project_root() / "docs/howto/third-party-contracts.md").read_text(encoding="utf-8")
    table = told.partition("## What operations cost")[2]
    assert [gas for gas in recorded if f"{gas:,}" not in table] == []
