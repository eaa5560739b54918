// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Amounts inside a rolling window of time
/// @notice A queue of (timestamp, amount) with a running sum. Amounts of one second share an entry,
/// so a queue never holds more entries than its window has seconds.
library RollingWindow {
    /// @notice One second's amount.
    struct Entry {
        /// When, seconds.
        uint64 timestamp;
        /// How much, WAD units.
        uint192 amount;
    }

    /// @notice The queue.
    struct Queue {
        /// Entries by index, valid in [head, tail).
        mapping(uint256 index => Entry entry) entries;
        /// Index of the oldest entry.
        uint128 head;
        /// Index after the newest entry.
        uint128 tail;
        /// Sum of the amounts in [head, tail), WAD units.
        uint192 sum;
        /// Block of the newest entry.
        uint64 lastBlock;
    }

    /// @notice Drop what has left the window; an entry leaves `length` seconds after its time.
    function expire(Queue storage queue, uint256 length) internal {
        uint128 head = queue.head;
        uint128 tail = queue.tail;
        uint192 sum = queue.sum;
        while (head < tail && queue.entries[head].timestamp + length <= block.timestamp) {
            sum -= queue.entries[head].amount;
            delete queue.entries[head];
            ++head;
        }
        queue.head = head;
        queue.sum = sum;
    }

    /// @notice Add an amount now.
    function push(Queue storage queue, uint192 amount) internal {
        uint128 tail = queue.tail;
        if (tail > queue.head && queue.entries[tail - 1].timestamp == block.timestamp) {
            queue.entries[tail - 1].amount += amount;
        } else {
            queue.entries[tail] = Entry(uint64(block.timestamp), amount);
            queue.tail = tail + 1;
        }
        queue.sum += amount;
        queue.lastBlock = uint64(block.number);
    }

    /// @notice Sum inside the window and when its oldest entry leaves, without changing the queue.
    /// @param length Length of the window, seconds.
    /// @return used WAD units.
    /// @return availableAt Seconds; zero when the window is empty.
    function usage(
        Queue storage queue,
        uint256 length
    ) internal view returns (uint256 used, uint256 availableAt) {
        used = queue.sum;
        for (uint256 index = queue.head; index < queue.tail; ++index) {
            Entry memory entry = queue.entries[index];
            if (entry.timestamp + length > block.timestamp) {
                return (used, entry.timestamp + length);
            }
            used -= entry.amount;
        }
    }
}
