"""``floodline adapter check`` and ``floodline new-adapter``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from floodline.cli.output import GREEN, RED, say, say_json, say_table


def check(target: str, *, market: str, price_usd: float, as_json: bool) -> int:
    """Run the abstract suite on an adapter; 1 if a check does not pass."""
    from floodline.validation.adapters.run import PASSED, check_adapter  # noqa: PLC0415 - heavy

    report = check_adapter(target, market=market, price_usd=price_usd)
    if as_json:
        say_json({**asdict(report), "ok": report.ok})
        return 0 if report.ok else 1
    rows = [
        [result.state, result.statement, "" if result.state == PASSED else result.words]
        for result in report.results
    ]
    say_table(f"Adapter {target}", ["", "check", "why not"], rows)
    if report.gas:
        gas = [[kind, f"{used:,}"] for kind, used in report.gas.items()]
        say_table("Gas, the dearest of each operation", ["operation", "gas"], gas, right=(1,))
    passed = sum(result.state == PASSED for result in report.results)
    words = f"{passed} of {len(report.results)} checks passed"
    if report.to_fill_in:
        words += f"; to fill in: {', '.join(report.to_fill_in)}"
    say(words, GREEN if report.ok else RED)
    return 0 if report.ok else 1


def new(name: str, out: Path | None) -> None:
    """Write a package template for an adapter."""
    from floodline.validation.adapters.template import write_template  # noqa: PLC0415

    folder = write_template(name, out or Path(name))
    say(f"wrote {folder}")
    say(f"  next: cd {folder} && floodline adapter check {name.replace('-', '_')}.adapter:Adapter")
