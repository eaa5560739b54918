"""The places of libraries in creation code."""

import pytest

from floodline.artifacts.linking import digest_of, split_links
from floodline.foundation.errors import ToolchainError


def test_the_digest_is_that_of_the_full_name():
    # solc 0.8.30 writes this mark for a library Maths in contracts/Maths.sol
    assert digest_of("contracts/Maths.sol", "Maths") == "$97b134453a3ff3db5ace1b5e2a16f50f7a$"


def test_code_without_libraries_has_no_places():
    assert split_links("Pool", "0x6001", {}) == (b"\x60\x01", {})


def test_a_place_beyond_the_code_is_refused():
    with pytest.raises(ToolchainError, match="links Maths outside"):
        split_links("Pool", "0x6001", {"Maths.sol": {"Maths": [{"start": 0, "length": 20}]}})


def test_code_that_is_no_code_is_refused():
    with pytest.raises(ToolchainError, match="the code of Pool is not hexadecimal"):
        split_links("Pool", "0x60__Maths_____", {})
