"""Every command of README and documentation is run, and prints what its page shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from string import Template

import pytest
from distributed import Client
from docs_pages import ROOT, Command, blocks, commands, pages
from quick_forms import BACKGROUND, NOT_RUN, QUICKER

import floodline as package
from floodline.cli.main import run

pytestmark = [pytest.mark.anvil, pytest.mark.slow]

SMALL = Path("data") / "campaigns" / "small-crash.yaml"
MEANT = {
    "OTHER-RUN": "flooded",
    "RUN": "calm",
    "STUDY": "data/studies/short",
    "DIR": "figures",
    "FILE": str(SMALL),
}
"""What a word in capitals stands for on the pages."""

WITH_COMMANDS = [page for page in pages() if commands(page)]


def quicker(line: str) -> str:
    """What is added to a command so that it takes seconds."""
    _, _, words = f" {line}".rpartition(" floodline ")
    found = [more for start, (more, _) in QUICKER.items() if f"floodline {words}".startswith(start)]
    return found[0] if found else ""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it after a few runs: campaigns, and the runs that pages name."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "data" / "campaigns", folder / "data" / "campaigns")
    before = Path.cwd()
    os.chdir(folder)
    try:
        quiet = ("--progress", "none", "--allow-missed-objective")
        calm = ("--set", "actors.flood.enabled=false", "--out", "data/runs/calm")
        assert run(["run", str(SMALL), *calm, *quiet]) == 0
        assert run(["run", str(SMALL), "--out", "data/runs/flooded", *quiet]) == 0
        assert run(["run", str(SMALL), "--seed", "3", *quiet]) == 0
        short = ("--seeds", "1", "--workers", "1", "--progress", "none")
        varied = ("--vary", "slots=6,9", "--out", "data/studies/short")
        assert run(["sweep", str(SMALL), *varied, *short]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def place(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, for one page."""
    folder = tmp_path / "page"
    shutil.copytree(home, folder)
    monkeypatch.chdir(folder)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Reader:
    """Types a page's commands, one after the other."""

    def __init__(self, folder: Path, stack: ExitStack, capture: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capture = capture
        self._stack = stack
        self._port = str(free_port())
        self._environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(Path(package.__file__).parents[1]),
        }

    def type(self, command: Command) -> None:
        """Run a command and hold it to what its page says."""
        more = quicker(command.line)
        line = f"{command.line} {more}".strip().replace("8786", self._port)
        for word, meant in MEANT.items():
            line = re.sub(rf"\b(?<![-\w]){word}\b(?!\w|-\w|=)", meant, line)
        variable = re.fullmatch(r"(\w+)=(\S+)", line)
        if variable:
            self._environment[variable[1]] = variable[2]
            return
        if line.startswith(BACKGROUND):
            self._begin(line)
            return
        code, output, errors = self._run(line)
        codes = {command.code, 1} if more else {command.code}  # short, it may miss its objective
        assert code in codes, f"{line}\n{output}\n{errors}"
        assert "Traceback" not in errors, errors
        if not more:
            printed = {" ".join(row.split()) for row in output.splitlines()}
            for row in command.shown:
                pattern = re.compile(".*".join(re.escape(part) for part in row.split("…")))
                assert any(map(pattern.search, printed)), f"{line}\nnot printed: {row}"

    def _run(self, line: str) -> tuple[int, str, str]:
        """Return exit code, stdout and stderr; Floodline itself is run in this process."""
        if line.startswith("floodline "):
            words = shlex.split(Template(line).safe_substitute(self._environment), comments=True)
            self._capture.readouterr()
            code = run(words[1:])
            return code, *self._capture.readouterr()
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return done.returncode, done.stdout, done.stderr

    def _begin(self, line: str) -> None:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {line}"],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stack.callback(process.wait, 60)
        self._stack.callback(process.terminate)
        if "worker" in line:
            with Client(f"tcp://127.0.0.1:{self._port}", timeout=60) as client:
                client.wait_for_workers(1, timeout=120)
            return
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(self._port))) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError(f"{line}: nothing listens")


@pytest.fixture
def reader(place: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Reader]:
    with ExitStack() as stack:
        yield Reader(place, stack, capsys)


@pytest.mark.parametrize(
    "page", WITH_COMMANDS, ids=lambda page: page.relative_to(ROOT).with_suffix("").as_posix()
)
def test_the_commands_of_a_page_do_what_it_says(page: Path, place: Path, reader: Reader) -> None:
    for block in blocks(page):
        if block.title:
            (place / block.title).write_text(block.text)
    for command in commands(page):
        if command.line not in NOT_RUN:
            reader.type(command)


def test_only_what_stands_on_a_page_is_made_quicker_or_left_out() -> None:
    lines = {command.line for page in pages() for command in commands(page)}
    assert set(NOT_RUN) <= lines
    for start in QUICKER:
        assert any(start in line for line in lines), start


def test_what_is_left_out_is_looked_at_elsewhere() -> None:
    for line, (elsewhere, why) in NOT_RUN.items():
        assert (ROOT / elsewhere).exists(), line
        assert why
