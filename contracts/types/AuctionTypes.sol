// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice How the price of an account falls.
enum AuctionKind {
    Phased,
    Stepwise
}

/// @notice How accounts are auctioned.
struct AuctionParameters {
    /// Which of the two curves.
    AuctionKind kind;
    /// Phased: length of the fast phase, seconds.
    uint256 fastSeconds;
    /// Phased: price at its start, WAD ratio of equity.
    uint256 fastStart;
    /// Phased: price at its end, WAD ratio of equity.
    uint256 fastEnd;
    /// Phased: length of the slow phase, at whose end the price is zero, seconds.
    uint256 slowSeconds;
    /// Phased: time until a bidder is paid all of the maintenance margin, seconds.
    uint256 insolventSeconds;
    /// Stepwise: price of the legs at the start, WAD ratio of the feed's.
    uint256 top;
    /// Stepwise: factor of one step, WAD.
    uint256 cut;
    /// Stepwise: length of a step, seconds.
    uint256 stepSeconds;
    /// Stepwise: age at which an auction must be reset, seconds.
    uint256 tailSeconds;
    /// Stepwise: share of its start below which an auction must be reset, WAD.
    uint256 cusp;
    /// Margin beyond maintenance to which bids may restore an account, WAD ratio of maintenance.
    uint256 bufferRatio;
    /// Share of the equity given to a bidder that goes from its payment to the fund, WAD.
    uint256 feeRatio;
    /// Paid for a start or a reset out of the fund, WAD USD.
    uint256 tip;
    /// Paid for a start or a reset out of the fund, WAD ratio of notional.
    uint256 chip;
    /// Notional below which nothing is paid for a start and nothing may be left, WAD USD.
    uint256 dustNotional;
    /// Largest notional under auction at once, WAD USD.
    uint256 hole;
    /// Whether accounts that hold perpetuals only are left to liquidation by chunks.
    bool perpsByChunks;
}

/// @notice An account under auction.
struct Auction {
    /// Start of the present run, seconds; zero when there is none.
    uint64 startedAt;
    /// Start of the insolvent phase, seconds; zero while solvent.
    uint64 insolventAt;
    /// Share of the account at the start that is still there, WAD.
    uint128 remaining;
    /// Paid in by earlier bids, which later bids do not take, WAD USD.
    uint256 reserved;
    /// Notional at the start, counted against the hole, WAD USD.
    uint256 notional;
}

/// @notice How an account stands, at strict prices.
struct Standing {
    /// WAD USD.
    int256 equity;
    /// WAD USD.
    uint256 maintenance;
    /// Sum of |size| * price over its legs, WAD USD.
    uint256 notional;
}

/// @notice What a bid would get at present.
struct AuctionQuote {
    /// Whether the account is under auction.
    bool live;
    /// Whether a reset must come before the next bid.
    bool needsReset;
    /// Whether bidders are paid for taking the account.
    bool insolvent;
    /// Equity of the whole account that a bidder would take, WAD USD.
    int256 given;
    /// Price of that; negative is paid to the bidder, WAD USD.
    int256 price;
    /// Largest share that may be taken, WAD.
    uint256 maxShare;
}
