"""The campaign file that ``floodline new`` writes: small, complete, and explained line by line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from floodline.foundation.errors import CampaignError

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

_TEMPLATE: Final = """\
# A Floodline campaign. Check it with `floodline check FILE`, run it with `floodline run FILE`.
# What may stand at each place: `floodline list`. Times end in _s: seconds after genesis.
name: @name@
description: A fall of 18 % under a flood of storage writes.
seed: 1              # every random draw comes from it; the same seed gives the same tables
slots: 60            # blocks to run

chain:
  slot_s: 12         # seconds between blocks
  gas_limit: 30_000_000
  base_fee_gwei: 1   # of the first block; EIP-1559 moves it from there

builder:
  policy: priority   # highest tip first, as geth's builder does
  cutoff_s: 0        # a block holds what reached the builder by the beginning of its slot

network:
  delay: {lognormal: {median_s: 0.3, sigma: 0.6}}        # from a sender to the builder
  block_delay: {lognormal: {median_s: 0.5, sigma: 0.4}}  # from a sealed block to an actor

market:              # the true price, whatever the chain says
  ETH:
    jump_diffusion:
      start_usd: 3000
      vol: 0.9       # per square root of a year
      jumps:
        - {at_s: 300, size: -0.18, over_s: 60}

protocol:
  adapter: reference
  profile: base      # others: floodline list profiles

book:                # positions that are open when the campaign begins
  accounts: 200
  leverage: {lognormal: {median: 8, sigma: 0.5}}
  long_share: 0.7

# Elastic demand of everybody else is part of every campaign; `background: off` empties the chain.

actors:              # each may have a `name` of its own, and `enabled: false` leaves it out
  - oracle:          # its update is a transaction that has to get in like any other
      heartbeat_s: 3600
      deviation: 0.005
      delay_s: 6
      fee: {percentile: {p: 60}}
  - keepers:         # liquidate for a reward
      count: 3
      fee: {percentile: {p: 75}}
  - traders:
      accounts: 40
      rate_per_s: 0.5
      mix: {open: 0.5, close: 0.3, cancel: 0.2}
  - flood:           # without it: floodline run FILE --set actors.flood.enabled=false
      arrival: {poisson: {gas_per_s: 4_000_000}}
      kind: storage
      from_s: 240
      to_s: 600
      tip_gwei: {lognormal: {median: 2, sigma: 0.7}}

objective:           # what must hold; `floodline run` exits with 1 where it does not
  metric: bad_debt_ratio
  below: 0.01
"""


def campaign_template(name: str) -> str:
    """Return a commented campaign file.

    Raises
    ------
    CampaignError
        If the name cannot name a campaign.

    """
    return _TEMPLATE.replace("@name@", named(name))


def named(name: str) -> str:
    """Return a campaign's name as a campaign file spells it.

    Raises
    ------
    CampaignError
        If it cannot name a campaign.

    """
    if not _NAME.fullmatch(name):
        raise CampaignError(
            f"'{name}' cannot name a campaign",
            "use at most 64 of a-z, 0-9, dot, dash and underscore, a letter or digit first",
        )
    return f"'{name}'" if _needs_quotes(name) else name


def write_new(text: str, path: Path) -> None:
    """Write a new campaign file.

    Raises
    ------
    CampaignError
        If the file is there already, or it cannot be written.

    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise CampaignError(
            f"{path} is there already", "name another file with --out, or remove it first"
        ) from error
    except OSError as error:
        raise CampaignError(
            f"{path} cannot be written: {error.strerror}", "name another file with --out"
        ) from error


def _needs_quotes(name: str) -> bool:
    """Whether YAML would read the bare name as something other than text (``7``, ``true``)."""
    return not name[0].isalpha() or name in {"true", "false", "null", "yes", "no", "on", "off"}
