"""Runs and studies opened from Python: typed tables, and words for what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from loaded_runs import CAMPAIGN, finished_run, finished_study

import floodline
from floodline.measure.dictionary import TABLES
from floodline.study.folder import RunFolder

DTYPES = {
    "int": "int64",
    "int?": "Int64",
    "seconds": "float64",
    "float": "float64",
    "bool": "bool",
    "label": "category",
    "text": "object",
    "exact": "object",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> floodline.Run:
    return floodline.load(finished_run(tmp_path_factory.mktemp("runs") / "made"))


def test_a_run_has_every_table_of_the_dictionary(run: floodline.Run) -> None:
    assert list(run.tables) == sorted(TABLES)
    assert set(TABLES) <= set(dir(run))


def test_a_table_is_an_item_and_an_attribute_and_read_once(run: floodline.Run) -> None:
    assert run.blocks is run.tables["blocks"]
    assert run.blocks is run.blocks


@pytest.mark.parametrize("name", sorted(TABLES))
def test_each_column_has_the_type_that_the_dictionary_says(run: floodline.Run, name: str) -> None:
    described = run.describe(name)
    found = {column: str(kind) for column, kind in run.tables[name].dtypes.items()}
    assert found == {column: DTYPES[kind] for column, kind in described["storage"].items()}


def test_columns_are_described_with_unit_and_meaning(run: floodline.Run) -> None:
    row = run.describe("transactions").loc["wait_s"]
    assert (row["unit"], row["meaning"]) == ("s", "included_s - created_s")


def test_summary_manifest_and_campaign_come_with_it(run: floodline.Run) -> None:
    assert run.status == "complete"
    assert run.summary["identities_ok"] is True
    assert run.manifest["seed"] == 3
    assert run.campaign.canonical() == CAMPAIGN


def test_exact_columns_come_as_whole_numbers(run: floodline.Run) -> None:
    sizes = run.integers("positions", "size_chain_wad")
    assert sizes.tolist() == [-3 * 10**18]
    assert isinstance(sizes.iloc[0], int)


@pytest.mark.parametrize(
    ("column", "words"),
    [("size_chian_wad", "did you mean 'size_chain_wad'"), ("market", "stored as 'text'")],
)
def test_a_column_that_is_not_exact_is_told(run: floodline.Run, column: str, words: str) -> None:
    with pytest.raises(floodline.FloodlineError, match=words):
        run.integers("positions", column)


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    path = finished_run(tmp_path / "made")
    opened = floodline.load(path)
    (path / "tables" / "trades.csv").write_text("not,a,trade\n")
    assert len(opened.blocks) == 5
    with pytest.raises(floodline.FloodlineError, match="trades: the header does not fit"):
        _ = opened.trades


def test_tables_that_were_changed_afterwards_are_found_out(tmp_path: Path) -> None:
    path = finished_run(tmp_path / "made")
    assert floodline.load(path).as_written
    table = path / "tables" / "blocks.csv"
    table.write_bytes(table.read_bytes().replace(b"\n1,", b"\n9,", 1))
    assert not floodline.load(path).as_written


def test_a_name_that_is_no_table_names_the_nearest(run: floodline.Run) -> None:
    with pytest.raises(floodline.FloodlineError, match="did you mean 'blocks'"):
        _ = run.tables["block"]
    with pytest.raises(AttributeError, match="did you mean 'liquidations'"):
        _ = run.liquidation
    assert not hasattr(run, "__wrapped__")


def test_a_run_that_was_interrupted_opens_with_what_it_left(tmp_path: Path) -> None:
    with RunFolder.prepare(CAMPAIGN, tmp_path / "cut") as folder:
        folder.set_status("interrupted")
    opened = floodline.load(tmp_path / "cut")
    assert (opened.status, list(opened.tables)) == ("killed", [])
    for ask in (lambda: opened.campaign, lambda: opened.as_written):
        with pytest.raises(floodline.FloodlineError, match="no manifest: the run is killed"):
            ask()
    with pytest.raises(floodline.FloodlineError, match="no table 'blocks'"):
        _ = opened.tables["blocks"]


def test_a_campaign_of_another_version_is_told_by_key(tmp_path: Path) -> None:
    path = finished_run(tmp_path / "old", {**CAMPAIGN, "slotts": 5})
    with pytest.raises(floodline.FloodlineError, match="cannot read its campaign"):
        _ = floodline.load(path).campaign


def test_run_and_study_are_not_taken_for_each_other(tmp_path: Path) -> None:
    run, study = finished_run(tmp_path / "run"), finished_study(tmp_path / "study")
    with pytest.raises(floodline.FloodlineError, match="load_study"):
        floodline.load(study)
    with pytest.raises(floodline.FloodlineError, match=r"floodline\.load\("):
        floodline.load_study(run)


def test_what_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    finished_run(tmp_path / "data" / "runs" / "calm")
    finished_study(tmp_path / "data" / "studies" / "break-even")
    with pytest.raises(floodline.FloodlineError, match="did you mean 'calm'"):
        floodline.load("clam")
    with pytest.raises(floodline.FloodlineError, match="did you mean 'break-even'"):
        floodline.load_study("break-evn")
    assert floodline.load("ca").name == "calm"
    assert floodline.load_study("break-even").verb == "breakpoint"


def test_a_study_opens_with_its_tables_and_kept_runs(tmp_path: Path) -> None:
    study = floodline.load_study(finished_study(tmp_path / "study"))
    assert list(study.tables) == ["breakpoint", "trials"]
    assert study.trials["bad_debt_usd"].tolist() == [1.0, 2.0]
    assert study.breakpoint is study.tables["breakpoint"]
    assert study.describe("breakpoint").loc["share", "meaning"] == "failed over trials"
    assert study.design["name"] == "made"
    (kept,) = study.runs().values()
    assert len(kept.blocks) == 5
    with pytest.raises(AttributeError, match="its tables: breakpoint, trials"):
        _ = study.frontier


def test_a_damaged_study_is_told(tmp_path: Path) -> None:
    path = finished_study(tmp_path / "study")
    (path / "trials.parquet").write_bytes(b"gone")
    (path / "study.json").write_text("{")
    study = floodline.load_study(path)
    with pytest.raises(floodline.FloodlineError, match=r"trials\.parquet is damaged"):
        _ = study.trials
    with pytest.raises(floodline.FloodlineError, match=r"study\.json is damaged"):
        _ = study.design


def test_importing_floodline_imports_nothing_heavy() -> None:
    heavy = "('pandas', 'numpy', 'pydantic')"
    code = f"import sys, floodline; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_all_there() -> None:
    assert {name for name in floodline.__all__ if getattr(floodline, name) is not None} == set(
        floodline.__all__
    )
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        floodline.laod  # noqa: B018


def test_no_table_hides_behind_an_attribute_of_the_run() -> None:
    assert not set(TABLES) & set(vars(floodline.Run))
