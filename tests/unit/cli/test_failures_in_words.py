"""Whatever an action raises becomes words on stderr and an exit code."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from floodline.cli import tools
from floodline.cli.main import explained, run
from floodline.foundation.errors import (
    AnalysisError,
    CampaignError,
    FloodlineError,
    IdentityViolation,
    Interrupted,
    NodeError,
    SubmissionError,
    ToolchainError,
)


def raising(error: BaseException) -> object:
    raise error


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FloodlineError, 1),
        (IdentityViolation, 1),
        (CampaignError, 2),
        (AnalysisError, 2),
        (ToolchainError, 3),
        (NodeError, 3),
        (SubmissionError, 3),
        (Interrupted, 130),
    ],
)
def test_an_error_of_floodline_is_its_message_its_next_step_and_its_code(
    kind: type[FloodlineError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explained(lambda: raising(kind("the dam broke", "build another"))) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0].endswith("the dam broke")
    assert err.splitlines()[1] == "  next: build another"
    assert "Traceback" not in err


def test_an_unexpected_exception_is_a_short_message_and_a_file_with_the_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(
        tools, "doctor", lambda **_: raising(RuntimeError("first line\nsecond line"))
    )
    assert run(["doctor"]) == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert "RuntimeError: first line" in err
    assert "second line" not in err
    assert "Traceback" not in err
    named = re.search(r"with the file (\S+),", err)
    assert named is not None
    kept = Path(named[1]).read_text()
    assert "Traceback" in kept
    assert "second line" in kept


def test_ctrl_c_before_the_handlers_stand_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(lambda: raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_the_number_that_an_action_returns_is_the_exit_code() -> None:
    assert explained(lambda: 3) == 3
    assert explained(lambda: "words") == 0


def test_an_exit_that_nobody_explains_keeps_its_code() -> None:
    with pytest.raises(SystemExit) as caught:
        explained(lambda: raising(SystemExit(5)))
    assert caught.value.code == 5
