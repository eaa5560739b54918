// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The shape of a push price feed that consumers know
/// @notice Function names and return order follow the widely used AggregatorV3 interface.
interface IAggregatorV3 {
    /// @notice A new answer is in force.
    /// @param current The answer, in units of `decimals`.
    /// @param roundId The round that carries it.
    /// @param updatedAt Block time of the transmission, seconds.
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    /// @notice Number of decimals of every answer.
    function decimals() external view returns (uint8);

    /// @notice What the feed prices, for example `ETH / USD`.
    function description() external view returns (string memory);

    /// @notice Version of the feed contract.
    function version() external view returns (uint256);

    /// @notice The newest answer.
    function latestAnswer() external view returns (int256);

    /// @notice One past round.
    /// @param roundId The round asked for.
    /// @return id The same round.
    /// @return answer Its answer.
    /// @return startedAt When the answer was observed, seconds.
    /// @return updatedAt When it was transmitted, seconds.
    /// @return answeredInRound The same round.
    function getRoundData(
        uint80 roundId
    )
        external
        view
        returns (
            uint80 id,
            int256 answer,
            uint256 startedAt,
            uint256 updatedAt,
            uint80 answeredInRound
        );

    /// @notice The newest round.
    /// @return id The round.
    /// @return answer Its answer.
    /// @return startedAt When the answer was observed, seconds.
    /// @return updatedAt When it was transmitted, seconds.
    /// @return answeredInRound The same round.
    function latestRoundData()
        external
        view
        returns (
            uint80 id,
            int256 answer,
            uint256 startedAt,
            uint256 updatedAt,
            uint80 answeredInRound
        );
}
