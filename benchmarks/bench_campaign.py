"""What the engine costs beside the node: included and offered transactions, time and memory.

Every figure is a ratio within one run, or a figure with its own bound; the campaigns are made for
the purpose: a market that stands still and floods of plain transfers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign
from floodline.campaign.session import Session
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.foundation.bench import Measurement
from floodline.foundation.units import ETHER, GWEI
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

SLOTS = 12
TRANSFERS_A_BLOCK = 30_000_000 // 21_000


def campaign(slots: int, *floods: dict[str, Any]) -> Campaign:
    """Return a campaign of nothing but floods of transfers."""
    return Campaign.model_validate(
        {
            "name": "bench",
            "slots": slots,
            "market": {"ETH": {"gbm": {"start_usd": 3000, "vol": 0}}},
            "book": {"accounts": 0},
            "background": "off",
            "actors": [
                {"flood": {"name": f"flood-{n}", "kind": "transfer", **flood}}
                for n, flood in enumerate(floods)
            ],
        }
    )


def timed(given: Campaign) -> tuple[float, int, int]:
    """Run a campaign's slots; return wall seconds, transactions included and offered."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Session(
            given,
            anvil=find_anvil().path,
            artifacts=load_artifacts(),
            node_log=Path(folder) / "anvil.log",
            progress=Silent(),
        ) as session,
    ):
        session.prepare()
        began = time.perf_counter()
        session.run()
        seconds = time.perf_counter() - began
        record = session.record("complete")
    if record is None:
        raise RuntimeError("a complete run has a record")
    return seconds, sum(row.tx_count for row in record.blocks), len(record.transactions["actor"])


def raw_rate(blocks: int) -> float:
    """Return transactions a second that Anvil takes and mines when all are signed beforehand."""
    with AnvilNode.start(find_anvil().path) as node:
        accounts = AccountBook(1).accounts("sender", 1_000)
        node.set_balances([(account.address, ETHER) for account in accounts])
        signed: list[list[bytes]] = []
        for block in range(blocks):
            raws = []
            for number in range(TRANSFERS_A_BLOCK):
                place = block * TRANSFERS_A_BLOCK + number
                account = accounts[place % len(accounts)]
                raws.append(
                    account.sign(
                        DynamicFeeTransaction(
                            node.chain_id,
                            place // len(accounts),
                            GWEI,
                            100 * GWEI,
                            21_000,
                            accounts[0].address,
                            1,
                        )
                    ).raw
                )
            signed.append(raws)
        timestamp = node.block().timestamp
        began = time.perf_counter()
        for raws in signed:
            node.submit_ordered(raws)
            timestamp += 12
            sealed = node.seal(timestamp)
            if len(sealed.transaction_hashes) != len(raws):
                raise RuntimeError("a block of the raw measurement is not full")
        return blocks * TRANSFERS_A_BLOCK / (time.perf_counter() - began)


def included_rate() -> Measurement:
    """Hold the engine's included transactions a second against raw pre-signed batches."""
    busy = campaign(
        SLOTS,
        {"arrival": {"poisson": {"tx_per_s": 180}}, "tip_gwei": {"uniform": {"low": 1, "high": 9}}},
    )
    best = 0.0
    detail = ""
    for _ in range(3):
        raw = raw_rate(SLOTS // 2)
        seconds, included, _ = timed(busy)
        ratio = included / seconds / raw
        if ratio > best:
            best = ratio
            detail = f"{included / seconds:,.0f} against {raw:,.0f} transactions/s; best of three"
    return Measurement(
        "included transactions, against raw pre-signed ones", best, "x", 0.7, "at least", detail
    )


def hopeless_flood() -> Measurement:
    """Offer ten times more flood that never gets in."""
    paying = {"arrival": {"poisson": {"tx_per_s": 70}}, "tip_gwei": {"constant": 3}}

    def with_hopeless(tx_per_s: float) -> Campaign:
        hopeless = {
            "arrival": {"poisson": {"tx_per_s": tx_per_s}},
            "max_fee_gwei": 0.2,
            "tip_gwei": {"uniform": {"low": 0.01, "high": 0.2}},
        }
        return campaign(30, paying, hopeless)

    best = float("inf")
    detail = ""
    for _ in range(2):
        few_s, few_in, few = timed(with_hopeless(50))
        many_s, many_in, many = timed(with_hopeless(500))
        if many_s / few_s < best:
            best = many_s / few_s
            detail = (
                f"{few:,} offered, {few_in:,} included: {few_s:.1f} s; "
                f"{many:,} offered, {many_in:,} included: {many_s:.1f} s; better of two"
            )
    return Measurement(
        "ten times more flood that never gets in", best, "x wall time", 1.3, "at most", detail
    )


def a_million() -> list[Measurement]:
    """Offer a million transactions in one campaign, tables and all, in a process of its own."""
    finished = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), "million"],
        capture_output=True,
        text=True,
        check=True,
        timeout=1_200,
    )
    found = json.loads(finished.stdout.splitlines()[-1])
    detail = f"{found['offered']:,} offered, {found['included']:,} included, tables written"
    return [
        Measurement("a million offered, time", found["seconds"], "s", 300, "at most", detail),
        Measurement(
            "a million offered, memory", found["megabytes"], "MB", 2_000, "at most", detail
        ),
    ]


def million() -> dict[str, float]:
    """Run the campaign of a million and return its figures."""
    import resource  # noqa: PLC0415 - of the child process only

    from floodline.study.run import run_campaign  # noqa: PLC0415

    given = campaign(
        100,
        {"arrival": {"poisson": {"tx_per_s": 40}}, "tip_gwei": {"constant": 3}},
        {"arrival": {"poisson": {"tx_per_s": 800}}, "cap_multiple": 1.0},
    )
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        result = run_campaign(
            given, out=Path(folder) / "run", progress=Silent(), command_line=["bench"]
        )
        seconds = time.perf_counter() - began
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.platform == "darwin":
        kilobytes //= 1024
    return {
        "seconds": seconds,
        "megabytes": kilobytes / 1000,
        "offered": len(result.tables["transactions"]),
        "included": int(result.tables["blocks"]["tx_count"].sum()),
    }


def run() -> list[Measurement]:
    """Measure everything."""
    return [included_rate(), hopeless_flood(), *a_million()]


if __name__ == "__main__":
    if sys.argv[1:] == ["million"]:
        print(json.dumps(million()))
    else:
        for measurement in run():
            verdict = "ok" if measurement.met else "MISSED"
            print(
                f"{verdict}: {measurement.name}: {measurement.value:,.2f} {measurement.unit} "
                f"({measurement.comparison} {measurement.bound}; {measurement.detail})"
            )
