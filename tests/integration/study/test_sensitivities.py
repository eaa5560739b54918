"""Sensitivities of a real campaign: the key that matters is told from the one that does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import floodline
from tiny_campaign import tiny_file

pytestmark = pytest.mark.anvil


def test_the_peak_of_the_base_fee_depends_on_the_flood_and_not_on_the_insurance(
    tmp_path: Path,
) -> None:
    words = ("sensitivity", str(tiny_file(tmp_path)), "--samples", "3", "--seeds", "1")
    words = (*words, "--metric", "base_fee_peak_gwei", "--progress", "none", "--workers", "2")
    varied = ("actors.flood.arrival.gas_per_s=1e5:8e6", "protocol.insurance_usd=1000:9000")
    words = (*words, "--vary", varied[0], "--vary", varied[1], "--out", str(tmp_path / "study"))
    found = json.loads(floodline(*words, "--json").stdout)
    flood, insurance = (row["mu_star"] for row in found["indices"])
    assert found["runs"] == 9
    assert flood > 0.5
    assert insurance < 0.001 * flood  # a few units of gas in a zero byte
    assert "mu_star" in floodline(*words).stdout


def test_one_key_alone_is_refused(tmp_path: Path) -> None:
    file = str(tiny_file(tmp_path))
    done = floodline("sensitivity", file, "--vary", "tick_s=0.5:1", code=2)
    assert "--vary twice" in done.stderr
