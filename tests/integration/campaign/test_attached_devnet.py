"""A campaign that goes on from a devnet that runs, with a protocol that stands there already."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from small_campaign import prepared, small

from floodline.campaign.schema import Campaign
from floodline.campaign.setup import SetupDriver
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.rpc import RpcFailure
from floodline.foundation.errors import CampaignError, NodeError, ToolchainError
from floodline.foundation.units import ETHER, WAD
from floodline.measure.identities import check
from floodline.measure.tables import build_tables
from floodline.protocols.interface import Call
from floodline.protocols.morpho.library import morpho_library
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

pytestmark = [pytest.mark.anvil]
DEVNET_S = 1_800_000_000
"""A time after the campaigns' usual genesis."""


@pytest.fixture(scope="module")
def devnet(tmp_path_factory):
    """Somebody's devnet with a Morpho Blue of his own on it."""
    try:
        library = morpho_library()
    except ToolchainError as missing:
        pytest.skip(missing.message)
    log = tmp_path_factory.mktemp("devnet") / "anvil.log"
    with AnvilNode.start(find_anvil().path, timestamp=DEVNET_S, log_path=log) as node:
        accounts = AccountBook(99)
        owner = accounts.account("deployer").address
        node.set_balances([(owner, 1_000_000 * ETHER)])
        driver = SetupDriver(
            node, accounts, load_artifacts(), DEVNET_S, 30_000_000, lambda data: data.hex()
        )
        abi = library.interface("Morpho")
        code = library.linked("Morpho", {}) + abi.encode_constructor(owner)
        morpho = driver.create(code, "Morpho")
        for name, argument in (("enableIrm", bytes(20)), ("enableLltv", 86 * WAD // 100)):
            driver.send(owner, Call(morpho, abi.encode(name, argument), 200_000, name))
        driver.flush()
        yield node, morpho


def attached(url, morpho, **overrides):
    return small(
        chain={"node": {"attach": url}},
        protocol={
            "adapter": "morpho",
            "addresses": {"morpho": "0x" + morpho.hex()},
            "overrides": overrides,
        },
        actors=[
            {"oracle": {"fee": {"multiple": {"tip_gwei": 2}}}},
            {"keepers": {"count": 2}},
        ],
    )


@pytest.mark.slow
def test_the_protocol_on_a_devnet_is_flooded_there_and_the_devnet_stays_as_it_was(devnet, tmp_path):
    node, morpho = devnet
    before = node.block().number
    with prepared(attached(node.url, morpho), tmp_path) as session:
        assert session.node.code(morpho) == node.code(morpho) != b""
        assert session.world.protocol.site.address("morpho") == morpho
        session.run()
        tables = build_tables(session.record("complete"))
        assert "--fork-url" in session.facts()["node_flags"]
    assert all(identity.ok for identity in check(tables))
    assert (tables["liquidations"]["end"] == "liquidated").any()
    assert tables["blocks"]["unix_s"].min() > DEVNET_S
    assert node.block().number == before


def test_what_the_owner_has_not_enabled_is_told_with_the_remedy(devnet, tmp_path):
    node, morpho = devnet
    plain = attached(node.url, morpho, lltv=0.9)
    with (
        pytest.raises(CampaignError, match="answers False to isLltvEnabled"),
        prepared(plain, tmp_path),
    ):
        pass


def test_an_address_without_a_contract_is_told(devnet, tmp_path):
    node, _ = devnet
    plain = attached(node.url, b"\x77" * 20)
    words = "there is no Morpho at 0x7777"
    with pytest.raises(CampaignError, match=words), prepared(plain, tmp_path):
        pass


def test_a_devnet_that_does_not_answer_is_told(tmp_path):
    plain = attached("http://127.0.0.1:9", b"\x77" * 20)
    with pytest.raises(NodeError, match=r"127\.0\.0\.1:9"), prepared(plain, tmp_path):
        pass


@pytest.mark.parametrize("url", ["http://example.org:8545", "https://127.0.0.1:8545", "8545"])
def test_only_a_devnet_on_this_machine_may_be_named(url):
    with pytest.raises(ValidationError, match="attach"):
        Campaign.model_validate(attached(url, b"\x77" * 20))


def test_a_call_may_be_tried_from_any_account(devnet):
    node, morpho = devnet
    abi = morpho_library().interface("Morpho")
    call = (morpho, abi.encode("setOwner", b"\x55" * 20))
    owner = AccountBook(99).account("deployer").address
    (allowed,) = node.call_many([call], owner)
    (refused,) = node.call_many([call], b"\x66" * 20)
    assert allowed == b""
    assert isinstance(refused, RpcFailure)
    assert "not owner" in str(abi.decode_revert(refused.data))
