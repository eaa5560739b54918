// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Auction, AuctionParameters, AuctionQuote} from "../types/AuctionTypes.sol";

/// @title Dutch auctions of accounts below maintenance margin
/// @notice A bid takes one share of everything: of each leg at the strict mark and of the equity,
/// for a price that falls with time. Two curves: in phases, on equity (as Derive v2), and in
/// steps, on the feed's price (as Maker's Clipper). What an emptied account owes, because bidders
/// were paid for taking it, goes down the `ILossWaterfall`.
interface IPortfolioAuction {
    /// @notice An auction began.
    /// @param account Whose.
    /// @param keeper Who started it.
    /// @param equity WAD USD.
    /// @param maintenance WAD USD.
    /// @param notional WAD USD.
    /// @param reward Paid to the keeper, WAD USD.
    event AuctionStarted(
        address indexed account,
        address indexed keeper,
        int256 equity,
        uint256 maintenance,
        uint256 notional,
        uint256 reward
    );

    /// @notice An auction began a new run.
    /// @param account Whose.
    /// @param keeper Who reset it.
    /// @param insolvent Whether bidders are now paid for taking it.
    /// @param reward Paid to the keeper, WAD USD.
    event AuctionReset(
        address indexed account,
        address indexed keeper,
        bool insolvent,
        uint256 reward
    );

    /// @notice A share was sold.
    /// @param account Whose.
    /// @param bidder Who took it.
    /// @param share Share of what was there, WAD.
    /// @param price Paid by the bidder, or to it when negative, WAD USD.
    /// @param given Equity that went to the bidder with the legs, WAD USD.
    /// @param fee Part of the price that went to the fund, WAD USD.
    /// @param remaining Share of the account at the start that is left, WAD.
    event AuctionBid(
        address indexed account,
        address indexed bidder,
        uint256 share,
        int256 price,
        int256 given,
        uint256 fee,
        uint256 remaining
    );

    /// @notice An auction ended.
    /// @param account Whose.
    /// @param emptied Whether nothing is left of the account's positions; else it is healthy again.
    event AuctionEnded(address indexed account, bool emptied);

    /// @notice The parameters changed.
    event AuctionParametersSet(AuctionParameters parameters);

    /// @notice The account has enough margin.
    error NotLiquidatable(address account, int256 equity, uint256 maintenance);
    /// @notice The account holds perpetuals only and is liquidated by chunks.
    error LeftToChunks(address account);
    /// @notice The account is under auction already.
    error AuctionLive(address account);
    /// @notice The account is not under auction.
    error AuctionNotLive(address account);
    /// @notice The run is over; a reset must come first.
    error AuctionNeedsReset(address account);
    /// @notice The run is not over.
    error AuctionNeedsNoReset(address account);
    /// @notice The account is back above its buffer and no longer for sale, or not yet.
    error HealthyAccount(address account, int256 equity, uint256 target);
    /// @notice Too much is under auction.
    error HoleFull(uint256 notional, uint256 hole);
    /// @notice The price is above what the bidder would pay.
    error BidTooExpensive(int256 price, int256 maxPrice);
    /// @notice A bid must be for a share above zero and not by the account or the house.
    error InvalidBid(address bidder, uint256 share);

    /// @notice Put an account below maintenance margin under auction. Anyone may call.
    /// @param account Whose.
    /// @return reward Paid to the caller out of the fund, WAD USD.
    function start(address account) external returns (uint256 reward);

    /// @notice Begin a new run: a stepwise auction that is too old or too cheap starts again at the
    /// top, a phased one changes between its solvent and its insolvent phase. Anyone may call.
    /// @param account Whose.
    /// @return reward Paid to the caller out of the fund, WAD USD; zero for a change of phase.
    function reset(address account) external returns (uint256 reward);

    /// @notice Take a share of an account. The caller must have initial margin for it afterwards.
    /// What a bidder is paid the account owes; when it is empty, that goes down the waterfall.
    /// While a bankrupt account waits for the winners of its perpetuals nothing is sold or paid.
    /// @param account Whose.
    /// @param share Share wanted, WAD; the largest allowed share is taken if it is more.
    /// @param maxPrice Most to pay for what is taken, WAD USD; negative asks to be paid.
    /// @return taken Share taken, WAD; zero while the account waits to be deleveraged.
    /// @return price Paid by the caller, or to it when negative, WAD USD.
    function bid(
        address account,
        uint256 share,
        int256 maxPrice
    ) external returns (uint256 taken, int256 price);

    /// @notice End the auction of an account that is above its buffer again or holds nothing.
    /// Anyone may call.
    /// @param account Whose.
    function end(address account) external;

    /// @notice Set all parameters.
    function setParameters(AuctionParameters calldata parameters_) external;

    /// @notice An account's auction.
    function auctionOf(address account) external view returns (Auction memory);

    /// @notice What a bid would get now.
    function quote(address account) external view returns (AuctionQuote memory);

    /// @notice The parameters.
    function parameters() external view returns (AuctionParameters memory);

    /// @notice Notional under auction, as it was when each auction started, WAD USD.
    function liveNotional() external view returns (uint256);
}
