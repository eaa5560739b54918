"""Our short path agrees with eth_abi; values and bytes that do not fit are explained."""

import pytest
from eth_abi import decode as reference_decode
from eth_abi import encode as reference_encode
from hypothesis import given
from hypothesis import strategies as st

from floodline.chain.abi import AbiError, ContractInterface, Event, encode_call, selector
from floodline.chain.keccak import keccak256
from floodline.chain.node import Log
from floodline.chain.words import word_reader, word_writer


def parameter(name, kind, **more):
    return {"name": name, "type": kind, **more}


def function(name, inputs, outputs=()):
    return {"type": "function", "name": name, "inputs": inputs, "outputs": list(outputs)}


QUOTE = [parameter("price", "uint256"), parameter("maker", "address")]
ABI = [
    {"type": "constructor", "inputs": [parameter("owner", "address")]},
    function("open", [parameter("market", "uint32"), parameter("size", "int256")]),
    function("deposit", [parameter("amount", "uint256")]),
    function("deposit", [parameter("amount", "uint256"), parameter("to", "address")]),
    function("name", [], [parameter("", "string")]),
    function("pair", [], [parameter("a", "int128"), parameter("b", "bool")]),
    function(
        "quotes",
        [parameter("sizes", "int256[]")],
        [parameter("", "tuple[]", components=QUOTE)],
    ),
    {
        "type": "event",
        "name": "Liquidated",
        "inputs": [
            parameter("market", "uint32", indexed=False),
            parameter("trader", "address", indexed=True),
            parameter("size", "int256", indexed=False),
        ],
    },
    {
        "type": "event",
        "name": "Noted",
        "inputs": [
            parameter("text", "string", indexed=True),
            parameter("body", "bytes", indexed=False),
        ],
    },
    {"type": "error", "name": "Stale", "inputs": [parameter("age", "uint64")]},
]
KEEPER = bytes(range(20))
market = ContractInterface(ABI)


def log_of(topics, data=b""):
    return Log(bytes(20), tuple(topics), data, bytes(32), 0, 0)


SAMPLES = {
    "uint256": st.integers(0, 2**256 - 1),
    "uint8": st.integers(0, 255),
    "int256": st.integers(-(2**255), 2**255 - 1),
    "int24": st.integers(-(2**23), 2**23 - 1),
    "bool": st.booleans(),
    "address": st.binary(min_size=20, max_size=20),
    "bytes32": st.binary(min_size=32, max_size=32),
    "bytes4": st.binary(min_size=4, max_size=4),
}


@pytest.mark.parametrize("kind", sorted(SAMPLES))
@given(data=st.data())
def test_a_word_is_written_and_read_as_eth_abi_does(kind, data):
    value = data.draw(SAMPLES[kind])
    word = word_writer(kind)(value)
    assert word == reference_encode([kind], [value])
    assert word_reader(kind)(word) == value


@pytest.mark.parametrize("kind", ["uint8", "int24", "bool", "address", "bytes4"])
@given(
    word=st.one_of(
        st.binary(min_size=32, max_size=32), st.binary(max_size=3).map(lambda b: b.rjust(32, b"\0"))
    )
)
def test_a_word_that_eth_abi_refuses_is_refused(kind, word):
    try:
        reference_decode([kind], word)
    except Exception:  # noqa: BLE001 - whichever of its errors
        with pytest.raises(ValueError, match=r"not|fit"):
            word_reader(kind)(word)
    else:
        word_reader(kind)(word)


def test_a_call_is_the_selector_and_the_words():
    assert market.encode("open", 3, -5) == selector("open(uint32,int256)") + reference_encode(
        ["uint32", "int256"], [3, -5]
    )


def test_a_call_by_signature_alone_is_the_same_call():
    assert encode_call("open(uint32,int256)", 3, -5) == market.encode("open", 3, -5)
    assert encode_call("f((uint256,string)[],bool)", [(1, "a")], True) == selector(
        "f((uint256,string)[],bool)"
    ) + reference_encode(["(uint256,string)[]", "bool"], [[(1, "a")], True])
    assert encode_call("f()") == selector("f()")


def test_an_overloaded_function_is_named_with_its_types():
    assert market.encode("deposit(uint256)", 1)[:4] == selector("deposit(uint256)")
    assert market.encode("deposit(uint256,address)", 1, KEEPER)[-20:] == KEEPER
    with pytest.raises(AbiError, match=r"deposit\(uint256,address\)"):
        market.encode("deposit", 1)


def test_arrays_go_through_eth_abi():
    assert market.encode("quotes", [1, -2])[4:] == reference_encode(["int256[]"], [[1, -2]])


def test_constructor_arguments_are_encoded():
    assert market.encode_constructor(KEEPER) == bytes(12) + KEEPER


@pytest.mark.parametrize(
    "arguments",
    [(2**32, 0), (-1, 0), (1,), (1, 2, 3), ("1", 0), (True, 0), (1.0, 0), (None, 0)],
)
def test_arguments_that_do_not_fit_name_the_function_and_its_types(arguments):
    with pytest.raises(AbiError, match=r"open takes \(uint32,int256\)"):
        market.encode("open", *arguments)


def test_outputs_come_as_nothing_one_value_or_a_tuple():
    assert market.decode_output("open", b"") is None
    assert market.decode_output("name", reference_encode(["string"], ["perp"])) == "perp"
    assert market.decode_output("pair", reference_encode(["int128", "bool"], [-9, True])) == (
        -9,
        True,
    )


def test_structs_come_as_dicts_with_addresses_as_bytes():
    data = reference_encode(["(uint256,address)[]"], [[(5, KEEPER)]])
    assert market.decode_output("quotes", data) == [{"price": 5, "maker": KEEPER}]


def test_an_empty_answer_where_a_value_is_due_hints_at_the_missing_contract():
    with pytest.raises(AbiError, match="deployed"):
        market.decode_output("name", b"")


@pytest.mark.parametrize("data", [b"\1" * 31, b"\xff" * 64])
def test_an_answer_that_does_not_decode_is_explained(data):
    with pytest.raises(AbiError, match="pair"):
        market.decode_output("pair", data)


def test_an_event_is_decoded_with_its_arguments_in_the_declared_order():
    topics = [market.topic("Liquidated"), bytes(12) + KEEPER]
    event = market.decode_log(log_of(topics, reference_encode(["uint32", "int256"], [4, -7])))
    assert event == Event("Liquidated", {"market": 4, "trader": KEEPER, "size": -7})
    assert list(event.arguments) == ["market", "trader", "size"]
    assert topics[0] == keccak256(b"Liquidated(uint32,address,int256)")


def test_an_indexed_string_is_its_digest():
    topics = [market.topic("Noted"), keccak256(b"hello")]
    event = market.decode_log(log_of(topics, reference_encode(["bytes"], [b"body"])))
    assert event == Event("Noted", {"text": keccak256(b"hello"), "body": b"body"})


def test_a_foreign_or_anonymous_log_is_not_an_event_of_this_contract():
    assert market.decode_log(log_of([keccak256(b"Other()")])) is None
    assert market.decode_log(log_of([])) is None


def test_a_log_cut_short_is_an_error_that_names_the_event():
    topics = [market.topic("Liquidated"), bytes(12) + KEEPER]
    with pytest.raises(AbiError, match="Liquidated"):
        market.decode_log(log_of(topics, bytes(63)))
    with pytest.raises(AbiError, match="Liquidated"):
        market.decode_log(log_of(topics[:1], bytes(64)))


@pytest.mark.parametrize(
    ("data", "name", "shown"),
    [
        (selector("Stale(uint64)") + (90).to_bytes(32, "big"), "Stale", "Stale(90)"),
        (
            selector("Error(string)") + reference_encode(["string"], ["paused"]),
            "Error",
            "Error(paused)",
        ),
        (
            selector("Panic(uint256)") + (0x11).to_bytes(32, "big"),
            "Panic",
            "Panic(0x11: arithmetic overflow or underflow)",
        ),
        (b"\xde\xad\xbe\xef", "", "0xdeadbeef"),
        (b"", "", "no revert data"),
        (selector("Stale(uint64)") + b"\1", "", "0x" + selector("Stale(uint64)").hex()),
    ],
)
def test_reverts_are_named(data, name, shown):
    revert = market.decode_revert(data)
    assert revert.name == name
    assert str(revert) == shown


def test_an_unknown_function_or_event_is_answered_with_the_known_ones():
    with pytest.raises(AbiError, match="open"):
        market.encode("opne", 1)
    with pytest.raises(AbiError, match="Liquidated"):
        market.topic("Liquidatd")
