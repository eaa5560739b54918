"""A campaign that is small but has everything in it, and a way to bring it to genesis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign
from floodline.campaign.session import Session
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

SMALL: dict[str, Any] = {
    "name": "small",
    "seed": 3,
    "slots": 24,
    "background": "off",
    "market": {
        "ETH": {
            "jump_diffusion": {
                "start_usd": 3000,
                "vol": 0.9,
                "jumps": [{"at_s": 60, "size": -0.2, "over_s": 60}],
            }
        }
    },
    "protocol": {"insurance_usd": 5_000},
    "book": {"accounts": 40, "leverage": {"lognormal": {"median": 9, "sigma": 0.4}}},
    "actors": [
        {"oracle": {"fee": {"escalating": {"tip_gwei": 1, "factor": 1.2, "every_blocks": 2}}}},
        {"keepers": {"count": 2}},
        {"traders": {"accounts": 12, "rate_per_s": 0.5}},
        {
            "flood": {
                "arrival": {"poisson": {"gas_per_s": 5_000_000}},
                "from_s": 24,
                "to_s": 200,
                "senders": 400,
            }
        },
    ],
}


def small(**changes: Any) -> dict[str, Any]:
    """Return the small campaign with top-level keys changed."""
    return {**deepcopy(SMALL), **changes}


@contextmanager
def prepared(plain: dict[str, Any], folder: Path, progress: Any = None) -> Iterator[Session]:
    """A session at genesis, its node alive until the end of the block."""
    with Session(
        Campaign.model_validate(plain),
        anvil=find_anvil().path,
        artifacts=load_artifacts(),
        node_log=folder / "anvil.log",
        progress=progress or Silent(),
    ) as session:
        session.prepare()
        yield session
