// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Burns exactly the gas limit of whatever calls it
/// @notice Any call loops until its gas is gone, so gas used equals the gas limit and the
/// transaction fails. The five-byte runtime code `5b600056` (a jump to itself) does the same and
/// can be installed at any address with `anvil_setCode`.
// slither-disable-next-line locked-ether -- every call fails, so none arrives
contract GasBurner {
    /// @notice Loops for ever.
    fallback() external payable {
        while (true) {}
    }

    /// @notice Loops for ever.
    receive() external payable {
        while (true) {}
    }
}
