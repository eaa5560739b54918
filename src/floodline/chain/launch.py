"""Starting a node's process: a port, a log, and the wait until it answers."""

from __future__ import annotations

import errno
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from floodline.chain.process import SupervisedProcess
from floodline.chain.rpc import InvalidAnswer, NeverSent, OutcomeUnknown, RpcClient
from floodline.foundation.closing import Closing
from floodline.foundation.errors import NodeError

_READY_S = 30.0
_PORT_ATTEMPTS = 5

N = TypeVar("N", bound=Closing)


class NodeDied(NodeError):  # noqa: N818 - what happened, not a fault of ours
    """The node's process ended while it was needed.

    Attributes
    ----------
    node_exit_code : int
        Its exit code; 128 + n after signal n.
    log_path : Path
        Its log.

    """

    def __init__(self, process: SupervisedProcess, exit_code: int, name: str) -> None:
        super().__init__(
            f"the {name} process (pid {process.pid}) ended with exit code {exit_code}; its last "
            f"words: {process.log_tail()}",
            f"read its log at {process.log_path}; exit code 137 means that it was killed, often "
            "for want of memory; then start the run again",
        )
        self.node_exit_code = exit_code
        self.log_path = process.log_path


def launch(
    command: Callable[[int], Sequence[str]],
    connect: Callable[[SupervisedProcess, str], N],
    *,
    name: str,
    log_path: Path | None,
    port: int | None = None,
) -> N:
    """Start a node on loopback, wait until it answers, and return what `connect` makes of it.

    Parameters
    ----------
    command : callable
        Takes the port of its JSON-RPC and returns the command line.
    connect : callable
        Takes the process and its URL; a node that it returns owns both.
    name : str
        The node's name, for messages.
    log_path : Path or None
        Takes the node's output; None for a temporary file, which goes when the node is closed.
    port : int, optional
        A fixed port; a free one by default, and another one where somebody else was faster.

    Raises
    ------
    NodeError
        If the port is taken or the node does not start.

    """
    for attempt in range(1, _PORT_ATTEMPTS + 1):
        chosen = check_free(port) if port is not None else free_port()
        process = SupervisedProcess(
            command(chosen), log_path or temporary_log(name), keeps_log=log_path is not None
        )
        url = f"http://127.0.0.1:{chosen}"
        try:
            wait_until_ready(process, url, name)
            return connect(process, url)
        except BaseException as error:
            process.close()
            lost_the_port = isinstance(error, NodeDied) and port is None
            if not lost_the_port or attempt == _PORT_ATTEMPTS:
                raise
    raise AssertionError("unreachable")  # pragma: no cover


def temporary_log(name: str) -> Path:
    """Return a new file in the temporary folder for a node's output."""
    with tempfile.NamedTemporaryFile(prefix=f"{name.lower()}-", suffix=".log", delete=False) as log:
        return Path(log.name)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_free(port: int) -> int:
    """Return a port that was asked for.

    Raises
    ------
    NodeError
        If it is taken or may not be used.

    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise NodeError(
                    f"cannot use port {port}: {error}", "choose a port above 1023"
                ) from error
            raise NodeError(
                f"port {port} is taken by another process",
                "end that process, choose another port, or leave the port out to use a free one",
            ) from error
    return port


def wait_until_ready(process: SupervisedProcess, url: str, name: str) -> None:
    """Wait until a node answers; raise `NodeDied` if it ends, `NodeError` if it takes too long."""
    deadline = time.monotonic() + _READY_S
    with RpcClient(url, timeout_s=5.0, attempts=1) as probe:
        while time.monotonic() < deadline:
            if process.exit_code is not None:
                raise NodeDied(process, process.exit_code, name)
            try:
                probe.call("eth_chainId")
            except (NeverSent, OutcomeUnknown, InvalidAnswer):
                time.sleep(0.01)
                continue
            if process.exit_code is not None:
                raise NodeDied(process, process.exit_code, name)
            return
    raise NodeError(
        f"{name} (pid {process.pid}) was not ready within {_READY_S:.0f} s; its last words: "
        f"{process.log_tail()}",
        "look for other work that keeps the machine busy, then try again",
    )
