"""What each entry point costs and how large each contract is, held against committed tables.

`FLOODLINE_RECORD=1 ape test tests/contracts/test_gas_and_size.py` writes the tables anew.
"""

import csv
import os

from conftest import NO_LIMIT, USDC, event_of

from floodline.foundation.units import wad
from floodline.foundation.workspace import project_root

MAX_RUNTIME = 24_576
TOLERANCE = 0.05
RECORDING = os.environ.get("FLOODLINE_RECORD") == "1"


def compare(name, header, measured):
    """Hold measurements against a table, or write the table when recording."""
    path = project_root() / "data" / "reference" / name
    if RECORDING:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(sorted(measured.items()))
    with path.open(encoding="utf-8") as file:
        recorded = {row[header[0]]: int(row[header[1]]) for row in csv.DictReader(file)}
    assert recorded.keys() == measured.keys()
    moved = {
        key: (recorded[key], value)
        for key, value in measured.items()
        if abs(value - recorded[key]) > TOLERANCE * recorded[key]
    }
    assert not moved, f"moved by more than 5 %: {moved}; record anew if that is meant"


def test_runtime_sizes_fit_a_block_and_have_not_moved(project):
    sizes = {
        name: len(project.load_contracts()[name].get_runtime_bytecode() or b"")
        for name in (
            "ClearingHouse",
            "InsuranceFund",
            "Lens",
            "LiquidationEngine",
            "OracleHub",
            "PerpMarket",
            "PushFeed",
        )
    }
    assert all(0 < size <= MAX_RUNTIME for size in sizes.values())
    compare("code_size.csv", ("contract", "runtime_bytes"), sizes)


def test_gas_of_every_entry_point_has_not_moved(
    venue, trader, other_trader, keeper, oracle_publisher, later, push_price, stranger
):
    gas = {}

    def measure(entry, receipt):
        gas[entry] = receipt.gas_used

    measure("ClearingHouse.deposit first", venue.house.deposit(12_000 * USDC, sender=trader))
    measure("ClearingHouse.deposit again", venue.house.deposit(1_000 * USDC, sender=trader))
    later(12)  # else it is chance whether time has passed and funding is written
    measure("PerpMarket.trade open", venue.market.trade(wad(30), NO_LIMIT, sender=trader))
    venue.house.deposit(500_000 * USDC, sender=other_trader)
    later(12)
    venue.market.trade(-wad(40), 0, sender=other_trader)
    later(12)
    measure("PerpMarket.pokeFunding", venue.market.pokeFunding(sender=stranger))
    later(12)
    measure("PerpMarket.trade grow", venue.market.trade(wad(1), NO_LIMIT, sender=trader))
    later(12)
    measure("PerpMarket.trade reduce", venue.market.trade(-wad(1), 0, sender=trader))
    measure("ClearingHouse.withdraw margined", venue.house.withdraw(3_000 * USDC, sender=trader))
    price = 2_750 * 10**8
    receipt = venue.feed.transmit(price, later(), sender=oracle_publisher)
    measure("PushFeed.transmit", receipt)
    half = venue.engine.liquidate(trader, venue.market, sender=keeper)
    measure("LiquidationEngine.liquidate part", half)
    push_price(2_600)
    later(12)
    whole = venue.engine.liquidate(trader, venue.market, sender=keeper)
    assert event_of(whole, venue.waterfall.DeficitCovered).shortfall > 0
    measure("LiquidationEngine.liquidate whole with deficit", whole)
    later(12)
    measure("PerpMarket.trade close", venue.market.trade(wad(40), NO_LIMIT, sender=other_trader))
    later(4_000)
    idle = venue.house.withdraw(1_000 * USDC, sender=other_trader)
    measure("ClearingHouse.withdraw idle", idle)
    compare("gas.csv", ("entry_point", "gas"), gas)
