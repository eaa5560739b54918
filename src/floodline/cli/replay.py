"""``floodline replay``: the same bytes again, or what one change does to a run."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from floodline.cli.log import set_up_log
from floodline.cli.output import GREEN, RED, YELLOW, note, say, say_json
from floodline.cli.progress import make_progress
from floodline.cli.verdict import comparison, verdicts


def run(
    name: str,
    overrides: Sequence[str],
    *,
    out: Path | None,
    as_json: bool,
    progress: str,
    command_line: Sequence[str],
) -> int:
    """Replay a run; 1 if it does not come out the same, or if a changed run is unsound."""
    from floodline.study.folder import find_run  # noqa: PLC0415 - heavy
    from floodline.study.replay import campaign_of, replay, run_once  # noqa: PLC0415

    set_up_log(0)
    info = find_run(name)
    changed = campaign_of(info, overrides) if overrides else None
    shown = make_progress(progress)
    with tempfile.TemporaryDirectory(prefix="floodline-replay-") as own:
        try:
            again = replay(info, shown, command_line, None if changed else out)
            other = (
                run_once(changed, shown, command_line, out or Path(own) / "run").summary
                if changed is not None
                else None
            )
        finally:
            shown.stop()
    if as_json:
        say_json(
            {
                "run": info.name,
                "same": again.same,
                "expected": again.expected,
                "got": again.got,
                "tables_intact": again.intact,
                "differing_tables": again.differing_tables,
                "differing_versions": again.differing_versions,
                "changed": other,
            }
        )
    else:
        if again.intact is False:
            note("the tables in the run's folder are not those that it wrote", YELLOW)
        if again.same:
            say(f"SAME  {info.name} came out byte for byte: outcome {again.got}", GREEN)
        else:
            say(f"DIFFERENT  {info.name}: outcome {again.got}, was {again.expected}", RED)
            for table in again.differing_tables:
                say(f"  {table} differs", RED)
        for version in again.differing_versions:
            say(f"  not as it was: {version}", YELLOW)
        if other is not None:
            for verdict in verdicts(other):
                say(f"changed  {verdict}", GREEN if verdict.good else RED)
            say(f"what {' and '.join(overrides)} did, on the same seed")
            comparison([("as it was", again.summary), ("changed", other)])
    sound = other is None or bool(other["identities_ok"])
    return 0 if again.same and sound else 1
