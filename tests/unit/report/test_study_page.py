"""The page of a study: the answer first, how sure it is, and figures of its tables."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_studies import (
    attribution_study,
    breakpoint_study,
    comparison_study,
    economics_study,
    every_study,
    frontier_study,
    sensitivity_study,
    sweep_study,
)

from floodline.foundation.errors import AnalysisError
from floodline.report.figure import rows_of
from floodline.report.figures.breaking_load import fitted, neighbours
from floodline.report.page import specification
from floodline.report.study_catalogue import STUDY_FIGURES
from floodline.report.study_page import render_study
from floodline.report.study_story import cards, number, verdicts
from floodline.report.study_view import ANSWERS, StudyView, read_view
from floodline.study.results import write_table
from floodline.study.store import StudyInfo, find_study, list_studies

EVERY = pytest.mark.parametrize("study", every_study(), ids=lambda study: study.verb)


def texts(study: StudyView) -> str:
    return "\n".join(verdict.text for verdict in verdicts(study))


def card(study: StudyView, label: str) -> str:
    (found,) = (card for card in cards(study) if card.label == label)
    return found.values[0]  # noqa: PD011 - a card's own


def test_every_kind_of_study_has_figures_and_an_example_here() -> None:
    assert set(STUDY_FIGURES) == set(ANSWERS) == {study.verb for study in every_study()}


@EVERY
def test_every_figure_of_a_study_is_a_valid_specification(study: StudyView) -> None:
    for figure in STUDY_FIGURES[study.verb]:
        spec = specification(figure, study)
        assert spec is not None
        assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


@EVERY
def test_the_page_has_the_answer_first_then_figures_then_the_command(study: StudyView) -> None:
    page = render_study(study, ".")
    first_screen = page.split("<h2>The answer</h2>")[0]
    assert ">answer</span>" in first_screen
    assert "identity balances" in first_screen
    assert "floodline asks dam.yaml" in first_screen
    assert len(page.encode()) < 3_000_000
    for figure in STUDY_FIGURES[study.verb]:
        assert f'id="chart-{figure.key}"' in page


@EVERY
def test_every_number_of_the_first_screen_is_in_a_table(study: StudyView) -> None:
    known = numbers_in_tables(study)
    words = [value for card in cards(study) for value in card.values]  # noqa: PD011
    words += [verdict.text for verdict in verdicts(study) if verdict.word == "answer"]
    for text in words:
        plain = text.replace("95 % interval", "")
        for found in re.findall(r"(?<![\w.])\d[\d,]*\.?\d*(?:e[+-]?\d+)?", plain):
            assert found.replace(",", "") in known, f"{found} of '{text}' is in no table"


def numbers_in_tables(study: StudyView) -> set[str]:
    """Every number of a table, or count of its rows, in the ways a page may print it."""
    counts = [len(study.trials), study.trials["seed"].nunique(), study.trials["point"].nunique()]
    exact: list[float] = [float(count) for count in counts]
    for table in (study.trials, *study.answers.values()):
        for column in table.columns:
            if pd.api.types.is_numeric_dtype(table[column]):
                exact += [float(value) for value in table[column].dropna()]
    exact.append(float(str(study.design.get("goal", ">0")).partition(">")[2]))
    found = set()
    for value in exact:
        if not np.isfinite(value):
            continue
        for each in (abs(value), abs(100 * value)):
            for text in (number(each), f"{each:.3g}", f"{each:g}", f"{each:.0f}"):
                found.add(text.replace(",", ""))
    return found


def test_a_breaking_load_comes_with_its_interval() -> None:
    assert "flood.load = 1.732, 95 % interval 1.5 to 2.25 of 8 trials" in texts(breakpoint_study())
    assert card(breakpoint_study(), "95 % interval") == "1.5 to 2.25"


def test_a_range_that_never_breaks_is_said_to_be_no_answer() -> None:
    study = breakpoint_study("always holds")
    assert verdicts(study)[0].good is False
    assert "lies above" in texts(study)
    assert specification(STUDY_FIGURES["breakpoint"][0], study) is not None


def test_the_curve_of_the_breaking_load_crosses_one_half_there() -> None:
    answer = rows_of(breakpoint_study().answers["breaking_load"])[0]
    curve = fitted(answer, (1.0, 3.0))
    crossing = float(curve["load"][(curve["share"] - 0.5).abs().idxmin()])
    assert crossing == pytest.approx(1.7321)
    assert curve["share"].is_monotonic_increasing


def test_neighbouring_loads_keep_every_trial() -> None:
    shares = pd.DataFrame(
        {"load": np.linspace(1, 2, 40), "trials": 3, "failed": [0] * 20 + [3] * 20}
    )
    grouped = neighbours(shares)
    assert len(grouped) <= 12
    assert int(grouped["trials"].sum()) == 120
    assert int(grouped["failed"].sum()) == 60
    assert (grouped["low"] <= grouped["share"]).all()
    assert (grouped["share"] <= grouped["high"]).all()


def test_a_cell_above_the_diffusion_floor_is_told_as_a_fault() -> None:
    assert "no cell lies above" in texts(frontier_study())
    above = frontier_study(floor=1.0)
    assert any(verdict.good is False for verdict in verdicts(above))


def test_a_leverage_that_never_failed_is_shown_as_a_bound() -> None:
    spec = specification(STUDY_FIGURES["frontier"][0], frontier_study())
    assert spec is not None
    assert ">12" in str(spec)
    assert "--vary" not in str(spec)


def test_the_leg_that_costs_most_is_named_with_its_interval() -> None:
    assert "bad_debt_usd: most by oracle, which takes away 900 (860 to 940), 75%" in texts(
        attribution_study()
    )


def test_a_condition_is_clear_or_not_clear_and_too_few_pairs_are_said() -> None:
    found = texts(comparison_study())
    assert "reserved_lane: bad_debt_usd -133,433 (-170,000 to -95,164), clear" in found
    assert "adaptive: bad_debt_usd +7,465" in found
    assert "not clear" in found
    assert "hopeless: 1 pairs only" in found


def test_an_attack_that_reaches_no_goal_is_said_so() -> None:
    assert "spends 40 USD (35 to 45) and raises bad_debt_usd by 2,000" in texts(economics_study())
    assert "no attempt reached the goal" in texts(economics_study(reaches=False))


def test_the_key_that_matters_most_is_named() -> None:
    assert "depends most on flood.load: total Sobol index 0.8, give or take 0.1" in texts(
        sensitivity_study()
    )


def test_failed_runs_and_broken_books_are_told_as_faults() -> None:
    study = sweep_study()
    bad = study.trials.copy()
    bad.loc[0, "status"] = "failed"
    bad.loc[1, "identities_ok"] = False
    found = [verdict.text for verdict in verdicts(replace(study, trials=bad)) if not verdict.good]
    assert any("1 of 4 runs failed" in text for text in found)
    assert any("in 1 runs a conservation identity" in text for text in found)


def test_a_study_without_its_tables_is_refused_with_the_way_on(tmp_path: Path) -> None:
    info = StudyInfo("half", tmp_path, "stopped", {"verb": "sweep", "name": "dam"})
    with pytest.raises(AnalysisError, match=r"trials.csv is missing"):
        read_view(info)
    with pytest.raises(AnalysisError, match="knows nothing of studies of the kind 'dream'"):
        read_view(replace(info, design={"verb": "dream"}))


@EVERY
def test_a_study_read_back_from_its_files_gives_the_same_page(
    study: StudyView, tmp_path: Path
) -> None:
    write_table(study.trials, tmp_path, "trials")
    for name, table in study.answers.items():
        write_table(table, tmp_path, name)
    (tmp_path / "command.json").write_text(json.dumps({"command_line": list(study.command_line)}))
    again = read_view(StudyInfo(study.label, tmp_path, "complete", study.design))
    assert render_study(again, ".") == render_study(study, ".")


def test_studies_are_found_by_folder_name_and_start_of_name(tmp_path: Path) -> None:
    folder = tmp_path / "sweep-dam-1234"
    folder.mkdir()
    (folder / ".floodline-study").touch()
    (folder / "study.json").write_text('{"verb": "sweep", "name": "dam"}')
    assert [study.status for study in list_studies(tmp_path)] == ["stopped"]
    for given in (str(folder), "sweep-dam-1234", "sweep"):
        found = find_study(given, tmp_path)
        assert found is not None
        assert found.verb == "sweep"
    assert find_study("compare", tmp_path) is None
