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
        /// How many candidates gave something.
        uint256 reached;
        /// Rank of the last of them, WAD USD; zero in proportion.
        uint256 lowest;
    }

    int256 private constant WAD = 1e18;
    uint256 private constant MAX_CANDIDATES = 10;
    /// @dev Of one side of a market: bounds what a call must look at beside its candidates.
    uint256 private constant MAX_NOMINEES = 4;

    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;
    ILossWaterfall private immutable WATERFALL;

    /// @inheritdoc IAutoDeleverager
    Rule public rule;

    // slither-disable-next-line uninitialized-state -- nominate fills it, through a pointer
    mapping(address market => mapping(bool long => address[] accounts)) private _nominees;

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
        _requireNoneBetter(work, candidates[:work.reached]);

        work.market.closeAt(account, closed, work.bankruptcy);
        if (work.market.skew() != skew) revert OpenInterestUneven(skew, work.market.skew());
        uint256 gap = work.long ? work.bankruptcy - work.price : work.price - work.bankruptcy;
        WATERFALL.recordDeleveraging(account, closed.mulWad(gap));
        WATERFALL.cover(account);
    }

    /// @inheritdoc IAutoDeleverager
    function nominate(address account, address market) external {
        if (!HOUSE.isProduct(market) || HOUSE.isCounterparty(account)) revert NotOpposite(account);
        if (HOUSE.portfolioMargin(account)) revert NotJudged(account);
        uint256 rank = rankOf(account, market);
        if (rank == 0) revert NotProfitable(account, 0);
        bool long = IPerpMarket(market).positionOf(account).size > 0;
        address[] storage known = _nominees[market][long];
        uint256 place = known.length;
        uint256 lowest = rank;
        for (uint256 i; i < known.length; ++i) {
            if (known[i] == account) return;
            uint256 other = _rankOn(known[i], market, long);
            if (other < lowest) (place, lowest) = (i, other);
        }
        if (known.length < MAX_NOMINEES) known.push(account);
        else if (place == known.length) revert NotBetter(account, rank, lowest);
        else known[place] = account;
        emit Nominated(market, account, rank);
    }

    // --- Owner --- //

    /// @inheritdoc IAutoDeleverager
    function setRule(Rule rule_) external onlyOwner {
        rule = rule_;
        emit RuleSet(rule_);
    }

    // --- Reads --- //

    /// @inheritdoc IAutoDeleverager
    function nominees(address market, bool long) external view returns (address[] memory) {
        return _nominees[market][long];
    }

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
            work.reached = i + 1;
            if (rule == Rule.Queue) work.lowest = rank;
        }
    }

    /// @dev In the queue no nominee may rank above the last winner taken; in proportion each gives.
    /// Nominees that could not be taken, whole or in part, do not count: margin needed is convex in
    /// what is left and equity linear, so that a winner above maintenance with none and with all of
    /// it taken is above it with any part taken.
    function _requireNoneBetter(Work memory work, address[] calldata taken) private view {
        address[] storage known = _nominees[address(work.market)][!work.long];
        for (uint256 i; i < known.length; ++i) {
            address nominee = known[i];
            if (HOUSE.portfolioMargin(nominee) || _isAmong(taken, nominee)) continue;
            uint256 rank = _rankOn(nominee, address(work.market), !work.long);
            if (rank > work.lowest && _couldBeTaken(work, nominee)) {
                revert BetterLeftOut(nominee, rank, work.lowest);
            }
        }
    }

    function _couldBeTaken(Work memory work, address nominee) private view returns (bool) {
        uint256 size = work.market.positionOf(nominee).size.abs();
        if (_profitAtBankruptcy(work, nominee, size) <= 0) return false;
        (int256 equity, , uint256 all) = HOUSE.status(nominee, Tolerance.Strict);
        (, , uint256 own) = work.market.valuation(nominee, Tolerance.Strict);
        int256 loss = _lossAtBankruptcy(work, size);
        return equity >= all.toInt256() && equity - loss >= all.toInt256() - own.toInt256();
    }

    /// @dev Zero where the account has turned to the other side or holds nothing.
    function _rankOn(address account, address market, bool long) private view returns (uint256) {
        int256 size = IPerpMarket(market).positionOf(account).size;
        return size != 0 && (size > 0) == long ? rankOf(account, market) : 0;
    }

    function _isAmong(address[] calldata some, address one) private pure returns (bool) {
        for (uint256 i; i < some.length; ++i) {
            if (some[i] == one) return true;
        }
        return false;
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
        return profit - _lossAtBankruptcy(work, size);
    }

    /// @dev What closing a winner's size at the bankruptcy price costs it beside the oracle's.
    function _lossAtBankruptcy(Work memory work, uint256 size) private pure returns (int256) {
        int256 gap = work.bankruptcy.toInt256() - work.price.toInt256();
        return (size.toInt256() * (work.long ? gap : -gap)).divUp(WAD);
    }
}
