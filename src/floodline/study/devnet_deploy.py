"""The reference protocol on a devnet that runs already, such as the one ape is connected to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import is_dataclass
from typing import Any, Final

from pydantic import ValidationError

from floodline.campaign.setup import SetupDriver
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.hexadecimal import to_data
from floodline.foundation.errors import CampaignError
from floodline.foundation.units import ETHER, FEED, wad
from floodline.protocols.reference.adapter import ReferenceAdapter
from floodline.protocols.reference.deploy_site import Interfaces, Site
from floodline.protocols.reference.deployment import capitalise, deploy
from floodline.protocols.reference.parameters import ReferenceParameters
from floodline.toolchain.compile import Artifacts, load_artifacts

PRICES_USD: Final = {"ETH": 3_000.0, "BTC": 60_000.0}
"""Start prices where none are given."""

_BALANCE_WEI: Final = 1_000_000 * ETHER


def deploy_reference(
    node: AnvilNode,
    *,
    parameters: Mapping[str, Any],
    prices_usd: Mapping[str, float],
    publishers: Sequence[bytes] = (),
    seed: int = 0,
) -> dict[str, Any]:
    """Deploy, wire and capitalise the reference protocol, each step in a block of its own.

    The deployer is an account of Floodline's own that has sent nothing on this chain yet, so that
    the protocol can be deployed many times. While it lasts the node mines on our word alone; then
    it mines as it did before.

    Parameters
    ----------
    node : AnvilNode
        The devnet, attached.
    parameters : Mapping
        Of `ReferenceParameters`: profile, switches, overrides, liquidity_usd, insurance_usd.
    prices_usd : Mapping[str, float]
        Markets to deploy, each with its start price in dollars.
    publishers : Sequence[bytes]
        Accounts that may push prices, beside the deployer.
    seed : int
        The first seed to try for the deployer's key.

    Returns
    -------
    dict
        Plain data: ``chain_id``, ``block``, ``profile``, ``deployer``, and each contract's address.

    Raises
    ------
    CampaignError
        If the profile or a market is unknown.
    NodeError
        If the node fails, or holds other people's transactions that get in between.

    """
    artifacts = load_artifacts()
    given, adapter = _adapter(parameters, prices_usd, artifacts)
    accounts = _unused_deployer(node, seed)
    node.set_balances([(accounts.account("deployer").address, _BALANCE_WEI)])
    with mining_by_hand(node):
        latest = node.block()
        driver = SetupDriver(
            node, accounts, artifacts, latest.timestamp, latest.gas_limit, adapter.explain_revert
        )
        interfaces = Interfaces(artifacts)
        prices_e8 = {market: round(price * FEED) for market, price in prices_usd.items()}
        site = Site(driver, adapter.profile, interfaces, prices_e8, publishers, adapter.gas_market)
        deployment = deploy(site)
        capitalise(
            site,
            deployment,
            liquidity_wad=wad(f"{given.liquidity_usd:.2f}"),
            insurance_wad=wad(f"{given.insurance_usd:.2f}"),
        )
        driver.flush()
        number = node.block().number
    return {
        "chain_id": node.chain_id,
        "block": number,
        "profile": adapter.profile.name,
        "deployer": to_data(driver.deployer),
        **_addresses(deployment),
    }


def devnet_url(provider: object) -> str:
    """Return the HTTP address of ape's connected provider.

    Raises
    ------
    CampaignError
        If the provider has none: ape's built-in ``test`` provider runs inside ape's process.

    """
    name = getattr(provider, "name", type(provider).__name__)
    url = getattr(provider, "http_uri", None)
    if name == "test" or not isinstance(url, str) or not url.startswith("http"):
        raise CampaignError(
            f"ape's provider '{name}' has no HTTP address",
            "choose an Anvil: --network ethereum:local:foundry",
        )
    return url


def read_prices(texts: Sequence[str]) -> dict[str, float]:
    """Return start prices by market from ``MARKET=USD`` texts; `PRICES_USD` where there are none.

    Raises
    ------
    CampaignError
        If a text is not of that form, or a price is not above zero.

    """
    prices: dict[str, float] = {}
    for text in texts:
        market, _, price = text.partition("=")
        try:
            prices[market] = float(price)
        except ValueError:
            prices[market] = 0.0
        if not (market and 0 < prices[market] < float("inf")):
            raise CampaignError(f"'{text}' is no market with its price", "write it as ETH=3000")
    return prices or dict(PRICES_USD)


def read_address(text: str) -> bytes:
    """Return the 20 bytes of an account's address.

    Raises
    ------
    CampaignError
        If the text is not an address.

    """
    try:
        address = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        address = b""
    if len(address) != 20:
        raise CampaignError(f"'{text}' is not an address", "give 0x and forty hex digits")
    return address


def _adapter(
    parameters: Mapping[str, Any], prices_usd: Mapping[str, float], artifacts: Artifacts
) -> tuple[ReferenceParameters, ReferenceAdapter]:
    try:
        given = ReferenceParameters.model_validate(dict(parameters))
        return given, ReferenceAdapter(given, markets=list(prices_usd), artifacts=artifacts)
    except ValidationError as error:
        words = "; ".join(problem["msg"] for problem in error.errors())
        raise CampaignError(
            f"the reference protocol cannot be deployed so: {words}", "change the flag"
        ) from error
    except ValueError as error:
        raise CampaignError(
            f"the reference protocol cannot be deployed so: {error}",
            "leave out the market, or choose another profile",
        ) from error


def _unused_deployer(node: AnvilNode, seed: int) -> AccountBook:
    while node.nonce(AccountBook(seed).account("deployer").address):
        seed += 1
    return AccountBook(seed)


def _addresses(value: Any) -> Any:
    """Return a deployment as plain data; what is not there and what is no address is left out."""
    if isinstance(value, bytes):
        return to_data(value)
    if is_dataclass(value):
        value = vars(value)
    return {
        to_data(name) if isinstance(name, bytes) else name: _addresses(part)
        for name, part in value.items()
        if isinstance(part, bytes | dict) and part
    }


@contextmanager
def mining_by_hand(node: AnvilNode) -> Iterator[None]:
    """Let a node mine only when it is told to; afterwards as it did before."""
    automine = bool(node.rpc.call("anvil_getAutomine"))
    interval = node.rpc.call("anvil_getIntervalMining")
    node.rpc.call("evm_setAutomine", False)
    if interval:
        node.rpc.call("evm_setIntervalMining", 0)
    try:
        yield
    finally:
        if interval:
            node.rpc.call("evm_setIntervalMining", interval)
        elif automine:
            node.rpc.call("evm_setAutomine", True)
