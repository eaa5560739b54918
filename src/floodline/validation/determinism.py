"""V13: the same seed in another process, under another hash seed, writes the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from floodline.foundation.errors import AnalysisError
from floodline.foundation.workspace import project_root
from floodline.validation.law import Effort, Finding

_CAMPAIGN: Final = Path("data") / "campaigns" / "flash-crash.yaml"
_VERB: Final = "import sys; from floodline.cli.main import main; sys.exit(main())"


def same_bytes(effort: Effort) -> list[Finding]:
    """Run the flash crash in two processes and count the tables that differ."""
    slots = effort.pick(12, 60)
    with TemporaryDirectory() as folder:
        runs = [_tables(Path(folder) / seed, slots, seed) for seed in ("1", "31337")]
    one, other = runs
    names = sorted(set(one) | set(other))
    differing = sum(one.get(name) != other.get(name) for name in names)
    note = f"{len(names)} tables of {slots} slots, {sum(map(len, one.values())):,} bytes"
    return [
        Finding("tables that differ", 0.0, float(differing), 0.0, unit="tables", note=note),
    ]


def _tables(out: Path, slots: int, hash_seed: str) -> dict[str, bytes]:
    done = subprocess.run(
        [
            *(sys.executable, "-c", _VERB, "run", str(project_root() / _CAMPAIGN)),
            *("--set", f"slots={slots}", "--out", str(out)),
            *("--progress", "none", "--allow-missed-objective", "-q"),
        ],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise AnalysisError(
            f"the run that determinism is judged by failed: {done.stderr.strip()[-500:]}",
            f"run it by hand: floodline run {_CAMPAIGN} --set slots={slots}",
        )
    return {path.name: path.read_bytes() for path in sorted((out / "tables").glob("*.csv"))}
