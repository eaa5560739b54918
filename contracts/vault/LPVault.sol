// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILPVault} from "../interfaces/ILPVault.sol";
import {Bounds} from "../libraries/Bounds.sol";
import {Tolerance} from "../types/Types.sol";
import {VaultParameters, VaultRequest} from "../types/VaultTypes.sol";

/// @title The capital of liquidity providers
contract LPVault is ILPVault, ERC20, Ownable2Step, ReentrancyGuardTransient {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;
    using SafeERC20 for IERC20;

    /// @notice Requests of one kind, first come first served.
    struct Queue {
        uint256 done;
        uint256 total;
        mapping(uint256 id => VaultRequest request) requests;
    }

    /// @notice What a batch of redemptions reckons with, brought up to date after each.
    struct Batch {
        /// Net asset value, WAD USD.
        uint256 value;
        /// Capital that could leave, WAD USD.
        int256 free;
        /// What a unit of claims is paid, WAD.
        uint256 rate;
        /// Token units paid so far.
        uint256 paid;
    }

    uint256 internal constant WAD = 1e18;
    /// @dev WAD per token unit: the token has 6 decimals.
    uint256 private constant TOKEN_SCALE = 1e12;
    /// @dev Shares and assets that nobody owns (OpenZeppelin's virtual offset): a first depositor
    /// who inflates the price of a share loses half of what he gives to them.
    uint256 private constant VIRTUAL = 1e12;
    uint256 private constant MAX_BATCH = 32;
    uint256 private constant MAX_DELAY = 30 days;

    IClearingHouse internal immutable HOUSE;
    IERC20 private immutable TOKEN;

    /// @inheritdoc ILPVault
    uint256 public queuedAssets;
    /// @inheritdoc ILPVault
    uint256 public pausedUntil;

    VaultParameters private _parameters;
    Queue private _deposits;
    Queue private _redemptions;

    /// @param house The ledger; this vault becomes one of its counterparties.
    /// @param name_ Name of the share token.
    /// @param symbol_ Symbol of the share token.
    /// @param parameters_ The parameters.
    constructor(
        IClearingHouse house,
        string memory name_,
        string memory symbol_,
        VaultParameters memory parameters_
    ) ERC20(name_, symbol_) Ownable(msg.sender) {
        HOUSE = house;
        TOKEN = IERC20(house.settlementToken());
        _setParameters(parameters_);
    }

    // --- Coming and going --- //

    /// @inheritdoc ILPVault
    function requestDeposit(
        uint256 assets,
        address receiver
    ) external nonReentrant returns (uint256 id) {
        id = _enqueue(_deposits, assets, receiver);
        queuedAssets += assets;
        emit DepositQueued(id, receiver, assets);
        TOKEN.safeTransferFrom(msg.sender, address(this), assets);
    }

    /// @inheritdoc ILPVault
    function requestRedeem(
        uint256 shares,
        address receiver
    ) external nonReentrant returns (uint256 id) {
        id = _enqueue(_redemptions, shares, receiver);
        emit RedemptionQueued(id, receiver, shares);
        _transfer(msg.sender, address(this), shares);
    }

    /// @inheritdoc ILPVault
    // slither-disable-next-line reentrancy-no-eth -- guarded; house and token are trusted
    function process(uint256 limit) external nonReentrant returns (uint256 processed) {
        Bounds.check("limit", limit, 1, MAX_BATCH);
        processed = _processDeposits(limit);
        if (processed < limit) processed += _processRedemptions(limit - processed);
    }

    // --- Owner --- //

    /// @inheritdoc ILPVault
    function setParameters(VaultParameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    // --- Reads --- //

    /// @inheritdoc ILPVault
    function sharePrice(Tolerance tolerance) external view returns (uint256) {
        return _toAssets(WAD, _positiveValue(tolerance));
    }

    /// @inheritdoc ILPVault
    function totalAssets() external view returns (uint256) {
        return _positiveValue(Tolerance.Default) / TOKEN_SCALE;
    }

    /// @inheritdoc ILPVault
    function convertToShares(uint256 assets) external view returns (uint256) {
        return _toShares(assets * TOKEN_SCALE, _positiveValue(Tolerance.Default));
    }

    /// @inheritdoc ILPVault
    function convertToAssets(uint256 shares) external view returns (uint256) {
        return _toAssets(shares, _positiveValue(Tolerance.Default)) / TOKEN_SCALE;
    }

    /// @inheritdoc ILPVault
    function asset() external view returns (address) {
        return address(TOKEN);
    }

    /// @inheritdoc ILPVault
    function parameters() external view returns (VaultParameters memory) {
        return _parameters;
    }

    /// @inheritdoc ILPVault
    function depositQueue() external view returns (uint256 done, uint256 total) {
        return (_deposits.done, _deposits.total);
    }

    /// @inheritdoc ILPVault
    function redemptionQueue() external view returns (uint256 done, uint256 total) {
        return (_redemptions.done, _redemptions.total);
    }

    /// @inheritdoc ILPVault
    function depositRequest(uint256 id) external view returns (VaultRequest memory) {
        return _deposits.requests[id];
    }

    /// @inheritdoc ILPVault
    function redemptionRequest(uint256 id) external view returns (VaultRequest memory) {
        return _redemptions.requests[id];
    }

    /// @inheritdoc ILPVault
    function netAssetValue(Tolerance tolerance) public view returns (int256 value) {
        // slither-disable-next-line unused-return -- worth does not ask what is locked
        (value, ) = HOUSE.counterpartyStatus(address(this), tolerance);
    }

    /// @inheritdoc ILPVault
    /// @dev The least of: equity beyond what open interest locks, equity beyond the initial margin
    /// of the vault's own positions, cash.
    function freeCapital(Tolerance tolerance) public view returns (int256 free) {
        (int256 value, uint256 locked) = HOUSE.counterpartyStatus(address(this), tolerance);
        // slither-disable-next-line unused-return -- what may leave is bounded by initial margin
        (int256 own, uint256 initial, ) = HOUSE.status(address(this), tolerance);
        free = FixedPointMathLib.min(value - locked.toInt256(), own - initial.toInt256());
        free = FixedPointMathLib.min(free, HOUSE.cashOf(address(this)));
    }

    // --- Internal --- //

    function _enqueue(
        Queue storage queue,
        uint256 amount,
        address receiver
    ) private returns (uint256 id) {
        if (amount == 0) revert ZeroAmount();
        if (receiver == address(0)) revert ZeroAddress();
        id = queue.total;
        queue.total = id + 1;
        queue.requests[id] = VaultRequest(receiver, uint64(block.timestamp), amount);
    }

    function _dequeue(Queue storage queue) private returns (uint256 id) {
        id = queue.done;
        queue.done = id + 1;
        delete queue.requests[id];
    }

    /// @dev The next request of a queue, and whether its delay has passed.
    function _next(
        Queue storage queue,
        uint256 delay
    ) private view returns (VaultRequest memory request, bool due) {
        if (queue.done == queue.total) return (request, false);
        request = queue.requests[queue.done];
        due = block.timestamp >= request.requestedAt + delay;
    }

    /// @dev Shares of deposits are reckoned at one net asset value; an insolvent vault takes none.
    function _processDeposits(uint256 limit) private returns (uint256 processed) {
        (VaultRequest memory request, bool due) = _next(_deposits, _parameters.depositDelay);
        if (!due) return 0;
        int256 value = netAssetValue(Tolerance.Default);
        if (value < 0 || (value == 0 && totalSupply() != 0)) return 0;
        uint256 total;
        while (due && processed < limit) {
            uint256 shares = _toShares(request.amount * TOKEN_SCALE, uint256(value));
            uint256 id = _dequeue(_deposits);
            value += (request.amount * TOKEN_SCALE).toInt256();
            total += request.amount;
            ++processed;
            _mint(request.receiver, shares);
            emit DepositProcessed(id, request.receiver, request.amount, shares);
            (request, due) = _next(_deposits, _parameters.depositDelay);
        }
        queuedAssets -= total;
        TOKEN.forceApprove(address(HOUSE), total);
        HOUSE.depositFor(address(this), total);
    }

    /// @dev Each is paid its share of value less the fee, times what the house pays for a unit of
    /// claims; the first one that would leave too little capital free stops all for a while.
    function _processRedemptions(uint256 limit) private returns (uint256 processed) {
        (VaultRequest memory request, bool due) = _next(_redemptions, _parameters.redemptionDelay);
        if (!due || block.timestamp < pausedUntil || block.timestamp < HOUSE.gatedUntil()) return 0;
        Batch memory batch = Batch(
            _positiveValue(Tolerance.Strict),
            freeCapital(Tolerance.Strict),
            HOUSE.exchangeRate(),
            0
        );
        if (batch.value == 0) return 0;
        address[] memory receivers = new address[](limit);
        uint256[] memory amounts = new uint256[](limit);
        while (due && processed < limit) {
            (uint256 paid, bool allowed) = _redeem(request, batch);
            if (!allowed) break;
            receivers[processed] = request.receiver;
            amounts[processed] = paid;
            ++processed;
            (request, due) = _next(_redemptions, _parameters.redemptionDelay);
        }
        if (batch.paid == 0) return processed;
        HOUSE.withdraw(batch.paid);
        for (uint256 i; i < processed; ++i) TOKEN.safeTransfer(receivers[i], amounts[i]);
    }

    /// @dev Worked number: 100 shares of 1 000, value 2 000, fee 1 %: worth 200, paid 198; of 1 900
    /// that are free 1 702 stay free, more than 1 % of the 1 802 that remain.
    function _redeem(
        VaultRequest memory request,
        Batch memory batch
    ) private returns (uint256 paid, bool allowed) {
        uint256 worth = _toAssets(request.amount, batch.value);
        uint256 fee = worth.mulWadUp(_parameters.redemptionFee);
        uint256 claim = worth - fee;
        paid = claim.mulWad(batch.rate) / TOKEN_SCALE;
        uint256 left = batch.value - claim;
        uint256 required = left.mulWadUp(_parameters.minFreeRatio);
        int256 free = batch.free - claim.toInt256();
        if (free < required.toInt256()) {
            pausedUntil = block.timestamp + _parameters.breakerSeconds;
            emit RedemptionsPaused(free, required, pausedUntil);
            return (0, false);
        }
        batch.value = left;
        batch.free = free;
        batch.paid += paid;
        uint256 id = _dequeue(_redemptions);
        _burn(address(this), request.amount);
        emit RedemptionProcessed(id, request.receiver, request.amount, paid, fee);
        return (paid, true);
    }

    /// @dev Shares for assets, rounded down: assets * (supply + v) / (value + v), all WAD. Worked
    /// number: 300 into 1 000 shares worth 1 500 become 200.
    function _toShares(uint256 assets, uint256 value) private view returns (uint256) {
        return assets.fullMulDiv(totalSupply() + VIRTUAL, value + VIRTUAL);
    }

    /// @dev Assets for shares, rounded down: shares * (value + v) / (supply + v), all WAD.
    function _toAssets(uint256 shares, uint256 value) private view returns (uint256) {
        return value == 0 ? 0 : shares.fullMulDiv(value + VIRTUAL, totalSupply() + VIRTUAL);
    }

    function _positiveValue(Tolerance tolerance) private view returns (uint256) {
        int256 value = netAssetValue(tolerance);
        return value > 0 ? uint256(value) : 0;
    }

    function _setParameters(VaultParameters memory p) private {
        Bounds.check("depositDelay", p.depositDelay, 0, MAX_DELAY);
        Bounds.check("redemptionDelay", p.redemptionDelay, 0, MAX_DELAY);
        Bounds.check("redemptionFee", p.redemptionFee, 0, 0.1e18);
        Bounds.check("minFreeRatio", p.minFreeRatio, 0, WAD);
        Bounds.check("breakerSeconds", p.breakerSeconds, 0, MAX_DELAY);
        _parameters = p;
        emit VaultParametersSet(p);
    }
}
