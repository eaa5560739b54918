// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice What determines a European option's price.
struct OptionInputs {
    /// Price of the asset, WAD USD.
    uint256 spot;
    /// Strike, WAD USD.
    uint256 strike;
    /// Volatility, WAD per square root of a year of 365 days.
    uint256 volatility;
    /// Time to expiry, seconds.
    uint256 secondsLeft;
    /// Continuously compounded interest rate, WAD per year.
    uint256 rate;
}

/// @notice Prices and sensitivities of the call and the put of one strike and expiry.
struct Greeks {
    /// Price of the call, WAD USD.
    uint256 call;
    /// Price of the put, WAD USD.
    uint256 put;
    /// Change of the call's price per dollar of the asset, WAD; the put's is that less one.
    uint256 callDelta;
    /// Change of delta per dollar of the asset, WAD per USD; the same for both.
    uint256 gamma;
    /// Change of price per 1.00 of volatility, WAD USD; the same for both.
    uint256 vega;
    /// Change of the call's price per year that passes, WAD USD.
    int256 callTheta;
    /// Change of the put's price per year that passes, WAD USD.
    int256 putTheta;
}
