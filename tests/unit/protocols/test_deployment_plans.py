"""A deployment as data: every fault at once and by its step, every value for what it stands for."""

import pytest

from floodline.chain.abi import encode_call
from floodline.foundation.errors import CampaignError
from floodline.protocols.deploying.plan import Plan
from floodline.protocols.deploying.values import resolve

OUTPUTS = {"pool": b"\x01" * 20, "tokens": (b"\x02" * 20, b"\x03" * 20), "reserve": {"id": 7}}


def encode(name, function, arguments):
    return f"{name}.{function}({arguments})".encode()


def value(raw):
    return resolve("plan.yaml, step 3", raw, OUTPUTS, encode)


@pytest.mark.parametrize(
    ("raw", "stands_for"),
    [
        (7, 7),
        (True, True),
        ("text", "text"),
        ("$pool", b"\x01" * 20),
        ("$tokens.1", b"\x03" * 20),
        ("$reserve.id", 7),
        ("$$pool", "$pool"),
        ("0x0a0b", b"\x0a\x0b"),
        ([1, ["$pool"]], [1, [b"\x01" * 20]]),
        ({"wad": 1.5}, 15 * 10**17),
        ({"ray": "0.8"}, 8 * 10**26),
        ({"units": "$reserve.id", "decimals": 6}, 7 * 10**6),
        ({"bytes32": "sETH"}, b"sETH" + bytes(28)),
        ({"encode": "initialize", "of": "Pool", "args": ["$reserve.id"]}, b"Pool.initialize([7])"),
    ],
)
def test_a_written_value_stands_for(raw, stands_for):
    assert value(raw) == stands_for


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ("$pol", "nothing is called $pol (did you mean 'pool'?)"),
        ("$tokens.2", "has no '2'"),
        ("0xabc", "not hexadecimal"),
        ({"wad": "much"}, "'much' is no number"),
        ({"units": 1.2345678, "decimals": 6}, "more than 6 decimals"),
        ({"bytes32": "x" * 33}, "longer than 32 bytes"),
        ({"wad": 1, "ray": 2}, "is no value"),
    ],
)
def test_a_value_that_is_none_is_told_with_its_step(raw, complaint):
    with pytest.raises(CampaignError) as caught:
        value(raw)
    assert "plan.yaml, step 3" in str(caught.value)
    assert complaint in str(caught.value)


def test_every_fault_of_a_plan_is_told_at_once():
    steps = [
        {"deploy": "Pool", "arguments": []},
        {"call": "pool"},
        {"deploy": "Pool", "call": "pool"},
        "nonsense",
    ]
    with pytest.raises(CampaignError) as caught:
        Plan.parse("plan.yaml", steps)
    said = str(caught.value)
    assert "step 1 (deploy Pool): arguments: Extra inputs are not permitted" in said
    assert "step 2 (call pool): function: Field required" in said
    assert "step 3: needs exactly one of deploy, call, read, need, bind" in said
    assert "step 4: needs exactly one of" in said


def test_a_plan_is_read_from_a_file_and_a_damaged_file_is_told(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("- {deploy: Pool, as: pool, args: [$deployer]}\n- {call: pool, function: go}\n")
    plan = Plan.load(path)
    assert [where for where, _ in plan] == ["plan.yaml, step 1", "plan.yaml, step 2"]
    path.write_text("- {deploy: Pool")
    with pytest.raises(CampaignError, match="cannot be read"):
        Plan.load(path)
    path.write_text("deploy: Pool")
    with pytest.raises(CampaignError, match="not a list of steps"):
        Plan.load(path)


def test_words_of_a_call_do_not_change_on_their_way():
    assert resolve("x", encode_call("f()"), {}, encode) == encode_call("f()")


def test_a_struct_is_written_by_the_names_of_its_fields():
    assert value({"struct": {"to": "$pool", "amount": {"wad": 1}}}) == {
        "to": b"\x01" * 20,
        "amount": 10**18,
    }
