"""Plans carried out on a real node: libraries, proxies of three patterns, names, what stands."""

from collections.abc import Iterator

import pytest

from floodline.artifacts.load import load_package
from floodline.foundation.errors import CampaignError
from floodline.protocols.deploying.plan import Plan
from floodline.protocols.deploying.site import Site
from floodline.toolchain.compile import load_artifacts
from floodline.validation.workbench import Workbench, open_workbench

FIRST = {"function": "initialize", "args": [{"wad": 2}, "hello", [1, 2]]}


@pytest.fixture
def bench() -> Iterator[Workbench]:
    with open_workbench() as found:
        yield found


@pytest.fixture
def site() -> Site:
    return Site(load_package("aave"), load_artifacts())


def carried_out(site, bench, *steps, **given):
    site.run(Plan.parse("plan.yaml", list(steps)), bench.driver, **given)
    return site


def test_libraries_are_deployed_once_and_linked(site, bench):
    carried_out(
        site,
        bench,
        {"deploy": "PoolAddressesProvider", "as": "provider", "args": ["Test", "$deployer"]},
        {"deploy": "Pool", "as": "pool", "args": ["$provider"]},
    )
    borrow_logic = site.address("BorrowLogic")
    carried_out(site, bench, {"deploy": "FlashLoanLogic", "as": "another"})
    assert site.address("BorrowLogic") == borrow_logic
    view = bench.driver.view
    # A library that links another one works through the pool that links both.
    assert site.read(view, "pool", "FLASHLOAN_PREMIUM_TOTAL") == 0
    assert site.read(view, "pool", "getReservesList") == []
    assert site.address("BorrowLogic") != bytes(20)
    assert site.address("another") != site.address("FlashLoanLogic")
    assert list(site.bytecode_hashes).count("BorrowLogic") == 1


PATTERNS = {
    "initialised by a call, its administrator immutable": {
        "proxy": "InitializableImmutableAdminUpgradeabilityProxy",
        "args": ["0x" + "0b" * 20],
        "initialise": FIRST,
        "then": {"function": "initialize", "args": ["$implementation", "$initializer"]},
    },
    "initialised by a call of its own": {
        "proxy": "InitializableUpgradeabilityProxy",
        "args": [],
        "initialise": FIRST,
        "then": {"function": "initialize", "args": ["$implementation", "$initializer"]},
    },
    "with an administrator in the constructor": {
        "proxy": "AdminUpgradeabilityProxy",
        "args": ["$implementation", "0x" + "0a" * 20, "$initializer"],
        "initialise": FIRST,
    },
}


@pytest.mark.parametrize("behind", PATTERNS.values(), ids=PATTERNS)
def test_an_implementation_is_put_behind_a_proxy(site, bench, behind):
    step = {"deploy": "MockInitializableImple", "as": "thing", "behind": behind}
    carried_out(site, bench, step)
    view = bench.driver.view
    assert site.read(view, "thing", "value") == 2 * 10**18
    assert site.read(view, "thing", "text") == "hello"
    with pytest.raises(CampaignError, match=b"already been initialized".hex()):
        carried_out(site, bench, {"call": "thing", **FIRST})


def test_what_is_read_has_a_name_and_stands_as_a_contract(site, bench):
    carried_out(
        site,
        bench,
        {"deploy": "PoolAddressesProvider", "as": "provider", "args": ["Test", "$deployer"]},
        {"call": "provider", "function": "setACLAdmin", "args": ["$boss"]},
        {"read": "provider", "function": "getACLAdmin", "as": "admin"},
        {"deploy": "ACLManager", "as": "acl", "args": ["$provider"]},
        {"call": "provider", "function": "setACLManager", "args": ["$acl"]},
        {
            "read": "provider",
            "function": "getACLManager",
            "as": "found",
            "contract": "ACLManager",
        },
        boss=b"\x0b" * 20,
    )
    assert site.outputs["admin"] == b"\x0b" * 20
    assert site.address("found") == site.address("acl")
    assert site.read(bench.driver.view, "found", "isPoolAdmin", b"\x0b" * 20) is False


def test_what_stands_already_is_taken_as_it_is_and_not_configured(site, bench):
    steps = [
        {"deploy": "PoolAddressesProvider", "as": "provider", "args": ["Test", "$deployer"]},
        {"call": "provider", "function": "setMarketId", "args": ["$id"]},
    ]
    carried_out(site, bench, *steps, id="first")
    standing = {"provider": site.address("provider")}
    again = Site(load_package("aave"), load_artifacts(), standing)
    carried_out(again, bench, *steps, id="second")
    assert again.address("provider") == site.address("provider")
    assert again.read(bench.driver.view, "provider", "getMarketId") == "first"


def test_a_call_that_anybody_may_make_is_made_though_the_contract_stands(site, bench):
    deploy = {"deploy": "PoolAddressesProvider", "as": "provider", "args": ["Test", "$deployer"]}
    rename = {"call": "provider", "function": "setMarketId", "args": ["second"], "always": True}
    carried_out(site, bench, deploy)
    again = Site(load_package("aave"), load_artifacts(), {"provider": site.address("provider")})
    carried_out(again, bench, deploy, rename)
    assert again.read(bench.driver.view, "provider", "getMarketId") == "second"


def test_an_owner_whose_key_nobody_has_is_acted_for(site, bench):
    stranger = "0x" + "0c" * 20
    deploy = {"deploy": "PoolAddressesProvider", "as": "provider", "args": ["Test", stranger]}
    rename = {"call": "provider", "function": "setMarketId", "args": ["taken over"]}
    with pytest.raises(CampaignError, match=b"not the owner".hex()):
        carried_out(site, bench, deploy, rename)
    carried_out(site, bench, {**rename, "by": stranger})
    assert site.read(bench.driver.view, "provider", "getMarketId") == "taken over"


def test_what_a_view_has_to_answer_is_made_sure_of(site, bench):
    deploy = {"deploy": "PoolAddressesProvider", "as": "provider", "args": ["Test", "$deployer"]}
    need = {"need": "provider", "function": "getMarketId", "is": "Test", "else": "rename it"}
    carried_out(site, bench, deploy, need)
    with pytest.raises(CampaignError, match=r"answers Test to getMarketId, not Else") as caught:
        carried_out(site, bench, {**need, "is": "Else"})
    assert caught.value.next_step == "rename it"


def test_many_views_are_read_in_one_call(site, bench):
    carried_out(
        site,
        bench,
        {"deploy": "floodline:ReadBatch", "as": "batch"},
        {"deploy": "floodline:MockUSDC", "as": "dollar"},
        {"call": "dollar", "function": "mint", "args": ["$deployer", {"units": 5, "decimals": 6}]},
    )
    holder = bench.driver.deployer
    reads = [("dollar", "balanceOf", (holder,)), ("dollar", "decimals", ())] * 3
    assert site.read_many(bench.driver.view, reads, 4) == [5_000_000, 6] * 3


def test_a_call_of_what_is_not_there_names_its_step(site, bench):
    steps = [
        {"deploy": "PoolAddressesProvider", "as": "provider", "args": ["Test", "$deployer"]},
        {"call": "provder", "function": "setMarketId", "args": ["x"]},
    ]
    with pytest.raises(CampaignError, match=r"step 2: no contract .* provder .did you mean"):
        carried_out(site, bench, *steps)
