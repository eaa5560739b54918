"""Plug-ins are imported once, by file, module or entry point; what is wrong with one is told."""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from floodline.campaign import plugins
from floodline.foundation.errors import CampaignError


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(plugins, "_loaded", {})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "modules", dict(sys.modules))


def name_them(monkeypatch: pytest.MonkeyPatch, *given: str) -> None:
    monkeypatch.setenv(plugins.VARIABLE, os.pathsep.join(given))


def test_a_file_and_a_module_are_imported_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    counting = "import pathlib\nwith pathlib.Path('log').open('a') as f: f.write(__name__ + ' ')\n"
    (tmp_path / "mine.py").write_text(counting)
    (tmp_path / "theirs_of_a_test.py").write_text(counting)
    monkeypatch.syspath_prepend(str(tmp_path))
    name_them(monkeypatch, "mine.py", "theirs_of_a_test")
    plugins.load_plugins()
    plugins.load_plugins()
    assert (tmp_path / "log").read_text() == "floodline_plugin_mine theirs_of_a_test "


def test_an_installed_package_names_a_module_by_an_entry_point(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pointed_at_by_a_test.py").write_text("FOUND = True\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("mine", "pointed_at_by_a_test", plugins.GROUP)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point] * (group == plugins.GROUP))
    plugins.load_plugins()
    assert sys.modules["pointed_at_by_a_test"].FOUND


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\nraise ValueError('two of them')\n", "ValueError in line 2: two of them"),
        ("x = 1\n\nif\n", "SyntaxError in line 3"),
        ("import no_such_module_anywhere\n", "ModuleNotFoundError in line 1"),
    ],
)
def test_a_plugin_that_fails_is_told_by_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "broken.py").write_text(text)
    name_them(monkeypatch, "broken.py")
    with pytest.raises(CampaignError, match=r"plug-in broken\.py cannot be imported") as caught:
        plugins.load_plugins()
    assert words in caught.value.message
    assert "floodline_plugin_broken" not in sys.modules


def test_a_plugin_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    name_them(monkeypatch, "nowhere.py")
    with pytest.raises(CampaignError, match=r"no plug-in file nowhere\.py"):
        plugins.load_plugins()


def test_a_part_that_registers_a_taken_name_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "again.py").write_text(
        "from floodline.actors.fees import FEES\n"
        "from floodline.foundation.registry import Parameters\n"
        "FEES.register('fixed', Parameters, description='Another.')\n"
    )
    name_them(monkeypatch, "again.py")
    with pytest.raises(CampaignError, match="'fixed' is registered twice"):
        plugins.load_plugins()


def test_files_are_told_by_their_hash_and_modules_are_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_bytes(b"x = 1\n")
    name_them(monkeypatch, "mine.py", "json")
    assert plugins.plugin_hashes() == {"mine.py": hashlib.sha256(b"x = 1\n").hexdigest()}
