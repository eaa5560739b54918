"""A tiny process between us and the node, so that the node never outlives us.

It runs alone (``python -I -S supervisor.py PARENT_PID COMMAND...``) and uses the standard library
only. Our end of its standard input is the lifeline: when we die, by SIGKILL too, the kernel closes
it and the supervisor ends the node. It lives in a session of its own, so that Ctrl-C in a terminal
reaches us alone and we decide what to do about the node. Its first line of output is the node's
process id; its exit code is the node's (128 + signal where a signal ended it).
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import time

_GRACE_S = 2.0
_LOOK_S = 0.5
_PR_SET_PDEATHSIG = 1


def supervise(parent: int, command: list[str]) -> int:
    """Run a command until it ends or the lifeline does; return its exit code.

    Parameters
    ----------
    parent : int
        Process id of the one we serve; being handed to another parent also means its death.
    command : list of str
        The node's command line.

    """
    wake_reader, wake_writer = os.pipe()
    os.set_blocking(wake_writer, False)
    signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: stopping.append(got))
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def die_with_supervisor() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        preexec_fn=die_with_supervisor,  # noqa: PLW1509 - this process has one thread
    )
    sys.stdout.write(f"{child.pid}\n")
    sys.stdout.flush()
    lifeline = sys.stdin.fileno()
    while child.poll() is None:
        readable, _, _ = select.select([lifeline, wake_reader], [], [], _LOOK_S)
        if wake_reader in readable:
            os.read(wake_reader, 512)
        released = lifeline in readable and not os.read(lifeline, 512)
        if released or stopping or os.getppid() != parent:
            _end(child)
    code = child.returncode
    return 128 - code if code < 0 else code


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask the child to end, and make it end where it does not."""
    child.terminate()
    deadline = time.monotonic() + _GRACE_S
    while child.poll() is None:
        if time.monotonic() > deadline:
            child.kill()
            child.wait()
            return
        time.sleep(0.005)


if __name__ == "__main__":
    try:
        exit_code = supervise(int(sys.argv[1]), sys.argv[2:])
    except OSError as error:
        sys.stderr.write(f"cannot start {sys.argv[2]}: {error}\n")
        exit_code = 127
    sys.exit(exit_code)
