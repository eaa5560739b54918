"""What is kept of a run that failed: enough to see why, and to make it fail again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from floodline.campaign.session import Session
from floodline.chain.devnet import DevnetNode
from floodline.foundation.errors import FloodlineError, NodeError
from floodline.study.folder import write_json

_BLOCKS: Final = 5


def keep_evidence(
    folder: Path, session: Session, error: FloodlineError, command_line: Sequence[str]
) -> Path:
    """Write ``evidence/``: the error, the last blocks, the node's state, the command; return it.

    A node that does not answer any more leaves no state; ``error.txt`` says so.
    """
    evidence = folder / "evidence"
    evidence.mkdir(exist_ok=True)
    lines = [str(error), "", f"again: {shlex.join(command_line)}", ""]
    try:
        newest = session.node.block().number
        blocks = [
            session.node.block(number) for number in range(max(0, newest - _BLOCKS + 1), newest + 1)
        ]
        write_json(
            evidence / "blocks.json",
            {
                "blocks": [
                    {
                        "number": block.number,
                        "timestamp": block.timestamp,
                        "base_fee": block.base_fee,
                        "gas_used": block.gas_used,
                        "transactions": [
                            "0x" + tx_hash.hex() for tx_hash in block.transaction_hashes
                        ],
                    }
                    for block in blocks
                ]
            },
        )
        if isinstance(session.node, DevnetNode):
            (evidence / "state.bin").write_bytes(session.node.dump_state())
    except NodeError as silence:
        lines.append(f"no blocks and no state: {silence.message}")
    (evidence / "error.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return evidence
