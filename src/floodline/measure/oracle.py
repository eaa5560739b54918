"""How old and how wrong the price on chain was, over blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from floodline.measure.frame import Floats, known
from floodline.measure.tables import Tables


def quantile(values: Floats, probability: float) -> float | None:
    """Return the smallest value that at least this share does not exceed; None of nothing.

    Of 1, 2, 3, 10 the median is 2 and p95 is 10: values that occurred, never a mixture.
    """
    if not len(values):
        return None
    return float(np.quantile(values, probability, method="inverted_cdf"))


def oracle_summary(tables: Tables) -> dict[str, Any]:
    """Return the age of the price on chain (seconds) and its gap to the true price (bp)."""
    age = known(tables["blocks"]["price_age_s"])
    gap = np.abs(known(tables["blocks"]["price_gap_bp"]))
    return {
        "age_p50_s": quantile(age, 0.50),
        "age_p95_s": quantile(age, 0.95),
        "age_max_s": quantile(age, 1.0),
        "gap_p50_bp": quantile(gap, 0.50),
        "gap_p95_bp": quantile(gap, 0.95),
        "gap_max_bp": quantile(gap, 1.0),
    }
