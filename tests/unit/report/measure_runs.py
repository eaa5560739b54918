"""A made run as the report sees it."""

from __future__ import annotations

import sys
from pathlib import Path

from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables
from floodline.report.figure import Run

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measure.product_factory import add_products
from measure.run_factory import make_record


def made_run(label: str, blocks: int = 12, offered: int = 200) -> Run:
    """A run whose books balance, with two liquidations and one deficit."""
    tables = build_tables(make_record(blocks=blocks, offered=offered))
    return Run(label, dict(tables), summarise(tables, metric="bad_debt_usd", below=1e9))


def made_option_run(label: str, blocks: int = 40, markets: int = 1, offered: int = 200) -> Run:
    """The same with vaults and a book of options."""
    record = add_products(make_record(blocks=blocks, offered=offered), markets=markets)
    tables = build_tables(record)
    return Run(label, dict(tables), summarise(tables, metric="bad_debt_usd", below=1e9))
