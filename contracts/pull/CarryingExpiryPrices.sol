// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ExpiryPrices} from "../ExpiryPrices.sol";
import {IOracleHub} from "../interfaces/IOracleHub.sol";
import {CarriesPrices} from "./CarriesPrices.sol";

/// @title Settlement prices whose keepers bring an observation
contract CarryingExpiryPrices is ExpiryPrices, CarriesPrices {
    /// @param oracle Where rounds come from.
    /// @param window_ Averaging window, seconds; zero for the price at landing.
    /// @param grace_ How long an observation from after expiry is waited for, seconds.
    constructor(
        IOracleHub oracle,
        uint256 window_,
        uint256 grace_
    ) ExpiryPrices(oracle, window_, grace_) CarriesPrices(oracle) {}
}
