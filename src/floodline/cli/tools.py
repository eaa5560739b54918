"""``floodline doctor`` and ``floodline toolchain``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from floodline.cli.output import GREEN, RED, note, say, say_json, say_table
from floodline.foundation.errors import ToolchainError

TOOLCHAIN_EXIT: Final = ToolchainError.exit_code


def doctor(*, as_json: bool) -> int:
    """Print each part of the toolchain with what is found and needed; 3 if one does not fit."""
    from floodline.toolchain.doctor import examine  # noqa: PLC0415

    checks = examine()
    good = all(check.ok for check in checks)
    if as_json:
        say_json({"ok": good, "checks": [asdict(check) for check in checks]})
        return 0 if good else TOOLCHAIN_EXIT
    rows = [
        ["ok" if c.ok else "FIX", c.name, c.found, c.needed, "" if c.ok else c.fix] for c in checks
    ]
    say_table("Toolchain", ["", "part", "found", "needed", "what to do"], rows)
    if good:
        say("everything fits", GREEN)
    else:
        say("something is missing: `floodline toolchain` installs what can be installed", RED)
    return 0 if good else TOOLCHAIN_EXIT


def toolchain(extras: Sequence[str] = (), *, as_json: bool) -> None:
    """Find or install the tools, compile the contracts, and say what is in use and why."""
    from floodline.toolchain.compile import load_artifacts  # noqa: PLC0415
    from floodline.toolchain.ensure import ensure_toolchain  # noqa: PLC0415

    tools = ensure_toolchain(note, extras)
    artifacts = load_artifacts()
    if as_json:
        say_json(
            {"toolchain": {k: str(v) for k, v in vars(tools).items()}, "contracts": len(artifacts)}
        )
        return
    for line in tools.notes:
        say(line)
    say(f"{len(artifacts)} contracts compiled", GREEN)
