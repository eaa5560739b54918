"""An existing book from a CSV file: who holds what, with which margin, leverage or debt.

A row is one position: ``account``, ``market`` (may be left out where there is one only), ``size``
in units of the asset (negative is short; ``collateral`` means the same), and one of ``margin_usd``,
``leverage`` and ``debt_usd``. With ``entry_usd``, the price at which it was opened, margin or
leverage are those of then, and what has been won or lost since is added to the margin. Positions
are opened at the campaign's start price, so that equity is what it was.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion
from floodline.foundation.units import FEED, wad

_SIZES: Final = ("size", "collateral")
_BACKED_BY: Final = ("margin_usd", "leverage", "debt_usd")
_COLUMNS: Final = ("account", "market", *_SIZES, *_BACKED_BY, "entry_usd")
_SHOWN: Final = 12
LARGEST: Final = 20_000


@dataclass(frozen=True)
class Holding:
    """One position of the file, as it is written there."""

    line: int
    account: str
    market: str
    size: float
    backed_by: str
    """Which of ``margin_usd``, ``leverage`` and ``debt_usd`` is given."""
    amount: float
    entry_usd: float | None

    def margin_usd(self, price_usd: float) -> float:
        """Return the position's equity at a price, in dollars.

        2 units at leverage 4, opened at 3,000, have a margin of ``2 * 3000 / 4`` = 1,500; at 2,800
        they are worth ``1500 + 2 * (2800 - 3000)`` = 1,100.
        """
        if self.backed_by == "debt_usd":
            return self.size * price_usd - self.amount
        entry = price_usd if self.entry_usd is None else self.entry_usd
        own = self.amount
        if self.backed_by == "leverage":
            own = abs(self.size) * entry / self.amount
        return own + self.size * (price_usd - entry)

    @property
    def size_wad(self) -> int:
        """Size in WAD, to a millionth of a unit."""
        return wad(f"{self.size:.6f}")


class BookFileError(CampaignError):
    """The file of a book is wrong; every problem has its line."""

    def __init__(self, path: Path, problems: Sequence[tuple[int, str]]) -> None:
        lines = [f"{path}:{line}: {words}" for line, words in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            lines.append(f"and {len(problems) - _SHOWN} more")
        super().__init__("\n".join(lines), "mend the file; nothing was started")
        self.problems = tuple(problems)


def read_book(path: Path, markets: Sequence[str]) -> list[Holding]:
    """Read a book, in the file's order.

    Raises
    ------
    BookFileError
        If the file cannot be read, or any row is wrong.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        words = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BookFileError(path, [(1, f"cannot be read: {words}")]) from error
    reader = csv.DictReader(text.splitlines())
    header = [name.strip() for name in reader.fieldnames or []]
    _check_header(path, header, markets)
    reader.fieldnames = header
    found: list[Holding] = []
    problems: list[tuple[int, str]] = []
    for row in reader:
        try:
            found.append(_holding(reader.line_num, row, markets))
        except ValueError as error:
            problems.append((reader.line_num, str(error)))
    places: dict[tuple[str, str], int] = {}
    for one in found:
        first = places.setdefault((one.account, one.market), one.line)
        if first != one.line:
            words = f"{one.account} has a position in {one.market} already, on line {first}"
            problems.append((one.line, words))
    if not found and not problems:
        problems.append((1, "there is no position in it"))
    if len(places) > LARGEST:
        problems.append((1, f"it holds {len(places)} positions, at most {LARGEST:,} are taken"))
    if problems:
        raise BookFileError(path, sorted(problems))
    return found


def _check_header(path: Path, header: Sequence[str], markets: Sequence[str]) -> None:
    strange = [name for name in header if name not in _COLUMNS]
    problems = [f"no column is called '{name}'{suggestion(name, _COLUMNS)}" for name in strange]
    if "account" not in header:
        problems.append("the column 'account' is missing")
    if sum(name in header for name in _SIZES) != 1:
        problems.append("one of the columns 'size' and 'collateral' is needed")
    if not any(name in header for name in _BACKED_BY):
        problems.append(f"one of the columns {', '.join(_BACKED_BY)} is needed")
    if "market" not in header and len(markets) > 1:
        problems.append(f"the column 'market' is missing; there are {', '.join(markets)}")
    if problems:
        raise BookFileError(path, [(1, words) for words in problems])


def _holding(line: int, row: Mapping[str | None, str | None], markets: Sequence[str]) -> Holding:
    """Read one row.

    Raises
    ------
    ValueError
        Saying what is wrong with it.

    """
    if None in row:
        raise ValueError("it has more cells than the header has columns")
    cells = {str(name): (cell or "").strip() for name, cell in row.items()}
    account = cells["account"]
    if not account:
        raise ValueError("the account is empty")
    market = cells.get("market") or (markets[0] if len(markets) == 1 else "")
    if market not in markets:
        raise ValueError(
            f"the campaign has no market '{market}'{suggestion(market, list(markets))}; "
            f"it has {', '.join(markets)}"
        )
    size = _number(cells, next(name for name in _SIZES if name in cells))
    if not round(size, 6):
        raise ValueError("the size is zero")
    given = [name for name in _BACKED_BY if cells.get(name)]
    if len(given) != 1:
        raise ValueError(
            f"give one of {', '.join(_BACKED_BY)}, it has {' and '.join(given) or 'none'}"
        )
    (backed_by,) = given
    amount = _number(cells, backed_by)
    entry = _number(cells, "entry_usd") if cells.get("entry_usd") else None
    if backed_by == "debt_usd":
        if amount < 0 or size < 0 or entry is not None:
            raise ValueError(
                "debt_usd goes with a size above zero, and without entry_usd; it is not negative"
            )
    elif amount <= 0:
        raise ValueError(f"{backed_by} is {amount:g}, it must be above zero")
    if entry is not None and entry <= 0:
        raise ValueError(f"entry_usd is {entry:g}, it must be above zero")
    return Holding(line, account, market, size, backed_by, amount, entry)


def _number(cells: Mapping[str, str], name: str) -> float:
    try:
        value = float(cells[name].replace("_", ""))
    except ValueError:
        raise ValueError(f"{name} is '{cells[name]}', no number") from None
    if not math.isfinite(value):
        raise ValueError(f"{name} is '{cells[name]}', no finite number")
    return value


@dataclass(frozen=True)
class ImportedBook:
    """A book that was read, with the accounts in the order of their first row."""

    path: Path
    holdings: tuple[Holding, ...]

    @property
    def accounts(self) -> list[str]:
        """Names of the accounts."""
        return list(dict.fromkeys(holding.account for holding in self.holdings))

    def margins_usd(self, start_e8: Mapping[str, int]) -> list[float]:
        """Return each account's margin at the start prices, all its positions together.

        Raises
        ------
        BookFileError
            If an account has nothing of its own left at these prices.

        """
        margins = dict.fromkeys(self.accounts, 0.0)
        lines: dict[str, int] = {}
        for one in self.holdings:
            margins[one.account] += one.margin_usd(start_e8[one.market] / FEED)
            lines.setdefault(one.account, one.line)
        poor = [
            (lines[name], f"{name} has an equity of ${margin:,.2f} at the start price")
            for name, margin in margins.items()
            if margin <= 0
        ]
        if poor:
            raise BookFileError(self.path, poor)
        return list(margins.values())
