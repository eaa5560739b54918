"""Aave and Lyra that somebody deployed on a devnet, owned by keys that nobody gave us."""

from __future__ import annotations

import pytest
from small_campaign import prepared, small

from floodline.campaign.setup import SetupDriver
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.foundation.errors import CampaignError, ToolchainError
from floodline.foundation.units import ETHER, FEED, WAD
from floodline.measure.identities import check
from floodline.measure.tables import build_tables
from floodline.protocols.catalogue import PROTOCOLS
from floodline.protocols.deploying.plan import Plan
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

pytestmark = [pytest.mark.anvil]
DEVNET_S = 1_800_000_000
START_USD = {"ETH": 3_000, "BTC": 60_000}
REGISTRY = [
    {"deploy": "LyraRegistry", "as": "registry"},
    {
        "call": "registry",
        "function": "updateGlobalAddresses",
        "args": [[{"bytes32": "SYNTHETIX_ADAPTER"}], ["$adapter"]],
    },
]
REGISTER = [
    {"bind": "$found", "contract": "LyraRegistry", "as": "registry"},
    {
        "call": "registry",
        "function": "addMarket",
        "args": [
            {
                "struct": {
                    "liquidityPool": "$pool",
                    "liquidityToken": "$shares",
                    "greekCache": "$greeks",
                    "optionMarket": "$market",
                    "optionMarketPricer": "$pricer",
                    "optionToken": "$positions",
                    "poolHedger": "$hedger",
                    "shortCollateral": "$collateral",
                    "gwavOracle": "$nobody",
                    "quoteAsset": "$quote",
                    "baseAsset": "$base",
                }
            }
        ],
    },
]
"""What the scripts that come with Lyra do after a deployment."""


class Devnet:
    """Somebody's node, where contracts are deployed with keys of his own."""

    def __init__(self, node):
        self.node = node
        self._accounts = AccountBook(99)
        owner = self._accounts.account("deployer").address
        node.set_balances([(owner, 1_000_000 * ETHER)])
        self._driver = None

    def deploy(self, name, markets=("ETH",), **given):
        """Deploy a protocol, at other prices than campaigns begin with; return its adapter."""
        artifacts = load_artifacts()
        parameters = PROTOCOLS[name].parameters.model_validate({"liquidity_usd": 5e6, **given})
        try:
            found = PROTOCOLS.create(name, parameters, markets=markets, artifacts=artifacts)
        except ToolchainError as missing:
            pytest.skip(missing.message)
        driver = self._driver or SetupDriver(
            self.node, self._accounts, artifacts, DEVNET_S, 30_000_000, found.explain_revert
        )
        self._driver = driver
        found.deploy(driver, {name: START_USD[name] * FEED // 2 for name in markets}, [])
        driver.flush()
        return found

    def open_for_a_stranger(self, protocol):
        """Open a position for somebody who is no part of any campaign."""
        stranger = self._accounts.account("stranger").address
        self.node.set_balances([(stranger, 10_000 * ETHER)])
        protocol.fund(self._driver, {stranger: 1_000 * WAD})
        self._driver.send(stranger, protocol.open("ETH", WAD // 2, 10_000 * WAD))
        self._driver.flush()

    def carry_out(self, site, *steps, **given):
        site.run(Plan.parse("afterwards.yaml", list(steps)), self._driver, **given)

    def addresses(self, name, *, used=False, **given):
        """Deploy a protocol and return what a campaign names of it."""
        found = self.deploy(name, **given)
        if used:
            self.open_for_a_stranger(found)
        return self.named(found)

    def named(self, found):
        """Return what a campaign names of a protocol."""
        if found.name == "aave":
            return {"provider": "0x" + found.site.address("provider").hex()}
        self.carry_out(found.site, *REGISTRY)
        registry = found.site.address("registry")
        for site in found.sites.values():
            self.carry_out(site, *REGISTER, found=registry)
        markets = {name: site.address("market") for name, site in found.sites.items()}
        return {name: "0x" + at.hex() for name, at in {"registry": registry, **markets}.items()}


@pytest.fixture
def devnet(tmp_path):
    log = tmp_path / "devnet.log"
    with AnvilNode.start(find_anvil().path, timestamp=DEVNET_S, log_path=log) as node:
        yield Devnet(node)


def campaign(adapter, url=None, markets=("ETH",), **protocol):
    jump = {"at_s": 60, "size": -0.25, "over_s": 60}
    return small(
        market={
            name: {"jump_diffusion": {"start_usd": START_USD[name], "vol": 0.9, "jumps": [jump]}}
            for name in markets
        },
        chain={"node": {"attach": url}} if url else {},
        protocol={"adapter": adapter, **protocol},
        book={
            "accounts": 12,
            "leverage": {"lognormal": {"median": 4, "sigma": 0.2}},
            "long_share": 1,
        },
        actors=[{"oracle": {"fee": {"multiple": {"tip_gwei": 2}}}}, {"keepers": {"count": 2}}],
    )


def tables_of(plain, folder):
    with prepared(plain, folder) as session:
        session.run()
        found = build_tables(session.record("complete"))
    assert [one.name for one in check(found) if not one.ok] == []
    return found


@pytest.mark.slow
@pytest.mark.parametrize("adapter", ["aave", "lyra"])
def test_contracts_that_stand_liquidate_whom_and_when_those_of_our_own_do(
    devnet, tmp_path, adapter
):
    both = ("ETH", "BTC")
    addresses = devnet.addresses(adapter, markets=both)
    before = devnet.node.block().number
    theirs = tables_of(campaign(adapter, devnet.node.url, both, addresses=addresses), tmp_path)
    assert devnet.node.block().number == before
    ours = tables_of(campaign(adapter, markets=both, liquidity_usd=5e6), tmp_path)
    for column in ("account", "market", "end", "t0_s", "t6_s", "keeper", "partial"):
        found, wanted = (one["liquidations"][column].tolist() for one in (theirs, ours))
        assert found == wanted, column
    assert ours["liquidations"]["market"].value_counts().min() > 2
    for column in ("notional_usd", "reward_usd", "penalty_usd"):
        found, wanted = (one["liquidations"][column].tolist() for one in (theirs, ours))
        assert found == pytest.approx(wanted, rel=1e-5), column
    assert theirs["prices"]["true_e8"].tolist() == ours["prices"]["true_e8"].tolist()


@pytest.mark.parametrize("adapter", ["aave", "lyra"])
def test_positions_of_others_are_no_part_of_the_tables_and_the_sheet_balances(
    devnet, tmp_path, adapter
):
    addresses = devnet.addresses(adapter, used=True)
    theirs = tables_of(campaign(adapter, devnet.node.url, addresses=addresses), tmp_path)
    accounts = theirs["accounts"]
    assert set(accounts["role"]) <= {"book", "counterparty", "keeper"}
    sheet = theirs["solvency"].set_index("item")["amount_usd"]
    assert sheet["token_balance"] > 5e6
    assert (theirs["liquidations"]["end"] == "liquidated").sum() > 5


def test_the_parameters_of_a_pool_that_stands_are_asked_of_it(devnet, tmp_path):
    strict = {"ltv": 0.5, "liquidation_threshold": 0.6, "liquidation_bonus": 0.1}
    addresses = devnet.addresses("aave", overrides=strict)
    plain = campaign("aave", devnet.node.url, addresses=addresses)
    with prepared(plain, tmp_path) as session:
        protocol = session.world.protocol
        assert protocol.loan_to_value("ETH") == 0.5
        # 10,000 against 8,000: all may be repaid, 0.1 * 8,000 * 0.9 are the liquidator's.
        assert protocol.expected_reward_usd(10_000, 2_000, 0) == pytest.approx(720)
        accounts = protocol.book.addresses[1:]
        theirs = protocol.health(session.node.call, accounts)
        now_s = float(session.node.block().timestamp)
        ours = protocol.health_at(session.world.chain_prices_usd(), now_s)
    assert ours.maintenance_usd[1:] == pytest.approx(theirs.maintenance_usd, rel=1e-6)


def test_the_parameters_of_option_markets_that_stand_are_asked_of_them(devnet, tmp_path):
    addresses = devnet.addresses("lyra", overrides={"put_shock": 0.7, "penalty": 0.1})
    with prepared(campaign("lyra", devnet.node.url, addresses=addresses), tmp_path) as session:
        terms = session.world.protocol.terms
    assert (terms.put_shock, terms.penalty) == (0.7, 0.1)


def test_option_markets_that_differ_in_their_parameters_are_not_taken_together(devnet, tmp_path):
    found = devnet.deploy("lyra", markets=("ETH", "BTC"))
    ratios = {"penaltyRatio": {"wad": 0.3}, "liquidatorFeeRatio": {"wad": 0.4}}
    least = {"smFeeRatio": {"wad": 0.3}, "minLiquidationFee": {"wad": 15}}
    change = {
        "call": "positions",
        "function": "setPartialCollateralParams",
        "args": [{"struct": {**ratios, **least}}],
    }
    devnet.carry_out(found.sites["BTC"], change)
    addresses = devnet.named(found)
    plain = campaign("lyra", devnet.node.url, ("ETH", "BTC"), addresses=addresses)
    words = refusal(plain, tmp_path)
    assert "BTC has other collateral parameters than ETH" in words
    plain = campaign("lyra", devnet.node.url, ("BTC",), addresses=addresses)
    with prepared(plain, tmp_path) as session:
        assert session.world.protocol.terms.penalty == 0.3


def refusal(plain, folder):
    with pytest.raises(CampaignError) as caught, prepared(plain, folder):
        pass
    return f"{caught.value.message}; {caught.value.next_step}"


@pytest.mark.parametrize("adapter", ["aave", "lyra"])
def test_an_address_without_the_contract_is_told(devnet, tmp_path, adapter):
    first = {"aave": "provider", "lyra": "registry"}[adapter]
    nothing = {first: "0x" + "77" * 20}
    plain = campaign(adapter, devnet.node.url, addresses=nothing)
    assert "at 0x77777777" in refusal(plain, tmp_path)


def test_a_market_that_the_pool_does_not_list_is_told_with_what_it_lists(devnet, tmp_path):
    addresses = devnet.addresses("aave")
    wrong = {**addresses, "ETH": "0x" + "55" * 20}
    words = refusal(campaign("aave", devnet.node.url, addresses=wrong), tmp_path)
    assert "protocol.addresses.ETH: among its reserves are not the token 0x5555" in words
    assert "mWETH 0x" in words


def test_a_reserve_whose_token_not_everybody_may_mint_is_told_with_the_remedy(devnet, tmp_path):
    pool = devnet.deploy("aave")
    provider = "0x" + pool.site.address("provider").hex()
    # What lenders hold of another pool is a token that only that pool mints.
    devnet.carry_out(
        pool.sites["ETH"],
        {"bind": pool.site.address("claim"), "contract": "AToken", "as": "token"},
        {"deploy": "floodline:PushFeed", "as": "feed", "args": ["x", 1, 9, 60, 1, ["$deployer"]]},
    )
    devnet.carry_out(pool.sites["ETH"], *reserve_steps())
    given = {"provider": provider, "ETH": "0x" + pool.site.address("claim").hex()}
    words = refusal(campaign("aave", devnet.node.url, addresses=given), tmp_path)
    assert "not everybody may mint the token" in words
    assert "test tokens" in words


def reserve_steps():
    """List a token that has 6 decimals."""
    return [
        {
            "call": "configurator",
            "function": "initReserves",
            "gas": 6_000_000,
            "args": [
                [
                    [
                        "$receipt_implementation",
                        "$stable_implementation",
                        "$debt_implementation",
                        6,
                        "$rates",
                        "$token",
                        "$treasury",
                        "$nobody",
                        *["x"] * 6,
                        "0x",
                    ]
                ]
            ],
        },
    ]


def test_an_option_market_that_is_not_named_is_told(devnet, tmp_path):
    addresses = devnet.addresses("lyra")
    del addresses["ETH"]
    words = refusal(campaign("lyra", devnet.node.url, addresses=addresses), tmp_path)
    assert "no contract for the market ETH" in words
    assert "its OptionMarket" in words


@pytest.mark.parametrize("adapter", ["aave", "lyra"])
def test_addresses_on_a_chain_of_our_own_are_told_to_be_of_another_one(adapter, tmp_path):
    first = {"aave": "provider", "lyra": "registry"}[adapter]
    plain = campaign(adapter, addresses={first: "0x" + "77" * 20})
    assert "on the chain that chain.node names" in refusal(plain, tmp_path)
