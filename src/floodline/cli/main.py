"""The entry point: run a command and turn whatever happens into words and an exit code.

Exit codes: 0 ok, 1 an objective or an identity failed, 2 usage or campaign file, 3 toolchain or
node, 70 a fault of Floodline itself, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence

import typer

from floodline.cli.output import DIM, RED, YELLOW, note, paint
from floodline.cli.signals import interrupt_politely
from floodline.cli.study_verbs import app
from floodline.foundation.errors import FloodlineError, Interrupted

INTERNAL_ERROR = 70
"""``EX_SOFTWARE`` of sysexits.h."""

_USAGE: type[Exception] = typer.BadParameter.__bases__[0]
"""typer's own class for a wrong command line, of which only a subclass is public."""


def main() -> None:
    """Run the command line of this process."""
    interrupt_politely()
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; words about a failure go to stderr."""
    words = list(arguments)
    return explained(
        lambda: app(words, prog_name="floodline", standalone_mode=False, obj=("floodline", *words))
    )


def explained(action: Callable[[], object]) -> int:
    """Return the exit code of an action, and put into words on stderr why it failed.

    Parameters
    ----------
    action : callable
        What to do; an int that it returns is the exit code, anything else means 0.

    """
    try:
        returned = action()
    except _USAGE as error:
        return _usage(error)
    except (typer.Abort, KeyboardInterrupt):
        note("interrupted", YELLOW)
        return Interrupted.exit_code
    except Interrupted as error:
        _explain(error, YELLOW)
        return error.exit_code
    except FloodlineError as error:
        _explain(error, RED)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # typer's way where a reader has gone
            return 0
        raise
    except Exception as error:  # noqa: BLE001 - the last resort: nobody should meet a traceback
        return _confess(error)
    return returned if isinstance(returned, int) else 0


def _usage(error: Exception) -> int:
    """Say what is wrong with a command line; where nothing was asked for, what could be."""
    if str(error).startswith("Usage:"):
        note(str(error))
        return 2
    words = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
    note(f"{paint('error:', RED, sys.stderr)} {words}")
    context = getattr(error, "ctx", None)
    path = getattr(context, "command_path", "floodline")
    note(f"  next: {path} --help", DIM)
    return 2


def _explain(error: FloodlineError, colour: str) -> None:
    word = "interrupted:" if isinstance(error, Interrupted) else "error:"
    note(f"{paint(word, colour, sys.stderr)} {error.message}")
    if error.next_step:
        note(f"  next: {error.next_step}")
    if os.environ.get("FLOODLINE_TRACEBACK"):
        note("".join(traceback.format_exception(error)), DIM)


def _confess(error: Exception) -> int:
    """Say that Floodline itself is at fault, and where the traceback is."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="floodline-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(f"floodline {' '.join(sys.argv[1:])}\n\n")
        file.write("".join(traceback.format_exception(error)))
    summary = str(error).splitlines()[0] if str(error) else ""
    note(f"{paint('fault in Floodline:', RED, sys.stderr)} {type(error).__name__}: {summary}")
    note(f"  next: report it with the file {file.name}, which holds the traceback")
    return INTERNAL_ERROR
