// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SignedPrice} from "./IPullFeed.sol";

/// @notice A signed price of one asset.
struct PriceUpdate {
    /// Asset id in the oracle hub; its feed is a pull feed.
    bytes32 asset;
    /// The price.
    SignedPrice price;
    /// Its signatures, as `IPullFeed.update` takes them.
    bytes signatures;
}

/// @title A contract whose callers bring the prices that it needs
/// @notice The fees of the updates come out of what was paid ahead for this contract at each feed.
interface ICarriesPrices {
    /// @notice More updates than one call may carry.
    error TooManyUpdates(uint256 given, uint256 limit);

    /// @notice Store prices and then call this contract as the same caller.
    /// @param updates At most 8.
    /// @param call What to do then: a call of this contract.
    /// @return result What that call returned.
    function withPrices(
        PriceUpdate[] calldata updates,
        bytes calldata call
    ) external returns (bytes memory result);
}
