"""Contracts of a running devnet: finding which is meant, and whether a campaign can use it."""

from __future__ import annotations

from collections.abc import Sequence

from floodline.chain.rpc import Refused
from floodline.foundation.errors import CampaignError
from floodline.protocols.deploying.site import Site
from floodline.protocols.interface import SetupChain


def choose(site: Site, name: str, symbols: Sequence[str]) -> bytes:
    """Return the token among the site's ``reserves`` that a campaign names, or that is called so.

    Parameters
    ----------
    site : Site
        Its output ``reserves`` lists structs of a symbol and a token's address.
    name : str
        What ``protocol.addresses`` calls it.
    symbols : Sequence[str]
        What it may be called where no address is given.

    Raises
    ------
    CampaignError
        If it is not there, or several are called so.

    """
    listed = [(str(one["symbol"]), bytes(one["tokenAddress"])) for one in site.outputs["reserves"]]
    given = site.standing.get(name)
    found = [
        token
        for symbol, token in listed
        if (token == given if given is not None else symbol in symbols)
    ]
    if len(found) == 1:
        return found[0]
    wanted = f"the token 0x{given.hex()}" if given is not None else f"one {' or '.join(symbols)}"
    known = ", ".join(f"{symbol} 0x{token.hex()}" for symbol, token in listed) or "none at all"
    raise CampaignError(
        f"protocol.addresses.{name}: among its reserves are {len(found) or 'not'} {wanted}; there "
        f"are: {known}",
        f"give the address of one of these as protocol.addresses.{name}, or leave the market out",
    )


def ensure_mintable(chain: SetupChain, site: Site, name: str) -> None:
    """Make sure that anybody may mint a token, as test tokens allow.

    Accounts and dealers of a campaign get theirs from nothing.

    Raises
    ------
    CampaignError
        If the token lets only its owner, or nobody.

    """
    data = site.interface(name).encode("mint", chain.deployer, 1)
    try:
        chain.view(site.address(name), data)
    except Refused as error:
        raise CampaignError(
            f"not everybody may mint the {name} at 0x{site.address(name).hex()}: {error}",
            "attach to a devnet whose reserves are test tokens with an open mint(address, "
            "uint256), or leave protocol.addresses out, and the adapter deploys its own",
        ) from error
