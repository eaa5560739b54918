// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {Tolerance} from "../types/Types.sol";

/// @title What must hold after an order, whatever the product
library MarginChecks {
    using SafeCastLib for uint256;

    /// @notice Equity covers initial margin.
    function requireInitialMargin(IClearingHouse house, address account) internal view {
        (int256 equity, uint256 initial, ) = house.status(account, Tolerance.Default);
        if (equity < initial.toInt256()) {
            revert IClearingHouse.InsufficientMargin(equity, initial);
        }
    }

    /// @notice How far an account is below maintenance, WAD USD; negative above it.
    function shortfall(IClearingHouse house, address account) internal view returns (int256) {
        (int256 equity, , uint256 maintenance) = house.status(account, Tolerance.Default);
        return maintenance.toInt256() - equity;
    }

    /// @notice A reducing order may leave an account below maintenance only if it already was and is
    /// no further below; it may never leave a debt without a position, which is for liquidation.
    /// @param before The shortfall before the order.
    function requireNotWorse(IClearingHouse house, address account, int256 before) internal view {
        (int256 equity, , uint256 maintenance) = house.status(account, Tolerance.Default);
        int256 left = maintenance.toInt256() - equity;
        bool worse = left > 0 && left > before;
        if (worse || (equity < 0 && !house.hasPositions(account))) {
            revert IClearingHouse.InsufficientMargin(equity, maintenance);
        }
    }

    /// @notice The capital behind a product covers what its open interest locks.
    function requireCapacity(IClearingHouse house, address product) internal view {
        (int256 available, uint256 locked) = house.counterpartyStatus(
            house.counterpartyOf(product),
            Tolerance.Default
        );
        if (available < locked.toInt256()) {
            revert IClearingHouse.CounterpartyCapacityExceeded(locked, available);
        }
    }
}
