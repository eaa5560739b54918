"""ape's scripts as processes of their own, and an Anvil that mines by itself, as a devnet does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import floodline as package
from floodline.chain.anvil import AnvilNode
from floodline.foundation.workspace import project_root
from floodline.toolchain.anvil import find_anvil

APE = "import sys; from ape._cli import cli; sys.argv[0] = 'ape'; cli()"


@pytest.fixture(scope="session")
def ape_run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`ape run` with these words, in the project."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(package.__file__).parents[1]),
        "PATH": f"{find_anvil().path.parent}{os.pathsep}{os.environ['PATH']}",
    }

    def run(*words: str, program: str = APE) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, "run", *words],
            cwd=project_root(),
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def devnet(tmp_path: Path) -> Iterator[AnvilNode]:
    """An Anvil of the test's own that puts each transaction into a block at once."""
    log = tmp_path / "anvil.log"
    with AnvilNode.start(find_anvil().path, timestamp=int(time.time()), log_path=log) as node:
        node.rpc.call("evm_setAutomine", True)
        yield node
