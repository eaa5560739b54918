// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Batched reads for the harness, flat arrays so that they decode fast
/// @notice Prices are the newest whatever their age; time is the block's.
interface ILens {
    /// @notice A market at a glance.
    struct MarketReport {
        /// Newest price, WAD USD.
        uint256 price;
        /// When it was observed, seconds.
        uint256 observedAt;
        /// The feed's round.
        uint256 roundId;
        /// Sum of signed sizes, WAD units.
        int256 skew;
        /// Sum of absolute sizes, WAD units.
        uint256 totalSize;
        /// Long open interest, WAD units.
        uint256 longSize;
        /// Short open interest, WAD units.
        uint256 shortSize;
        /// Funding rate now, WAD per day.
        int256 fundingRate;
        /// Funding accumulator now, WAD USD per unit.
        int256 fundingAccumulator;
        /// Sum of size * (entryPrice + entryFunding), WAD * WAD.
        int256 debtCorrection;
        /// Sum of unrealised profits, WAD USD, rounded up.
        int256 marketDebt;
        /// Closed by liquidation inside the window, WAD units.
        uint256 windowUsed;
        /// Allowed inside the window, WAD units.
        uint256 windowCap;
    }

    /// @notice The whole book at a glance.
    struct SolvencyReport {
        /// Tokens held by the clearing house, 6 decimals.
        uint256 tokenBalance;
        /// Sum of cash over all ledger accounts, WAD USD.
        int256 totalCash;
        /// Deficit nobody has paid yet, WAD USD.
        uint256 recordedDeficit;
        /// Cash of the insurance fund, WAD USD.
        int256 fundCash;
        /// Cash of the counterparty, WAD USD.
        int256 counterpartyCash;
        /// Counterparty cash minus what it owes traders, WAD USD.
        int256 counterpartyEquity;
        /// Capital that open interest locks, WAD USD.
        uint256 counterpartyLocked;
        /// min(1, assets / claims), WAD.
        uint256 exchangeRate;
        /// Time until which withdrawals rest, seconds.
        uint256 gatedUntil;
    }

    /// @notice Health of many accounts.
    /// @param accounts Traders.
    /// @return equity WAD USD.
    /// @return maintenance WAD USD.
    /// @return initial WAD USD.
    /// @return cash WAD USD.
    function health(
        address[] calldata accounts
    )
        external
        view
        returns (
            int256[] memory equity,
            uint256[] memory maintenance,
            uint256[] memory initial,
            int256[] memory cash
        );

    /// @notice Positions of many accounts in one market.
    /// @param accounts Traders.
    /// @param market_ The market.
    /// @return size WAD units.
    /// @return entryPrice WAD USD.
    /// @return entryFunding WAD USD per unit.
    function positions(
        address[] calldata accounts,
        address market_
    )
        external
        view
        returns (int256[] memory size, uint256[] memory entryPrice, int256[] memory entryFunding);

    /// @notice One market.
    function market(address market_) external view returns (MarketReport memory);

    /// @notice The whole book.
    function solvency() external view returns (SolvencyReport memory);
}
