"""The feeds and the hub that reads them."""

from __future__ import annotations

from typing import NamedTuple

from floodline.protocols.reference.deploy_site import Site
from floodline.protocols.reference.profiles import asset_id


class Oracles(NamedTuple):
    """Addresses of hub and feeds."""

    hub: bytes
    feeds: dict[str, bytes]
    """By market."""


def deploy_oracles(site: Site) -> Oracles:
    """Deploy hub and feeds, and publish each market's start price."""
    oracle = site.profile.oracle
    hub = site.deploy("OracleHub")
    feeds: dict[str, bytes] = {}
    for market, price in site.prices_e8.items():
        low, high = oracle.bounds_e8(price)
        feeds[market] = site.deploy(
            "PushFeed",
            f"{market} / USD",
            low,
            high,
            oracle.heartbeat.value,
            oracle.deviation.value,
            [site.chain.deployer, *site.publishers],
        )
        configuration = oracle.asset_configuration(feeds[market], price)
        site.configure("OracleHub", hub, "configureAsset", asset_id(market), tuple(configuration))
        site.configure("PushFeed", feeds[market], "transmit", price, site.chain.now_s - 1)
    return Oracles(hub, feeds)
