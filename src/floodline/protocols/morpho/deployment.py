"""Morpho Blue on a chain: the protocol itself, and our feeds, tokens, rate, desk and lens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from floodline.artifacts.library import ArtifactLibrary
from floodline.artifacts.sources import compile_sources
from floodline.chain.abi import ContractInterface
from floodline.chain.keccak import keccak256
from floodline.foundation.errors import CampaignError
from floodline.foundation.units import WAD
from floodline.protocols.interface import Call, SetupChain
from floodline.protocols.morpho.parameters import YEAR_S, MorphoParameters, MorphoSettings
from floodline.toolchain.compile import Artifacts
from floodline.toolchain.packages import find_package, pin

_COMPILER: Final = "0.8.19"
_SETTINGS: Final = {
    "evmVersion": "paris",
    "optimizer": {"enabled": True, "runs": 999_999},
    "viaIR": True,
    "metadata": {"bytecodeHash": "none"},
}
"""As Morpho Blue builds itself (its foundry.toml, profile ``build``)."""
_CONFIGURE_GAS: Final = 300_000
_ORACLE_SCALE: Final = 10 ** (36 + 6 - 18 - 8)
"""Collateral has 18 decimals, the dollar 6, the feed 8."""
_HIGHEST_E8: Final = 10**16
_HEARTBEAT_S: Final = 3_600
_DEVIATION_WAD: Final = WAD // 200

OURS: Final = (
    "MockUSDC",
    "MockWETH",
    "PushFeed",
    "ScaledFeedOracle",
    "FixedRateIrm",
    "MorphoDesk",
    "MorphoLens",
)


@cache
def morpho_library() -> ArtifactLibrary:
    """Return Morpho Blue compiled from the sources of its npm package.

    Raises
    ------
    ToolchainError
        If the package or its compiler is missing or of another version.

    """
    wanted = pin("morpho")
    root = find_package(wanted)
    return compile_sources(
        root,
        [f"{wanted.artifacts}/Morpho.sol"],
        version=_COMPILER,
        settings=_SETTINGS,
        option=wanted.option,
    )


@dataclass(frozen=True)
class MorphoMarket:
    """One market: its feed, and Morpho's name and parameters of it."""

    name: str
    feed: bytes
    market_id: bytes
    params: tuple[bytes, bytes, bytes, bytes, int]


@dataclass(frozen=True)
class Deployment:
    """Where everything is."""

    morpho: bytes
    dollar: bytes
    desk: bytes
    lens: bytes
    markets: dict[str, MorphoMarket]


def deploy(
    chain: SetupChain,
    artifacts: Artifacts,
    parameters: MorphoParameters,
    prices_e8: Mapping[str, int],
    publishers: Sequence[bytes],
) -> Deployment:
    """Deploy Morpho Blue, or take the one that stands, and open a market for each price."""
    settings = parameters.settings(MorphoSettings)
    library = morpho_library()
    morpho = parameters.standing("morpho")
    stands = morpho is not None
    abi = library.interface("Morpho")
    if morpho is None:
        code = library.linked("Morpho", {}) + abi.encode_constructor(chain.deployer)
        morpho = chain.create(code, "Morpho")
    dollar = chain.deploy("MockUSDC")
    rate = round(settings.borrow_rate_year * WAD) // YEAR_S
    irm = chain.deploy("FixedRateIrm", rate)
    lltv = round(settings.lltv * 10_000) * (WAD // 10_000)
    caller = _Caller(chain, morpho, abi)
    if not stands:
        caller.send("enableIrm", irm)
        caller.send("enableLltv", lltv)
    else:
        irm = bytes(20)
        for what, given in (("isIrmEnabled", irm), ("isLltvEnabled", lltv)):
            caller.require(what, given, settings.lltv)
    markets = {}
    feed_abi = ContractInterface(artifacts["PushFeed"].abi)
    for name, price_e8 in prices_e8.items():
        feed = chain.deploy(
            "PushFeed",
            f"{name} / USD",
            1,
            _HIGHEST_E8,
            _HEARTBEAT_S,
            _DEVIATION_WAD,
            [*publishers, chain.deployer],
        )
        data = feed_abi.encode("transmit", price_e8, chain.now_s)
        chain.send(chain.deployer, Call(feed, data, _CONFIGURE_GAS, "first price", market=name))
        chain.flush()
        token = chain.deploy("MockWETH")
        oracle = chain.deploy("ScaledFeedOracle", feed, _ORACLE_SCALE)
        params = (dollar, token, oracle, irm, lltv)
        caller.send("createMarket", params)
        markets[name] = MorphoMarket(name, feed, market_id(params), params)
    return Deployment(
        morpho,
        dollar,
        chain.deploy("MorphoDesk", morpho, dollar),
        chain.deploy("MorphoLens", morpho),
        markets,
    )


def market_id(params: tuple[bytes, bytes, bytes, bytes, int]) -> bytes:
    """Return Morpho's name of a market: the digest of its five parameters."""
    *addresses, lltv = params
    words = [bytes(address).rjust(32, b"\0") for address in addresses]
    return keccak256(b"".join(words) + int(lltv).to_bytes(32, "big"))


class _Caller:
    """Configures Morpho as the deployer."""

    def __init__(self, chain: SetupChain, morpho: bytes, abi: ContractInterface) -> None:
        self._chain, self._morpho, self._abi = chain, morpho, abi

    def send(self, function: str, *arguments: Any) -> None:
        data = self._abi.encode(function, *arguments)
        call = Call(self._morpho, data, _CONFIGURE_GAS, function)
        self._chain.send(self._chain.deployer, call)

    def require(self, function: str, argument: Any, lltv: float) -> None:
        """Make sure that a deployment of somebody else's allows our market."""
        data = self._abi.encode(function, argument)
        answer = self._chain.view(self._morpho, data)
        if not answer:
            raise CampaignError(
                f"protocol.addresses.morpho: there is no contract at 0x{self._morpho.hex()}",
                "give the address of a Morpho Blue on the chain that chain.node names",
            )
        if not self._abi.decode_output(function, answer):
            raise CampaignError(
                f"the Morpho Blue at 0x{self._morpho.hex()} says no to {function} (the interest "
                f"rate model at address zero, and a liquidation loan-to-value of {lltv:g})",
                "have its owner enable them, or set overrides.lltv to one that is enabled",
            )
