"""How trades were filled against the true price: slippage and toxic flow."""

from __future__ import annotations

from typing import Any

import numpy as np

from floodline.measure.frame import known
from floodline.measure.oracle import quantile
from floodline.measure.tables import Tables


def execution_summary(tables: Tables) -> dict[str, Any]:
    """Return what fills cost the traders, and what stale prices cost their counterparty.

    A fill's gap is what the trader overpaid against the true price at the time, in basis points.
    Toxic flow is the sum of size * (true - fill) over the fills that favoured the trader: what the
    counterparty lost to them at once. Its net adds the fills that favoured the counterparty.
    """
    trades = tables["trades"]
    gap = known(trades["fill_gap_bp"])
    toxic = known(trades["toxic_usd"])
    return {
        "trades": len(trades),
        "notional_usd": float(known(trades["notional_usd"]).sum()),
        "fill_gap_p50_bp": quantile(gap, 0.50),
        "fill_gap_p95_bp": quantile(gap, 0.95),
        "price_age_p95_s": quantile(known(trades["price_age_s"]), 0.95),
        "toxic_flow_usd": float(np.maximum(toxic, 0.0).sum()),
        "toxic_net_usd": float(toxic.sum()),
    }
