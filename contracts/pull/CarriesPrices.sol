// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ICarriesPrices, PriceUpdate} from "../interfaces/ICarriesPrices.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {IPullFeed} from "../interfaces/IPullFeed.sol";

/// @title Prices first, then the call
/// @notice Only deployments with pull feeds have it: they deploy the contracts of this folder in
/// the place of those that they extend.
abstract contract CarriesPrices is ICarriesPrices {
    uint256 private constant MAX_UPDATES = 8;

    IOracleHub private immutable HUB;

    /// @param hub Names the feed of each asset.
    constructor(IOracleHub hub) {
        HUB = hub;
    }

    /// @inheritdoc ICarriesPrices
    /// @dev The call is delegated to this very contract, so that its sender stays the caller.
    function withPrices(
        PriceUpdate[] calldata updates,
        bytes calldata call
    ) external returns (bytes memory) {
        if (updates.length > MAX_UPDATES) revert TooManyUpdates(updates.length, MAX_UPDATES);
        for (uint256 i; i < updates.length; ++i) {
            IPullFeed feed = IPullFeed(HUB.configurationOf(updates[i].asset).feed);
            // slither-disable-next-line unused-return -- a price that is there already is as good
            feed.update(updates[i].price, updates[i].signatures);
        }
        // slither-disable-next-line controlled-delegatecall -- the target is this contract
        return Address.functionDelegateCall(address(this), call);
    }
}
