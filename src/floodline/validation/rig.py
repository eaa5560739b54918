"""Running a whole campaign for a law: engine, node, tables, and the identities on top."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign
from floodline.campaign.session import Session
from floodline.foundation.errors import AnalysisError
from floodline.measure.identities import check
from floodline.measure.tables import build_tables
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

QUIET_MARKET = {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.1}}}
"""A price that does not matter."""


def run(plain: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Run a campaign on a node of its own and return its tables.

    Parameters
    ----------
    plain : Mapping
        The campaign as in its file; market, book and network are quiet where left out.

    Raises
    ------
    AnalysisError
        If an identity leaves a residual: what does not balance proves nothing.

    """
    campaign = Campaign.model_validate(
        {
            "seed": 1,
            "tick_s": 12,
            "market": QUIET_MARKET,
            "book": {"accounts": 0},
            "background": "off",
            "network": {"delay": {"constant": 0}, "block_delay": {"constant": 0}},
            **plain,
        }
    )
    with (
        TemporaryDirectory() as folder,
        Session(
            campaign,
            anvil=find_anvil().path,
            artifacts=load_artifacts(),
            node_log=Path(folder) / "anvil.log",
            progress=Silent(),
        ) as session,
    ):
        session.prepare()
        session.run()
        record = session.record("complete")
    if record is None:
        raise RuntimeError("a complete run has a record")
    tables = build_tables(record)
    broken = [identity.name for identity in check(tables) if not identity.ok]
    if broken:
        raise AnalysisError(
            f"campaign '{campaign.name}' leaves a residual in {', '.join(broken)}",
            "report it with the command that you ran: the law was not judged",
        )
    return dict(tables)
