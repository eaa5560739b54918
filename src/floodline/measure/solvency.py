"""Bad debt, how large it is, and who paid for it."""

from __future__ import annotations

from typing import Any, Final

from floodline.foundation.units import from_wad
from floodline.measure.capabilities import has
from floodline.measure.frame import exact, known
from floodline.measure.tables import Tables

PAYERS = ("fund", "vault", "adl", "haircut")
"""The stages of the waterfall, in its order."""


HOUSE = ("counterparty", "fund")
"""Roles of the protocol's own accounts, whose deposits are no customer's collateral."""


NEEDED_BY: Final = {"fund": "insurance_fund", "vault": "counterparty", "adl": "perps"}
"""The capability without which a stage of the waterfall does not exist."""


def solvency_summary(tables: Tables) -> dict[str, Any]:
    """Return bad debt at the end, against the peak of open interest, and its bearers.

    Bad debt is what the contracts recorded plus the negative equity at the true price of
    accounts still open (latent: nobody has paid it yet). Payers that the protocol does not have
    are left out. The ratio is to the largest open interest of any block. All None where no
    block was sealed. Collateral is what customers deposited: the value at risk.
    The fund's loss is what it has less at the end than after the first block, of that;
    deleveraging's share is what winners gave up, of all bad debt.
    """
    blocks = tables["blocks"]
    recorded = latent = bad = peak = interest = insurance = start = None
    if len(blocks):
        start = float(blocks["insurance_usd"].iloc[0]) if has(tables, "insurance_fund") else None
        last = blocks.iloc[-1]
        recorded = float(last["shortfall_usd"])
        latent = float(last["latent_bad_debt_usd"])
        bad = float(last["bad_debt_usd"])
        insurance = float(last["insurance_usd"]) if has(tables, "insurance_fund") else None
        peak = float(known(blocks["bad_debt_usd"]).max(initial=0.0))
        interest = float(known(blocks["open_interest_usd"]).max(initial=0.0))
    paid = {
        payer: from_wad(sum(exact(tables["deficits"][f"{payer}_wad"])))
        for payer in PAYERS
        if has(tables, NEEDED_BY.get(payer, ""))
    }
    accounts = tables["accounts"]
    traders = ~accounts["role"].isin(HOUSE)
    return {
        "collateral_usd": from_wad(sum(exact(accounts["deposited_wad"][traders]))),
        "bad_debt_usd": bad,
        "recorded_usd": recorded,
        "latent_usd": latent,
        "peak_bad_debt_usd": peak,
        "peak_open_interest_usd": interest,
        "bad_debt_ratio": bad / interest if bad is not None and interest else None,
        "insurance_end_usd": insurance,
        "insurance_loss_ratio": 1 - insurance / start if insurance is not None and start else None,
        "adl_share": paid["adl"] / bad if bad and "adl" in paid else None,
        "deficits": len(tables["deficits"]),
        "paid_by": {**paid, "latent": latent},
    }
