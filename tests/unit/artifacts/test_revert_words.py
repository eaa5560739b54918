"""Reverts in words: custom errors, panics, reasons, and reasons that are codes."""

import pytest

from floodline.artifacts.reverts import RevertDecoder
from floodline.chain.abi import encode_call

POOL = [{"type": "error", "name": "Unhealthy", "inputs": [{"name": "factor", "type": "uint256"}]}]
MARKET = [
    {
        "type": "error",
        "name": "NotNow",
        "inputs": [{"name": "thrower", "type": "address"}, {"name": "opens", "type": "uint256"}],
    },
    {"type": "function", "name": "run", "inputs": [], "outputs": []},
]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (encode_call("Unhealthy(uint256)", 7), "Unhealthy(7)"),
        (encode_call("Panic(uint256)", 0x12), "Panic(0x12: division by zero)"),
        (encode_call("Panic(uint256)", 0x00), "Panic(0x00: generic failure)"),
        (encode_call("Error(string)", "position is healthy"), "position is healthy"),
        (encode_call("Error(string)", "45"), "HEALTH_FACTOR_NOT_BELOW_THRESHOLD(45)"),
        (encode_call("Strange(uint256)", 7), "0xfc5a44bf"),
        (b"", "no revert data"),
    ],
    ids=["custom", "panic", "oldest panic", "reason", "code", "unknown", "nothing"],
)
def test_each_kind_of_revert_has_its_words(data, words):
    decoder = RevertDecoder([POOL, MARKET], {"45": "HEALTH_FACTOR_NOT_BELOW_THRESHOLD"})
    assert decoder.explain(data) == words


def test_arguments_that_only_repeat_who_threw_are_left_out():
    data = encode_call("NotNow(address,uint256)", bytes(20), 9)
    assert RevertDecoder([MARKET]).explain(data) == f"NotNow(0x{'00' * 20}, 9)"
    assert RevertDecoder([MARKET], quiet=frozenset({"thrower"})).explain(data) == "NotNow(9)"
