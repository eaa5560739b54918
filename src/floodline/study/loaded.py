"""A finished run opened from Python: `floodline.load`.

Nothing is read before it is asked for; a table is read once and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from floodline.foundation.errors import AnalysisError
from floodline.foundation.suggest import suggestion
from floodline.study.folder import RunInfo, find_run

if TYPE_CHECKING:
    import pandas as pd

    from floodline.campaign.schema import Campaign

STUDY_MARKER: Final = ".floodline-study"


class LazyTables(Mapping[str, "pd.DataFrame"]):
    """Tables by name, each read when it is first asked for, and kept.

    Parameters
    ----------
    owner : str
        Whose tables they are, for messages.
    names : Sequence[str]
        Those that there are.
    read : callable
        Reads one.

    """

    def __init__(
        self, owner: str, names: Sequence[str], read: Callable[[str], pd.DataFrame]
    ) -> None:
        self._owner = owner
        self._names = list(names)
        self._reader = read
        self._kept: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise AnalysisError(
                f"{self._owner} has no table '{name}'{suggestion(name, self._names)}",
                f"one of: {', '.join(self._names)}"
                if self._names
                else "it did not come to its end: start the same command again",
            )
        if name not in self._kept:
            self._kept[name] = self._reader(name)
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __repr__(self) -> str:
        return f"<tables of {self._owner}: {', '.join(self._names) or 'none'}>"


class Run:
    """One run folder: its tables as DataFrames, its summary, its manifest, its campaign.

    A table is an item of `tables` and an attribute of the run: ``run.tables["blocks"]`` and
    ``run.blocks`` are the same DataFrame. Its columns have the types of the data dictionary:
    ``int`` is int64, ``int?`` Int64 with NA where there is none, ``seconds`` and ``float`` are
    float64 with NaN, ``bool`` is bool, ``label`` a categorical, ``text`` and ``exact`` are strings
    (``exact`` the digits of an integer of any size: `integers` gives it as numbers).

    Parameters
    ----------
    info : RunInfo
        The run as `floodline.study.folder.find_run` found it.

    """

    def __init__(self, info: RunInfo) -> None:
        self.path: Path = info.path
        """The run's folder."""
        self.name: str = info.name
        """The folder's own name."""
        self.status: str = info.status
        """complete, interrupted, failed, running or killed."""
        self.manifest: dict[str, Any] = info.manifest
        """Campaign, seed, hashes, versions, command line; empty unless the run is complete."""
        folder = info.path / "tables"
        names = sorted(path.stem for path in folder.glob("*.csv"))
        self.tables = LazyTables(f"run {info.name}", names, partial(_read_table, folder))
        """The tables by name."""
        self._info = info

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What ``summary.json`` holds: verdicts and figures.

        Raises
        ------
        AnalysisError
            If there is none, or it is damaged.

        """
        return self._info.summary

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign that was run, validated, defaults included.

        Raises
        ------
        AnalysisError
            If the run left no manifest, or its campaign is not one for this version of Floodline.

        """
        from pydantic import ValidationError  # noqa: PLC0415

        from floodline.campaign.schema import Campaign  # noqa: PLC0415

        if "campaign" not in self.manifest:
            raise AnalysisError(
                f"{self.path} has no manifest: the run is {self.status}",
                "run its campaign again to the end",
            )
        try:
            return Campaign.model_validate(self.manifest["campaign"])
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise AnalysisError(
                f"{self.path}: this version cannot read its campaign ({place}: {first['msg']})",
                "use the version that the manifest names; manifest['campaign'] is the plain data",
            ) from error

    @property
    def as_written(self) -> bool:
        """Whether the tables are byte for byte those that the run wrote (the outcome hash).

        Raises
        ------
        AnalysisError
            If a table is missing, or there is no manifest to hold them against.

        """
        from floodline.measure.files import outcome_hash  # noqa: PLC0415

        if "outcome_hash" not in self.manifest:
            raise AnalysisError(
                f"{self.path} has no manifest: the run is {self.status}",
                "run its campaign again to the end",
            )
        return outcome_hash(self.path / "tables") == str(self.manifest["outcome_hash"])

    def describe(self, table: str) -> pd.DataFrame:
        """Return a table's columns, one a row: ``storage``, ``unit``, ``meaning``, by name.

        Raises
        ------
        AnalysisError
            If a run has no such table.

        """
        import pandas as pd  # noqa: PLC0415

        from floodline.measure.dictionary import TABLES  # noqa: PLC0415

        header = list(self.tables[table].columns)
        columns = TABLES[table].matched(header)
        rows = [(column.storage, column.unit, column.meaning) for column in columns]
        names = pd.Index([column.name for column in columns], name="column")
        return pd.DataFrame(rows, index=names, columns=["storage", "unit", "meaning"])

    def integers(self, table: str, column: str) -> pd.Series[Any]:
        """Return an ``exact`` column as whole numbers of Python, to the last digit.

        A WAD is 1e-18: 1,500,000,000,000,000,000 is 1.5.

        Raises
        ------
        AnalysisError
            If there is no such table or column, or the column is of another storage.

        """
        import pandas as pd  # noqa: PLC0415

        storage = self.describe(table)["storage"]
        frame = self.tables[table]
        if column not in frame.columns:
            raise AnalysisError(
                f"table {table} has no column '{column}'{suggestion(column, list(frame.columns))}",
                f"one of: {', '.join(frame.columns)}",
            )
        if storage[column] != "exact":
            exact = ", ".join(storage.index[storage == "exact"]) or "none"
            raise AnalysisError(
                f"column {table}.{column} is stored as '{storage[column]}', not as exact digits",
                f"use the column as it is; exact columns of {table}: {exact}",
            )
        return pd.Series([int(value) for value in frame[column]], frame.index, object, column)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if not name.startswith("_") and name in self.tables:
            return self.tables[name]
        raise AttributeError(
            f"a run has no '{name}'{suggestion(name, dir(self))}; its tables: "
            f"{', '.join(self.tables)}"
        )

    def __dir__(self) -> list[str]:
        own = [name for name in super().__dir__() if not name.startswith("_")]
        return sorted({*own, *self.tables})

    def __repr__(self) -> str:
        return f"<floodline run {self.name}: {self.status}, {self.path}>"


def _read_table(folder: Path, name: str) -> pd.DataFrame:
    from floodline.measure.files import read_table  # noqa: PLC0415 - heavy

    return read_table(folder, name)


def load(run_dir: str | Path) -> Run:
    """Open a run.

    Parameters
    ----------
    run_dir : str or Path
        The run's folder, or the name (or the start of it) of one in ``data/runs``.

    Returns
    -------
    Run
        Opened; a run that was interrupted or failed opens too, with the tables that it left.

    Raises
    ------
    AnalysisError
        If no run is there, or more than one name begins so.

    Examples
    --------
    ::

        run = floodline.load("data/runs/flooded")
        keepers = run.transactions.query("role == 'keeper'")
        keepers["wait_s"].median()
        run.describe("liquidations").loc["latency_s", "meaning"]

    """
    path = Path(run_dir)
    if (path / STUDY_MARKER).is_file():
        raise AnalysisError(
            f"{path} is a study, not a run",
            f"open it with floodline.load_study({str(path)!r}); runs that a study kept are below "
            "its folder 'runs'",
        )
    return Run(find_run(str(run_dir)))
