// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Batched reads of options for the harness; they never revert for the age of a price
interface IOptionLens {
    /// @notice A listed option as it stands.
    struct SeriesReport {
        /// Its number.
        uint256 id;
        /// WAD USD.
        uint256 strike;
        /// Seconds.
        uint256 expiry;
        /// Sum of the traders' long sizes, WAD.
        uint256 long;
        /// Sum of the traders' short sizes, WAD.
        uint256 short;
        /// Mark, or payoff once settled, WAD USD.
        uint256 price;
        /// WAD; zero after expiry.
        uint256 volatility;
        /// Change of price per dollar of the asset, WAD.
        int256 delta;
        /// Change of delta per dollar of the asset, WAD per USD.
        uint256 gamma;
        /// Change of price per 1.00 of volatility, WAD USD.
        uint256 vega;
        /// Change of price per year that passes, WAD USD.
        int256 theta;
        /// Call or put.
        bool isCall;
        /// Whether the settlement price is known.
        bool settled;
    }

    /// @notice Sensitivities of a book, options and perpetual together.
    struct BookGreeks {
        /// Value of the options at their marks, WAD USD.
        int256 value;
        /// WAD units of the asset.
        int256 delta;
        /// WAD units per USD.
        int256 gamma;
        /// WAD USD per 1.00 of volatility.
        int256 vega;
        /// WAD USD per year.
        int256 theta;
    }

    /// @notice What stands behind an option market.
    struct VaultReport {
        /// Capital beyond what is owed, WAD USD.
        int256 equity;
        /// What of it is locked, WAD USD.
        uint256 locked;
        /// What the market owes its traders, WAD USD.
        int256 debt;
        /// The vault's own sensitivities: the opposite of its traders', and its perpetual.
        BookGreeks greeks;
    }

    /// @notice Options of a market.
    /// @param market The option market.
    /// @param from First number.
    /// @param count How many at most.
    function series(
        address market,
        uint256 from,
        uint256 count
    ) external view returns (SeriesReport[] memory reports);

    /// @notice Sensitivities of accounts in one asset.
    /// @param market The option market.
    /// @param perpetual The perpetual on the same asset, or zero.
    /// @param accounts Whose.
    function greeks(
        address market,
        address perpetual,
        address[] calldata accounts
    ) external view returns (BookGreeks[] memory books);

    /// @notice Signed sizes of accounts in series.
    /// @param market The option market.
    /// @param accounts Whose.
    /// @param ids The series.
    /// @return sizes WAD, by account, then by series.
    function positions(
        address market,
        address[] calldata accounts,
        uint256[] calldata ids
    ) external view returns (int256[][] memory sizes);

    /// @notice The vault behind an option market.
    /// @param market The option market.
    /// @param perpetual The perpetual that it hedges with, or zero.
    function vault(
        address market,
        address perpetual
    ) external view returns (VaultReport memory report);
}
