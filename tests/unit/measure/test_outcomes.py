"""Liquidation, solvency, economics and oracle summaries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floodline.campaign.record import NONE, TradeRow
from floodline.foundation.units import GWEI, SECOND_US, WAD
from floodline.measure.economics import economics_summary, pnl_by_role
from floodline.measure.execution import execution_summary
from floodline.measure.liquidation import liquidation_summary
from floodline.measure.oracle import oracle_summary
from floodline.measure.solvency import solvency_summary
from floodline.measure.tables import build_tables

from .run_factory import add_block, bare_record, make_episode, make_record


def liquidations(*episodes):
    record = bare_record()
    record.episodes = list(episodes)
    return liquidation_summary(build_tables(record))


def still_open(**changed):
    return make_episode(
        t4_us=NONE,
        winner_sent_us=NONE,
        t5_us=NONE,
        t6_us=NONE,
        end="open",
        end_us=100 * SECOND_US,
        **changed,
    )


def test_parts_are_means_with_their_share_of_the_latency():
    found = liquidations(make_episode(), make_episode(t1_us=2 * SECOND_US, t2_us=2 * SECOND_US))
    # 6+12+4+1+11 = 34 s and 0+0+22+1+11 = 34 s
    parts = found["parts"]
    assert parts["oracle_wait"] == {"mean_s": 3.0, "share": 6 / 68}
    assert parts["detection"]["mean_s"] == 13.0
    assert sum(part["share"] for part in parts.values()) == pytest.approx(1)
    assert found["latency_mean_s"] == 34.0


def test_never_liquidated_accounts_stay_in_the_latency():
    found = liquidations(make_episode(), still_open(), still_open())
    assert found["latency_p50_s"] is None
    assert found["never_liquidated"] == 2
    assert found["never_liquidated_share"] == 2 / 3
    assert liquidations(make_episode())["latency_p50_s"] == 34.0


def test_recovered_spell_is_censored_when_it_recovered():
    recovered = make_episode(t6_us=NONE, end="recovered", end_us=10 * SECOND_US)
    found = liquidations(make_episode(), recovered)
    assert found["latency_p50_s"] == 34.0
    assert (found["recovered"], found["never_liquidated"]) == (1, 0)


def test_wrongful_liquidation_is_counted_but_has_no_latency():
    found = liquidations(make_episode(t0_us=NONE, wrongful=True), make_episode())
    assert (found["wrongful"], found["spells"], found["liquidated"]) == (1, 1, 1)


def test_without_spells_there_are_no_numbers_and_no_exception():
    found = liquidations()
    assert found["spells"] == 0
    assert found["latency_p95_s"] is None
    assert found["never_liquidated_share"] is None


def test_bad_debt_is_held_against_the_peak_of_open_interest():
    record = bare_record()
    add_block(record, [], open_interest_usd=500.0)
    add_block(record, [], open_interest_usd=100.0, shortfall_usd=4.0, latent_bad_debt_usd=1.0)
    found = solvency_summary(build_tables(record))
    assert found["bad_debt_usd"] == 5.0
    assert found["bad_debt_ratio"] == 0.01
    assert found["paid_by"]["latent"] == 1.0


def test_a_role_gained_what_it_took_out_and_has_left_less_what_it_put_in():
    record = make_record()
    first, second = record.accounts
    record.accounts = [
        # deposited 100, withdrew 30, stands at 90: + 20
        replace(first, withdrawn_wad=30 * WAD, equity_true_usd=90.0),
        # deposited 50, withdrew 10, owes 40, which is the protocol's loss and not its own: - 40
        replace(second, equity_true_usd=-40.0),
        # deposited 200, stands at 260.25: + 60.25
        replace(first, role="flood", deposited_wad=200 * WAD, equity_true_usd=260.25),
    ]
    found = pnl_by_role(build_tables(record))
    assert found == {"flood": 60.25, "keeper": 0.0, "oracle": 0.0, "trader": -20.0}


def test_payers_add_up_to_what_was_recorded():
    found = solvency_summary(build_tables(make_record()))
    paid = found["paid_by"]
    assert paid["fund"] == 4.0
    assert paid["vault"] == 3.0
    assert paid["haircut"] == 1 / WAD
    assert sum(paid.values()) == pytest.approx(found["bad_debt_usd"])


def test_solvency_of_a_run_without_blocks_is_unknown():
    found = solvency_summary(build_tables(bare_record()))
    assert found["bad_debt_usd"] is None
    assert found["bad_debt_ratio"] is None


def test_fees_are_priced_at_the_mean_true_price():
    record = bare_record(2)
    record.transactions["actor"][:] = 3
    record.transactions["tip_wei"][:] = GWEI
    add_block(record, [0, 1], price_true_usd=2_000.0)
    add_block(record, [], price_true_usd=4_000.0)
    flood = economics_summary(build_tables(record))["by_role"]["flood"]
    # two transfers at 1 gwei base fee and 1 gwei tip
    assert flood["fees_wei"] == str(2 * 21_000 * 2 * GWEI)
    assert flood["burned_wei"] == str(2 * 21_000 * GWEI)
    assert flood["fees_usd"] == pytest.approx(8.4e-5 * 3_000)


def test_keepers_result_is_rewards_minus_gas():
    record = bare_record(1)
    record.transactions["actor"][:] = 1
    add_block(record, [0], price_true_usd=1_000.0)
    record.episodes = [make_episode(reward_usd=1.0)]
    found = economics_summary(build_tables(record))
    assert found["keeper_result_usd"] == pytest.approx(1.0 - 21_000 * 1e-9 * 1_000)


def test_base_fee_peak_names_its_block():
    record = bare_record()
    add_block(record, [], base_fee_wei=GWEI)
    add_block(record, [], base_fee_wei=3 * GWEI)
    add_block(record, [], base_fee_wei=2 * GWEI)
    assert economics_summary(build_tables(record))["base_fee"] == {
        "start_gwei": 1.0,
        "peak_gwei": 3.0,
        "end_gwei": 2.0,
        "peak_block": 2,
    }


def test_price_age_is_over_blocks_and_the_gap_is_relative_to_the_truth():
    record = bare_record()
    for age, chain in ((1, 3_000.0), (2, 3_030.0), (3, 2_940.0), (10, 3_000.0)):
        add_block(
            record, [], price_age_us=age * SECOND_US, price_true_usd=3_000.0, price_chain_usd=chain
        )
    found = oracle_summary(build_tables(record))
    assert (found["age_p50_s"], found["age_p95_s"], found["age_max_s"]) == (2.0, 10.0, 10.0)
    assert (found["gap_p50_bp"], found["gap_max_bp"]) == (0.0, 200.0)


def trade(size, fill, true, age_s=0):
    return TradeRow(
        1,
        0,
        0,
        "trader-1",
        "ETH",
        size * WAD,
        fill * WAD,
        fill * WAD,
        true * 10**8,
        age_s * SECOND_US,
        0,
    )


def test_toxic_flow_is_what_stale_fills_cost_the_counterparty():
    record = bare_record()
    # sold 2 at 3010 when worth 3000: +20; bought 1 at 2900 when worth 3000: +100;
    # bought 1 at 3030 when worth 3000: the trader overpaid 30
    record.trades = [trade(-2, 3_010, 3_000), trade(1, 2_900, 3_000), trade(1, 3_030, 3_000, 7)]
    found = execution_summary(build_tables(record))
    assert found["toxic_flow_usd"] == 120.0
    assert found["toxic_net_usd"] == 90.0
    assert found["fill_gap_p50_bp"] == pytest.approx(-100 / 3)
    assert found["fill_gap_p95_bp"] == 100.0
    assert found["price_age_p95_s"] == 7.0
    assert found["notional_usd"] == 12_000.0


def test_run_without_trades_has_no_fills():
    found = execution_summary(build_tables(bare_record()))
    assert found["trades"] == 0
    assert found["fill_gap_p50_bp"] is None
    assert found["toxic_flow_usd"] == 0.0
