"""Small campaigns with one attack in them, run with and without a named mitigation."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

from floodline.campaign.overrides import apply_overrides, parse_override
from floodline.campaign.presets import find_preset
from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign
from floodline.campaign.session import Session
from floodline.campaign.shape import Shape
from floodline.campaign.yaml_document import read_document
from floodline.measure.identities import check
from floodline.measure.objective import Objective, judge
from floodline.measure.tables import Tables, build_tables
from floodline.study.mitigations import find_mitigation
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

QUIET = {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.01}}}
"""A price that stands nearly still."""

VOLATILE = {"ETH": {"gbm": {"start_usd": 3000, "vol": 4.0}}}
"""A price that moves about with every slot."""

LOW_TIP = {"multiple": {"multiple": 8, "tip_gwei": 1}}
"""A bid that follows the base fee and leaves the builder little."""

THIN = {"skew_scale": 20_000, "max_side_size": 19_000}
"""A market in which 200 units move the price by a percent."""


def falling(size: float, at_s: float = 60, over_s: float = 1) -> dict[str, Any]:
    """A price that stands nearly still but for one fall."""
    jump = {"at_s": at_s, "size": size, "over_s": over_s}
    return {"ETH": {"jump_diffusion": {"start_usd": 3000, "vol": 0.05, "jumps": [jump]}}}


def jumping(size: float, *times_s: float) -> dict[str, Any]:
    """A price that stands nearly still but for jumps, down and up in turn."""
    jumps = [
        {"at_s": at_s, "size": -size if place % 2 == 0 else size, "over_s": 1}
        for place, at_s in enumerate(times_s)
    ]
    return {"ETH": {"jump_diffusion": {"start_usd": 3000, "vol": 0.05, "jumps": jumps}}}


def publisher(fee: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An oracle that publishes about every slot."""
    return {"oracle": {"deviation": 0.0005, "delay_s": 1, "fee": fee, **more}}


_RUNS: Final[dict[tuple[str, ...], Tables]] = {}
"""Finished runs of presets, by preset, mitigation and changes: nobody writes to their tables."""


@cache
def shape() -> Shape:
    """The keys that a campaign may have."""
    return Shape(Campaign.model_json_schema())


def run(folder: Path, *actors: dict[str, Any], mitigation: str = "", **more: Any) -> Tables:
    """Run actors on an otherwise empty chain and hold the run against every identity."""
    plain: dict[str, Any] = {
        "name": "attacked",
        "seed": 2,
        "slots": 12,
        "market": QUIET,
        "book": {"accounts": 0},
        "background": "off",
        "network": {"delay": {"constant": 0.2}, "block_delay": {"constant": 0.2}},
        "actors": list(actors),
        **more,
    }
    return _run(folder, deepcopy(plain), (), mitigation)


def attack(folder: Path, preset: str, *changes: str, mitigation: str = "") -> Tables:
    """Run an attack's preset, with changes as for ``--set``; none runs twice."""
    key = (preset, mitigation, *changes)
    if key not in _RUNS:
        _RUNS[key] = _run(folder, read_document(find_preset(preset)).data, changes, mitigation)
    return _RUNS[key]


def _run(folder: Path, plain: dict[str, Any], changes: tuple[str, ...], mitigation: str) -> Tables:
    """Run a campaign; the one thing that a mitigation changes is what its registry entry sets."""
    mitigating = find_mitigation(mitigation).overrides if mitigation else ()
    apply_overrides(plain, [parse_override(text) for text in (*changes, *mitigating)], shape())
    with Session(
        Campaign.model_validate(plain),
        anvil=find_anvil().path,
        artifacts=load_artifacts(),
        node_log=folder / "anvil.log",
        progress=Silent(),
    ) as session:
        session.prepare()
        session.run()
        record = session.record("complete")
    assert record is not None
    tables = build_tables(record)
    assert [identity.name for identity in check(tables) if not identity.ok] == []
    return tables


def outcome(tables: Tables, preset: str) -> Objective:
    """What a run gives for the objective of an attack's preset."""
    wanted = dict(read_document(find_preset(preset)).data["objective"])
    return judge(wanted.pop("metric"), tables, **wanted)


def won(tables: Tables, preset: str) -> bool:
    """Whether a run meets the objective of an attack's preset: the attack got what it wants."""
    return outcome(tables, preset).met


def row(tables: Tables, actor: str) -> dict[str, Any]:
    """What an actor tried and got."""
    return dict(tables["attacks"].set_index("actor").loc[actor])


def landed(tables: Tables, role: str = "oracle") -> float:
    """Share of a role's transactions that got into a block."""
    mine = tables["transactions"].query("role == @role")
    return float(mine["block"].notna().mean())


def tally(tables: Tables, actor: str, item: str) -> int:
    """One count of an actor's own."""
    actors = tables["actors"]
    found = actors[(actors["actor"] == actor) & (actors["item"] == item)]["amount"]
    return int(found.sum())
