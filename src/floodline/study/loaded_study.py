"""A study's folder opened from Python: `floodline.load_study`."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from floodline.foundation.errors import AnalysisError
from floodline.foundation.suggest import suggestion
from floodline.study.folder import is_run, read_run
from floodline.study.loaded import LazyTables, Run
from floodline.study.store import DESIGN, MARKER, studies_dir

if TYPE_CHECKING:
    import pandas as pd


class LoadedStudy:
    """One study folder: what was asked, and its tables as DataFrames.

    A table is an item of `tables` and an attribute: ``study.trials`` has one row a trial; an
    answer has a table named after it (``breakpoint``, ``frontier``, ``comparison``, ...).

    Parameters
    ----------
    path : Path
        The folder.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        """The study's folder."""
        names = sorted(table.stem for table in path.glob("*.parquet"))
        self.tables = LazyTables(f"study {path.name}", names, partial(_read_table, path))
        """The tables by name."""

    @cached_property
    def design(self) -> dict[str, Any]:
        """What makes the study what it is: verb, campaign, what varies, seeds, versions.

        Raises
        ------
        AnalysisError
            If ``study.json`` is missing or damaged.

        """
        return _mapping(self.path / DESIGN)

    @property
    def verb(self) -> str:
        """The verb that made it: sweep, breakpoint, compare, ..."""
        return str(self.design["verb"])

    def describe(self, table: str) -> pd.DataFrame:
        """Return a table's columns, one a row: ``unit`` and ``meaning``, by name.

        Raises
        ------
        AnalysisError
            If there is no such table.

        """
        import pandas as pd  # noqa: PLC0415

        known = _mapping(self.path / "dictionary.json")["tables"]
        if table not in known:
            raise AnalysisError(
                f"the study in {self.path} has no table '{table}'{suggestion(table, list(known))}",
                f"one of: {', '.join(known)}",
            )
        return pd.DataFrame(known[table]).set_index("name").rename_axis("column")

    def runs(self) -> dict[str, Run]:
        """Return the runs that were kept (``--keep-runs``) by their trial's key."""
        folders = sorted((self.path / "runs").glob("*"))
        return {path.name: Run(read_run(path)) for path in folders if is_run(path)}

    def __getattr__(self, name: str) -> pd.DataFrame:
        if not name.startswith("_") and name in self.tables:
            return self.tables[name]
        raise AttributeError(
            f"the study in {self.path} has no '{name}'{suggestion(name, dir(self))}; its tables: "
            f"{', '.join(self.tables) or 'none yet'}"
        )

    def __dir__(self) -> list[str]:
        own = [name for name in super().__dir__() if not name.startswith("_")]
        return sorted({*own, *self.tables})

    def __repr__(self) -> str:
        return f"<floodline study {self.path.name}: {', '.join(self.tables)}>"


def _read_table(folder: Path, name: str) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    path = folder / f"{name}.parquet"
    try:
        return pd.read_parquet(path)
    except (OSError, pa.ArrowException) as error:
        raise AnalysisError(
            f"{path} is damaged: {error}", "start the study's command again: it is made anew"
        ) from error


def load_study(study_dir: str | Path) -> LoadedStudy:
    """Open a study.

    Parameters
    ----------
    study_dir : str or Path
        The study's folder, or the name of one in ``data/studies``.

    Raises
    ------
    AnalysisError
        If no study is there.

    Examples
    --------
    ::

        study = floodline.load_study("data/studies/sweep-small-crash-1a2b3c4d")
        study.trials.groupby("seed")["bad_debt_usd"].mean()

    """
    given = Path(study_dir)
    for path in (given, studies_dir() / given):
        if (path / MARKER).is_file():
            return LoadedStudy(path)
    if is_run(given):
        raise AnalysisError(f"{given} is a run, not a study", f"floodline.load({str(given)!r})")
    known = sorted(path.parent.name for path in studies_dir().glob(f"*/{MARKER}"))
    raise AnalysisError(
        f"no study is at {given}{suggestion(str(given), known)}",
        f"studies here: {', '.join(known) or 'none'}",
    )


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise AnalysisError(
            f"{path}: {error.strerror}", "start the study's command again; it goes on"
        ) from error
    except orjson.JSONDecodeError as error:
        raise AnalysisError(f"{path} is damaged: {error}", "start the study again") from error
    if not isinstance(content, dict):
        raise AnalysisError(f"{path} is damaged: it holds no mapping", "start the study again")
    return content
