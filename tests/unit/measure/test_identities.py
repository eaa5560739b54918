"""Each identity holds on a consistent run, and alone fails where its own data is corrupted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodline.foundation.errors import IdentityViolation
from floodline.measure.identities import check, require
from floodline.measure.tables import build_tables

from .run_factory import GAS_LIMIT, add_block, bare_record, make_record


def first_in_block(tables):
    return int(np.flatnonzero(tables["transactions"]["block"].notna())[0])


def without_state(tables):
    waiting = tables["transactions"]["block"].isna().to_numpy()
    tables["transactions"].loc[int(np.flatnonzero(waiting)[0]), "status"] = np.nan


def missing_row(tables):
    waiting = tables["transactions"]["block"].isna().to_numpy()
    row = int(np.flatnonzero(waiting)[0])
    tables["transactions"] = tables["transactions"].drop(index=row).reset_index(drop=True)


def block_above_its_limit(tables):
    last = tables["blocks"].index[-1]  # the last limit decides no later base fee
    tables["blocks"].loc[last, "gas_limit"] = tables["blocks"].loc[last, "gas_used"] - 1


def wrong_base_fee(tables):
    tables["blocks"].loc[tables["blocks"].index[-1], "base_fee_wei"] += 1


def transaction_with_more_gas(tables):
    tables["transactions"].loc[first_in_block(tables), "gas_used"] += 1


def role_with_more_gas(tables):
    tables["blocks"].loc[0, "gas_flood"] += 1


def block_counts_another(tables):
    tables["blocks"].loc[0, "tx_count"] += 1


def hole_in_the_positions(tables):
    block = tables["transactions"]["block"].max()
    inside = tables["transactions"]["block"] == block
    last = tables["transactions"].loc[inside, "index"].idxmax()
    tables["transactions"].loc[last, "index"] += 1


def nonce_gap(tables):
    table = tables["transactions"]
    inside = table[table["block"].notna()]
    sender = inside["sender"].value_counts().idxmax()
    mine = inside[inside["sender"] == sender].sort_values(["block", "index"])
    table.loc[mine.index[-1], "nonce"] += 1


def add_to_item(item, amount):
    def corrupt(tables):
        sheet = tables["solvency"]
        row = sheet.index[sheet["item"] == item][0]
        sheet.loc[row, "amount_wad"] = str(int(sheet.loc[row, "amount_wad"]) + amount)

    return corrupt


def item_missing(tables):
    sheet = tables["solvency"]
    tables["solvency"] = sheet[sheet["item"] != "keeper_flow"].reset_index(drop=True)


def fund_paid_more(tables):
    tables["deficits"].loc[0, "fund_wad"] = str(int(tables["deficits"].loc[0, "fund_wad"]) + 1)


def deficit_not_recorded(tables):
    tables["blocks"].loc[3, "shortfall_usd"] = 6.9


def part_too_long(tables):
    tables["liquidations"].loc[0, "part_mempool_s"] += 1e-6


def cash_off_by_one(tables):
    tables["accounts"].loc[1, "cash_chain_wad"] = "-8"


def size_off_by_one(tables):
    row = tables["positions"].loc[0, "size_chain_wad"]
    tables["positions"].loc[0, "size_chain_wad"] = str(int(row) + 1)


CORRUPTIONS = [
    (without_state, "offered ="),
    (missing_row, "offered ="),
    (block_above_its_limit, "gas used in a block <="),
    (wrong_base_fee, "base fee"),
    (transaction_with_more_gas, "gas used by a block's transactions"),
    (role_with_more_gas, "gas used by the roles"),
    (block_counts_another, "transactions with a block"),
    (hole_in_the_positions, "positions in a block"),
    (nonce_gap, "nonces"),
    (add_to_item("deposits", 1), "token balance"),
    (add_to_item("liabilities", 3 * 10**12), "assets"),
    (add_to_item("fund_flow", 10), "flows"),
    (item_missing, "flows"),
    (fund_paid_more, "deficit ="),
    (deficit_not_recorded, "sum of deficits"),
    (part_too_long, "parts"),
    (cash_off_by_one, "cash replayed"),
    (size_off_by_one, "positions replayed"),
]


@pytest.mark.parametrize(("corrupt", "name"), CORRUPTIONS)
def test_corrupted_data_fails_its_own_identity_and_no_other(corrupt, name):
    tables = build_tables(make_record())
    assert all(identity.ok for identity in check(tables))
    corrupt(tables)
    broken = [identity for identity in check(tables) if not identity.ok]
    assert [identity.name.startswith(name) for identity in broken] == [True]
    assert broken[0].where
    assert broken[0].residual > broken[0].bound


def test_every_identity_has_a_corruption_that_breaks_it():
    names = [identity.name for identity in check(build_tables(make_record()))]
    for name in names:
        assert any(name.startswith(start) for _, start in CORRUPTIONS), name


def test_missing_block_breaks_the_base_fee_recursion():
    tables = build_tables(make_record())
    tables["blocks"] = tables["blocks"].drop(index=2).reset_index(drop=True)
    broken = {identity.name.split(" ")[0] for identity in check(tables) if not identity.ok}
    assert "base" in broken


def test_missing_block_shows_also_where_the_base_fee_stood_still():
    record = bare_record()
    for _ in range(3):
        add_block(record, [], gas_used=GAS_LIMIT // 2)
    tables = build_tables(record)
    tables["blocks"] = tables["blocks"].drop(index=1).reset_index(drop=True)
    base_fee = next(one for one in check(tables) if one.name.startswith("base fee"))
    assert (base_fee.residual, base_fee.where) == (1, "block 3")


def test_assets_may_miss_what_rounding_explains():
    tables = build_tables(make_record())
    add_to_item("liabilities", 2 * 10**12)(tables)
    assert all(identity.ok for identity in check(tables))


def test_flow_under_a_new_name_counts_too():
    tables = build_tables(make_record())
    tables["solvency"].loc[len(tables["solvency"])] = ["haircut_flow", str(10**18), 1.0]
    broken = [identity.name for identity in check(tables) if not identity.ok]
    assert [name.startswith("flows") for name in broken] == [True]


def test_empty_run_lists_every_identity_and_all_hold():
    found = check(build_tables(bare_record()))
    assert [one.name for one in found] == [one.name for one in check(build_tables(make_record()))]
    assert all(identity.ok for identity in found)


def test_violation_names_the_identity_its_residual_and_the_place():
    tables = build_tables(make_record())
    require(check(tables))
    cash_off_by_one(tables)
    with pytest.raises(IdentityViolation, match=r"cash replayed.*1 WAD USD.*trader-2"):
        require(check(tables))


def test_residual_beyond_64_bits_is_still_plain_data():
    tables = build_tables(make_record())
    add_to_item("deposits", 10**30)(tables)
    dumped = [identity.dump() for identity in check(tables) if not identity.ok]
    assert isinstance(dumped[0]["residual"], float)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 12), st.integers(0, 120), st.integers(0, 10**6))
def test_consistent_runs_of_any_size_balance(blocks, offered, seed):
    tables = build_tables(make_record(blocks, offered, seed))
    assert [identity.name for identity in check(tables) if not identity.ok] == []
