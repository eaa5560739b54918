"""Tables made from a record, and the dictionary that names their columns."""

from __future__ import annotations

import pandas as pd

from floodline.foundation.units import GWEI, SECOND_US
from floodline.measure.dictionary import TABLES, dictionary_json
from floodline.measure.tables import build_tables, end_us

from .run_factory import add_block, bare_record, make_record

ISSUE_COLUMNS = {
    "transactions": "tx_id role actor kind sender nonce created_s arrived_s first_eligible_block "
    "status reason block index included_s wait_s gas_limit gas_used max_fee_wei tip_wei "
    "effective_price_wei replaced_by replaces lane evicted_by ended_s",
    "blocks": "block timestamp_s base_fee_wei gas_used gas_limit tx_count pool_pending "
    "pool_queued pool_gas marginal_tip_wei gas_flood gas_keeper gas_oracle gas_trader "
    "price_true_usd price_chain_usd price_age_s liquidatable_notional_usd bad_debt_usd "
    "insurance_usd open_interest_usd",
    "liquidations": "account t0_s t1_s t2_s t3_s t4_s t5_s t6_s part_oracle_wait_s "
    "part_oracle_inclusion_s part_detection_s part_bidding_s part_propagation_s part_mempool_s "
    "notional_usd execution_price_usd true_price_usd reward_usd keeper shortfall_usd partial",
}


def test_stable_columns_are_there_in_their_order():
    tables = build_tables(make_record())
    for name, columns in ISSUE_COLUMNS.items():
        order = list(tables[name].columns)
        places = [order.index(column) for column in columns.split()]
        if name != "liquidations":
            assert places == sorted(places)


def test_every_table_of_the_dictionary_is_built_even_of_an_empty_run():
    tables = build_tables(bare_record())
    assert sorted(tables) == list(TABLES)
    assert all(list(tables[name].columns) for name in TABLES)


def test_dictionary_describes_every_column_with_one_line():
    for table in dictionary_json()["tables"].values():
        assert table["row"]
        for column in table["columns"]:
            assert column["meaning"]
            assert "\n" not in column["meaning"]


def test_wait_is_inclusion_minus_creation():
    record = bare_record(2)
    record.transactions["created_us"][:] = [1_500_000, 2_000_000]
    add_block(record, [0])
    table = build_tables(record)["transactions"]
    assert table["wait_s"].iloc[0] == 10.5
    assert table["included_s"].iloc[0] == 12.0
    assert pd.isna(table["wait_s"].iloc[1])


def test_what_never_was_is_empty_not_minus_one():
    record = bare_record(1)
    record.transactions["nonce"][0] = -1
    table = build_tables(record)["transactions"]
    empty = ["block", "index", "gas_used", "effective_price_wei", "replaces", "nonce", "reason"]
    assert table.loc[0, empty].isna().all()


def test_first_eligible_block_waits_for_the_base_fee():
    record = bare_record(2)
    record.transactions["max_fee_wei"][:] = [GWEI, 900_000_000]
    for _ in range(3):  # empty blocks: 1 gwei, 0.875 gwei, 0.765625 gwei
        add_block(record, [])
    table = build_tables(record)["transactions"]
    assert table["first_eligible_block"].tolist() == [1, 2]


def test_bad_debt_is_recorded_plus_latent():
    blocks = build_tables(make_record())["blocks"]
    assert (blocks["bad_debt_usd"] == blocks["shortfall_usd"] + blocks["latent_bad_debt_usd"]).all()


def test_slippage_is_against_the_true_price_at_both_times():
    first = build_tables(make_record())["liquidations"].iloc[0]
    assert first["slippage_t6_bp"] == -100.0  # 2970 against 3000
    assert first["slippage_t0_bp"] == -1000.0  # 2970 against 3300


def test_spell_without_liquidation_has_no_execution_price():
    last = build_tables(make_record())["liquidations"].iloc[-1]
    assert last["end"] == "open"
    assert pd.isna(last["execution_price_usd"])
    assert pd.isna(last["keeper"])


def test_amounts_of_identities_are_exact_integers_of_any_size():
    record = make_record()
    table = build_tables(record)["deficits"]
    assert table["shortfall_wad"].tolist() == ["7000000000000000001"]


def test_actors_table_counts_by_the_ledger_and_in_the_actors_own_words():
    record = make_record()
    table = build_tables(record)["actors"]
    keepers = table[table["actor"] == "keepers"].set_index(["source", "item"])["amount"]
    mine = record.transactions["actor"] == 1
    assert int(keepers["ledger", "offered"]) == int(mine.sum())
    assert int(keepers["actor", "abstained"]) == 2


def test_fees_beyond_64_bits_are_summed_exactly():
    record = bare_record(3)
    add_block(record, [0, 1])
    ledger = record.transactions
    ledger["gas_used"][:] = 16_777_216
    ledger["effective_price_wei"][:] = 10**12
    table = build_tables(record)["actors"]
    fees = table[(table["item"] == "fees_wei") & (table["actor"] == "publisher")]["amount"]
    assert fees.tolist() == [str(2 * 16_777_216 * 10**12)]


def test_gas_of_every_role_has_a_column_also_where_it_sent_nothing():
    record = bare_record()
    add_block(record, [], gas_by_role={})
    blocks = build_tables(record)["blocks"]
    assert (
        blocks[["gas_flood", "gas_keeper", "gas_oracle", "gas_trader"]].iloc[0].tolist() == [0] * 4
    )


def test_run_ends_with_its_last_block_or_what_was_seen_later():
    record = make_record(blocks=4)
    assert end_us(build_tables(record)) == 48 * SECOND_US
    record.transactions["created_us"][-1] = 50 * SECOND_US
    assert end_us(build_tables(record)) == 50 * SECOND_US
    assert end_us(build_tables(bare_record())) == 0
