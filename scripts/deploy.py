"""Deploy the reference protocol on ape's devnet: ``ape run deploy --network ::foundry``."""

# ruff: noqa: PLC0415 - ape loads every script to list them: nothing heavy at the top

import sys

import click
from ape.cli import ConnectedProviderCommand


@click.command(cls=ConnectedProviderCommand)
@click.option("--profile", default="base", show_default=True, help="Set of parameters.")
@click.option(
    "--price",
    "prices",
    multiple=True,
    metavar="MARKET=USD",
    help="A market and its start price; repeatable. [default: ETH=3000, BTC=60000]",
)
@click.option("--liquidity-usd", default=50_000_000.0, show_default=True, help="Vault's capital.")
@click.option("--insurance-usd", default=100_000.0, show_default=True, help="Fund's capital.")
@click.option(
    "--publisher",
    "publishers",
    multiple=True,
    metavar="ADDRESS",
    help="May push prices, beside the deployer; repeatable. [default: ape's first test account]",
)
def cli(
    provider: object,
    profile: str,
    prices: tuple[str, ...],
    liquidity_usd: float,
    insurance_usd: float,
    publishers: tuple[str, ...],
) -> None:
    """Deploy, wire and capitalise the protocol on the connected devnet; print addresses as JSON.

    ape's own words go to stdout too; `-v ERROR` leaves the JSON alone there.
    """
    from floodline.cli.main import explained
    from floodline.cli.output import say_json

    def deploy() -> None:
        from ape import accounts

        from floodline.chain.anvil import AnvilNode
        from floodline.study.devnet_deploy import (
            deploy_reference,
            devnet_url,
            read_address,
            read_prices,
        )

        named = publishers or [str(accounts.test_accounts[0].address)]
        with AnvilNode.attach(devnet_url(provider)) as node:
            say_json(
                deploy_reference(
                    node,
                    parameters={
                        "profile": profile,
                        "liquidity_usd": liquidity_usd,
                        "insurance_usd": insurance_usd,
                    },
                    prices_usd=read_prices(prices),
                    publishers=[read_address(text) for text in named],
                )
            )

    sys.exit(explained(deploy))
