// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Where a settlement price came from.
/// @dev `Twap`: observations inside the window. `LastRound`: none inside it, so the last one before.
/// `Landing`: the price in force when the keeper's transaction landed.
enum ExpirySource {
    None,
    Twap,
    LastRound,
    Landing
}

/// @title Settlement prices by expiry, fixed once by anybody
interface IExpiryPrices {
    /// @notice A settlement price is known from now on.
    /// @param asset Asset id.
    /// @param expiry Seconds.
    /// @param price WAD USD.
    /// @param source Where it came from.
    /// @param lag How long after expiry, seconds.
    event ExpiryPriceFixed(
        bytes32 indexed asset,
        uint256 indexed expiry,
        uint256 price,
        ExpirySource source,
        uint256 lag
    );
    /// @notice Some rounds of the window were read, not yet all.
    /// @param asset Asset id.
    /// @param expiry Seconds.
    /// @param nextRound The round to go on with.
    event ExpiryRoundsRead(bytes32 indexed asset, uint256 indexed expiry, uint80 nextRound);

    /// @notice The expiry lies ahead.
    error NotExpired(uint256 expiry, uint256 now);
    /// @notice The price was fixed before.
    error ExpiryAlreadyFixed(uint256 expiry, uint256 price);
    /// @notice No observation from after expiry has come in yet; from `availableAt` on the rounds
    /// there are suffice.
    error ExpiryRoundsPending(uint256 expiry, uint256 newestObservedAt, uint256 availableAt);
    /// @notice The feed has no round from before expiry.
    error NoRoundBefore(uint256 expiry);
    /// @notice The number of rounds to read is not between 1 and the limit.
    error RoundsOutOfBounds(uint256 maxRounds, uint256 limit);

    /// @notice Fix the settlement price of an expiry, or read part of the way there. Anybody.
    /// @param asset Asset id.
    /// @param expiry Seconds, not ahead.
    /// @param maxRounds Most rounds to read in this call.
    /// @return fixedNow Whether the price is known now; call again if not.
    function fixPrice(
        bytes32 asset,
        uint256 expiry,
        uint256 maxRounds
    ) external returns (bool fixedNow);

    /// @notice The settlement price of an expiry.
    /// @return price WAD USD; zero while unknown.
    /// @return source `None` while unknown.
    function priceOf(
        bytes32 asset,
        uint256 expiry
    ) external view returns (uint256 price, ExpirySource source);

    /// @notice Length of the averaging window before expiry, seconds; zero where the landing price
    /// counts.
    function window() external view returns (uint256);

    /// @notice How long after expiry an observation from after it is waited for, seconds.
    function grace() external view returns (uint256);
}
