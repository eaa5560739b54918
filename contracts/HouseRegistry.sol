// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";

/// @title Who is who in the clearing house
abstract contract HouseRegistry is IClearingHouse, Ownable2Step {
    uint256 private constant MAX_PRODUCTS = 8;
    uint256 private constant MAX_GATE_SECONDS = 7 days;

    /// @inheritdoc IClearingHouse
    mapping(address account => uint256 bitmap) public activeProducts;
    /// @inheritdoc IClearingHouse
    uint256 public gateSeconds;
    /// @inheritdoc IClearingHouse
    address public counterparty;
    /// @inheritdoc IClearingHouse
    address public insuranceFund;
    /// @inheritdoc IClearingHouse
    address public marginModel;
    /// @inheritdoc IClearingHouse
    mapping(address engine => bool allowed) public isEngine;
    /// @inheritdoc IClearingHouse
    mapping(address account => bool backs) public isCounterparty;

    address[] internal _products;
    address[] internal _counterparties;
    /// @dev Bits of the products that only value collateral.
    uint256 internal _collateralBits;
    /// @dev Index + 1, zero for strangers.
    mapping(address product => uint256 place) internal _placeOf;
    /// @dev Zero for the house's own.
    mapping(address product => address account) private _counterpartyOf;

    /// @param gateSeconds_ How long withdrawals rest after an uncovered deficit, seconds.
    constructor(uint256 gateSeconds_) Ownable(msg.sender) {
        _setGateSeconds(gateSeconds_);
    }

    modifier onlyProduct() {
        if (_placeOf[msg.sender] == 0) revert Unauthorized(msg.sender);
        _;
    }

    modifier onlyEngine() {
        if (!isEngine[msg.sender]) revert Unauthorized(msg.sender);
        _;
    }

    // --- Owner --- //

    /// @inheritdoc IClearingHouse
    function registerProduct(address product, address backer) external onlyOwner {
        if (backer != address(0) && !isCounterparty[backer]) {
            _requireRoleChange(address(0), backer);
            _addCounterparty(backer);
        }
        _counterpartyOf[product] = backer;
        emit ProductRegistered(product, _register(product), backer);
    }

    /// @inheritdoc IClearingHouse
    function registerCollateral(address vault) external onlyOwner {
        uint256 index = _register(vault);
        _collateralBits |= 1 << index;
        emit CollateralRegistered(vault, index);
    }

    /// @inheritdoc IClearingHouse
    // slither-disable-next-line missing-zero-check -- _requireRoleChange refuses zero
    function setCounterparty(address counterparty_) external onlyOwner {
        _requireRoleChange(counterparty, counterparty_);
        counterparty = counterparty_;
        _addCounterparty(counterparty_);
        emit CounterpartySet(counterparty_);
    }

    /// @inheritdoc IClearingHouse
    // slither-disable-next-line missing-zero-check -- _requireRoleChange refuses zero
    function setInsuranceFund(address fund) external onlyOwner {
        _requireRoleChange(insuranceFund, fund);
        insuranceFund = fund;
        emit InsuranceFundSet(fund);
    }

    /// @inheritdoc IClearingHouse
    function setEngine(address engine, bool allowed) external onlyOwner {
        if (engine == address(0)) revert InvalidParameter();
        isEngine[engine] = allowed;
        emit EngineSet(engine, allowed);
    }

    /// @inheritdoc IClearingHouse
    function setMarginModel(address model) external onlyOwner {
        if (model == address(0)) revert InvalidParameter();
        marginModel = model;
        emit MarginModelSet(model);
    }

    /// @inheritdoc IClearingHouse
    function setGateSeconds(uint256 gateSeconds_) external onlyOwner {
        _setGateSeconds(gateSeconds_);
    }

    // --- Reads --- //

    /// @inheritdoc IClearingHouse
    function isProduct(address product) external view returns (bool) {
        return _placeOf[product] != 0;
    }

    /// @inheritdoc IClearingHouse
    function products() external view returns (address[] memory) {
        return _products;
    }

    /// @inheritdoc IClearingHouse
    function hasPositions(address account) public view returns (bool) {
        return activeProducts[account] & ~_collateralBits != 0;
    }

    /// @inheritdoc IClearingHouse
    function counterpartyOf(address product) public view returns (address backer) {
        backer = _counterpartyOf[product];
        if (backer == address(0)) backer = counterparty;
    }

    // --- Internal --- //

    function _register(address product) private returns (uint256 index) {
        if (product == address(0)) revert InvalidParameter();
        if (_placeOf[product] != 0) revert ProductAlreadyRegistered(product);
        index = _products.length;
        if (index == MAX_PRODUCTS) revert TooManyProducts(MAX_PRODUCTS);
        _products.push(product);
        _placeOf[product] = index + 1;
    }

    function _addCounterparty(address account) private {
        isCounterparty[account] = true;
        _counterparties.push(account);
    }

    /// @dev Roles are given once, to accounts that hold nothing else's place and no positions.
    function _requireRoleChange(address current, address next) private view {
        if (next == address(0)) revert InvalidParameter();
        if (current != address(0)) revert AccountInUse(current);
        if (isCounterparty[next] || next == insuranceFund || activeProducts[next] != 0) {
            revert AccountInUse(next);
        }
    }

    function _setGateSeconds(uint256 gateSeconds_) private {
        if (gateSeconds_ > MAX_GATE_SECONDS) revert InvalidParameter();
        gateSeconds = gateSeconds_;
        emit GateSecondsSet(gateSeconds_);
    }
}
