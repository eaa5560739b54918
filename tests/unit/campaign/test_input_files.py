"""The manifest tells the contents of every file that a campaign reads."""

import hashlib

import pytest

from floodline.campaign.inputs import input_hashes
from floodline.campaign.schema import Campaign
from floodline.foundation.errors import CampaignError


def campaign(prices, load):
    return Campaign.model_validate(
        {
            "name": "recorded",
            "slots": 1,
            "market": {"ETH": {"csv": {"file": str(prices)}}},
            "actors": [{"flood": {"arrival": {"trace": str(load)}}}],
        }
    )


def test_each_file_is_named_with_the_hash_of_its_bytes(tmp_path):
    prices, load = tmp_path / "prices.csv", tmp_path / "load.csv"
    prices.write_bytes(b"time_s,price_usd\n0,3000\n")
    load.write_bytes(b"time_s\n1\n")
    assert input_hashes(campaign(prices, load)) == {
        path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in (load, prices)
    }


def test_a_file_that_is_not_there_is_named(tmp_path):
    load = tmp_path / "load.csv"
    load.write_bytes(b"time_s\n1\n")
    with pytest.raises(CampaignError, match=r"none\.csv cannot be read"):
        input_hashes(campaign(tmp_path / "none.csv", load))
