"""Objectives: a named metric of a run, held against a bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from floodline.foundation.errors import AnalysisError
from floodline.foundation.suggest import suggestion
from floodline.measure.economics import base_fee_summary, net_profit_by_role
from floodline.measure.execution import execution_summary
from floodline.measure.finality import finality_summary
from floodline.measure.inclusion import inclusion_of
from floodline.measure.liquidation import liquidation_summary
from floodline.measure.liveness import liveness_summary
from floodline.measure.network import network_summary
from floodline.measure.oracle import oracle_summary
from floodline.measure.settlement import auctions_summary, orders_summary
from floodline.measure.solvency import solvency_summary
from floodline.measure.tables import Tables

NOT_REACHED: Final = "not reached"
NOTHING: Final = "nothing to measure"


@dataclass(frozen=True)
class Reading:
    """A metric's value; where there is none, `note` says why."""

    value: float | None
    note: str = ""


@dataclass(frozen=True)
class Metric:
    """One metric that an objective may name."""

    name: str
    unit: str
    description: str
    read: Callable[[Tables, str | None], Reading]
    takes_role: bool = False


@dataclass(frozen=True)
class Objective:
    """A metric held against its bound."""

    metric: str
    value: float | None
    unit: str
    bound: float
    side: str
    met: bool
    note: str

    def dump(self) -> dict[str, Any]:
        """Return the objective as plain data."""
        return {
            "metric": self.metric,
            "value": self.value,
            "unit": self.unit,
            "bound": self.bound,
            "side": self.side,
            "met": self.met,
            "note": self.note,
        }


def _plain(summary: Callable[[Tables], dict[str, Any]], key: str) -> Callable[..., Reading]:
    def read(tables: Tables, _role: str | None) -> Reading:
        value = summary(tables)[key]
        return Reading(value, "" if value is not None else NOTHING)

    return read


def _bad_debt_ratio(tables: Tables, _role: str | None) -> Reading:
    """Tell bad debt without any open interest, which no bound excuses, from nothing at all."""
    found = solvency_summary(tables)
    if found["bad_debt_ratio"] is None and found["bad_debt_usd"]:
        return Reading(None, "bad debt without open interest")
    return _plain(solvency_summary, "bad_debt_ratio")(tables, None)


def _percentile(
    summary: Callable[[Tables, str | None], dict[str, Any]], key: str, count: str
) -> Callable[..., Reading]:
    """Tell a percentile that censoring leaves unreached from one of nothing at all."""

    def read(tables: Tables, role: str | None) -> Reading:
        found = summary(tables, role)
        if found[key] is not None:
            return Reading(found[key])
        return Reading(None, NOT_REACHED if found[count] else NOTHING)

    return read


def _latency(key: str) -> Callable[..., Reading]:
    return _percentile(lambda tables, _role: liquidation_summary(tables), key, "spells")


def _inclusion(key: str) -> Callable[..., Reading]:
    return _percentile(inclusion_of, key, "intents")


def _profit(tables: Tables, role: str | None) -> Reading:
    """Tell what a role gained from a role that has neither account nor transaction."""
    found = net_profit_by_role(tables)
    if role is None:
        return Reading(sum(found.values()))
    return Reading(found.get(role), "" if role in found else NOTHING)


def _attack(column: str) -> Callable[..., Reading]:
    """Sum a column of the table of attacks over the actors of a role, or over all of them."""

    def read(tables: Tables, role: str | None) -> Reading:
        found = tables["attacks"]
        if found.empty:
            return Reading(None, NOTHING)
        if role is not None:
            sent = tables["transactions"]
            found = found[found["actor"].isin(sent.loc[sent["role"] == role, "actor"].unique())]
        return Reading(int(found[column].sum()))

    return read


def _open_interest_peak(tables: Tables, _role: str | None) -> Reading:
    found = tables["blocks"]["open_interest_usd"].dropna()
    return Reading(float(found.max())) if len(found) else Reading(None, NOTHING)


def _withdrawn(tables: Tables, _role: str | None) -> Reading:
    found = tables["solvency"]
    amounts = found.loc[found["item"] == "withdrawals", "amount_usd"]
    return Reading(float(amounts.iloc[0])) if len(amounts) else Reading(None, NOTHING)


def _of_network(key: str) -> Callable[..., Reading]:
    """Tell a figure of the network of a run that has no block yet."""

    def read(tables: Tables, _role: str | None) -> Reading:
        value = network_summary(tables).get(key)
        return Reading(value, "" if value is not None else NOTHING)

    return read


METRICS: Final[dict[str, Metric]] = {
    metric.name: metric
    for metric in (
        Metric(
            "adl_share",
            "ratio",
            "share of all bad debt, latent included, that deleveraging took from winners",
            _plain(solvency_summary, "adl_share"),
        ),
        Metric(
            "attack_got",
            "count",
            "attempts that came off, of the attackers of a role, as in attack_got:runner, or of "
            "all; of a flood its transactions in blocks",
            _attack("got"),
            takes_role=True,
        ),
        Metric(
            "attack_replaced",
            "count",
            "transactions that the attackers of a role, or all, replaced in the pool for free",
            _attack("replaced"),
            takes_role=True,
        ),
        Metric(
            "attack_tried",
            "count",
            "attempts of the attackers of a role, or of all; of a flood its transactions",
            _attack("tried"),
            takes_role=True,
        ),
        Metric(
            "auction_recovery_ratio",
            "ratio",
            "what bidders paid for solvent accounts over the equity that they were given",
            _plain(auctions_summary, "recovery_ratio"),
        ),
        Metric(
            "auction_sold_for_nothing_share",
            "ratio",
            "share of the accounts sold by auction that went for a cent in the dollar of their "
            "notional, or less",
            _plain(auctions_summary, "sold_for_nothing_share"),
        ),
        Metric(
            "bad_debt_ratio",
            "ratio",
            "bad debt at the end, recorded and latent, over peak open interest",
            _bad_debt_ratio,
        ),
        Metric(
            "bad_debt_usd",
            "USD",
            "bad debt at the end, recorded and latent",
            _plain(solvency_summary, "bad_debt_usd"),
        ),
        Metric(
            "base_fee_peak_gwei",
            "gwei",
            "highest base fee of any block",
            _plain(base_fee_summary, "peak_gwei"),
        ),
        Metric(
            "inclusion_p50_s",
            "s",
            "median time to inclusion, of one role as in inclusion_p50_s:keeper or of all",
            _inclusion("p50_s"),
            takes_role=True,
        ),
        Metric(
            "inclusion_p95_s",
            "s",
            "95th percentile of time to inclusion, of one role or of all",
            _inclusion("p95_s"),
            takes_role=True,
        ),
        Metric(
            "inclusion_p99_s",
            "s",
            "99th percentile of time to inclusion, of one role or of all",
            _inclusion("p99_s"),
            takes_role=True,
        ),
        Metric(
            "insurance_loss_ratio",
            "ratio",
            "share of the insurance fund, as it was after the first block, that is gone at the end",
            _plain(solvency_summary, "insurance_loss_ratio"),
        ),
        Metric(
            "liquidation_latency_p50_s",
            "s",
            "median of t6 - t0, those never liquidated included",
            _latency("latency_p50_s"),
        ),
        Metric(
            "liquidation_latency_p95_s",
            "s",
            "95th percentile of t6 - t0, those never liquidated included",
            _latency("latency_p95_s"),
        ),
        Metric(
            "liveness_first_s",
            "s",
            "when an account that should be liquidated first could not be",
            _plain(liveness_summary, "first_s"),
        ),
        Metric(
            "liveness_lost_accounts",
            "count",
            "accounts that should have been liquidated while their liquidation reverted",
            _plain(liveness_summary, "accounts"),
        ),
        Metric(
            "liveness_lost_usd",
            "USD",
            "their notional, each account's largest",
            _plain(liveness_summary, "notional_usd"),
        ),
        Metric(
            "never_liquidated_share",
            "ratio",
            "share of spells under margin that were still open at the end",
            _plain(liquidation_summary, "never_liquidated_share"),
        ),
        Metric(
            "open_interest_peak_usd",
            "USD",
            "largest open interest of any block",
            _open_interest_peak,
        ),
        Metric(
            "orders_expired_ratio",
            "ratio",
            "orders in two steps that nobody settled in time, over all that came to an end",
            _plain(orders_summary, "expired_ratio"),
        ),
        Metric(
            "orphan_rate",
            "ratio",
            "blocks that reorganisations orphaned, over all blocks that were built",
            _plain(finality_summary, "orphan_rate"),
        ),
        Metric(
            "price_age_p95_s",
            "s",
            "95th percentile over blocks of the age of the price on chain",
            _plain(oracle_summary, "age_p95_s"),
        ),
        Metric(
            "price_gap_p95_bp",
            "bp",
            "95th percentile over blocks of the gap between the price on chain and the true one",
            _plain(oracle_summary, "gap_p95_bp"),
        ),
        Metric(
            "profit_usd",
            "USD",
            "what accounts of a role, as in profit_usd:insider, or of all customers gained, less "
            "fees for gas",
            _profit,
            takes_role=True,
        ),
        Metric(
            "rho_limit",
            "ratio",
            "gas offered over what the blocks hold at their limit",
            _of_network("rho_limit"),
        ),
        Metric(
            "rho_target",
            "ratio",
            "gas offered over what the blocks hold at their target",
            _of_network("rho_target"),
        ),
        Metric(
            "time_under_margin_mean_s",
            "s",
            "mean time of a spell under margin until its liquidation, or until it was last seen",
            _plain(liquidation_summary, "time_under_margin_mean_s"),
        ),
        Metric(
            "toxic_flow_usd",
            "USD",
            "what the counterparty lost at once to fills at a price behind the true one",
            _plain(execution_summary, "toxic_flow_usd"),
        ),
        Metric(
            "withdrawn_usd",
            "USD",
            "what was withdrawn from the protocol",
            _withdrawn,
        ),
        Metric(
            "wrongful_liquidations",
            "count",
            "liquidations of accounts that were healthy at the true price",
            _plain(liquidation_summary, "wrongful"),
        ),
    )
}
"""Every metric by name, sorted."""


def find_metric(metric: str) -> tuple[Metric, str | None]:
    """Return the metric that a name such as ``inclusion_p95_s:keeper`` means, and its role.

    Raises
    ------
    AnalysisError
        If there is no such metric, or it takes no role.

    """
    name, _, role = metric.partition(":")
    if name not in METRICS:
        raise AnalysisError(
            f"there is no metric {name!r}{suggestion(name, list(METRICS))}",
            f"choose one of: {', '.join(METRICS)}",
        )
    if role and not METRICS[name].takes_role:
        raise AnalysisError(f"metric {name!r} takes no role", f"write {name!r} alone")
    return METRICS[name], role or None


def read_metric(metric: str, tables: Tables) -> Reading:
    """Return a metric's value, with a note where there is none."""
    found, role = find_metric(metric)
    return found.read(tables, role)


def evaluate(metric: str, tables: Tables) -> float | None:
    """Return a metric's value, None where it is not reached or there is nothing to measure."""
    return read_metric(metric, tables).value


def judge(
    metric: str, tables: Tables, *, below: float | None = None, above: float | None = None
) -> Objective:
    """Hold a metric against one bound, `below` or `above`.

    A percentile that is not reached lies beyond everything that was seen: it fails ``below`` and
    meets ``above``. Where there is nothing to measure the objective is met, and says so.

    Raises
    ------
    AnalysisError
        If the metric is unknown or not exactly one bound is given.

    """
    if (below is None) == (above is None):
        raise AnalysisError("an objective has one bound", "give either below or above")
    reading = read_metric(metric, tables)
    bound, side = (below, "below") if below is not None else (above, "above")
    assert bound is not None  # noqa: S101 - one of the two is given
    if reading.value is None:
        met = reading.note == NOTHING or side == "above"
    else:
        met = reading.value < bound if side == "below" else reading.value > bound
    unit = find_metric(metric)[0].unit
    return Objective(metric, reading.value, unit, bound, side, met, reading.note)
