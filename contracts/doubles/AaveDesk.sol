// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAaveDesk} from "../interfaces/IAaveDesk.sol";
import {IAavePool} from "../interfaces/IAavePool.sol";
import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IMintable} from "../interfaces/IMintable.sol";

/// @title Dealer beside an Aave v3 pool
/// @notice Tokens of a testbed come from nothing: the dealer mints what it sells, and keeps what it
/// is paid.
contract AaveDesk is IAaveDesk {
    using SafeERC20 for IERC20;

    /// @notice What the dealer trades.
    struct Listing {
        /// What the pool gives for it.
        IERC20 receipt;
        /// Its price in dollars, 8 decimals.
        IAggregatorV3 feed;
        /// Token units in a dollar unit at a price of one: 10^(token decimals + 8 - dollar's).
        uint256 scale;
    }

    uint256 private constant VARIABLE_RATE = 2;
    uint256 private constant FEED_DECIMALS = 8;

    /// @notice The pool.
    IAavePool public immutable POOL;
    /// @notice What is borrowed.
    IMintable public immutable DOLLAR;
    /// @notice What the pool keeps debts in.
    IERC20 public immutable DEBT;

    /// @notice By collateral.
    mapping(address token => Listing listing) public listings;

    /// @param pool The pool.
    /// @param dollar What is borrowed.
    /// @param debt What the pool keeps debts in.
    constructor(IAavePool pool, IMintable dollar, IERC20 debt) {
        POOL = pool;
        DOLLAR = dollar;
        DEBT = debt;
        dollar.approve(address(pool), type(uint256).max);
    }

    /// @inheritdoc IAaveDesk
    function list(address token, address receipt, address feed) external {
        uint256 decimals = FEED_DECIMALS + IERC20Metadata(token).decimals();
        uint256 scale = 10 ** (decimals - IERC20Metadata(address(DOLLAR)).decimals());
        listings[token] = Listing(IERC20(receipt), IAggregatorV3(feed), scale);
        IERC20(token).forceApprove(address(POOL), type(uint256).max);
    }

    /// @inheritdoc IAaveDesk
    function open(address token, uint256 amount, uint256 maxPrice) external {
        (Listing memory listing, uint256 price) = _quote(token);
        if (price > maxPrice) revert PriceBeyondLimit(price, maxPrice);
        IMintable(token).mint(address(this), amount);
        POOL.supply(token, amount, msg.sender, 0);
        // 2 ETH at 3,000 cost 6,000; of 1,500 in the wallet all is spent and 4,500 are borrowed.
        uint256 cost = Math.mulDiv(amount, price, listing.scale, Math.Rounding.Ceil);
        uint256 own = Math.min(DOLLAR.balanceOf(msg.sender), cost);
        IERC20(DOLLAR).safeTransferFrom(msg.sender, address(this), own);
        if (cost > own) POOL.borrow(address(DOLLAR), cost - own, VARIABLE_RATE, 0, msg.sender);
    }

    /// @inheritdoc IAaveDesk
    function close(address token, uint256 minPrice) external {
        (Listing memory listing, uint256 price) = _quote(token);
        if (price < minPrice) revert PriceBeyondLimit(price, minPrice);
        uint256 amount = listing.receipt.balanceOf(msg.sender);
        if (amount == 0) revert NoPosition(msg.sender, token);
        uint256 proceeds = Math.mulDiv(amount, price, listing.scale);
        uint256 debt = DEBT.balanceOf(msg.sender);
        uint256 repaid = Math.min(debt, proceeds + DOLLAR.balanceOf(msg.sender));
        DOLLAR.mint(address(this), proceeds);
        if (repaid > proceeds) {
            IERC20(DOLLAR).safeTransferFrom(msg.sender, address(this), repaid - proceeds);
        }
        if (repaid > 0) POOL.repay(address(DOLLAR), repaid, VARIABLE_RATE, msg.sender);
        listing.receipt.safeTransferFrom(msg.sender, address(this), amount);
        POOL.withdraw(token, amount, address(this));
        if (proceeds > repaid) IERC20(DOLLAR).safeTransfer(msg.sender, proceeds - repaid);
    }

    function _quote(address token) private view returns (Listing memory listing, uint256 price) {
        listing = listings[token];
        if (address(listing.feed) == address(0)) revert UnknownCollateral(token);
        price = uint256(listing.feed.latestAnswer());
    }
}
