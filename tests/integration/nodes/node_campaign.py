"""A short campaign that has everything in it, for nodes that build their own blocks."""

from copy import deepcopy

from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign
from floodline.study.run import run_campaign

ON_GETH = {"node": "geth", "mempool": "node", "gas_limit": 6_000_000}
PLAIN = {
    "name": "on-a-node",
    "seed": 5,
    "slots": 14,
    "market": {
        "ETH": {
            "jump_diffusion": {
                "start_usd": 3000,
                "vol": 0.9,
                "jumps": [{"at_s": 40, "size": -0.2, "over_s": 20}],
            }
        }
    },
    "protocol": {"insurance_usd": 5_000},
    "book": {"accounts": 30, "leverage": {"lognormal": {"median": 9, "sigma": 0.4}}},
    "actors": [
        {"oracle": {}},
        {"keepers": {"count": 2}},
        {"traders": {"accounts": 8, "rate_per_s": 0.3}},
        {
            "flood": {
                "arrival": {"poisson": {"gas_per_s": 700_000}},
                "from_s": 12,
                "to_s": 120,
                "senders": 200,
            }
        },
    ],
}


def campaign(chain, **changes):
    """Return the campaign on a chain section, with top-level keys changed."""
    return Campaign.model_validate({**deepcopy(PLAIN), "chain": chain, **changes})


def run(chain, out, progress=None, **changes):
    """Run it; return its result."""
    return run_campaign(
        campaign(chain, **changes),
        out=out,
        progress=progress or Silent(),
        command_line=("floodline", "run"),
    )
