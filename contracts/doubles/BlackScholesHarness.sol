// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BlackScholes} from "../libraries/BlackScholes.sol";
import {Greeks, OptionInputs} from "../types/OptionTypes.sol";

/// @title The option library, opened for validation: hundreds of points in one call
contract BlackScholesHarness {
    /// @notice Prices and sensitivities of many options.
    function greeks(OptionInputs[] calldata points) external pure returns (Greeks[] memory found) {
        found = new Greeks[](points.length);
        for (uint256 i; i < points.length; ++i) found[i] = BlackScholes.greeks(points[i]);
    }

    /// @notice N(x) of many numbers, WAD.
    function normal(int256[] calldata points) external pure returns (uint256[] memory found) {
        found = new uint256[](points.length);
        for (uint256 i; i < points.length; ++i) found[i] = BlackScholes.normal(points[i]);
    }

    /// @notice Gas of put, call and delta together, for each of many options.
    function gasOfPrices(OptionInputs[] calldata points) external view returns (uint256[] memory) {
        uint256[] memory used = new uint256[](points.length);
        for (uint256 i; i < points.length; ++i) {
            OptionInputs memory inputs = points[i];
            uint256 before = gasleft();
            (uint256 call, uint256 put, ) = BlackScholes.prices(inputs);
            used[i] = before - gasleft();
            // Prices are used, so that the optimiser cannot leave them out.
            if (call + inputs.strike < put) revert BlackScholes.OptionInputOutOfRange(inputs);
        }
        return used;
    }
}
