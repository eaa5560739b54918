// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IInsuranceFund} from "./interfaces/IInsuranceFund.sol";
import {ICollateralVault} from "./interfaces/ICollateralVault.sol";
import {ILiquidationEngine} from "./interfaces/ILiquidationEngine.sol";
import {ILossWaterfall} from "./interfaces/ILossWaterfall.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IPerpMarket} from "./interfaces/IPerpMarket.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {RollingWindow} from "./libraries/RollingWindow.sol";
import {CashReason, KeeperParameters, LiquidationParameters, Tolerance} from "./types/Types.sol";

/// @title Permissionless liquidation
contract LiquidationEngine is ILiquidationEngine, Ownable2Step {
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;
    using RollingWindow for RollingWindow.Queue;
    using SafeCastLib for uint256;

    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_WINDOW_SECONDS = 300;
    uint256 private constant MAX_AMOUNT = 1e36;

    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;

    ILossWaterfall private immutable WATERFALL;

    KeeperParameters private _keeper;
    mapping(address market => LiquidationParameters parameters) private _parameters;
    mapping(address market => RollingWindow.Queue queue) private _windows;

    /// @param house The ledger.
    /// @param oracle Where prices come from.
    /// @param waterfall Who pays for what accounts cannot.
    /// @param keeper How keepers are paid.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ILossWaterfall waterfall,
        KeeperParameters memory keeper
    ) Ownable(msg.sender) {
        HOUSE = house;
        ORACLE = oracle;
        WATERFALL = waterfall;
        _setKeeperParameters(keeper);
    }

    // --- Liquidation --- //

    /// @inheritdoc ILiquidationEngine
    function liquidate(
        address account,
        address market
    ) external returns (uint256 sizeClosed, uint256 reward) {
        if (_parameters[market].windowSeconds == 0) revert UnknownMarket(market);
        (int256 equity, uint256 maintenance) = _below(account);
        uint256 wanted = _wantedChunk(account, market, equity, maintenance);
        if (equity < 0 && WATERFALL.open(account)) return (0, 0);
        sizeClosed = _takeCapacity(market, wanted);
        (uint256 price, int256 remaining) = IPerpMarket(market).closeForLiquidation(
            account,
            sizeClosed
        );
        uint256 penalty;
        (reward, penalty) = _charge(account, market, sizeClosed.mulWadUp(price), maintenance);
        emit Liquidated(account, market, msg.sender, sizeClosed, price, reward, penalty, remaining);
        WATERFALL.cover(account);
    }

    /// @inheritdoc ILiquidationEngine
    function sellCollateral(
        address vault,
        address account,
        address token,
        uint256 maxAmount
    ) external returns (uint256 proceeds, uint256 reward) {
        if (!HOUSE.isProduct(vault)) revert UnknownMarket(vault);
        int256 cash = HOUSE.cashOf(account);
        if (cash >= 0) revert NothingOwed(account, cash);
        if (HOUSE.hasPositions(account)) _below(account);
        uint256 due = rewardDue(0, 0, _reimbursedGasPrice());
        proceeds = ICollateralVault(vault).sell(account, token, cash.abs() + due, maxAmount);
        reward = _payKeeper(account, due, proceeds.mulWad(_keeper.marginScaling));
        WATERFALL.cover(account);
    }

    /// @inheritdoc ILiquidationEngine
    function coverShortfall(address account) external {
        if (HOUSE.hasPositions(account) || HOUSE.isCounterparty(account)) {
            revert ShortfallNotDue(account);
        }
        WATERFALL.cover(account);
    }

    // --- Owner --- //

    /// @inheritdoc ILiquidationEngine
    function setLiquidationParameters(
        address market,
        LiquidationParameters calldata p
    ) external onlyOwner {
        if (!HOUSE.isProduct(market)) revert UnknownMarket(market);
        Bounds.check("windowSeconds", p.windowSeconds, 1, MAX_WINDOW_SECONDS);
        Bounds.check("capacityMultiplier", p.capacityMultiplier, 1, 1_000 * WAD);
        Bounds.check("maxPremium", p.maxPremium, 0, WAD);
        Bounds.check("dustNotional", p.dustNotional, 0, MAX_AMOUNT);
        Bounds.check("closeFactor", p.closeFactor, 0.01e18, WAD);
        Bounds.check("penaltyRatio", p.penaltyRatio, 0, 0.2e18);
        Bounds.check("penaltyFundShare", p.penaltyFundShare, 0, WAD);
        _parameters[market] = p;
        emit LiquidationParametersSet(market, p);
    }

    /// @inheritdoc ILiquidationEngine
    function setKeeperParameters(KeeperParameters calldata keeper) external onlyOwner {
        _setKeeperParameters(keeper);
    }

    // --- Reads --- //

    /// @inheritdoc ILiquidationEngine
    function isLiquidatable(address account) external view returns (bool) {
        (int256 equity, , uint256 maintenance) = HOUSE.status(account, Tolerance.Any);
        return equity < maintenance.toInt256();
    }

    /// @inheritdoc ILiquidationEngine
    function liquidationParameters(
        address market
    ) external view returns (LiquidationParameters memory) {
        return _parameters[market];
    }

    /// @inheritdoc ILiquidationEngine
    function keeperParameters() external view returns (KeeperParameters memory) {
        return _keeper;
    }

    /// @inheritdoc ILiquidationEngine
    function window(
        address market
    ) external view returns (uint256 used, uint256 cap, uint256 availableAt) {
        (cap, ) = _capacity(market);
        (used, availableAt) = _windows[market].usage(_parameters[market].windowSeconds);
    }

    /// @inheritdoc ILiquidationEngine
    function vaultLossShare() external view returns (uint256) {
        return WATERFALL.vaultLossShare();
    }

    /// @inheritdoc ILiquidationEngine
    /// @dev due = max(cost + minProfit, cost * (1 + profitRatio), notional * flagRewardRatio + cost),
    /// then at most constantCap if that switch is on. Worked number: 400 000 gas at 50 gwei and
    /// 3 000 USD cost 60 USD; minimum profit 1, ratio 30 %, 3 basis points of 30 000 = 9: the
    /// largest is 60 * 1.3 = 78 USD; with the cap on, 30 USD, less than the gas.
    function rewardDue(
        uint256 closedNotional,
        uint256 flagRewardRatio,
        uint256 gasPrice
    ) public view returns (uint256 due) {
        KeeperParameters storage k = _keeper;
        (uint256 gasAssetPrice, , ) = ORACLE.peek(k.gasAsset);
        uint256 cost = (k.gasUnits * gasPrice).mulWadUp(gasAssetPrice);
        uint256 profit = k.minProfit.max(cost.mulWad(k.profitRatio)).max(
            closedNotional.mulWad(flagRewardRatio)
        );
        due = cost + profit;
        if (k.capEnabled) due = due.min(k.constantCap);
    }

    // --- Internal --- //

    function _below(address account) private view returns (int256 equity, uint256 maintenance) {
        (equity, , maintenance) = HOUSE.status(account, Tolerance.Strict);
        if (equity >= maintenance.toInt256()) {
            revert NotLiquidatable(account, equity, maintenance);
        }
    }

    /// @dev closeFactor of the position while equity is at least half of maintenance, else all of
    /// it; all of it too when it, or what would be left, is dust.
    function _wantedChunk(
        address account,
        address market,
        int256 equity,
        uint256 maintenance
    ) private view returns (uint256) {
        uint256 size = IPerpMarket(market).positionOf(account).size.abs();
        if (size == 0) revert NoPosition(account, market);
        if (2 * equity < maintenance.toInt256()) return size;
        LiquidationParameters storage p = _parameters[market];
        uint256 price = ORACLE.price(IPerpMarket(market).asset(), Tolerance.Strict);
        uint256 part = size.mulWadUp(p.closeFactor);
        return (size - part).mulWad(price) <= p.dustNotional ? size : part;
    }

    /// @dev The window's capacity: (maker + taker fee) * K * multiplier * seconds. Worked number:
    /// 0.0005 * 300 000 * 1.5 * 30 = 6 750 units. Zero (no fees) means no limit.
    /// @return cap WAD units.
    /// @return calm Whether |skew| / K is below maxPremium.
    function _capacity(address market) private view returns (uint256 cap, bool calm) {
        LiquidationParameters storage p = _parameters[market];
        (int256 skew, uint256 scale, uint256 feeSum, ) = IPerpMarket(market).liquidationInputs();
        cap = scale.mulWad(feeSum).mulWad(p.capacityMultiplier) * p.windowSeconds;
        calm = skew.abs() * WAD < p.maxPremium * scale;
    }

    /// @dev What is free in the window; when nothing is, one chunk a block of at most a window's
    /// capacity while the market is calm.
    function _takeCapacity(address market, uint256 wanted) private returns (uint256 taken) {
        (uint256 cap, bool calm) = _capacity(market);
        if (cap == 0) return wanted;
        RollingWindow.Queue storage queue = _windows[market];
        uint256 length = _parameters[market].windowSeconds;
        queue.expire(length);
        taken = wanted.min(cap.zeroFloorSub(queue.sum));
        if (taken == 0) {
            if (!calm || queue.lastBlock == block.number) {
                (, uint256 availableAt) = queue.usage(length);
                revert LiquidationCapacityReached(market, availableAt);
            }
            taken = wanted.min(cap);
        }
        queue.push(taken.toUint192());
    }

    /// @dev The keeper first, out of `marginScaling` of what equity is left, the rest out of the
    /// fund; then the penalty out of what remains. Nothing here can push equity below zero. With
    /// the spiral guard on, reward and penalty together take no more of the account than the chunk
    /// freed of its maintenance margin: a liquidation never brings the next one nearer. Worked
    /// number: 30 000 closed at 3 % free 900 plus fixed parts; 1.25 % penalty is 375, so 525 may
    /// go to the keeper. At 0.56 % they free 168, and the penalty would have made things worse.
    function _charge(
        address account,
        address market,
        uint256 closedNotional,
        uint256 maintenanceBefore
    ) private returns (uint256 reward, uint256 penalty) {
        (uint256 margin, uint256 limit) = _chargeable(account, market, maintenanceBefore);
        (, , , uint256 flagRewardRatio) = IPerpMarket(market).liquidationInputs();
        uint256 due = rewardDue(closedNotional, flagRewardRatio, _reimbursedGasPrice());
        reward = _payKeeper(account, due, limit);
        LiquidationParameters storage p = _parameters[market];
        penalty = closedNotional.mulWadUp(p.penaltyRatio).mulWadUp(p.penaltyFundShare);
        penalty = penalty.min(margin - due.min(limit));
        HOUSE.collect(account, penalty, WAD, CashReason.Penalty);
    }

    /// @return margin What may be taken of the account at all, WAD USD.
    /// @return limit What of it may go to the keeper, WAD USD.
    function _chargeable(
        address account,
        address market,
        uint256 maintenanceBefore
    ) private view returns (uint256 margin, uint256 limit) {
        (int256 equity, , uint256 maintenance) = HOUSE.status(account, Tolerance.Strict);
        margin = equity > 0 ? uint256(equity) : 0;
        limit = margin.mulWad(_keeper.marginScaling);
        if (_parameters[market].spiralGuard) {
            margin = margin.min(maintenanceBefore.zeroFloorSub(maintenance));
            limit = limit.min(margin);
        }
    }

    /// @dev Out of the account up to a limit, the rest out of the fund as far as it has it.
    function _payKeeper(
        address account,
        uint256 due,
        uint256 limit
    ) private returns (uint256 reward) {
        uint256 fromMargin = due.min(limit);
        HOUSE.moveCash(account, msg.sender, fromMargin, CashReason.KeeperReward);
        uint256 fromFund = IInsuranceFund(HOUSE.insuranceFund()).cover(
            msg.sender,
            due - fromMargin,
            CashReason.KeeperReward
        );
        emit KeeperPaid(account, msg.sender, due, fromMargin, fromFund);
        return fromMargin + fromFund;
    }

    function _reimbursedGasPrice() private view returns (uint256) {
        return _keeper.reimburseTip ? tx.gasprice.max(block.basefee) : block.basefee;
    }

    function _setKeeperParameters(KeeperParameters memory k) private {
        Bounds.check("gasUnits", k.gasUnits, 0, 30_000_000);
        Bounds.check("minProfit", k.minProfit, 0, MAX_AMOUNT);
        Bounds.check("profitRatio", k.profitRatio, 0, 10 * WAD);
        Bounds.check("marginScaling", k.marginScaling, 0, WAD);
        Bounds.check("constantCap", k.constantCap, 0, MAX_AMOUNT);
        if (ORACLE.configurationOf(k.gasAsset).feed == address(0)) {
            revert UnknownGasAsset(k.gasAsset);
        }
        _keeper = k;
        emit KeeperParametersSet(k);
    }
}
