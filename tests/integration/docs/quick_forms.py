"""Which commands of the documentation a test runs in a shorter form, or not, and why.

Everything that is not listed here is run as it stands on its page.
"""

from __future__ import annotations

from typing import Final

STUDY: Final = "many runs: fewer and shorter ones, on one worker"
_LOAD: Final = "actors.flood.arrival.load"
_DELAY: Final = "actors.oracle.delay_s"
_SHORT: Final = "--workers 1 --set slots=6"

QUICKER: Final[dict[str, tuple[str, str]]] = {
    "floodline sweep": (f"--seeds 1 {_SHORT}", STUDY),
    "floodline compare": (f"--seeds 2 {_SHORT}", STUDY),
    "floodline breakpoint": (f"--budget 12 {_SHORT}", STUDY),
    "floodline attribute": ("--seeds 2 --workers 1 --set slots=15", STUDY),
    "floodline frontier": (
        f"--congestion {_LOAD}=1 --delay {_DELAY}=6 --trials 12 --refine 0 {_SHORT}",
        STUDY,
    ),
    "floodline economics": (f"--points 2 --seeds 2 {_SHORT}", STUDY),
    "floodline sensitivity": ("--samples 2 --workers 1 --set slots=15", STUDY),
    "floodline run my-question.yaml": ("--set slots=6", "a long run: fewer slots"),
    "floodline run FILE --set chain.node=anvil --set chain.clock=wall": (
        "--set slots=3 --set background=off",
        "real time: three seconds of it",
    ),
    "floodline validate": (
        "--quick --only V12",
        "tests/validation runs every law; one shows that the command does",
    ),
}
"""What is added to commands that begin so, and why; of a flag given twice the last one counts."""

_ANSWERED: Final = "its page runs the verb; test_commands_in_the_answers.py understands this line"

NOT_RUN: Final[dict[str, tuple[str, str]]] = {
    "make demo": (
        "tests/integration/campaign/test_readme.py",
        "runs the same two campaigns and compares the table to the digit",
    ),
    "make slither": ("tests/integration/contracts/test_slither.py", "is all that it runs"),
    "floodline breakpoint data/campaigns/small-crash.yaml"
    " --vary actors.keepers.reaction_s.constant=1:60:log"
    " --set protocol.switches.fund=all_or_nothing --set actors.flood.enabled=false"
    " --set 'objective={metric: liveness_lost_accounts, below: 1}' --batch 4 --budget 24": (
        "tests/integration/study/test_delay_that_costs_liveness.py",
        "asks the same of fewer trials and looks at the answer",
    ),
    "floodline breakpoint $F --vary actors.flood.arrival.load=0.5:4": (
        "docs/answers/breakpoint.md",
        _ANSWERED,
    ),
    "floodline compare $F --mitigation reserved_lane": ("docs/answers/compare.md", _ANSWERED),
    "floodline attribute $F": ("docs/answers/attribute.md", _ANSWERED),
    "floodline frontier $F --set 'book.leverage={constant: 8}'"
    " --congestion actors.flood.arrival.load=1,2,3": ("docs/answers/frontier.md", _ANSWERED),
    "floodline economics $F": ("docs/answers/economics.md", _ANSWERED),
    "floodline sweep $F --vary chain.gas_limit=5e6:30e6:4:log": (
        "docs/answers/sweep.md",
        _ANSWERED,
    ),
    "floodline sensitivity $F --vary actors.flood.arrival.load=1:4"
    " --vary actors.keepers.count=1:6": ("docs/answers/sensitivity.md", _ANSWERED),
    **dict.fromkeys(
        ("floodline dashboard", "floodline dashboard RUN"),
        (
            "tests/integration/dashboard/test_dashboard_serves.py",
            "serves until it is ended; runs it, and ends it",
        ),
    ),
    **dict.fromkeys(
        ("cd my-protocol && pip install -e .", "floodline adapter check my-protocol"),
        (
            "tests/integration/protocols/test_adapters_from_elsewhere.py",
            "would install a package beside Floodline; there one is found without that",
        ),
    ),
    "make test": ("Makefile", "it would run itself"),
    "make check": ("Makefile", "the first step of make test"),
    "pytest -p no:ape_test tests/unit -q": ("Makefile", "a suite of its own in make test"),
    "pytest -p no:ape_test tests/integration/campaign/test_determinism.py -q": (
        "tests/integration/campaign/test_determinism.py",
        "is itself a test",
    ),
    "ape test tests/contracts/test_oracle_hub.py": (
        "tests/contracts/test_oracle_hub.py",
        "is itself a test",
    ),
    "make docs": ("tests/integration/docs/test_site.py", "builds the site"),
    "make toolchain": (
        "tests/integration/cli/test_toolchain_from_the_command_line.py",
        "every test needs it first",
    ),
    "source .venv/bin/activate": ("Makefile", "tests run in that environment"),
    "floodline toolchain --with geth": (
        "tests/unit/toolchain/test_geth_lookup.py",
        "builds a node with Go for minutes",
    ),
    "floodline crosscheck data/campaigns/cross-check.yaml --seeds 4": (
        "tests/integration/nodes/test_cross_check.py",
        "needs a geth; runs it where there is one",
    ),
    "floodline run FILE --set chain.node=geth --set chain.mempool=node": (
        "tests/integration/nodes/test_campaign_on_geth.py",
        "needs a geth; runs it where there is one",
    ),
    "pytest -p no:ape_test tests/integration/nodes/test_pool_against_geth.py": (
        "tests/integration/nodes/test_pool_against_geth.py",
        "is itself a test",
    ),
    "pytest -p no:ape_test tests/integration/nodes/test_pool_against_hardhat.py": (
        "tests/integration/nodes/test_pool_against_hardhat.py",
        "is itself a test",
    ),
}
"""As it stands on the page: (where else it is run or looked at, why not here)."""

BACKGROUND: Final = ("dask scheduler", "dask worker")
"""Beginnings of commands that serve until they are ended."""
