// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IAutoDeleverager} from "./interfaces/IAutoDeleverager.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {ILossWaterfall} from "./interfaces/ILossWaterfall.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IPerpMarket} from "./interfaces/IPerpMarket.sol";
import {SignedRounding} from "./libraries/SignedRounding.sol";
import {Tolerance} from "./types/Types.sol";

/// @title Deleveraging with its conditions checked on chain
contract AutoDeleverager is IAutoDeleverager, Ownable2Step {
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;
    using SafeCastLib for uint256;
    using SignedRounding for int256;

    /// @notice What one call works with.
    struct Work {
        /// The bankrupt account.
        address account;
        /// Whether the bankrupt account is long.
        bool long;
        /// The market.
        IPerpMarket market;
        /// Strict oracle price, WAD USD.
        uint256 price;
        /// Price of all closes, WAD USD.
        uint256 bankruptcy;
        /// Size still to be closed, WAD units.
        uint256 left;
    }

    int256 private constant WAD = 1e18;
    uint256 private constant MAX_CANDIDATES = 10;

    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;
    ILossWaterfall private immutable WATERFALL;

    /// @inheritdoc IAutoDeleverager
    Rule public rule;

    /// @param house The ledger; it must admit this contract as an engine.
    /// @param oracle Where prices come from.
    /// @param waterfall Which accounts wait, and what fund and backer paid for them.
    /// @param rule_ Whose positions go first.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ILossWaterfall waterfall,
        Rule rule_
    ) Ownable(msg.sender) {
        HOUSE = house;
        ORACLE = oracle;
        WATERFALL = waterfall;
        rule = rule_;
    }

    // --- Deleveraging --- //

    /// @inheritdoc IAutoDeleverager
    function deleverage(
        address account,
        address market,
        address[] calldata candidates
    ) external returns (uint256 closed) {
        uint256 count = candidates.length;
        if (count == 0 || count > MAX_CANDIDATES) revert CandidateCount(count, MAX_CANDIDATES);
        uint256 shortfall = WATERFALL.prepare(account);
        if (shortfall == 0) revert NotWaiting(account);
        Work memory work = _work(account, market, shortfall);
        int256 skew = work.market.skew();
        uint256 whole = work.left;
        _against(work, candidates);
        closed = whole - work.left;

        work.market.closeAt(account, closed, work.bankruptcy);
        if (work.market.skew() != skew) revert OpenInterestUneven(skew, work.market.skew());
        uint256 gap = work.long ? work.bankruptcy - work.price : work.price - work.bankruptcy;
        WATERFALL.recordDeleveraging(account, closed.mulWad(gap));
        WATERFALL.cover(account);
    }

    // --- Owner --- //

    /// @inheritdoc IAutoDeleverager
    function setRule(Rule rule_) external onlyOwner {
        rule = rule_;
        emit RuleSet(rule_);
    }

    // --- Reads --- //

    /// @inheritdoc IAutoDeleverager
    /// @dev P plus, for a long, shortfall * MM_market / MM_account / |size| (dYdX v4). Worked
    /// number: 10 long at 2 700, the account's only position, 500 below zero: 2 750.
    function bankruptcyPrice(
        address account,
        address market,
        uint256 left
    ) public view returns (uint256) {
        int256 size = IPerpMarket(market).positionOf(account).size;
        if (size == 0) revert NoPosition(account, market);
        (, , uint256 own) = IPerpMarket(market).valuation(account, Tolerance.Strict);
        (, , uint256 all) = HOUSE.status(account, Tolerance.Strict);
        uint256 price = ORACLE.price(IPerpMarket(market).asset(), Tolerance.Strict);
        uint256 part = own < all ? left.fullMulDivUp(own, all) : left;
        uint256 gap = part.divWadUp(size.abs());
        return size > 0 ? price + gap : price.zeroFloorSub(gap);
    }

    /// @inheritdoc IAutoDeleverager
    /// @dev profit * |size| * P / equity. Worked number: 2 000 profit on 60 000 notional with
    /// 10 000 equity: 12 000.
    function rankOf(address account, address market) public view returns (uint256) {
        (int256 profit, , ) = IPerpMarket(market).valuation(account, Tolerance.Strict);
        int256 equity = HOUSE.equity(account, Tolerance.Strict);
        if (profit <= 0 || equity <= 0) return 0;
        uint256 price = ORACLE.price(IPerpMarket(market).asset(), Tolerance.Strict);
        uint256 notional = IPerpMarket(market).positionOf(account).size.abs().mulWad(price);
        return uint256(profit).fullMulDiv(notional, uint256(equity));
    }

    // --- Internal --- //

    function _work(
        address account,
        address market,
        uint256 shortfall
    ) private view returns (Work memory work) {
        int256 size = IPerpMarket(market).positionOf(account).size;
        work.account = account;
        work.market = IPerpMarket(market);
        work.price = ORACLE.price(work.market.asset(), Tolerance.Strict);
        work.bankruptcy = bankruptcyPrice(account, market, shortfall);
        work.long = size > 0;
        work.left = size.abs();
    }

    /// @dev In the queue each winner is closed whole before the next; in proportion everybody named
    /// gives the same share. Nobody can be named twice: in the queue a winner that was closed whole
    /// is flat, and in proportion the addresses ascend.
    function _against(Work memory work, address[] calldata candidates) private {
        uint256 total;
        if (rule == Rule.ProRata) {
            for (uint256 i; i < candidates.length; ++i) total += _sizeOf(work, candidates[i]);
        }
        uint256 whole = work.left;
        uint256 before = type(uint256).max;
        for (uint256 i; i < candidates.length && work.left != 0; ++i) {
            uint256 size = _sizeOf(work, candidates[i]);
            uint256 rank = rankOf(candidates[i], address(work.market));
            uint256 key = rule == Rule.Queue ? rank : ~uint256(uint160(candidates[i]));
            if (key > before || (key == before && rule == Rule.ProRata)) {
                revert OutOfOrder(candidates[i], key, before);
            }
            before = key;
            uint256 take = rule == Rule.Queue ? size : whole.fullMulDivUp(size, total).min(size);
            _reduce(work, candidates[i], size, take.min(work.left), rank);
        }
    }

    function _reduce(
        Work memory work,
        address candidate,
        uint256 size,
        uint256 take,
        uint256 rank
    ) private {
        int256 profit = _profitAtBankruptcy(work, candidate, size);
        if (profit <= 0) revert NotProfitable(candidate, profit);
        work.market.closeAt(candidate, take, work.bankruptcy);
        (int256 equity, , uint256 maintenance) = HOUSE.status(candidate, Tolerance.Strict);
        if (equity < maintenance.toInt256()) {
            revert CandidateBelowMaintenance(candidate, equity, maintenance);
        }
        work.left -= take;
        emit Deleveraged(
            work.account,
            candidate,
            address(work.market),
            take,
            work.bankruptcy,
            rank,
            msg.sender
        );
    }

    function _sizeOf(Work memory work, address candidate) private view returns (uint256) {
        int256 size = work.market.positionOf(candidate).size;
        bool opposite = work.long ? size < 0 : size > 0;
        if (!opposite || HOUSE.isCounterparty(candidate)) revert NotOpposite(candidate);
        return size.abs();
    }

    /// @dev Unrealised profit less what closing all of it at the bankruptcy price would cost.
    function _profitAtBankruptcy(
        Work memory work,
        address candidate,
        uint256 size
    ) private view returns (int256) {
        (int256 profit, , ) = work.market.valuation(candidate, Tolerance.Strict);
        int256 gap = work.bankruptcy.toInt256() - work.price.toInt256();
        return profit - (size.toInt256() * (work.long ? gap : -gap)).divUp(WAD);
    }
}
