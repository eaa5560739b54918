// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Medians of a few numbers
library Median {
    /// @notice Sort in place, smallest first; by insertion, for a few dozen numbers at most.
    function sort(int256[] memory values, uint256 count) internal pure {
        for (uint256 i = 1; i < count; ++i) {
            int256 value = values[i];
            uint256 place = i;
            while (place > 0 && values[place - 1] > value) {
                values[place] = values[place - 1];
                --place;
            }
            values[place] = value;
        }
    }

    /// @notice The middle number, or the mean of the two middle ones rounded down. Worked number:
    /// of 2 990, 3 000, 3 010 and 2 000 it is (2 990 + 3 000) / 2 = 2 995.
    /// @param values Positive numbers; they are sorted in place.
    /// @param count How many of them count, from the start; at least one.
    function ofDown(int256[] memory values, uint256 count) internal pure returns (int256) {
        sort(values, count);
        uint256 half = count / 2;
        return count % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
