"""Initial margins that a steward raises and lowers while the protocol runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import WAD, wad
from floodline.protocols.interface import Call, SetupChain
from floodline.protocols.reference.deploy_site import CONFIGURE_GAS
from floodline.protocols.reference.model_parameters import MarketParameters

_SET_GAS: Final = 500_000


class Stewardship:
    """What the markets' owner may set.

    Parameters
    ----------
    markets : Mapping[str, bytes]
        Market contracts by name.
    parameters : Mapping[str, MarketParameters]
        The profile's, by market.
    interface : ContractInterface
        Of ``PerpMarket``.
    initial_ratio : Callable[[str], float]
        The initial margin ratio of a small position that is in force in a market.

    """

    def __init__(
        self,
        markets: Mapping[str, bytes],
        parameters: Mapping[str, MarketParameters],
        interface: ContractInterface,
        initial_ratio: Callable[[str], float],
    ) -> None:
        self._markets = markets
        self._parameters = parameters
        self._interface = interface
        self._initial_ratio = initial_ratio

    def in_force(self, market: str) -> float:
        """Return the ratio in force over the profile's; 1 where nothing was changed."""
        own = self._parameters[market].min_initial_ratio / WAD
        return self._initial_ratio(market) / own

    def raise_initial(self, market: str, factor: float) -> Call:
        """Return the owner's call: initial ratio times the factor, maintenance as it was.

        5 % times 2 is 10 %, and a scalar of 0.6 becomes 0.3: maintenance stays 3 % for a small
        position; a large one, whose ratio grows with its size, is let off a little more.
        """
        given = self._parameters[market]
        most = given.max_initial_ratio / given.min_initial_ratio
        times = wad(f"{min(max(factor, 1.0), most):.6f}")
        changed = given._replace(
            min_initial_ratio=given.min_initial_ratio * times // WAD,
            maintenance_scalar=given.maintenance_scalar * WAD // times,
        )
        data = self._interface.encode("setParameters", tuple(changed))
        return Call(self._markets[market], data, _SET_GAS, "set_margin", market=market)

    def hand_over(self, chain: SetupChain, steward: bytes) -> None:
        """Make an account the markets' owner, in the two steps that they ask for."""
        steps = (
            (chain.deployer, self._interface.encode("transferOwnership", steward)),
            (steward, self._interface.encode("acceptOwnership")),
        )
        for sender, data in steps:
            for market, address in self._markets.items():
                call = Call(address, data, CONFIGURE_GAS, "hand_over", market=market)
                chain.send(sender, call)
            chain.flush()
