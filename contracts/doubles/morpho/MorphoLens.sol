// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IMorphoBlue} from "./IMorphoBlue.sol";
import {ScaledFeedOracle} from "./ScaledFeedOracle.sol";

/// @title Reads many positions of one Morpho market at once
contract MorphoLens {
    /// @dev What all lenders and all borrowers of a market have together.
    struct Totals {
        uint256 supplied;
        uint256 supplyShares;
        uint256 borrowed;
        uint256 borrowShares;
    }

    /// @dev Morpho's virtual shares and assets, which keep the first share's price in bounds.
    uint256 private constant VIRTUAL_SHARES = 1e6;
    uint256 private constant VIRTUAL_ASSETS = 1;

    IMorphoBlue private immutable MORPHO;

    /// @param morpho The lending protocol.
    constructor(IMorphoBlue morpho) {
        MORPHO = morpho;
    }

    /// @notice Collateral units and debt of some accounts, and the collateral's price.
    /// @dev Not a view: it may bring interest up to date first. Meant to be called, never sent.
    /// @param params The market.
    /// @param id Its name.
    /// @param accounts Whose positions.
    /// @param accrue Whether debts hold interest up to now, or to the market's last update.
    function positions(
        IMorphoBlue.MarketParams calldata params,
        bytes32 id,
        address[] calldata accounts,
        bool accrue
    )
        external
        returns (
            uint256[] memory collateral,
            uint256[] memory debt,
            uint256[] memory claim,
            uint256 price
        )
    {
        if (accrue) MORPHO.accrueInterest(params);
        collateral = new uint256[](accounts.length);
        debt = new uint256[](accounts.length);
        claim = new uint256[](accounts.length);
        Totals memory totals = _totals(id);
        for (uint256 i; i < accounts.length; ++i) {
            (claim[i], debt[i], collateral[i]) = _position(id, accounts[i], totals);
        }
        price = ScaledFeedOracle(params.oracle).price();
    }

    function _totals(bytes32 id) private view returns (Totals memory totals) {
        (totals.supplied, totals.supplyShares, totals.borrowed, totals.borrowShares, , ) = MORPHO
            .market(id);
    }

    /// @dev Rounded as Morpho rounds: what is owed up, what is claimed down.
    function _position(
        bytes32 id,
        address account,
        Totals memory totals
    ) private view returns (uint256 claim, uint256 debt, uint256 collateral) {
        uint256 lent;
        uint256 owed;
        (lent, owed, collateral) = MORPHO.position(id, account);
        if (owed > 0) {
            uint256 shares = totals.borrowShares + VIRTUAL_SHARES;
            debt = (owed * (totals.borrowed + VIRTUAL_ASSETS) + shares - 1) / shares;
        }
        claim =
            (lent * (totals.supplied + VIRTUAL_ASSETS)) / (totals.supplyShares + VIRTUAL_SHARES);
    }
}
