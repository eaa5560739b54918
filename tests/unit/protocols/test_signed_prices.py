"""Signed prices: the digest and the signatures are EIP-712's, as another library makes them."""

from __future__ import annotations

from eth_account import Account as EthAccount
from eth_account.messages import encode_typed_data

from floodline.chain.accounts import AccountBook
from floodline.protocols.reference.signed_prices import PriceSigners, SignedPrice

FEED = bytes(range(20))
PRICE = SignedPrice(300_000_000_000, 150_000_000, 1_767_225_600, 1_767_225_598)
TYPES = {
    "SignedPrice": [
        {"name": "answer", "type": "int256"},
        {"name": "confidence", "type": "uint256"},
        {"name": "publishTime", "type": "uint64"},
        {"name": "previousPublishTime", "type": "uint64"},
    ]
}


def typed(price: SignedPrice) -> object:
    names = [field["name"] for field in TYPES["SignedPrice"]]
    domain = {
        "name": "Floodline PullFeed",
        "version": "1",
        "chainId": 31_337,
        "verifyingContract": "0x" + FEED.hex(),
    }
    return encode_typed_data(domain, TYPES, dict(zip(names, price, strict=True)))


def test_each_signature_recovers_to_its_signer_in_ascending_order() -> None:
    accounts = AccountBook(7).accounts("price signer", 4)
    signatures = PriceSigners(accounts, FEED, 31_337).sign(PRICE)
    assert len(signatures) == 4 * 65
    found = [
        bytes.fromhex(
            EthAccount.recover_message(typed(PRICE), signature=signatures[at : at + 65])[2:]
        )
        for at in range(0, len(signatures), 65)
    ]
    assert found == sorted(account.address for account in accounts)


def test_a_negative_answer_is_signed_as_twos_complement() -> None:
    (account,) = AccountBook(7).accounts("price signer", 1)
    price = PRICE._replace(answer=-5)
    signature = PriceSigners([account], FEED, 31_337).sign(price)
    assert (
        bytes.fromhex(EthAccount.recover_message(typed(price), signature=signature)[2:])
        == account.address
    )


def test_a_signature_holds_for_one_feed_on_one_chain() -> None:
    accounts = AccountBook(7).accounts("price signer", 1)
    one = PriceSigners(accounts, FEED, 31_337).digest(PRICE)
    assert one != PriceSigners(accounts, FEED[::-1], 31_337).digest(PRICE)
    assert one != PriceSigners(accounts, FEED, 31_338).digest(PRICE)
