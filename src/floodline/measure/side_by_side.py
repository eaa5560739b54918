"""Several runs in one table: a calm one beside a flooded one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from floodline.measure.objective import NOT_REACHED
from floodline.measure.timeline import PARTS

Value = float | int | None
Summary = dict[str, Any]

ABSENT: Final = "-"
_PAYER_LABELS: Final = (
    ("fund", "paid by the insurance fund"),
    ("vault", "paid by the counterparty"),
    ("adl", "paid by auto-deleveraging"),
    ("haircut", "left as a haircut"),
    ("latent", "not yet recorded"),
)
_DIGITS: Final = {"s": 2, "USD": 2, "ETH": 4, "gwei": 2, "%": 2, "": 0, "bp": 1}


@dataclass(frozen=True)
class Row:
    """One line: a figure of each run.

    Attributes
    ----------
    section, label : str
        Where it stands and what it is.
    values : tuple of (float, int or None)
        One per run, in the order given.
    unit : str
        "s", "USD", "ETH", "gwei", "%" or empty for counts.
    texts : tuple of str
        The values ready to print; "not reached" where a percentile lies beyond the run.

    """

    section: str
    label: str
    values: tuple[Value, ...]
    unit: str
    texts: tuple[str, ...]


def format_value(value: Value, unit: str) -> str:
    """Return a value with the digits of its unit: 1234.5 USD is ``1,234.50``; None is ``-``."""
    return ABSENT if value is None else f"{value:,.{_DIGITS.get(unit, 2)}f}"


def side_by_side(summaries: Sequence[tuple[str, Summary]]) -> list[Row]:
    """Return the rows of the comparison, the same rows in the same order for the same roles.

    Parameters
    ----------
    summaries : Sequence of (label, summary)
        Runs by label, such as ``("calm", ...), ("flooded", ...)``; summaries of `summarise`.

    """
    runs = [summary for _, summary in summaries]
    roles = sorted({role for run in runs for role in run["inclusion"]})
    rows: list[Row] = []

    def add(
        section: str,
        label: str,
        unit: str,
        read: Callable[[Summary], Value],
        waiting: Callable[[Summary], int] = lambda _run: 0,
    ) -> None:
        values = tuple(read(run) for run in runs)
        texts = tuple(
            NOT_REACHED if value is None and waiting(run) else format_value(value, unit)
            for value, run in zip(values, runs, strict=True)
        )
        rows.append(Row(section, label, values, unit, texts))

    for role in roles:
        _inclusion_rows(add, role)
    _settlement_rows(add, runs)
    _cost_rows(add, roles)
    return rows


Add = Callable[..., None]


def _share(value: float | None) -> float | None:
    return value * 100 if value is not None else None


def _inclusion_rows(add: Add, role: str) -> None:
    def field(key: str) -> Callable[[Summary], Any]:
        return lambda run: run["inclusion"].get(role, {}).get(key)

    def intents(run: Summary) -> int:
        return int(run["inclusion"].get(role, {}).get("intents", 0))

    section = "time to inclusion"
    for name in ("p50", "p95", "p99"):
        add(section, f"{role} {name}", "s", field(f"{name}_s"), intents)
    add(section, f"{role} never included", "%", lambda run: _share(field("censored_share")(run)))


def _settlement_rows(add: Add, runs: Sequence[Summary]) -> None:
    def spells(run: Summary) -> int:
        return int(run["liquidation"]["spells"])

    def liquidation(key: str) -> Callable[[Summary], Any]:
        return lambda run: run["liquidation"][key]

    add("oracle", "price age p50", "s", lambda run: run["oracle"]["age_p50_s"])
    add("oracle", "price age p95", "s", lambda run: run["oracle"]["age_p95_s"])
    add("oracle", "price age max", "s", lambda run: run["oracle"]["age_max_s"])
    section = "liquidation"
    add(section, "accounts under margin", "", liquidation("spells"))
    add(section, "liquidated", "", liquidation("liquidated"))
    add(section, "latency p50", "s", liquidation("latency_p50_s"), spells)
    add(section, "latency p95", "s", liquidation("latency_p95_s"), spells)
    for part, _, _ in PARTS:
        add(
            section,
            f"mean {part.replace('_', ' ')}",
            "s",
            lambda run, part=part: run["liquidation"]["parts"][part]["mean_s"],
        )
    add(section, "never liquidated", "", liquidation("never_liquidated"))
    add(
        section,
        "never liquidated, share",
        "%",
        lambda run: _share(run["liquidation"]["never_liquidated_share"]),
    )
    add(section, "wrongful", "", liquidation("wrongful"))
    if any(run["liveness"]["accounts"] for run in runs):
        add(section, "could not be liquidated", "", lambda run: run["liveness"]["accounts"])
        add(section, "the first of them", "s", lambda run: run["liveness"]["first_s"])
    if any(run["execution"] for run in runs):

        def execution(key: str) -> Callable[[Summary], Any]:
            return lambda run: (run["execution"] or {}).get(key)

        section = "execution"
        add(section, "trades filled", "", execution("trades"))
        add(section, "fill gap p95", "bp", execution("fill_gap_p95_bp"))
        add(section, "toxic flow", "USD", execution("toxic_flow_usd"))
    section = "solvency"
    add(section, "bad debt", "USD", lambda run: run["solvency"]["bad_debt_usd"])
    add(
        section,
        "bad debt, of peak open interest",
        "%",
        lambda run: _share(run["solvency"]["bad_debt_ratio"]),
    )
    for payer, label in _PAYER_LABELS:
        if any(payer in run["solvency"]["paid_by"] for run in runs):
            add(
                section,
                label,
                "USD",
                lambda run, payer=payer: run["solvency"]["paid_by"].get(payer),
            )


def _cost_rows(add: Add, roles: Sequence[str]) -> None:
    section = "cost"
    for role in roles:
        add(
            section,
            f"{role} fees",
            "ETH",
            lambda run, role=role: run["economics"]["by_role"].get(role, {}).get("fees_eth"),
        )
    add(section, "keeper rewards", "USD", lambda run: run["economics"]["keeper_rewards_usd"])
    add(section, "keeper result", "USD", lambda run: run["economics"]["keeper_result_usd"])
    add(section, "base fee peak", "gwei", lambda run: run["economics"]["base_fee"]["peak_gwei"])
