// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CollateralParameters} from "../types/Types.sol";
import {IProduct} from "./IProduct.sol";

/// @title Collateral other than the settlement token
/// @notice What an account holds here raises its equity by its value less a haircut, and nothing
/// else; it is sold through a spot pool when the account owes cash. A sale never ends below the
/// haircut value, so that no sale can bring an account nearer to liquidation.
interface ICollateralVault is IProduct {
    /// @notice Tokens came in.
    event CollateralDeposited(
        address indexed account,
        address indexed token,
        address indexed payer,
        uint256 amount
    );

    /// @notice Tokens went out to their owner.
    event CollateralWithdrawn(address indexed account, address indexed token, uint256 amount);

    /// @notice Tokens were sold for an account in debt.
    /// @param account Whose.
    /// @param token Which.
    /// @param amount Token units.
    /// @param proceeds Credited to the account, WAD USD.
    /// @param oracleValue What the oracle said it was worth, WAD USD.
    event CollateralSold(
        address indexed account,
        address indexed token,
        uint256 amount,
        uint256 proceeds,
        uint256 oracleValue
    );

    /// @notice A token was admitted or its rules changed.
    event CollateralSet(address indexed token, CollateralParameters parameters);

    /// @notice The caller may not do this.
    error Unauthorized(address caller);
    /// @notice The token is not taken.
    error UnknownCollateral(address token);
    /// @notice All places for tokens are taken.
    error TooManyCollaterals(uint256 limit);
    /// @notice The vault would hold more than it may.
    error CollateralCapExceeded(address token, uint256 held, uint256 cap);
    /// @notice The account holds less.
    error InsufficientCollateral(address token, uint256 held, uint256 asked);
    /// @notice There is nothing to sell, or nothing may be.
    error NothingToSell(address account, address token);
    /// @notice The pool does not trade the token against the settlement token.
    error WrongPool(address pool);

    /// @notice Pay tokens in.
    /// @param account Who is credited.
    /// @param token Which.
    /// @param amount Token units.
    function depositFor(address account, address token, uint256 amount) external;

    /// @notice Take tokens out; equity after it must cover initial margin at a strict price, and
    /// cover a debt.
    /// @param token Which.
    /// @param amount Token units.
    function withdraw(address token, uint256 amount) external;

    /// @notice Sell what pays a debt, counted at the haircut value. Engines only.
    /// @param account Whose.
    /// @param token Which.
    /// @param debt WAD USD.
    /// @param maxAmount Most to sell, token units.
    /// @return proceeds Credited to the account, WAD USD.
    function sell(
        address account,
        address token,
        uint256 debt,
        uint256 maxAmount
    ) external returns (uint256 proceeds);

    /// @notice Admit a token, at most 3, or change its rules.
    function setCollateral(address token, CollateralParameters calldata parameters) external;

    /// @notice What an account holds, token units.
    function amountOf(address account, address token) external view returns (uint256);

    /// @notice What all accounts hold, token units.
    function totalOf(address token) external view returns (uint256);

    /// @notice The haircut of a holding, WAD.
    /// @param token Which.
    /// @param amount Token units.
    function haircut(address token, uint256 amount) external view returns (uint256);

    /// @notice A token's rules.
    function collateral(address token) external view returns (CollateralParameters memory);

    /// @notice All tokens in the order of their admission.
    function tokens() external view returns (address[] memory);
}
