"""The gateway sheds what is not essential while the pool is deep, and nothing else."""

import pytest
from pydantic import ValidationError

from floodline.actors.fees import Fees
from floodline.campaign.gateway import Gateway, GatewaySection
from floodline.campaign.ledger import Ledger
from floodline.campaign.record import ActorLabel
from floodline.campaign.schema import Campaign
from floodline.protocols.interface import Call

DEEP = 31_000_000
MARKET = {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.5}}}


def gateway(**section):
    ledger = Ledger([ActorLabel(role, role, role) for role in ("flood", "keeper", "trader")])

    def sheds(actor, kind, pending_gas):
        call = Call(b"m" * 20, b"", 100_000, kind)
        return gate.sheds(ledger.add(actor, call, 0, 0, Fees(2, 1), 0), pending_gas)

    gate = Gateway(GatewaySection(above_blocks=2, **section), ledger, 15_000_000)
    return sheds


def test_everything_passes_while_the_pool_is_shallow():
    assert not gateway()(0, "transfer", 30_000_000)


def test_load_and_new_risk_are_shed_while_it_is_deep():
    assert gateway()(0, "transfer", DEEP)
    assert gateway()(2, "open", DEEP)


def test_keepers_and_whoever_takes_risk_away_always_pass():
    assert not gateway()(1, "liquidate", DEEP)
    assert not gateway()(2, "close", DEEP)
    assert gateway(keeps_kinds=())(2, "close", DEEP)


def campaign(**chain):
    return {"name": "gate", "slots": 1, "market": MARKET, "chain": chain}


def test_a_role_that_nobody_has_is_refused_by_name():
    with pytest.raises(ValidationError, match="did you mean 'keeper'"):
        Campaign.model_validate(campaign(gateway={"keeps": ["kepper"]}))


def test_a_nodes_own_pool_has_no_gateway():
    with pytest.raises(ValidationError, match="leave it out where mempool is node"):
        Campaign.model_validate(campaign(node="geth", mempool="node", gateway={}))
