"""One Anvil for all stories and state machines of this folder, a deployment for each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from floodline.chain.anvil import AnvilNode
from floodline.protocols.reference.profiles import PROFILES
from floodline.protocols.reference.switches import with_switches
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

sys.path.insert(0, str(Path(__file__).parent))

from driver import Chain, Deployment
from world import TRADERS, World, small_setup

_COMMON = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "print_blob": True,
}
settings.register_profile(
    "stateful",
    max_examples=60,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking is for the long profile
    **_COMMON,
)
settings.register_profile("long", max_examples=400, stateful_step_count=80, **_COMMON)


@pytest.fixture(scope="session")
def machine_settings() -> settings:
    return settings.get_profile(os.environ.get("FLOODLINE_HYPOTHESIS_PROFILE", "stateful"))


@pytest.fixture(scope="session")
def longer(machine_settings: settings) -> settings:
    """Waits compare nothing: a quarter more steps, so that enough actions are compared."""
    steps = machine_settings.stateful_step_count * 5 // 4
    return settings(machine_settings, stateful_step_count=steps)


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    log = tmp_path_factory.mktemp("anvil") / "anvil.log"
    with AnvilNode.start(find_anvil().path, log_path=log) as node:
        yield Chain(node, load_artifacts())


@pytest.fixture
def world(chain: Chain, request: pytest.FixtureRequest) -> Iterator[World]:
    """The deployment of the profile that the test names, `base` by default, as new.

    ``base initial_margin=open_interest`` is that profile with a switch set.
    """
    name, *pairs = getattr(request, "param", "base").split()
    profile = PROFILES[name]
    switches = with_switches(profile.switches, dict(pair.split("=") for pair in pairs))
    profile = replace(profile, switches=switches)
    before = chain.node.snapshot(), chain.now_s
    chosen = World(Deployment(chain, small_setup(profile), TRADERS))
    yield chosen
    chain.node.revert(before[0])
    chain.now_s = before[1]
