"""What a page costs: the report of a run of a thousand slots, its time and its size."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign
from floodline.foundation.bench import Measurement
from floodline.report.build import build_report
from floodline.study.run import run_campaign

SLOTS = 1_000
MEGABYTE = 1_000_000


def campaign() -> Campaign:
    """Return a crash and a flood over a thousand blocks, with a book that is liquidated."""
    return Campaign.model_validate(
        {
            "name": "long",
            "slots": SLOTS,
            "chain": {"gas_limit": 6_000_000},
            "market": {
                "ETH": {
                    "jump_diffusion": {
                        "start_usd": 3000,
                        "vol": 0.9,
                        "jumps": [{"at_s": 4_000, "size": -0.22, "over_s": 600}],
                    }
                }
            },
            "book": {"accounts": 100},
            "background": "off",  # few accounts: Anvil keeps a copy of them all for each block
            "actors": [
                {"oracle": {}},
                {"keepers": {"count": 3}},
                {"traders": {"accounts": 10, "rate_per_s": 0.2}},
                {
                    "flood": {
                        "arrival": {"poisson": {"load": 2.5}},
                        "from_s": 3_000,
                        "to_s": 9_000,
                        "senders": 200,
                        "tip_gwei": {"lognormal": {"median": 2, "sigma": 0.7}},
                    }
                },
            ],
            "trace": {"ranks": ["keeper"]},
        }
    )


def run() -> list[Measurement]:
    """Make the run, then its page."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "run"
        found = run_campaign(campaign(), out=place, progress=Silent(), command_line=["floodline"])
        rows = len(found.tables["transactions"])
        began, worked = time.perf_counter(), time.process_time()
        (page,) = build_report([str(place)], None, None)
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - worked
        size = page.stat().st_size / MEGABYTE
    detail = f"{SLOTS:,} slots, {rows:,} transactions; {cpu_s:.1f} s of processor time"
    return [
        Measurement("report of a run of 1,000 slots", seconds, "s", 20, "at most", detail),
        Measurement("size of that page", size, "MB", 3, "at most", "one file, works offline"),
    ]
