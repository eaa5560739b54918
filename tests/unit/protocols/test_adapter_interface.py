"""What every adapter may rely on: capabilities, its own parameters, addresses, the book's cash."""

import pytest
from pydantic import Field, ValidationError

from floodline.foundation.registry import Parameters
from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.capabilities import Capabilities, Unsupported
from floodline.protocols.registry import AdapterParameters


class Own(Parameters):
    """Parameters of a made-up protocol."""

    lltv: float = Field(default=0.86, gt=0, lt=1, description="Loan to value.")


def test_every_capability_has_a_meaning_and_is_off_by_default():
    listed = Capabilities().listed()
    assert len(listed) == len({name for name, _, _ in listed})
    assert all(meaning and not present for _, present, meaning in listed)


def test_what_a_protocol_lacks_is_named_with_the_protocol_and_a_next_step():
    error = Unsupported("vanilla", "auctions")
    assert "vanilla" in str(error)
    assert "auctions" in str(error)
    assert error.next_step
    assert error.exit_code == 2


def test_overrides_become_an_adapters_own_parameters():
    assert AdapterParameters(overrides={"lltv": 0.9}).settings(Own).lltv == 0.9
    assert AdapterParameters().settings(Own).lltv == 0.86


def test_an_unknown_override_names_the_nearest_parameter():
    with pytest.raises(ValueError, match="did you mean 'lltv'"):
        AdapterParameters(overrides={"ltv": 0.9}).settings(Own)


def test_an_override_out_of_bounds_names_its_key():
    with pytest.raises(ValueError, match=r"overrides\.lltv"):
        AdapterParameters(overrides={"lltv": 1.5}).settings(Own)


def test_addresses_are_twenty_bytes_or_refused():
    text = "0x" + "ab" * 20
    given = AdapterParameters(addresses={"pool": text})
    assert given.standing("pool") == bytes.fromhex("ab" * 20)
    assert given.standing("other") is None
    with pytest.raises(ValidationError, match="forty hex digits"):
        AdapterParameters(addresses={"pool": "0x12"})


def test_cash_can_be_set_to_a_debt_that_is_known_from_elsewhere():
    book, account = Book(["ETH"]), b"\x01" * 20
    book.set_cash(account, -3 * WAD)
    assert book.cash_wad == [-3 * WAD]
    assert book.cash.tolist() == [-3.0]
    book.set_cash(account, -5 * WAD)
    assert book.cash.tolist() == [-5.0]
