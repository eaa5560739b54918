"""Flood a devnet on this machine: ``ape run flood --rpc http://127.0.0.1:8545 --rate 200``."""

# ruff: noqa: PLC0415 - ape loads every script to list them: nothing heavy at the top

import sys

import click


@click.command()
@click.option("--rpc", default="http://127.0.0.1:8545", show_default=True, help="The devnet.")
@click.option("--rate", default=100.0, show_default=True, help="Transactions a second.")
@click.option("--seconds", default=10.0, show_default=True, help="How long.")
@click.option(
    "--kind",
    type=click.Choice(["transfer", "storage", "compute", "burner"]),
    default="transfer",
    show_default=True,
    help="What each transaction does.",
)
@click.option("--tip-gwei", default=1.0, show_default=True, help="Tip in gwei a gas.")
@click.option("--gas", default=150_000, show_default=True, help="Gas wanted by each transaction.")
@click.option("--seed", default=0, show_default=True, help="Chooses the flood's own accounts.")
def cli(
    rpc: str, rate: float, seconds: float, kind: str, tip_gwei: float, gas: int, seed: int
) -> None:
    """Offer transactions to a running devnet, open loop, and print what became of them as JSON.

    Bounded in number and time; nodes that are not on loopback and chains that are not a devnet's
    are refused. The accounts are the flood's own, funded through anvil_setBalance.
    """
    from floodline.cli.main import explained
    from floodline.cli.output import note, say_json
    from floodline.study.devnet_flood import FloodPlan, flood_devnet

    def flood() -> None:
        from floodline.chain.devnet import DevnetNode

        plan = FloodPlan(rate, seconds, kind, tip_gwei, gas)
        with DevnetNode.attach(rpc, timeout_s=30.0) as node:
            note(f"flooding {rpc} with {plan.count:,} transactions in {seconds:g} s ...")
            say_json(flood_devnet(plan, node, seed=seed).as_dict())

    sys.exit(explained(flood))
