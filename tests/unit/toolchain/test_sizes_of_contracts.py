"""Every contract fits a block, and every source file an afternoon."""

from __future__ import annotations

from pathlib import Path

import pytest

from floodline.foundation.workspace import project_root
from floodline.toolchain.compile import load_artifacts

MAX_RUNTIME = 24_576
"""Bytes of deployed code (EIP-170)."""
MAX_CREATION = 49_152
"""Bytes of creation code (EIP-3860), of which a kilobyte is left for constructor arguments."""
MAX_LINES = 400
SOURCES = sorted((project_root() / "contracts").rglob("*.sol"))


def too_long(sources: list[Path]) -> dict[str, int]:
    counts = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    return {name: count for name, count in counts.items() if count > MAX_LINES}


def too_large(sizes: dict[str, tuple[int, int]]) -> list[str]:
    return [
        name
        for name, (runtime, creation) in sizes.items()
        if runtime > MAX_RUNTIME or creation > MAX_CREATION - 1_024
    ]


def test_no_contract_is_larger_than_a_chain_accepts() -> None:
    sizes = {
        name: (len(artifact.runtime), len(artifact.bytecode))
        for name, artifact in load_artifacts().items()
        if artifact.source_path.startswith("contracts/")
    }
    assert sum(runtime > 0 for runtime, _ in sizes.values()) > 50
    assert too_large(sizes) == []


def test_no_source_file_has_more_than_four_hundred_lines() -> None:
    assert len(SOURCES) > 100
    assert too_long(SOURCES) == {}


@pytest.mark.parametrize(("runtime", "creation"), [(24_577, 30_000), (20_000, 48_200)])
def test_one_byte_or_one_line_more_would_be_found(
    tmp_path: Path, runtime: int, creation: int
) -> None:
    assert too_large({"Large": (runtime, creation), "Small": (24_576, 48_128)}) == ["Large"]
    (tmp_path / "Long.sol").write_text("\n" * 401, encoding="utf-8")
    assert too_long([tmp_path / "Long.sol"]) == {"Long.sol": 401}
