"""Accounts follow from the seed, the label and the number, and from nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from floodline.chain.accounts import AccountBook, derive_private_key
from floodline.chain.signing import CURVE_ORDER, address_of
from floodline.chain.transaction import DynamicFeeTransaction


def test_the_first_keeper_of_seed_seven_is_always_the_same():
    assert derive_private_key(7, "keeper", 0).hex() == KEEPER_KEY
    assert AccountBook(7).account("keeper").address.hex() == KEEPER_ADDRESS


def test_an_account_does_not_move_when_another_actor_joins():
    alone, crowded = AccountBook(7), AccountBook(7)
    crowded.accounts("flood", 50)
    assert alone.account("keeper", 3).address == crowded.account("keeper", 3).address


def test_seeds_labels_and_numbers_give_different_accounts():
    keys = {
        derive_private_key(seed, label, number)
        for seed in (1, 11)
        for label in ("keeper", "keeper1", "1")
        for number in (0, 1, 10)
    }
    assert len(keys) == 18


def test_the_book_finds_accounts_by_index_and_by_address():
    book = AccountBook(1)
    trader, keeper = book.account("trader"), book.account("keeper")
    assert [trader.index, keeper.index] == [0, 1]
    assert book[1] is keeper
    assert book.by_address(trader.address) is trader
    assert book.by_address(bytes(20)) is None
    assert list(book) == [trader, keeper]
    assert len(book) == 2
    assert book.account("trader") is trader


def test_a_private_key_is_not_shown():
    account = AccountBook(1).account("keeper")
    assert account.private_key.hex() not in repr(account)
    assert str(account.private_key) not in repr(account)


@given(seed=st.integers(0, 2**64), label=st.text(max_size=10), number=st.integers(0, 2**32))
def test_every_derived_key_is_a_key_of_the_curve(seed, label, number):
    key = derive_private_key(seed, label, number)
    assert 0 < int.from_bytes(key, "big") < CURVE_ORDER
    assert len(address_of(key)) == 20


def test_an_account_signs_with_its_own_key():
    from eth_account import Account as EthAccount

    keeper = AccountBook(3).account("keeper")
    signed = keeper.sign(DynamicFeeTransaction(31337, 0, 1, 2, 21_000, bytes(20)))
    sender = EthAccount.recover_transaction(signed.raw)
    assert bytes.fromhex(sender[2:]) == keeper.address


KEEPER_KEY = "023731431480ca0e29277e064ac9e600c6011a1650bca9f962c33ab5e615ab92"
KEEPER_ADDRESS = "fc64bae011ccb959a02b36b091ae78d59125b6d7"
