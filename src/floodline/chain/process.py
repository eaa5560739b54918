"""A child process that dies with us: started through the supervisor, logging to a file."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from floodline.chain import supervisor
from floodline.foundation.errors import NodeError

_LOG_TAIL = 12


class SupervisedProcess:
    """A running command under its supervisor.

    Parameters
    ----------
    command : sequence of str
        Executable and arguments.
    log_path : Path
        File that takes the command's output; its folder must exist.
    keeps_log : bool
        Whether the log stays when `close` ends the command; that of one that ended by itself stays
        in any case, for whoever wants to know why.

    Raises
    ------
    NodeError
        If the log cannot be written or the command cannot be started.

    """

    def __init__(self, command: Sequence[str], log_path: Path, *, keeps_log: bool = True) -> None:
        self.log_path = log_path
        self._keeps_log = keeps_log
        try:
            with log_path.open("ab") as log:
                self._supervisor = subprocess.Popen(
                    [
                        *(sys.executable, "-I", "-S", supervisor.__file__),
                        *(str(os.getpid()), *command),
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as error:
            raise NodeError(
                f"cannot start {command[0]} with its log at {log_path}: {error}",
                "check that the folder exists and can be written",
            ) from error
        assert self._supervisor.stdout is not None  # noqa: S101 - it was asked for above
        with self._supervisor.stdout as stdout:
            first = stdout.readline().strip()
        if not first:
            code = self.close()
            raise NodeError(
                f"{command[0]} did not start (exit code {code}): {self.log_tail()}",
                "run `floodline doctor` to see what is wrong with it",
            )
        self.pid = int(first)
        """Process id of the command itself."""

    @property
    def exit_code(self) -> int | None:
        """The command's exit code, None while it runs."""
        return self._supervisor.poll()

    def wait(self, timeout_s: float) -> int | None:
        """Wait for the command to end by itself; its exit code, or None if it still runs."""
        try:
            return self._supervisor.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def log_tail(self) -> str:
        """Return the last lines of the log, or a word on its emptiness."""
        try:
            lines = self.log_path.read_text(errors="replace").strip().splitlines()
        except OSError as error:
            return f"(its log cannot be read: {error})"
        return "\n".join(lines[-_LOG_TAIL:]) or "(it wrote nothing)"

    def close(self) -> int:
        """End the command, wait for it, and return its exit code; again: return it again."""
        drops_log = not self._keeps_log and self.exit_code is None
        if self._supervisor.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._supervisor.stdin.close()
        code = self.wait(5.0)
        if code is None:
            self._supervisor.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            code = self._supervisor.wait()
        if drops_log:
            self.log_path.unlink(missing_ok=True)
        return code
