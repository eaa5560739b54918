"""Adapters that are not Floodline's: checked by module and class, registered by entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from floodline.validation.adapters.run import FAILED, NOT_REACHED, PASSED, TO_FILL_IN, check_adapter

pytestmark = [pytest.mark.anvil]

BROKEN = '''
"""The reference protocol behind adapters with one fault each."""

from dataclasses import replace

from floodline.protocols.events import Liquidated
from floodline.protocols.reference.adapter import ReferenceAdapter, ReferenceParameters


class Sound(ReferenceAdapter):
    description = "Nothing is wrong with it."
    parameters = ReferenceParameters


class Rosy(Sound):
    def health_at(self, prices_usd, time_s):
        health = super().health_at(prices_usd, time_s)
        return replace(health, equity_usd=health.equity_usd * 1.01)


class Mute(Sound):
    def explain_revert(self, data):
        return "0x" + data.hex()


class Blind(Sound):
    def decode(self, logs, timestamp_s):
        found = super().decode(logs, timestamp_s)
        return [event for event in found if not isinstance(event, Liquidated)]


class Forgetful(Sound):
    rewindable = ()


class Spendthrift(Sound):
    def solvency(self, view):
        sheet = super().solvency(view)
        return replace(sheet, liabilities_wad=sheet.liabilities_wad + 10**18)
'''
CAUGHT = {
    "Rosy": "test_health_in_python_agrees_with_the_contracts",
    "Mute": "test_a_healthy_account_cannot_be_liquidated_and_the_reason_is_in_words",
    "Blind": "test_an_account_under_water_is_liquidated",
    "Forgetful": "test_a_reorganisation_takes_the_adapter_back",
    "Spendthrift": "test_the_sheet_balances",
}


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder on the path with adapters of somebody else's."""
    (tmp_path / "somebody_elses.py").write_text(BROKEN)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def floodline(*words, path, cwd):
    paths = [str(path), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return subprocess.run(
        [sys.executable, "-c", "from floodline.cli.main import main; main()", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_sound_adapter_passes_and_its_gas_is_measured(elsewhere):
    report = check_adapter("somebody_elses:Sound")
    assert report.ok, [result for result in report.results if result.state != PASSED]
    assert report.to_fill_in == ()
    assert {"open", "close", "liquidate"} <= set(report.gas)
    assert all(gas > 21_000 for gas in report.gas.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", CAUGHT)
def test_each_fault_is_caught_by_the_check_that_is_meant_for_it(elsewhere, name):
    report = check_adapter(f"somebody_elses:{name}")
    failed = {result.name for result in report.results if result.state == FAILED}
    assert CAUGHT[name] in failed


def test_the_template_says_what_is_to_be_filled_in(tmp_path):
    done = floodline("new-adapter", "my-protocol", path=tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    source = tmp_path / "my-protocol" / "src"
    linted = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "E9,F", str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout
    checked = floodline(
        "adapter", "check", "my_protocol.adapter:Adapter", "--json", path=source, cwd=tmp_path
    )
    assert checked.returncode == 1, checked.stderr
    report = json.loads(checked.stdout)
    assert report["results"][0]["state"] == TO_FILL_IN
    assert "load_folder" in report["results"][0]["words"]
    assert {result["state"] for result in report["results"][1:]} == {NOT_REACHED}
    assert {"deploy_market", "liquidate", "health_at"} <= set(report["to_fill_in"])
    assert not {"deploy", "decode", "apply"} & set(report["to_fill_in"])


def test_another_package_registers_an_adapter_by_its_entry_point(elsewhere, tmp_path):
    info = tmp_path / "throwaway-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: throwaway\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[floodline.adapters]\nthrowaway = somebody_elses:Sound\nbroken = no_such_module:Adapter\n"
    )
    listed = floodline("list", "protocols", "--json", path=tmp_path, cwd=tmp_path)
    assert "throwaway" in listed.stdout, listed.stderr
    campaign = tmp_path / "campaign.yaml"
    campaign.write_text(
        textwrap.dedent("""\
            name: one-line
            slots: 3
            market: {ETH: {gbm: {start_usd: 3000, vol: 0.5}}}
            protocol: {adapter: throwaway}
        """)
    )
    sound = floodline("check", str(campaign), path=tmp_path, cwd=tmp_path)
    assert sound.returncode == 0, sound.stdout + sound.stderr
    campaign.write_text(campaign.read_text().replace("throwaway", "broken"))
    faulty = floodline("check", str(campaign), path=tmp_path, cwd=tmp_path)
    assert faulty.returncode == 2
    assert "no_such_module" in faulty.stdout + faulty.stderr


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("refrence", "did you mean 'reference'"),
        ("no_such_module:Adapter", "cannot be loaded"),
        ("pathlib:Path", "is no ProtocolAdapter"),
    ],
)
def test_a_wrong_name_is_told_with_the_next_step(tmp_path, target, words):
    done = floodline("adapter", "check", target, path=tmp_path, cwd=Path.cwd())
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
