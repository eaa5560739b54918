"""``floodline list --docs``: one page for each family of parts, from the registries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from floodline.cli.catalogue import KINDS, Item
from floodline.cli.markdown import MADE, plain, table


@dataclass(frozen=True)
class Section:
    """What a page lists: one kind of thing, or some of its names."""

    title: str
    kind: str
    names: tuple[str, ...] = ()
    unit: str = ""
    """Where given, the section is one table, and this heads the column between name and meaning."""


@dataclass(frozen=True)
class Page:
    """One page: what the family is, what it lists, and a fragment of a campaign that runs."""

    title: str
    intro: str
    sections: tuple[Section, ...]
    example: str


PAGES: Final[dict[str, Page]] = {
    "arrivals": Page(
        "Arrivals",
        "When load is offered. The schedule never waits for the chain. A rate is given in "
        "transactions a second, in gas a second, or as a multiple of the chain's gas target "
        "(`load: 1.2`). Times count from the flood's own beginning.",
        (Section("Arrival processes", "arrivals"),),
        """\
actors:
  - flood:
      arrival: {hawkes: {load: 1.2, branching: 0.6, decay_s: 10}}
      kind: transfer
      senders: 500
      sender_skew: 1.0
""",
    ),
    "fees": Page(
        "Fee strategies",
        "What an actor bids, and whether it bids again. Any actor that has a `fee` takes any of "
        "them; `lane: private` sends whatever it bids to the builder alone.",
        (Section("Strategies", "fee-strategies"),),
        """\
actors:
  - oracle: {deviation: 0.001, fee: {priority_auction: {tip_gwei: 1, watch_s: 0.5}}}
  - traders: {accounts: 10, rate_per_s: 1, fee: {network_aware: {reaction: size_down}}}
  - keepers: {count: 2, fee: {value_aware: {share: 0.5}}}
""",
    ),
    "floods": Page(
        "Floods and attacks",
        "Load that nobody needs, and attacks on blocks and on the pool. What each tried and got is "
        "a row of the table `attacks`. Amounts such as tips take any distribution. A campaign of "
        "each, with what takes it away, is in `data/campaigns/attacks`.",
        (
            Section("Actors", "actors", ("flood", "stuffing", "churn", "nonce_gap", "eviction")),
            Section("Kinds of load", "loads"),
            Section("Triggers", "triggers"),
            Section("Distributions", "distributions"),
        ),
        """\
actors:
  - oracle: {deviation: 0.001, delay_s: 1}
  - stuffing:
      tip_gwei: 5
      max_fee_gwei: 60
      when: {pending_call: {kind: push_price, for_s: 24}}
  - flood:
      arrival: {poisson: {load: 0.5}}
      kind: hot_storage
      senders: 200
      tip_gwei: {ladder: {low: 1, high: 8, rungs: 4}}
""",
    ),
    "background": Page(
        "The calm baseline",
        "Everybody else on the chain. On in every campaign; `background: off` empties the chain. "
        "Fit it to another chain by `floodline calibrate background --trace CSV`.",
        (Section("Actor", "actors", ("background",)),),
        """\
background: {price_gwei: 5, elasticity: 10, price_sd: 0.3}
actors: []
""",
    ),
    "oracle": Page(
        "Oracle",
        "The publisher's updates are transactions like any other, and its faults are parts.",
        (
            Section("Actors", "actors", ("oracle", "sequencer", "volatility")),
            Section("Faults", "oracle-faults"),
        ),
        """\
actors:
  - oracle:
      deviation: 0.001
      delay_s: 2
      faults: [{delay: {seconds: {constant: 6}}}]
""",
    ),
    "keepers": Page(
        "Keepers",
        "Who liquidates, takes auctioned accounts over, and settles orders, each for a reward.",
        (
            Section(
                "Actors",
                "actors",
                (
                    "keepers",
                    "auction_bidders",
                    "collateral_sellers",
                    "deleveragers",
                    "option_keepers",
                    "order_keepers",
                ),
            ),
        ),
        """\
actors:
  - oracle: {deviation: 0.001}
  - keepers: {name: quick, count: 1, fee: {percentile: {p: 90}}}
  - keepers: {name: slow, count: 2, reaction_s: {lognormal: {median: 3, sigma: 0.5}}}
""",
    ),
    "traders": Page(
        "Traders and liquidity",
        "Who trades, provides liquidity and keeps prices in line, for reasons of their own.",
        (
            Section(
                "Actors",
                "actors",
                (
                    "traders",
                    "insiders",
                    "option_traders",
                    "providers",
                    "caretakers",
                    "arbitrageurs",
                ),
            ),
        ),
        """\
actors:
  - oracle: {deviation: 0.001}
  - traders: {accounts: 10, rate_per_s: 1, mix: {open: 0.6, close: 0.3, cancel: 0.1}}
""",
    ),
    "order-flow": Page(
        "Order flow",
        "Who acts on what others are about to do, or on what everybody can see: orders and updates "
        "that wait in the public pool, prices that are behind, deficits, a pool that fills. What "
        "each tried and got, in dollars, is a row of the table `attacks`. What goes by the private "
        "lane nobody sees. A campaign of each, with what takes it away, is in "
        "`data/campaigns/attacks`.",
        (
            Section(
                "Actors",
                "actors",
                (
                    "amm_providers",
                    "arbitrageurs",
                    "auction_sniper",
                    "back_runner",
                    "hedgers",
                    "oracle_front_runner",
                    "quitters",
                    "runners",
                    "sandwich",
                    "settlement_sandwich",
                    "toxic_flow",
                ),
            ),
        ),
        """\
protocol: {overrides: {skew_scale: 20_000, max_side_size: 19_000}}
actors:
  - oracle: {deviation: 0.001}
  - traders: {accounts: 10, rate_per_s: 0.5, mix: {open: 1, close: 0, cancel: 0}}
  - sandwich: {accounts: 3, min_profit_usd: 5}
  - oracle_front_runner: {legs: sandwich}
  - hedgers: {straddles: 300, expiry_s: 1_800, band: 0.02}
""",
    ),
    "builders": Page(
        "Builders and network",
        "Who builds the blocks, when they come, and how long messages travel.",
        (
            Section("Builder policies", "builders"),
            Section("Orders", "orders"),
            Section("Block times", "block-times"),
            Section("Delays", "delays"),
        ),
        """\
builder: {policy: {protected_lane: {roles: [oracle], share: 0.1}}}
chain: {block_time: {jittered: {}}}
network: {delay: {lognormal: {median_s: 0.5, sigma: 0.4}}}
actors:
  - oracle: {deviation: 0.001}
  - flood: {arrival: {poisson: {load: 2.5}}, kind: reads, senders: 500}
""",
    ),
    "prices": Page(
        "Prices",
        "The true price of each market, whatever the chain says; in `market`, by its name.",
        (Section("Price processes", "prices"),),
        """\
market:
  ETH:
    jump_diffusion: {start_usd: 3000, vol: 0.9, jumps: [{at_s: 24, size: -0.1, over_s: 12}]}
actors:
  - oracle: {deviation: 0.001}
""",
    ),
    "protocols": Page(
        "Protocols",
        "The protocol under test, its named sets of parameters, and the switches that choose a "
        "variant of each mechanism; where each stands and what it can show: "
        "[mechanisms](../mechanisms.md). Values of a profile with their sources; single ones "
        "change by `protocol.overrides`.",
        (
            Section("Adapters", "protocols"),
            Section("Switches of the reference protocol", "switches", unit="values"),
            Section("Profiles of the reference protocol", "profiles"),
        ),
        """\
protocol:
  adapter: reference
  profile: base
  switches: {orders: delayed, amm: true}
  overrides: {maintenance_scalar: 0.6, ETH.skew_scale: 300_000}
actors:
  - oracle: {deviation: 0.001}
""",
    ),
    "metrics": Page(
        "Metrics",
        "One number of a finished run. An objective names one and its bound; studies have a column "
        "for each. `:ROLE` is left out or names a role, as in `inclusion_p95_s:keeper`.",
        (
            Section("Metrics", "metrics", unit="unit"),
            Section("Legs of `floodline attribute`", "legs"),
        ),
        """\
actors:
  - oracle: {deviation: 0.001}
objective: {metric: "inclusion_p95_s:oracle", below: 60}
""",
    ),
    "mitigations": Page(
        "Mitigations",
        "Changes of a campaign by name, for `floodline compare FILE --mitigation NAME`; in "
        "brackets what each sets. `actors.+` adds an actor where there is none of its kind. The "
        "gateway (`chain.gateway`) stands before the public pool: while that is deeper than "
        "`above_blocks`, it turns away what is neither of the roles in `keeps` nor of the kinds in "
        "`keeps_kinds`.",
        (
            Section("Mitigations", "mitigations"),
            Section("Actors", "actors", ("steward",)),
        ),
        """\
chain: {gateway: {above_blocks: 3}}
actors:
  - oracle: {deviation: 0.001, fee: {percentile: {p: 90}}}
  - steward: {above_blocks: 0.3, factor: 2}
  - flood: {arrival: {poisson: {load: 2.5}}, kind: transfer, senders: 500}
""",
    ),
}
"""Pages by the name of their file."""


def render(name: str) -> str:
    """Return one page as Markdown."""
    page = PAGES[name]
    lines = [
        f"# {page.title}",
        "",
        MADE,
        "",
        page.intro,
        "",
        "A fragment of a campaign, which a test runs:",
        "",
        "```yaml",
        *page.example.rstrip().splitlines(),
        "```",
    ]
    for section in page.sections:
        items = KINDS[section.kind]()
        chosen = [item for item in items if not section.names or item.name in section.names]
        lines += ["", f"## {section.title}"]
        if section.unit:
            rows = [(item.name, item.unit, item.description) for item in chosen]
            lines += ["", *table(["name", section.unit, "meaning"], rows)]
            continue
        for item in chosen:
            lines += _entry(item)
    return "\n".join(lines) + "\n"


def _entry(item: Item) -> list[str]:
    lines = ["", f"### `{item.name}`", "", plain(item.description)]
    if item.details:
        lines += ["", item.details]
    if not item.parameters:
        return lines
    heads = ["parameter", "type", "unit", "default", "meaning"]
    keys = ["name", "type", "unit", "default", "description"]
    rows = [[row[key] for key in keys] for row in item.parameters]
    return [*lines, "", *table(heads, rows)]
