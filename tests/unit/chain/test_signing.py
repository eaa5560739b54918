"""Signed transactions are eth_account's, byte for byte."""

import coincurve
import pytest
from eth_account import Account as EthAccount
from eth_utils.address import to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from floodline.chain.keccak import keccak256
from floodline.chain.signing import CURVE_ORDER, address_of, sign_digest, sign_transaction
from floodline.chain.transaction import (
    DynamicFeeTransaction,
    rlp_bytes,
    rlp_integer,
    rlp_list_header,
)

private_keys = st.integers(1, CURVE_ORDER - 1).map(lambda scalar: scalar.to_bytes(32, "big"))
words = st.binary(min_size=32, max_size=32)
addresses = st.binary(min_size=20, max_size=20)
access_lists = st.lists(
    st.tuples(addresses, st.lists(words, max_size=4).map(tuple)), max_size=3
).map(tuple)
transactions = st.builds(
    DynamicFeeTransaction,
    chain_id=st.integers(1, 2**32),
    nonce=st.integers(0, 2**64 - 2),
    max_priority_fee=st.integers(0, 2**96),
    max_fee=st.integers(0, 2**128),
    gas_limit=st.integers(0, 2**63),
    to=st.one_of(st.just(b""), addresses),
    value=st.one_of(st.integers(0, 300), st.integers(0, 2**256 - 1)),
    data=st.one_of(st.binary(max_size=300), st.binary(min_size=54, max_size=57)),
    access_list=access_lists,
)


def signed_by_eth_account(transaction: DynamicFeeTransaction, private_key: bytes) -> bytes:
    fields = {
        "type": 2,
        "chainId": transaction.chain_id,
        "nonce": transaction.nonce,
        "maxPriorityFeePerGas": transaction.max_priority_fee,
        "maxFeePerGas": transaction.max_fee,
        "gas": transaction.gas_limit,
        "value": transaction.value,
        "data": transaction.data,
        "to": to_checksum_address(transaction.to) if transaction.to else "",
        "accessList": [
            {
                "address": to_checksum_address(address),
                "storageKeys": ["0x" + s.hex() for s in slots],
            }
            for address, slots in transaction.access_list
        ],
    }
    return bytes(EthAccount.sign_transaction(fields, private_key).raw_transaction)


@settings(max_examples=120, deadline=None)
@given(transaction=transactions, private_key=private_keys)
def test_a_signed_transaction_has_the_bytes_of_eth_account(transaction, private_key):
    signed = sign_transaction(transaction, private_key)
    assert signed.raw == signed_by_eth_account(transaction, private_key)
    assert signed.tx_hash == keccak256(signed.raw)


def test_calldata_of_a_hundred_kilobytes_is_encoded_as_eth_account_does():
    private_key = (7).to_bytes(32, "big")
    transaction = DynamicFeeTransaction(31337, 1, 2, 3, 10**7, b"", 0, bytes(range(256)) * 400)
    assert sign_transaction(transaction, private_key).raw == signed_by_eth_account(
        transaction, private_key
    )


@settings(max_examples=50, deadline=None)
@given(private_key=private_keys, digest=words)
def test_a_signature_recovers_to_its_signer_and_has_the_low_s(private_key, digest):
    y_parity, r, s = sign_digest(private_key, digest)
    assert s <= CURVE_ORDER // 2
    compact = r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([y_parity])
    public = coincurve.PublicKey.from_signature_and_message(compact, digest, hasher=None)
    assert keccak256(public.format(compressed=False)[1:])[12:] == address_of(private_key)


@pytest.mark.parametrize("scalar", [0, CURVE_ORDER, 2**256 - 1])
def test_a_key_outside_the_curve_is_refused(scalar):
    with pytest.raises(ValueError, match="outside the curve"):
        sign_digest(scalar.to_bytes(32, "big"), bytes(32))


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "80"), (127, "7f"), (128, "8180"), (1024, "820400"), (2**256 - 1, "a0" + "ff" * 32)],
)
def test_an_integer_is_encoded_without_leading_zeros(value, encoded):
    assert rlp_integer(value).hex() == encoded


@pytest.mark.parametrize("size", [0, 1, 55, 56, 255, 256, 70_000])
def test_byte_strings_and_lists_of_every_length_class_are_those_of_the_rlp_library(size):
    import rlp

    text = b"\x81" * size
    assert rlp_bytes(text) == rlp.encode(text)
    assert rlp_list_header(len(rlp_bytes(text))) + rlp_bytes(text) == rlp.encode([text])
