"""The laws' runs without a node are the campaign's own queue, transaction for transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign
from floodline.campaign.session import Session
from floodline.mempool.builders.ordered import PriorityBuilder
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts
from floodline.validation.service import serve

pytestmark = pytest.mark.anvil

SLOTS = 60
GWEI = 10**9


def campaign(tip_gwei: Any) -> Campaign:
    """Ten equal transactions fit a block; 95 % of that is offered."""
    return Campaign.model_validate(
        {
            "name": "equal-transactions",
            "seed": 5,
            "slots": SLOTS,
            "background": "off",
            "network": {"delay": {"constant": 0}, "block_delay": {"constant": 0}},
            "market": {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.5}}},
            "book": {"accounts": 1},
            "actors": [
                {
                    "flood": {
                        "arrival": {"poisson": {"tx_per_s": 9.5 / 12}},
                        "kind": "burner",
                        "gas": {"constant": 3_000_000},
                        "tip_gwei": tip_gwei,
                        "max_fee_gwei": 4_000_000,
                        "senders": 2_000,
                    }
                }
            ],
        }
    )


@pytest.mark.parametrize("tip_gwei", [{"constant": 1}, {"lognormal": {"median": 2, "sigma": 1}}])
def test_pool_and_builder_alone_choose_what_the_node_executed(
    tmp_path: Path, tip_gwei: Any
) -> None:
    with Session(
        campaign(tip_gwei),
        anvil=find_anvil().path,
        artifacts=load_artifacts(),
        node_log=tmp_path / "anvil.log",
        progress=Silent(),
    ) as session:
        session.prepare()
        session.run()
        record = session.record("complete")
    assert record is not None
    columns: dict[str, Any] = record.transactions
    order = np.argsort(columns["arrived_us"], kind="stable")
    arrived = columns["arrived_us"][order]
    served = serve(
        arrived,
        columns["tip_wei"][order],
        np.arange(1, SLOTS + 1, dtype=np.int64) * 12_000_000,
        capacity=10,
        builder=PriorityBuilder(),
    )
    on_chain = columns["block"][order].astype(np.int64)
    assert len(arrived) > 500
    assert (np.bincount(on_chain[on_chain > 0]) == 10).sum() > 30
    assert np.array_equal(np.where(on_chain > 0, on_chain - 1, -1), served.slot)
