"""A setup that was kept brings the same campaign to the same end as one made afresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_campaign import small

from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign
from floodline.campaign.session import Session
from floodline.campaign.setup_store import SetupStore, StaleSetup, StoredSetup
from floodline.measure.files import outcome_hash, write_tables
from floodline.measure.tables import build_tables
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

pytestmark = pytest.mark.anvil


class Phases(Silent):
    """Remembers what a session said it was doing."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def phase(self, text: str) -> None:
        self.seen.append(text)


def outcome(
    plain: dict[str, Any], folder: Path, setups: SetupStore | None
) -> tuple[str, list[str]]:
    """Run a campaign; return its outcome hash and the phases of its session."""
    phases = Phases()
    with Session(
        Campaign.model_validate(plain),
        anvil=find_anvil().path,
        artifacts=load_artifacts(),
        node_log=folder / "anvil.log",
        progress=phases,
        setups=setups,
    ) as session:
        session.prepare()
        session.run()
        record = session.record("complete")
    assert record is not None
    write_tables(build_tables(record), folder / "tables")
    return outcome_hash(folder / "tables"), phases.seen


def flooded(gas_per_s: int) -> dict[str, Any]:
    plain = small(slots=16)
    plain["actors"][3]["flood"]["arrival"] = {"poisson": {"gas_per_s": gas_per_s}}
    return plain


def test_a_loaded_setup_gives_the_same_bytes_as_one_made_afresh(tmp_path: Path) -> None:
    store = SetupStore(tmp_path / "setups")
    outcome(flooded(1_000_000), tmp_path, store)
    alone, made = outcome(flooded(5_000_000), tmp_path, None)
    again, loaded = outcome(flooded(5_000_000), tmp_path, store)
    assert "deploying the protocol" in made
    assert "loading a setup made before" in loaded
    assert again == alone
    assert len(list(store.folder.iterdir())) == 1


def test_another_seed_or_book_is_another_setup(tmp_path: Path) -> None:
    store = SetupStore(tmp_path / "setups")
    plain = flooded(1_000_000)
    for changed in (plain, {**plain, "seed": 4}, {**plain, "book": {"accounts": 41}}):
        outcome(changed, tmp_path, store)
    assert len(list(store.folder.iterdir())) == 3


def test_a_setup_that_does_not_fit_is_refused_instead_of_used(tmp_path: Path) -> None:
    store = SetupStore(tmp_path / "setups")
    outcome(flooded(1_000_000), tmp_path, store)
    (key,) = [path.name for path in store.folder.iterdir()]
    kept = store.find(key)
    assert kept is not None
    store.drop(key)
    wrong = list(kept.entries)
    wrong[-1] = "block:" + "0" * 64
    store.keep(key, StoredSetup(kept.node_state, tuple(wrong)))
    with pytest.raises(StaleSetup, match="does not fit"):
        outcome(flooded(1_000_000), tmp_path, store)
