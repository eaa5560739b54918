"""Every transaction is written down once and ends once; gas use is learnt by kind."""

import numpy as np
import pytest

from floodline.actors.desk import Batch, Payload
from floodline.actors.fees import Fees
from floodline.campaign.gas import GasPredictor
from floodline.campaign.ledger import Ledger
from floodline.campaign.record import NONE, ActorLabel
from floodline.mempool.states import Reason, TxState
from floodline.mempool.transaction import PooledTransaction
from floodline.protocols.interface import Call


class Numbered(Payload):
    def __init__(self, name):
        self.name = name

    def call(self, index):
        return Call(b"t" * 20, f"{self.name}{index}".encode(), 21_000, "transfer")


def batch(name, size):
    column = np.arange(size, dtype=np.int64)
    return Batch(
        created_us=column,
        sender=column.astype(np.int32),
        max_fee=column + 10,
        tip=column,
        gas_limit=column + 21_000,
        size_bytes=120,
        value=0,
        kind="transfer",
        payload=Numbered(name),
    )


@pytest.fixture
def ledger():
    return Ledger(
        [ActorLabel("flood", "flood", "flood"), ActorLabel("keepers", "keeper", "keepers")]
    )


def test_watched_and_bulk_transactions_share_one_numbering_and_find_their_calls(ledger):
    assert ledger.add_batch(0, batch("a", 3)) == 0
    call = Call(b"k" * 20, b"x", 90_000, "liquidate")
    assert ledger.add(1, call, 7, 2, Fees(50, 5), 99) == 3
    assert ledger.add_batch(0, batch("b", 2)) == 4
    assert ledger.call_of(3) is call
    assert [ledger.call_of(n).data for n in (0, 2, 4, 5)] == [b"a0", b"a2", b"b0", b"b1"]
    assert [ledger.is_watched(n) for n in range(6)] == [False, False, False, True, False, False]
    columns = ledger.trimmed()
    assert columns["actor"].tolist() == [0, 0, 0, 1, 0, 0]
    assert columns["nonce"].tolist() == [NONE, NONE, NONE, 2, NONE, NONE]
    assert [ledger.kinds[code] for code in columns["kind"][2:4]] == ["transfer", "liquidate"]


def test_a_transaction_ends_once(ledger):
    ledger.add_batch(0, batch("a", 2))
    ledger.end(0, 5, TxState.EVICTED, Reason.UNDERPRICED)
    with pytest.raises(ValueError, match="ended as evicted before"):
        ledger.end(0, 6, TxState.INCLUDED)
    ledger.reject_many([1], Reason.UNDERPRICED)
    assert ledger.trimmed()["status"].tolist() == [TxState.EVICTED, TxState.REJECTED]
    assert ledger.trimmed()["ended_us"].tolist() == [5, NONE]


def test_reasons_of_reverts_get_codes_of_their_own_behind_the_pools(ledger):
    code = ledger.reason_code("NotLiquidatable")
    assert code == len(Reason)
    assert ledger.reason_code("NotLiquidatable") == code
    assert ledger.reasons[Reason.UNDERPRICED] == "underpriced"


def pooled(kind=1, gas_limit=500_000):
    return PooledTransaction(0, 0, 0, 10, 1, gas_limit, call_kind=kind)


def test_an_unknown_call_may_use_all_of_its_limit_or_next_to_nothing():
    assert GasPredictor().predict(pooled()) == (500_000, 21_000)


def test_a_watched_call_is_expected_to_do_as_last_time_and_at_least_its_smallest_use():
    predictor = GasPredictor()
    for used in (300_000, 60_000, 280_000):
        predictor.observe(1, 500_000, used)
    assert predictor.predict(pooled()) == (280_000, 60_000)
    assert predictor.predict(pooled(gas_limit=400_000)) == (400_000, 21_000)


def test_a_bulk_call_is_expected_to_do_exactly_as_its_kind():
    predictor = GasPredictor()
    assert predictor.bulk(2, 52_400) is None
    predictor.observe_bulk(2, 52_400, 1, 45_678)
    assert predictor.bulk(2, 52_400) == (1, 45_678)
    assert predictor.predict(pooled(2, 52_400)) == (45_678, 45_678)
