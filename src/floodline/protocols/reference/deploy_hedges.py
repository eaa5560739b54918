"""Wiring the option vault's hedges in the perpetual markets."""

from __future__ import annotations

from collections.abc import Mapping

from floodline.protocols.reference.deploy_core import Core
from floodline.protocols.reference.deploy_site import Site
from floodline.protocols.reference.switches import Orders


def hedge_options(site: Site, core: Core, vault: bytes, markets: Mapping[str, bytes]) -> None:
    """Let a vault hedge the delta of each option market in the perpetual market of its asset.

    Where traders' orders are delayed the vault still trades at once, as engines do: it acts on no
    account but its own.
    """
    parameters = tuple(site.profile.hedge.parameters())
    for market, options in markets.items():
        source = site.deploy("OptionDelta", options)
        perpetual = core.markets[market]
        site.configure("HedgedVault", vault, "setHedge", perpetual, source, parameters)
    if site.profile.switches.orders is Orders.DELAYED:
        site.configure("ClearingHouse", core.house, "setEngine", vault, True)
