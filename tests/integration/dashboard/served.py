"""A dashboard as a process of its own, and the runs that it shows."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import floodline as package

COMMAND = "import sys; from floodline.cli.main import main; sys.exit(main())"
CAMPAIGN = """\
name: small
description: A small crash, to be looked at.
seed: 4
slots: 24
chain: {gas_limit: 5_000_000}
market:
  ETH:
    jump_diffusion:
      start_usd: 3000
      vol: 0.9
      jumps: [{at_s: 48, size: -0.2, over_s: 60}]
book: {accounts: 20, leverage: {constant: 9}}
protocol: {insurance_usd: 1_000}
background: "off"
actors:
  - oracle: {}
  - keepers: {count: 1}
  - flood: {arrival: {poisson: {load: 3}}, from_s: 24, to_s: 240, senders: 200}
objective: {metric: bad_debt_ratio, below: 0.01}
trace: {ranks: [keeper]}
"""


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start `floodline` with these words."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(package.__file__).parents[1])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], *codes: int) -> tuple[str, str]:
    """Wait for a command that must end with one of these exit codes; return what it said."""
    out, err = process.communicate(timeout=180)
    assert process.returncode in codes, f"exit code {process.returncode}\n{out}\n{err}"
    return out, err


def make_place(folder: Path) -> Path:
    """Make two runs and a study of two runs, and return the folder that holds them."""
    (folder / "small.yaml").write_text(CAMPAIGN)
    quiet = ("--progress", "none", "--allow-missed-objective")
    calm = ("--set", "actors.flood.enabled=false")
    runs = [
        start(folder, "run", "small.yaml", "--out", "data/runs/flooded", *quiet),
        start(folder, "run", "small.yaml", "--out", "data/runs/calm", *calm, *quiet),
    ]
    for run in runs:
        finish(run, 0)
    varied = ("--vary", "slots=6,12", "--seeds", "1", "--workers", "1", "--progress", "none")
    finish(start(folder, "sweep", "small.yaml", *varied, "--out", "data/studies/varied"), 0)
    return folder


class Served:
    """`floodline dashboard` on any free port; ended with Ctrl-C."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.process = start(folder, "dashboard", "--port", "0", *words)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        assert self.address.startswith("http://"), self.process.communicate(timeout=10)

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and text of an answer."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        with closing(connection):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def end(self) -> str:
        """Press Ctrl-C; return what the command said on stderr."""
        self.process.send_signal(signal.SIGINT)
        return finish(self.process, 0)[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.end()
