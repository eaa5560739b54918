"""Orders in two steps, and auctions of whole accounts."""

from __future__ import annotations

from floodline.protocols.reference.deploy_core import Core
from floodline.protocols.reference.deploy_site import Site
from floodline.protocols.reference.profiles import asset_id
from floodline.protocols.reference.switches import Liquidation, Oracle, Orders


def deploy_orders(site: Site, core: Core, hub: bytes) -> bytes | None:
    """Deploy the order module where orders are delayed; immediate ones are closed after set-up."""
    if site.profile.switches.orders is not Orders.DELAYED:
        return None
    parameters = site.profile.orders.parameters(asset_id(site.gas_market))
    if site.profile.switches.oracle is Oracle.PULL:
        parameters = parameters._replace(price_tolerance=0)
    orders = site.deploy("AsyncOrders", core.house, hub, tuple(parameters))
    site.configure("ClearingHouse", core.house, "setEngine", orders, True)
    return orders


def deploy_auction(site: Site, core: Core, hub: bytes, waterfall: bytes) -> bytes | None:
    """Deploy the auction where accounts are auctioned; the chunk engine then knows no market."""
    if site.profile.switches.liquidation is Liquidation.CHUNKS:
        return None
    parameters = site.profile.auction_parameters()
    auction = site.deploy("PortfolioAuction", core.house, hub, waterfall, tuple(parameters))
    site.configure("ClearingHouse", core.house, "setEngine", auction, True)
    return auction
